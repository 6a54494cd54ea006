/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sealed: an agent's seed, encrypted to a vault's RSA key: a JWE in compact
 * form (RFC 7516), alg RSA-OAEP-256, enc A256GCM, whose protected header says
 * whose it is.  The header is authenticated with the seed, so neither can be
 * exchanged alone; who made the file is not authenticated.  See tee_sealed(5).
 */
#ifndef TEE_COMMON_SEALED_H
#define TEE_COMMON_SEALED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <openssl/evp.h>
#include <tee/types.h>

#define TEE_SEALED_MAX 8192 /* bytes of a file */
#define TEE_SEALED_VERSION 1
#define TEE_SEALED_DID_MAX 2048
#define TEE_SEALED_WHY 160

struct tee_sealed {
	char *kid; /* of the vault's key, for people and logs */
	char *did;
	size_t did_size; /* a DID may contain anything */
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
	/* As in the file. */
	char *header; /* base64url: the additional authenticated data */
	uint8_t *key; /* encrypted; key_size bytes */
	size_t key_size;
	uint8_t iv[12], tag[16];
	uint8_t seed[TEE_SEED_SIZE]; /* encrypted */
};

/* White space at the end is ignored.  False with a sentence in `why`; free it
 * either way. */
bool tee_sealed_parse(struct tee_sealed *, const void *data, size_t size,
    char why[TEE_SEALED_WHY]);
void tee_sealed_free(struct tee_sealed *);
/*
 * The text, malloc'd, without a line end; NULL where the vault's key is not
 * RSA of at least 2048 bits, or a DID is longer than the limit.
 */
char *tee_sealed_make(EVP_PKEY *vault_key, const char *kid, const char *did,
    size_t did_size, const uint8_t public_key[TEE_PUBLIC_KEY_SIZE],
    const uint8_t seed[TEE_SEED_SIZE]);
/* The seed by the vault's private key.  Wiped where it fails. */
bool tee_sealed_open(const struct tee_sealed *, EVP_PKEY *vault_key,
    uint8_t seed[TEE_SEED_SIZE]);

#endif
