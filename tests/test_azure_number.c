/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers in JSON that came from outside: one integer beyond 63 bits makes
 * reals of all in the document, and none of them may change its value.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>
#include <check.h>

#include "modules/common/json.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define BESIDE_HUGE ",\"b\":18446744073709551615}"
#define BESIDE_SMALL ",\"b\":1}"

static const struct {
	const char *number;
	bool alone, beside_huge; /* read there */
	int64_t value;
} rows[] = {
	{ "0", true, true, 0 },
	{ "1767254390", true, true, 1767254390 },
	{ "-1", true, true, -1 },
	{ "1767254390.0", true, true, 1767254390 },
	{ "1e3", true, true, 1000 },
	{ "-0.0", true, true, 0 },
	{ "9007199254740991", true, true, INT64_C(9007199254740991) },
	{ "-9007199254740991", true, true, INT64_C(-9007199254740991) },
	/* As reals these two are one number. */
	{ "9007199254740992", true, false, INT64_C(9007199254740992) },
	{ "9007199254740993", true, false, INT64_C(9007199254740993) },
	{ "-9007199254740992", true, false, INT64_C(-9007199254740992) },
	{ "9223372036854775807", true, false, INT64_MAX },
	{ "9223372036854775808", false, false, 0 },
	{ "9007199254740992.0", false, false, 0 },
	{ "1.5", false, false, 0 },
	{ "-0.5", false, false, 0 },
	{ "1e300", false, false, 0 },
	{ "-1e300", false, false, 0 },
	{ "true", false, false, 0 },
	{ "null", false, false, 0 },
	{ "[1]", false, false, 0 },
	/* A text is an integer's, whatever stands beside it. */
	{ "\"9007199254740993\"", true, true, INT64_C(9007199254740993) },
	{ "\"1.0\"", false, false, 0 },
	{ "\"-1\"", false, false, 0 },
	{ "\"\"", false, false, 0 },
};

static void
reads(const char *number, const char *rest, bool read, int64_t value)
{
	char text[128];
	tee_auto_json *root = NULL;
	int64_t got = 77;

	snprintf(text, sizeof(text), "{\"a\":%s%s", number, rest);
	root = tee_json_object(text, strlen(text), NULL);
	ck_assert_msg(root != NULL, "%s", text);
	ck_assert_msg(tee_json_integer(root, "a", &got) == read, "%s", text);
	if (read)
		ck_assert_msg(got == value, "%s: %" PRId64, text, got);
}

START_TEST(numbers)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		reads(rows[i].number, BESIDE_SMALL, rows[i].alone,
		    rows[i].value);
		reads(rows[i].number, BESIDE_HUGE, rows[i].beside_huge,
		    rows[i].value);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure_number");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, numbers);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
