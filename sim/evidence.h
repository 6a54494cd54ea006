/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence: an SNP report and its certificates as a verifier in the cloud
 * judges them.  Roots are the machine's own and AMD's three, so that real
 * evidence can be replayed.  Written apart from modules/snp on purpose: an
 * error that the two shared would hide in both.
 */
#ifndef SIM_EVIDENCE_H
#define SIM_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/cloud.h"

struct sim_evidence {
	uint8_t report[SIM_REPORT_SIZE];
	enum sim_product product;
	struct sim_tcb tcb; /* as reported */
};

/* NULL where all is well, else what is not, for people. */
const char *tee_sim_evidence_judge(struct sim_evidence *,
    const struct sim_cloud *, const struct sim_blob *report,
    const struct sim_blob *chain_pem);

bool tee_sim_sha256(const void *, size_t size, uint8_t out[32]);
/* SHA-256 of SubjectPublicKeyInfo. */
bool tee_sim_spki(const X509 *, uint8_t out[32]);
/* RSASSA-PKCS1-v1_5 with SHA-256. */
bool tee_sim_rs256(EVP_PKEY *, const void *data, size_t size,
    const struct sim_blob *signature);

#endif
