/* SPDX-License-Identifier: Apache-2.0 */
/* text: see text.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>

#include "libtee/text.h"
#include "teectl/text.h"

void
text_print_bytes(FILE *f, const char *s, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c >= 0x20 && c < 0x7f && c != '\\')
			fputc(c, f);
		else
			fprintf(f, "\\x%02x", c);
	}
}

void
text_print(FILE *f, const char *s)
{
	text_print_bytes(f, s, strlen(s));
}

void
text_field(const char *label, const char *value)
{
	printf("%-18s ", label);
	text_print(stdout, value);
	putchar('\n');
}

json_t *
text_json_bytes(const char *s, size_t size)
{
	json_t *json = json_stringn(s, size);
	char *escaped = NULL;
	size_t n = 0;
	FILE *f;

	if (json != NULL)
		return json;
	f = open_memstream(&escaped, &n);
	if (f == NULL)
		return NULL;
	text_print_bytes(f, s, size);
	if (fclose(f) == 0)
		json = json_stringn(escaped, n);
	free(escaped);
	return json;
}

json_t *
text_json(const char *s)
{
	return text_json_bytes(s, strlen(s));
}

void
text_hex(const uint8_t *data, size_t size, char *out)
{
	tee_hex_encode(data, size, out);
}

bool
text_unhex_any(const char *s, uint8_t *out, size_t max, size_t *size)
{
	size_t n = strlen(s);

	*size = n / 2;
	return n > 0 && n / 2 <= max && tee_hex_decode(s, n, out, n / 2);
}

bool
text_unhex(const char *s, uint8_t *out, size_t size)
{
	size_t got;

	return text_unhex_any(s, out, size, &got) && got == size;
}

char *
text_base64(const uint8_t *data, size_t size, bool url)
{
	char *out = malloc(4 * ((size + 2) / 3) + 1), *p;

	if (out == NULL)
		return NULL;
	EVP_EncodeBlock((unsigned char *)out, data, (int)size);
	for (p = out; url && *p != '\0'; p++) {
		if (*p == '+')
			*p = '-';
		else if (*p == '/')
			*p = '_';
		else if (*p == '=')
			*p = '\0';
	}
	return out;
}

/* Decoded, encoded again and compared: one text per value, no other. */
bool
text_unbase64(const char *s, uint8_t *out, size_t size)
{
	uint8_t block[192];
	char *again;
	bool ok;

	if (strlen(s) != 4 * ((size + 2) / 3) || strlen(s) > sizeof(block))
		return false;
	if (EVP_DecodeBlock(block, (const unsigned char *)s, (int)strlen(s)) <
	    (int)size)
		return false;
	again = text_base64(block, size, false);
	ok = again != NULL && strcmp(again, s) == 0;
	free(again);
	if (ok)
		memcpy(out, block, size);
	return ok;
}

static bool
two_digits(const char *s, long max, long *out)
{
	if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
		return false;
	*out = (s[0] - '0') * 10 + (s[1] - '0');
	return *out <= max;
}

/* "Z" or "+hh:mm", to the end of the text; seconds east of UTC. */
static bool
parse_zone(const char *s, long *offset)
{
	long hours, minutes;

	*offset = 0;
	if (strcmp(s, "Z") == 0)
		return true;
	if (strlen(s) != 6 || (s[0] != '+' && s[0] != '-') || s[3] != ':' ||
	    !two_digits(s + 1, 23, &hours) || !two_digits(s + 4, 59, &minutes))
		return false;
	*offset = (hours * 60 + minutes) * (s[0] == '-' ? -60 : 60);
	return true;
}

/* strptime(3) is lenient about widths and blanks; RFC 3339 is not. */
static bool
has_shape(const char *s)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:dd";
	size_t i;

	for (i = 0; shape[i] != '\0'; i++)
		if (shape[i] == 'd' ? s[i] < '0' || s[i] > '9' :
				      s[i] != shape[i])
			return false;
	return true;
}

bool
text_parse_time(const char *s, time_t *out)
{
	struct tm tm = { 0 };
	const char *end;
	long offset;
	int day;

	if (!has_shape(s))
		return false;
	end = strptime(s, "%Y-%m-%dT%H:%M:%S", &tm);
	if (end == NULL)
		return false;
	if (end[0] == '.' && end[1] >= '0' && end[1] <= '9')
		end += 1 + strspn(end + 1, "0123456789");
	if (!parse_zone(end, &offset))
		return false;
	day = tm.tm_mday;
	*out = timegm(&tm) - offset;
	/* timegm(3) turns 31 February into March. */
	return *out > 0 && tm.tm_mday == day;
}

void
text_format_time(time_t at, char out[TEXT_TIME])
{
	struct tm tm;

	if (gmtime_r(&at, &tm) == NULL ||
	    strftime(out, TEXT_TIME, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		snprintf(out, TEXT_TIME, "unknown");
}
