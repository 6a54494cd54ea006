/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A relying party: what is required only tightens; what was verified is
 * remembered, and forgotten; scores and policies have the last word.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libtee/trust/response.h"
#include "tests/test_handshake_kit.h"

/* mocktee's keys are born in its TEE. */
static const struct script strict = HS_PROFILE("tee",
    "max_age = '5m'; key_origin = ['tee_generated', 'skr']; "
    "measurements = { launch = ['676f6c64656e']; };",
    OK);
static const struct script lenient = HS_PROFILE("local", HS_PINNED, OK);
static const struct script pinned = HS_PROFILE("tee", HS_PINNED, OK);
static const struct script flaky = HS_PROFILE("tee", HS_PINNED,
    "verdict = 'unavailable'; after = '1'; then = 'ok';");

static struct hs_scene scene;

static void
set_up(void)
{
	hs_open(&scene, &strict, NULL);
}

static void
tear_down(void)
{
	hs_close(&scene);
}

static void
reopen(const struct script *script, const struct tee_trust_options *o)
{
	hs_close(&scene);
	hs_open(&scene, script, o);
}

static const char *
once(enum hs_shape shape)
{
	hs_end(&scene);
	hs_begin(&scene, shape);
	hs_answer(&scene);
	return hs_verify(&scene);
}

/* Exactly thirty seconds are still good; with the pinned clock, too. */
START_TEST(last_microsecond)
{
	time_t at;

	reopen(&pinned, NULL);
	hs_begin(&scene, HS_STARTUP);
	at = (time_t)(scene.challenge.issued / TEE_SECOND);
	scene.challenge.issued = (tee_instant)(at - 30) * TEE_SECOND;
	scene.recipe.asked = scene.recipe.attested = scene.challenge;
	scene.recipe.issued = scene.challenge.issued;
	scene.peer.at = at;
	hs_answer(&scene);
	ck_assert_str_eq(hs_verify(&scene), "");
	hs_end(&scene);
	hs_begin(&scene, HS_STARTUP);
	scene.challenge.issued = (tee_instant)(at - 30) * TEE_SECOND - 1;
	scene.recipe.asked = scene.recipe.attested = scene.challenge;
	scene.peer.at = at;
	hs_answer(&scene);
	ck_assert_str_eq(hs_verify(&scene), "challenge_expired");
}
END_TEST

START_TEST(outage_gives_the_challenge_back)
{
	reopen(&flaky, NULL);
	hs_begin(&scene, HS_CHALLENGE);
	hs_answer(&scene);
	ck_assert_str_eq(hs_verify(&scene), "unavailable");
	ck_assert_int_eq(scene.error, TEE_E_UNAVAILABLE);
	ck_assert_str_eq(hs_verify(&scene), "");
	ck_assert_str_eq(hs_verify(&scene), "replay");
}
END_TEST

START_TEST(replay_memory)
{
	struct tee_trust_options o = hs_options();
	const char *reason = "";
	int i;

	o.replay_entries = 4;
	reopen(&lenient, &o);
	for (i = 0; i < 64 && reason[0] == '\0'; i++)
		reason = once(HS_NONE);
	ck_assert_str_eq(reason, "replay_full");
	ck_assert_int_gt(i, 4);
}
END_TEST

/* Evidence is judged once; the same evidence again is a hit. */
START_TEST(remembers_evidence)
{
	struct trust_challenge bound;

	reopen(&pinned, NULL);
	ck_assert_str_eq(once(HS_ACQUIRED), "");
	ck_assert(!tee_handshake_cached(scene.handshake));
	bound = scene.recipe.bound;
	tee_instant issued = scene.recipe.issued;

	hs_end(&scene);
	hs_begin(&scene, HS_ACQUIRED);
	scene.recipe.bound = bound;
	scene.recipe.issued = issued;
	scene.recipe.expires = issued + 300 * TEE_SECOND;
	hs_answer(&scene);
	ck_assert_str_eq(hs_verify(&scene), "");
	ck_assert(tee_handshake_cached(scene.handshake));
	ck_assert_int_eq(tee_claims_level(
			     tee_handshake_claims(scene.handshake)),
	    TEE_LEVEL_TEE_VM);
	/* A stranger's signature is not remembered with it. */
	hs_end(&scene);
	hs_begin(&scene, HS_ACQUIRED);
	scene.recipe.bound = bound;
	scene.recipe.issued = issued;
	scene.recipe.expires = issued + 300 * TEE_SECOND;
	hs_answer(&scene);
	hs_flip(&scene, "attestation_signature", 9);
	ck_assert_str_eq(hs_verify(&scene), "attestation_signature");
}
END_TEST

START_TEST(recalls)
{
	reopen(&pinned, NULL);
	hs_begin(&scene, HS_NONE);
	ck_assert_str_eq(hs_recall(&scene), "not_cached");
	ck_assert_int_eq(scene.error, TEE_E_DENIED);
	ck_assert_str_eq(once(HS_CHALLENGE), "");
	ck_assert_str_eq(hs_recall(&scene), "");
	ck_assert(tee_handshake_cached(scene.handshake));
	ck_assert_ptr_nonnull(tee_handshake_claims(scene.handshake));
	/* Another key, another DID, more required: verified by nobody. */
	scene.peer.public_key = scene.other.public_key;
	ck_assert_str_eq(hs_recall(&scene), "not_cached");
	scene.peer.public_key = NULL;
	ck_assert_str_eq(hs_recall(&scene), "public_key_unknown");
	scene.peer.public_key = scene.agent.public_key;
	scene.peer.did = scene.other.did;
	ck_assert_str_eq(hs_recall(&scene), "not_cached");
	scene.peer.did = scene.agent.did;
	scene.peer.require.tee_bound_key = true;
	ck_assert_str_eq(hs_recall(&scene), "not_cached");
	scene.peer.require.tee_bound_key = false;
	scene.peer.at = time(NULL) + 3600;
	ck_assert_str_eq(hs_recall(&scene), "not_cached");
	scene.peer.at = 0;
	ck_assert_str_eq(hs_recall(&scene), "");
	tee_trust_forget(scene.trust, scene.other.did, strlen(scene.other.did));
	ck_assert_str_eq(hs_recall(&scene), "");
	tee_trust_forget(scene.trust, scene.agent.did, strlen(scene.agent.did));
	ck_assert_str_eq(hs_recall(&scene), "not_cached");
	ck_assert_str_eq(once(HS_STARTUP), "");
	ck_assert_str_eq(hs_recall(&scene), "");
	tee_trust_forget(scene.trust, NULL, 0);
	ck_assert_str_eq(hs_recall(&scene), "not_cached");
}
END_TEST

/* A peer that showed no evidence has nothing that could be remembered. */
START_TEST(recalls_no_signature)
{
	reopen(&lenient, NULL);
	ck_assert_str_eq(once(HS_NONE), "");
	ck_assert_ptr_null(tee_handshake_claims(scene.handshake));
	ck_assert_str_eq(hs_recall(&scene), "not_cached");
}
END_TEST

/* Each of the three, asked by the verifier, the call, or the profile. */
START_TEST(requirements_tighten)
{
	struct tee_trust_options o = hs_options();

	o.require.attestation = _i == 0;
	o.require.tee_bound_key = _i == 1;
	o.require.fresh_evidence = _i == 2;
	reopen(&lenient, &o);
	ck_assert_str_eq(once(HS_NONE), "evidence_missing");
	ck_assert_str_eq(once(HS_CHALLENGE), "");
	ck_assert_str_eq(once(HS_STARTUP), _i == 2 ? "evidence_challenge" : "");
	/* The call cannot take back what the verifier requires. */
	hs_end(&scene);
	hs_begin(&scene, HS_NONE);
	memset(&scene.peer.require, 0, sizeof(scene.peer.require));
	hs_answer(&scene);
	ck_assert_str_eq(hs_verify(&scene), "evidence_missing");
}
END_TEST

START_TEST(scores)
{
	struct tee_score_rules rules;
	struct tee_trust_options o = hs_options();
	const struct tee_score *s;

	tee_score_rules_init(&rules);
	rules.level[TEE_LEVEL_TEE_VM] = 200;
	o.rules = &rules;
	o.required_score = 700;
	reopen(&lenient, &o);
	ck_assert_str_eq(once(HS_NONE), "trust_score");
	ck_assert_str_eq(once(HS_CHALLENGE), "");
	s = tee_handshake_score(scene.handshake);
	ck_assert_int_eq(s->base, 500);
	ck_assert_int_eq(s->environment, 200);
	ck_assert_int_eq(s->effective, 700);
	/* The ceiling is above the bonus, not below it. */
	scene.peer.trust_ceiling = 650;
	ck_assert_str_eq(hs_recall(&scene), "trust_score");
	scene.peer.trust_ceiling = 1000;
	ck_assert_str_eq(hs_recall(&scene), "");
}
END_TEST

static const char *
judged(const char *rule)
{
	struct tee_trust_options o = hs_options();
	static struct tee_policy *policy;
	char text[512], why[TEE_POLICY_WHY] = "";

	snprintf(text, sizeof(text),
	    "{\"name\":\"p\",\"rules\":[{\"name\":\"r\",\"condition\":%s,"
	    "\"action\":\"allow\"}],\"defaults\":{\"min_trust_score\":1000}}",
	    rule);
	tee_policy_free(&policy);
	ck_assert_int_eq(tee_policy_new(&policy), 0);
	ck_assert_msg(tee_policy_add_json(policy, text, strlen(text), why) == 0,
	    "%s", why);
	o.policy = policy;
	reopen(&lenient, &o);
	hs_begin(&scene, HS_CHALLENGE);
	scene.peer.context = "{\"agent\":{\"namespace\":\"pay\"},"
			     "\"trust_score\":1000,"
			     "\"key_origin\":\"tee_generated\"}";
	hs_answer(&scene);
	return hs_verify(&scene);
}

/* trust_score is the registry's, whatever the context says; likewise claims. */
START_TEST(policies)
{
	ck_assert_str_eq(judged("{\"field\":\"agent.namespace\","
				"\"operator\":\"eq\",\"value\":\"pay\"}"),
	    "");
	ck_assert_str_eq(judged("{\"field\":\"trust_score\","
				"\"operator\":\"gte\",\"value\":501}"),
	    "policy");
	ck_assert_str_eq(judged("{\"field\":\"trust_score\","
				"\"operator\":\"gte\",\"value\":500}"),
	    "");
	ck_assert_str_eq(judged("{\"field\":\"key_origin\","
				"\"operator\":\"eq\",\"value\":\"skr\"}"),
	    "");
	ck_assert_str_eq(judged("{\"field\":\"key_origin\",\"operator\":\"eq\","
				"\"value\":\"tee_generated\"}"),
	    "policy");
}
END_TEST

START_TEST(result_text)
{
	static const char *const members[] = { "verified", "peer_did",
		"peer_name", "trust_score", "trust_level", "capabilities",
		"user_context", "handshake_started", "handshake_completed",
		"latency_ms", "rejection_reason", "external_identity",
		"attestation_verified", "attestation_claims", "key_origin" };
	char *text = NULL;
	json_t *root;
	size_t i;

	reopen(&pinned, NULL);
	for (i = 0; i < 2; i++) {
		ck_assert_str_eq(once(i == 0 ? HS_CHALLENGE : HS_NONE),
		    i == 0 ? "" : "evidence_missing");
		ck_assert_int_eq(tee_handshake_to_json(scene.handshake, &text),
		    0);
		root = json_loads(text, 0, NULL);
		for (size_t k = 0; k < sizeof(members) / sizeof(*members); k++)
			ck_assert_msg(json_object_get(root, members[k]) != NULL,
			    "%s", members[k]);
		ck_assert_int_eq(json_is_true(
				     json_object_get(root, "verified")),
		    i == 0);
		ck_assert_int_eq(json_integer_value(
				     json_object_get(root, "trust_score")),
		    i == 0 ? 500 : 0);
		ck_assert_str_eq(json_string_value(
				     json_object_get(root, "trust_level")),
		    i == 0 ? "standard" : "untrusted");
		ck_assert_int_eq(json_is_object(json_object_get(root,
				     "attestation_claims")),
		    i == 0);
		ck_assert_int_eq(json_is_null(
				     json_object_get(root, "rejection_reason")),
		    i == 0);
		json_decref(root);
		free(text);
	}
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, last_microsecond);
	tcase_add_test(tcase, outage_gives_the_challenge_back);
	tcase_add_test(tcase, replay_memory);
	tcase_add_test(tcase, remembers_evidence);
	tcase_add_test(tcase, recalls);
	tcase_add_test(tcase, recalls_no_signature);
	tcase_add_loop_test(tcase, requirements_tighten, 0, 3);
	tcase_add_test(tcase, scores);
	tcase_add_test(tcase, policies);
	tcase_add_test(tcase, result_text);
}

int
main(void)
{
	return txn_main("handshake", add);
}
