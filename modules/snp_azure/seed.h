/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seed: how an agent's Ed25519 seed comes of a released key, since Key Vault
 * holds no such keys: it is sealed to an RSA key, derived from one (HKDF), or
 * is itself a symmetric key of a Managed HSM.
 */
#ifndef TEE_AZURE_SEED_H
#define TEE_AZURE_SEED_H

#include <tee/module.h>

#include "modules/common/sealed.h"
#include "modules/snp_azure/release.h"
#include "modules/snp_azure/rsakey.h"

enum azure_seed_way { AZURE_SEED_SEALED = 0, AZURE_SEED_HKDF, AZURE_SEED_OCT };

#define AZURE_SALT_MAX 64
#define AZURE_LABEL_MAX 256

struct azure_seed {
	enum azure_seed_way way;
	char *sealed; /* path */
	bool has_public_key;
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
	uint8_t *salt;
	size_t salt_size;
	char *label;
};

/* Options seed, sealed, public_key, salt, label.  False: logged; clear it. */
bool tee_azure_seed_read(struct azure_seed *,
    const struct tee_config *) TEE_MUST_USE;
void tee_azure_seed_clear(struct azure_seed *);

/*
 * The public key that will be delivered, before anything is released; a sealed
 * file is read and must be of this agent.  *sealed is filled, and to be freed,
 * where the way is sealed.
 */
enum tee_verdict tee_azure_seed_foretell(struct tee_call *,
    const struct azure_seed *, struct tee_sealed *sealed,
    uint8_t public_key[TEE_PUBLIC_KEY_SIZE]);
/* The seed out of a released key; `work` is locked memory, wiped after. */
enum tee_verdict tee_azure_seed_take(struct tee_call *,
    const struct azure_seed *, const struct tee_sealed *, enum azure_key_type,
    const uint8_t *key, size_t size, struct azure_rsa *work,
    uint8_t seed[TEE_SEED_SIZE]);

#endif
