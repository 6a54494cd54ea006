/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every rule of a token of MAA, by the name of its check: a good token of
 * each shape passes, each way to spoil it fails exactly the checks that it
 * should, and no check exists that nothing can fail.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>

#include "modules/common/base64.h"
#include "tests/test_azure_token_rows.h"
#include "tests/testlib_jose.h"
#include "tests/testlib_snp.h"

#define NAMES 64

static struct {
	char name[48];
	bool passed, failed;
} seen[NAMES];
static size_t seen_count;

static void
see(const struct tee_check *check)
{
	size_t i = 0;

	while (i < seen_count && strcmp(seen[i].name, check->name) != 0)
		i++;
	ck_assert_uint_lt(i, NAMES);
	if (i == seen_count)
		snprintf(seen[seen_count++].name, sizeof(seen[0].name), "%s",
		    check->name);
	seen[i].passed = seen[i].passed || check->result == TEE_CHECK_PASS;
	seen[i].failed = seen[i].failed || check->result == TEE_CHECK_FAIL;
}

static void
run_on(const struct maa_row *row, enum maa_shape shape)
{
	static const char *const names[] = { "container", "runtime", "vm",
		"guest" };
	struct maa_scene s;
	struct tee_claims *claims;
	char name[128];

	maa_start(&s, shape);
	maa_set(&s, row->set);
	if (row->change != NULL)
		row->change(&s);
	claims = maa_judge(&s, row->options);
	snprintf(name, sizeof(name), "%s (%s)", row->name, names[shape]);
	snp_expect(name, claims, row->fails, row->not_done);
	for (size_t i = 0; i < claims->check_count; i++)
		see(&claims->checks[i]);
	tee_claims_free(&claims);
	maa_free(&s);
}

static void
run(const struct maa_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (unsigned shape = 0; shape < MAA_SHAPES; shape++)
			if (rows[i].where == 0 ||
			    (rows[i].where >> shape & 1) != 0)
				run_on(&rows[i], (enum maa_shape)shape);
}

START_TEST(rows)
{
	run(maa_rows_form, maa_rows_form_count);
	run(maa_rows_machine, maa_rows_machine_count);
	run(maa_rows_binding, maa_rows_binding_count);
	for (size_t i = 0; i < seen_count; i++)
		ck_assert_msg(seen[i].passed && seen[i].failed,
		    "%s: %s by no row", seen[i].name,
		    seen[i].failed ? "passed" : "failed");
	ck_assert_uint_ge(seen_count, 20);
}
END_TEST

/* What a passport is said to lack is what it lacks. */
START_TEST(unbound)
{
#define PAYLOAD "x-ms-runtime/client-payload"
	static const struct {
		const char *set, *why;
	} words[] = {
		{ PAYLOAD, "no client payload" },
		{ PAYLOAD "=1", "no client payload" },
		{ PAYLOAD "/nonce", "no nonce in the client payload" },
		{ PAYLOAD "/nonce=1", "nonce is something else" },
		{ PAYLOAD "/nonce=\"?\"", "nonce is something else" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct maa_scene s;
		struct tee_claims *claims;
		const char *detail = NULL;

		maa_start(&s, MAA_GUEST);
		maa_set(&s, "tee/x-ms-runtime/user-data");
		maa_set(&s, words[i].set);
		claims = maa_judge(&s, NULL);
		for (size_t k = 0; k < claims->check_count; k++)
			if (strcmp(claims->checks[k].name, "token.binding") ==
			    0)
				detail = claims->checks[k].detail;
		ck_assert_msg(detail != NULL &&
			strstr(detail, words[i].why) != NULL,
		    "%s: %s", words[i].set, detail);
		tee_claims_free(&claims);
		maa_free(&s);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure_token");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	maa_keys_open();
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, rows);
	tcase_add_test(tcase, unbound);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	maa_keys_close();
	return failed > 0;
}
