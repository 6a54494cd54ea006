/* SPDX-License-Identifier: Apache-2.0 */
/* Hex, base64 and UTF-8 at the edges: what is read, and what is refused. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <check.h>

#include "libtee/text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

START_TEST(hex)
{
	static const struct {
		const char *text;
		size_t size;
		bool ok;
	} rows[] = {
		{ "", 0, true },
		{ "00", 1, true },
		{ "fF", 1, true },
		{ "0aB9", 2, true },
		{ "0", 1, false },
		{ "000", 1, false },
		{ "0g", 1, false },
		{ " 00", 1, false },
		{ "0x00", 2, false },
		{ "00", 2, false },
		{ "0000", 1, false },
		{ "+1", 1, false },
		{ "\xef\xbc\x91"
		  "0",
		    2, false },
	};
	uint8_t out[4], all[256], back[256];
	char text[513];
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		ck_assert_msg(tee_hex_decode(rows[i].text, strlen(rows[i].text),
				  out, rows[i].size) == rows[i].ok,
		    "\"%s\"", rows[i].text);
	ck_assert(!tee_hex_decode("0\0"
				  "0",
	    2, out, 1));
	ck_assert(!tee_hex_decode("", 0, out, SIZE_MAX));
	for (i = 0; i < 256; i++)
		all[i] = (uint8_t)i;
	tee_hex_encode(all, 256, text);
	ck_assert_uint_eq(strlen(text), 512);
	ck_assert_uint_eq(strspn(text, "0123456789abcdef"), 512);
	ck_assert(tee_hex_decode(text, 512, back, 256));
	ck_assert_mem_eq(back, all, 256);
}
END_TEST

/* RFC 4648 section 10. */
static const struct {
	const char *plain;
	const char *text;
} base64_vectors[] = {
	{ "f", "Zg==" },
	{ "fo", "Zm8=" },
	{ "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" },
	{ "fooba", "Zm9vYmE=" },
	{ "foobar", "Zm9vYmFy" },
};

START_TEST(base64)
{
	size_t i, size;

	for (i = 0; i < COUNT(base64_vectors); i++) {
		const char *plain = base64_vectors[i].plain;
		char *text = tee_base64_encode(plain, strlen(plain));
		uint8_t *back = tee_base64_decode(text, strlen(text), &size);

		ck_assert_str_eq(text, base64_vectors[i].text);
		ck_assert_ptr_nonnull(back);
		ck_assert_uint_eq(size, strlen(plain));
		ck_assert_mem_eq(back, plain, size);
		free(text);
		free(back);
	}
}
END_TEST

START_TEST(base64_refused)
{
	static const char *const rows[] = { "", "Z", "Zg",
		"Zg=", "Zg===", "====", "Zm9v\n", " Zm9v", "Zm9v ", "Zm 9",
		"Zm9-", "Zm9_",
		"Zg==Zg==", "Z=g=", "=Zg=", "Zm9vYg=", "Zm\xc3\xa9v", "A===" };
	size_t i, size;

	for (i = 0; i < COUNT(rows); i++)
		ck_assert_msg(tee_base64_decode(rows[i], strlen(rows[i]),
				  &size) == NULL,
		    "\"%s\"", rows[i]);
	ck_assert_ptr_null(tee_base64_decode("Zm\0v", 4, &size));
}
END_TEST

/* Of every length: what was written is what is read. */
START_TEST(base64_round_trip)
{
	uint8_t data[300];
	size_t n, size;

	for (n = 0; n < sizeof(data); n++)
		data[n] = (uint8_t)(n * 151 + 7);
	for (n = 1; n < sizeof(data); n++) {
		char *text = tee_base64_encode(data, n);
		uint8_t *back = tee_base64_decode(text, strlen(text), &size);

		ck_assert_ptr_nonnull(back);
		ck_assert_uint_eq(size, n);
		ck_assert_mem_eq(back, data, n);
		free(text);
		free(back);
	}
}
END_TEST

START_TEST(utf8)
{
	static const struct {
		const char *name;
		const char *text;
		bool ok;
	} rows[] = {
		{ "empty", "", true },
		{ "ASCII", "did:mesh:a", true },
		{ "two bytes", "\xc2\x80\xdf\xbf", true },
		{ "three bytes", "\xe0\xa0\x80\xef\xbf\xbf", true },
		{ "four bytes", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", true },
		{ "before the surrogates", "\xed\x9f\xbf", true },
		{ "after the surrogates", "\xee\x80\x80", true },
		{ "first surrogate", "\xed\xa0\x80", false },
		{ "last surrogate", "\xed\xbf\xbf", false },
		{ "surrogate pair (CESU-8)", "\xed\xa0\xbd\xed\xb4\x91",
		    false },
		{ "continuation alone", "\x80", false },
		{ "overlong slash", "\xc0\xaf", false },
		{ "overlong NUL", "\xc0\x80", false },
		{ "overlong in three", "\xe0\x9f\xbf", false },
		{ "overlong in four", "\xf0\x8f\xbf\xbf", false },
		{ "above U+10FFFF", "\xf4\x90\x80\x80", false },
		{ "five bytes", "\xf8\x88\x80\x80\x80", false },
		{ "0xfe", "\xfe", false },
		{ "0xff", "\xff", false },
		{ "cut after one of two", "\xc3", false },
		{ "cut after two of three", "\xe6\x97", false },
		{ "cut after three of four", "\xf0\x9f\xa4", false },
		{ "no continuation", "\xc3(", false },
		{ "Latin-1", "caf\xe9", false },
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		ck_assert_msg(tee_utf8_valid(rows[i].text,
				  strlen(rows[i].text)) == rows[i].ok,
		    "%s", rows[i].name);
	ck_assert(tee_utf8_valid("a\0b", 3));
	/* Never past the length that was given. */
	ck_assert(!tee_utf8_valid("\xc3\xa9", 1));
}
END_TEST

START_TEST(printable)
{
	static const struct {
		const char *text;
		size_t size;
		size_t room;
		const char *out;
	} rows[] = {
		{ "did:mesh:a", 10, 64, "did:mesh:a" },
		{ "a b\nc\td", 7, 64, "a?b?c?d" },
		{ "a\0b", 3, 64, "a?b" },
		{ "\x1b[2J", 4, 64, "?[2J" },
		{ "caf\xc3\xa9", 5, 64, "caf??" },
		{ "abcdef", 6, 4, "abc" },
		{ "", 0, 1, "" },
	};
	char out[64];
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		tee_text_printable(rows[i].text, rows[i].size, out,
		    rows[i].room);
		ck_assert_str_eq(out, rows[i].out);
	}
}
END_TEST

START_TEST(plain)
{
	char text[] = "two words, \"quoted\"\n\x1b[0m\xff\x7f";

	tee_text_plain(text);
	ck_assert_str_eq(text, "two words, ?quoted???[0m??");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("text");
	TCase *tcase = tcase_create("text");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, hex);
	tcase_add_test(tcase, base64);
	tcase_add_test(tcase, base64_refused);
	tcase_add_test(tcase, base64_round_trip);
	tcase_add_test(tcase, utf8);
	tcase_add_test(tcase, printable);
	tcase_add_test(tcase, plain);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
