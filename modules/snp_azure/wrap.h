/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrap: what Key Vault wraps a released key in:
 *
 *   RSA-OAEP of an AES-256 key, as long as the modulus
 *   AES key wrap with padding (RFC 5649) of the key itself, the rest
 *
 * Lengths are exact: nothing is trimmed, nothing may follow.
 */
#ifndef TEE_AZURE_WRAP_H
#define TEE_AZURE_WRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <openssl/evp.h>

#define AZURE_KEK_SIZE 32
#define AZURE_RSA_MAX 1024 /* bytes of a modulus */
#define AZURE_RELEASED_MAX 8192
/* The same words for every part that fails: errors are no oracle. */
#define AZURE_UNWRAP_FAILED "what the vault wrapped does not open with our key"

/* Of the release call: which hash OAEP uses, for MGF1 too. */
enum azure_enc {
	AZURE_ENC_256 = 0, /* RSA_AES_KEY_WRAP_256 */
	AZURE_ENC_384,     /* RSA_AES_KEY_WRAP_384 */
	AZURE_ENC_SHA1     /* CKM_RSA_AES_KEY_WRAP */
};
extern const char *const tee_azure_enc_words[]; /* ended by NULL */

/* The first part, for a key in memory.  Wipes `kek` where it fails. */
bool tee_azure_unwrap_kek(EVP_PKEY *rsa, enum azure_enc, const uint8_t *data,
    size_t size, uint8_t kek[AZURE_KEK_SIZE]);
/* The second part.  Wipes `out`, which has `room` bytes, where it fails. */
bool tee_azure_unwrap_key(const uint8_t kek[AZURE_KEK_SIZE],
    const uint8_t *data, size_t size, uint8_t *out, size_t room,
    size_t *out_size);

#endif
