/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real dispatcher over every stack of one to four lines: five controls
 * (two groups) by three verdicts, 54,240 stacks, against every property that
 * the stack promises.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <check.h>

#include "tests/test_stage_rules.h"

static enum tee_verdict
ask(void *ctx, size_t index)
{
	return ((const struct stack *)ctx)->verdict[index];
}

START_TEST(exhaustive)
{
	unsigned long n = 0;
	size_t count;

	for (count = 1; count <= LINES; count++) {
		struct stack s = { .count = 0 };

		n += every_stack(&s, ask, count);
	}
	ck_assert_uint_eq(n, 54240);
}
END_TEST

/* A dispatcher that never grants would satisfy most of the above. */
START_TEST(grants)
{
	static const struct {
		const char *name;
		struct stack stack;
		bool pass;
	} rows[] = {
		{ "one required", { { 0 }, { TEE_OK }, 1 }, true },
		{ "required, advisory denies",
		    { { 0, 4 }, { TEE_OK, TEE_DENY }, 2 }, true },
		{ "group falls through an outage",
		    { { 2, 2 }, { TEE_UNAVAILABLE, TEE_OK }, 2 }, true },
		{ "group does not shop after a deny",
		    { { 2, 2 }, { TEE_DENY, TEE_OK }, 2 }, false },
		{ "a satisfied group skips no later required line",
		    { { 2, 0 }, { TEE_OK, TEE_UNAVAILABLE }, 2 }, false },
		{ "advisory alone", { { 4 }, { TEE_OK }, 1 }, false },
		{ "two groups", { { 2, 3 }, { TEE_OK, TEE_OK }, 2 }, true },
		{ "nothing", { { 0 }, { TEE_OK }, 0 }, false },
	};
	struct tee_outcome out;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct stack s = rows[i].stack;

		ck_assert_msg(passes(&s, ask, &out) == rows[i].pass, "%s",
		    rows[i].name);
	}
}
END_TEST

/* Required lines still run for the log after an outage, not after a deny. */
START_TEST(order_of_running)
{
	struct stack outage = { { 0, 0 }, { TEE_UNAVAILABLE, TEE_OK }, 2 };
	struct stack deny = { { 0, 0 }, { TEE_DENY, TEE_OK }, 2 };
	struct stack requisite = { { 1, 0 }, { TEE_UNAVAILABLE, TEE_OK }, 2 };
	struct tee_outcome out;

	passes(&outage, ask, &out);
	ck_assert_int_eq(out.answer[1], TEE_ANSWERED);
	passes(&deny, ask, &out);
	ck_assert_int_eq(out.answer[1], TEE_NOT_RUN);
	passes(&requisite, ask, &out);
	ck_assert_int_eq(out.answer[1], TEE_NOT_RUN);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("stage");
	TCase *tcase = tcase_create("stage");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, exhaustive);
	tcase_add_test(tcase, grants);
	tcase_add_test(tcase, order_of_running);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
