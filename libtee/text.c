/* SPDX-License-Identifier: Apache-2.0 */
/* text: see text.h. */
#include "config.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>

#include "libtee/text.h"

void
tee_hex_encode(const void *data, size_t size, char *out)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *p = data;
	size_t i;

	for (i = 0; i < size; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
	out[2 * size] = '\0';
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
tee_hex_decode(const char *s, size_t len, uint8_t *out, size_t size)
{
	size_t i;

	if (size > SIZE_MAX / 2 || len != 2 * size)
		return false;
	for (i = 0; i < size; i++) {
		int hi = hex_digit(s[2 * i]);
		int lo = hex_digit(s[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}

char *
tee_base64_encode(const void *data, size_t size)
{
	char *out;

	if (size > INT_MAX / 2)
		return NULL;
	out = malloc((size + 2) / 3 * 4 + 1);
	if (out != NULL)
		EVP_EncodeBlock((unsigned char *)out, data, (int)size);
	return out;
}

/* EVP_DecodeBlock trims white space; evidence may not carry any. */
static bool
base64_shape(const char *s, size_t len, size_t *padding)
{
	size_t i;

	if (len == 0 || len % 4 != 0 || len > INT_MAX / 2)
		return false;
	*padding = s[len - 1] != '=' ? 0 : s[len - 2] != '=' ? 1 : 2;
	for (i = 0; i < len - *padding; i++) {
		char c = s[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			(c >= '0' && c <= '9') || c == '+' || c == '/'))
			return false;
	}
	return true;
}

uint8_t *
tee_base64_decode(const char *s, size_t len, size_t *size)
{
	size_t padding;
	uint8_t *out;
	int n;

	if (!base64_shape(s, len, &padding))
		return NULL;
	out = malloc(len / 4 * 3);
	if (out == NULL)
		return NULL;
	n = EVP_DecodeBlock(out, (const unsigned char *)s, (int)len);
	if (n < 0 || (size_t)n < padding) {
		free(out);
		return NULL;
	}
	*size = (size_t)n - padding;
	return out;
}

/* RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
bool
tee_utf8_valid(const char *s, size_t len)
{
	const uint8_t *p = (const uint8_t *)s;
	size_t i = 0;

	while (i < len) {
		uint8_t c = p[i++];
		uint8_t low = 0x80, high = 0xbf;
		unsigned more;

		if (c < 0x80)
			continue;
		if (c >= 0xc2 && c <= 0xdf)
			more = 1;
		else if (c >= 0xe0 && c <= 0xef)
			more = 2;
		else if (c >= 0xf0 && c <= 0xf4)
			more = 3;
		else
			return false;
		if (c == 0xe0)
			low = 0xa0;
		else if (c == 0xed)
			high = 0x9f;
		else if (c == 0xf0)
			low = 0x90;
		else if (c == 0xf4)
			high = 0x8f;
		for (; more > 0; more--, low = 0x80, high = 0xbf) {
			if (i >= len || p[i] < low || p[i] > high)
				return false;
			i++;
		}
	}
	return true;
}

void
tee_text_printable(const char *s, size_t len, char *out, size_t size)
{
	size_t i;

	for (i = 0; i < len && i + 1 < size; i++)
		out[i] = s[i] > ' ' && s[i] <= '~' ? s[i] : '?';
	out[i] = '\0';
}

void
tee_text_ascii(char *s)
{
	for (; *s != '\0'; s++)
		if (*s < ' ' || *s > '~')
			*s = '?';
}

/* Log lines and reports carry words of modules, and those words of peers. */
void
tee_text_plain(char *s)
{
	for (; *s != '\0'; s++)
		if (*s < ' ' || *s > '~' || *s == '"')
			*s = '?';
}

unsigned
tee_text_fault(const char *file, const char *fault, const char **message)
{
	size_t n = strlen(file);
	unsigned long line;
	char *end;

	*message = fault;
	if (strncmp(fault, file, n) != 0 || fault[n] != ':')
		return 0;
	line = strtoul(fault + n + 1, &end, 10);
	if (end == fault + n + 1 || strncmp(end, ": ", 2) != 0)
		return 0;
	*message = end + 2;
	return (unsigned)line;
}
