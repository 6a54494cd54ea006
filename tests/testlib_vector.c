/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_vector: see testlib_vector.h. */
#include "config.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <check.h>
#include <jansson.h>
#include <openssl/evp.h>

#include "tests/testlib_vector.h"

#define FILE_MAX (1024 * 1024)
#define AZURE_HEADER 32

const char *
vector_root(void)
{
	const char *root = getenv("TEE_VECTORS");
	struct stat st;

	return root != NULL && stat(root, &st) == 0 && S_ISDIR(st.st_mode) ?
	    root :
	    NULL;
}

static void
append(struct sim_blob *out, const void *data, size_t size)
{
	ck_assert(tee_sim_blob_append(out, data, size));
}

static void
take_list(const json_t *list, struct sim_blob *out)
{
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one)
	{
		uint8_t byte = (uint8_t)json_number_value(one);

		append(out, &byte, 1);
	}
}

static bool
all_hex(const char *text)
{
	size_t n = strspn(text, "0123456789abcdefABCDEF");

	return n % 2 == 0 && n > 0 && text[n + strspn(text + n, "\n")] == '\0';
}

static void
take_hex(const char *text, struct sim_blob *out)
{
	for (; isxdigit((unsigned char)text[0]); text += 2) {
		unsigned byte;
		uint8_t value;

		ck_assert_int_eq(sscanf(text, "%2x", &byte), 1);
		value = (uint8_t)byte;
		append(out, &value, 1);
	}
}

/* Either alphabet, with or without its padding. */
static void
take_base64(const char *text, struct sim_blob *out)
{
	size_t size = strlen(text), padded = (size + 3) / 4 * 4;
	char *copy = malloc(padded + 1);
	uint8_t *bytes = malloc(padded);
	int n;

	ck_assert(copy != NULL && bytes != NULL);
	memset(copy, '=', padded);
	for (size_t i = 0; i < size; i++)
		copy[i] = text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i];
	n = EVP_DecodeBlock(bytes, (unsigned char *)copy, (int)padded);
	ck_assert_int_ge(n, 0);
	while (padded > 0 && copy[padded - 1] == '=') {
		padded--;
		n--;
	}
	append(out, bytes, (size_t)n);
	free(bytes);
	free(copy);
}

static void
take(const json_t *value, struct sim_blob *out)
{
	const char *text = json_string_value(value);

	if (json_is_array(value))
		take_list(value, out);
	else if (text != NULL && strncmp(text, "-----", 5) == 0)
		append(out, text, strlen(text));
	else if (text != NULL && all_hex(text))
		take_hex(text, out);
	else if (text != NULL)
		take_base64(text, out);
	else
		ck_abort_msg("neither text nor bytes");
}

/* The member that the rest of the pointer names, out of these JSON bytes. */
static void
member(const struct sim_blob *json, const char *pointer, struct sim_blob *out)
{
	/* As real numbers, because one nonce passes 63 bits. */
	json_t *root = json_loadb((const char *)json->data, json->size,
		   JSON_DECODE_INT_AS_REAL, NULL),
	       *at = root;
	struct sim_blob inner = { NULL, 0 };

	while (json_is_object(at) && pointer != NULL) {
		size_t n = strcspn(pointer, "/");
		char key[64];

		ck_assert_uint_lt(n, sizeof(key));
		memcpy(key, pointer, n);
		key[n] = '\0';
		at = json_object_get(at, key);
		pointer = pointer[n] == '/' ? pointer + n + 1 : NULL;
	}
	ck_assert_msg(at != NULL, "no such member");
	take(at, pointer == NULL ? out : &inner);
	if (pointer != NULL)
		member(&inner, pointer, out);
	tee_sim_blob_free(&inner);
	json_decref(root);
}

void
vector_load(const char *reference, struct sim_blob *out)
{
	const char *pointer = strchr(reference, '#');
	struct sim_blob file = { NULL, 0 };
	char path[4096];

	snprintf(path, sizeof(path), "%s/%.*s", vector_root(),
	    (int)strcspn(reference, "#"), reference);
	ck_assert_msg(tee_sim_blob_read(&file, AT_FDCWD, path, FILE_MAX), "%s",
	    path);
	if (pointer != NULL)
		member(&file, pointer + 1, out);
	else
		append(out, file.data, file.size);
	tee_sim_blob_free(&file);
}

void
vector_load_all(const char *references, struct sim_blob *out)
{
	char one[512];

	while (*references != '\0') {
		size_t n = strcspn(references, " ");

		ck_assert_uint_lt(n, sizeof(one));
		memcpy(one, references, n);
		one[n] = '\0';
		vector_load(one, out);
		references += n + strspn(references + n, " ");
	}
}

bool
vector_is_azure(const struct sim_blob *blob)
{
	return blob->size > AZURE_HEADER + SIM_REPORT_SIZE &&
	    memcmp(blob->data, "HCLA", 4) == 0;
}

void
vector_report(const char *reference, struct sim_blob *out)
{
	struct sim_blob blob = { NULL, 0 };

	vector_load(reference, &blob);
	append(&blob, "", 1);
	if (vector_is_azure(&blob))
		append(out, blob.data + AZURE_HEADER, SIM_REPORT_SIZE);
	else if (all_hex((char *)blob.data))
		take_hex((char *)blob.data, out);
	else
		append(out, blob.data, blob.size - 1);
	tee_sim_blob_free(&blob);
}

void
vector_evidence(struct snp_evidence *e, const char *report, const char *certs,
    time_t at)
{
	struct sim_blob blob = { NULL, 0 };

	memset(e, 0, sizeof(*e));
	vector_report(report, &blob);
	ck_assert_uint_eq(blob.size, SIM_REPORT_SIZE);
	memcpy(e->report, blob.data, blob.size);
	e->report_size = blob.size;
	tee_sim_blob_free(&blob);
	vector_load_all(certs, &e->certs);
	e->untrusted = true;
	e->now = at;
	memcpy(e->binding, e->report + 0x50, 64);
	e->binding_size = 64;
}
