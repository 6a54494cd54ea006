/* SPDX-License-Identifier: Apache-2.0 */
/* base64: see base64.h. */
#include "config.h"

#include <stdlib.h>

#include "modules/common/base64.h"

static const char standard[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static int
value_of(enum tee_base64 kind, char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (kind != TEE_BASE64_URL && (c == '+' || c == '/'))
		return c == '+' ? 62 : 63;
	if (kind != TEE_BASE64_STANDARD && (c == '-' || c == '_'))
		return c == '-' ? 62 : 63;
	return -1;
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
	uint8_t *out;

	if (!padding_valid(kind, text, &text_size))
		return NULL;
	out = malloc(text_size / 4 * 3 + 3);
	for (size_t i = 0; out != NULL && i < text_size; i++) {
		int v = value_of(kind, text[i]);

		if (v < 0) {
			free(out);
			return NULL;
		}
		bits = bits << 6 | (uint32_t)v;
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
