/* SPDX-License-Identifier: Apache-2.0 */
/*
 * testlib_jose: keys, certificates and compact JWS made at run time, from the
 * very texts of header and payload, so that they can be wrong in any respect.
 */
#ifndef TESTLIB_JOSE_H
#define TESTLIB_JOSE_H

#include <stddef.h>
#include <stdint.h>
#include <jansson.h>
#include <openssl/evp.h>

/* Free what they give with free(3) or EVP_PKEY_free. */
EVP_PKEY *jose_key(unsigned bits);
/* base64url of the text. */
char *jose_part(const char *text);
/* header.payload.signature with RSASSA-PKCS1-v1_5 and that digest. */
char *jose_sign(const char *header, const char *payload, EVP_PKEY *,
    const EVP_MD *);
/* A self-signed certificate: DER, and its standard base64. */
uint8_t *jose_cert(EVP_PKEY *, const char *name, size_t *size);
char *jose_cert_text(EVP_PKEY *, const char *name);
/* The same with an extension of that many bytes, as confidential MAA has. */
uint8_t *jose_cert_with(EVP_PKEY *, const char *name, size_t extension,
    size_t *size);
/* {"alg","kid","kty","use","x5c"}, as MAA writes it. */
json_t *jose_x5c_jwk(EVP_PKEY *, const char *kid);

#endif
