/* SPDX-License-Identifier: Apache-2.0 */
/* An offline line of snp_azure as a module by itself, for the loader. */
#include "config.h"

#include <stddef.h>

#include "modules/snp/options.h"
#include "modules/snp_azure/facility.h"

static enum tee_verdict
offline_open(const struct tee_config *config, void **state)
{
	*state = tee_azure_offline_new(config);
	return *state != NULL ? TEE_OK : TEE_DENY;
}

static void
offline_close(void *state)
{
	struct azure_offline *line = state;

	tee_azure_offline_free(&line);
}

static enum tee_verdict
offline_verify(struct tee_call *call, void *state)
{
	return tee_azure_offline_verify(call, state);
}

static const struct tee_module_option options[] = { { "user_data", TEE_VERIFIER,
							"as of snp_azure" },
	{ "pcrs", TEE_VERIFIER, "as of snp_azure" },
	{ "secure_boot", TEE_VERIFIER, "as of snp_azure" },
	SNP_VERIFIER_OPTIONS, { NULL, 0, NULL } };

extern TEE_EXPORT const struct tee_module tee_module;
const struct tee_module tee_module = {
	.abi = TEE_MODULE_ABI,
	.size = sizeof(struct tee_module),
	.name = "azureoffline",
	.summary = "the offline verifier of snp_azure, for tests",
	.ceiling = TEE_ORIGIN_GENERATED,
	.options = options,
	.open = offline_open,
	.close = offline_close,
	.verify = offline_verify,
};
