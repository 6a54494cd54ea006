/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signer: Ed25519 with nothing kept.  The key exists as an EVP_PKEY for one
 * operation, on a private stack that is wiped behind it.  Imports give both
 * halves: deriving the public key each time would double the cost, and a
 * mismatched half leaks the scalar, so it is checked once, at release.
 */
#ifndef LIBTEE_SIGNER_H
#define LIBTEE_SIGNER_H

#include <openssl/evp.h>
#include <tee/tee.h>

#include "libtee/stack.h"

struct tee_signer {
	EVP_PKEY_CTX *import; /* fetched once; holds no key */
};

int tee_signer_init(struct tee_signer *) TEE_MUST_USE;
void tee_signer_clear(struct tee_signer *);

struct tee_sign_job {
	const void *message;
	size_t size;
	uint8_t *signature; /* TEE_SIGNATURE_SIZE bytes */
};

/*
 * pair is seed || public key; wiped by the call.  Run it on a private stack.
 * The key exists for all jobs at once; the first that fails ends it.
 */
int tee_signer_sign(struct tee_signer *, uint8_t pair[64],
    const struct tee_sign_job *, size_t count) TEE_MUST_USE;

/* HKDF-SHA256 of the seed under this label; run it on a private stack. */
int tee_signer_derive(const uint8_t seed[TEE_SEED_SIZE], const void *label,
    size_t size, uint8_t out[32]) TEE_MUST_USE;

/* Derives the public key on this private stack, which it wipes. */
int tee_signer_public_on(struct tee_stack_memory *,
    const uint8_t seed[TEE_SEED_SIZE],
    uint8_t public_key[TEE_PUBLIC_KEY_SIZE]) TEE_MUST_USE;
/* On one of its own. */
int tee_signer_public(const uint8_t seed[TEE_SEED_SIZE],
    uint8_t public_key[TEE_PUBLIC_KEY_SIZE]) TEE_MUST_USE;

#endif
