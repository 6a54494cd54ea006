/* SPDX-License-Identifier: Apache-2.0 */
/* handshake_rows: attacks on the challenge, the response and its identity. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test_handshake_rows.h"

#define ROW(name, reason, prepare, spoil) \
	{ \
		name, reason, HS_OPTIONAL, HS_NONE, prepare, spoil \
	}

static struct trust_challenge
another(bool freshness)
{
	struct trust_challenge c;

	ck_assert_int_eq(trust_challenge_draw(&c, freshness, tee_clock_now()),
	    0);
	return c;
}

static void
id_of_another(struct hs_scene *s)
{
	struct trust_challenge c = another(false);

	hs_set(s, "challenge_id", json_string(c.id));
}

static void
id_cut(struct hs_scene *s)
{
	hs_cut(s, "challenge_id");
}

static void
id_longer(struct hs_scene *s)
{
	char text[64];

	snprintf(text, sizeof(text), "%s0", s->challenge.id);
	hs_set(s, "challenge_id", json_string(text));
}

static void
whole_answer_to_another(struct hs_scene *s)
{
	s->recipe.asked = another(false);
}

/* The verifier's two sessions, their ids and nonces crossed. */
static void
nonce_of_another(struct hs_scene *s)
{
	struct trust_challenge c = another(false);

	memcpy(s->recipe.asked.nonce, c.nonce, sizeof(c.nonce));
}

static void
nonce_changed(struct hs_scene *s)
{
	hs_flip(s, "response_nonce", 7);
}

static void
nonce_cut(struct hs_scene *s)
{
	hs_cut(s, "response_nonce");
}

static void
nonce_upper(struct hs_scene *s)
{
	snprintf(s->recipe.response_nonce, sizeof(s->recipe.response_nonce),
	    "ABCDEF0123456789ABCDEF0123456789");
}

static void
nonce_with_colon(struct hs_scene *s)
{
	snprintf(s->recipe.response_nonce, sizeof(s->recipe.response_nonce),
	    "00112233445566:8899aabbccddeeff0");
}

static void
did_of_another(struct hs_scene *s)
{
	hs_set(s, "agent_did", json_string(s->other.did));
}

static void
did_cut(struct hs_scene *s)
{
	hs_cut(s, "agent_did");
}

static void
did_longer(struct hs_scene *s)
{
	snprintf(s->did, sizeof(s->did), "%s0", s->agent.did);
	hs_set(s, "agent_did", json_string(s->did));
}

static void
did_upper(struct hs_scene *s)
{
	snprintf(s->did, sizeof(s->did), "%s", s->agent.did);
	for (char *p = s->did + 9; *p != '\0'; p++)
		if (*p >= 'a' && *p <= 'f')
			*p = (char)(*p - 'a' + 'A');
	hs_set(s, "agent_did", json_string(s->did));
}

static void
did_of_another_method(struct hs_scene *s)
{
	snprintf(s->did, sizeof(s->did), "did:agentmesh:%s", s->agent.did + 9);
	hs_set(s, "agent_did", json_string(s->did));
}

static void
did_with_nul(struct hs_scene *s)
{
	snprintf(s->did, sizeof(s->did), "%s", s->agent.did);
	hs_set(s, "agent_did", json_stringn(s->did, strlen(s->did) + 1));
}

static void
did_is_no_did(struct hs_scene *s)
{
	hs_set(s, "agent_did", json_string("agent-1"));
}

/* The attacker answers as himself, under the peer's name. */
static void
signed_by_another(struct hs_scene *s)
{
	s->recipe.seed = s->other.seed;
}

static void
signed_as_another(struct hs_scene *s)
{
	s->recipe.did = s->other.did;
}

static void
as_the_peer(struct hs_scene *s)
{
	hs_set(s, "agent_did", json_string(s->agent.did));
}

static void
signature_changed(struct hs_scene *s)
{
	hs_flip(s, "signature", 20);
}

static void
signature_cut(struct hs_scene *s)
{
	hs_cut(s, "signature");
}

static void
signature_spaced(struct hs_scene *s)
{
	char text[128];

	snprintf(text, sizeof(text), "%s\n",
	    json_string_value(json_object_get(s->response, "signature")));
	hs_set(s, "signature", json_string(text));
}

static void
signature_url(struct hs_scene *s)
{
	hs_flip(s, "signature", 3);
	char text[128];

	snprintf(text, sizeof(text), "%s",
	    json_string_value(json_object_get(s->response, "signature")));
	text[3] = '-';
	hs_set(s, "signature", json_string(text));
}

/* The next of the spellings that decoders take for the same bytes. */
static void
respell(struct hs_scene *s, const char *member, size_t unused)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "abcdefghijklmnopqrstuvwxyz0123456789+/";
	char text[128];
	size_t last;

	snprintf(text, sizeof(text), "%s",
	    json_string_value(json_object_get(s->response, member)));
	last = strcspn(text, "=") - 1;
	text[last] =
	    alphabet[(size_t)(strchr(alphabet, text[last]) - alphabet) + 1];
	ck_assert_uint_eq(strlen(text + last + 1), unused);
	hs_set(s, member, json_string(text));
}

static void
signature_respelled(struct hs_scene *s)
{
	respell(s, "signature", 2);
}

static void
key_respelled(struct hs_scene *s)
{
	respell(s, "public_key", 1);
}

static void
signature_missing(struct hs_scene *s)
{
	hs_set(s, "signature", NULL);
}

static void
key_of_another(struct hs_scene *s)
{
	json_t *mine = json_object_get(s->response, "public_key");
	struct hs_scene o = *s;

	json_incref(mine);
	o.response = NULL;
	o.recipe.seed = s->other.seed;
	hs_answer(&o);
	hs_set(s, "public_key",
	    json_incref(json_object_get(o.response, "public_key")));
	json_decref(o.response);
	json_decref(mine);
}

static void
asks_freshness(struct hs_scene *s)
{
	s->challenge = s->recipe.asked = another(true);
}

static void
freshness_gone(struct hs_scene *s)
{
	hs_set(s, "freshness_nonce", json_null());
}

static void
freshness_cut(struct hs_scene *s)
{
	hs_cut(s, "freshness_nonce");
}

static void
freshness_changed(struct hs_scene *s)
{
	hs_flip(s, "freshness_nonce", 3);
}

static void
freshness_of_another(struct hs_scene *s)
{
	struct trust_challenge c = another(true);

	asks_freshness(s);
	memcpy(s->recipe.asked.freshness, c.freshness, sizeof(c.freshness));
}

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

const struct hs_attack hs_identity_rows[] = {
	ROW("id of another session", "challenge_id", NULL, id_of_another),
	ROW("id truncated", "challenge_id", NULL, id_cut),
	ROW("id extended", "challenge_id", NULL, id_longer),
	ROW("answer to another session", "challenge_id",
	    whole_answer_to_another, NULL),
	ROW("nonce of another session", "signature", nonce_of_another, NULL),
	ROW("response nonce swapped", "signature", NULL, nonce_changed),
	ROW("response nonce truncated", "response_malformed", NULL, nonce_cut),
	ROW("response nonce upper case", "response_malformed", nonce_upper,
	    NULL),
	ROW("response nonce with a colon", "response_malformed",
	    nonce_with_colon, NULL),
	ROW("DID of another", "agent_did", NULL, did_of_another),
	ROW("DID truncated", "agent_did", NULL, did_cut),
	ROW("DID extended", "agent_did", NULL, did_longer),
	ROW("DID upper case", "agent_did", NULL, did_upper),
	ROW("DID of another method", "agent_did", NULL, did_of_another_method),
	ROW("DID with NUL", "agent_did", NULL, did_with_nul),
	ROW("no DID", "agent_did", NULL, did_is_no_did),
	ROW("another's whole answer", "agent_did", signed_as_another, NULL),
	ROW("another's signature under the DID", "signature", signed_as_another,
	    as_the_peer),
	ROW("signed by another key", "signature", signed_by_another, NULL),
	ROW("signature changed", "signature", NULL, signature_changed),
	ROW("signature truncated", "response_malformed", NULL, signature_cut),
	ROW("signature with white space", "response_malformed", NULL,
	    signature_spaced),
	ROW("signature in base64url", "response_malformed", NULL,
	    signature_url),
	ROW("signature in another spelling", "response_malformed", NULL,
	    signature_respelled),
	ROW("signature missing", "response_malformed", NULL, signature_missing),
	ROW("key of another", "public_key", NULL, key_of_another),
	ROW("key in another spelling", "response_malformed", NULL,
	    key_respelled),
	ROW("freshness dropped", "freshness_nonce", asks_freshness,
	    freshness_gone),
	ROW("freshness changed", "freshness_nonce", asks_freshness,
	    freshness_changed),
	ROW("freshness truncated", "response_malformed", asks_freshness,
	    freshness_cut),
	ROW("freshness of another session", "freshness_nonce",
	    freshness_of_another, NULL),
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
const size_t hs_identity_count =
    sizeof(hs_identity_rows) / sizeof(hs_identity_rows[0]);
