/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jwks: the keys that an MAA endpoint signs with (RFC 7517, /certs).  A kid is
 * an opaque text, compared byte for byte (MAA's are standard base64), and must
 * name exactly one key; one without a kid of 1 to 256 bytes is passed over.
 * Keys often come as x5c alone.
 */
#ifndef TEE_AZURE_JWKS_H
#define TEE_AZURE_JWKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <openssl/evp.h>

#define AZURE_JWKS_MAX (1024 * 1024) /* certificates of 40 KB are in it */
#define AZURE_JWKS_KEYS 64
#define AZURE_JWKS_WHY 224
#define AZURE_KID_MAX 256
#define AZURE_JWK_UNFIT 96

struct azure_jwks {
	char *text; /* as it came, for item maa.jwks */
	size_t size;
	size_t count;
	struct azure_jwk {
		char *kid;
		EVP_PKEY *key; /* NULL: not one that RS256 could use */
		char unfit[AZURE_JWK_UNFIT]; /* why it is none */
		uint8_t spki[32]; /* SHA-256 of its SubjectPublicKeyInfo */
	} key[AZURE_JWKS_KEYS];
};

/* NULL with a sentence in `why`; a set without a named key is refused. */
struct azure_jwks *tee_azure_jwks_parse(const void *text, size_t size,
    char why[AZURE_JWKS_WHY]);
void tee_azure_jwks_free(struct azure_jwks **);
/* How many keys have that kid. */
size_t tee_azure_jwks_has(const struct azure_jwks *, const char *kid);
/*
 * The one key of that kid, borrowed; NULL with a sentence in `why` where it
 * is none, several, unfit for RS256, or not among the `signers` (SHA-256 of
 * SPKI, 32 bytes each; count 0: any).
 */
const struct azure_jwk *tee_azure_jwks_key(const struct azure_jwks *,
    const char *kid, const uint8_t *signers, size_t signer_count,
    char why[AZURE_JWKS_WHY]);

#endif
