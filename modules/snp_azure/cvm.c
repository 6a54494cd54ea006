/* SPDX-License-Identifier: Apache-2.0 */
/* cvm: see cvm.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "modules/common/json.h"
#include "modules/snp_azure/cvm_case.h"

static bool
judge_layout(struct azure_cvm_case *c, const uint8_t *data, size_t size)
{
	bool snp;

	if (!tee_azure_hcl_parse(&c->hcl, data, size)) {
		AZURE_JUDGE(c, "hcl.format", false, "%s", c->hcl.error);
		return false;
	}
	AZURE_JUDGE(c, "hcl.format", true, "version %u, %zu bytes of JSON",
	    c->hcl.version, c->hcl.runtime_size);
	snp = c->hcl.report_type == AZURE_HCL_SNP;
	AZURE_JUDGE(c, "hcl.report-type", snp, "%u (%s)%s", c->hcl.report_type,
	    tee_azure_hcl_type_name(c->hcl.report_type),
	    snp ? "" : ", not SNP");
	return snp;
}

static void
claim_pcrs(struct azure_cvm_case *c)
{
	char name[8];

	for (unsigned i = 0; i < AZURE_PCRS; i++) {
		if ((c->selection >> i & 1) == 0)
			continue;
		snprintf(name, sizeof(name), "pcr%u", i);
		tee_call_claim_measurement(c->call, name, c->pcrs.value[i],
		    AZURE_PCR_SIZE);
	}
}

static void
claim_configuration(struct azure_cvm_case *c)
{
	const json_t *vm = tee_json_member(c->runtime.root, "vm-configuration");
	const char *id = tee_json_text(vm, "vmUniqueId");
	const json_t *secure_boot = json_object_get(vm, "secure-boot");

	if (id != NULL)
		tee_call_claim_text(c->call, "azure.vm_id", id);
	if (json_is_boolean(secure_boot))
		tee_call_claim_text(c->call, "secure_boot",
		    json_is_true(secure_boot) ? "true" : "false");
}

/* What the chip vouches for snp has claimed; this is the paravisor's part. */
static void
conclude(struct azure_cvm_case *c)
{
	size_t size;
	const uint8_t *extra;

	if (!c->vouched || c->ak == NULL || !c->quote_holds)
		return;
	extra = tee_azure_attest_extra(&c->quote, &size);
	tee_call_saw_binding(c->call, extra, size);
	claim_configuration(c);
	if (c->pcrs_hold)
		claim_pcrs(c);
}

enum tee_verdict
tee_azure_cvm_judge(struct tee_call *call, struct snp_verifier *snp,
    const struct azure_cvm_policy *policy)
{
	/* The paravisor's report is fresh by the quote, and kept for hours. */
	static const struct snp_use use = { .measured = AZURE_CVM_MEASURED,
		.returns = true };
	struct azure_cvm_case c = { .call = call, .policy = policy };
	size_t size;
	const uint8_t *data = tee_call_item(call, "azure.hcl-report", &size);

	if (data == NULL) {
		tee_call_check(call, "hcl.format", TEE_CHECK_NOT_DONE,
		    "the evidence has no azure.hcl-report");
		return TEE_UNAVAILABLE;
	}
	if (!judge_layout(&c, data, size) ||
	    !tee_snp_appraise_vouched(call, snp, &use, c.hcl.report,
		AZURE_HCL_REPORT_SIZE, &c.report, &c.vouched))
		return TEE_DENY;
	tee_azure_cvm_judge_hcl(&c);
	tee_azure_cvm_judge_quote(&c);
	conclude(&c);
	EVP_PKEY_free(c.ak);
	tee_runtime_free(&c.runtime);
	return TEE_OK;
}
