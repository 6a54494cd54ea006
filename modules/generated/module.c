/* SPDX-License-Identifier: Apache-2.0 */
/*
 * generated: a key born inside the TEE for this acquisition; it has never
 * been anywhere else, and its public half is bound into the evidence before
 * anything is measured.  See tee_generated(8).
 */
#include "config.h"

#include <sys/random.h>
#include <syslog.h>
#include <tee/module.h>

static enum tee_verdict
generated_prepare(struct tee_call *call, void *state)
{
	uint8_t key[TEE_PUBLIC_KEY_SIZE];
	uint8_t *seed = tee_call_secret(call, TEE_SEED_SIZE);

	(void)state;
	if (seed == NULL ||
	    getrandom(seed, TEE_SEED_SIZE, 0) != TEE_SEED_SIZE ||
	    tee_call_seed_public(seed, key) != 0) {
		tee_call_log(call, LOG_ERR, "memory",
		    "no locked memory or no randomness for a new key");
		return TEE_UNAVAILABLE;
	}
	tee_call_public_key(call, key);
	return TEE_OK;
}

static enum tee_verdict
generated_release(struct tee_call *call, void *state)
{
	const uint8_t *seed = tee_call_secret(call, TEE_SEED_SIZE);

	(void)state;
	if (seed == NULL || tee_call_deliver(call, seed) != 0)
		return TEE_DENY;
	return TEE_OK;
}

static const struct tee_module_option options[] = { { NULL, 0, NULL } };

extern TEE_EXPORT const struct tee_module tee_module;
const struct tee_module tee_module = {
	.abi = TEE_MODULE_ABI,
	.size = sizeof(struct tee_module),
	.name = "generated",
	.summary = "key born inside the TEE",
	.ceiling = TEE_ORIGIN_GENERATED,
	.options = options,
	.prepare = generated_prepare,
	.release = generated_release,
};
