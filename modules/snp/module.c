/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snp: AMD SEV-SNP on a guest's own device: evidence from /dev/sev-guest or
 * configfs-tsm, judged offline against AMD's roots.  See tee_snp(8).
 */
#include "config.h"

#include <stdlib.h>
#include <tee/module.h>

#include "modules/snp/collector.h"
#include "modules/snp/options.h"
#include "modules/snp/verifier.h"

/* One line is either of the two; open() knows which. */
struct snp {
	struct snp_collector *collector;
	struct snp_verifier *verifier;
};

static enum tee_verdict
snp_open(const struct tee_config *config, void **state)
{
	struct snp *snp = calloc(1, sizeof(*snp));

	if (snp == NULL)
		return TEE_DENY;
	if (tee_config_facility(config) == TEE_COLLECTOR)
		snp->collector = tee_snp_collector_new(config);
	else
		snp->verifier = tee_snp_verifier_new(config);
	if (snp->collector == NULL && snp->verifier == NULL) {
		free(snp);
		return TEE_DENY;
	}
	*state = snp;
	return TEE_OK;
}

static void
snp_close(void *state)
{
	struct snp *snp = state;

	if (snp->collector != NULL)
		tee_snp_collector_free(snp->collector);
	if (snp->verifier != NULL)
		tee_snp_verifier_free(snp->verifier);
	free(snp);
}

static enum tee_verdict
snp_collect(struct tee_call *call, void *state)
{
	const struct snp *snp = state;

	return tee_snp_collect(call, snp->collector);
}

static enum tee_verdict
snp_verify(struct tee_call *call, void *state)
{
	struct snp *snp = state;

	return tee_snp_verify(call, snp->verifier);
}

static const struct tee_module_option options[] = {
	{ "source", TEE_COLLECTOR, "auto, guest-device or configfs-tsm" },
	{ "device", TEE_COLLECTOR, "/dev/sev-guest, then /dev/sev" },
	{ "configfs", TEE_COLLECTOR, "/sys/kernel/config/tsm/report" },
	{ "kds", TEE_COLLECTOR, "off, amd or https://... (off)" },
	{ "cert_cache", TEE_COLLECTOR, "directory for what kds gave" },
	{ "vmpl", TEE_COLLECTOR, "level asked for" }, SNP_VERIFIER_OPTIONS,
	{ NULL, 0, NULL }
};

extern TEE_EXPORT const struct tee_module tee_module;
const struct tee_module tee_module = {
	.abi = TEE_MODULE_ABI,
	.size = sizeof(struct tee_module),
	.name = "snp",
	.summary = "AMD SEV-SNP, by the guest's own device",
	.ceiling = TEE_ORIGIN_GENERATED,
	.options = options,
	.open = snp_open,
	.close = snp_close,
	.collect = snp_collect,
	.verify = snp_verify,
};
