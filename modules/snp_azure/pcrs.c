/* SPDX-License-Identifier: Apache-2.0 */
/* pcrs: see pcrs.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>

#include "modules/common/json.h"
#include "modules/snp_azure/pcrs.h"

#define HEX_SIZE (2 * AZURE_PCR_SIZE)

/* "0" to "23" as a number is written, or -1. */
static int
index_of(const char *text, size_t size)
{
	int n = 0;

	if (size < 1 || size > 2 || (size == 2 && text[0] == '0'))
		return -1;
	for (size_t i = 0; i < size; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		n = 10 * n + (text[i] - '0');
	}
	return n < AZURE_PCRS ? n : -1;
}

static bool
value_of(const char *text, size_t size, uint8_t out[AZURE_PCR_SIZE])
{
	char hex[HEX_SIZE + 1];
	size_t n = 0;

	if (text == NULL || size != HEX_SIZE)
		return false;
	memcpy(hex, text, HEX_SIZE);
	hex[HEX_SIZE] = '\0';
	return OPENSSL_hexstr2buf_ex(out, AZURE_PCR_SIZE, &n, hex, '\0') == 1 &&
	    n == AZURE_PCR_SIZE;
}

static bool
take(struct azure_pcrs *p, const char *name, const json_t *value)
{
	int i = index_of(name, strlen(name));

	if (i < 0) {
		p->error = "a name that is no PCR, 0 to 23";
		return false;
	}
	if (!value_of(json_string_value(value), json_string_length(value),
		p->value[i])) {
		p->error = "a value that is not 64 hex digits";
		return false;
	}
	p->present |= UINT32_C(1) << i;
	return true;
}

bool
tee_azure_pcrs_parse(struct azure_pcrs *p, const void *data, size_t size)
{
	tee_auto_json *root = tee_json_object(data, size, NULL);
	const char *name;
	json_t *value;

	memset(p, 0, sizeof(*p));
	if (root == NULL) {
		p->error = "not a JSON object, or one with duplicate names";
		return false;
	}
	json_object_foreach(root, name, value)
	{
		if (!take(p, name, value))
			return false;
	}
	if (p->present == 0)
		p->error = "no PCR in it";
	return p->error == NULL;
}

/* One "7=<hex>" at s, which ends before a comma or at the end. */
static bool
reference(const char *s, size_t size, struct azure_pcr_reference *out)
{
	const char *equals = memchr(s, '=', size);
	size_t digits = equals != NULL ? (size_t)(equals - s) : 0;
	int i = index_of(s, digits);

	if (i < 0)
		return false;
	out->index = (unsigned)i;
	return value_of(equals + 1, size - digits - 1, out->value);
}

static bool
read_list(const char *s, struct azure_pcr_references *out)
{
	for (;;) {
		size_t n = strcspn(s, ",");

		if (!reference(s, n, &out->entry[out->count]))
			return false;
		out->count++;
		if (s[n] == '\0')
			return true;
		s += n + 1;
	}
}

static size_t
commas(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += *s == ',';
	return n;
}

bool
tee_azure_pcr_references_read(struct azure_pcr_references *r,
    const struct tee_config *config)
{
	const char *s = tee_option(config, "pcrs");

	memset(r, 0, sizeof(*r));
	if (s == NULL)
		return true;
	r->entry = calloc(commas(s) + 1, sizeof(*r->entry));
	if (r->entry != NULL && read_list(s, r))
		return true;
	tee_option_error(config, "pcrs",
	    "expected PCRs with SHA-256 values, such as "
	    "\"0=<64 hex digits>,7=<64 hex digits>\"");
	tee_azure_pcr_references_clear(r);
	return false;
}

void
tee_azure_pcr_references_clear(struct azure_pcr_references *r)
{
	free(r->entry);
	memset(r, 0, sizeof(*r));
}

static bool
named(const struct azure_pcr_references *r, unsigned index,
    const uint8_t value[AZURE_PCR_SIZE])
{
	for (size_t i = 0; i < r->count; i++)
		if (r->entry[i].index == index &&
		    memcmp(r->entry[i].value, value, AZURE_PCR_SIZE) == 0)
			return true;
	return false;
}

int
tee_azure_pcr_references_differ(const struct azure_pcr_references *r,
    const struct azure_pcrs *p, uint32_t covered)
{
	for (size_t i = 0; i < r->count; i++) {
		unsigned index = r->entry[i].index;

		if (((covered & p->present) >> index & 1) == 0 ||
		    !named(r, index, p->value[index]))
			return (int)index;
	}
	return -1;
}
