/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence as a bag of typed items, and the bytes of its JSON: items inside
 * the opaque string, text that is no JSON, strings that are no text, sizes.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libtee/text.h"
#include "tests/test_evidence_kit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

START_TEST(items)
{
	struct tee_evidence *e = tee_evidence_new();
	const struct tee_item *item;

	ck_assert_int_eq(tee_evidence_put(e, "snp.report", "\0\1\2", 3), 0);
	ck_assert_int_eq(tee_evidence_put(e, "empty", NULL, 0), 0);
	item = tee_evidence_item(e, "snp.report");
	ck_assert_uint_eq(item->size, 3);
	ck_assert_mem_eq(item->data, "\0\1\2", 3);
	ck_assert_uint_eq(tee_evidence_item(e, "empty")->size, 0);
	ck_assert_ptr_null(tee_evidence_item(e, "snp.repor"));
	/* The first stands: nobody replaces what was measured. */
	ck_assert_int_eq(tee_evidence_put(e, "snp.report", "x", 1),
	    TEE_E_EVIDENCE);
	ck_assert_uint_eq(tee_evidence_item(e, "snp.report")->size, 3);
	tee_evidence_free(&e);
	ck_assert_ptr_null(e);
	tee_evidence_free(&e);
	tee_evidence_free(NULL);
}
END_TEST

START_TEST(item_types)
{
	static const char *const good[] = { "a", "snp.report", "x-1_2.3" };
	static const char long_type[] = "0123456789012345678901234567890123456"
					"7890123456789012345678901234";
	static const char *const bad[] = { "", "A", "snp report", "snp/report",
		"sn\xc3\xbc", "a\n", long_type };
	struct tee_evidence *e = tee_evidence_new();
	size_t i;

	for (i = 0; i < COUNT(good); i++)
		ck_assert_int_eq(tee_evidence_put(e, good[i], "x", 1), 0);
	for (i = 0; i < COUNT(bad); i++)
		ck_assert_msg(tee_evidence_put(e, bad[i], "x", 1) ==
			TEE_E_EVIDENCE,
		    "\"%s\"", bad[i]);
	tee_evidence_free(&e);
}
END_TEST

START_TEST(item_limits)
{
	struct tee_evidence *e = tee_evidence_new();
	uint8_t *large = calloc(1, TEE_ITEM_MAX + 1);
	char type[16];
	size_t i;

	ck_assert_int_eq(tee_evidence_put(e, "large", large, TEE_ITEM_MAX + 1),
	    TEE_E_EVIDENCE);
	ck_assert_int_eq(tee_evidence_put(e, "large", large, TEE_ITEM_MAX), 0);
	for (i = 1; i < TEE_ITEMS_MAX; i++) {
		snprintf(type, sizeof(type), "item%zu", i);
		ck_assert_int_eq(tee_evidence_put(e, type, "x", 1), 0);
	}
	ck_assert_int_eq(tee_evidence_put(e, "more", "x", 1), TEE_E_EVIDENCE);
	free(large);
	tee_evidence_free(&e);
}
END_TEST

/* The good evidence with this for its opaque string, base64 around it. */
static int
read_inner(const char *inner, struct tee_evidence **e)
{
	json_t *root = kit_evidence();
	char *text = tee_base64_encode(inner, strlen(inner));

	json_object_set_new(root, "evidence", json_string(text));
	free(text);
	return kit_read(root, e);
}

START_TEST(items_in_json)
{
	static const uint8_t report[] = { 0, 0xff, 0x80, 7 };
	struct tee_evidence *e, *again;
	char *text;

	ck_assert_int_eq(read_inner("{\"snp.report\":\"AP+ABw==\","
				    "\"snp.certs\":\"\"}",
			     &e),
	    0);
	ck_assert_uint_eq(e->item_count, 2);
	ck_assert_ptr_null(e->opaque);
	ck_assert_mem_eq(tee_evidence_item(e, "snp.report")->data, report, 4);
	ck_assert_uint_eq(tee_evidence_item(e, "snp.certs")->size, 0);
	ck_assert_int_eq(tee_evidence_to_json(e, &text), 0);
	ck_assert_int_eq(tee_evidence_from_json(text, strlen(text), &again), 0);
	ck_assert_uint_eq(again->item_count, 2);
	ck_assert_uint_eq(tee_evidence_item(again, "snp.report")->size, 4);
	ck_assert_mem_eq(tee_evidence_item(again, "snp.report")->data, report,
	    4);
	free(text);
	tee_evidence_free(&e);
	tee_evidence_free(&again);
}
END_TEST

/* An object of items, and something in it does not fit: no evidence. */
START_TEST(items_refused)
{
	static const struct {
		const char *name;
		const char *inner;
	} rows[] = {
		{ "a number", "{\"snp.report\":1}" },
		{ "null", "{\"snp.report\":null}" },
		{ "an object", "{\"snp.report\":{}}" },
		{ "no base64", "{\"snp.report\":\"AP+ABw=\"}" },
		{ "base64 for URLs", "{\"snp.report\":\"AP-ABw==\"}" },
		{ "base64 with a line feed",
		    "{\"snp.report\":\"AP+A\\nBw==\"}" },
		{ "base64 with NUL", "{\"snp.report\":\"AP+A\\u0000Bw=\"}" },
		{ "a type in capitals", "{\"SNP.REPORT\":\"AA==\"}" },
		{ "an empty type", "{\"\":\"AA==\"}" },
		{ "the second of two", "{\"a\":\"AA==\",\"b\":\"A\"}" },
	};
	struct tee_evidence *e;
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		ck_assert_msg(read_inner(rows[i].inner, &e) == TEE_E_EVIDENCE,
		    "%s", rows[i].name);
}
END_TEST

/* Another provider's: kept as it came, and without an item of ours. */
START_TEST(opaque)
{
	static const char *const inner[] = { "not JSON", "[\"snp.report\"]",
		"\"snp.report\"", "{\"snp.report\":\"AA==\"", "{}x",
		"{\"a\":\"AA==\",\"a\":\"AQ==\"}" };
	struct tee_evidence *e;
	json_t *root, *back;
	char *text;
	size_t i;

	for (i = 0; i < COUNT(inner); i++) {
		int error = read_inner(inner[i], &e);

		if (error == 0)
			ck_assert_uint_eq(e->item_count, 0);
		tee_evidence_free(&e);
	}
	root = kit_evidence();
	json_object_set_new(root, "evidence",
	    json_string("eyJ.tok_en-\xc3"
			"\xa9"));
	ck_assert_int_eq(kit_read(root, &e), 0);
	ck_assert_int_eq(tee_evidence_to_json(e, &text), 0);
	back = json_loads(text, 0, NULL);
	ck_assert_str_eq(json_string_value(json_object_get(back, "evidence")),
	    "eyJ.tok_en-\xc3\xa9");
	json_decref(back);
	free(text);
	tee_evidence_free(&e);
}
END_TEST

#define HEAD \
	"{\"platform\":\"p\",\"evidence\":\"e\",\"challenge_id\":\"c\"," \
	"\"nonce\":\"n\",\"public_key_hash\":\"0000000000000000000000000000000000" \
	"000000000000000000000000000000\",\"report_data_hash\":\"0000000000000000" \
	"000000000000000000000000000000000000000000000000\",\"agent_did\":"

static const struct {
	const char *name;
	const char *text;
	size_t size; /* 0: a C string */
} texts[] = {
	{ "nothing", "", 0 },
	{ "white space", " \n", 0 },
	{ "null", "null", 0 },
	{ "a string", "\"evidence\"", 0 },
	{ "a list", "[]", 0 },
	{ "an empty object", "{}", 0 },
	{ "cut short", HEAD "\"d\"", 0 },
	{ "something behind it", HEAD "\"d\"}x", 0 },
	{ "a second object", HEAD "\"d\"}{}", 0 },
	{ "a NUL behind it", HEAD "\"d\"}\0", sizeof(HEAD) + 5 },
	{ "a raw NUL inside", "{\"a\":\"\0\"}", 9 },
	{ "a byte order mark", "\xef\xbb\xbf{}", 0 },
	{ "a duplicate key", HEAD "\"d\",\"nonce\":\"n\"}", 0 },
	{ "a duplicate unknown key", HEAD "\"d\",\"x\":1,\"x\":1}", 0 },
	{ "a duplicate inside",
	    HEAD "\"d\",\"runtime_measurements\":"
		 "{\"a\":\"b\",\"a\":\"b\"}}",
	    0 },
	{ "a key with NUL", HEAD "\"d\",\"a\\u0000b\":1}", 0 },
	{ "a lone high surrogate", HEAD "\"did:\\ud800\"}", 0 },
	{ "a lone low surrogate", HEAD "\"did:\\udc00\"}", 0 },
	{ "surrogates in the wrong order", HEAD "\"\\udc00\\ud800\"}", 0 },
	{ "raw bytes of a surrogate", HEAD "\"\xed\xa0\x80\"}", 0 },
	{ "Latin-1", HEAD "\"\xe9\"}", 0 },
	{ "an overlong NUL", HEAD "\"\xc0\x80\"}", 0 },
	{ "a raw line feed in a string", HEAD "\"d\n\"}", 0 },
	{ "a comment", "/* */ {}", 0 },
	{ "single quotes", "{'platform':'p'}", 0 },
	{ "a number too large", HEAD "\"d\",\"timestamp\":1e999}", 0 },
	{ "an integer too large",
	    HEAD "\"d\",\"timestamp\":99999999999999999999}", 0 },
	{ "the wrong digest", HEAD "\"d\"}", 0 },
};

START_TEST(not_evidence)
{
	struct tee_evidence *e, unlike;
	size_t i;

	for (i = 0; i < COUNT(texts); i++) {
		e = &unlike;
		ck_assert_msg(tee_evidence_from_json(texts[i].text,
				  texts[i].size != 0 ? texts[i].size :
						       strlen(texts[i].text),
				  &e) == TEE_E_EVIDENCE,
		    "%s", texts[i].name);
		ck_assert_ptr_null(e);
	}
	ck_assert_int_eq(tee_evidence_from_json(NULL, 0, &e), TEE_E_ARGUMENT);
	ck_assert_int_eq(tee_evidence_from_json("{}", 2, NULL), TEE_E_ARGUMENT);
}
END_TEST

/* Deep nesting and great size end in a refusal, not in the stack's end. */
START_TEST(oversized)
{
	size_t size = TEE_EVIDENCE_JSON_MAX + 1;
	char *text = malloc(size);
	struct tee_evidence *e;

	memset(text, ' ', size);
	text[0] = '{';
	ck_assert_int_eq(tee_evidence_from_json(text, size, &e),
	    TEE_E_EVIDENCE);
	memset(text, '[', size - 1);
	ck_assert_int_eq(tee_evidence_from_json(text, size - 1, &e),
	    TEE_E_EVIDENCE);
	free(text);
}
END_TEST

/* Too much of what is bound: 65535 bytes are the most a u16 can say. */
START_TEST(oversized_did)
{
	char *did = malloc(65537);
	struct tee_evidence *e;
	json_t *root = kit_evidence();

	memset(did, 'a', 65536);
	did[65536] = '\0';
	json_object_set_new(root, "agent_did", json_string(did));
	ck_assert_int_ne(kit_read(root, &e), 0);
	free(did);
}
END_TEST

static const uint8_t key_hash[32] = { 7 };

/* NUL, quotes, control characters and astral letters are only bytes. */
START_TEST(strings_come_back)
{
	static const struct tee_bytes dids[] = {
		{ "did:mesh:a\0b", 12 },
		{ "\0", 1 },
		{ "a\0", 2 },
		{ "\"\\/\b\f\n\r\t\x01\x7f", 10 },
		{ "did:mesh:\xf0\x9f\xa4\x96", 13 },
		{ "\xef\xbf\xbf\xe2\x80\xa8", 6 },
	};
	struct tee_challenge c = { "c\0d", 3, "\0nonce\0", 7 };
	struct tee_evidence *e, *again;
	char *text;
	size_t i;

	for (i = 0; i < COUNT(dids); i++) {
		e = tee_evidence_new();
		ck_assert_int_eq(tee_evidence_bind(e, dids[i], &c, key_hash),
		    0);
		ck_assert_int_eq(tee_evidence_put(e, "a", "x", 1), 0);
		e->platform = strdup("p");
		e->issued = 1;
		e->expires = 2;
		ck_assert_int_eq(tee_evidence_to_json(e, &text), 0);
		ck_assert_int_eq(tee_evidence_from_json(text, strlen(text),
				     &again),
		    0);
		ck_assert_uint_eq(again->did_size, dids[i].size);
		ck_assert_mem_eq(again->did, dids[i].data, dids[i].size);
		ck_assert_uint_eq(again->challenge_id_size, 3);
		ck_assert_mem_eq(again->challenge_id, "c\0d", 3);
		ck_assert_uint_eq(again->nonce_size, 7);
		ck_assert_mem_eq(again->nonce, "\0nonce\0", 7);
		ck_assert_mem_eq(again->binding, e->binding, 32);
		free(text);
		tee_evidence_free(&e);
		tee_evidence_free(&again);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("evidence");
	TCase *tcase = tcase_create("evidence");

	tcase_add_test(tcase, items);
	tcase_add_test(tcase, item_types);
	tcase_add_test(tcase, item_limits);
	tcase_add_test(tcase, items_in_json);
	tcase_add_test(tcase, items_refused);
	tcase_add_test(tcase, opaque);
	tcase_add_test(tcase, not_evidence);
	tcase_add_test(tcase, oversized);
	tcase_add_test(tcase, oversized_did);
	tcase_add_test(tcase, strings_come_back);
	suite_add_tcase(suite, tcase);
	return kit_main(suite, NULL);
}
