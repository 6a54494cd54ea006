/* SPDX-License-Identifier: Apache-2.0 */
/*
 * testlib_snp: SNP evidence that the simulator minted, to be spoiled in one
 * respect and judged by the real verifier.  What failed is compared as a
 * whole set of names, so that one failure cannot stand in for another.
 */
#ifndef TESTLIB_SNP_H
#define TESTLIB_SNP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "libtee/call.h"
#include "modules/snp/verifier.h"
#include "sim/chain.h"
#include "sim/report.h"
#include "sim/table.h"

#define SNP_NOW 1767225600 /* 2026-01-01 */
#define SNP_DAY (24L * 60 * 60)

extern struct sim_keyset *snp_keys;

/* Everything that one judgement is made of; owns its blobs and chain. */
struct snp_evidence {
	enum sim_product product;
	enum sim_signer signer;
	struct sim_platform platform;
	struct sim_chain_spec spec;
	struct sim_chain chain;
	uint8_t report[SIM_REPORT_SIZE + 64];
	size_t report_size;
	EVP_PKEY *report_key; /* borrowed */
	bool no_report;
	struct sim_blob certs; /* leaf, intermediate, root in PEM */
	struct sim_blob crl;
	uint8_t binding[64];
	size_t binding_size;      /* 0: nobody said what to expect */
	bool untrusted;           /* the profile names no root */
	bool returns;             /* the platform shows it again */
	bool real_platforms_only; /* names it, but allow_simulated = false */
	uint8_t root[32];
	time_t now;
};

/* The key set is made once per build; call before anything else. */
void snp_keys_open(void);
void snp_keys_close(void);

/* start, then change the specification or report, then mint, then change
 * the items, then judge, then free. */
void snp_evidence_start(struct snp_evidence *, enum sim_product,
    enum sim_signer, uint32_t version);
void snp_evidence_mint(struct snp_evidence *);
void snp_evidence_sign(struct snp_evidence *);
void snp_evidence_free(struct snp_evidence *);
/* Sets report fields by "name=value|name=value". */
void snp_evidence_set(struct snp_evidence *, const char *text);
void snp_certs_clear(struct snp_evidence *);
void snp_certs_pem(struct snp_evidence *, enum sim_key role);
void snp_certs_der(struct snp_evidence *, enum sim_key role);
/* One that the evidence's own chain does not hold. */
void snp_certs_minted(struct snp_evidence *, const struct sim_cert_spec *);

enum sim_key snp_leaf(const struct snp_evidence *);
enum sim_key snp_issuer(const struct snp_evidence *);

/* A verifier line with options "name=value|name=value"; NULL: refused. */
struct snp_verifier *snp_line(const char *options);
struct tee_claims *snp_judge_with(const struct snp_evidence *,
    struct snp_verifier *);
struct tee_claims *snp_judge(const struct snp_evidence *, const char *options);
/* By these items, which are the caller's, and not by its own. */
struct tee_claims *snp_judge_items(const struct snp_evidence *,
    struct snp_verifier *, struct tee_evidence *items);

/* Whether this name is one of the space-separated words. */
bool snp_word(const char *words, const char *name);
const struct tee_check *snp_check(const struct tee_claims *, const char *name);
/*
 * Aborts the test, with what happened, unless exactly these checks failed,
 * exactly these were not done, and the verdict is what follows: deny,
 * unavailable, or ok where both are empty.
 */
void snp_expect(const char *row, const struct tee_claims *, const char *fails,
    const char *not_done);

#endif
