/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An agent with a key in custody answers a handshake and a relying party
 * verifies it; what the agent refuses, it signs nothing for.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libtee/trust/response.h"
#include "tests/test_handshake_kit.h"

static const struct script agent_script = { "tee", NULL, REPORT,
	TEE_VERIFIER_LINE, TEE_KEY };
/* mocktee's keys are born in its TEE. */
static const struct script strict = HS_PROFILE("tee",
    "max_age = '5m'; key_origin = ['tee_generated', 'skr']; "
    "measurements = { launch = ['676f6c64656e']; };",
    OK);

static struct hs_scene scene;
static struct result agent;
static char *challenge, *response;

static int
respond(bool startup, const char *verifier)
{
	struct tee_response_options o = { .size = sizeof(o),
		.capabilities = "[\"read:data\"]",
		.verifier_did = verifier,
		.verifier_did_size = verifier != NULL ? strlen(verifier) : 0,
		.startup_evidence = startup };

	free(response);
	response = NULL;
	return tee_handshake_respond(agent.tee, agent.key, challenge,
	    strlen(challenge), &o, &response);
}

static void
ask(bool freshness)
{
	free(challenge);
	challenge = NULL;
	ck_assert_int_eq(tee_handshake_challenge(freshness, &challenge), 0);
}

static struct tee_peer
known(uint8_t key[TEE_PUBLIC_KEY_SIZE])
{
	struct tee_peer peer = { .size = sizeof(peer),
		.trust_score = 500,
		.trust_ceiling = 1000,
		.public_key = key };

	tee_key_public(agent.key, key);
	peer.did = tee_key_did(agent.key, &peer.did_size);
	return peer;
}

static struct tee_handshake *
verify(const struct tee_peer *peer)
{
	struct tee_handshake *h = NULL;

	(void)!tee_handshake_verify(scene.trust, challenge, strlen(challenge),
	    response, strlen(response), peer, &h);
	ck_assert_ptr_nonnull(h);
	return h;
}

static void
set_up(void)
{
	txn_acquire(&agent_script, NULL, &agent);
	ck_assert_int_eq(agent.error, 0);
	hs_open(&scene, &strict, NULL);
}

static void
tear_down(void)
{
	hs_close(&scene);
	txn_free(&agent);
	free(challenge);
	free(response);
	challenge = response = NULL;
}

/* Both shapes, with and without a freshness nonce. */
START_TEST(agent_and_party)
{
	uint8_t key[TEE_PUBLIC_KEY_SIZE];
	struct tee_peer peer = known(key);
	struct tee_handshake *h;

	ask(_i & 1);
	ck_assert_int_eq(respond(_i & 2, HS_VERIFIER), 0);
	h = verify(&peer);
	ck_assert_str_eq(tee_handshake_reason(h), "");
	ck_assert(tee_handshake_verified(h));
	ck_assert(!tee_handshake_cached(h));
	ck_assert_int_eq(tee_claims_key_origin(tee_handshake_claims(h)),
	    TEE_ORIGIN_GENERATED);
	tee_handshake_free(&h);
	ck_assert_ptr_null(h);
	/* The DID certifies the key: no registry needs to know it. */
	peer.public_key = NULL;
	ask(_i & 1);
	ck_assert_int_eq(respond(_i & 2, HS_VERIFIER), 0);
	h = verify(&peer);
	ck_assert_str_eq(tee_handshake_reason(h), "");
	ck_assert_int_eq(tee_handshake_cached(h), (_i & 2) != 0);
	tee_handshake_free(&h);
}
END_TEST

/* Without a verifier's DID there is no second layer, and no evidence. */
START_TEST(agent_without_evidence)
{
	uint8_t key[TEE_PUBLIC_KEY_SIZE];
	struct tee_peer peer = known(key);
	struct tee_handshake *h;

	ask(false);
	ck_assert_int_eq(respond(false, NULL), 0);
	h = verify(&peer);
	ck_assert_str_eq(tee_handshake_reason(h), "evidence_missing");
	tee_handshake_free(&h);
}
END_TEST

/* What a renewal collected is what the next answer presents. */
START_TEST(agent_renews)
{
	uint8_t key[TEE_PUBLIC_KEY_SIZE];
	struct tee_peer peer = known(key);
	struct tee_handshake *h;
	int i;

	for (i = 0; i < 2; i++) {
		ask(false);
		ck_assert_int_eq(respond(true, HS_VERIFIER), 0);
		h = verify(&peer);
		ck_assert_str_eq(tee_handshake_reason(h), "");
		ck_assert(!tee_handshake_cached(h));
		tee_handshake_free(&h);
		ck_assert_int_eq(tee_renew(agent.tee, agent.key), 0);
	}
}
END_TEST

START_TEST(agent_refuses)
{
	static const struct {
		const char *name, *member;
		const char *value; /* JSON; NULL: the member goes */
		int error;
	} rows[] = {
		{ "another id", "challenge_id", "\"rotate\"", TEE_E_ARGUMENT },
		{ "id upper case", "challenge_id",
		    "\"challenge_0123456789ABCDEF\"", TEE_E_ARGUMENT },
		{ "id with a colon", "challenge_id",
		    "\"challenge_0123456:89abcdef\"", TEE_E_ARGUMENT },
		{ "no id", "challenge_id", NULL, TEE_E_ARGUMENT },
		{ "short nonce", "nonce", "\"abcd\"", TEE_E_ARGUMENT },
		{ "nonce a number", "nonce", "7", TEE_E_ARGUMENT },
		{ "freshness of words", "freshness_nonce", "\"fresh\"",
		    TEE_E_ARGUMENT },
		{ "no time", "timestamp", NULL, TEE_E_ARGUMENT },
		{ "no lifetime", "expires_in_seconds", NULL, TEE_E_ARGUMENT },
		{ "lifetime 0", "expires_in_seconds", "0", TEE_E_ARGUMENT },
		{ "lifetime a day", "expires_in_seconds", "86400",
		    TEE_E_ARGUMENT },
		{ "lifetime 30.5", "expires_in_seconds", "30.5",
		    TEE_E_ARGUMENT },
		{ "old", "timestamp", "\"2026-01-01T00:00:00Z\"",
		    TEE_E_DENIED },
		{ "far ahead", "timestamp", "\"2099-01-01T00:00:00Z\"",
		    TEE_E_DENIED },
		{ "more members", "note", "\"passed over\"", 0 },
	};
	json_t *root;

	ask(false);
	root = json_loads(challenge, 0, NULL);
	free(challenge);
	if (rows[_i].value != NULL)
		json_object_set_new(root, rows[_i].member,
		    json_loads(rows[_i].value, JSON_DECODE_ANY, NULL));
	else
		json_object_del(root, rows[_i].member);
	challenge = json_dumps(root, 0);
	json_decref(root);
	ck_assert_msg(respond(true, HS_VERIFIER) == rows[_i].error, "%s",
	    rows[_i].name);
	ck_assert_int_eq(response != NULL, rows[_i].error == 0);
}
END_TEST

START_TEST(agent_arguments)
{
	struct tee_response_options o = { .size = sizeof(o) };
	size_t n;

	ask(false);
	n = strlen(challenge);
	ck_assert_int_eq(tee_handshake_respond(agent.tee, agent.key, challenge,
			     n, NULL, &response),
	    TEE_E_ARGUMENT);
	ck_assert_int_eq(tee_handshake_respond(agent.tee, agent.key, challenge,
			     n - 1, &o, &response),
	    TEE_E_ARGUMENT);
	o.verifier_did = "verifier";
	o.verifier_did_size = 8;
	ck_assert_int_eq(tee_handshake_respond(agent.tee, agent.key, challenge,
			     n, &o, &response),
	    TEE_E_ARGUMENT);
	o.verifier_did = NULL;
	o.capabilities = "[1]";
	ck_assert_int_eq(tee_handshake_respond(agent.tee, agent.key, challenge,
			     n, &o, &response),
	    TEE_E_ARGUMENT);
	o.capabilities = NULL;
	o.size = 1;
	ck_assert_int_eq(tee_handshake_respond(agent.tee, agent.key, challenge,
			     n, &o, &response),
	    TEE_E_ARGUMENT);
	ck_assert_ptr_null(response);
	/* A key that is gone signs nothing. */
	ck_assert_int_eq(tee_key_revoke(agent.key), 0);
	ck_assert_int_ne(respond(true, HS_VERIFIER), 0);
	ck_assert_int_ne(respond(false, NULL), 0);
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, agent_and_party, 0, 4);
	tcase_add_test(tcase, agent_without_evidence);
	tcase_add_test(tcase, agent_renews);
	tcase_add_loop_test(tcase, agent_refuses, 0, 15);
	tcase_add_test(tcase, agent_arguments);
}

int
main(void)
{
	return txn_main("handshake_agent", add);
}
