/* SPDX-License-Identifier: Apache-2.0 */
/*
 * custodian: a transaction for somebody else's custody.  The seed is in the
 * caller's memory where it was granted and nowhere where it was not; no
 * keyring of this process ever has anything.
 */
#include "config.h"

#include <keyutils.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <jansson.h>
#include <openssl/evp.h>

#include "libtee/custodian.h"
#include "libtee/transaction.h"
#include "tests/test_transaction_kit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ROOT "5151515151515151515151515151515151515151515151515151515151515151"
#define DOWN LINE("mock", "verdict = 'unavailable';")
#define FALLS_BACK TRIED("mocktee", OK) ", " TRIED("mock", OK)

static struct trace trace;
static uint8_t seed[TEE_SEED_SIZE];
static struct tee_release got;
static struct tee *tee;

static const char *
name(void)
{
	static char text[64];

	snprintf(text, sizeof(text), "custodian%d", (int)getpid());
	return text;
}

static void
write_profile(const struct script *s)
{
	char text[4096], file[80], *quote;

	snprintf(text, sizeof(text),
	    "agent = { did = 'auto'; };\nassurance = '%s';\n"
	    "require = { %s };\n%s%s%s%s%s%s"
	    "keystore = ( %s );\ncustody = { lifetime = '1h'; };\n",
	    s->assurance, s->require != NULL ? s->require : "",
	    s->collector != NULL ? "collector = ( " : "",
	    s->collector != NULL ? s->collector : "",
	    s->collector != NULL ? " );\n" : "",
	    s->verifier != NULL ? "verifier = ( " : "",
	    s->verifier != NULL ? s->verifier : "",
	    s->verifier != NULL ? " );\n" : "", s->keystore);
	for (quote = text; (quote = strchr(quote, '\'')) != NULL;)
		*quote = '"';
	snprintf(file, sizeof(file), "%s.conf", name());
	kit_write(kit_path(file), text, strlen(text));
}

static const char *
profile_path(uint8_t digest[32])
{
	static char path[1024];
	char file[80], *text;

	snprintf(file, sizeof(file), "%s.conf", name());
	snprintf(path, sizeof(path), "%s", kit_path(file));
	text = kit_read(path);
	ck_assert_int_eq(EVP_Digest(text, strlen(text), digest, NULL,
			     EVP_sha256(), NULL),
	    1);
	free(text);
	return path;
}

static int
open_as_read(int flip)
{
	struct tee_options options = { .size = sizeof(options),
		.log = trace_log,
		.log_user = &trace };
	uint8_t digest[32];
	const char *path = profile_path(digest);

	memset(&trace, 0, sizeof(trace));
	digest[31] ^= (uint8_t)flip;
	return tee_custodian_open(path, digest, &options, &tee);
}

static int
acquire(const struct script *s)
{
	write_profile(s);
	ck_assert_msg(open_as_read(0) == 0, "%s", trace.text);
	memset(seed, 0xaa, sizeof(seed));
	return tee_custodian_acquire(tee, seed, &got);
}

static void
end(void)
{
	tee_release_clear(&got);
	tee_close(&tee);
}

static bool
is_all(const uint8_t *bytes, size_t size, uint8_t value)
{
	while (size-- > 0)
		if (bytes[size] != value)
			return false;
	return true;
}

/* What this process may see of keys, everybody's descriptions. */
static bool
kernel_knows(const char *word)
{
	FILE *f = fopen("/proc/keys", "re");
	char line[1024];
	bool found = false;

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f) != NULL)
		found = found || strstr(line, word) != NULL;
	fclose(f);
	return found;
}

static void
holds_no_key(void)
{
	ck_assert(!kernel_knows(name()));
	ck_assert_int_lt(keyctl_get_keyring_ID(KEY_SPEC_PROCESS_KEYRING, 0), 0);
	ck_assert_int_lt(keyctl_get_keyring_ID(KEY_SPEC_THREAD_KEYRING, 0), 0);
}

/* A claim, or one of the platform's own below it; "" where there is none. */
static const char *
claim(const char *text, const char *key)
{
	static char value[128];
	json_t *root = json_loads(text, 0, NULL);
	const json_t *claims = json_object_get(root, "claims");
	const json_t *found = json_object_get(claims, key);

	ck_assert_msg(root != NULL, "no JSON: %s", text);
	if (found == NULL)
		found = json_object_get(json_object_get(claims, "claims"), key);
	snprintf(value, sizeof(value), "%s",
	    found != NULL ? json_string_value(found) : "");
	json_decref(root);
	return value;
}

static const struct script good = { "tee", NULL, REPORT, TEE_VERIFIER_LINE,
	TEE_KEY };
static const struct script local = { "local", NULL, NULL, NULL, LOCAL_KEY };

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

	ck_assert_int_eq(renew(&grants[3].script, &grants[3].script, &before),
	    0);
	ck_assert(got.standing.simulated);
	end();
}
END_TEST

/* A fallback is renewed as one: no longer lease, and it says so again. */
START_TEST(fallback_renewed)
{
	struct tee_standing before;

	ck_assert_int_eq(renew(&grants[2].script, &grants[2].script, &before),
	    0);
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
	tcase_add_loop_test(tcase, granted, 0, COUNT(grants));
	tcase_add_loop_test(tcase, refused, 0, COUNT(refusals));
	tcase_add_test(tcase, a_key_would_be_seen);
	tcase_add_test(tcase, other_bytes);
	tcase_add_test(tcase, no_floor_here);
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
	Suite *suite = suite_create("custodian");
	TCase *tcase = tcase_create("custodian");

	if (!kit_begin("custodian"))
		return 77;
	add(tcase);
	suite_add_tcase(suite, tcase);
	return kit_run(suite);
}
