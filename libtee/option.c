/* SPDX-License-Identifier: Apache-2.0 */
/* option: see option.h and <tee/module.h>. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libtee/error.h"
#include "libtee/option.h"
#include "libtee/text.h"

int
tee_config_add(struct tee_config *c, const char *name, const char *value,
    unsigned line)
{
	if (c->count == TEE_OPTIONS_MAX || tee_option(c, name) != NULL) {
		tee_log_line(&c->log, LOG_ERR,
		    "%s:%u: option \"%s\" is repeated or one too many", c->file,
		    line, name);
		return TEE_E_PROFILE;
	}
	c->entry[c->count].name = strdup(name);
	c->entry[c->count].value = strdup(value);
	c->entry[c->count].line = line;
	c->count++;
	return c->entry[c->count - 1].name != NULL &&
		c->entry[c->count - 1].value != NULL ?
	    0 :
	    TEE_E_MEMORY;
}

int
tee_config_check(const struct tee_config *c, const struct tee_module *m)
{
	const struct tee_module_option *o;
	int error = 0;
	size_t i;

	for (i = 0; i < c->count; i++) {
		for (o = m->options; o->name != NULL; o++)
			if (strcmp(o->name, c->entry[i].name) == 0 &&
			    (o->facilities & (unsigned)c->facility))
				break;
		if (o->name != NULL)
			continue;
		tee_log_line(&c->log, LOG_ERR,
		    "%s:%u: module %s takes no option \"%s\" as %s", c->file,
		    c->entry[i].line, m->name, c->entry[i].name,
		    tee_facility_word(c->facility));
		error = TEE_E_PROFILE;
	}
	return error;
}

void
tee_config_clear(struct tee_config *c)
{
	size_t i;

	for (i = 0; i < c->count; i++) {
		free(c->entry[i].name);
		free(c->entry[i].value);
	}
	c->count = 0;
}

enum tee_facility
tee_config_facility(const struct tee_config *c)
{
	return c->facility;
}

const char *
tee_option(const struct tee_config *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->count; i++)
		if (strcmp(c->entry[i].name, name) == 0)
			return c->entry[i].value;
	return NULL;
}

void
tee_option_error(const struct tee_config *c, const char *name, const char *fmt,
    ...)
{
	char text[512];
	unsigned line = c->line;
	va_list ap;
	size_t i;

	for (i = 0; i < c->count; i++)
		if (strcmp(c->entry[i].name, name) == 0)
			line = c->entry[i].line;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	tee_log_line(&c->log, LOG_ERR, "%s:%u: option \"%s\": %s", c->file,
	    line, name, text);
}

/* Decimal or 0x hex without sign, space or overflow. */
static bool
parse_u64(const char *s, uint64_t *out)
{
	unsigned base = 10;
	uint64_t n = 0;

	if (s[0] == '0' && s[1] == 'x') {
		base = 16;
		s += 2;
	}
	if (*s == '\0')
		return false;
	for (; *s != '\0'; s++) {
		unsigned digit;

		if (*s >= '0' && *s <= '9')
			digit = (unsigned)(*s - '0');
		else if (base == 16 && *s >= 'a' && *s <= 'f')
			digit = (unsigned)(*s - 'a') + 10;
		else
			return false;
		if (__builtin_mul_overflow(n, base, &n) ||
		    __builtin_add_overflow(n, digit, &n))
			return false;
	}
	*out = n;
	return true;
}

int
tee_option_u64(const struct tee_config *c, const char *name, uint64_t min,
    uint64_t max, uint64_t *out)
{
	const char *s = tee_option(c, name);
	uint64_t n;

	if (s == NULL)
		return 0;
	if (!parse_u64(s, &n) || n < min || n > max) {
		tee_option_error(c, name,
		    "expected a number from %llu to "
		    "%llu, not \"%.64s\"",
		    (unsigned long long)min, (unsigned long long)max, s);
		return -1;
	}
	*out = n;
	return 1;
}

int
tee_option_word(const struct tee_config *c, const char *name,
    const char *const *words, unsigned *index)
{
	const char *s = tee_option(c, name);
	char known[256] = "";
	unsigned i;

	if (s == NULL)
		return 0;
	for (i = 0; words[i] != NULL; i++) {
		size_t n = strlen(known);

		if (strcmp(words[i], s) == 0) {
			*index = i;
			return 1;
		}
		snprintf(known + n, sizeof(known) - n, "%s\"%s\"",
		    i > 0 ? ", " : "", words[i]);
	}
	tee_option_error(c, name, "expected one of %s, not \"%.64s\"", known,
	    s);
	return -1;
}

int
tee_option_bool(const struct tee_config *c, const char *name, bool *out)
{
	static const char *const words[] = { "false", "true", NULL };
	unsigned index = 0;
	int r = tee_option_word(c, name, words, &index);

	if (r == 1)
		*out = index == 1;
	return r;
}

int
tee_option_hexlist(const struct tee_config *c, const char *name, size_t size,
    uint8_t **out, size_t *count)
{
	const char *s = tee_option(c, name), *p;
	uint8_t *items;
	size_t n = 1, i;

	if (s == NULL)
		return 0;
	for (p = s; *p != '\0'; p++)
		n += *p == ',';
	items = calloc(n, size);
	for (i = 0, p = s; items != NULL && i < n; i++) {
		size_t len = strcspn(p, ",");

		if (!tee_hex_decode(p, len, items + i * size, size)) {
			tee_option_error(c, name,
			    "expected %zu-byte values "
			    "in hex, separated by commas",
			    size);
			free(items);
			return -1;
		}
		p += len + (p[len] == ',');
	}
	if (items == NULL)
		return -1;
	*out = items;
	*count = n;
	return 1;
}

int
tee_option_path(const struct tee_config *c, const char *name, const char **out)
{
	const char *s = tee_option(c, name);

	if (s == NULL)
		return 0;
	if (s[0] != '/') {
		tee_option_error(c, name, "expected an absolute path");
		return -1;
	}
	*out = s;
	return 1;
}
