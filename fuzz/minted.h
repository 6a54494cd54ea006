/* SPDX-License-Identifier: Apache-2.0 */
/*
 * minted: one honest piece of SNP evidence from the simulator's keys, and
 * one call of the verifier over items.  For the fuzzer and the benchmark.
 */
#ifndef TEE_FUZZ_MINTED_H
#define TEE_FUZZ_MINTED_H

#include "libtee/call.h"
#include "modules/snp/verifier.h"
#include "sim/chain.h"
#include "sim/report.h"

#define MINTED_NOW 1767225600 /* 2026-01-01: no clock decides here */

enum minted_form { MINTED_PEM = 0, MINTED_DER, MINTED_TABLE, MINTED_FORMS };

struct minted {
	struct sim_platform platform;
	struct sim_chain chain;
	uint8_t report[SIM_REPORT_SIZE];
	struct sim_blob certs;
	struct sim_blob crl;
	struct sim_blob revoking; /* a list that names both intermediates */
	uint8_t root[TEE_SPKI_DIGEST_SIZE];
};

/* The keys of the build tree, made at the first use. */
struct sim_keyset *minted_keys(const char *folder);
bool minted_make(struct minted *, const struct sim_keyset *, enum sim_product,
    enum sim_signer, enum minted_form, const uint8_t binding[TEE_BINDING_SIZE]);
void minted_free(struct minted *);

/* A verifier line with these options: "name", "value", ..., NULL. */
struct snp_verifier *minted_verifier(const char *const *options);

/* One run of that line; the claims are *claims, the caller's to free. */
enum tee_verdict minted_verify(struct snp_verifier *, struct tee_evidence *,
    const uint8_t root[TEE_SPKI_DIGEST_SIZE],
    const uint8_t binding[TEE_BINDING_SIZE], struct tee_claims **claims);

#endif
