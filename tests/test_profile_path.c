/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A profile that anybody but root and the effective user could have put or
 * changed is refused, at whatever level of its path; with the mode mended
 * the same file is accepted.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <check.h>

#include "tests/test_profile_kit.h"

static const char minimal[] =
    "agent = { did = \"did:mesh:fixture\"; };\n"
    "assurance = \"local\";\n"
    "keystore = ( { control = \"required\"; module = \"mock\"; } );\n";

static struct trace trace;
static char top[512], mid[512], file[512];

static int
open_at(const char *path)
{
	struct tee_options options = { .size = sizeof(options),
		.log = trace_log,
		.log_user = &trace };
	struct tee *tee = NULL;
	int error;

	memset(&trace, 0, sizeof(trace));
	error = tee_open_file(path, &options, &tee);
	tee_close(&tee);
	return error;
}

/* Every refusal names the profile's first line and the reason. */
static void
refused(const char *path, const char *words)
{
	char head[600];

	ck_assert_int_eq(open_at(path), TEE_E_PROFILE);
	snprintf(head, sizeof(head), "%s:1: ", path);
	ck_assert_msg(trace_has(&trace, head, words), "expected %s%s in %s",
	    head, words, trace.text);
}

static void
accepted(const char *path)
{
	ck_assert_msg(open_at(path) == 0, "%s", trace.text);
}

/* top/mid/profile.conf, all of it as it should be. */
static void
set_up(void)
{
	snprintf(top, sizeof(top), "%s", kit_path("top"));
	snprintf(mid, sizeof(mid), "%s", kit_path("top/mid"));
	snprintf(file, sizeof(file), "%s", kit_path("top/mid/profile.conf"));
	kit_remove(top);
	ck_assert_int_eq(mkdir(top, 0755), 0);
	ck_assert_int_eq(mkdir(mid, 0755), 0);
	kit_write(file, minimal, sizeof(minimal) - 1);
	accepted(file);
}

START_TEST(modes)
{
	static const struct {
		const char *path;
		mode_t bad, good;
	} rows[] = {
		{ file, 0664, 0644 },
		{ file, 0646, 0640 },
		{ file, 0620, 0600 },
		{ file, 0602, 0400 },
		{ mid, 0775, 0755 },
		{ mid, 0757, 0750 },
		{ mid, 0777, 0700 },
		{ top, 0775, 0755 },
		{ top, 0777, 0755 },
		{ top, 0772, 0711 },
		{ top, 02775, 02755 },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_int_eq(chmod(rows[i].path, rows[i].bad), 0);
		refused(file, "lets group or others write");
		ck_assert_int_eq(chmod(rows[i].path, rows[i].good), 0);
		accepted(file);
	}
}
END_TEST

START_TEST(symbolic_links)
{
	char link[512], through[600];

	snprintf(link, sizeof(link), "%s", kit_path("top/link.conf"));
	ck_assert_int_eq(symlink("mid/profile.conf", link), 0);
	refused(link, "is a symbolic link");
	ck_assert_int_eq(unlink(link), 0);
	ck_assert_int_eq(symlink("mid", link), 0);
	snprintf(through, sizeof(through), "%s/profile.conf", link);
	refused(through, "is a symbolic link");
	ck_assert_int_eq(unlink(link), 0);
	ck_assert_int_eq(rename(mid, link), 0);
	accepted(through);
}
END_TEST

START_TEST(kinds_of_file)
{
	refused(mid, "is not a regular file");
	ck_assert_int_eq(unlink(file), 0);
	refused(file, "No such file");
	/* Must not wait for a writer. */
	ck_assert_int_eq(mkfifo(file, 0600), 0);
	refused(file, "is not a regular file");
	ck_assert_int_eq(unlink(file), 0);
	refused("/dev/null", "");
	kit_write(file, minimal, sizeof(minimal) - 1);
	accepted(file);
}
END_TEST

START_TEST(spellings)
{
	char path[700];

	snprintf(path, sizeof(path), "%s/../mid/profile.conf", mid);
	refused(path, "\"..\" in the path");
	snprintf(path, sizeof(path), "%s/./profile.conf", mid);
	accepted(path);
	snprintf(path, sizeof(path), "%s//profile.conf", mid);
	accepted(path);
	refused("", "path is empty");
}
END_TEST

/* A relative path starts at the working directory, checked like the rest. */
START_TEST(relative)
{
	ck_assert_int_eq(chdir(mid), 0);
	accepted("profile.conf");
	refused("../mid/profile.conf", "\"..\" in the path");
	ck_assert_int_eq(chmod(top, 0777), 0);
	refused("profile.conf", "lets group or others write");
}
END_TEST

static bool
foreign_owners(void)
{
	if (geteuid() == 0)
		return true;
	fprintf(stderr, "skipped: foreign owners need root\n");
	return false;
}

START_TEST(owners)
{
	const char *const paths[] = { file, mid, top };
	size_t i;

	if (!foreign_owners())
		return;
	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(chown(paths[i], 65534, (gid_t)-1), 0);
		refused(file, "owned by uid 65534");
		ck_assert_int_eq(chown(paths[i], 0, (gid_t)-1), 0);
		accepted(file);
	}
}
END_TEST

/* The effective user's own files are as good as root's. */
START_TEST(own_files)
{
	if (!foreign_owners())
		return;
	ck_assert_int_eq(chown(file, 65534, (gid_t)-1), 0);
	ck_assert_int_eq(chown(mid, 65534, (gid_t)-1), 0);
	ck_assert_int_eq(seteuid(65534), 0);
	if (open_at(file) != 0 && trace_has(&trace, "", "Permission denied")) {
		fprintf(stderr, "skipped: only root can reach the tree\n");
		return;
	}
	accepted(file);
	ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(seteuid(65533), 0);
	refused(file, "owned by uid 65534");
	ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

/* Root's sticky directory is as good as /tmp; anybody else's is not. */
START_TEST(sticky)
{
	if (!foreign_owners())
		return;
	ck_assert_int_eq(chmod(top, 01777), 0);
	accepted(file);
	ck_assert_int_eq(chown(mid, 65534, (gid_t)-1), 0);
	refused(file, "owned by uid 65534");
	ck_assert_int_eq(chown(mid, 0, (gid_t)-1), 0);
	ck_assert_int_eq(chown(top, 65534, (gid_t)-1), 0);
	refused(file, "owned by uid 65534");
	ck_assert_int_eq(chown(top, 0, (gid_t)-1), 0);
	/* The bit means nothing on a file. */
	ck_assert_int_eq(chmod(file, 01666), 0);
	refused(file, "lets group or others write");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("profile_path");
	TCase *tcase = tcase_create("profile_path");

	if (!kit_begin("profile_path"))
		return 77;
	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_test(tcase, modes);
	tcase_add_test(tcase, symbolic_links);
	tcase_add_test(tcase, kinds_of_file);
	tcase_add_test(tcase, spellings);
	tcase_add_test(tcase, relative);
	tcase_add_test(tcase, owners);
	tcase_add_test(tcase, own_files);
	tcase_add_test(tcase, sticky);
	suite_add_tcase(suite, tcase);
	return kit_run(suite);
}
