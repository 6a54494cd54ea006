/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verifier: judges snp.report with snp.certs and snp.crl, offline.  Other
 * platforms whose evidence carries an SNP report use the same judge.
 */
#ifndef TEE_SNP_VERIFIER_H
#define TEE_SNP_VERIFIER_H

#include "modules/snp/policy.h"
#include "modules/snp/store.h"

/* One verifier line: immutable but for the store, which locks itself. */
struct snp_verifier {
	struct tee_pki *pki;
	struct snp_policy policy;
	struct snp_store store;
};

/* NULL after the refusal was logged. */
struct snp_verifier *tee_snp_verifier_new(const struct tee_config *);
void tee_snp_verifier_free(struct snp_verifier *);
/*
 * Everything about a report but what it is bound to, which its platform's
 * verifier says.  False where it is no report; *report looks into `data`.
 */
bool tee_snp_appraise(struct tee_call *, struct snp_verifier *,
    const uint8_t *data, size_t size, struct snp_report *report);
/* What a report is to its platform. */
struct snp_use {
	/* As what its launch digest is claimed: "launch" where that stands for
	 * the guest, and never where it stands for something below that would
	 * start any guest. */
	const char *measured;
	/* The guest asks at VMPL 0: another level is refused unless the line's
	 * option vmpl names it. */
	bool level_zero;
	/* The same report comes again: its signature is checked once. */
	bool returns;
};
/*
 * The same; *vouched: a chain up to a trusted root signs this report, so that
 * a platform's verifier may claim what it concludes from it.
 */
bool tee_snp_appraise_vouched(struct tee_call *, struct snp_verifier *,
    const struct snp_use *, const uint8_t *data, size_t size,
    struct snp_report *report, bool *vouched);
/*
 * The binding of a guest that chooses REPORT_DATA itself: there, or in the
 * runtime data (item snp.runtime-data) that REPORT_DATA is the hash of.
 */
void tee_snp_saw(struct tee_call *, const struct snp_report *);
enum tee_verdict tee_snp_verify(struct tee_call *, struct snp_verifier *);

#endif
