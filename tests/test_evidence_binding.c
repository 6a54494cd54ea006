/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AgentMesh's binding vectors, positive and negative, preimages included.
 * Skipped where there are no vectors.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>

#include "libtee/text.h"
#include "tests/test_evidence_kit.h"

struct inputs {
	char *did, *id, *nonce;
	size_t did_size;
	struct tee_challenge challenge;
};

static struct inputs
inputs_of(const json_t *row)
{
	struct inputs in = { .did = NULL };

	in.did = kit_text(row, "agent_did", &in.did_size);
	in.id = kit_text(row, "challenge_id", &in.challenge.id_size);
	in.nonce = kit_text(row, "nonce", &in.challenge.nonce_size);
	ck_assert(in.did != NULL && in.id != NULL && in.nonce != NULL);
	in.challenge.id = in.id;
	in.challenge.nonce = in.nonce;
	return in;
}

static void
inputs_free(struct inputs *in)
{
	free(in->did);
	free(in->id);
	free(in->nonce);
}

static const char *
string_of(const json_t *row, const char *key)
{
	return json_string_value(json_object_get(row, key));
}

static json_t *vectors;

static void
has_preimage(const json_t *row, const uint8_t binding[32])
{
	const char *hex = string_of(row, "preimage_hex");
	uint8_t digest[32], *bytes;
	size_t size;

	if (hex == NULL)
		return;
	size = strlen(hex) / 2;
	bytes = malloc(size);
	ck_assert(tee_hex_decode(hex, strlen(hex), bytes, size));
	ck_assert_int_eq(EVP_Digest(bytes, size, digest, NULL, EVP_sha256(),
			     NULL),
	    1);
	ck_assert_mem_eq(digest, binding, 32);
	free(bytes);
}

static void
positive(const json_t *row)
{
	struct inputs in = inputs_of(row);
	const char *key_hex = string_of(row, "public_key_hex");
	uint8_t key[32], hash[32], binding[32];
	char hex[65];

	ck_assert(tee_hex_decode(key_hex, strlen(key_hex), key, 32));
	ck_assert_int_eq(tee_binding_key_hash(key, hash), 0);
	tee_hex_encode(hash, 32, hex);
	ck_assert_str_eq(hex, string_of(row, "public_key_hash_hex"));
	ck_assert_int_eq(tee_binding(in.did, in.did_size, &in.challenge, key,
			     binding),
	    0);
	tee_hex_encode(binding, 32, hex);
	ck_assert_msg(strcmp(hex, string_of(row, "report_data_hash_hex")) == 0,
	    "%s", string_of(row, "name"));
	has_preimage(row, binding);
	inputs_free(&in);
}

START_TEST(positive_vectors)
{
	json_t *rows = json_object_get(vectors, "positive"), *row;
	size_t i;

	ck_assert_uint_eq(json_array_size(rows), 11);
	json_array_foreach(rows, i, row) positive(row);
}
END_TEST

/* A hash of the wrong shape is refused where it is read: in evidence. */
static int
evidence_with_hash(const char *hash)
{
	json_t *root = kit_evidence();
	struct tee_evidence *e = NULL;
	int error;

	json_object_set_new(root, "public_key_hash", json_string(hash));
	error = kit_read(root, &e);
	tee_evidence_free(&e);
	return error;
}

static void
negative(const json_t *row)
{
	struct inputs in = inputs_of(row);
	const char *hash = string_of(row, "public_key_hash_hex");
	uint8_t key[32] = { 0 }, binding[32];
	int error = hash != NULL ?
	    evidence_with_hash(hash) :
	    tee_binding(in.did, in.did_size, &in.challenge, key, binding);

	ck_assert_msg(error == (hash != NULL ? TEE_E_EVIDENCE : TEE_E_BINDING),
	    "%s", string_of(row, "name"));
	inputs_free(&in);
}

START_TEST(negative_vectors)
{
	json_t *rows = json_object_get(vectors, "negative"), *row;
	size_t i;

	ck_assert_uint_eq(json_array_size(rows), 6);
	json_array_foreach(rows, i, row) negative(row);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("evidence binding");
	TCase *tcase = tcase_create("agentmesh");
	int result;

	vectors = kit_vectors("report-data-binding.json");
	if (vectors == NULL)
		return kit_main(suite,
		    "no agentmesh vectors in "
		    "$TEE_VECTORS");
	tcase_add_test(tcase, positive_vectors);
	tcase_add_test(tcase, negative_vectors);
	suite_add_tcase(suite, tcase);
	result = kit_main(suite, NULL);
	json_decref(vectors);
	return result;
}
