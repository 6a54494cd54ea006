/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signature: Ed25519 as it stands on the wire: keys and signatures are base64
 * with padding, of exactly their size, in the one spelling that they have.
 */
#ifndef LIBTEE_TRUST_SIGNATURE_H
#define LIBTEE_TRUST_SIGNATURE_H

#include <stdbool.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <tee/tee.h>

#define TRUST_BASE64(size) (((size) + 2) / 3 * 4 + 1)

/* False for whatever else than these bytes would be encoded as. */
bool trust_base64_read(const json_t *, uint8_t *out, size_t size) TEE_MUST_USE;
/* out holds TRUST_BASE64(size); size at most TEE_SIGNATURE_SIZE. */
void trust_base64_write(const uint8_t *, size_t size, char *out);

/* One key, imported once for all that it signed.  Zeroed: none yet. */
struct trust_signer {
	uint8_t key[TEE_PUBLIC_KEY_SIZE];
	EVP_PKEY *pkey;
};
void trust_signer_clear(struct trust_signer *);

/* RFC 8032; false on any error, too. */
bool trust_signer_signed(struct trust_signer *,
    const uint8_t key[TEE_PUBLIC_KEY_SIZE], const void *message, size_t size,
    const uint8_t signature[TEE_SIGNATURE_SIZE]) TEE_MUST_USE;
/* The same, of a key that signed nothing else. */
bool trust_signature_valid(const uint8_t key[TEE_PUBLIC_KEY_SIZE],
    const void *message, size_t size,
    const uint8_t signature[TEE_SIGNATURE_SIZE]) TEE_MUST_USE;

#endif
