/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A challenge is used up by the peer that it was for, and by nobody else:
 * whoever cannot sign as this peer, or answers without what is required,
 * neither burns it nor takes room in the memory of challenges.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "tests/test_handshake_kit.h"

static const struct script pinned = HS_PROFILE("tee", HS_PINNED, OK);

static struct hs_scene scene;

/* What a stranger on the line can send who has seen challenge and answer. */
static void
signature_forged(struct hs_scene *s)
{
	hs_flip(s, "signature", 9);
}

static void
evidence_forged(struct hs_scene *s)
{
	hs_flip(s, "attestation_signature", 9);
}

static void
evidence_stripped(struct hs_scene *s)
{
	hs_set(s, "attestation_evidence", NULL);
	hs_set(s, "attestation_signature", NULL);
	hs_set(s, "attestation_public_key", NULL);
	hs_set(s, "attestation_key_origin", NULL);
}

static void
key_forged(struct hs_scene *s)
{
	hs_flip(s, "attestation_public_key", 9);
}

static void
time_forged(struct hs_scene *s)
{
	hs_set_in(s, "expires_at", json_string("2099-01-01T00:00:00Z"));
}

static void
origin_forged(struct hs_scene *s)
{
	hs_set(s, "attestation_key_origin", json_string("tee_generated"));
}

static void
did_forged(struct hs_scene *s)
{
	hs_set(s, "agent_did", json_string(s->other.did));
}

static void
nonce_forged(struct hs_scene *s)
{
	hs_flip(s, "response_nonce", 3);
}

static const struct {
	const char *name;
	void (*spoil)(struct hs_scene *);
	const char *reason;
} forgeries[] = {
	{ "signature", signature_forged, "signature" },
	{ "DID", did_forged, "agent_did" },
	{ "nonce", nonce_forged, "signature" },
	{ "second signature", evidence_forged, "attestation_signature" },
	{ "no evidence", evidence_stripped, "evidence_missing" },
	{ "attested key", key_forged, "evidence_key" },
	{ "time", time_forged, "attestation_signature" },
	{ "origin", origin_forged, "key_origin_mismatch" },
};
#define FORGERIES (sizeof(forgeries) / sizeof(forgeries[0]))

static void
set_up(void)
{
	struct tee_trust_options o = hs_options();

	o.replay_entries = 4;
	hs_open(&scene, &pinned, &o);
}

static void
tear_down(void)
{
	hs_close(&scene);
}

static void
forge(size_t n)
{
	forgeries[n].spoil(&scene);
	ck_assert_msg(strcmp(hs_verify(&scene), forgeries[n].reason) == 0,
	    "%s: %s", forgeries[n].name, tee_handshake_reason(scene.handshake));
}

/* Shapes change which checks stand before the signature. */
START_TEST(burns_nothing)
{
	static const enum hs_shape shapes[] = { HS_CHALLENGE, HS_ACQUIRED,
		HS_STARTUP };
	size_t i;

	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		hs_begin(&scene, shapes[i]);
		hs_answer(&scene);
		forge((size_t)_i);
		hs_answer(&scene);
		ck_assert_str_eq(hs_verify(&scene), "");
		ck_assert_str_eq(hs_verify(&scene), "replay");
		hs_end(&scene);
	}
}
END_TEST

/* Many more than there is room for, each for a challenge of its own. */
START_TEST(fills_nothing)
{
	int i;

	for (i = 0; i < 64; i++) {
		hs_begin(&scene, HS_STARTUP);
		hs_answer(&scene);
		forge((size_t)_i);
		hs_end(&scene);
	}
	hs_begin(&scene, HS_STARTUP);
	hs_answer(&scene);
	ck_assert_str_eq(hs_verify(&scene), "");
}
END_TEST

/* One answer fits one challenge: of any other peer it burns nothing, too. */
START_TEST(another_peer)
{
	hs_begin(&scene, HS_CHALLENGE);
	scene.recipe.seed = scene.recipe.attested_seed = scene.other.seed;
	scene.recipe.did = scene.recipe.evidence_did = scene.other.did;
	scene.recipe.evidence_key = scene.other.public_key;
	hs_answer(&scene);
	ck_assert_str_eq(hs_verify(&scene), "agent_did");
	scene.recipe.seed = scene.recipe.attested_seed = scene.agent.seed;
	scene.recipe.did = scene.recipe.evidence_did = scene.agent.did;
	scene.recipe.evidence_key = scene.agent.public_key;
	hs_answer(&scene);
	ck_assert_str_eq(hs_verify(&scene), "");
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, burns_nothing, 0, FORGERIES);
	tcase_add_loop_test(tcase, fills_nothing, 0, FORGERIES);
	tcase_add_test(tcase, another_peer);
}

int
main(void)
{
	return txn_main("handshake_once", add);
}
