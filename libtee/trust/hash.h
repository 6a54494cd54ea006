/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hash: SHA-256 over fields that cannot run into each other: a context, then
 * fixed sizes and texts behind u16be(length).  Errors stick until the end.
 */
#ifndef LIBTEE_TRUST_HASH_H
#define LIBTEE_TRUST_HASH_H

#include <openssl/evp.h>

#include "libtee/binding.h"

struct trust_hash {
	EVP_MD_CTX *md;
	bool ok;
};

void trust_hash_begin(struct trust_hash *, const char *context);
void trust_hash_add(struct trust_hash *, const void *data, size_t size);
/* u16be(length), then the bytes; longer than 65535 is an error. */
void trust_hash_text(struct trust_hash *, struct tee_bytes);
/* Frees it; 0 or TEE_E_CRYPTO. */
int trust_hash_end(struct trust_hash *, uint8_t out[32]) TEE_MUST_USE;

#endif
