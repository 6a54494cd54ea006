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

/* What the loader never lets through is a deny all the same. */
START_TEST(impossible_stacks)
{
	struct stack s = { { 0 }, { TEE_OK, TEE_OK }, 1 };
	struct tee_rule rules[TEE_STAGE_LINES + 1] = { { 0 } };
	struct tee_outcome out;

	rules[0] = (struct tee_rule){ TEE_ONEOF, TEE_STAGE_LINES };
	tee_stage_run(rules, 1, ask, &s, &out);
	ck_assert_int_eq(out.verdict, TEE_DENY);
	rules[0] = (struct tee_rule){ (enum tee_control)77, 0 };
	tee_stage_run(rules, 1, ask, &s, &out);
	ck_assert_int_eq(out.verdict, TEE_DENY);
	tee_stage_run(rules, TEE_STAGE_LINES + 1, ask, &s, &out);
	ck_assert_int_eq(out.verdict, TEE_DENY);
}
END_TEST

/* Only lines that ran, may vote and said yes lend their claims or key. */
START_TEST(who_spoke)
{
	struct stack s = { { 4, 2, 2, 2, 0 },
		{ TEE_OK, TEE_UNAVAILABLE, TEE_OK, TEE_OK, TEE_OK }, 5 };
	static const bool spoke[] = { false, false, true, false, true };
	struct tee_rule rules[5];
	struct tee_outcome out;
	size_t i;

	for (i = 0; i < 5; i++)
		rules[i] = rule_of(s.kind[i]);
	ck_assert(passes(&s, ask, &out));
	for (i = 0; i < 5; i++)
		ck_assert_int_eq(tee_stage_spoke(rules, &out, i), spoke[i]);
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
	tcase_add_test(tcase, impossible_stacks);
	tcase_add_test(tcase, who_spoke);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
