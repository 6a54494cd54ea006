/* SPDX-License-Identifier: Apache-2.0 */
/*
 * custodian: a key that rests with somebody else is renewed and attested by
 * what is known of it; the key itself never comes here.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "libtee/transaction.h"
#include "tests/test_custodian_kit.h"

static const struct script good = { "tee", NULL, REPORT, TEE_VERIFIER_LINE,
	TEE_KEY };
static const struct script local = { "local", NULL, NULL, NULL, LOCAL_KEY };

static const struct script fallback = { "prefer-tee", NULL, DOWN,
	TEE_VERIFIER_LINE, FALLS_BACK };
static const struct script simulated = { "tee",
	"allow_simulated = true; roots = [ '" ROOT "' ];", REPORT,
	TEE_VERIFIER_LINE, LINE("mocktee", OK "root = '" ROOT "';") };

/* A standing as it was granted, then the profile that it is asked under. */
static int
renew(const struct script *granted_by, const struct script *now,
    struct tee_standing *standing)
{
	int error;

	ck_assert_int_eq(acquire(granted_by), 0);
	*standing = got.standing;
	got.standing = (struct tee_standing){ 0 };
	end();
	write_profile(now);
	ck_assert_int_eq(open_as_read(0), 0);
	error = tee_custodian_renew(tee, standing, &got);
	free(standing->did);
	free(standing->platform);
	holds_no_key();
	return error;
}

START_TEST(renewed)
{
	struct tee_standing before;

	ck_assert_int_eq(renew(&good, &good, &before), 0);
	ck_assert_mem_eq(got.standing.public_key, before.public_key, 32);
	ck_assert_uint_eq(got.lifetime, 3600);
	ck_assert_str_eq(claim(got.claims_json, "residency"), "teed");
	ck_assert_ptr_nonnull(got.evidence_json);
	ck_assert_ptr_nonnull(txn_event(&trace, "RENEW"));
	/* No keystore is asked: the key is where it is. */
	ck_assert_str_eq(txn_order(&trace), "collector verifier");
	end();
}
END_TEST

static const struct {
	const char *what;
	struct script now;
	int error;
} renewals[] = {
	{ "denied",
	    { "tee", NULL, LINE("mock", "verdict = 'deny';"), TEE_VERIFIER_LINE,
		TEE_KEY },
	    TEE_E_DENIED },
	{ "unavailable", { "tee", NULL, DOWN, TEE_VERIFIER_LINE, TEE_KEY },
	    TEE_E_UNAVAILABLE },
	{ "the level has sunk",
	    { "tee", NULL, REPORT,
		LINE("mocktee",
		    OK "level = 'standard'; debug = false; "
		       "tcb_status = 'up_to_date';"),
		TEE_KEY },
	    TEE_E_DENIED },
	{ "its origin is no longer good enough",
	    { "tee", "key_origin = [ 'skr' ];", REPORT, TEE_VERIFIER_LINE,
		TEE_KEY },
	    TEE_E_DENIED },
	{ "the claims have ended",
	    { "tee", NULL, REPORT, LINE("mocktee", GOOD "not_after = '1000';"),
		TEE_KEY },
	    TEE_E_DENIED },
};

START_TEST(not_renewed)
{
	struct tee_standing before;
	int error = renew(&good, &renewals[_i].now, &before);

	ck_assert_msg(error == renewals[_i].error, "%s: %d\n%s",
	    renewals[_i].what, error, trace.text);
	ck_assert_ptr_nonnull(
	    strstr(txn_event(&trace, "DENY"), "call=renew verdict="));
	ck_assert_ptr_null(txn_event(&trace, "RENEW"));
	ck_assert(got.reason[0] != '\0');
	ck_assert_uint_eq(got.lifetime, 0);
	ck_assert_ptr_null(got.claims_json);
	end();
}
END_TEST

START_TEST(stays_simulated)
{
	struct tee_standing before;

	ck_assert_int_eq(renew(&simulated, &simulated, &before), 0);
	ck_assert(got.standing.simulated);
	end();
}
END_TEST

/* A fallback is renewed as one: no longer lease, and it says so again. */
START_TEST(fallback_renewed)
{
	struct tee_standing before;

	ck_assert_int_eq(renew(&fallback, &fallback, &before), 0);
	ck_assert_uint_eq(got.lifetime, 900);
	ck_assert_str_eq(got.reason, "renewal");
	ck_assert_ptr_nonnull(txn_event(&trace, "DOWNGRADE"));
	end();
}
END_TEST

static int
attest(const struct script *s, const struct tee_challenge *challenge)
{
	struct tee_standing standing;
	int error;

	ck_assert_int_eq(acquire(s), 0);
	standing = got.standing;
	got.standing = (struct tee_standing){ 0 };
	tee_release_clear(&got);
	error = tee_custodian_attest(tee, &standing, challenge, &got);
	free(standing.did);
	free(standing.platform);
	holds_no_key();
	return error;
}

START_TEST(attested)
{
	static const struct tee_challenge asked = { "challenge-7", 11, "nonce",
		5 };
	struct tee_evidence *evidence;
	uint8_t expected[TEE_BINDING_SIZE];

	ck_assert_int_eq(attest(&good, &asked), 0);
	ck_assert_int_eq(tee_evidence_from_json(got.evidence_json,
			     strlen(got.evidence_json), &evidence),
	    0);
	ck_assert_int_eq(tee_binding(got.standing.did, got.standing.did_size,
			     &asked, got.standing.public_key, expected),
	    0);
	/* The mock's report is the binding and nothing else. */
	ck_assert_uint_eq(evidence->item_count, 1);
	ck_assert_uint_eq(evidence->items[0].size, sizeof(expected));
	ck_assert_mem_eq(evidence->items[0].data, expected, sizeof(expected));
	ck_assert_ptr_null(got.claims_json);
	tee_evidence_free(&evidence);
	end();
}
END_TEST

START_TEST(not_attested)
{
	static const struct tee_challenge asked = { "c", 1, "n", 1 };
	static const struct tee_challenge empty = { "c", 1, "", 0 };
	static const struct tee_challenge broken = { "\xff", 1, "n", 1 };
	static const struct script once = { "tee", NULL,
		LINE("mock", OK "after = '1';"), TEE_VERIFIER_LINE, TEE_KEY };

	ck_assert_int_eq(attest(&local, &asked), TEE_E_DENIED);
	ck_assert_str_eq(got.reason, "no_collector");
	end();
	ck_assert_int_eq(attest(&once, &asked), TEE_E_DENIED);
	ck_assert(got.reason[0] != '\0');
	ck_assert_ptr_null(got.evidence_json);
	end();
	ck_assert_int_eq(attest(&good, &empty), TEE_E_BINDING);
	end();
	ck_assert_int_eq(attest(&good, &broken), TEE_E_BINDING);
	ck_assert_ptr_null(got.evidence_json);
	end();
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_test(tcase, renewed);
	tcase_add_loop_test(tcase, not_renewed, 0, COUNT(renewals));
	tcase_add_test(tcase, stays_simulated);
	tcase_add_test(tcase, fallback_renewed);
	tcase_add_test(tcase, attested);
	tcase_add_test(tcase, not_attested);
}

int
main(void)
{
	return custodian_main("custodian_renew", add);
}
