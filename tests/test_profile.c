/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every profile of tests/profiles/bad is refused at the line and with the
 * words that its first line names ("# LINE: words"); its twin of the same
 * name in tests/profiles/good has that one fault mended and is accepted.
 */
#include "config.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>

#include "tests/test_profile_kit.h"

/* Fewer would mean that fixtures got lost. */
#define FIXTURES_MIN 190

static bool
refused_as_said(const char *name, const char *text)
{
	char words[256] = "", where[512];
	unsigned line = 0;
	struct trace trace;
	int error;

	ck_assert_msg(sscanf(text, "# %u: %255[^\n]", &line, words) == 2,
	    "%s: first line is no \"# LINE: words\"", name);
	error = kit_open(name, text, strlen(text), &trace);
	snprintf(where, sizeof(where), "%s:%u: ", kit_path(name), line);
	if ((error == TEE_E_PROFILE || error == TEE_E_MODULE) &&
	    trace_has(&trace, where, words))
		return true;
	fprintf(stderr, "bad/%s: gives %d; expected \"%s%s\" in:\n%s", name,
	    error, where, words, trace.text);
	return false;
}

static bool
accepted(const char *name, const char *text)
{
	struct trace trace;
	int error = kit_open(name, text, strlen(text), &trace);

	if (error != 0)
		fprintf(stderr, "good/%s: gives %d:\n%s", name, error,
		    trace.text);
	return error == 0;
}

static bool
judge(const char *kind, const char *name,
    bool (*as_expected)(const char *, const char *))
{
	char path[512];
	char *text;
	bool ok;

	snprintf(path, sizeof(path), "tests/profiles/%s/%.200s", kind, name);
	text = kit_read(kit_source(path));
	ok = as_expected(name, text);
	free(text);
	return ok;
}

static bool
is_fixture(const char *name)
{
	size_t n = strlen(name);

	return n > 5 && strcmp(name + n - 5, ".conf") == 0;
}

START_TEST(fixtures)
{
	DIR *dir = opendir(kit_source("tests/profiles/bad"));
	struct dirent *entry;
	unsigned n = 0, wrong = 0;

	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (!is_fixture(entry->d_name))
			continue;
		n++;
		wrong += !judge("bad", entry->d_name, refused_as_said);
		wrong += !judge("good", entry->d_name, accepted);
	}
	closedir(dir);
	ck_assert_uint_eq(wrong, 0);
	ck_assert_uint_ge(n, FIXTURES_MIN);
}
END_TEST

static const char minimal[] =
    "agent = { did = \"did:mesh:fixture\"; };\n"
    "assurance = \"local\";\n"
    "keystore = ( { control = \"required\"; module = \"mock\"; } );\n"
    "custody = { residency = \"process\"; };\n";

/* Bytes that cannot stand in a fixture that people read. */
START_TEST(nul_byte)
{
	char text[sizeof(minimal)];
	struct trace trace;
	size_t size = sizeof(minimal) - 1;

	memcpy(text, minimal, sizeof(minimal));
	ck_assert_int_eq(kit_open("nul", text, size, &trace), 0);
	text[size - 1] = '\0';
	ck_assert_int_eq(kit_open("nul", text, size, &trace), TEE_E_PROFILE);
	ck_assert(trace_has(&trace, kit_path("nul"), ":1: NUL byte"));
}
END_TEST

/* What JSON cannot say, tee_dump would leave out: it is refused instead. */
START_TEST(not_utf8)
{
	static const char *const rows[] = { "options = { say = \"\xe9\"; };",
		"options = { say = \"\\xe9\"; };", "group = \"\\xff\";" };
	static const char form[] =
	    "agent = { did = \"did:mesh:fixture\"; };\n"
	    "assurance = \"local\";\n"
	    "keystore = ( { control = \"oneof\"; group = \"g\"; "
	    "module = \"mock\"; },\n"
	    "{ control = \"oneof\"; module = \"mock\"; %s%s } );\n"
	    "custody = { residency = \"process\"; };\n";
	struct trace trace;
	char text[1024];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), form,
		    i < 2 ? "group = \"g\"; " : "", rows[i]);
		ck_assert_int_eq(kit_open("latin", text, strlen(text), &trace),
		    TEE_E_PROFILE);
		ck_assert_msg(trace_has(&trace, kit_path("latin"), ":4: ") &&
			trace_has(&trace, "", "UTF-8"),
		    "%zu: %s", i, trace.text);
	}
}
END_TEST

START_TEST(size_limit)
{
	size_t limit = 64 * 1024, head = sizeof(minimal) - 1;
	char *text = malloc(limit + 1);
	struct trace trace;

	memset(text, '\n', limit + 1);
	memcpy(text, minimal, head);
	ck_assert_int_eq(kit_open("size", text, limit, &trace), 0);
	ck_assert_int_eq(kit_open("size", text, limit + 1, &trace),
	    TEE_E_PROFILE);
	ck_assert(trace_has(&trace, kit_path("size"), ":1: "));
	ck_assert(trace_has(&trace, "", "larger than 65536 bytes"));
	free(text);
}
END_TEST

/* Where @include is only a word, it is no directive and no fault. */
START_TEST(include_as_a_word)
{
	static const char *const heads[] = { "# @include \"x\"\n",
		"  // @include \"x\"\n", "/* @include \"x\" */\n" };
	struct trace trace;
	char text[512];
	size_t i;

	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		snprintf(text, sizeof(text), "%s%s", heads[i], minimal);
		ck_assert_msg(kit_open("word", text, strlen(text), &trace) == 0,
		    "%s%s", heads[i], trace.text);
	}
}
END_TEST

/* libconfig must never get as far as opening another file. */
START_TEST(include_is_never_followed)
{
	static const char *const blanks[] = { "", " ", "\t", "\r", "\f", "\v",
		" \t", "\n\n", "\r\n", "/*\n*/", "\"", "/*\n" };
	char other[600], text[2048];
	struct trace trace;
	size_t i;

	ck_assert_int_eq(kit_open("other", minimal, sizeof(minimal) - 1,
			     &trace),
	    0);
	snprintf(other, sizeof(other), "%s", kit_path("other"));
	for (i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++) {
		snprintf(text, sizeof(text), "%s@include \"%s\"\n", blanks[i],
		    other);
		ck_assert_msg(kit_open("follow", text, strlen(text), &trace) ==
			TEE_E_PROFILE,
		    "%zu", i);
	}
}
END_TEST

START_TEST(deep_nesting)
{
	size_t size = 60000;
	char *text = malloc(size + 1);
	struct trace trace;

	memset(text, '(', size);
	memcpy(text, "keystore = ", 11);
	text[size] = '\0';
	ck_assert_int_eq(kit_open("deep", text, size, &trace), TEE_E_PROFILE);
	ck_assert_msg(!trace_has(&trace, "", "(null)"), "%s", trace.text);
	free(text);
}
END_TEST

/* tee_open takes names, never paths. */
START_TEST(names)
{
	static const char *const bad[] = { "", ".", "..", ".hidden", "a/b",
		"../a", "/etc/passwd", "Agent", "a b", "a\nb", "\xc3\xa4" };
	char longest[5000];
	struct tee *tee = NULL;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(tee_open(bad[i], NULL, &tee), TEE_E_ARGUMENT);
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	ck_assert_int_eq(tee_open(longest, NULL, &tee), TEE_E_ARGUMENT);
	ck_assert_int_eq(tee_open("no-such-profile", NULL, &tee),
	    TEE_E_PROFILE);
	ck_assert_ptr_null(tee);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("profile");
	TCase *tcase = tcase_create("profile");

	if (!kit_begin("profile"))
		return 77;
	tcase_set_timeout(tcase, 180);
	tcase_add_test(tcase, fixtures);
	tcase_add_test(tcase, nul_byte);
	tcase_add_test(tcase, not_utf8);
	tcase_add_test(tcase, size_limit);
	tcase_add_test(tcase, include_as_a_word);
	tcase_add_test(tcase, include_is_never_followed);
	tcase_add_test(tcase, deep_nesting);
	tcase_add_test(tcase, names);
	suite_add_tcase(suite, tcase);
	return kit_run(suite);
}
