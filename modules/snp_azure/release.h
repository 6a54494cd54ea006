/* SPDX-License-Identifier: Apache-2.0 */
/*
 * release: what Key Vault answers to a release, {"value": JWS}: signed by the
 * vault's own certificate, about our request, wrapped to our key.
 */
#ifndef TEE_AZURE_RELEASE_H
#define TEE_AZURE_RELEASE_H

#include <tee/module.h>

#include "modules/common/jws.h"
#include "modules/common/webpki.h"
#include "modules/snp_azure/wrap.h"

enum azure_key_type {
	AZURE_KEY_OTHER = 0,
	AZURE_KEY_RSA,
	AZURE_KEY_EC,
	AZURE_KEY_OCT
};

/* What was asked for, and who may answer. */
struct azure_expected {
	const char *host;    /* of the vault, without port */
	const char *key_url; /* https://host/keys/name[/version] */
	bool versioned;
	enum azure_enc enc;
	const char *nonce; /* NULL: none was sent, so none may come back */
	const char *wrapping_kid; /* of our JWK in the token */
	struct tee_webpki pki;
};

struct azure_release {
	struct tee_jws jws;
	STACK_OF(X509) * chain;
	enum azure_key_type type;
	uint8_t *wrapped;
	size_t wrapped_size;
	/* Why it is refused: a stable word and a sentence; NULL: it is not. */
	const char *reason;
	char detail[256];
};

/*
 * Checks all of it, in this order: release.format, release.signature,
 * release.chain, release.host, release.kid, release.enc, release.nonce,
 * release.key-hsm, release.wrapping-key, release.kty.  Free it either way.
 */
bool tee_azure_release_read(struct azure_release *, const void *body,
    size_t size, const struct azure_expected *);
void tee_azure_release_free(struct azure_release *);

/*
 * key_hsm alone: base64url of {"schema_version", "header": {kid, alg, enc},
 * "ciphertext"}.  NULL with a sentence in `why`.
 */
struct azure_key_hsm {
	json_t *root;
	const char *kid, *enc; /* of its header, borrowed */
	uint8_t *wrapped;
	size_t wrapped_size;
};
bool tee_azure_key_hsm_parse(struct azure_key_hsm *, const char *text,
    size_t size, char why[TEE_JWS_WHY]);
void tee_azure_key_hsm_free(struct azure_key_hsm *);

#endif
