/* SPDX-License-Identifier: Apache-2.0 */
/*
 * custodian: a transaction for somebody else's custody.  The seed is in the
 * caller's memory where it was granted and nowhere where it was not; no
 * keyring of this process ever has anything.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "libtee/transaction.h"
#include "tests/test_custodian_kit.h"

static const struct script good = { "tee", NULL, REPORT, TEE_VERIFIER_LINE,
	TEE_KEY };
static const struct {
	const char *what;
	struct script script;
	enum tee_key_origin origin;
	bool simulated, evidence;
	unsigned most; /* the lease, seconds */
	const char *reason;
} grants[] = {
	{ "a TEE's key", { "tee", NULL, REPORT, TEE_VERIFIER_LINE, TEE_KEY },
	    TEE_ORIGIN_GENERATED, false, true, 3600, "" },
	{ "no TEE asked for", { "local", NULL, NULL, NULL, LOCAL_KEY },
	    TEE_ORIGIN_LOCAL, false, false, 3600, "" },
	{ "an outage, and a fallback for it",
	    { "prefer-tee", NULL, DOWN, TEE_VERIFIER_LINE, FALLS_BACK },
	    TEE_ORIGIN_LOCAL, false, false, 900, "unavailable" },
	{ "a simulated keystore",
	    { "tee", "allow_simulated = true; roots = [ '" ROOT "' ];", REPORT,
		TEE_VERIFIER_LINE, LINE("mocktee", OK "root = '" ROOT "';") },
	    TEE_ORIGIN_GENERATED, true, true, 3600, "" },
};

START_TEST(granted)
{
	const struct script *s = &grants[_i].script;
	uint8_t expected[TEE_PUBLIC_KEY_SIZE];

	ck_assert_msg(acquire(s) == 0, "%s: %s", grants[_i].what, trace.text);
	/* The mock's seed is its option's byte over and over. */
	ck_assert(is_all(seed, sizeof(seed), 0x42));
	ck_assert_int_eq(tee_signer_public(seed, expected), 0);
	ck_assert_mem_eq(got.standing.public_key, expected, sizeof(expected));
	ck_assert_int_eq(got.standing.origin, grants[_i].origin);
	ck_assert_int_eq(got.standing.simulated, grants[_i].simulated);
	ck_assert_uint_eq(got.lifetime, grants[_i].most);
	ck_assert_uint_eq(got.standing.did_size, strlen("did:mesh:") + 32);
	ck_assert_uint_eq(strlen(got.standing.did), got.standing.did_size);
	ck_assert_str_eq(claim(got.claims_json, "residency"), "teed");
	ck_assert_str_eq(claim(got.claims_json, "key_origin"),
	    tee_origin_word(grants[_i].origin));
	ck_assert_int_eq(got.evidence_json != NULL, grants[_i].evidence);
	ck_assert_msg(strcmp(got.reason, grants[_i].reason) == 0,
	    "%s: reason %s", grants[_i].what, got.reason);
	ck_assert_ptr_nonnull(txn_event(&trace, "GRANT"));
	ck_assert_int_eq(txn_event(&trace, "DOWNGRADE") != NULL,
	    grants[_i].reason[0] != '\0');
	holds_no_key();
	end();
}
END_TEST

static const struct {
	const char *what;
	struct script script;
	int error;
	const char *verdict;
} refusals[] = {
	{ "a keystore that denies",
	    { "local", NULL, NULL, NULL, LINE("mock", "verdict = 'deny';") },
	    TEE_E_DENIED, "deny" },
	{ "a keystore that denies at the release",
	    { "tee", NULL, REPORT, TEE_VERIFIER_LINE,
		LINE("mocktee", OK "release = 'deny';") },
	    TEE_E_DENIED, "deny" },
	{ "another key than the one prepared",
	    { "tee", NULL, REPORT, TEE_VERIFIER_LINE,
		LINE("mocktee", OK "wrong_key = true;") },
	    TEE_E_DENIED, "deny" },
	{ "a verifier that denies",
	    { "tee", NULL, REPORT, LINE("mocktee", "verdict = 'deny';"),
		TEE_KEY },
	    TEE_E_DENIED, "deny" },
	{ "another binding",
	    { "tee", NULL, REPORT,
		LINE("mocktee", GOOD "wrong_binding = true;"), TEE_KEY },
	    TEE_E_DENIED, "deny" },
	{ "a floor that is not reached",
	    { "tee", "confidential_level = 'tee_hardware';", REPORT,
		TEE_VERIFIER_LINE, TEE_KEY },
	    TEE_E_DENIED, "deny" },
	{ "claims that have ended",
	    { "tee", NULL, REPORT, LINE("mocktee", GOOD "not_after = '1000';"),
		TEE_KEY },
	    TEE_E_DENIED, "deny" },
	{ "a word that is no verdict",
	    { "tee", NULL, LINE("mock", "verdict = 'garbage';"),
		TEE_VERIFIER_LINE, TEE_KEY },
	    TEE_E_DENIED, "deny" },
	{ "an outage of the platform",
	    { "tee", NULL, DOWN, TEE_VERIFIER_LINE, TEE_KEY },
	    TEE_E_UNAVAILABLE, "unavailable" },
	{ "an outage of the keystore",
	    { "tee", NULL, REPORT, TEE_VERIFIER_LINE,
		LINE("mocktee", "verdict = 'unavailable';") },
	    TEE_E_UNAVAILABLE, "unavailable" },
	{ "no fallback from a deny",
	    { "prefer-tee", NULL, LINE("mock", "verdict = 'deny';"),
		TEE_VERIFIER_LINE, FALLS_BACK },
	    TEE_E_DENIED, "deny" },
};

START_TEST(refused)
{
	char verdict[64];
	int error = acquire(&refusals[_i].script);
	const char *event = txn_event(&trace, "DENY");

	ck_assert_msg(error == refusals[_i].error, "%s: %d\n%s",
	    refusals[_i].what, error, trace.text);
	ck_assert_msg(is_all(seed, sizeof(seed), 0), "%s", refusals[_i].what);
	ck_assert_ptr_nonnull(event);
	snprintf(verdict, sizeof(verdict), "call=acquire verdict=%s ",
	    refusals[_i].verdict);
	ck_assert_msg(strstr(event, verdict) != NULL, "%s", event);
	ck_assert_msg(got.reason[0] != '\0', "%s", refusals[_i].what);
	ck_assert_ptr_null(got.claims_json);
	ck_assert_ptr_null(got.evidence_json);
	ck_assert_ptr_null(txn_event(&trace, "GRANT"));
	holds_no_key();
	end();
}
END_TEST

/* The look into the keyrings that finds nothing above can find something. */
START_TEST(a_key_would_be_seen)
{
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
	struct tee_custody_spec spec = { .description = name(),
		.profile = name(),
		.seed = seed,
		.public_key = public_key,
		.lifetime = 60,
		.operators = (gid_t)-1 };
	struct tee_custody *custody;

	holds_no_key();
	ck_assert_int_eq(acquire(&good), 0);
	memcpy(public_key, got.standing.public_key, sizeof(public_key));
	ck_assert_int_eq(tee_custody_store(&spec, &custody), 0);
	ck_assert(kernel_knows(name()));
	tee_custody_free(&custody);
	end();
}
END_TEST

/* Before any module: one that is missing is not even looked for. */
START_TEST(other_bytes)
{
	static const struct script absent = { "local", NULL, NULL, NULL,
		LINE("nowhere", "") };

	write_profile(&absent);
	ck_assert_int_eq(open_as_read(0), TEE_E_MODULE);
	ck_assert_ptr_nonnull(strstr(trace.text, "nowhere"));
	ck_assert_int_eq(open_as_read(1), TEE_E_PROFILE);
	ck_assert_ptr_nonnull(strstr(trace.text, "changed since"));
	ck_assert_ptr_null(strstr(trace.text, "nowhere"));
	ck_assert_ptr_null(tee);
	write_profile(&good);
	ck_assert_int_eq(open_as_read(0x80), TEE_E_PROFILE);
	ck_assert_int_eq(open_as_read(0), 0);
	end();
}
END_TEST

/* This door knows no caller's floor, and says so rather than forget one. */
START_TEST(no_floor_here)
{
	static const struct tee_options rows[] = {
		{ .size = sizeof(rows[0]), .require_tee = true },
		{ .size = sizeof(rows[0]), .refuse_simulated = true },
		{ .size = sizeof(rows[0]), .min_level = TEE_LEVEL_TEE_VM },
		{ .size = sizeof(rows[0]) - 1 },
	};
	uint8_t digest[32];
	const char *path;

	write_profile(&good);
	path = profile_path(digest);
	for (size_t i = 0; i < COUNT(rows); i++)
		ck_assert_int_eq(tee_custodian_open(path, digest, &rows[i],
				     &tee),
		    TEE_E_ARGUMENT);
	ck_assert_int_eq(tee_custodian_open(path, digest, NULL, &tee), 0);
	end();
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_loop_test(tcase, granted, 0, COUNT(grants));
	tcase_add_loop_test(tcase, refused, 0, COUNT(refusals));
	tcase_add_test(tcase, a_key_would_be_seen);
	tcase_add_test(tcase, other_bytes);
	tcase_add_test(tcase, no_floor_here);
}

int
main(void)
{
	return custodian_main("custodian", add);
}
