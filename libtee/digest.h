/* SPDX-License-Identifier: Apache-2.0 */
/*
 * digest: SHA-256, fetched once.  EVP_sha256() alone is looked up again among
 * the providers each time that it is used, which costs more than to hash a
 * short text.
 */
#ifndef LIBTEE_DIGEST_H
#define LIBTEE_DIGEST_H

#include <openssl/evp.h>
#include <tee/types.h>

/* The process's own; any thread, never freed.  NULL where there is none. */
const EVP_MD *tee_digest_sha256(void);
/* 0 or TEE_E_CRYPTO. */
int tee_digest(const void *data, size_t size, uint8_t out[32]) TEE_MUST_USE;

#endif
