/* SPDX-License-Identifier: Apache-2.0 */
/* Durations and instants: what is read, what is refused, both ways. */
#include "config.h"

#include <string.h>
#include <check.h>

#include "libtee/clock.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

START_TEST(durations)
{
	static const struct {
		const char *text;
		unsigned seconds; /* 0: refused */
	} rows[] = {
		{ "1s", 1 },
		{ "90s", 90 },
		{ "5m", 300 },
		{ "8h", 28800 },
		{ "2d", 172800 },
		{ "366d", 31622400 },
		{ "8784h", 31622400 },
		{ "31622400s", 31622400 },
		{ "", 0 },
		{ "s", 0 },
		{ "5", 0 },
		{ "0s", 0 },
		{ "00s", 0 },
		{ "05m", 0 },
		{ "-5m", 0 },
		{ "+5m", 0 },
		{ " 5m", 0 },
		{ "5 m", 0 },
		{ "5m ", 0 },
		{ "5M", 0 },
		{ "5mm", 0 },
		{ "5ms", 0 },
		{ "5m30s", 0 },
		{ "1.5h", 0 },
		{ "1w", 0 },
		{ "1y", 0 },
		{ "0x5m", 0 },
		{ "5m\n", 0 },
		{ "367d", 0 },
		{ "31622401s", 0 },
		{ "8785h", 0 },
		{ "999999999d", 0 },
		{ "4294967296s", 0 },
		{ "4294967297s", 0 },
		{ "18446744073709551617s", 0 },
		{ "five", 0 },
	};
	unsigned seconds;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		seconds = 4711;
		ck_assert_msg(tee_duration_parse(rows[i].text, &seconds) ==
			(rows[i].seconds != 0),
		    "\"%s\"", rows[i].text);
		ck_assert_uint_eq(seconds,
		    rows[i].seconds != 0 ? rows[i].seconds : 4711);
	}
}
END_TEST

/* 2026-01-01T12:00:00Z */
#define NOON INT64_C(1767268800)

START_TEST(instants)
{
	static const struct {
		const char *text;
		tee_instant at; /* microseconds */
	} rows[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1970-01-01T00:00:00.000001Z", 1 },
		{ "2026-01-01T12:00:00Z", NOON * TEE_SECOND },
		{ "2026-01-01t12:00:00z", NOON * TEE_SECOND },
		{ "2026-01-01 12:00:00Z", NOON * TEE_SECOND },
		{ "2026-01-01T12:00:00", NOON * TEE_SECOND },
		{ "2026-01-01T12:00:00+00:00", NOON * TEE_SECOND },
		{ "2026-01-01T12:00:00-00:00", NOON * TEE_SECOND },
		{ "2026-01-01T14:00:00+02:00", NOON * TEE_SECOND },
		{ "2026-01-01T14:00:00+0200", NOON * TEE_SECOND },
		{ "2026-01-01T06:30:00-05:30", NOON * TEE_SECOND },
		{ "2026-01-02T11:59:00+23:59", NOON * TEE_SECOND },
		{ "2026-01-01T12:00:00.5Z", NOON * TEE_SECOND + 500000 },
		{ "2026-01-01T12:00:00.123456Z", NOON * TEE_SECOND + 123456 },
		{ "2026-01-01T12:00:00.000001", NOON * TEE_SECOND + 1 },
		{ "2024-02-29T00:00:00Z", INT64_C(1709164800) * TEE_SECOND },
		{ "2000-02-29T00:00:00Z", INT64_C(951782400) * TEE_SECOND },
		{ "2038-01-19T03:14:08Z", INT64_C(2147483648) * TEE_SECOND },
		{ "9999-12-31T23:59:59Z", INT64_C(253402300799) * TEE_SECOND },
	};
	tee_instant at, again;
	char text[TEE_INSTANT_TEXT];
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		ck_assert_msg(tee_instant_parse(rows[i].text,
				  strlen(rows[i].text), &at),
		    "\"%s\"", rows[i].text);
		ck_assert_msg(at == rows[i].at, "\"%s\"", rows[i].text);
		tee_instant_format(at, text);
		ck_assert_msg(tee_instant_parse(text, strlen(text), &again) &&
			again == at,
		    "\"%s\" came back as %s", rows[i].text, text);
	}
}
END_TEST

START_TEST(instants_refused)
{
	static const char *const rows[] = { "", "now", "2026", "2026-01-01",
		"2026-01-01T", "2026-01-01T12", "2026-01-01T12:00",
		"2026-01-01T12:00Z", "20260101T120000Z", "2026-1-1T12:00:00Z",
		"26-01-01T12:00:00Z", "+2026-01-01T12:00:00Z",
		"-2026-01-01T12:00:00Z", "12026-01-01T12:00:00Z",
		" 2026-01-01T12:00:00Z", "2026-01-01T12:00:00Z ",
		"2026-01-01T12:00:00Z\n", "2026-01-01T12:00:00ZZ",
		"2026-01-01T12:00:00 Z", "2026-01-01X12:00:00Z",
		"2026/01/01T12:00:00Z", "2026-00-01T12:00:00Z",
		"2026-13-01T12:00:00Z", "2026-01-00T12:00:00Z",
		"2026-01-32T12:00:00Z", "2026-02-29T12:00:00Z",
		"2026-02-30T12:00:00Z", "2100-02-29T12:00:00Z",
		"2026-04-31T12:00:00Z", "2026-01-01T24:00:00Z",
		"2026-01-01T12:60:00Z", "2026-01-01T12:00:60Z",
		"2026-01-01T12:00:00.Z", "2026-01-01T12:00:00,5Z",
		"2026-01-01T12:00:00.1234567Z", "2026-01-01T12:00:00.5.5Z",
		"2026-01-01T12:00:00+", "2026-01-01T12:00:00+2",
		"2026-01-01T12:00:00+02",
		"2026-01-01T12:00:00+02:", "2026-01-01T12:00:00+02:0",
		"2026-01-01T12:00:00+24:00", "2026-01-01T12:00:00+02:60",
		"2026-01-01T12:00:00+02:00Z", "2026-01-01T12:00:00U",
		"1969-12-31T23:59:59Z", "1970-01-01T00:00:00+00:01",
		"0000-01-01T00:00:00Z",
		/* Beyond what the four digits of its own form can say. */
		"9999-12-31T23:59:59-00:01", "9999-12-31T23:59:59-23:59" };
	tee_instant at;
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		ck_assert_msg(!tee_instant_parse(rows[i], strlen(rows[i]), &at),
		    "\"%s\" was read", rows[i]);
	ck_assert(!tee_instant_parse("2026-01-01T12:00:00\0", 20, &at));
	ck_assert(!tee_instant_parse("2026-01-01\0"
				     "12:00:00",
	    19, &at));
	/* Never past the length that was given. */
	ck_assert(!tee_instant_parse("2026-01-01T12:00:00Z", 18, &at));
}
END_TEST

START_TEST(forms)
{
	static const struct {
		tee_instant at;
		const char *text;
	} rows[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ NOON * TEE_SECOND, "2026-01-01T12:00:00Z" },
		{ NOON * TEE_SECOND + 1, "2026-01-01T12:00:00.000001Z" },
		{ NOON * TEE_SECOND + 500000, "2026-01-01T12:00:00.500000Z" },
	};
	char text[TEE_INSTANT_TEXT];
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		tee_instant_format(rows[i].at, text);
		ck_assert_str_eq(text, rows[i].text);
	}
	tee_instant_format(INT64_MAX, text);
	ck_assert_uint_lt(strlen(text), sizeof(text));
}
END_TEST

START_TEST(now)
{
	uint64_t before = tee_clock_monotonic_ms();

	/* After this was written, and before the year 2200. */
	ck_assert_int_gt(tee_clock_now(), NOON * TEE_SECOND / 2);
	ck_assert_int_lt(tee_clock_now(), INT64_C(7258118400) * TEE_SECOND);
	ck_assert_uint_le(before, tee_clock_monotonic_ms());
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("clock");
	TCase *tcase = tcase_create("clock");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, durations);
	tcase_add_test(tcase, instants);
	tcase_add_test(tcase, instants_refused);
	tcase_add_test(tcase, forms);
	tcase_add_test(tcase, now);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
