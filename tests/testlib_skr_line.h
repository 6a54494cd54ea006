/* SPDX-License-Identifier: Apache-2.0 */
/*
 * testlib_skr_line: one keystore line in one transaction, and a vault that
 * answers it without a network.
 */
#ifndef TESTLIB_SKR_LINE_H
#define TESTLIB_SKR_LINE_H

#include "modules/snp_azure/keystore.h"
#include "tests/testlib_http.h"
#include "tests/testlib_skr.h"

#define SKR_DID "did:mesh:agent-1"

struct skr_line {
	struct http_call c;
	struct tee_slot slot;
	struct azure_keystore *k;
};

/* Files of this process: the vault's root, and a sealed file. */
const char *skr_root_file(void);
const char *skr_sealed_file(void);
void skr_files_remove(void);
/* A sealed file for SKR_DID; NULL public key: the seed's own. */
void skr_seal(EVP_PKEY *vault_key, const uint8_t seed[TEE_SEED_SIZE],
    const uint8_t public_key[TEE_PUBLIC_KEY_SIZE]);

/* A line of a container whose vault is SKR_HOST; prepared if it can be. */
enum tee_verdict skr_line_begin(struct skr_line *, const char *more_options);
void skr_line_end(struct skr_line *);
/* The JWK that it put into the evidence, or NULL. */
json_t *skr_line_jwk(struct skr_line *);

/* What the vault does: RSA-OAEP of the KEK, RFC 5649 of the key. */
void skr_wrap(EVP_PKEY *to, enum azure_enc, const uint8_t kek[AZURE_KEK_SIZE],
    const void *key, size_t size, struct sim_blob *out);
/* PKCS #8. */
void skr_pkcs8(EVP_PKEY *, struct sim_blob *out);
/* A release of `wrapped` to that JWK; free(3) it. */
char *skr_answer(const json_t *jwk, enum azure_enc, const char *kty,
    const struct sim_blob *wrapped);
enum tee_verdict skr_line_take(struct skr_line *, const char *body);

#endif
