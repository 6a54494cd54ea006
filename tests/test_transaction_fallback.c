/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "prefer-tee": a local key only after an outage, never after a deny, with
 * empty claims, a shorter lease and a DOWNGRADE record every time.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test_transaction_kit.h"

static struct result r;

#define OUT "verdict = 'unavailable';"
#define BOTH TRIED("mocktee", OK) ", " TRIED("mock", OK "seed = '7';")
#define PREFER(c, v, k) \
	{ \
		"prefer-tee", NULL, c, v, k \
	}

START_TEST(no_outage)
{
	static const struct script script =
	    PREFER(REPORT, TEE_VERIFIER_LINE, BOTH);
	long long now = (long long)(tee_clock_now() / TEE_SECOND);

	txn_acquire(&script, NULL, &r);
	ck_assert_int_eq(r.error, 0);
	ck_assert_ptr_null(txn_event(&r.trace, "DOWNGRADE"));
	ck_assert_int_eq(tee_claims_key_origin(tee_key_claims(r.key)),
	    TEE_ORIGIN_GENERATED);
	ck_assert_int_ge(tee_key_expires(r.key), now + 3599);
	txn_free(&r);
}
END_TEST

static void
fell_back(const char *name, const struct script *script)
{
	long long now = (long long)(tee_clock_now() / TEE_SECOND);
	const struct tee_claims *c;

	txn_acquire(script, NULL, &r);
	ck_assert_msg(r.error == 0, "%s gives %d:\n%s", name, r.error,
	    r.trace.text);
	ck_assert_msg(txn_event(&r.trace, "DOWNGRADE") != NULL, "%s", name);
	ck_assert_ptr_nonnull(
	    strstr(txn_event(&r.trace, "GRANT"), "origin=local"));
	c = tee_key_claims(r.key);
	ck_assert_int_eq(tee_claims_key_origin(c), TEE_ORIGIN_LOCAL);
	ck_assert(!tee_claims_key_bound(c));
	ck_assert_msg(tee_claims_level(c) == TEE_LEVEL_STANDARD &&
		c->asserted == 0 && c->measurements.count == 0 &&
		c->texts.count == 0,
	    "%s: claims are not empty", name);
	ck_assert_ptr_null(tee_key_evidence(r.key));
	ck_assert_int_le(tee_key_expires(r.key), now + 902);
	txn_free(&r);
}

/* A keystore that comes back hides no deny that nobody asked for yet. */
START_TEST(deny_behind_an_outage)
{
	static const struct script script =
	    PREFER(REPORT, LINE("mocktee", "verdict = 'deny';"),
		TRIED("mocktee", OUT) ", " TRIED("mock",
		    OUT "release = 'ok'; after = '1'; then = 'ok';"));

	txn_acquire(&script, NULL, &r);
	ck_assert_int_ne(r.error, 0);
	ck_assert_ptr_null(txn_event(&r.trace, "DOWNGRADE"));
	txn_free(&r);
}
END_TEST

START_TEST(outages)
{
	static const struct {
		const char *name;
		struct script script;
	} rows[] = {
		{ "no collector",
		    PREFER(LINE("mock", OUT), TEE_VERIFIER_LINE, BOTH) },
		{ "no verifier", PREFER(REPORT, LINE("mocktee", OUT), BOTH) },
		{ "a check could not be done",
		    PREFER(REPORT,
			LINE("mocktee", GOOD "undone_check = 'crl';"), BOTH) },
		{ "no release",
		    PREFER(REPORT, TEE_VERIFIER_LINE,
			TRIED("mocktee",
			    OK "release = 'unavailable';") ", " TRIED("mock",
			    OK)) },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		fell_back(rows[i].name, &rows[i].script);
}
END_TEST

START_TEST(denies)
{
	static const struct {
		const char *name;
		struct script script;
	} rows[] = {
		{ "collector",
		    PREFER(LINE("mock", ""), TEE_VERIFIER_LINE, BOTH) },
		{ "verifier", PREFER(REPORT, LINE("mocktee", ""), BOTH) },
		{ "one outage and one deny",
		    PREFER(REPORT,
			LINE("mocktee", OUT) ", " LINE("mocktee", ""), BOTH) },
		{ "binding",
		    PREFER(REPORT,
			LINE("mocktee", GOOD "wrong_binding = true;"), BOTH) },
		{ "failed check in an outage",
		    PREFER(REPORT, LINE("mocktee", OUT "fail_check = 'sig';"),
			BOTH) },
		{ "floor", PREFER(REPORT, LINE("mocktee", OK), BOTH) },
		{ "prepare",
		    PREFER(REPORT, TEE_VERIFIER_LINE,
			TRIED("mocktee", "") ", " TRIED("mock", OK)) },
		{ "release",
		    PREFER(REPORT, TEE_VERIFIER_LINE,
			TRIED("mocktee",
			    OK "release = 'deny';") ", " TRIED("mock", OK)) },
		{ "another key",
		    PREFER(REPORT, TEE_VERIFIER_LINE,
			TRIED("mocktee",
			    OK "wrong_key = true;") ", " TRIED("mock", OK)) },
		{ "local key, too",
		    PREFER(LINE("mock", OUT), TEE_VERIFIER_LINE,
			TRIED("mocktee", OK) ", " TRIED("mock", "")) },
		{ "the floor forbids local keys",
		    { "prefer-tee", "key_origin = [ 'tee_generated' ];",
			LINE("mock", OUT), TEE_VERIFIER_LINE, BOTH } },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		txn_acquire(&rows[i].script, NULL, &r);
		ck_assert_msg(r.error == TEE_E_DENIED, "%s gives %d:\n%s",
		    rows[i].name, r.error, r.trace.text);
		ck_assert_ptr_null(txn_event(&r.trace, "GRANT"));
		ck_assert_ptr_nonnull(txn_event(&r.trace, "DENY"));
		txn_free(&r);
	}
}
END_TEST

/* The outage of the fallback itself is an outage, not a grant. */
START_TEST(nothing_left)
{
	static const struct script script = PREFER(LINE("mock", OUT),
	    TEE_VERIFIER_LINE, TRIED("mocktee", OK) ", " TRIED("mock", OUT));

	txn_acquire(&script, NULL, &r);
	ck_assert_int_eq(r.error, TEE_E_UNAVAILABLE);
	ck_assert_ptr_null(txn_event(&r.trace, "GRANT"));
	txn_free(&r);
}
END_TEST

START_TEST(caller_requires_tee)
{
	static const struct script script =
	    PREFER(REPORT, TEE_VERIFIER_LINE, BOTH);
	struct tee_options options = { .size = sizeof(options),
		.require_tee = true };

	ck_assert_int_eq(txn_open(&script, &options, &r), TEE_E_PROFILE);
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_test(tcase, no_outage);
	tcase_add_test(tcase, deny_behind_an_outage);
	tcase_add_test(tcase, outages);
	tcase_add_test(tcase, denies);
	tcase_add_test(tcase, nothing_left);
	tcase_add_test(tcase, caller_requires_tee);
}

int
main(void)
{
	return txn_main("transaction_fallback", add);
}
