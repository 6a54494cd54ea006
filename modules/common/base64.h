/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base64: RFC 4648, both alphabets, length-exact.  Anything that an encoder
 * would not have written is refused: stray characters, wrong padding, bits
 * left over.  No byte of the result is ever trimmed.
 */
#ifndef TEE_COMMON_BASE64_H
#define TEE_COMMON_BASE64_H

#include <stddef.h>
#include <stdint.h>

enum tee_base64 {
	TEE_BASE64_STANDARD = 0, /* + and /, padded */
	TEE_BASE64_URL,          /* - and _, unpadded: JOSE */
	TEE_BASE64_ANY           /* either alphabet, padding optional */
};

/* malloc'd bytes (never NULL for an empty input), or NULL where refused. */
uint8_t *tee_b64_decode(enum tee_base64, const char *text, size_t text_size,
    size_t *size);
/* malloc'd text with terminator, or NULL.  ANY is written as URL. */
char *tee_b64_encode(enum tee_base64, const void *data, size_t size);

#endif
