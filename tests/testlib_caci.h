/* SPDX-License-Identifier: Apache-2.0 */
/*
 * testlib_caci: the evidence of a confidential container group, judged by the
 * real judge under options of a line.
 */
#ifndef TESTLIB_CACI_H
#define TESTLIB_CACI_H

#include "tests/testlib_snp.h"
#include "tests/testlib_uvm.h"

#define CACI_POLICY \
	"package policy\n\napi_version := \"0.10.0\"\n\n" \
	"create_container := data.framework.create_container\n"

struct caci_evidence {
	struct snp_evidence snp;
	struct sim_blob uvm;     /* empty: absent */
	struct sim_blob cce;     /* empty: absent */
	struct sim_blob runtime; /* empty: absent */
};

/* Good evidence of this build's chip and builder: everything passes. */
void caci_start(struct caci_evidence *, const struct uvm_spec *,
    const char *policy);
void caci_free(struct caci_evidence *);
/* The launch measurement that caci_start puts into the report. */
extern const uint8_t caci_measurement[48];
/* Options "name=value|name=value"; uvm_issuer is this chain's by default. */
struct tee_claims *caci_judge(const struct caci_evidence *,
    const char *options);
/* Whether a line with these options would be refused at load. */
bool caci_refused(const char *options);

#endif
