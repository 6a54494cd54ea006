/* SPDX-License-Identifier: Apache-2.0 */
/*
 * caci: judges the evidence of a confidential container group: everything of
 * snp, the policy that its host data is the hash of, and the endorsement of
 * the utility VM that was measured.
 */
#ifndef TEE_AZURE_CACI_H
#define TEE_AZURE_CACI_H

#include <stdbool.h>

#include "modules/snp/verifier.h"
#include "modules/snp_azure/uvm.h"

#define AZURE_CCE_DIGEST 32

struct azure_caci_policy {
	bool any_cce;        /* one that allows everything, too */
	struct snp_list cce; /* SHA-256 of the policies that are taken */
	struct azure_uvm_policy uvm;
};

/* Options cce_policy, uvm_*.  False: the refusal is logged. */
bool tee_azure_caci_policy_read(struct azure_caci_policy *,
    const struct tee_config *) TEE_MUST_USE;
void tee_azure_caci_policy_clear(struct azure_caci_policy *);
/*
 * Items snp.report, snp.certs, snp.runtime-data, azure.cce-policy,
 * azure.uvm-endorsement.  The last two may only be absent where the line
 * names the digests or measurements that they would vouch for.
 */
enum tee_verdict tee_azure_caci_judge(struct tee_call *, struct snp_verifier *,
    const struct azure_caci_policy *);

#endif
