/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A relying party's own mistakes: each is said at once, uses nothing up and
 * is no verdict on anybody.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "libtee/trust/did.h"
#include "libtee/trust/response.h"
#include "tests/test_handshake_kit.h"

static const struct script pinned = HS_PROFILE("tee", HS_PINNED, OK);

static struct hs_scene scene;

static void
set_up(void)
{
	hs_open(&scene, &pinned, NULL);
}

static void
tear_down(void)
{
	hs_close(&scene);
}

START_TEST(party_arguments)
{
	struct tee_trust_options o = hs_options();
	static const struct script bare = { "local", NULL, NULL, NULL,
		LOCAL_KEY };
	struct tee_score_rules rules;
	struct tee_trust *t = NULL;
	struct result r;

	o.did_size = 4;
	ck_assert_int_eq(tee_trust_open(scene.party.tee, &o, &t),
	    TEE_E_ARGUMENT);
	o = hs_options();
	o.required_score = 1001;
	ck_assert_int_eq(tee_trust_open(scene.party.tee, &o, &t),
	    TEE_E_ARGUMENT);
	o = hs_options();
	o.size--;
	ck_assert_int_eq(tee_trust_open(scene.party.tee, &o, &t),
	    TEE_E_ARGUMENT);
	o = hs_options();
	tee_score_rules_init(&rules);
	rules.debug = 5;
	o.rules = &rules;
	ck_assert_int_eq(tee_trust_open(scene.party.tee, &o, &t),
	    TEE_E_ARGUMENT);
	ck_assert_int_eq(tee_trust_open(NULL, &o, &t), TEE_E_ARGUMENT);
	/* What no verifier could ever establish is refused at once. */
	ck_assert_int_eq(txn_open(&bare, NULL, &r), 0);
	o = hs_options();
	o.require.attestation = true;
	ck_assert_int_eq(tee_trust_open(r.tee, &o, &t), TEE_E_ARGUMENT);
	ck_assert_ptr_null(t);
	txn_free(&r);
}
END_TEST

START_TEST(peer_arguments)
{
	static const struct {
		size_t size;
		const char *did;
		int score, ceiling;
		const char *context;
	} rows[] = {
		{ 1, "did:mesh:a", 0, 0, NULL },
		{ sizeof(struct tee_peer), "agent", 0, 0, NULL },
		{ sizeof(struct tee_peer), "did:mesh:a", -1, 0, NULL },
		{ sizeof(struct tee_peer), "did:mesh:a", 1001, 0, NULL },
		{ sizeof(struct tee_peer), "did:mesh:a", 0, 1001, NULL },
		{ sizeof(struct tee_peer), "did:mesh:a", 0, -1, NULL },
		{ sizeof(struct tee_peer), "did:mesh:a", 0, 0, "[]" },
		{ sizeof(struct tee_peer), "did:mesh:a", 0, 0, "{" },
		{ sizeof(struct tee_peer), "did:mesh:a", 0, 0,
		    "{\"a\":1,\"a\":2}" },
	};
	struct tee_handshake *h = NULL;
	char *challenge;
	struct tee_peer peer = { .size = rows[_i].size,
		.did = rows[_i].did,
		.did_size = strlen(rows[_i].did),
		.trust_score = rows[_i].score,
		.trust_ceiling = rows[_i].ceiling,
		.context = rows[_i].context };

	ck_assert_int_eq(tee_handshake_challenge(false, &challenge), 0);
	ck_assert_int_eq(tee_handshake_verify(scene.trust, challenge,
			     strlen(challenge), "{}", 2, &peer, &h),
	    TEE_E_ARGUMENT);
	free(challenge);
	ck_assert_int_eq(tee_handshake_recall(scene.trust, &peer, &h),
	    TEE_E_ARGUMENT);
	ck_assert_ptr_null(h);
}
END_TEST

/* What is the caller's own mistake uses nothing up. */
START_TEST(context_before_challenge)
{
	struct tee_handshake *h = NULL;
	char *text, *answer;

	hs_begin(&scene, HS_CHALLENGE);
	hs_answer(&scene);
	scene.peer.context = "nonsense";
	text = trust_challenge_write(&scene.challenge);
	answer = json_dumps(scene.response, JSON_COMPACT);
	ck_assert_int_eq(tee_handshake_verify(scene.trust, text, strlen(text),
			     answer, strlen(answer), &scene.peer, &h),
	    TEE_E_ARGUMENT);
	ck_assert_ptr_null(h);
	free(text);
	free(answer);
	scene.peer.context = "{}";
	ck_assert_str_eq(hs_verify(&scene), "");
}
END_TEST

START_TEST(no_handshake)
{
	char *json = (char *)(uintptr_t) "left over";

	ck_assert(!tee_handshake_verified(NULL));
	ck_assert_str_eq(tee_handshake_reason(NULL), "refused");
	ck_assert(!tee_handshake_cached(NULL));
	ck_assert_ptr_null(tee_handshake_claims(NULL));
	ck_assert_ptr_null(tee_handshake_score(NULL));
	ck_assert_int_eq(tee_handshake_to_json(NULL, &json), TEE_E_ARGUMENT);
	ck_assert_ptr_null(json);
}
END_TEST

START_TEST(dids)
{
	static const struct {
		const char *did;
		bool valid;
	} rows[] = {
		{ "did:mesh:c2bfb4582e17065fb4566a92102c2939", true },
		{ "did:mesh:agent-1", true },
		{ "did:mesh:123e4567-e89b-12d3-a456-426614174000", true },
		{ "did:agentmesh:3iN8jTP1Zph2YDtx7D2fb7FhXEz3", true },
		{ "did:agentmesh:a1:482a6b3082ada1a7", true },
		{ "did:agentmesh:a1", true },
		{ "did:mcp:tool/1", true },
		{ "did:web:example.com:agents:pay", true },
		{ "did:mesh:\xc3\xbc", true },
		{ "did:mesh:", false },
		{ "did:mesh", false },
		{ "did::a", false },
		{ "did:Mesh:a", false },
		{ "mesh:agent-1", false },
		{ "DID:mesh:agent-1", false },
		{ "did:mesh:a b", false },
		{ "did:mesh:a\nb", false },
		{ "did:mesh:\xc3", false },
		{ "", false },
	};
	struct tee_bytes did = { rows[_i].did, strlen(rows[_i].did) };

	ck_assert_msg(trust_did_valid(did) == rows[_i].valid, "%s", did.data);
}
END_TEST

START_TEST(did_length)
{
	char did[TRUST_DID_MAX + 1];

	memset(did, 'a', sizeof(did));
	memcpy(did, "did:mesh:", 9);
	ck_assert(trust_did_valid((struct tee_bytes){ did, TRUST_DID_MAX }));
	ck_assert(
	    !trust_did_valid((struct tee_bytes){ did, TRUST_DID_MAX + 1 }));
	ck_assert(!trust_did_valid((struct tee_bytes){ NULL, 0 }));
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, party_arguments);
	tcase_add_loop_test(tcase, peer_arguments, 0, 9);
	tcase_add_test(tcase, context_before_challenge);
	tcase_add_test(tcase, no_handshake);
	tcase_add_loop_test(tcase, dids, 0, 19);
	tcase_add_test(tcase, did_length);
}

int
main(void)
{
	return txn_main("handshake_arguments", add);
}
