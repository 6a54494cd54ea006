/* SPDX-License-Identifier: Apache-2.0 */
/* jose: base64 and RS256 as the services write and read them. */
#ifndef SIM_JOSE_H
#define SIM_JOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "sim/blob.h"

/* malloc'd text. */
char *tee_sim_b64url(const void *, size_t size);
char *tee_sim_b64(const void *, size_t size);
/* Either alphabet, padded or not; false where it is neither. */
bool tee_sim_b64_read(const char *text, size_t size, struct sim_blob *out);
/* The same of a member that is a string. */
bool tee_sim_b64_member(const json_t *, const char *name, struct sim_blob *out);

/* HEADER.PAYLOAD.SIGNATURE, malloc'd; NULL key: no signature. */
char *tee_sim_jws(const char *header, const char *payload, EVP_PKEY *key);
/* The payload where header alg is RS256 and the key made the signature. */
json_t *tee_sim_jws_read(const char *jws, EVP_PKEY *key);
/* {"kty","n","e"} of an RSA key. */
json_t *tee_sim_jwk(EVP_PKEY *key);
/* Standard base64 of the DER. */
char *tee_sim_x5c(const X509 *);

#endif
