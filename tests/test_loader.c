/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every module that breaks one rule of the loader refuses the whole profile,
 * at the line that names it; the rule mended, the profile opens.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <check.h>

#include "libtee/profile.h"
#include "tests/test_profile_kit.h"

static struct trace trace;
static char parent[512], dir[600];

/* The line under test is line 3 of the profile. */
static int
open_profile(const char *module, const char *facility)
{
	struct tee_options options = { .size = sizeof(options),
		.log = trace_log,
		.log_user = &trace };
	char text[1024], profile[512];
	struct tee *tee;
	int error;

	snprintf(text, sizeof(text),
	    "assurance = \"local\";\n%s = (\n"
	    "{ control = \"required\"; module = \"%s\"; } );\n%s%s",
	    facility, module,
	    strcmp(facility, "verifier") == 0 ?
		"" :
		"agent = { did = \"auto\"; };\n",
	    strcmp(facility, "collector") != 0 ?
		"" :
		"verifier = ( { "
		"control = \"required\"; module = \"none\"; } );\n"
		"keystore = ( { control = \"required\"; module = \"none\"; } );");
	snprintf(profile, sizeof(profile), "%s", kit_path("profile.conf"));
	kit_write(profile, text, strlen(text));
	memset(&trace, 0, sizeof(trace));
	tee = tee_profile_new(&options, profile, dir);
	ck_assert_ptr_nonnull(tee);
	error = tee_profile_read(tee);
	if (error == 0)
		error = tee_plan_open(tee);
	tee_profile_free(&tee);
	return error;
}

static void
refused(const char *module, const char *facility, int expected,
    const char *words)
{
	char head[600];
	int error = open_profile(module, facility);

	ck_assert_msg(error == expected, "%s gives %d:\n%s", module, error,
	    trace.text);
	snprintf(head, sizeof(head), "%s:3: ", kit_path("profile.conf"));
	ck_assert_msg(trace_has(&trace, head, words),
	    "%s: expected \"%s%s\" in:\n%s", module, head, words, trace.text);
}

static void
accepted(const char *module)
{
	ck_assert_msg(open_profile(module, "keystore") == 0, "%s:\n%s", module,
	    trace.text);
}

static void
install(const char *from, const char *as)
{
	char source[512], target[700];
	const char *build = getenv("TEE_TEST_BUILDDIR");

	snprintf(source, sizeof(source), "%s/.libs/%s.so",
	    build != NULL ? build : ".", from);
	snprintf(target, sizeof(target), "%s/%s.so", dir, as);
	kit_copy(source, target);
}

static void
set_up(void)
{
	snprintf(parent, sizeof(parent), "%s", kit_path("parent"));
	snprintf(dir, sizeof(dir), "%s/modules", parent);
	kit_remove(parent);
	ck_assert_int_eq(mkdir(parent, 0755), 0);
	ck_assert_int_eq(mkdir(dir, 0755), 0);
	install("bad_none", "bad_none");
	accepted("bad_none");
}

START_TEST(descriptors)
{
	static const struct {
		const char *module;
		int error;
		const char *words;
	} rows[] = {
		{ "bad_symbol", TEE_E_MODULE, "exports no tee_module" },
		{ "bad_abi_old", TEE_E_MODULE, "another module ABI" },
		{ "bad_abi_new", TEE_E_MODULE, "another module ABI" },
		{ "bad_size_short", TEE_E_MODULE, "wrong size" },
		{ "bad_size_large", TEE_E_MODULE, "wrong size" },
		{ "bad_name", TEE_E_MODULE, "calls itself by another name" },
		{ "bad_options", TEE_E_MODULE, "has no option table" },
		{ "bad_release", TEE_E_MODULE, "is no keystore" },
		{ "bad_close", TEE_E_MODULE, "has open without close" },
		{ "bad_ceiling", TEE_E_MODULE, "names no known ceiling" },
		{ "bad_open", TEE_E_PROFILE, "refused its options" },
		{ "bad_dependency", TEE_E_MODULE, "undefined symbol" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		install(rows[i].module, rows[i].module);
		refused(rows[i].module, "keystore", rows[i].error,
		    rows[i].words);
	}
}
END_TEST

START_TEST(facilities)
{
	refused("bad_none", "collector", TEE_E_MODULE, "is no collector");
	refused("bad_none", "verifier", TEE_E_MODULE, "is no verifier");
}
END_TEST

START_TEST(renamed)
{
	install("bad_none", "other");
	refused("other", "keystore", TEE_E_MODULE,
	    "calls itself by another name");
	accepted("bad_none");
}
END_TEST

/* One inode under two names is still one module of one name. */
START_TEST(hard_link)
{
	char a[700], b[700];

	snprintf(a, sizeof(a), "%s/bad_none.so", dir);
	snprintf(b, sizeof(b), "%s/other.so", dir);
	ck_assert_int_eq(link(a, b), 0);
	refused("other", "keystore", TEE_E_MODULE,
	    "calls itself by another name");
}
END_TEST

START_TEST(not_a_module)
{
	char path[700];

	snprintf(path, sizeof(path), "%s/junk.so", dir);
	kit_write(path, "\177ELF", 4);
	refused("junk", "keystore", TEE_E_MODULE, "module \"junk\": ");
	kit_write(path, "", 0);
	refused("junk", "keystore", TEE_E_MODULE, "module \"junk\": ");
	ck_assert_int_eq(unlink(path), 0);
	refused("junk", "keystore", TEE_E_MODULE, "No such file");
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	refused("junk", "keystore", TEE_E_MODULE, "is not a regular file");
}
END_TEST

START_TEST(names)
{
	static const char *const bad[] = { "../modules/bad_none", "bad_none.so",
		"./bad_none", "BAD_NONE", "", "bad-none", "bad none",
		"a123456789012345678901234567890123" };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refused(bad[i], "keystore", TEE_E_MODULE,
		    "a name is [a-z0-9_]");
}
END_TEST

/*
 * No code of a module that lies in an unsafe place ever runs: its
 * constructor's file never appears.  Where the place is safe it does, so the
 * trace is a real one.
 */
static void
unsafe(const char *path, mode_t bad, mode_t good)
{
	ck_assert_int_eq(chmod(path, bad), 0);
	refused("bad_constructor", "keystore", TEE_E_MODULE,
	    "lets group or others write");
	ck_assert_int_eq(access("constructor-ran", F_OK), -1);
	ck_assert_int_eq(chmod(path, good), 0);
}

START_TEST(unsafe_places)
{
	char file[700], link[700];

	ck_assert_int_eq(chdir(kit_path("")), 0);
	ck_assert_int_eq(access("constructor-ran", F_OK), -1);
	install("bad_constructor", "bad_constructor");
	snprintf(file, sizeof(file), "%s/bad_constructor.so", dir);
	snprintf(link, sizeof(link), "%s/real.so", dir);
	unsafe(file, 0664, 0644);
	unsafe(file, 0646, 0755);
	unsafe(dir, 0775, 0755);
	unsafe(dir, 0777, 0755);
	unsafe(parent, 0777, 0755);
	ck_assert_int_eq(rename(file, link), 0);
	ck_assert_int_eq(symlink("real.so", file), 0);
	refused("bad_constructor", "keystore", TEE_E_MODULE,
	    "is a symbolic link");
	ck_assert_int_eq(access("constructor-ran", F_OK), -1);
	ck_assert_int_eq(rename(link, file), 0);
	accepted("bad_constructor");
	ck_assert_int_eq(access("constructor-ran", F_OK), 0);
}
END_TEST

/*
 * dlopen gives the module that is mapped already under that path.  Its file
 * replaced, what runs is no longer what was checked.
 */
START_TEST(replaced_while_mapped)
{
	char file[700], fresh[700];

	accepted("bad_none");
	install("bad_release", "fresh");
	snprintf(file, sizeof(file), "%s/bad_none.so", dir);
	snprintf(fresh, sizeof(fresh), "%s/fresh.so", dir);
	ck_assert_int_eq(rename(fresh, file), 0);
	refused("bad_none", "keystore", TEE_E_MODULE, "changed");
}
END_TEST

START_TEST(foreign_owner)
{
	char file[700];

	if (geteuid() != 0) {
		fprintf(stderr, "skipped: foreign owners need root\n");
		return;
	}
	snprintf(file, sizeof(file), "%s/bad_none.so", dir);
	ck_assert_int_eq(chown(file, 65534, (gid_t)-1), 0);
	refused("bad_none", "keystore", TEE_E_MODULE, "owned by uid 65534");
	ck_assert_int_eq(chown(file, 0, (gid_t)-1), 0);
	accepted("bad_none");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("loader");
	TCase *tcase = tcase_create("loader");

	if (!kit_begin("loader"))
		return 77;
	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_test(tcase, descriptors);
	tcase_add_test(tcase, facilities);
	tcase_add_test(tcase, renamed);
	tcase_add_test(tcase, hard_link);
	tcase_add_test(tcase, not_a_module);
	tcase_add_test(tcase, names);
	tcase_add_test(tcase, unsafe_places);
	tcase_add_test(tcase, replaced_while_mapped);
	tcase_add_test(tcase, foreign_owner);
	suite_add_tcase(suite, tcase);
	return kit_run(suite);
}
