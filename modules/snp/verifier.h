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
enum tee_verdict tee_snp_verify(struct tee_call *, struct snp_verifier *);

#endif
