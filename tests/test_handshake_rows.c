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

static void
id_of_another(struct hs_scene *s)
{
	struct trust_challenge c = hs_another(false);

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
	s->recipe.asked = hs_another(false);
}

/* The verifier's two sessions, their ids and nonces crossed. */
static void
nonce_of_another(struct hs_scene *s)
{
	struct trust_challenge c = hs_another(false);

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
	s->challenge = s->recipe.asked = hs_another(true);
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
	struct trust_challenge c = hs_another(true);

	asks_freshness(s);
	memcpy(s->recipe.asked.freshness, c.freshness, sizeof(c.freshness));
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
};
const size_t hs_identity_count =
    sizeof(hs_identity_rows) / sizeof(hs_identity_rows[0]);
