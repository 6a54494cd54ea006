/* SPDX-License-Identifier: Apache-2.0 */
/* Where the security context is looked for, below a root of the test's own. */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <check.h>

#include "modules/snp_azure/context.h"

#define KATA "opt/confidential-containers/share/kata-containers"

static char base[64];

static void
start(void)
{
	(void)mkdir("tests/tmp", 0700);
	snprintf(base, sizeof(base), "tests/tmp/root.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(base));
}

static void
finish(void)
{
	static const char *const names[] = { "security-context-a",
		"security-context-b", "security-context-file",
		"security-context-link", "security-contextc", KATA,
		"opt/confidential-containers/share",
		"opt/confidential-containers", "opt" };
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", base, names[i]);
		(void)remove(path);
	}
	ck_assert_int_eq(rmdir(base), 0);
}

static void
make(const char *name, time_t at)
{
	struct timespec times[2] = { { at, 0 }, { at, 0 } };
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", base, name);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void
finds(const char *name)
{
	char path[PATH_MAX], wanted[PATH_MAX];

	snprintf(wanted, sizeof(wanted), "%s/%s", base, name);
	ck_assert(tee_azure_context_find(base, path));
	ck_assert_str_eq(path, wanted);
}

static void
make_kata(void)
{
	make("opt", 1);
	make("opt/confidential-containers", 1);
	make("opt/confidential-containers/share", 1);
	make(KATA, 9);
}

START_TEST(nowhere)
{
	char path[PATH_MAX];

	ck_assert(!tee_azure_context_find(base, path));
	ck_assert(!tee_azure_context_find("no/such/root", path));
}
END_TEST

START_TEST(newest)
{
	make("security-context-b", 5);
	finds("security-context-b");
	make("security-context-a", 6);
	finds("security-context-a");
}
END_TEST

START_TEST(kata)
{
	make_kata();
	finds(KATA);
	make("security-context-a", 1);
	finds("security-context-a");
}
END_TEST

/* What only looks like one. */
START_TEST(no_directory)
{
	char path[PATH_MAX];
	FILE *file;

	make("security-contextc", 3);
	snprintf(path, sizeof(path), "%s/security-context-file", base);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fclose(file);
	snprintf(path, sizeof(path), "%s/security-context-link", base);
	ck_assert_int_eq(symlink(".", path), 0);
	ck_assert(!tee_azure_context_find(base, path));
	make("security-context-b", 1);
	finds("security-context-b");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure context");
	TCase *tcase = tcase_create("find");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, start, finish);
	tcase_add_test(tcase, nowhere);
	tcase_add_test(tcase, newest);
	tcase_add_test(tcase, kata);
	tcase_add_test(tcase, no_directory);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
