/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maa: the attestation service: its keys, its two ways to attest, and tokens,
 * whose claims come from the report that was judged and nowhere else.
 */
#ifndef SIM_MAA_H
#define SIM_MAA_H

#include <stdbool.h>
#include <stdint.h>
#include <jansson.h>

#include "sim/evidence.h"

/* Two signing keys at a time, of which the first signs: maakey.c. */
struct sim_maa *tee_sim_maa_new(struct sim_cloud *);
void tee_sim_maa_free(struct sim_maa **);
sim_web_handler tee_sim_maa_certs;
sim_web_handler tee_sim_maa_configuration;
/* The compact JWT of these claims, spoiled as switches say; malloc'd. */
char *tee_sim_maa_sign(struct sim_cloud *, json_t *claims, bool secured);

/* Refusals, in the service's form. */
void tee_sim_maa_refuse(struct sim_web_answer *, const char *code,
    const char *message);
/* Whether the query's api-version is one of these, else the refusal. */
bool tee_sim_maa_version(const struct sim_web_request *,
    struct sim_web_answer *, const char *const *versions);

/* What an attestation is made of: maasnp.c. */
struct sim_maa_facts {
	struct sim_evidence evidence;
	json_t *runtime; /* object or string; NULL: none given */
	json_t *inittime;
	bool cvm;      /* runtime data as the paravisor writes it */
	bool endorsed; /* by a UVM endorsement, with this SVN: */
	uint64_t svn;
};
sim_web_handler tee_sim_maa_snp;
void tee_sim_maa_facts_free(struct sim_maa_facts *);
/* "SnpReport", "VcekCertChain" and "Endorsements" of a proof; NULL: good. */
const char *tee_sim_maa_proof(const struct sim_cloud *, const json_t *proof,
    struct sim_maa_facts *);
/* Runtime data that the report carries the hash of. */
const char *tee_sim_maa_runtime(struct sim_maa_facts *, const struct sim_blob *,
    bool json);
/* Every x-ms-sevsnpvm claim, x-ms-attestation-type and what goes with it. */
json_t *tee_sim_maa_claims(struct sim_cloud *, const struct sim_maa_facts *);
bool tee_sim_maa_add_policy(json_t *claims);
/* Where the switch says so, "keys" become somebody else's. */
void tee_sim_maa_swap_key(struct sim_cloud *, json_t *runtime);

/* A confidential VM with its vTPM: maaguest.c. */
sim_web_handler tee_sim_maa_guest;

#endif
