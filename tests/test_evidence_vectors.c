/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AgentMesh's own examples of evidence, and every parse behaviour that was
 * observed by running its models.  Skipped where there are no vectors.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "tests/test_evidence_kit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static json_t *vectors;

/* Key by key, in the spelling of the file. */
START_TEST(main_example)
{
	json_t *example = json_object_get(vectors, "evidence_main");
	struct tee_evidence *e;
	json_t *written;
	char *text;

	ck_assert_ptr_nonnull(example);
	ck_assert_int_eq(kit_read(json_incref(example), &e), 0);
	ck_assert_int_eq(tee_evidence_to_json(e, &text), 0);
	written = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	ck_assert_msg(json_equal(written, example), "%s", text);
	json_decref(written);
	free(text);
	tee_evidence_free(&e);
}
END_TEST

/* The built-in example is upstream's, so that it stands without vectors. */
START_TEST(built_in_example)
{
	json_t *mine = kit_evidence();

	ck_assert(json_equal(mine, json_object_get(vectors, "evidence_main")));
	json_decref(mine);
}
END_TEST

/* How each behaviour is provoked: one key's new value. */
static const struct {
	const char *behaviour;
	const char *key;
	const char *value;
} provocations[] = {
	{ "unknown extra field", "extra", "{\"a\": 1}" },
	{ "uppercase hex digest", "report_data_hash",
	    "\"A9BEAC248D1221961E3FBA0EA8DACA0945128B11D30B06BDF0FFE8BD837668"
	    "E5\"" },
	{ "key_origin SKR uppercase", "key_origin", "\"SKR\"" },
	{ "key_origin unknown", "key_origin", "\"hsm\"" },
	{ "naive timestamp", "timestamp", "\"2026-01-01T12:00:00\"" },
	{ "epoch int timestamp", "timestamp", "1767268800" },
	{ "offset timestamp", "timestamp", "\"2026-01-01T14:00:00+02:00\"" },
	{ "expires == timestamp", "expires_at", "\"2026-01-01T12:00:00Z\"" },
	{ "ttl one year", "expires_at", "\"2027-01-01T12:00:00Z\"" },
	{ "whitespace platform", "platform", "\" \"" },
	{ "measurement int value", "runtime_measurements", "{\"m\": 1}" },
	{ "hex with inner spaces 64 chars", "public_key_hash",
	    "\"72cd6e8422c407fb6d098690f1130b7d ed7ec2f7f5e1d30bd9d521f015363"
	    "79\"" },
	{ "lone surrogate did", "agent_did", "\"did:\\ud800\"" },
};

static const char *
expected(const char *behaviour)
{
	return json_string_value(
	    json_object_get(json_object_get(vectors, "parse_behaviour_main"),
		behaviour));
}

/* By text, not by jansson: a lone surrogate has no other form. */
static int
provoke(const char *key, const char *value)
{
	json_t *root =
	    json_deep_copy(json_object_get(vectors, "evidence_main"));
	struct tee_evidence *e = NULL;
	char *text, *whole;
	size_t size;
	int error;

	json_object_del(root, key);
	text = json_dumps(root, JSON_COMPACT);
	size = strlen(text) + strlen(key) + strlen(value) + 8;
	whole = malloc(size);
	snprintf(whole, size, "{\"%s\":%s,%s", key, value, text + 1);
	error = tee_evidence_from_json(whole, strlen(whole), &e);
	tee_evidence_free(&e);
	free(whole);
	free(text);
	json_decref(root);
	return error;
}

START_TEST(parse_behaviour)
{
	const json_t *all = json_object_get(vectors, "parse_behaviour_main");
	size_t i;

	/* None of the file's is left out. */
	ck_assert_uint_eq(json_object_size(all), COUNT(provocations));
	for (i = 0; i < COUNT(provocations); i++) {
		const char *behaviour = provocations[i].behaviour;
		const char *upstream = expected(behaviour);

		ck_assert_msg(upstream != NULL, "%s", behaviour);
		ck_assert_msg((provoke(provocations[i].key,
				   provocations[i].value) == 0) ==
			(strcmp(upstream, "accepted") == 0),
		    "%s", behaviour);
	}
}
END_TEST

/* Every positive binding as evidence: read, written, read again. */
static void
binding_as_evidence(const json_t *row)
{
	static const char *const keys[] = { "agent_did", "challenge_id",
		"nonce" };
	json_t *root = kit_evidence();
	struct tee_evidence *e, *again;
	size_t i, size;
	char *text;

	for (i = 0; i < 3; i++) {
		text = kit_text(row, keys[i], &size);
		ck_assert_ptr_nonnull(text);
		json_object_set_new(root, keys[i], json_stringn(text, size));
		free(text);
	}
	json_object_set(root, "public_key_hash",
	    json_object_get(row, "public_key_hash_hex"));
	json_object_set(root, "report_data_hash",
	    json_object_get(row, "report_data_hash_hex"));
	ck_assert_msg(kit_read(root, &e) == 0, "%s",
	    json_string_value(json_object_get(row, "name")));
	ck_assert_int_eq(tee_evidence_to_json(e, &text), 0);
	ck_assert_int_eq(tee_evidence_from_json(text, strlen(text), &again), 0);
	ck_assert_uint_eq(e->did_size, again->did_size);
	ck_assert_mem_eq(e->did, again->did, e->did_size);
	ck_assert_mem_eq(e->binding, again->binding, 32);
	free(text);
	tee_evidence_free(&e);
	tee_evidence_free(&again);
}

START_TEST(bindings_as_evidence)
{
	json_t *all = kit_vectors("report-data-binding.json");
	json_t *rows = json_object_get(all, "positive"), *row;
	size_t i;

	ck_assert_uint_eq(json_array_size(rows), 11);
	json_array_foreach(rows, i, row) binding_as_evidence(row);
	json_decref(all);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("evidence vectors");
	TCase *tcase = tcase_create("agentmesh");
	int result;

	vectors = kit_vectors("evidence-claims-json.json");
	if (vectors == NULL)
		return kit_main(suite,
		    "no agentmesh vectors in "
		    "$TEE_VECTORS");
	tcase_add_test(tcase, main_example);
	tcase_add_test(tcase, built_in_example);
	tcase_add_test(tcase, parse_behaviour);
	tcase_add_test(tcase, bindings_as_evidence);
	suite_add_tcase(suite, tcase);
	result = kit_main(suite, NULL);
	json_decref(vectors);
	return result;
}
