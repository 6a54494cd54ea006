/* SPDX-License-Identifier: Apache-2.0 */
/* snp: AMD SEV-SNP evidence, collected and verified.  See tee_snp(8). */
#include "config.h"

#include <tee/module.h>

static enum tee_verdict
snp_verify(struct tee_call *call, void *state)
{
	(void)call;
	(void)state;
	return TEE_DENY;
}

static const struct tee_module_option options[] = { { NULL, 0, NULL } };

extern TEE_EXPORT const struct tee_module tee_module;
const struct tee_module tee_module = {
	.abi = TEE_MODULE_ABI,
	.size = sizeof(struct tee_module),
	.name = "snp",
	.summary = "AMD SEV-SNP",
	.ceiling = TEE_ORIGIN_GENERATED,
	.options = options,
	.verify = snp_verify,
};
