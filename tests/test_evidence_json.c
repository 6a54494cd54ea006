/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence as JSON: what AgentMesh's models refuse is refused, what they
 * take is taken, and what was read is written as it was.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "libtee/text.h"
#include "tests/test_evidence_kit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"

/* The good evidence with one key's value replaced; NULL takes it away. */
struct row {
	const char *name;
	const char *key;
	const char *value; /* JSON text */
};

static const struct row refused[] = {
	{ "no platform", "platform", NULL },
	{ "empty platform", "platform", "\"\"" },
	{ "platform null", "platform", "null" },
	{ "platform a number", "platform", "7" },
	{ "platform a list", "platform", "[\"snp\"]" },
	{ "platform with a tail after NUL", "platform", "\"snp\\u0000x\"" },
	{ "no evidence", "evidence", NULL },
	{ "empty evidence", "evidence", "\"\"" },
	{ "evidence an object", "evidence", "{}" },
	{ "evidence with a tail after NUL", "evidence", "\"opaque\\u0000x\"" },
	{ "no DID", "agent_did", NULL },
	{ "empty DID", "agent_did", "\"\"" },
	{ "DID null", "agent_did", "null" },
	{ "another DID", "agent_did", "\"did:mesh:agent-2\"" },
	{ "DID with a space more", "agent_did", "\"did:mesh:agent-1 \"" },
	{ "DID in capitals", "agent_did", "\"DID:MESH:AGENT-1\"" },
	{ "no challenge id", "challenge_id", NULL },
	{ "empty challenge id", "challenge_id", "\"\"" },
	{ "another challenge id", "challenge_id", "\"challenge_124\"" },
	{ "no nonce", "nonce", NULL },
	{ "empty nonce", "nonce", "\"\"" },
	{ "nonce a number", "nonce", "12" },
	{ "another nonce", "nonce", "\"nonce-abd\"" },
	{ "no key hash", "public_key_hash", NULL },
	{ "key hash of 63 digits", "public_key_hash", "\"" HEX64 "\"" },
	{ "key hash of 65 digits", "public_key_hash", "\"" HEX64 "00\"" },
	{ "another key hash", "public_key_hash", "\"" HEX64 "0\"" },
	{ "key hash not hex", "public_key_hash", "\"" HEX64 "g\"" },
	{ "key hash with a space", "public_key_hash", "\"" HEX64 " \"" },
	{ "key hash with NUL", "public_key_hash", "\"" HEX64 "\\u0000\"" },
	{ "key hash with 0x", "public_key_hash", "\"0x" HEX64 "0\"" },
	{ "key hash null", "public_key_hash", "null" },
	{ "no report data hash", "report_data_hash", NULL },
	{ "another report data hash", "report_data_hash", "\"" HEX64 "0\"" },
	{ "report data hash padded to 64 bytes", "report_data_hash",
	    "\"a9beac248d1221961e3fba0ea8daca0945128b11d30b06bdf0ffe8bd837668"
	    "e500000000000000000000000000000000000000000000000000000000000000"
	    "00\"" },
	{ "key origin in capitals", "key_origin", "\"SKR\"" },
	{ "unknown key origin", "key_origin", "\"hsm\"" },
	{ "empty key origin", "key_origin", "\"\"" },
	{ "key origin null", "key_origin", "null" },
	{ "key origin a number", "key_origin", "1" },
	{ "key origin with a tail after NUL", "key_origin", "\"skr\\u0000x\"" },
	{ "measurements null", "runtime_measurements", "null" },
	{ "measurements a list", "runtime_measurements", "[\"a\"]" },
	{ "measurement a number", "runtime_measurements", "{\"m\": 1}" },
	{ "measurement null", "runtime_measurements", "{\"m\": null}" },
	{ "measurement an object", "runtime_measurements",
	    "{\"m\": {\"n\": \"o\"}}" },
	{ "one of two measurements a number", "runtime_measurements",
	    "{\"a\": \"b\", \"m\": 1}" },
	{ "secure boot null", "secure_boot_verified", "null" },
	{ "secure boot a word", "secure_boot_verified", "\"true\"" },
	{ "timestamp a word", "timestamp", "\"yesterday\"" },
	{ "timestamp null", "timestamp", "null" },
	{ "timestamp a fraction", "timestamp", "1767268800.5" },
	{ "timestamp negative", "timestamp", "-1" },
	{ "timestamp true", "timestamp", "true" },
	{ "timestamp too large", "timestamp", "253402300800" },
	{ "timestamp with a tail after NUL", "timestamp",
	    "\"2026-01-01T12:00:00Z\\u0000x\"" },
	{ "expires at the timestamp", "expires_at",
	    "\"2026-01-01T12:00:00Z\"" },
	{ "expires before the timestamp", "expires_at",
	    "\"2026-01-01T11:59:59.999999Z\"" },
	{ "expires at the timestamp, elsewhere", "expires_at",
	    "\"2026-01-01T14:00:00+02:00\"" },
	{ "expires null", "expires_at", "null" },
	{ "expires 30 February", "expires_at", "\"2026-02-30T12:00:00Z\"" },
};

static json_t *
changed(const struct row *row)
{
	json_t *root = kit_evidence(), *value;

	if (row->value == NULL) {
		ck_assert_int_eq(json_object_del(root, row->key), 0);
		return root;
	}
	value = json_loads(row->value, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	ck_assert_msg(value != NULL, "%s: no JSON", row->name);
	json_object_set_new(root, row->key, value);
	return root;
}

START_TEST(malformed)
{
	struct tee_evidence *e;
	size_t i;

	for (i = 0; i < COUNT(refused); i++)
		ck_assert_msg(kit_read(changed(&refused[i]), &e) ==
			TEE_E_EVIDENCE,
		    "%s", refused[i].name);
}
END_TEST

/* As the models take them, and what is read then. */
static const struct row taken[] = {
	{ "as it is", "platform", "\"azure-sev-snp\"" },
	{ "white space for a platform", "platform", "\"  \"" },
	{ "an unknown key", "x-extension", "{\"a\": [1, null]}" },
	{ "key hash in capitals", "public_key_hash",
	    "\"72CD6E8422C407FB6D098690F1130B7DED7EC2F7F5E1D30BD9D521F0153637"
	    "93\"" },
	{ "report data hash in capitals", "report_data_hash",
	    "\"A9BEAC248D1221961E3FBA0EA8DACA0945128B11D30B06BDF0FFE8BD837668"
	    "E5\"" },
	{ "no key origin", "key_origin", NULL },
	{ "key origin local", "key_origin", "\"local\"" },
	{ "key origin generated", "key_origin", "\"tee_generated\"" },
	{ "no measurements", "runtime_measurements", NULL },
	{ "empty measurements", "runtime_measurements", "{}" },
	{ "no secure boot", "secure_boot_verified", NULL },
	{ "naive timestamp", "timestamp", "\"2026-01-01T12:00:00\"" },
	{ "timestamp with an offset", "timestamp",
	    "\"2026-01-01T13:30:00+01:30\"" },
	{ "timestamp in seconds", "timestamp", "1767268800" },
	{ "expires in seconds", "expires_at", "1767269100" },
	{ "microseconds", "expires_at", "\"2026-01-01T12:04:59.000001Z\"" },
	{ "one microsecond of life", "expires_at",
	    "\"2026-01-01T12:00:00.000001Z\"" },
	{ "one year of life", "expires_at", "\"2027-01-01T12:00:00Z\"" },
	{ "no expiry", "expires_at", NULL },
};

static bool
same_item(const struct tee_item *a, const struct tee_item *b)
{
	return strcmp(a->type, b->type) == 0 && a->size == b->size &&
	    memcmp(a->data, b->data, a->size) == 0;
}

static bool
same_text(const char *a, size_t a_size, const char *b, size_t b_size)
{
	return a_size == b_size && memcmp(a, b, a_size) == 0;
}

static bool
same_or_null(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static const char *
measurements_of(const struct tee_evidence *e)
{
	return e->measurements != NULL ? e->measurements : "{}";
}

static bool
same(const struct tee_evidence *a, const struct tee_evidence *b)
{
	size_t i;

	if (a->item_count != b->item_count)
		return false;
	for (i = 0; i < a->item_count; i++)
		if (!same_item(&a->items[i], &b->items[i]))
			return false;
	return same_or_null(a->platform, b->platform) &&
	    same_or_null(a->opaque, b->opaque) &&
	    same_text(a->did, a->did_size, b->did, b->did_size) &&
	    same_text(a->challenge_id, a->challenge_id_size, b->challenge_id,
		b->challenge_id_size) &&
	    same_text(a->nonce, a->nonce_size, b->nonce, b->nonce_size) &&
	    memcmp(a->key_hash, b->key_hash, 32) == 0 &&
	    memcmp(a->binding, b->binding, 32) == 0 &&
	    a->key_origin == b->key_origin &&
	    a->secure_boot == b->secure_boot &&
	    strcmp(measurements_of(a), measurements_of(b)) == 0 &&
	    a->issued == b->issued && a->expires == b->expires;
}

/* Read, written, read again: equal; and written twice: the same bytes. */
static void
comes_back(const struct tee_evidence *e, const char *name)
{
	struct tee_evidence *again = NULL;
	char *text, *twice;

	ck_assert_int_eq(tee_evidence_to_json(e, &text), 0);
	ck_assert_msg(tee_evidence_from_json(text, strlen(text), &again) == 0,
	    "%s: its own JSON is refused: %s", name, text);
	ck_assert_msg(same(e, again), "%s: came back changed: %s", name, text);
	ck_assert_int_eq(tee_evidence_to_json(again, &twice), 0);
	ck_assert_str_eq(text, twice);
	free(text);
	free(twice);
	tee_evidence_free(&again);
}

START_TEST(well_formed)
{
	struct tee_evidence *e;
	size_t i;

	for (i = 0; i < COUNT(taken); i++) {
		ck_assert_msg(kit_read(changed(&taken[i]), &e) == 0, "%s",
		    taken[i].name);
		ck_assert_int_eq(e->issued, INT64_C(1767268800) * TEE_SECOND);
		ck_assert_int_gt(e->expires, e->issued);
		comes_back(e, taken[i].name);
		tee_evidence_free(&e);
	}
}
END_TEST

START_TEST(defaults)
{
	static const char *const keys[] = { "key_origin", "timestamp",
		"expires_at", "secure_boot_verified", "runtime_measurements" };
	tee_instant before = tee_clock_now();
	json_t *root = kit_evidence();
	struct tee_evidence *e;
	size_t i;

	for (i = 0; i < COUNT(keys); i++)
		json_object_del(root, keys[i]);
	ck_assert_int_eq(kit_read(root, &e), 0);
	ck_assert_int_eq(e->key_origin, TEE_ORIGIN_LOCAL);
	ck_assert(!e->secure_boot);
	ck_assert_int_ge(e->issued, before);
	ck_assert_int_le(e->issued, tee_clock_now());
	ck_assert_int_eq(e->expires, e->issued + 300 * TEE_SECOND);
	comes_back(e, "defaults");
	tee_evidence_free(&e);
}
END_TEST

/* Written in lower case whatever was read. */
START_TEST(digests_are_normalised)
{
	static const char lower[] = "72cd6e8422c407fb6d098690f1130b7ded7ec2f7"
				    "f5e1d30bd9d521f015363793";
	struct tee_evidence *e;
	char *text;

	ck_assert_int_eq(kit_read(changed(&taken[3]), &e), 0);
	ck_assert_int_eq(tee_evidence_to_json(e, &text), 0);
	ck_assert_ptr_nonnull(strstr(text, lower));
	free(text);
	tee_evidence_free(&e);
}
END_TEST

/* The end of time: what was read can always be written and read. */
START_TEST(far_future)
{
	static const struct row rows[] = {
		{ "expires in the last second", "expires_at",
		    "\"9999-12-31T23:59:59Z\"" },
		{ "expires in the last second, as a number", "expires_at",
		    "253402300799" },
		{ "expires beyond it by its zone", "expires_at",
		    "\"9999-12-31T23:59:59-10:00\"" },
	};
	struct tee_evidence *e;
	json_t *root;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		if (kit_read(changed(&rows[i]), &e) == 0)
			comes_back(e, rows[i].name);
		tee_evidence_free(&e);
	}
	root = kit_evidence();
	json_object_set_new(root, "timestamp", json_integer(253402300799));
	json_object_del(root, "expires_at");
	if (kit_read(root, &e) == 0)
		comes_back(e, "issued in the last second");
	tee_evidence_free(&e);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("evidence JSON");
	TCase *tcase = tcase_create("fields");

	tcase_add_test(tcase, malformed);
	tcase_add_test(tcase, well_formed);
	tcase_add_test(tcase, defaults);
	tcase_add_test(tcase, digests_are_normalised);
	tcase_add_test(tcase, far_future);
	suite_add_tcase(suite, tcase);
	return kit_main(suite, NULL);
}
