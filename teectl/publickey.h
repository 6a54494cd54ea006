/* SPDX-License-Identifier: Apache-2.0 */
/* publickey: an agent's Ed25519 public key in the forms that others read. */
#ifndef TEECTL_PUBLICKEY_H
#define TEECTL_PUBLICKEY_H

#include <stdbool.h>
#include <jansson.h>
#include <tee/types.h>

/* SubjectPublicKeyInfo as PEM, RFC 8410, into a file. */
bool publickey_write_pem(const char *path,
    const uint8_t key[TEE_PUBLIC_KEY_SIZE]);
/* RFC 8037; kid is the DID, as AgentMesh writes it. */
json_t *publickey_jwk(const uint8_t key[TEE_PUBLIC_KEY_SIZE], const char *did,
    size_t did_size);
bool publickey_verify(const uint8_t key[TEE_PUBLIC_KEY_SIZE],
    const void *message, size_t size,
    const uint8_t signature[TEE_SIGNATURE_SIZE]);

#endif
