/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The quick reader of JSON gives what jansson gives, or nothing: whatever
 * stands here was read both ways.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <check.h>

#include "libtee/evidence_json.h"
#include "libtee/json_plain.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define EIGHT_A "aaaaaaaa"
#define NAME_63 \
	EIGHT_A EIGHT_A EIGHT_A EIGHT_A EIGHT_A EIGHT_A EIGHT_A "aaaaaaa"

struct row {
	const char *text;
	size_t size; /* 0: as long as the text is */
};

static size_t
size_of(const struct row *r)
{
	return r->size != 0 ? r->size : strlen(r->text);
}

/* A copy without anything behind it: a byte too far is found out. */
static json_t *
plain(const struct row *r)
{
	size_t size = size_of(r);
	char *copy = malloc(size > 0 ? size : 1);
	json_t *v;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, r->text, size);
	v = tee_json_plain(copy, size);
	free(copy);
	return v;
}

static json_t *
jansson(const struct row *r)
{
	return json_loadb(r->text, size_of(r), TEE_JSON_OUTSIDE, NULL);
}

/* Read by both, to the same; members in the same order, too. */
START_TEST(read_alike)
{
	static const struct row rows[] = {
		{ "{}", 0 },
		{ " \t\r\n{ \t\r\n} \t\r\n", 0 },
		{ "{\"\":\"\"}", 0 },
		{ "{\"b\":1,\"a\":2,\"c\":[]}", 0 },
		{ "{\"a\":[true,false,null,[],{},[[\"x\"]]]}", 0 },
		{ "{ \"a\" : [ 1 , 2 ] , \"b\" : { \"a\" : \"~ !/#\" } }", 0 },
		{ "{\"a\":0,\"b\":10,\"c\":999999999999999999}", 0 },
		{ "{\"" NAME_63 "\":{\"" NAME_63 "\":null}}", 0 },
		{ "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1"
		  "}}}}}}}}",
		    0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		json_t *mine = plain(&rows[i]), *right = jansson(&rows[i]);
		char *a = json_dumps(mine, 0), *b = json_dumps(right, 0);

		ck_assert_msg(mine != NULL && right != NULL, "%s",
		    rows[i].text);
		ck_assert(json_equal(mine, right));
		ck_assert_str_eq(a, b);
		free(a);
		free(b);
		json_decref(mine);
		json_decref(right);
	}
}
END_TEST

/* Good JSON that is not plain: tee_json_read gives it all the same. */
START_TEST(left_to_jansson)
{
	static const struct row rows[] = {
		{ "[]", 0 },
		{ "{\"a\":\"\\n\"}", 0 },
		{ "{\"a\":\"\\\"\"}", 0 },
		{ "{\"\\u0061\":1}", 0 },
		{ "{\"a\":\"\\u0000\"}", 0 },
		{ "{\"a\":\"\xc3\xa9\"}", 0 },
		{ "{\"\xc3\xa9\":1}", 0 },
		{ "{\"a\":\"\x7f\"}", 0 },
		{ "{\"a\":-1}", 0 },
		{ "{\"a\":1.0}", 0 },
		{ "{\"a\":1e3}", 0 },
		{ "{\"a\":1E3}", 0 },
		{ "{\"a\":1000000000000000000}", 0 },
		{ "{\"a" NAME_63 "\":1}", 0 },
		{ "{\"a\":[[[[[[[[[1]]]]]]]]]}", 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		json_t *right = jansson(&rows[i]);
		json_t *read = tee_json_read(rows[i].text, size_of(&rows[i]),
		    TEE_JSON_OUTSIDE);

		ck_assert_msg(plain(&rows[i]) == NULL, "%s", rows[i].text);
		ck_assert_msg(right != NULL, "%s", rows[i].text);
		ck_assert(json_equal(read, right));
		json_decref(read);
		json_decref(right);
	}
}
END_TEST

/* What jansson refuses is refused by the two of them. */
START_TEST(refused)
{
	static const struct row rows[] = {
		{ " ", 0 },
		{ "{", 0 },
		{ "}", 0 },
		{ "{}}", 0 },
		{ "{}{}", 0 },
		{ "{} x", 0 },
		{ "{}\0", 3 },
		{ "{\0}", 3 },
		{ "{\"a\"\0:1}", 8 },
		{ "{\"a\":\"b\0c\"}", 11 },
		{ "{\"a\":1,\"a\":1}", 0 },
		{ "{\"b\":{\"a\":1,\"c\":2,\"a\":1}}", 0 },
		{ "{\"a\":1,}", 0 },
		{ "{,\"a\":1}", 0 },
		{ "{\"a\":1 \"b\":2}", 0 },
		{ "{\"a\"}", 0 },
		{ "{\"a\":}", 0 },
		{ "{\"a\" 1}", 0 },
		{ "{\"a\":\"b}", 0 },
		{ "{\"a\":\"b", 0 },
		{ "{\"a\":\"b\n\"}", 0 },
		{ "{\"a\":\"b\x1f\"}", 0 },
		{ "{\"a\":\"\xff\"}", 0 },
		{ "{a:1}", 0 },
		{ "{1:1}", 0 },
		{ "{'a':1}", 0 },
		{ "{\"a\":01}", 0 },
		{ "{\"a\":00}", 0 },
		{ "{\"a\":1x}", 0 },
		{ "{\"a\":1", 0 },
		{ "{\"a\":99999999999999999999}", 0 },
		{ "{\"a\":+1}", 0 },
		{ "{\"a\":tru}", 0 },
		{ "{\"a\":tru", 0 },
		{ "{\"a\":truex}", 0 },
		{ "{\"a\":True}", 0 },
		{ "{\"a\":nul", 0 },
		{ "{\"a\":NaN}", 0 },
		{ "{\"a\":[1,]}", 0 },
		{ "{\"a\":[,1]}", 0 },
		{ "{\"a\":[1 2]}", 0 },
		{ "{\"a\":[1}", 0 },
		{ "{\"a\":[1}]", 0 },
		{ "{\"a\":[", 0 },
		{ "{/**/}", 0 },
		{ "\xef\xbb\xbf{}", 0 },
		{ "\v{}", 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		ck_assert_msg(jansson(&rows[i]) == NULL, "%s", rows[i].text);
		ck_assert_msg(plain(&rows[i]) == NULL, "%s", rows[i].text);
		ck_assert_ptr_null(tee_json_read(rows[i].text,
		    size_of(&rows[i]), TEE_JSON_OUTSIDE));
	}
	ck_assert_ptr_null(tee_json_plain("", 0));
}
END_TEST

/* Cut anywhere, or with any byte anywhere, the two never disagree. */
START_TEST(any_byte_anywhere)
{
	static const char whole[] = "{\"a\": [10,\"b\"],\"c\":{\"d\":true}}";
	char text[sizeof(whole)];

	for (size_t i = 0; i < sizeof(whole) - 1; i++)
		for (int c = 0; c < 256; c++) {
			struct row r = { text, sizeof(whole) - 1 };
			json_t *mine, *right;

			memcpy(text, whole, sizeof(whole));
			text[i] = (char)c;
			mine = plain(&r);
			right = jansson(&r);
			ck_assert_msg(mine == NULL || json_equal(mine, right),
			    "%zu: %d", i, c);
			json_decref(mine);
			json_decref(right);
			r.size = i > 0 ? i : 1;
			ck_assert_ptr_null(plain(&r));
		}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("json_plain");
	TCase *tcase = tcase_create("json_plain");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, read_alike);
	tcase_add_test(tcase, left_to_jansson);
	tcase_add_test(tcase, refused);
	tcase_add_test(tcase, any_byte_anywhere);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
