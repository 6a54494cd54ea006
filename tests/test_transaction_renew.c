/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tee_renew: what the key was granted on must hold again.  A deny destroys
 * the key at once; an outage leaves it to the end of its lease.
 */
#include "config.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libtee/transaction.h"
#include "tests/test_transaction_kit.h"

#define ROOT "5151515151515151515151515151515151515151515151515151515151515151"

static struct result r;

/* The collector answers once, for tee_acquire, and then otherwise. */
#define ONCE(then) LINE("mock", OK "after = '1'; then = '" then "';")
#define TEE(c, v) \
	{ \
		"tee", NULL, c, v, TEE_KEY \
	}

static int
renew(const struct script *script)
{
	txn_acquire(script, NULL, &r);
	ck_assert_msg(r.error == 0, "%s", r.trace.text);
	memset(&r.trace, 0, sizeof(r.trace));
	return tee_renew(r.tee, r.key);
}

static bool
signs(void)
{
	uint8_t signature[TEE_SIGNATURE_SIZE];

	return tee_sign(r.key, "m", 1, signature) == 0;
}

START_TEST(holds_again)
{
	static const struct script script = TEE(REPORT, TEE_VERIFIER_LINE);

	ck_assert_int_eq(renew(&script), 0);
	ck_assert_ptr_nonnull(txn_event(&r.trace, "RENEW"));
	ck_assert_ptr_null(txn_event(&r.trace, "DENY"));
	ck_assert_str_eq(txn_order(&r.trace), "collector verifier");
	ck_assert(signs());
	txn_free(&r);
}
END_TEST

START_TEST(denied)
{
	static const struct script rows[] = {
		TEE(ONCE("deny"), TEE_VERIFIER_LINE),
		TEE(ONCE("garbage"), TEE_VERIFIER_LINE),
		TEE(REPORT, LINE("mocktee", GOOD "after = '1';")),
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_int_eq(renew(&rows[i]), TEE_E_DENIED);
		ck_assert_ptr_nonnull(strstr(txn_event(&r.trace, "DENY"),
		    "call=renew verdict=deny"));
		ck_assert_ptr_nonnull(txn_event(&r.trace, "REVOKE"));
		ck_assert_ptr_null(txn_event(&r.trace, "RENEW"));
		ck_assert(!signs());
		txn_free(&r);
	}
}
END_TEST

START_TEST(outage)
{
	static const struct script script =
	    TEE(ONCE("unavailable"), TEE_VERIFIER_LINE);
	time_t expires;

	ck_assert_int_eq(renew(&script), TEE_E_UNAVAILABLE);
	expires = tee_key_expires(r.key);
	ck_assert_ptr_nonnull(strstr(txn_event(&r.trace, "DENY"),
	    "call=renew verdict=unavailable"));
	ck_assert_ptr_null(txn_event(&r.trace, "REVOKE"));
	ck_assert(signs());
	ck_assert_int_eq(tee_key_expires(r.key), expires);
	txn_free(&r);
}
END_TEST

/* A TEE's key never turns into a local one by being renewed. */
START_TEST(no_fallback)
{
	static const struct script script = { "prefer-tee", NULL,
		ONCE("unavailable"), TEE_VERIFIER_LINE,
		TRIED("mocktee", OK) ", " TRIED("mock", OK) };

	ck_assert_int_eq(renew(&script), TEE_E_UNAVAILABLE);
	ck_assert_ptr_null(txn_event(&r.trace, "DOWNGRADE"));
	ck_assert_int_eq(tee_claims_key_origin(tee_key_claims(r.key)),
	    TEE_ORIGIN_GENERATED);
	txn_free(&r);
}
END_TEST

START_TEST(revoked_stays_revoked)
{
	static const struct script script = TEE(REPORT, TEE_VERIFIER_LINE);

	txn_acquire(&script, NULL, &r);
	ck_assert_int_eq(r.error, 0);
	ck_assert_int_eq(tee_key_revoke(r.key), 0);
	ck_assert_int_ne(tee_renew(r.tee, r.key), 0);
	ck_assert_ptr_null(txn_event(&r.trace, "RENEW"));
	ck_assert(!signs());
	txn_free(&r);
}
END_TEST

/* Only under the very profile that granted it. */
START_TEST(other_plan)
{
	static const struct script script = TEE(REPORT, TEE_VERIFIER_LINE);
	static const struct script loose = { "tee", "debug = true;", REPORT,
		TEE_VERIFIER_LINE, TEE_KEY };
	static struct result other;

	txn_acquire(&script, NULL, &r);
	ck_assert_int_eq(txn_open(&loose, NULL, &other), 0);
	ck_assert_int_eq(tee_renew(other.tee, r.key), TEE_E_ARGUMENT);
	ck_assert(signs());
	txn_free(&other);
	txn_free(&r);
}
END_TEST

/* Nor by a handle whose caller asks for less or more than the granting one. */
START_TEST(other_floor)
{
	static const struct script script = { "prefer-tee", NULL,
		LINE("mock", "verdict = 'unavailable';"), TEE_VERIFIER_LINE,
		TRIED("mocktee", OK) ", " TRIED("mock", OK) };
	struct tee_options strict = { .size = sizeof(strict),
		.min_level = TEE_LEVEL_TEE_VM };
	static struct result other;

	txn_acquire(&script, NULL, &r);
	ck_assert_int_eq(r.error, 0);
	ck_assert_int_eq(txn_open(&script, &strict, &other), 0);
	ck_assert_int_eq(tee_renew(other.tee, r.key), TEE_E_ARGUMENT);
	ck_assert(signs());
	txn_free(&other);
	txn_free(&r);
}
END_TEST

#define AT_ONCE 3
#define TIMES 300

static void *
renew_often(void *arg)
{
	int i, worst = 0;

	for (i = 0; i < TIMES; i++) {
		int error = tee_renew(r.tee, r.key);

		worst = error != 0 ? error : worst;
	}
	*(int *)arg = worst;
	return NULL;
}

/* Any thread may use any handle: what a renewal replaces is read by none. */
START_TEST(by_several_threads)
{
	static const struct tee_challenge asked = { "c", 1, "n", 1 };
	static const struct script script = TEE(REPORT, TEE_VERIFIER_LINE);
	pthread_t thread[AT_ONCE];
	int worst[AT_ONCE], i;

	ck_assert_int_eq(txn_open(&script, NULL, &r), 0);
	r.tee->log.fn = NULL;
	ck_assert_int_eq(tee_acquire(r.tee, &r.key), 0);
	for (i = 0; i < AT_ONCE; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, renew_often,
				     &worst[i]),
		    0);
	for (i = 0; i < TIMES; i++) {
		struct tee_evidence *evidence = NULL;

		ck_assert_int_eq(tee_attest(r.tee, r.key, &asked, &evidence),
		    0);
		ck_assert_str_eq(evidence->platform, "mock");
		ck_assert_int_eq(evidence->key_origin, TEE_ORIGIN_GENERATED);
		tee_evidence_free(&evidence);
	}
	for (i = 0; i < AT_ONCE; i++) {
		pthread_join(thread[i], NULL);
		ck_assert_int_eq(worst[i], 0);
	}
	ck_assert(signs());
	txn_free(&r);
}
END_TEST

/* What the key came from does not turn real by a renewal that never asks it. */
START_TEST(stays_simulated)
{
	static const struct script script = { "tee",
		"allow_simulated = true; roots = [ '" ROOT "' ];", REPORT,
		TEE_VERIFIER_LINE, LINE("mocktee", OK "root = '" ROOT "';") };

	ck_assert_int_eq(renew(&script), 0);
	ck_assert(tee_claims_simulated(tee_key_claims(r.key)));
	ck_assert_int_eq(tee_renew(r.tee, r.key), 0);
	ck_assert(tee_claims_simulated(tee_key_claims(r.key)));
	txn_free(&r);
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_test(tcase, stays_simulated);
	tcase_add_test(tcase, holds_again);
	tcase_add_test(tcase, denied);
	tcase_add_test(tcase, outage);
	tcase_add_test(tcase, no_fallback);
	tcase_add_test(tcase, revoked_stays_revoked);
	tcase_add_test(tcase, other_plan);
	tcase_add_test(tcase, other_floor);
	tcase_add_test(tcase, by_several_threads);
}

int
main(void)
{
	return txn_main("transaction_renew", add);
}
