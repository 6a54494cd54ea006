/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jwk: RSA public keys as JSON Web Keys (RFC 7517), 2048 to 8192 bits, with an
 * odd exponent of at least 65537.  "RSA-HSM", as Key Vault says it, is an RSA
 * key whose private half lives elsewhere.
 */
#ifndef TEE_COMMON_JWK_H
#define TEE_COMMON_JWK_H

#include <stdbool.h>
#include <stdint.h>
#include <jansson.h>
#include <openssl/evp.h>

#define TEE_JWK_WHY 160

/*
 * From n and e, or else from x5c[0]; where both are there they must agree.
 * A private part is not looked at.  A certificate may have 96 KiB of text,
 * since MAA's may carry evidence of its own enclave.  NULL with a sentence in
 * `why`.
 */
EVP_PKEY *tee_jwk_rsa(const json_t *jwk, char why[TEE_JWK_WHY]);
/* DER of x5c[index], at most 16 KiB of text, malloc'd; NULL where none. */
unsigned char *tee_jwk_x5c(const json_t *object, size_t index, size_t *size);
/* SHA-256 of an RSA key's SubjectPublicKeyInfo. */
bool tee_jwk_spki_sha256(const EVP_PKEY *rsa, uint8_t out[32]);
/* {"kty","n","e"} of the public half.  A new reference. */
json_t *tee_jwk_public(EVP_PKEY *rsa);
/*
 * {"kty","n","e","kid","key_ops":["encrypt"]}; kid NULL: the RFC 7638 SHA-256
 * thumbprint.  A new reference.
 */
json_t *tee_jwk_wrapping(EVP_PKEY *rsa, const char *kid);

#endif
