/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store of checked links: it saves work and decides nothing.  Only good
 * chains enter it, nothing in it outlives its dates or its root's trust, and
 * threads may share it.
 */
#include "config.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <check.h>

#include "tests/testlib_snp.h"

#define THREADS 4
#define ROUNDS 12

static size_t
stored(struct snp_verifier *line)
{
	size_t count = 0;

	pthread_mutex_lock(&line->store.lock);
	for (size_t i = 0; i < SNP_STORE_SIZE; i++)
		count += line->store.entry[i].used;
	pthread_mutex_unlock(&line->store.lock);
	return count;
}

static void
expect(const char *name, const struct snp_evidence *e,
    struct snp_verifier *line, const char *fails)
{
	struct tee_claims *c = snp_judge_with(e, line);

	snp_expect(name, c, fails, NULL);
	tee_claims_free(&c);
}

static void
make(struct snp_evidence *e)
{
	snp_evidence_start(e, SIM_MILAN, SIM_SIGNER_VCEK, 0);
	snp_evidence_mint(e);
}

START_TEST(second_time_is_found)
{
	struct snp_verifier *line = snp_line(NULL);
	struct snp_evidence e;
	struct tee_cert *kept[SNP_STORE_SIZE];

	make(&e);
	ck_assert_uint_eq(stored(line), 0);
	expect("first", &e, line, NULL);
	ck_assert_uint_eq(stored(line), 3);
	/* A leaf is kept whole once it has come back. */
	ck_assert_ptr_null(line->store.entry[SNP_STORE_CAS].cert);
	expect("second", &e, line, NULL);
	ck_assert_ptr_nonnull(line->store.entry[SNP_STORE_CAS].cert);
	for (size_t i = 0; i < SNP_STORE_SIZE; i++)
		kept[i] = line->store.entry[i].cert;
	expect("third", &e, line, NULL);
	ck_assert_uint_eq(stored(line), 3);
	for (size_t i = 0; i < SNP_STORE_SIZE; i++)
		ck_assert_ptr_eq(line->store.entry[i].cert, kept[i]);
	snp_evidence_free(&e);
	tee_snp_verifier_free(line);
}
END_TEST

/* What the store says is believed: a link is not computed again. */
START_TEST(links_are_not_checked_again)
{
	struct snp_verifier *line = snp_line(NULL);
	struct snp_evidence e;

	make(&e);
	expect("first", &e, line, NULL);
	expect("second", &e, line, NULL);
	/* With one byte to hash no signature verifies any more. */
	for (size_t i = 0; i < SNP_STORE_SIZE; i++)
		if (line->store.entry[i].cert != NULL)
			line->store.entry[i].cert->tbs_size = 1;
	expect("from the store", &e, line, NULL);
	memset(line->store.entry[0].signer, 0, 32);
	memset(line->store.entry[1].signer, 0, 32);
	memset(line->store.entry[SNP_STORE_CAS].signer, 0, 32);
	expect("forgotten", &e, line,
	    "chain.root_signature "
	    "chain.intermediate_signature chain.leaf_signature");
	snp_evidence_free(&e);
	tee_snp_verifier_free(line);
}
END_TEST

START_TEST(bad_chains_do_not_enter)
{
	static const enum sim_key roles[] = { SIM_ARK, SIM_ASK, SIM_VCEK };
	static const char *const fails[] = { "chain.root_signature",
		"chain.intermediate_signature", "chain.leaf_signature" };
	struct snp_verifier *line = snp_line(NULL);
	struct snp_evidence e;

	for (size_t i = 0; i < 3; i++) {
		snp_evidence_start(&e, SIM_MILAN, SIM_SIGNER_VCEK, 0);
		e.spec.cert[roles[i]].signature.corrupt = true;
		snp_evidence_mint(&e);
		expect(fails[i], &e, line, fails[i]);
		ck_assert_uint_eq(stored(line), 0);
		snp_evidence_free(&e);
	}
	make(&e);
	e.report[0x90] ^= 1;
	expect("report", &e, line, "signature");
	ck_assert_uint_eq(stored(line), 0);
	e.report[0x90] ^= 1;
	e.untrusted = true;
	expect("root", &e, line, "chain.root");
	ck_assert_uint_eq(stored(line), 0);
	snp_evidence_free(&e);
	tee_snp_verifier_free(line);
}
END_TEST

START_TEST(trust_is_not_remembered)
{
	struct snp_verifier *line = snp_line(NULL);
	struct snp_evidence e;

	make(&e);
	expect("trusted", &e, line, NULL);
	e.real_platforms_only = true;
	expect("simulators forbidden", &e, line, "chain.root");
	e.untrusted = true;
	expect("no root named", &e, line, "chain.root");
	e.untrusted = e.real_platforms_only = false;
	e.root[31] ^= 1;
	expect("another root named", &e, line, "chain.root");
	snp_evidence_free(&e);
	tee_snp_verifier_free(line);
}
END_TEST

START_TEST(dates_are_not_remembered)
{
	struct snp_verifier *line = snp_line(NULL);
	struct snp_evidence e;

	snp_evidence_start(&e, SIM_MILAN, SIM_SIGNER_VLEK, 0);
	e.spec.cert[SIM_VLEK].not_after = SNP_NOW + 60;
	snp_evidence_mint(&e);
	expect("valid", &e, line, NULL);
	e.now = SNP_NOW + 60;
	expect("last second", &e, line, NULL);
	e.now = SNP_NOW + 61;
	expect("expired", &e, line, "chain.validity");
	e.now = SNP_NOW - 31 * SNP_DAY;
	expect("not yet", &e, line, "chain.validity crl.validity");
	snp_evidence_free(&e);
	tee_snp_verifier_free(line);
}
END_TEST

/* A later list is judged although its issuer and subject are known. */
START_TEST(revocation_is_not_remembered)
{
	struct snp_verifier *line = snp_line(NULL);
	struct snp_evidence e;

	make(&e);
	expect("good", &e, line, NULL);
	snp_evidence_free(&e);
	snp_evidence_start(&e, SIM_MILAN, SIM_SIGNER_VCEK, 0);
	e.spec.crl.revoked[0] = e.spec.cert[SIM_ASK].serial;
	e.spec.crl.revoked_count = 1;
	snp_evidence_mint(&e);
	expect("revoked", &e, line, "crl.revocation");
	snp_evidence_free(&e);
	tee_snp_verifier_free(line);
}
END_TEST

/* More leaves than there is room for: the oldest go, nothing else breaks. */
START_TEST(old_entries_go)
{
	struct snp_verifier *line = snp_line(NULL);
	struct snp_evidence e;

	for (int64_t serial = 0; serial < SNP_STORE_LEAVES + 8; serial++) {
		snp_evidence_start(&e, SIM_MILAN, SIM_SIGNER_VCEK, 0);
		e.spec.cert[SIM_VCEK].serial = serial;
		snp_evidence_mint(&e);
		expect("one of many", &e, line, NULL);
		snp_evidence_free(&e);
	}
	/* The root and the intermediate stay. */
	ck_assert_uint_eq(stored(line), SNP_STORE_LEAVES + 2);
	snp_evidence_start(&e, SIM_MILAN, SIM_SIGNER_VCEK, 0);
	snp_evidence_mint(&e);
	expect("evicted and back", &e, line, NULL);
	snp_evidence_free(&e);
	tee_snp_verifier_free(line);
}
END_TEST

static size_t
reports_stored(struct snp_verifier *line)
{
	size_t count = 0;

	for (size_t i = 0; i < SNP_STORE_REPORTS; i++)
		count += line->store.report[i].used;
	return count;
}

static void
make_returning(struct snp_evidence *e)
{
	make(e);
	e->returns = true;
}

/* Only where the platform says so, and only what a good chain vouches for. */
START_TEST(reports_enter)
{
	struct snp_verifier *line = snp_line(NULL);
	struct snp_evidence e;

	make(&e);
	expect("a guest's own", &e, line, NULL);
	ck_assert_uint_eq(reports_stored(line), 0);
	e.returns = true;
	e.report[0x90] ^= 1;
	expect("forged", &e, line, "signature");
	e.report[0x90] ^= 1;
	e.untrusted = true;
	expect("root", &e, line, "chain.root");
	ck_assert_uint_eq(reports_stored(line), 0);
	e.untrusted = false;
	expect("first", &e, line, NULL);
	expect("second", &e, line, NULL);
	ck_assert_uint_eq(reports_stored(line), 1);
	snp_evidence_free(&e);
	tee_snp_verifier_free(line);
}
END_TEST

/*
 * What it says is believed, of platforms that show reports again and of no
 * other: with a forged report in the store.
 */
START_TEST(reports_are_not_checked_again)
{
	struct snp_verifier *line = snp_line(NULL);
	struct snp_evidence e;
	uint8_t digest[32];

	make_returning(&e);
	expect("first", &e, line, NULL);
	e.report[0x2a0] ^= 1; /* of r */
	expect("forged", &e, line, "signature");
	ck_assert(tee_pki_sha256(line->pki, e.report, e.report_size, digest));
	memcpy(line->store.report[0].digest, digest, 32);
	expect("from the store", &e, line, NULL);
	e.returns = false;
	expect("of a guest", &e, line, "signature");
	e.returns = true;
	line->store.report[0].signer[0] ^= 1;
	expect("of another key", &e, line, "signature");
	snp_evidence_free(&e);
	tee_snp_verifier_free(line);
}
END_TEST

/* Each byte of it, its root, its dates and its key's certificate count. */
START_TEST(reports_are_judged_again)
{
	struct snp_verifier *line = snp_line(NULL);
	struct snp_evidence e;

	make_returning(&e);
	expect("first", &e, line, NULL);
	for (size_t i = 0; i < 0x2d0; i += 0x13) {
		struct tee_claims *c;

		e.report[i] ^= 0x80;
		c = snp_judge_with(&e, line);
		ck_assert_uint_eq(c->verdict, TEE_DENY);
		ck_assert_int_eq(snp_check(c, "signature")->result,
		    TEE_CHECK_FAIL);
		tee_claims_free(&c);
		e.report[i] ^= 0x80;
	}
	e.untrusted = true;
	expect("root", &e, line, "chain.root");
	e.untrusted = false;
	e.now = SNP_NOW + 40000 * SNP_DAY;
	expect("expired", &e, line, "chain.validity crl.validity");
	snp_evidence_free(&e);
	tee_snp_verifier_free(line);
}
END_TEST

START_TEST(old_reports_go)
{
	struct snp_verifier *line = snp_line(NULL);
	struct snp_evidence e;
	struct tee_cert signer = { .digest = { 1 } };
	uint8_t digest[32] = { 0 };

	make_returning(&e);
	expect("first", &e, line, NULL);
	for (unsigned i = 0; i < 3 * SNP_STORE_REPORTS; i++) {
		digest[0] = (uint8_t)i;
		tee_snp_store_keep_report(&line->store, digest, &signer);
		ck_assert(
		    tee_snp_store_reported(&line->store, digest, &signer));
	}
	ck_assert_uint_eq(reports_stored(line), SNP_STORE_REPORTS);
	digest[0] = 0;
	ck_assert(!tee_snp_store_reported(&line->store, digest, &signer));
	expect("evicted and back", &e, line, NULL);
	snp_evidence_free(&e);
	tee_snp_verifier_free(line);
}
END_TEST

/* Good and bad evidence of three products on one line, all at once. */
struct shared {
	struct snp_verifier *line;
	struct snp_evidence good[SIM_PRODUCTS];
	struct snp_evidence bad;
	atomic_uint wrong;
};

static bool
verdict_is(const struct snp_evidence *e, struct snp_verifier *line,
    enum tee_verdict want)
{
	struct tee_claims *c = snp_judge_with(e, line);
	bool ok = c->verdict == want;

	tee_claims_free(&c);
	return ok;
}

static void *
judge_often(void *user)
{
	struct shared *s = user;

	for (unsigned i = 0; i < ROUNDS; i++)
		if (!verdict_is(&s->good[i % SIM_PRODUCTS], s->line, TEE_OK) ||
		    !verdict_is(&s->bad, s->line, TEE_DENY))
			atomic_fetch_add(&s->wrong, 1);
	return NULL;
}

START_TEST(threads_share_a_line)
{
	static struct shared s;
	pthread_t thread[THREADS];

	s.line = snp_line(NULL);
	for (unsigned p = 0; p < SIM_PRODUCTS; p++) {
		snp_evidence_start(&s.good[p], (enum sim_product)p,
		    SIM_SIGNER_VCEK, 0);
		snp_evidence_mint(&s.good[p]);
		s.good[p].returns = p % 2 == 0;
	}
	make_returning(&s.bad);
	s.bad.report[0x90] ^= 1;
	for (unsigned i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, judge_often,
				     &s),
		    0);
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	ck_assert_uint_eq(atomic_load(&s.wrong), 0);
	for (unsigned p = 0; p < SIM_PRODUCTS; p++)
		snp_evidence_free(&s.good[p]);
	snp_evidence_free(&s.bad);
	tee_snp_verifier_free(s.line);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("snp cache");
	TCase *tcase = tcase_create("store");
	SRunner *runner;
	int failed;

	snp_keys_open();
	tcase_set_timeout(tcase, 300);
	tcase_add_test(tcase, second_time_is_found);
	tcase_add_test(tcase, links_are_not_checked_again);
	tcase_add_test(tcase, bad_chains_do_not_enter);
	tcase_add_test(tcase, trust_is_not_remembered);
	tcase_add_test(tcase, dates_are_not_remembered);
	tcase_add_test(tcase, revocation_is_not_remembered);
	tcase_add_test(tcase, old_entries_go);
	tcase_add_test(tcase, reports_enter);
	tcase_add_test(tcase, reports_are_not_checked_again);
	tcase_add_test(tcase, reports_are_judged_again);
	tcase_add_test(tcase, old_reports_go);
	tcase_add_test(tcase, threads_share_a_line);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	snp_keys_close();
	return failed == 0 ? 0 : 1;
}
