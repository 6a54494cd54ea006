/* SPDX-License-Identifier: Apache-2.0 */
/* handshake_rows_evidence: attacks on the evidence and its signature. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test_handshake_rows.h"

static void
stripped(struct hs_scene *s)
{
	hs_set(s, "attestation_evidence", NULL);
	hs_set(s, "attestation_signature", NULL);
	hs_set(s, "attestation_public_key", NULL);
	hs_set(s, "attestation_key_origin", NULL);
}

static void
evidence_gone(struct hs_scene *s)
{
	hs_set(s, "attestation_evidence", json_null());
}

static void
signature_gone(struct hs_scene *s)
{
	hs_set(s, "attestation_signature", json_null());
}

static void
key_gone(struct hs_scene *s)
{
	hs_set(s, "attestation_public_key", json_null());
}

static void
origin_gone(struct hs_scene *s)
{
	hs_set(s, "attestation_key_origin", json_null());
}

static void
signature_changed(struct hs_scene *s)
{
	hs_flip(s, "attestation_signature", 11);
}

static void
signature_cut(struct hs_scene *s)
{
	hs_cut(s, "attestation_signature");
}

static void
key_cut(struct hs_scene *s)
{
	hs_cut(s, "attestation_public_key");
}

static void
evidence_text(struct hs_scene *s)
{
	hs_set(s, "attestation_evidence", json_string("{}"));
}

/* Layer 2 over what the agent signed elsewhere, or for somebody else. */
static void
id_of_another(struct hs_scene *s)
{
	struct trust_challenge c = hs_another(false);

	memcpy(s->recipe.attested.id, c.id, sizeof(c.id));
}

static void
nonce_of_another(struct hs_scene *s)
{
	struct trust_challenge c = hs_another(false);

	memcpy(s->recipe.attested.nonce, c.nonce, sizeof(c.nonce));
}

static void
for_another_verifier(struct hs_scene *s)
{
	s->recipe.verifier = "did:mesh:verifier-2";
}

static void
by_the_attacker(struct hs_scene *s)
{
	s->recipe.attested_seed = s->other.seed;
}

/* The attacker's own good evidence, and his own key, under the peer's DID. */
static void
evidence_of_another_machine(struct hs_scene *s)
{
	s->recipe.attested_seed = s->other.seed;
	s->recipe.evidence_key = s->other.public_key;
	s->recipe.evidence_did = s->other.did;
}

static void
evidence_for_another_key(struct hs_scene *s)
{
	s->recipe.evidence_key = s->other.public_key;
}

static void
evidence_for_another_did(struct hs_scene *s)
{
	s->recipe.evidence_did = s->other.did;
}

static void
evidence_id_of_another(struct hs_scene *s)
{
	struct trust_challenge c = hs_another(false);

	memcpy(s->recipe.bound.id, c.id, sizeof(c.id));
}

static void
evidence_nonce_of_another(struct hs_scene *s)
{
	struct trust_challenge c = hs_another(false);

	memcpy(s->recipe.bound.nonce, c.nonce, sizeof(c.nonce));
}

static void
fresh_required(struct hs_scene *s)
{
	s->peer.require.fresh_evidence = true;
}

/* The whole evidence of another session of this agent's. */
static void
evidence_of_another_session(struct hs_scene *s)
{
	s->recipe.bound = hs_another(false);
	fresh_required(s);
}

static void
set_edit(struct hs_scene *s, const char *member, json_t *value)
{
	s->recipe.edit = member;
	s->recipe.value = value;
}

static const char nothing[] =
    "0000000000000000000000000000000000000000000000000000000000000000";

static void
hash_of_nothing(struct hs_scene *s)
{
	set_edit(s, "report_data_hash", json_string(nothing));
}

static void
binding_of_nothing(struct hs_scene *s)
{
	set_edit(s, "binding_hash", json_string(nothing));
}

static void
key_hash_of_nothing(struct hs_scene *s)
{
	set_edit(s, "public_key_hash", json_string(nothing));
}

static void
binding_gone(struct hs_scene *s)
{
	set_edit(s, "binding_hash", json_null());
}

static void
id_gone(struct hs_scene *s)
{
	set_edit(s, "challenge_id", json_null());
}

static void
nonce_gone(struct hs_scene *s)
{
	set_edit(s, "nonce", json_null());
}

static void
did_gone(struct hs_scene *s)
{
	set_edit(s, "agent_did", json_null());
}

static void
time_gone(struct hs_scene *s)
{
	set_edit(s, "timestamp", NULL);
}

static void
end_gone(struct hs_scene *s)
{
	set_edit(s, "expires_at", NULL);
}

static void
end_before_begin(struct hs_scene *s)
{
	s->recipe.expires = s->recipe.issued;
}

static void
from_the_future(struct hs_scene *s)
{
	s->recipe.issued += 120 * TEE_SECOND;
	s->recipe.expires += 120 * TEE_SECOND;
}

static void
expired(struct hs_scene *s)
{
	s->recipe.issued -= 200 * TEE_SECOND;
	s->recipe.expires = s->recipe.issued + 100 * TEE_SECOND;
}

/* A year of life is the peer's own word. */
static void
old_with_a_long_life(struct hs_scene *s)
{
	s->recipe.issued -= 301 * TEE_SECOND;
	s->recipe.expires = s->recipe.issued + 365 * 86400 * TEE_SECOND;
}

/* Changed on the way, after the agent signed. */
static void
life_extended(struct hs_scene *s)
{
	hs_set_in(s, "expires_at", json_string("2099-01-01T00:00:00Z"));
}

static void
time_moved(struct hs_scene *s)
{
	char text[TEE_INSTANT_TEXT];

	tee_instant_format(s->recipe.issued - 7 * TEE_SECOND, text);
	hs_set_in(s, "timestamp", json_string(text));
}

static void
platform_changed(struct hs_scene *s)
{
	hs_set_in(s, "platform", json_string("azure-sev-snp"));
}

static void
measurements_changed(struct hs_scene *s)
{
	hs_set_in(s, "runtime_measurements", json_pack("{s:s}", "a", "b"));
}

static void
boot_changed(struct hs_scene *s)
{
	hs_set_in(s, "secure_boot_verified", json_true());
}

static void
items_changed(struct hs_scene *s)
{
	hs_set_in(s, "evidence", json_string("e30="));
}

static void
origin_raised_outside(struct hs_scene *s)
{
	hs_set(s, "attestation_key_origin", json_string("tee_generated"));
}

static void
origin_raised_inside(struct hs_scene *s)
{
	hs_set_in(s, "key_origin", json_string("tee_generated"));
}

static void
origin_of_two_minds(struct hs_scene *s)
{
	s->recipe.evidence_origin = "tee_generated";
}

static void
response_says_more(struct hs_scene *s)
{
	s->recipe.origin = "tee_generated";
}

static void
origin_upper(struct hs_scene *s)
{
	hs_set(s, "attestation_key_origin", json_string("SKR"));
}

static void
origin_generated(struct hs_scene *s)
{
	s->recipe.origin = s->recipe.evidence_origin = "tee_generated";
}

static void
attestation_required(struct hs_scene *s)
{
	s->peer.require.attestation = true;
}

static void
bound_key_required(struct hs_scene *s)
{
	s->peer.require.tee_bound_key = true;
}

#define ROW(name, reason, shape, prepare, spoil) \
	{ \
		name, reason, HS_REQUIRES, shape, prepare, spoil \
	}
#define FREE(name, reason, shape, prepare, spoil) \
	{ \
		name, reason, HS_OPTIONAL, shape, prepare, spoil \
	}

const struct hs_attack hs_evidence_rows[] = {
	ROW("never had any", "evidence_missing", HS_NONE, NULL, NULL),
	ROW("stripped", "evidence_missing", HS_CHALLENGE, NULL, stripped),
	FREE("stripped, the call requires it", "evidence_missing", HS_CHALLENGE,
	    attestation_required, stripped),
	FREE("stripped, a bound key is required", "evidence_missing",
	    HS_CHALLENGE, bound_key_required, stripped),
	FREE("stripped, fresh evidence is required", "evidence_missing",
	    HS_CHALLENGE, fresh_required, stripped),
	FREE("only the evidence stripped", "attestation_incomplete",
	    HS_CHALLENGE, NULL, evidence_gone),
	ROW("signature stripped", "attestation_incomplete", HS_CHALLENGE, NULL,
	    signature_gone),
	FREE("signature stripped, optional", "attestation_incomplete",
	    HS_STARTUP, NULL, signature_gone),
	ROW("key stripped", "attestation_incomplete", HS_ACQUIRED, NULL,
	    key_gone),
	ROW("origin stripped", "attestation_incomplete", HS_ACQUIRED, NULL,
	    origin_gone),
	ROW("second signature changed", "attestation_signature", HS_CHALLENGE,
	    NULL, signature_changed),
	FREE("second signature changed, optional", "attestation_signature",
	    HS_CHALLENGE, NULL, signature_changed),
	ROW("second signature truncated", "response_malformed", HS_CHALLENGE,
	    NULL, signature_cut),
	ROW("attestation key truncated", "response_malformed", HS_CHALLENGE,
	    NULL, key_cut),
	ROW("evidence as a text", "response_malformed", HS_CHALLENGE, NULL,
	    evidence_text),
	ROW("second signature of another session", "attestation_signature",
	    HS_ACQUIRED, nonce_of_another, NULL),
	ROW("second signature for another id", "attestation_signature",
	    HS_STARTUP, id_of_another, NULL),
	ROW("second signature for another verifier", "attestation_signature",
	    HS_STARTUP, for_another_verifier, NULL),
	ROW("the same, per challenge", "attestation_signature", HS_CHALLENGE,
	    for_another_verifier, NULL),
	ROW("attested by the attacker's key", "evidence_key", HS_CHALLENGE,
	    by_the_attacker, NULL),
	ROW("the attacker's own machine", "evidence_did", HS_CHALLENGE,
	    evidence_of_another_machine, NULL),
	ROW("evidence of another key", "evidence_key", HS_STARTUP,
	    evidence_for_another_key, NULL),
	ROW("evidence of another DID", "evidence_did", HS_STARTUP,
	    evidence_for_another_did, NULL),
	ROW("evidence of another DID, acquired", "evidence_did", HS_ACQUIRED,
	    evidence_for_another_did, NULL),
	ROW("evidence for another id", "evidence_challenge", HS_CHALLENGE,
	    evidence_id_of_another, NULL),
	ROW("evidence for another nonce", "evidence_nonce", HS_CHALLENGE,
	    evidence_nonce_of_another, NULL),
	ROW("evidence of another session, fresh required", "evidence_challenge",
	    HS_CHALLENGE, evidence_of_another_session, NULL),
	ROW("acquired evidence, fresh required", "evidence_challenge",
	    HS_ACQUIRED, fresh_required, NULL),
	ROW("startup evidence, fresh required", "evidence_challenge",
	    HS_STARTUP, fresh_required, NULL),
	ROW("hash of something else", "evidence_binding", HS_CHALLENGE,
	    hash_of_nothing, NULL),
	ROW("hash of something else, startup", "evidence_binding", HS_STARTUP,
	    hash_of_nothing, NULL),
	ROW("binding hash of something else", "evidence_binding", HS_STARTUP,
	    binding_of_nothing, NULL),
	ROW("binding hash beside a challenge", "evidence_binding", HS_CHALLENGE,
	    binding_of_nothing, NULL),
	ROW("key hash of something else", "evidence_binding", HS_ACQUIRED,
	    key_hash_of_nothing, NULL),
	ROW("startup without binding hash", "evidence_malformed", HS_STARTUP,
	    binding_gone, NULL),
	ROW("nonce without id", "evidence_malformed", HS_CHALLENGE, id_gone,
	    NULL),
	ROW("id without nonce", "evidence_malformed", HS_CHALLENGE, nonce_gone,
	    NULL),
	ROW("evidence of nobody", "evidence_malformed", HS_STARTUP, did_gone,
	    NULL),
	ROW("evidence without time", "evidence_malformed", HS_CHALLENGE,
	    time_gone, NULL),
	ROW("evidence without end", "evidence_malformed", HS_CHALLENGE,
	    end_gone, NULL),
	ROW("evidence that ends as it begins", "evidence_malformed",
	    HS_CHALLENGE, end_before_begin, NULL),
	ROW("evidence from the future", "evidence_future", HS_CHALLENGE,
	    from_the_future, NULL),
	ROW("evidence expired", "evidence_stale", HS_STARTUP, expired, NULL),
	ROW("evidence too old", "evidence_stale", HS_ACQUIRED,
	    old_with_a_long_life, NULL),
	ROW("life extended on the way", "attestation_signature", HS_STARTUP,
	    NULL, life_extended),
	ROW("time moved on the way", "attestation_signature", HS_STARTUP, NULL,
	    time_moved),
	ROW("platform changed on the way", "attestation_signature", HS_STARTUP,
	    NULL, platform_changed),
	ROW("measurements changed on the way", "attestation_signature",
	    HS_ACQUIRED, NULL, measurements_changed),
	ROW("secure boot claimed on the way", "attestation_signature",
	    HS_ACQUIRED, NULL, boot_changed),
	ROW("items changed on the way", "attestation_signature", HS_CHALLENGE,
	    NULL, items_changed),
	ROW("origin raised in the response", "key_origin_mismatch",
	    HS_CHALLENGE, NULL, origin_raised_outside),
	ROW("origin raised in the evidence", "key_origin_mismatch",
	    HS_CHALLENGE, NULL, origin_raised_inside),
	ROW("two origins, both signed", "key_origin_mismatch", HS_CHALLENGE,
	    origin_of_two_minds, NULL),
	ROW("the response says more, both signed", "key_origin_mismatch",
	    HS_CHALLENGE, response_says_more, NULL),
	{ "origin stripped from a local key", "attestation_incomplete",
	    HS_TRUSTING, HS_CHALLENGE, hs_origin_local, origin_gone },
	ROW("origin in upper case", "response_malformed", HS_CHALLENGE, NULL,
	    origin_upper),
	ROW("origin that the profile does not name", "key_origin_unestablished",
	    HS_CHALLENGE, origin_generated, NULL),
};
const size_t hs_evidence_count =
    sizeof(hs_evidence_rows) / sizeof(hs_evidence_rows[0]);
