/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snp: the whole verifier over edits of honest evidence.  It may say ok only
 * where the chip signed these very bytes: nobody can change a signed report,
 * and a chip that signs any report still cannot make it say ok to debug, to
 * the host, to another binding, chip or TCB.  A revoked intermediate, or no
 * list where one is required, is never ok.
 *
 *   1 byte   which honest evidence: product, signer, form of the chain
 *   1 byte   enum flag
 *   the rest fuzz/recipe.h
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "fuzz/minted.h"
#include "fuzz/recipe.h"

#define VARIANTS (SIM_PRODUCTS * 2 * MINTED_FORMS)

enum flag {
	FLAG_SIGN = 1, /* the chip signs the edited report */
	FLAG_CRL = 2,
	FLAG_REVOKING = 4, /* that list names the intermediate */
	FLAG_NO_CERTS = 8,
	FLAG_STRICT = 16 /* crl = "required" */
};

const char fuzz_target[] = "snp";

static struct sim_keyset *keys;
static struct snp_verifier *lenient, *strict;
static uint8_t binding[TEE_BINDING_SIZE];
static struct recipe_bytes items[RECIPE_ITEMS];

struct variant {
	struct minted minted;
	enum sim_signer signer;
	bool made;
};

static void
start(void)
{
	static const char *const any[] = { NULL };
	static const char *const required[] = { "crl", "required", NULL };
	const char *build = getenv("TEE_TEST_BUILDDIR");

	if (keys != NULL)
		return;
	memset(binding, 'b', sizeof(binding));
	keys = minted_keys(build != NULL ? build : ".");
	lenient = minted_verifier(any);
	strict = minted_verifier(required);
	fuzz_must(keys != NULL && lenient != NULL && strict != NULL,
	    "keys and verifiers are there");
}

static struct variant *
variant(unsigned index)
{
	static struct variant all[VARIANTS];
	struct variant *v = &all[index];

	if (v->made)
		return v;
	v->signer = index / SIM_PRODUCTS % 2;
	v->made = minted_make(&v->minted, keys, index % SIM_PRODUCTS, v->signer,
	    index / SIM_PRODUCTS / 2, binding);
	fuzz_must(v->made, "honest evidence is minted");
	return v;
}

static void
fill(enum recipe_item item, const void *data, size_t size)
{
	memcpy(items[item].data, data, size);
	items[item].size = size;
}

static void
sign(const struct variant *v)
{
	if (items[RECIPE_REPORT].size == SIM_REPORT_SIZE)
		fuzz_must(
		    tee_sim_report_sign(items[RECIPE_REPORT].data,
			keys->key[v->signer == SIM_SIGNER_VLEK ? SIM_VLEK :
								 SIM_VCEK]),
		    "the chip signs");
}

static struct tee_evidence *
evidence(unsigned flags)
{
	static const char *const names[RECIPE_ITEMS] = { "snp.report",
		"snp.certs", "snp.crl" };
	struct tee_evidence *e = tee_evidence_new();

	fuzz_must(e != NULL, "there is memory");
	for (unsigned i = 0; i < RECIPE_ITEMS; i++) {
		if ((i == RECIPE_CERTS && (flags & FLAG_NO_CERTS)) ||
		    (i == RECIPE_CRL && !(flags & FLAG_CRL)))
			continue;
		fuzz_must(tee_evidence_put(e, names[i], items[i].data,
			      items[i].size) == 0,
		    "an item fits");
	}
	return e;
}

static bool
says_ok(struct snp_verifier *verifier, struct tee_evidence *e,
    const struct variant *v)
{
	struct tee_claims *claims;
	enum tee_verdict verdict =
	    minted_verify(verifier, e, v->minted.root, binding, &claims);

	fuzz_must(verdict == TEE_OK || verdict == TEE_DENY ||
		verdict == TEE_UNAVAILABLE,
	    "a verdict");
	fuzz_must(verdict != TEE_OK ||
		(claims->simulated && claims->debug_disabled &&
		    claims->level == TEE_LEVEL_TEE_VM),
	    "claims of a grant");
	tee_claims_free(&claims);
	return verdict == TEE_OK;
}

/* What no signature can talk the verifier into; offsets of AMD 56860. */
static void
check_report(const uint8_t *report, const struct variant *v)
{
	const uint8_t *honest = v->minted.report;
	uint64_t policy = tee_sim_report_get(report, "policy");
	uint8_t zero[SIM_REPORT_DATA - TEE_BINDING_SIZE] = { 0 };

	fuzz_must(memcmp(report + 0x50, binding, sizeof(binding)) == 0 &&
		memcmp(report + 0x50 + sizeof(binding), zero, sizeof(zero)) ==
		    0,
	    "the binding");
	fuzz_must(report[0] >= 2 && report[0] <= 5 && report[1] == 0 &&
		report[2] == 0 && report[3] == 0,
	    "a known version");
	fuzz_must(report[0x30] <= 3 && report[0x31] == 0 && report[0x32] == 0 &&
		report[0x33] == 0,
	    "a guest's VMPL");
	fuzz_must((policy >> SNP_POLICY_DEBUG & 1) == 0 &&
		(policy >> SNP_POLICY_MIGRATE_MA & 1) == 0 &&
		(policy >> SNP_POLICY_RESERVED_ONE & 1) == 1 &&
		policy >> (SNP_POLICY_LAST + 1) == 0,
	    "the policy");
	fuzz_must(memcmp(report + 0x34, honest + 0x34, 4) == 0,
	    "the algorithm");
	fuzz_must((report[0x48] >> 1 & 0xf) == (honest[0x48] >> 1 & 0xf),
	    "the signing key");
	fuzz_must(memcmp(report + 0x180, honest + 0x180, 8) == 0,
	    "the reported TCB is the certificate's");
	fuzz_must(v->signer == SIM_SIGNER_VLEK ||
		memcmp(report + 0x1a0, honest + 0x1a0, 64) == 0,
	    "the chip is the certificate's");
}

static void
check_granted(const struct variant *v, unsigned flags)
{
	const uint8_t *report = items[RECIPE_REPORT].data;

	fuzz_must(items[RECIPE_REPORT].size == SIM_REPORT_SIZE, "its size");
	check_report(report, v);
	/* s and its negative are both signatures of the same bytes. */
	if (!(flags & FLAG_SIGN))
		fuzz_must(memcmp(report, v->minted.report,
			      SIM_REPORT_SIGNED + SNP_SIGNATURE_PART) == 0,
		    "the report is the honest one");
	fuzz_must(!(flags & FLAG_NO_CERTS), "a grant needs a chain");
	fuzz_must(!(flags & FLAG_STRICT) || (flags & FLAG_CRL),
	    "a grant needs the list that is required");
}

/* Whatever came before, honest evidence is still good. */
static void
check_honest(const struct variant *v)
{
	struct tee_evidence *e = tee_evidence_new();

	fuzz_must(e != NULL &&
		tee_evidence_put(e, "snp.report", v->minted.report,
		    SIM_REPORT_SIZE) == 0 &&
		tee_evidence_put(e, "snp.certs", v->minted.certs.data,
		    v->minted.certs.size) == 0 &&
		tee_evidence_put(e, "snp.crl", v->minted.crl.data,
		    v->minted.crl.size) == 0,
	    "honest items");
	fuzz_must(says_ok(lenient, e, v) && says_ok(strict, e, v),
	    "honest evidence is ok");
	tee_evidence_free(&e);
}

static void
cook(const struct variant *v, unsigned flags, struct tee_reader *r)
{
	const struct sim_blob *crl =
	    flags & FLAG_REVOKING ? &v->minted.revoking : &v->minted.crl;

	fill(RECIPE_REPORT, v->minted.report, SIM_REPORT_SIZE);
	fill(RECIPE_CERTS, v->minted.certs.data, v->minted.certs.size);
	fill(RECIPE_CRL, crl->data, crl->size);
	recipe_apply(r, items);
	if (flags & FLAG_SIGN)
		sign(v);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned runs;
	struct tee_evidence *e;
	struct tee_reader r;
	struct variant *v;
	unsigned flags;
	bool touched;

	start();
	tee_reader_init(&r, data, size);
	v = variant(tee_reader_u8(&r) % VARIANTS);
	flags = tee_reader_u8(&r);
	if (runs++ % 64 == 0)
		check_honest(v);
	cook(v, flags, &r);
	touched = items[RECIPE_CRL].size != v->minted.revoking.size ||
	    memcmp(items[RECIPE_CRL].data, v->minted.revoking.data,
		v->minted.revoking.size) != 0;
	e = evidence(flags);
	fuzz_accepted = says_ok(flags & FLAG_STRICT ? strict : lenient, e, v);
	if (fuzz_accepted) {
		check_granted(v, flags);
		fuzz_must(touched || !(flags & FLAG_CRL), "nothing revoked");
		fuzz_must(!(flags & FLAG_STRICT) || says_ok(lenient, e, v),
		    "requiring more never grants");
	}
	tee_evidence_free(&e);
	return 0;
}
