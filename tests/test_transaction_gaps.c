/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ways to more than was required that a reader of the code would look for:
 * floors where nothing is measured, fallbacks that keep what they lost,
 * values that are no values, reasons and lines that say something else.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libtee/call.h"
#include "tests/test_transaction_kit.h"

static struct result r;

#define OUT "verdict = 'unavailable';"

/* The caller's floor counts where the profile measures nothing, too. */
START_TEST(caller_level_without_verifier)
{
	static const struct script local = { .assurance = "local",
		.keystore = LOCAL_KEY };
	struct tee_options options = { .size = sizeof(options),
		.min_level = TEE_LEVEL_TEE_VM };

	if (txn_open(&local, &options, &r) == 0)
		ck_assert_int_eq(tee_acquire(r.tee, &r.key), TEE_E_DENIED);
	ck_assert_ptr_null(r.key);
	txn_free(&r);
}
END_TEST

/* A fallback is no way below the floor that the caller asked for. */
START_TEST(caller_level_and_fallback)
{
	static const struct script script = { "prefer-tee", NULL,
		LINE("mock", OUT), TEE_VERIFIER_LINE,
		TRIED("mocktee", OK) ", " TRIED("mock", OK) };
	struct tee_options options = { .size = sizeof(options),
		.min_level = TEE_LEVEL_TEE_VM };

	if (txn_open(&script, &options, &r) == 0)
		ck_assert_int_ne(tee_acquire(r.tee, &r.key), 0);
	ck_assert_ptr_null(r.key);
	txn_free(&r);
}
END_TEST

/* The profile's own floor likewise. */
START_TEST(profile_floor_without_verifier)
{
	static const char *const floors[] = {
		"confidential_level = 'tee_vm';",
		"tcb_status = [ 'up_to_date' ];",
		"measurements = { launch = [ '9f' ]; };",
	};
	size_t i;

	for (i = 0; i < sizeof(floors) / sizeof(floors[0]); i++) {
		struct script local = { "local", floors[i], NULL, NULL,
			LOCAL_KEY };

		if (txn_open(&local, NULL, &r) == 0)
			ck_assert_msg(tee_acquire(r.tee, &r.key) ==
				TEE_E_DENIED,
			    "%s", floors[i]);
		ck_assert_ptr_null(r.key);
		txn_free(&r);
	}
}
END_TEST

/* The TEE's keystore is out at prepare: the local key claims nothing. */
START_TEST(fallback_at_prepare_is_empty)
{
	static const struct script script = { "prefer-tee", NULL, REPORT,
		TEE_VERIFIER_LINE,
		TRIED("mocktee", OUT) ", " TRIED("mock", OK) };
	const struct tee_claims *c;

	txn_acquire(&script, NULL, &r);
	ck_assert_int_eq(r.error, 0);
	ck_assert_ptr_nonnull(txn_event(&r.trace, "DOWNGRADE"));
	c = tee_key_claims(r.key);
	ck_assert_int_eq(tee_claims_level(c), TEE_LEVEL_STANDARD);
	ck_assert_uint_eq(c->asserted, 0);
	ck_assert_uint_eq(c->texts.count, 0);
	ck_assert_ptr_null(tee_key_evidence(r.key));
	txn_free(&r);
}
END_TEST

/* No key, no downgrade: the record says what became effective. */
START_TEST(downgrade_only_when_granted)
{
	static const struct script script = { "prefer-tee", NULL,
		LINE("mock", OUT), TEE_VERIFIER_LINE,
		TRIED("mocktee", OK) ", " TRIED("mock", "") };

	txn_acquire(&script, NULL, &r);
	ck_assert_int_eq(r.error, TEE_E_DENIED);
	ck_assert_ptr_null(txn_event(&r.trace, "DOWNGRADE"));
	txn_free(&r);
}
END_TEST

/* A renewed fallback is a downgrade again, and says so. */
START_TEST(downgrade_when_renewed)
{
	static const struct script script = { "prefer-tee", NULL,
		LINE("mock", OUT), TEE_VERIFIER_LINE,
		TRIED("mocktee", OK) ", " TRIED("mock", OK) };

	txn_acquire(&script, NULL, &r);
	ck_assert_int_eq(r.error, 0);
	memset(&r.trace, 0, sizeof(r.trace));
	if (tee_renew(r.tee, r.key) == 0)
		ck_assert_ptr_nonnull(txn_event(&r.trace, "DOWNGRADE"));
	txn_free(&r);
}
END_TEST

/* Appraisal at a time when the verifiers' claims are over. */
START_TEST(claims_that_have_ended)
{
	static const struct tee_challenge asked = { "c", 1, "n", 1 };
	static const struct script agent = { "tee", NULL, REPORT,
		TEE_VERIFIER_LINE, TEE_KEY };
	static struct result p;
	struct tee_expected x = { .challenge = &asked };
	struct tee_evidence *evidence = NULL;
	struct tee_claims *claims = NULL;
	char verifier[256];
	struct script peer = { "tee", NULL, NULL, verifier, NULL };

	snprintf(verifier, sizeof(verifier),
	    LINE("mocktee", GOOD "not_after = '%lld';"),
	    (long long)(tee_clock_now() / TEE_SECOND) - 10);
	txn_acquire(&agent, NULL, &r);
	ck_assert_int_eq(tee_attest(r.tee, r.key, &asked, &evidence), 0);
	ck_assert_int_eq(txn_open(&peer, NULL, &p), 0);
	ck_assert_int_eq(tee_appraise(p.tee, evidence, &x, &claims),
	    TEE_E_DENIED);
	tee_claims_free(&claims);
	tee_evidence_free(&evidence);
	txn_free(&p);
	txn_free(&r);
}
END_TEST

/* A revoked key answers no challenge. */
START_TEST(attest_with_a_revoked_key)
{
	static const struct tee_challenge asked = { "c", 1, "n", 1 };
	static const struct script agent = { "tee", NULL, REPORT,
		TEE_VERIFIER_LINE, TEE_KEY };
	struct tee_evidence *evidence = NULL;

	txn_acquire(&agent, NULL, &r);
	ck_assert_int_eq(tee_key_revoke(r.key), 0);
	ck_assert_int_ne(tee_attest(r.tee, r.key, &asked, &evidence), 0);
	ck_assert_ptr_null(evidence);
	txn_free(&r);
}
END_TEST

/* A level or status that does not exist is none, not the highest. */
START_TEST(garbage_claims)
{
	struct tee_claims *said = tee_claims_new();
	struct tee_claims *met = tee_claims_new();
	struct tee_call call = { .facility = TEE_VERIFIER, .claims = said };
	struct tee_voice voice = { said, TEE_AUTHORITY_ALL };
	const char *why;

	tee_call_claim_level(&call, (enum tee_confidential_level)99);
	tee_call_claim_tcb_status(&call, (enum tee_tcb_status)99);
	if (tee_claims_meet(&voice, 1, met, &why) == TEE_OK) {
		ck_assert_int_eq(met->level, TEE_LEVEL_STANDARD);
		ck_assert_int_eq(met->tcb_status, TEE_TCB_UNKNOWN);
	}
	tee_claims_free(&said);
	tee_claims_free(&met);
}
END_TEST

#define HEARD(module, options) \
	"{ control = 'advisory'; module = '" module "'; options = { " options \
	" }; }"

/* What an advisory collector brings is for the log, and in nobody's way. */
START_TEST(advisory_collector_adds_nothing)
{
	static const struct script script = { "tee", NULL,
		HEARD("mock", OK) ", " REPORT, TEE_VERIFIER_LINE, TEE_KEY };

	txn_acquire(&script, NULL, &r);
	ck_assert_msg(r.error == 0, "%s", r.trace.text);
	txn_free(&r);
}
END_TEST

/* A collector that gave up half-way leaves nothing for the next one. */
START_TEST(failed_collector_leaves_nothing)
{
	static const struct script script = { "tee", NULL,
		TRIED("mock",
		    OK "after = '1'; then = 'unavailable';") ", " TRIED("mock",
		    OK),
		TEE_VERIFIER_LINE, TEE_KEY };

	txn_acquire(&script, NULL, &r);
	ck_assert_int_eq(r.error, 0);
	ck_assert_msg(tee_renew(r.tee, r.key) == 0, "%s", r.trace.text);
	txn_free(&r);
}
END_TEST

/* 0 is the field's word for "no limit", never a verifier's. */
START_TEST(claims_that_ended_long_ago)
{
	struct tee_claims *c = tee_claims_new();
	struct tee_call call = { .facility = TEE_VERIFIER, .claims = c };

	tee_call_claim_expires(&call, 0);
	ck_assert_int_gt(c->expires, 0);
	tee_call_claim_expires(&call, 1000);
	ck_assert_int_lt(c->expires, 1000);
	tee_claims_free(&c);
}
END_TEST

/* 50 days in milliseconds do not fit 32 bits, and are not "give up". */
START_TEST(budget_of_months)
{
	struct tee_call call = { .deadline = tee_clock_monotonic_ms() +
		    (UINT64_C(1) << 32) };

	ck_assert_uint_gt(tee_call_remaining_ms(&call), 1000000);
}
END_TEST

static void
reason_is(const struct script *script, const char *reason)
{
	const char *event;

	txn_acquire(script, NULL, &r);
	ck_assert_int_ne(r.error, 0);
	event = txn_event(&r.trace, "DENY");
	ck_assert_msg(strstr(event, reason) != NULL, "no %s in %s", reason,
	    event);
	txn_free(&r);
}

/* The commonest attack must be readable in the log. */
START_TEST(reasons)
{
	static const struct script wrong = { "tee", NULL, REPORT,
		LINE("mocktee", GOOD "wrong_binding = true;"), TEE_KEY };
	static const struct script silent = { "tee", NULL, REPORT,
		LINE("mocktee", GOOD "no_binding = true;"), TEE_KEY };
	static const struct script undone = { "tee", NULL, REPORT,
		LINE("mocktee", GOOD "undone_check = 'sig.crl';"), TEE_KEY };

	reason_is(&wrong, "reason=binding");
	reason_is(&silent, "reason=binding");
	reason_is(&undone, "reason=sig.crl");
}
END_TEST

/* Not that of an outage which the group got over. */
START_TEST(reason_of_the_line_that_decided)
{
	static const struct script stale = { "tee",
		"key_origin = [ 'skr' ]"
		";",
		REPORT, TEE_VERIFIER_LINE,
		TRIED("mocktee", OUT) ", " TRIED("mocktee", OK) };

	reason_is(&stale, "reason=floor.key_origin");
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_test(tcase, caller_level_without_verifier);
	tcase_add_test(tcase, caller_level_and_fallback);
	tcase_add_test(tcase, profile_floor_without_verifier);
	tcase_add_test(tcase, fallback_at_prepare_is_empty);
	tcase_add_test(tcase, downgrade_only_when_granted);
	tcase_add_test(tcase, downgrade_when_renewed);
	tcase_add_test(tcase, claims_that_have_ended);
	tcase_add_test(tcase, attest_with_a_revoked_key);
	tcase_add_test(tcase, garbage_claims);
	tcase_add_test(tcase, advisory_collector_adds_nothing);
	tcase_add_test(tcase, failed_collector_leaves_nothing);
	tcase_add_test(tcase, claims_that_ended_long_ago);
	tcase_add_test(tcase, budget_of_months);
	tcase_add_test(tcase, reasons);
	tcase_add_test(tcase, reason_of_the_line_that_decided);
}

int
main(void)
{
	return txn_main("transaction_gaps", add);
}
