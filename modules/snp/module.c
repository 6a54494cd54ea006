/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snp: AMD SEV-SNP on a guest's own device: evidence from /dev/sev-guest or
 * configfs-tsm, judged offline against AMD's roots.  See tee_snp(8).
 */
#include "config.h"

#include <stdlib.h>
#include <tee/module.h>

#include "modules/snp/collector.h"
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

#define TRISTATE "any, required or forbidden"

static const struct tee_module_option options[] = {
	{ "source", TEE_COLLECTOR, "auto, guest-device or configfs-tsm" },
	{ "device", TEE_COLLECTOR, "/dev/sev-guest, then /dev/sev" },
	{ "configfs", TEE_COLLECTOR, "/sys/kernel/config/tsm/report" },
	{ "kds", TEE_COLLECTOR, "off, amd or https://... (off)" },
	{ "cert_cache", TEE_COLLECTOR, "directory for what kds gave" },
	{ "vmpl", TEE_COLLECTOR | TEE_VERIFIER, "level asked for; expected" },
	{ "guest_svn", TEE_VERIFIER, "least guest SVN" },
	{ "products", TEE_VERIFIER, "Milan, Genoa, Turin (any)" },
	{ "signer", TEE_VERIFIER, "any, vcek or vlek" },
	{ "csp_id", TEE_VERIFIER, "providers of a VLEK, by CSP_ID" },
	{ "crl", TEE_VERIFIER, "if-given or required" },
	{ "certs_file", TEE_VERIFIER, "certificates beside the evidence's" },
	{ "crl_file", TEE_VERIFIER, "revocation list beside the evidence's" },
	{ "masked_chip_id", TEE_VERIFIER, "deny or allow" },
	{ "provisional", TEE_VERIFIER, "allow or deny" },
	{ "min_reported_tcb", TEE_VERIFIER, "floor per product" },
	{ "min_committed_tcb", TEE_VERIFIER, "floor per product" },
	{ "min_current_tcb", TEE_VERIFIER, "floor per product" },
	{ "min_launch_tcb", TEE_VERIFIER, "floor per product" },
	{ "up_to_date_tcb", TEE_VERIFIER, "what counts as up to date" },
	{ "min_firmware", TEE_VERIFIER, "least committed firmware, 1.55.29" },
	{ "min_abi", TEE_VERIFIER, "least ABI that the policy asks for" },
	{ "launch_mitigations", TEE_VERIFIER, "mask of bits that are set" },
	{ "current_mitigations", TEE_VERIFIER, "mask of bits that are set" },
	{ "policy_smt", TEE_VERIFIER, TRISTATE },
	{ "policy_migrate_ma", TEE_VERIFIER, TRISTATE " (forbidden)" },
	{ "policy_debug", TEE_VERIFIER, TRISTATE " (forbidden)" },
	{ "policy_single_socket", TEE_VERIFIER, TRISTATE },
	{ "policy_cxl", TEE_VERIFIER, TRISTATE },
	{ "policy_aes256_xts", TEE_VERIFIER, TRISTATE },
	{ "policy_rapl_disabled", TEE_VERIFIER, TRISTATE },
	{ "policy_ciphertext_hiding", TEE_VERIFIER, TRISTATE },
	{ "policy_page_swap_disabled", TEE_VERIFIER, TRISTATE },
	{ "platform_smt", TEE_VERIFIER, TRISTATE },
	{ "platform_tsme", TEE_VERIFIER, TRISTATE },
	{ "platform_ecc", TEE_VERIFIER, TRISTATE },
	{ "platform_rapl_disabled", TEE_VERIFIER, TRISTATE },
	{ "platform_ciphertext_hiding", TEE_VERIFIER, TRISTATE },
	{ "platform_alias_check", TEE_VERIFIER, TRISTATE },
	{ "platform_iommu_write_safe", TEE_VERIFIER, TRISTATE },
	{ "platform_tio", TEE_VERIFIER, TRISTATE },
	{ "platform_reserved", TEE_VERIFIER, "any or forbidden" },
	{ "id_block", TEE_VERIFIER, TRISTATE },
	{ "measurement", TEE_VERIFIER, "launch digests, hex" },
	{ "host_data", TEE_VERIFIER, "values, hex" },
	{ "family_id", TEE_VERIFIER, "values, hex" },
	{ "image_id", TEE_VERIFIER, "values, hex" },
	{ "id_key_digest", TEE_VERIFIER, "values, hex" },
	{ "author_key_digest", TEE_VERIFIER, "values, hex" },
	{ "chip_id", TEE_VERIFIER, "values, hex" },
	{ "report_id", TEE_VERIFIER, "values, hex" },
	{ "report_id_ma", TEE_VERIFIER, "migration agents, hex" },
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
