/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handshake_kit: see test_handshake_kit.h.  What it signs is put together
 * here from the published formats, not by the code under test; only the
 * canonical text and the digests are shared, and vectors hold those.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>

#include "libtee/text.h"
#include "libtee/trust/canonical.h"
#include "libtee/trust/did.h"
#include "libtee/trust/response.h"
#include "libtee/trust/startup.h"
#include "tests/test_handshake_kit.h"

void
hs_keys(struct hs_keys *k, uint8_t seed_byte)
{
	size_t size = sizeof(k->public_key);
	EVP_PKEY *pkey;

	memset(k->seed, seed_byte, sizeof(k->seed));
	pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, k->seed,
	    sizeof(k->seed));
	ck_assert_int_eq(EVP_PKEY_get_raw_public_key(pkey, k->public_key,
			     &size),
	    1);
	EVP_PKEY_free(pkey);
	ck_assert_int_eq(trust_did_derive(k->public_key, k->did), 0);
}

void
hs_sign(const uint8_t seed[TEE_SEED_SIZE], const void *message, size_t size,
    uint8_t signature[TEE_SIGNATURE_SIZE])
{
	EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL,
	    seed, TEE_SEED_SIZE);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	size_t length = TEE_SIGNATURE_SIZE;

	ck_assert(EVP_DigestSignInit(md, NULL, NULL, NULL, pkey) == 1 &&
	    EVP_DigestSign(md, signature, &length, message, size) == 1);
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(pkey);
}

static json_t *
base64(const void *data, size_t size)
{
	char *text = tee_base64_encode(data, size);
	json_t *v = json_string(text);

	free(text);
	return v;
}

static json_t *
hex(const uint8_t digest[32])
{
	char text[65];

	tee_hex_encode(digest, 32, text);
	return json_string(text);
}

static json_t *
instant(tee_instant at)
{
	char text[TEE_INSTANT_TEXT];

	tee_instant_format(at, text);
	return json_string(text);
}

static void
public_of(const uint8_t seed[TEE_SEED_SIZE], uint8_t out[TEE_PUBLIC_KEY_SIZE])
{
	struct hs_keys k;

	hs_keys(&k, seed[0]);
	memcpy(out, k.public_key, TEE_PUBLIC_KEY_SIZE);
}

struct tee_trust_options
hs_options(void)
{
	return (
	    struct tee_trust_options){ .size = sizeof(struct tee_trust_options),
		.did = HS_VERIFIER,
		.did_size = strlen(HS_VERIFIER) };
}

void
hs_open(struct hs_scene *s, const struct script *script,
    const struct tee_trust_options *options)
{
	struct tee_trust_options own = hs_options();

	memset(s, 0, sizeof(*s));
	ck_assert_msg(txn_open(script, NULL, &s->party) == 0, "%s",
	    s->party.trace.text);
	ck_assert_int_eq(tee_trust_open(s->party.tee,
			     options != NULL ? options : &own, &s->trust),
	    0);
	hs_keys(&s->agent, 0x42);
	hs_keys(&s->other, 0x66);
}

void
hs_begin(struct hs_scene *s, enum hs_shape shape)
{
	struct hs_recipe *r = &s->recipe;
	tee_instant now = tee_clock_now();

	ck_assert_int_eq(trust_challenge_draw(&s->challenge, false, now), 0);
	memset(r, 0, sizeof(*r));
	r->seed = r->attested_seed = s->agent.seed;
	r->did = r->evidence_did = s->agent.did;
	r->asked = r->bound = r->attested = s->challenge;
	if (shape == HS_ACQUIRED)
		ck_assert_int_eq(trust_challenge_draw(&r->bound, false, now),
		    0);
	ck_assert_int_eq(trust_random_hex(r->response_nonce, 16), 0);
	r->shape = shape;
	r->evidence_key = s->agent.public_key;
	r->origin = r->evidence_origin = "skr";
	r->issued = now;
	r->expires = now + 300 * TEE_SECOND;
	r->verifier = HS_VERIFIER;
	s->peer = (struct tee_peer){ .size = sizeof(s->peer),
		.did = s->agent.did,
		.did_size = strlen(s->agent.did),
		.public_key = s->agent.public_key,
		.trust_score = 500,
		.trust_ceiling = 1000 };
}

static struct tee_bytes
bytes(const char *s)
{
	return (struct tee_bytes){ s, strlen(s) };
}

static void
bind(const struct hs_recipe *r, uint8_t binding[TEE_BINDING_SIZE])
{
	struct tee_challenge c = trust_challenge_value(&r->bound);
	uint8_t key_hash[32];

	ck_assert_int_eq(tee_binding_key_hash(r->evidence_key, key_hash), 0);
	ck_assert_int_eq(r->shape == HS_STARTUP ?
		trust_startup_binding(bytes(r->evidence_did), key_hash,
		    binding) :
		tee_binding(r->evidence_did, strlen(r->evidence_did), &c,
		    r->evidence_key, binding),
	    0);
}

/* Our items: what a mock platform reports. */
static json_t *
items(const struct hs_recipe *r, const uint8_t binding[TEE_BINDING_SIZE])
{
	uint8_t report[TEE_BINDING_SIZE];
	json_t *object = json_object(), *v;
	char *text;

	memcpy(report, binding, sizeof(report));
	report[5] ^= r->other_report;
	if (!r->no_report)
		json_object_set_new(object, "mock.report",
		    base64(report, sizeof(report)));
	text = json_dumps(object, JSON_COMPACT);
	v = base64(text, strlen(text));
	free(text);
	json_decref(object);
	return v;
}

static json_t *
evidence(const struct hs_recipe *r)
{
	bool startup = r->shape == HS_STARTUP;
	uint8_t binding[TEE_BINDING_SIZE], key_hash[32];
	json_t *e;

	bind(r, binding);
	ck_assert_int_eq(tee_binding_key_hash(r->evidence_key, key_hash), 0);
	/* clang-format off */
	e = json_pack("{s:s, s:o, s:s, s:s?, s:s?, s:o, s:o, s:o, s:s, s:{},"
	    " s:b, s:o, s:o}",
	    "platform", "mock-tee",
	    "evidence", items(r, binding),
	    "agent_did", r->evidence_did,
	    "challenge_id", startup ? NULL : r->bound.id,
	    "nonce", startup ? NULL : r->bound.nonce,
	    "public_key_hash", hex(key_hash),
	    "report_data_hash", hex(binding),
	    "binding_hash", startup ? hex(binding) : json_null(),
	    "key_origin", r->evidence_origin,
	    "runtime_measurements",
	    "secure_boot_verified", false,
	    "timestamp", instant(r->issued),
	    "expires_at", instant(r->expires));
	/* clang-format on */
	ck_assert_ptr_nonnull(e);
	if (r->edit != NULL && r->value != NULL)
		json_object_set(e, r->edit, r->value);
	else if (r->edit != NULL)
		json_object_del(e, r->edit);
	return e;
}

/* Over any JSON at all, as an attacker would: no field is checked first. */
static void
canonical_digest(const json_t *e, uint8_t out[32])
{
	size_t size;
	char *text = trust_canonical(e, &size);

	ck_assert_ptr_nonnull(text);
	ck_assert_int_eq(EVP_Digest(text, size, out, NULL, EVP_sha256(), NULL),
	    1);
	free(text);
}

static void
attest(struct hs_scene *s)
{
	struct hs_recipe *r = &s->recipe;
	uint8_t digest[32], out[32], key[TEE_PUBLIC_KEY_SIZE];
	uint8_t signature[TEE_SIGNATURE_SIZE];
	enum tee_key_origin origin;
	json_t *e = evidence(r);
	struct trust_layer2 l = { bytes(r->did), bytes(r->verifier),
		&r->attested, digest, key, TEE_ORIGIN_LOCAL };

	ck_assert(tee_origin_parse(r->origin, &origin));
	l.origin = origin;
	canonical_digest(e, digest);
	public_of(r->attested_seed, key);
	ck_assert_int_eq(trust_layer2_digest(&l, out), 0);
	hs_sign(r->attested_seed, out, sizeof(out), signature);
	json_object_set_new(s->response, "attestation_evidence", e);
	json_object_set_new(s->response, "attestation_signature",
	    base64(signature, sizeof(signature)));
	json_object_set_new(s->response, "attestation_public_key",
	    base64(key, sizeof(key)));
	json_object_set_new(s->response, "attestation_key_origin",
	    json_string(r->origin));
}

void
hs_answer(struct hs_scene *s)
{
	struct hs_recipe *r = &s->recipe;
	uint8_t key[TEE_PUBLIC_KEY_SIZE], signature[TEE_SIGNATURE_SIZE];
	char message[2048];
	int n = snprintf(message, sizeof(message), "%s:%s:%s:%s%s%s",
	    r->asked.id, r->asked.nonce, r->response_nonce, r->did,
	    r->asked.freshness[0] != '\0' ? ":" : "", r->asked.freshness);

	ck_assert(n > 0 && (size_t)n < sizeof(message));
	hs_sign(r->seed, message, (size_t)n, signature);
	public_of(r->seed, key);
	json_decref(s->response);
	/* clang-format off */
	s->response = json_pack("{s:s, s:s, s:s, s:[s], s:i, s:o, s:o, s:s?,"
	    " s:n, s:o}",
	    "challenge_id", r->asked.id,
	    "response_nonce", r->response_nonce,
	    "agent_did", r->did,
	    "capabilities", "read:data",
	    "trust_score", 500,
	    "signature", base64(signature, sizeof(signature)),
	    "public_key", base64(key, sizeof(key)),
	    "freshness_nonce", r->asked.freshness[0] != '\0' ?
	    r->asked.freshness : NULL,
	    "user_context",
	    "timestamp", instant(tee_clock_now()));
	/* clang-format on */
	ck_assert_ptr_nonnull(s->response);
	if (r->shape != HS_NONE)
		attest(s);
}

const char *
hs_verify(struct hs_scene *s)
{
	char *challenge = trust_challenge_write(&s->challenge);
	char *response = s->raw != NULL ? strdup(s->raw) :
					  json_dumps(s->response, JSON_COMPACT);

	tee_handshake_free(&s->handshake);
	s->error = tee_handshake_verify(s->trust, challenge, strlen(challenge),
	    response, strlen(response), &s->peer, &s->handshake);
	free(challenge);
	free(response);
	ck_assert_msg(s->handshake != NULL, "error %d", s->error);
	ck_assert_int_eq(s->error == 0, tee_handshake_verified(s->handshake));
	return tee_handshake_reason(s->handshake);
}

const char *
hs_recall(struct hs_scene *s)
{
	tee_handshake_free(&s->handshake);
	s->error = tee_handshake_recall(s->trust, &s->peer, &s->handshake);
	ck_assert_msg(s->handshake != NULL, "error %d", s->error);
	return tee_handshake_reason(s->handshake);
}

void
hs_end(struct hs_scene *s)
{
	tee_handshake_free(&s->handshake);
	json_decref(s->recipe.value);
	json_decref(s->response);
	free(s->raw);
	s->recipe.value = s->response = NULL;
	s->raw = NULL;
}

void
hs_close(struct hs_scene *s)
{
	hs_end(s);
	tee_trust_close(&s->trust);
	txn_free(&s->party);
}

void
hs_set(struct hs_scene *s, const char *member, json_t *value)
{
	if (value == NULL)
		json_object_del(s->response, member);
	else
		json_object_set_new(s->response, member, value);
}

void
hs_set_in(struct hs_scene *s, const char *member, json_t *value)
{
	json_object_set_new(json_object_get(s->response,
				"attestation_evidence"),
	    member, value);
}

static char *
text_of(struct hs_scene *s, const char *member)
{
	const char *text =
	    json_string_value(json_object_get(s->response, member));

	ck_assert_ptr_nonnull(text);
	return strdup(text);
}

void
hs_cut(struct hs_scene *s, const char *member)
{
	char *text = text_of(s, member);

	text[strlen(text) - 1] = '\0';
	hs_set(s, member, json_string(text));
	free(text);
}

/* Another digit of the same alphabet. */
void
hs_flip(struct hs_scene *s, const char *member, size_t at)
{
	char *text = text_of(s, member);

	text[at] = text[at] == 'a' ? 'b' : 'a';
	hs_set(s, member, json_string(text));
	free(text);
}

void
hs_origin_local(struct hs_scene *s)
{
	s->recipe.origin = s->recipe.evidence_origin = "local";
}

struct trust_challenge
hs_another(bool freshness)
{
	struct trust_challenge c;

	ck_assert_int_eq(trust_challenge_draw(&c, freshness, tee_clock_now()),
	    0);
	return c;
}
