/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jws: a compact JWS (RFC 7515) whose algorithm is RS256 and nothing else.
 * Parsing is strict: three parts of unpadded base64url, a header without
 * duplicate names, without `crit`, with exactly that `alg`.
 */
#ifndef TEE_COMMON_JWS_H
#define TEE_COMMON_JWS_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>
#include <openssl/evp.h>

#define TEE_JWS_MAX (64 * 1024)
#define TEE_JWS_WHY 160

struct tee_jws {
	char *text; /* as it came */
	size_t size;
	json_t *header;
	json_t *payload; /* an object; unverified until tee_jws_verify */
};

/* False with a sentence in `why`; free it either way. */
bool tee_jws_parse(struct tee_jws *, const char *text, size_t size,
    char why[TEE_JWS_WHY]);
void tee_jws_free(struct tee_jws *);
/* RSASSA-PKCS1-v1_5 with SHA-256 over the bytes as they came. */
bool tee_jws_verify(const struct tee_jws *, EVP_PKEY *key);

#endif
