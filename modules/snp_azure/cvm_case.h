/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cvm_case: one piece of CVM evidence with what was found in it; lives for
 * one call.  The names of checks are a contract: tee_snp_azure(8) lists them.
 */
#ifndef TEE_AZURE_CVM_CASE_H
#define TEE_AZURE_CVM_CASE_H

#include <openssl/evp.h>

#include "modules/snp_azure/cvm.h"
#include "modules/snp_azure/hcl.h"
#include "modules/snp_azure/quote.h"

struct azure_cvm_case {
	struct tee_call *call;
	const struct azure_cvm_policy *policy;
	struct azure_hcl hcl;
	struct snp_report report;
	bool vouched; /* a trusted root's chip signs the report */
	struct tee_runtime runtime;
	bool runtime_holds; /* REPORT_DATA is its hash, and its VMPL is 0 */
	EVP_PKEY *ak;       /* out of runtime data that hold, else NULL */
	struct azure_attest quote;
	bool quote_holds; /* is one, and the AK signed it */
	uint32_t selection;
	struct azure_pcrs pcrs;
	bool pcrs_hold; /* are what the quote covers */
};

#define AZURE_JUDGE(c, name, ok, ...) \
	tee_call_check((c)->call, name, \
	    (ok) ? TEE_CHECK_PASS : TEE_CHECK_FAIL, __VA_ARGS__)

/* From REPORT_DATA to the AK, and what else the paravisor says: cvm_hcl.c. */
void tee_azure_cvm_judge_hcl(struct azure_cvm_case *);
/* From the AK to the quote's extraData and the PCRs: cvm_quote.c. */
void tee_azure_cvm_judge_quote(struct azure_cvm_case *);

#endif
