/* SPDX-License-Identifier: Apache-2.0 */
/* caci: see caci.h. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modules/snp_azure/caci.h"
#include "modules/snp_azure/cce.h"

static bool
read_cce(struct azure_caci_policy *p, const struct tee_config *config)
{
	const char *value = tee_option(config, "cce_policy");

	p->cce.size = AZURE_CCE_DIGEST;
	p->any_cce = value != NULL && strcmp(value, "any") == 0;
	return p->any_cce ||
	    tee_option_hexlist(config, "cce_policy", AZURE_CCE_DIGEST,
		&p->cce.items, &p->cce.count) >= 0;
}

bool
tee_azure_caci_policy_read(struct azure_caci_policy *p,
    const struct tee_config *config)
{
	memset(p, 0, sizeof(*p));
	if (read_cce(p, config) && tee_azure_uvm_policy_read(&p->uvm, config))
		return true;
	tee_azure_caci_policy_clear(p);
	return false;
}

void
tee_azure_caci_policy_clear(struct azure_caci_policy *p)
{
	tee_azure_uvm_policy_clear(&p->uvm);
	free(p->cce.items);
	memset(p, 0, sizeof(*p));
}

/*
 * A measurement that nobody vouches for says nothing, unless the line itself
 * names the one that it takes.
 */
static bool
judge_uvm(struct tee_call *call, const struct snp_verifier *snp,
    const struct azure_caci_policy *p, const struct snp_report *report,
    uint64_t *svn)
{
	bool pinned = snp->policy.list[SNP_LIST_MEASUREMENT].count > 0;
	size_t size;
	const uint8_t *data =
	    tee_call_item(call, "azure.uvm-endorsement", &size);

	if (data != NULL)
		return tee_azure_uvm_judge(call, &p->uvm, data, size,
		    report->measurement, svn);
	tee_call_check(call, "uvm.format",
	    pinned ? TEE_CHECK_NOT_ASKED : TEE_CHECK_NOT_DONE,
	    pinned ? "no azure.uvm-endorsement, and the line names the "
		     "measurement" :
		     "the evidence has no azure.uvm-endorsement, and the line "
		     "names no measurement");
	return false;
}

static void
claim_uvm(struct tee_call *call, const struct azure_caci_policy *p,
    uint64_t svn)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, svn);
	tee_call_claim_text(call, "uvm.svn", text);
	tee_call_claim_text(call, "uvm.feed", p->uvm.feed);
}

enum tee_verdict
tee_azure_caci_judge(struct tee_call *call, struct snp_verifier *snp,
    const struct azure_caci_policy *p)
{
	/* As of a token: Azure runs no container group at another level. */
	static const struct snp_use use = { .measured = "launch",
		.level_zero = true };
	struct snp_report report;
	uint64_t svn = 0;
	bool vouched, admitted, endorsed;
	size_t size;
	const uint8_t *data = tee_call_item(call, "snp.report", &size);

	if (data == NULL) {
		tee_call_check(call, "report.format", TEE_CHECK_NOT_DONE,
		    "the evidence has no snp.report");
		return TEE_UNAVAILABLE;
	}
	if (!tee_snp_appraise_vouched(call, snp, &use, data, size, &report,
		&vouched))
		return TEE_DENY;
	tee_snp_saw(call, &report);
	admitted = tee_azure_cce_judge(call, p,
	    &snp->policy.list[SNP_LIST_HOST_DATA], report.host_data);
	endorsed = judge_uvm(call, snp, p, &report, &svn);
	if (vouched && endorsed)
		claim_uvm(call, p, svn);
	/* snp has claimed a virtual machine; both together say more. */
	if (vouched && endorsed && admitted)
		tee_call_claim_level(call, TEE_LEVEL_TEE_CONTAINER);
	return TEE_OK;
}
