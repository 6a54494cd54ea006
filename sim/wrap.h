/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrap: how Key Vault wraps a key that it releases: a fresh AES-256 key under
 * RSA-OAEP, and behind it the key under AES key wrap with padding (RFC 5649).
 */
#ifndef SIM_WRAP_H
#define SIM_WRAP_H

#include <openssl/evp.h>

#include "sim/blob.h"

/*
 * `enc` as the release call spells it: CKM_RSA_AES_KEY_WRAP (SHA-1),
 * RSA_AES_KEY_WRAP_256, RSA_AES_KEY_WRAP_384.  NULL: no such one.
 */
const EVP_MD *tee_sim_wrap_digest(const char *enc);
/* Ciphertext into an empty blob. */
bool tee_sim_wrap(EVP_PKEY *rsa, const EVP_MD *, const void *key, size_t size,
    struct sim_blob *out);

#endif
