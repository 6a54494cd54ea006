/* SPDX-License-Identifier: Apache-2.0 */
/*
 * testlib_skr: a Key Vault made at run time: its certificates, and releases
 * that can be wrong in any one respect.
 */
#ifndef TESTLIB_SKR_H
#define TESTLIB_SKR_H

#include <time.h>
#include <openssl/x509.h>

#include "modules/snp_azure/release.h"
#include "sim/blob.h"

#define SKR_NOW 1767225600 /* 2026-01-01 */
#define SKR_HOST "v.vault.azure.net"
#define SKR_KEY "https://" SKR_HOST "/keys/agent-kek"
#define SKR_VERSION "0123456789abcdef0123456789abcdef"
#define SKR_NONCE "00112233445566778899aabbccddeeff"
#define SKR_KID "wrapping-key"

/* Drawn once per program, outside of tests. */
extern EVP_PKEY *skr_root_key, *skr_sub_key, *skr_leaf_key, *skr_other_key;
void skr_open(void);
void skr_close(void);

/* What a certificate shall be; zero values are those of the real service. */
struct skr_cert {
	const char *names; /* subjectAltName; "": none */
	const char *usage; /* extendedKeyUsage; NULL: serverAuth */
	long from, until;  /* seconds from SKR_NOW; 0: a day */
	EVP_PKEY *key;     /* NULL: skr_leaf_key */
	EVP_PKEY *issuer;  /* NULL: skr_sub_key */
};
/* NULL: the vault's own. */
X509 *skr_leaf(const struct skr_cert *);
X509 *skr_sub(void); /* between leaf and root */
X509 *skr_root(void);
char *skr_pem(X509 *); /* free(3) it */

/* A release: payload and header to be edited, then signed. */
struct skr_release {
	json_t *header, *payload;
	json_t *hsm;      /* what key_hsm will hold; NULL: payload's own */
	EVP_PKEY *signer; /* borrowed */
};
void skr_release_begin(struct skr_release *, const void *wrapped, size_t size);
/* Replaces the header's x5c by these, and consumes the list. */
void skr_release_chain(struct skr_release *, STACK_OF(X509) *);
/* Sets "response/key/key/kid" to a JSON text; NULL deletes. */
void skr_edit(json_t *root, const char *path, const char *value);
/* {"value": JWS}; free(3) it, and the rest with skr_release_end. */
char *skr_release_body(struct skr_release *);
void skr_release_end(struct skr_release *);

/* A matching expectation with skr_root() as the root; free *roots. */
void skr_expect(struct azure_expected *, X509_STORE **roots);
/* Of one certificate. */
X509_STORE *skr_roots(X509 *);

#endif
