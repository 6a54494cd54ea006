/* SPDX-License-Identifier: Apache-2.0 */
/* base64: see base64.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "modules/common/base64.h"

static const char standard[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

#define BAD 0xff /* above every value */

/* What each byte stands for in this alphabet. */
static void
make_table(enum tee_base64 kind, uint8_t table[256])
{
	memset(table, BAD, 256);
	for (uint8_t i = 0; i < 64; i++) {
		if (kind != TEE_BASE64_URL)
			table[(uint8_t)standard[i]] = i;
		if (kind != TEE_BASE64_STANDARD)
			table[(uint8_t)url[i]] = i;
	}
}

/* The digits before the padding; false where the padding cannot be right. */
static int
padding_valid(enum tee_base64 kind, const char *text, size_t *size)
{
	size_t padded = *size;

	while (*size > 0 && padded - *size < 2 && text[*size - 1] == '=')
		(*size)--;
	if (*size % 4 == 1 || (kind == TEE_BASE64_URL && padded != *size))
		return 0;
	if (kind == TEE_BASE64_STANDARD || padded != *size)
		return padded % 4 == 0 && padded == (*size + 3) / 4 * 4;
	return 1;
}

uint8_t *
tee_b64_decode(enum tee_base64 kind, const char *text, size_t text_size,
    size_t *size)
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t n = 0;
	uint8_t *out, table[256];

	if (!padding_valid(kind, text, &text_size))
		return NULL;
	make_table(kind, table);
	out = malloc(text_size / 4 * 3 + 3);
	for (size_t i = 0; out != NULL && i < text_size; i++) {
		uint8_t v = table[(uint8_t)text[i]];

		if (v == BAD) {
			free(out);
			return NULL;
		}
		bits = bits << 6 | v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[n++] = (uint8_t)(bits >> have);
			bits &= (1u << have) - 1;
		}
	}
	if (bits != 0) {
		free(out);
		return NULL;
	}
	*size = n;
	return out;
}

char *
tee_b64_encode(enum tee_base64 kind, const void *data, size_t size)
{
	const char *alphabet = kind == TEE_BASE64_STANDARD ? standard : url;
	const uint8_t *in = data;
	char *out, *p;

	if (size > SIZE_MAX / 2)
		return NULL;
	out = p = malloc((size + 2) / 3 * 4 + 1);
	for (size_t i = 0; out != NULL && i < size; i += 3) {
		size_t left = size - i < 3 ? size - i : 3;
		uint32_t bits = (uint32_t)in[i] << 16;

		bits |= left > 1 ? (uint32_t)in[i + 1] << 8 : 0;
		bits |= left > 2 ? in[i + 2] : 0;
		for (size_t d = 0; d <= left; d++)
			*p++ = alphabet[bits >> (18 - 6 * d) & 63];
		for (; left < 3 && kind == TEE_BASE64_STANDARD; left++)
			*p++ = '=';
	}
	if (out != NULL)
		*p = '\0';
	return out;
}
