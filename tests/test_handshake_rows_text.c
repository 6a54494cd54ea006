/* SPDX-License-Identifier: Apache-2.0 */
/* handshake_rows_text: attacks on the response's text and what repeats it. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libtee/trust/response.h"
#include "tests/test_handshake_rows.h"

static void
freshness_unasked(struct hs_scene *s)
{
	hs_set(s, "freshness_nonce",
	    json_string("00112233445566778899aabbccddeeff"));
}

/* Just over: the last microsecond is past. */
static void
too_late(struct hs_scene *s)
{
	s->challenge.issued -= 30 * TEE_SECOND + 1;
	s->recipe.asked = s->challenge;
}

static void
long_ago(struct hs_scene *s)
{
	s->peer.at = (time_t)(s->challenge.issued / TEE_SECOND) + 86400;
}

static void
ahead(struct hs_scene *s)
{
	s->challenge.issued += 120 * TEE_SECOND;
	s->recipe.asked = s->challenge;
}

/* A first answer of the agent's uses the challenge up. */
static void
answered_before(struct hs_scene *s)
{
	(void)hs_verify(s);
}

static void
answered_twice(struct hs_scene *s)
{
	answered_before(s);
	ck_assert_int_eq(trust_random_hex(s->recipe.response_nonce, 16), 0);
	hs_answer(s);
}

/* More than it remembers at once: nothing older makes room. */
static void
after_many(struct hs_scene *s)
{
	int i;

	for (i = 0; i < 64; i++) {
		if (strcmp(hs_verify(s), "replay_full") == 0)
			break;
		hs_end(s);
		hs_begin(s, HS_NONE);
		hs_answer(s);
	}
}

static void
raw(struct hs_scene *s, const char *head, int cut, const char *tail)
{
	char *text = json_dumps(s->response, JSON_COMPACT);

	ck_assert_int_ge(asprintf(&s->raw, "%s%.*s%s", head,
			     (int)strlen(text) - cut, text, tail),
	    0);
	free(text);
}

static void
text_cut(struct hs_scene *s)
{
	raw(s, "", 1, "");
}

static void
text_trailed(struct hs_scene *s)
{
	raw(s, "", 0, "{}");
}

static void
text_in_array(struct hs_scene *s)
{
	raw(s, "[", 0, "]");
}

/* Readers disagree about which of two counts. */
static void
did_twice(struct hs_scene *s)
{
	char tail[128];

	snprintf(tail, sizeof(tail), ",\"agent_did\":\"%s\"}", s->agent.did);
	raw(s, "", 1, tail);
}

static void
score_beyond(struct hs_scene *s)
{
	hs_set(s, "trust_score", json_integer(1001));
}

static void
capabilities_numbers(struct hs_scene *s)
{
	hs_set(s, "capabilities", json_pack("[i]", 1));
}

static void
timestamp_word(struct hs_scene *s)
{
	hs_set(s, "timestamp", json_string("now"));
}

static void
user_a_text(struct hs_scene *s)
{
	hs_set(s, "user_context", json_string("admin"));
}

/* White space behind it, which no reader of JSON minds. */
static void
text_too_long(struct hs_scene *s)
{
	char *space = malloc(TRUST_RESPONSE_MAX);

	ck_assert_ptr_nonnull(space);
	memset(space, ' ', TRUST_RESPONSE_MAX - 1);
	space[TRUST_RESPONSE_MAX - 1] = '\0';
	raw(s, "", 0, space);
	free(space);
}

static void
key_unknown(struct hs_scene *s)
{
	s->peer.public_key = NULL;
	s->recipe.did = s->peer.did = "did:mesh:agent-1";
	s->peer.did_size = strlen(s->peer.did);
}

/* TypeScript's form holds 64 bits of a key: not enough to stand for it. */
static void
key_by_sixty_four_bits(struct hs_scene *s)
{
	key_unknown(s);
	s->recipe.did = s->peer.did = "did:agentmesh:a1:482a6b3082ada1a7";
	s->peer.did_size = strlen(s->peer.did);
}

/* A DID that certifies the agent's key, and the attacker's own key. */
static void
key_not_certified(struct hs_scene *s)
{
	s->peer.public_key = NULL;
	s->recipe.seed = s->other.seed;
}

static void
claims_a_score(struct hs_scene *s)
{
	s->peer.trust_score = 100;
	s->recipe.seed = s->agent.seed;
}

static void
score_of_its_own(struct hs_scene *s)
{
	hs_set(s, "trust_score", json_integer(1000));
}

static void
under_a_ceiling(struct hs_scene *s)
{
	s->peer.trust_score = 900;
	s->peer.trust_ceiling = 699;
}

#define ROW(name, reason, prepare, spoil) \
	{ \
		name, reason, HS_OPTIONAL, HS_NONE, prepare, spoil \
	}

const struct hs_attack hs_text_rows[] = {
	ROW("freshness that nobody asked", "freshness_nonce", NULL,
	    freshness_unasked),
	ROW("a microsecond late", "challenge_expired", too_late, NULL),
	ROW("a day late", "challenge_expired", long_ago, NULL),
	ROW("before its time", "challenge_future", ahead, NULL),
	ROW("replayed", "replay", NULL, answered_before),
	ROW("answered twice", "replay", NULL, answered_twice),
	ROW("text truncated", "response_malformed", NULL, text_cut),
	ROW("text with more behind", "response_malformed", NULL, text_trailed),
	ROW("text in an array", "response_malformed", NULL, text_in_array),
	ROW("DID given twice", "response_malformed", NULL, did_twice),
	ROW("score beyond the scale", "response_malformed", NULL, score_beyond),
	ROW("capabilities of numbers", "response_malformed", NULL,
	    capabilities_numbers),
	ROW("user context of words", "response_malformed", NULL, user_a_text),
	ROW("text too long", "response_malformed", NULL, text_too_long),
	ROW("timestamp of words", "response_malformed", NULL, timestamp_word),
	ROW("key nobody knows", "public_key_unknown", key_unknown, NULL),
	ROW("key by 64 bits of a DID", "public_key_unknown",
	    key_by_sixty_four_bits, NULL),
	ROW("key not the DID's", "public_key_unknown", key_not_certified, NULL),
	{ "one more than is remembered", "replay_full", HS_CROWDED, HS_NONE,
	    NULL, after_many },
	{ "score of its own making", "trust_score", HS_SCORING, HS_NONE,
	    claims_a_score, score_of_its_own },
	{ "score above its ceiling", "trust_score", HS_SCORING, HS_NONE,
	    under_a_ceiling, NULL },
	{ "no evidence for the policy", "policy", HS_POLICED, HS_NONE, NULL,
	    NULL },
};
const size_t hs_text_count = sizeof(hs_text_rows) / sizeof(hs_text_rows[0]);
