/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vaultkey: the keys of a pretend Key Vault: RSA, EC and symmetric ones, each
 * with a version, whether it may be exported, and a release policy.  Kept in
 * a directory, so that what was sealed to a key outlives the simulator.
 */
#ifndef SIM_VAULTKEY_H
#define SIM_VAULTKEY_H

#include <stdbool.h>
#include <jansson.h>
#include <openssl/evp.h>

#include "sim/blob.h"

#define SIM_VAULT_NAME_MAX 127
#define SIM_VAULT_KEYS 64
#define SIM_VAULT_VERSION 33 /* 32 hex digits */

struct sim_vault_key {
	char name[SIM_VAULT_NAME_MAX + 1];
	char version[SIM_VAULT_VERSION];
	char kty[16];        /* RSA-HSM, EC-HSM, oct-HSM */
	EVP_PKEY *pkey;      /* RSA and EC */
	struct sim_blob oct; /* symmetric */
	bool exportable;
	json_t *ops;
	json_t *policy; /* of release; NULL: none */
	bool immutable; /* the policy */
	int64_t created;
};

struct sim_vault_keys {
	struct sim_vault_key key[SIM_VAULT_KEYS];
	size_t count;
	int dir; /* -1: kept nowhere */
};

/* Those kept in this directory; false with errno. */
bool tee_sim_vault_keys_open(struct sim_vault_keys *, int dir);
void tee_sim_vault_keys_close(struct sim_vault_keys *);
/* Letters, digits and hyphens. */
bool tee_sim_vault_name_valid(const char *name);
/* version NULL or "": whatever version it has. */
struct sim_vault_key *tee_sim_vault_key_find(struct sim_vault_keys *,
    const char *name, const char *version);
/*
 * A new key in the place of an older one of that name; fill in what is to be
 * kept and call keep.  NULL: kty, size or curve is not known, or no room.
 */
struct sim_vault_key *tee_sim_vault_key_make(struct sim_vault_keys *,
    const char *name, const char *kty, unsigned bits, const char *curve);
bool tee_sim_vault_key_keep(struct sim_vault_keys *, struct sim_vault_key *);
/* The public members of its JWK: kid, kty, key_ops, n, e or crv, x, y. */
json_t *tee_sim_vault_key_jwk(const struct sim_vault_key *, const char *base);
/* What a release wraps: PKCS#8, or the bytes themselves. */
bool tee_sim_vault_key_export(const struct sim_vault_key *, struct sim_blob *);

#endif
