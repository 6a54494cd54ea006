/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What else may lie beside the right certificates: other chips', expired and
 * forged ones of the same names and keys.  The right chain is found among
 * them, and without it they are refused.
 */
#include "config.h"

#include <string.h>
#include <check.h>

#include "tests/testlib_snp.h"

#define NO_CERTS \
	"chain.root chain.root_signature " \
	"chain.intermediate_signature chain.leaf_signature chain.names " \
	"chain.constraints chain.validity chain.product signature " \
	"vek.extensions vek.struct_version vek.product vek.tcb vek.hwid " \
	"vek.csp_id"

static void
append(struct snp_evidence *e, const void *data, size_t size)
{
	ck_assert(tee_sim_blob_append(&e->certs, data, size));
}

static void
add_own(struct snp_evidence *e)
{
	ck_assert(tee_sim_chain_pem(&e->chain, e->signer, &e->certs));
}

/* Forgeries: the right names on keys that nobody pinned. */
static void
fake(struct snp_evidence *e, enum sim_key role)
{
	struct sim_cert_spec spec = e->spec.cert[role];

	spec.issuer_key = snp_keys->key[SIM_OTHER_RSA];
	if (role != SIM_VCEK && role != SIM_VLEK)
		spec.key = snp_keys->key[SIM_OTHER_RSA];
	snp_certs_minted(e, &spec);
}

static void
fake_root(struct snp_evidence *e)
{
	fake(e, SIM_ARK);
}

static void
fake_issuer(struct snp_evidence *e)
{
	fake(e, snp_issuer(e));
}

static void
fake_leaf(struct snp_evidence *e)
{
	fake(e, snp_leaf(e));
}

/* The right key, vouched for by somebody else. */
static void
twin_issuer(struct snp_evidence *e)
{
	struct sim_cert_spec spec = e->spec.cert[snp_issuer(e)];

	spec.issuer_key = snp_keys->key[SIM_OTHER_RSA];
	snp_certs_minted(e, &spec);
}

static void
fake_all(struct snp_evidence *e)
{
	fake_leaf(e);
	fake_issuer(e);
	fake_root(e);
}

/* AMD's own, of the same key, from an earlier request. */
static void
expired_leaf(struct snp_evidence *e)
{
	struct sim_cert_spec spec = e->spec.cert[snp_leaf(e)];

	spec.not_after = SNP_NOW - SNP_DAY;
	snp_certs_minted(e, &spec);
}

static void
other_chips(struct snp_evidence *e)
{
	struct sim_cert_spec spec = e->spec.cert[SIM_VCEK];

	spec.key = snp_keys->key[SIM_OTHER_P384];
	tee_sim_cert_ext(&spec, SIM_OID_HWID)->value[0] ^= 1;
	snp_certs_minted(e, &spec);
	spec = e->spec.cert[SIM_VLEK];
	spec.key = snp_keys->key[SIM_OTHER_P384];
	snp_certs_minted(e, &spec);
}

static void
both_kinds(struct snp_evidence *e)
{
	static const enum sim_key all[] = { SIM_VLEK, SIM_VCEK, SIM_ASVK,
		SIM_ASK };

	for (size_t i = 0; i < 4; i++)
		snp_certs_pem(e, all[i]);
}

/* As AMD's bundles have them: no leaves. */
static void
other_products(struct snp_evidence *e)
{
	struct snp_evidence other;

	for (unsigned p = 0; p < SIM_PRODUCTS; p++) {
		if (p == (unsigned)e->product)
			continue;
		snp_evidence_start(&other, (enum sim_product)p, e->signer, 0);
		snp_evidence_mint(&other);
		snp_certs_clear(&other);
		snp_certs_pem(&other, SIM_ASVK);
		snp_certs_pem(&other, SIM_ASK);
		snp_certs_pem(&other, SIM_ARK);
		append(e, other.certs.data, other.certs.size);
		snp_evidence_free(&other);
	}
}

/* Beside the right ones they change nothing; alone they are refused. */
static const struct company {
	const char *name;
	void (*add)(struct snp_evidence *);
	const char *fails, *not_done; /* without the right ones */
} companies[] = {
	{ "forged root", fake_root, NULL,
	    "chain.intermediate_signature "
	    "chain.leaf_signature chain.names chain.constraints "
	    "chain.validity chain.product signature vek.extensions "
	    "vek.struct_version vek.product vek.tcb vek.hwid vek.csp_id" },
	{ "forged intermediate", fake_issuer, NULL, NO_CERTS },
	{ "twin of the intermediate", twin_issuer, NULL, NO_CERTS },
	{ "forged leaf", fake_leaf, NULL,
	    "chain.root chain.root_signature "
	    "chain.intermediate_signature chain.leaf_signature chain.names "
	    "chain.constraints chain.validity chain.product" },
	{ "forged chain", fake_all, "chain.root", NULL },
	{ "expired twin", expired_leaf, "chain.validity",
	    "chain.root chain.root_signature chain.intermediate_signature "
	    "chain.leaf_signature chain.names chain.constraints "
	    "chain.product" },
	{ "other chips", other_chips, "signature vek.hwid",
	    "chain.root "
	    "chain.root_signature chain.intermediate_signature "
	    "chain.leaf_signature chain.names chain.constraints "
	    "chain.validity chain.product" },
	{ "both kinds of key", both_kinds, NULL,
	    "chain.root "
	    "chain.root_signature chain.intermediate_signature chain.names "
	    "chain.constraints chain.validity chain.product" },
};

#define COMPANIES (sizeof(companies) / sizeof(companies[0]))

static void
in_company(const struct company *c, enum sim_signer signer, bool before,
    bool after)
{
	struct snp_evidence e;
	struct tee_claims *claims;

	snp_evidence_start(&e, SIM_MILAN, signer, 0);
	snp_evidence_mint(&e);
	snp_certs_clear(&e);
	if (before)
		c->add(&e);
	add_own(&e);
	if (after)
		c->add(&e);
	claims = snp_judge(&e, NULL);
	snp_expect(c->name, claims, NULL, NULL);
	ck_assert(claims->simulated);
	tee_claims_free(&claims);
	snp_evidence_free(&e);
}

START_TEST(right_chain_is_found)
{
	static const struct company others = { "other products", other_products,
		NULL, NULL };

	for (unsigned signer = 0; signer < 2; signer++)
		for (unsigned where = 1; where < 4; where++) {
			in_company(&companies[_i], (enum sim_signer)signer,
			    (where & 1) != 0, (where & 2) != 0);
			in_company(&others, (enum sim_signer)signer,
			    (where & 1) != 0, (where & 2) != 0);
		}
}
END_TEST

START_TEST(wrong_chain_is_refused)
{
	const struct company *c = &companies[_i];
	struct snp_evidence e;
	struct tee_claims *claims;

	snp_evidence_start(&e, SIM_MILAN, SIM_SIGNER_VCEK, 0);
	snp_evidence_mint(&e);
	snp_certs_clear(&e);
	c->add(&e);
	tee_sim_blob_free(&e.crl);
	claims = snp_judge(&e, NULL);
	ck_assert_int_ne(claims->verdict, TEE_OK);
	ck_assert_uint_eq(claims->asserted, 0);
	ck_assert_uint_eq(claims->texts.count, 0);
	snp_expect(c->name, claims,
	    strcmp(c->name, "forged root") == 0 ? "chain.root" : c->fails,
	    c->not_done);
	tee_claims_free(&claims);
	snp_evidence_free(&e);
}
END_TEST

/* Bundles hold every intermediate; without a leaf nothing is wrong yet. */
START_TEST(no_leaf_and_every_intermediate)
{
	struct snp_evidence e;
	struct tee_claims *claims;

	snp_evidence_start(&e, SIM_GENOA, (enum sim_signer)_i, 0);
	snp_evidence_mint(&e);
	snp_certs_clear(&e);
	other_products(&e);
	snp_certs_pem(&e, SIM_ASK);
	snp_certs_pem(&e, SIM_ASVK);
	snp_certs_pem(&e, SIM_ARK);
	claims = snp_judge(&e, NULL);
	snp_expect("no leaf", claims, NULL,
	    "chain.leaf_signature chain.names "
	    "chain.constraints chain.validity chain.product signature "
	    "vek.extensions vek.struct_version vek.product vek.tcb vek.hwid "
	    "vek.csp_id");
	tee_claims_free(&claims);
	snp_evidence_free(&e);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("snp company");
	TCase *tcase = tcase_create("certificates");
	SRunner *runner;
	int failed;

	snp_keys_open();
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, right_chain_is_found, 0, (int)COMPANIES);
	tcase_add_loop_test(tcase, wrong_chain_is_refused, 0, (int)COMPANIES);
	tcase_add_loop_test(tcase, no_leaf_and_every_intermediate, 0, 2);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	snp_keys_close();
	return failed == 0 ? 0 : 1;
}
