/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AgentMesh's own handshake, identity and layer 2 vectors, both ways: what
 * upstream signed is accepted here, and what is signed here is the same.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>

#include "libtee/error.h"
#include "libtee/evidence_json.h"
#include "libtee/signer.h"
#include "libtee/text.h"
#include "libtee/trust/canonical.h"
#include "libtee/trust/did.h"
#include "libtee/trust/response.h"
#include "libtee/trust/signature.h"
#include "libtee/trust/startup.h"
#include "tests/test_evidence_kit.h"

static json_t *handshakes, *identities, *upstream;

static const char *
word(const json_t *v, const char *key)
{
	const char *s = json_string_value(json_object_get(v, key));

	ck_assert_msg(s != NULL, "no %s", key);
	return s;
}

static struct tee_bytes
bytes(const char *s)
{
	return (struct tee_bytes){ s, strlen(s) };
}

static void
unhex(const json_t *v, const char *key, uint8_t *out, size_t size)
{
	ck_assert(
	    tee_hex_decode(word(v, key), strlen(word(v, key)), out, size));
}

/* Ed25519 is deterministic: the same seed and text give the same bytes. */
static void
check_signature(const json_t *v, const void *message, size_t size,
    const char *expected)
{
	uint8_t seed[32], key[32], signature[64], mine[64];
	json_t *text = json_string(expected);
	size_t length = sizeof(mine);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY *pkey;

	unhex(v, "seed_hex", seed, sizeof(seed));
	ck_assert_int_eq(tee_signer_public(seed, key), 0);
	ck_assert(trust_base64_read(text, signature, sizeof(signature)));
	ck_assert(trust_signature_valid(key, message, size, signature));
	pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
	ck_assert(EVP_DigestSignInit(md, NULL, NULL, NULL, pkey) == 1 &&
	    EVP_DigestSign(md, mine, &length, message, size) == 1);
	ck_assert_mem_eq(mine, signature, sizeof(mine));
	signature[17] ^= 1;
	ck_assert(!trust_signature_valid(key, message, size, signature));
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(pkey);
	json_decref(text);
}

START_TEST(identity_message)
{
	const json_t *v =
	    json_array_get(json_object_get(handshakes, "handshake"), _i);
	const json_t *freshness = json_object_get(v, "freshness_nonce");
	struct trust_challenge c = { .lifetime = 30 };
	char message[TRUST_MESSAGE_MAX];
	size_t size;

	ck_assert_ptr_nonnull(v);
	snprintf(c.id, sizeof(c.id), "%s", word(v, "challenge_id"));
	snprintf(c.nonce, sizeof(c.nonce), "%s", word(v, "nonce"));
	if (!json_is_null(freshness))
		snprintf(c.freshness, sizeof(c.freshness), "%s",
		    json_string_value(freshness));
	size = trust_response_message(&c, word(v, "response_nonce"),
	    bytes(word(v, "agent_did")), message);
	ck_assert_uint_eq(size, strlen(word(v, "signed_payload")));
	ck_assert_mem_eq(message, word(v, "signed_payload"), size);
	check_signature(v, message, size, word(v, "signature_b64"));
}
END_TEST

/* The challenge of a vector is one that is read, and written the same. */
START_TEST(challenge_text)
{
	const json_t *v =
	    json_array_get(json_object_get(handshakes, "handshake"), _i);
	struct trust_challenge c, again;
	json_t *root = json_pack("{s:O, s:O, s:O, s:s, s:i}", "challenge_id",
	    json_object_get(v, "challenge_id"), "nonce",
	    json_object_get(v, "nonce"), "freshness_nonce",
	    json_object_get(v, "freshness_nonce"), "timestamp",
	    "2026-01-01T12:00:00.000100Z", "expires_in_seconds", 30);
	char *text = json_dumps(root, 0), *mine;

	ck_assert_ptr_null(trust_challenge_read(text, strlen(text), &c));
	ck_assert_str_eq(c.id, word(v, "challenge_id"));
	ck_assert_str_eq(c.nonce, word(v, "nonce"));
	mine = trust_challenge_write(&c);
	ck_assert_ptr_null(trust_challenge_read(mine, strlen(mine), &again));
	ck_assert_mem_eq(&c, &again, sizeof(c));
	free(text);
	free(mine);
	json_decref(root);
}
END_TEST

/* The registry writes base64url without padding. */
static json_t *
standard(const char *url, size_t size)
{
	char text[TRUST_BASE64(64)];
	size_t i;

	ck_assert_uint_le(size + 2, sizeof(text) - 1);
	for (i = 0; i < size; i++)
		text[i] = url[i] == '-' ? '+' : url[i] == '_' ? '/' : url[i];
	while (i % 4 != 0)
		text[i++] = '=';
	return json_stringn(text, i);
}

static void
unbase64(const char *url, uint8_t *out, size_t size)
{
	json_t *text = standard(url, strlen(url));

	ck_assert(trust_base64_read(text, out, size));
	json_decref(text);
}

START_TEST(identity)
{
	const json_t *v = json_array_get(identities, _i);
	uint8_t seed[32], key[32], expected[32], hash[32];
	char did[TRUST_DID_REGISTRY], b64[TRUST_BASE64(32)], hex[65];

	ck_assert_ptr_nonnull(v);
	unhex(v, "seed_hex", seed, sizeof(seed));
	unhex(v, "public_key_hex", expected, sizeof(expected));
	ck_assert_int_eq(tee_signer_public(seed, key), 0);
	ck_assert_mem_eq(key, expected, sizeof(key));
	trust_base64_write(key, sizeof(key), b64);
	ck_assert_str_eq(b64, word(v, "public_key_b64"));
	ck_assert(trust_base64_read(json_object_get(v, "public_key_b64"), key,
	    sizeof(key)));
	ck_assert_mem_eq(key, expected, sizeof(key));
	ck_assert_int_eq(tee_binding_key_hash(key, hash), 0);
	tee_hex_encode(hash, sizeof(hash), hex);
	ck_assert_str_eq(hex, word(v, "sha256_pub_hex"));
	ck_assert_int_eq(trust_did_derive(key, did), 0);
	ck_assert_str_eq(did, word(v, "registry_did"));
	ck_assert_str_eq(word(json_object_get(v, "jwk"), "kid"), did);
	unbase64(word(json_object_get(v, "jwk"), "x"), key, sizeof(key));
	ck_assert_mem_eq(key, expected, sizeof(key));
	ck_assert_int_eq(strncmp(word(v, "verification_key_id"), "key-", 4), 0);
	ck_assert_int_eq(strncmp(word(v, "verification_key_id") + 4, hex, 16),
	    0);
}
END_TEST

/* Every form is a DID; two of the four stand for the key. */
START_TEST(did_forms)
{
	static const struct {
		const char *name;
		bool certifies;
	} forms[] = { { "registry_did", true }, { "wire_spec_did", true },
		{ "ts_sdk_did_for_agent_id_a1", false },
		{ "rust_go_did_for_agent_id_a1", false } };
	const json_t *v = json_array_get(identities, _i);
	const json_t *w = json_array_get(identities,
	    ((size_t)_i + 1) % json_array_size(identities));
	uint8_t key[32], other[32];
	size_t i;

	unhex(v, "public_key_hex", key, sizeof(key));
	unhex(w, "public_key_hex", other, sizeof(other));
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct tee_bytes did = bytes(word(v, forms[i].name));
		struct tee_bytes cut = { did.data, did.size - 1 };

		ck_assert_msg(trust_did_valid(did), "%s", did.data);
		ck_assert_msg(trust_did_certifies(did, key) ==
			forms[i].certifies,
		    "%s", did.data);
		ck_assert(!trust_did_certifies(did, other));
		ck_assert(!trust_did_certifies(cut, key));
	}
}
END_TEST

START_TEST(startup_binding)
{
	const json_t *v =
	    json_array_get(json_object_get(upstream, "startup_binding"), _i);
	uint8_t hash[32], expected[32], binding[32];

	ck_assert_ptr_nonnull(v);
	unhex(v, "public_key_hash_hex", hash, sizeof(hash));
	unhex(v, "binding_hash_hex", expected, sizeof(expected));
	ck_assert_int_eq(trust_startup_binding(bytes(word(v, "agent_did")),
			     hash, binding),
	    0);
	ck_assert_mem_eq(binding, expected, sizeof(binding));
}
END_TEST

START_TEST(layer2)
{
	const json_t *v =
	    json_array_get(json_object_get(upstream, "layer2"), _i);
	const json_t *e = json_object_get(v, "evidence");
	struct trust_challenge c = { .lifetime = 30 };
	uint8_t evidence[32], expected[32], key[32], digest[32];
	uint8_t preimage[TRUST_LAYER2_MAX], known[TRUST_LAYER2_MAX];
	struct tee_evidence *read = NULL;
	struct trust_layer2 l = { { NULL, 0 }, { NULL, 0 }, &c, evidence, key,
		TEE_ORIGIN_LOCAL };
	char *text;
	size_t size;

	ck_assert_ptr_nonnull(v);
	ck_assert_int_eq(trust_evidence_read(e, &read), 0);
	ck_assert(trust_evidence_is_startup(read));
	text = trust_canonical_evidence_text(e, read, &size);
	ck_assert_uint_eq(size, strlen(word(v, "canonical_evidence")));
	ck_assert_mem_eq(text, word(v, "canonical_evidence"), size);
	ck_assert_int_eq(trust_canonical_evidence(e, read, evidence), 0);
	unhex(v, "canonical_evidence_sha256", expected, sizeof(expected));
	ck_assert_mem_eq(evidence, expected, sizeof(evidence));
	snprintf(c.id, sizeof(c.id), "%s", word(v, "challenge_id"));
	snprintf(c.nonce, sizeof(c.nonce), "%s", word(v, "nonce"));
	l.agent = bytes(word(v, "agent_did"));
	l.verifier = bytes(word(v, "verifier_did"));
	ck_assert(
	    tee_origin_parse(word(v, "attestation_key_origin"), &l.origin));
	ck_assert(
	    trust_base64_read(json_object_get(v, "attestation_public_key_b64"),
		key, sizeof(key)));
	size = trust_layer2_preimage(&l, preimage);
	ck_assert_uint_eq(2 * size, strlen(word(v, "preimage_hex")));
	unhex(v, "preimage_hex", known, size);
	ck_assert_mem_eq(preimage, known, size);
	ck_assert_int_eq(trust_layer2_digest(&l, digest), 0);
	unhex(v, "layer2_digest_hex", expected, sizeof(expected));
	ck_assert_mem_eq(digest, expected, sizeof(digest));
	check_signature(v, digest, sizeof(digest),
	    word(v, "attestation_signature_b64"));
	free(text);
	tee_evidence_free(&read);
}
END_TEST

static void
signed_by(const uint8_t key[32], const char *message, const char *url)
{
	uint8_t signature[64];

	unbase64(url, signature, sizeof(signature));
	ck_assert(
	    trust_signature_valid(key, message, strlen(message), signature));
	ck_assert(!trust_signature_valid(key, message, strlen(message) - 1,
	    signature));
}

/* What the registry is shown, and what it makes of the key. */
START_TEST(registry)
{
	const json_t *pop = json_object_get(handshakes, "registry_pop");
	const json_t *auth =
	    json_object_get(handshakes, "ed25519_timestamp_auth");
	char did[TRUST_DID_REGISTRY], head[128];
	const char *header = word(auth, "header");
	uint8_t key[32];

	unbase64(word(pop, "public_key"), key, sizeof(key));
	ck_assert_int_eq(trust_did_derive(key, did), 0);
	ck_assert_str_eq(did, word(pop, "did"));
	snprintf(head, sizeof(head), "%s%s", word(pop, "public_key"),
	    word(pop, "proof_timestamp"));
	ck_assert_str_eq(head, word(pop, "signed_message"));
	signed_by(key, head, word(pop, "proof"));
	snprintf(head, sizeof(head), "Ed25519-Timestamp %s %s ", did,
	    word(auth, "timestamp"));
	ck_assert_int_eq(strncmp(header, head, strlen(head)), 0);
	signed_by(key, word(auth, "timestamp"), header + strlen(head));
}
END_TEST

/* A rotated key: another text, the same signature. */
START_TEST(other_signatures)
{
	const json_t *rotation = json_object_get(handshakes, "key_rotation");
	uint8_t key[32], signature[64];
	const char *message = word(rotation, "message");

	ck_assert(trust_base64_read(json_object_get(rotation, "old_public_key"),
	    key, sizeof(key)));
	ck_assert(trust_base64_read(json_object_get(rotation, "signature"),
	    signature, sizeof(signature)));
	ck_assert(
	    trust_signature_valid(key, message, strlen(message), signature));
	ck_assert(!trust_signature_valid(key, message, strlen(message) - 1,
	    signature));
}
END_TEST

static Suite *
make_suite(void)
{
	Suite *suite = suite_create("handshake_vectors");
	TCase *tcase = tcase_create("vectors");
	const json_t *h = json_object_get(handshakes, "handshake");
	const json_t *b = json_object_get(upstream, "startup_binding");
	const json_t *l = json_object_get(upstream, "layer2");
	int ids = (int)json_array_size(identities);

	tcase_add_loop_test(tcase, identity_message, 0,
	    (int)json_array_size(h));
	tcase_add_loop_test(tcase, challenge_text, 0, (int)json_array_size(h));
	tcase_add_loop_test(tcase, identity, 0, ids);
	tcase_add_loop_test(tcase, did_forms, 0, ids);
	tcase_add_loop_test(tcase, startup_binding, 0, (int)json_array_size(b));
	tcase_add_loop_test(tcase, layer2, 0, (int)json_array_size(l));
	tcase_add_test(tcase, registry);
	tcase_add_test(tcase, other_signatures);
	suite_add_tcase(suite, tcase);
	return suite;
}

int
main(void)
{
	int status;

	handshakes = kit_vectors("handshake-signatures.json");
	identities = kit_vectors("identity-derivations.json");
	upstream = kit_vectors("pr3162-startup-and-layer2.json");
	if (handshakes == NULL || identities == NULL || upstream == NULL) {
		printf("skipped: no vectors in $TEE_VECTORS\n");
		status = 77;
	} else {
		status = kit_main(make_suite(), NULL);
	}
	json_decref(handshakes);
	json_decref(identities);
	json_decref(upstream);
	return status;
}
