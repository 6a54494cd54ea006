/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge: every check of a report and its chain, each by its name.  The names
 * are a contract with operators: tee_snp(8) lists them.
 */
#ifndef TEE_SNP_JUDGE_H
#define TEE_SNP_JUDGE_H

#include "modules/snp/chain.h"
#include "modules/snp/policy.h"
#include "modules/snp/vek.h"

/* One report with what was found for it; lives for one call. */
struct snp_case {
	struct tee_call *call;
	const struct snp_policy *policy;
	const struct tee_certset *set;
	const char *measured; /* what the launch digest is claimed as */
	uint64_t vmpl;        /* required, or SNP_VMPL_ANY */
	struct snp_report report;
	struct snp_chain chain;
	struct snp_vek vek;       /* of chain.leaf, where there is one */
	enum snp_product product; /* of the chain, else of the report */
	bool root_trusted;
	bool vouched; /* every link holds, up to that root */
	time_t now;
	time_t expires; /* the earliest end of what was used */
};

#define SNP_JUDGE(c, name, ok, ...) \
	tee_call_check((c)->call, name, \
	    (ok) ? TEE_CHECK_PASS : TEE_CHECK_FAIL, __VA_ARGS__)

/* What is wrong with the report by itself: judge_report.c. */
void tee_snp_judge_report(struct snp_case *);
/* Roots, signatures, names, dates: judge_chain.c. */
void tee_snp_judge_chain(struct snp_case *);
/* AMD's extensions against the report: judge_vek.c. */
void tee_snp_judge_vek(struct snp_case *);
/* Revocation lists: judge_crl.c. */
void tee_snp_judge_crl(struct snp_case *);
/* TCB and firmware versions, their order and floors: judge_tcb.c. */
void tee_snp_judge_tcb(struct snp_case *);
/* Policy and platform bits, VMPL, identities: judge_guest.c. */
void tee_snp_judge_guest(struct snp_case *);

/* At most `now`, so that claims do not outlive what they rest on. */
void tee_snp_case_expires(struct snp_case *, time_t not_after);
/* "never" to "now" for a detail: RFC 3339 of a time. */
#define SNP_TIME_TEXT 24
void tee_snp_time_text(time_t, char out[SNP_TIME_TEXT]);

#endif
