/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vault: the pretend Key Vault: keys with release policies, made over its REST
 * interface, and their release to who shows a token that satisfies them.
 */
#ifndef SIM_VAULT_H
#define SIM_VAULT_H

#include "sim/cloud.h"
#include "sim/vaultkey.h"
#include "sim/vaultrelease.h"

struct sim_vault {
	struct sim_vault_keys keys;
	int dir;          /* DIR/vault */
	X509 *other_name; /* the vault's key under another name */
	X509 *expired;
	EVP_PKEY *other; /* signs what nobody may accept */
};

/*
 * Opens what is kept and sees to three keys that a guest of this simulator
 * may have: agent-kek (RSA), agent-seed (symmetric), agent-ec.  Publishes
 * cloud/agent-kek.pem.  NULL where that fails.
 */
struct sim_vault *tee_sim_vault_new(struct sim_cloud *);
/* Their policies name MAA, whose port is known later. */
bool tee_sim_vault_ready(struct sim_cloud *);
void tee_sim_vault_free(struct sim_vault **);

/* The release verb: vaultverb.c. */
void tee_sim_vault_release(struct sim_cloud *, const struct sim_web_request *,
    struct sim_vault_key *, const char *path, struct sim_web_answer *);
/*
 * The claims of a token that its issuer signed and that is good now, or NULL.
 * Asks the issuer itself, as an authority of the policy, over the network and
 * with the cloud unlocked: vaulttarget.c.
 */
json_t *tee_sim_vault_target(struct sim_cloud *, const char *token,
    const json_t *policy, char issuer[512]);

#endif
