/* SPDX-License-Identifier: Apache-2.0 */
/* judge_report: is this a report that anybody could have signed for a guest. */
#include "config.h"

#include "modules/snp/judge.h"

#define ECDSA_P384_SHA384 1

static void
judge_signing_key(struct snp_case *c)
{
	unsigned signer = tee_snp_report_signer(&c->report);
	bool known = signer == SNP_SIGNER_VCEK || signer == SNP_SIGNER_VLEK;

	if (!known)
		SNP_JUDGE(c, "report.signing_key", false,
		    "key %u is neither "
		    "VCEK (0) nor VLEK (1)",
		    signer);
	else
		SNP_JUDGE(c, "report.signing_key",
		    c->policy->signers == 0 ||
			(c->policy->signers & (1u << signer)) != 0,
		    "%s", signer == SNP_SIGNER_VCEK ? "VCEK" : "VLEK");
}

static void
judge_product(struct snp_case *c)
{
	const struct snp_report *r = &c->report;
	enum snp_product by_cpu;

	if (!tee_snp_report_has_cpuid(r)) {
		tee_call_check(c->call, "report.product", TEE_CHECK_NOT_ASKED,
		    "a version %u report names no CPU; its chain does",
		    r->version);
		return;
	}
	by_cpu = tee_snp_product_cpuid(r->family, r->model);
	SNP_JUDGE(c, "report.product",
	    by_cpu != SNP_PRODUCT_UNKNOWN &&
		(c->chain.product == SNP_PRODUCT_UNKNOWN ||
		    by_cpu == c->chain.product),
	    "CPUID %02x/%02x/%02x is %s, the chain is %s", r->family, r->model,
	    r->stepping, tee_snp_product_name(by_cpu),
	    tee_snp_product_name(c->chain.product));
}

void
tee_snp_judge_report(struct snp_case *c)
{
	const struct snp_report *r = &c->report;

	SNP_JUDGE(c, "report.version", tee_snp_report_known_version(r),
	    "version %u, known are 2 to 5", r->version);
	SNP_JUDGE(c, "report.reserved", r->reserved == NULL,
	    r->reserved == NULL ? "%s" : "reserved field %s is not zero",
	    r->reserved == NULL ? "all reserved fields are zero" : r->reserved);
	SNP_JUDGE(c, "report.algorithm", r->signature_algo == ECDSA_P384_SHA384,
	    "algorithm %u, 1 is ECDSA P-384 with SHA-384", r->signature_algo);
	judge_signing_key(c);
	SNP_JUDGE(c, "report.masked_key", !tee_snp_report_masked_key(r), "%s",
	    tee_snp_report_masked_key(r) ?
		"MASK_CHIP_KEY is set: the firmware did not sign this report" :
		"the firmware signs with the chip's key");
	judge_product(c);
}
