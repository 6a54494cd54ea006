/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vaultrelease: the answer of a pretend Key Vault to a release: the key
 * wrapped to the key that the attestation token names, in a JWS with the
 * vault's certificate chain.
 */
#ifndef SIM_VAULTRELEASE_H
#define SIM_VAULTRELEASE_H

#include <openssl/x509.h>

#include "sim/vaultkey.h"

/* What a lying or broken vault would get wrong, one at a time or together. */
struct sim_release_fault {
	bool flip_ciphertext; /* a bit of the wrapped key */
	bool trailing_zero;   /* one byte more */
	bool header_enc;      /* key_hsm names another enc */
	bool header_kid;      /* key_hsm names another wrapping key */
	bool request_enc;
	bool request_kid;
	bool nonce;
	bool kty;
	bool signature;    /* a bit of it */
	bool other_signer; /* not the key of x5c[0] */
	bool other_key;    /* another key of the same kind is released */
	bool no_key_hsm;
};

struct sim_release {
	const struct sim_vault_key *key;
	const json_t *claims; /* of the verified attestation token */
	const char *base;     /* the vault's URL */
	const char *path;     /* of the key, as it was asked for */
	const char *api_version;
	const char *enc;
	const char *nonce; /* NULL: none was sent */
	EVP_PKEY *signer;  /* of chain[0] */
	EVP_PKEY *other;   /* another one, for faults */
	STACK_OF(X509) * chain;
	struct sim_release_fault fault;
};

/* The JWK that a release is wrapped to (first for encryption), or NULL. */
const json_t *tee_sim_release_target(const json_t *claims);
/* The compact JWS, malloc'd; NULL where there is nothing to wrap to. */
char *tee_sim_release(const struct sim_release *);

#endif
