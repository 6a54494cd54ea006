/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cache of certificates on disk: what was put is got, or nothing is; who
 * else may write to it, what damages it and what kills its writer.
 */
#include "config.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "modules/common/certcache.h"
#include "tests/testlib_http.h"

static char folder[4160], file[4500];
static struct http_call c;
static struct tee_certcache *cache;

static struct tee_certcache *
open_cache(const char *path)
{
	struct tee_config config;
	struct tee_certcache *out;
	char option[4200];

	snprintf(option, sizeof(option), "cert_cache=%s", path);
	http_config(&config, TEE_COLLECTOR, option, &c);
	ck_assert_int_eq(tee_certcache_read(&config, "cert_cache", &out), 1);
	tee_config_clear(&config);
	return out;
}

static void
set_up(void)
{
	char base[4096];

	ck_assert_ptr_nonnull(realpath(getenv("TEE_TEST_BUILDDIR"), base));
	snprintf(folder, sizeof(folder), "%s/tests/tmp", base);
	mkdir(folder, 0700);
	snprintf(folder, sizeof(folder), "%s/tests/tmp/certs-%d", base,
	    (int)getpid());
	snprintf(file, sizeof(file), "%s/key.cert", folder);
	http_call_begin(&c, 1000, NULL);
	cache = open_cache(folder);
}

static void
tear_down(void)
{
	char command[4200];

	tee_certcache_free(&cache);
	http_call_end(&c);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

static void
put(const char *key, const char *text)
{
	tee_certcache_put(&c.call, cache, key, text, strlen(text));
}

static bool
has(const char *key, const char *text)
{
	size_t size;
	char *got = tee_certcache_get(&c.call, cache, key, &size);
	bool same =
	    got != NULL && size == strlen(text) && strcmp(got, text) == 0;

	free(got);
	return same;
}

static bool
has_nothing(const char *key)
{
	size_t size = 7;
	char *got = tee_certcache_get(&c.call, cache, key, &size);

	free(got);
	return got == NULL;
}

static unsigned
files(void)
{
	DIR *d = opendir(folder);
	unsigned n = 0;

	ck_assert_ptr_nonnull(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2;
}

START_TEST(put_and_get)
{
	struct stat st;

	ck_assert(has_nothing("key"));
	ck_assert_str_eq(c.log, "");
	put("key", "hello");
	ck_assert(has("key", "hello"));
	ck_assert_int_eq(stat(folder, &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0755);
	ck_assert_int_eq(stat(file, &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0644);
	put("key", "again");
	ck_assert(has("key", "again"));
	ck_assert(has_nothing("other"));
	ck_assert_uint_eq(files(), 1);
	ck_assert_str_eq(c.log, "");
}
END_TEST

START_TEST(keys_are_names_of_files)
{
	static const char *const keys[] = { "", "../key", "a/b", "A", ".key",
		"key.cert" };
	char longest[TEE_CERTCACHE_KEY + 2];

	put("key", "hello");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		put(keys[i], "x");
		ck_assert(has_nothing(keys[i]));
	}
	memset(longest, 'a', sizeof(longest));
	longest[TEE_CERTCACHE_KEY + 1] = '\0';
	put(longest, "x");
	ck_assert(has_nothing(longest));
	longest[TEE_CERTCACHE_KEY] = '\0';
	put(longest, "x");
	ck_assert(has(longest, "x"));
	ck_assert_uint_eq(files(), 2);
}
END_TEST

/* Any byte of the file, and any length but its own. */
START_TEST(damage)
{
	uint8_t data[256];
	size_t size;
	FILE *f;

	put("key", "hello");
	f = fopen(file, "r");
	size = fread(data, 1, sizeof(data), f);
	fclose(f);
	ck_assert_uint_gt(size, 70);
	for (size_t i = 0; i <= size; i++) {
		f = fopen(file, "w");
		fwrite(data, 1, i, f);
		fclose(f);
		ck_assert(i == size ? has("key", "hello") : has_nothing("key"));
		if (i == size)
			break;
		data[i] ^= 1;
		f = fopen(file, "w");
		fwrite(data, 1, size, f);
		fclose(f);
		ck_assert(has_nothing("key"));
		data[i] ^= 1;
	}
	ck_assert(http_call_logged(&c, "cert_cache", "key.cert: damaged"));
	f = fopen(file, "a");
	fputs("x", f);
	fclose(f);
	ck_assert(has_nothing("key"));
	put("key", "mended");
	ck_assert(has("key", "mended"));
}
END_TEST

START_TEST(sizes)
{
	char *large = calloc(1, TEE_CERTCACHE_SIZE + 2);

	memset(large, 'x', TEE_CERTCACHE_SIZE + 1);
	put("large", large);
	ck_assert(has_nothing("large"));
	large[TEE_CERTCACHE_SIZE] = '\0';
	put("large", large);
	ck_assert(has("large", large));
	put("empty", "");
	ck_assert(has_nothing("empty"));
	free(large);
}
END_TEST

START_TEST(others_may_write)
{
	put("key", "hello");
	ck_assert_int_eq(chmod(file, 0664), 0);
	ck_assert(has_nothing("key"));
	ck_assert(http_call_logged(&c, "cert_cache", "others may write it"));
	ck_assert_int_eq(chmod(file, 0646), 0);
	ck_assert(has_nothing("key"));
	ck_assert_int_eq(chmod(file, 0644), 0);
	ck_assert(has("key", "hello"));
	ck_assert_int_eq(chmod(folder, 0777), 0);
	ck_assert(has_nothing("key"));
	put("new", "x");
	ck_assert_int_eq(chmod(folder, 0755), 0);
	ck_assert(has_nothing("new"));
	ck_assert(has("key", "hello"));
}
END_TEST

START_TEST(foreign_owner)
{
	put("key", "hello");
	if (chown(file, 12345, (gid_t)-1) != 0)
		return; /* only root can give files away */
	ck_assert(has_nothing("key"));
	ck_assert(http_call_logged(&c, "cert_cache", "neither root's"));
	put("key", "mended");
	ck_assert(has("key", "mended"));
	ck_assert_int_eq(chown(folder, 12345, (gid_t)-1), 0);
	ck_assert(has_nothing("key"));
	ck_assert_int_eq(chown(folder, geteuid(), (gid_t)-1), 0);
}
END_TEST

START_TEST(links_and_other_kinds)
{
	char other[4600];
	struct tee_certcache *linked;
	size_t size;

	put("other", "hello");
	snprintf(other, sizeof(other), "%s/other.cert", folder);
	ck_assert_int_eq(symlink(other, file), 0);
	ck_assert(has_nothing("key"));
	ck_assert_int_eq(unlink(file), 0);
	ck_assert_int_eq(mkfifo(file, 0644), 0);
	ck_assert(has_nothing("key"));
	ck_assert(http_call_logged(&c, "cert_cache", "no regular file"));
	ck_assert_int_eq(unlink(file), 0);
	ck_assert_int_eq(mkdir(file, 0755), 0);
	ck_assert(has_nothing("key"));
	put("key", "cannot");
	ck_assert_int_eq(rmdir(file), 0);
	ck_assert_int_eq(symlink(folder, file), 0);
	linked = open_cache(file);
	ck_assert_ptr_null(tee_certcache_get(&c.call, linked, "other", &size));
	tee_certcache_free(&linked);
}
END_TEST

/* Without its parent nothing is made, and that is said. */
START_TEST(no_parent)
{
	struct tee_certcache *deep;
	char path[4600];
	size_t size;

	snprintf(path, sizeof(path), "%s/a/b", folder);
	deep = open_cache(path);
	tee_certcache_put(&c.call, deep, "key", "x", 1);
	ck_assert(http_call_logged(&c, "cert_cache", "No such file"));
	ck_assert_ptr_null(tee_certcache_get(&c.call, deep, "key", &size));
	tee_certcache_free(&deep);
}
END_TEST

static void
make_older(const char *name, unsigned seconds)
{
	struct timespec when[2] = { { 0 } };
	char path[4600];

	when[0].tv_sec = when[1].tv_sec = time(NULL) - seconds;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	ck_assert_int_eq(utimensat(AT_FDCWD, path, when, 0), 0);
}

START_TEST(oldest_make_room)
{
	char key[32], name[64];
	FILE *f;

	for (unsigned i = 0; i < TEE_CERTCACHE_FILES; i++) {
		snprintf(key, sizeof(key), "key-%u", i);
		put(key, "x");
		snprintf(name, sizeof(name), "%s.cert", key);
		make_older(name, 1000 - i);
	}
	snprintf(file, sizeof(file), "%s/stranger", folder);
	f = fopen(file, "w");
	fclose(f);
	make_older("stranger", 100000);
	ck_assert_uint_eq(files(), TEE_CERTCACHE_FILES + 1);
	put("new", "y");
	ck_assert(has_nothing("key-0"));
	ck_assert(has("key-1", "x"));
	ck_assert(has("new", "y"));
	/* What is not ours stays. */
	ck_assert_uint_eq(files(), TEE_CERTCACHE_FILES + 1);
	ck_assert_int_eq(access(file, F_OK), 0);
}
END_TEST

/* Writers are killed at any moment; what is there is always whole. */
START_TEST(killed_writers)
{
	static char a[40000], b[40000];
	size_t size;

	memset(a, 'a', sizeof(a) - 1);
	memset(b, 'b', sizeof(b) - 1);
	put("key", a);
	for (unsigned i = 0; i < 20; i++) {
		struct timespec ts = { 0, (long)(i * 700000 + 300000) };
		pid_t child = fork();
		char *got;

		if (child == 0)
			for (unsigned k = 0;; k++)
				put("key", k % 2 == 0 ? b : a);
		nanosleep(&ts, NULL);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		got = tee_certcache_get(&c.call, cache, "key", &size);
		ck_assert_ptr_nonnull(got);
		ck_assert(strcmp(got, a) == 0 || strcmp(got, b) == 0);
		free(got);
	}
	ck_assert_str_eq(c.log, "");
}
END_TEST

START_TEST(dead_writers_leave)
{
	char path[4600], key[32];
	FILE *f;

	put("key", "x");
	for (unsigned i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/unfinished-%u", folder, i);
		f = fopen(path, "w");
		fclose(f);
		snprintf(path, sizeof(path), "unfinished-%u", i);
		if (i < 2)
			make_older(path, 7200);
	}
	for (unsigned i = 0; i < TEE_CERTCACHE_FILES; i++) {
		snprintf(key, sizeof(key), "key-%u", i);
		put(key, "x");
	}
	snprintf(path, sizeof(path), "%s/unfinished-0", folder);
	ck_assert_int_ne(access(path, F_OK), 0);
	snprintf(path, sizeof(path), "%s/unfinished-1", folder);
	ck_assert_int_ne(access(path, F_OK), 0);
	/* Its writer may be alive. */
	snprintf(path, sizeof(path), "%s/unfinished-2", folder);
	ck_assert_int_eq(access(path, F_OK), 0);
}
END_TEST

START_TEST(no_cache_at_all)
{
	struct tee_certcache *none;
	struct tee_config config;
	size_t size;

	http_config(&config, TEE_COLLECTOR, "", &c);
	ck_assert_int_eq(tee_certcache_read(&config, "cert_cache", &none), 0);
	ck_assert_ptr_null(none);
	tee_certcache_put(&c.call, none, "key", "x", 1);
	ck_assert_ptr_null(tee_certcache_get(&c.call, none, "key", &size));
	http_config(&config, TEE_COLLECTOR, "cert_cache=relative", &c);
	ck_assert_int_eq(tee_certcache_read(&config, "cert_cache", &none), -1);
	tee_config_clear(&config);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("certcache");
	TCase *tcase = tcase_create("certcache");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, put_and_get);
	tcase_add_test(tcase, keys_are_names_of_files);
	tcase_add_test(tcase, damage);
	tcase_add_test(tcase, sizes);
	tcase_add_test(tcase, others_may_write);
	tcase_add_test(tcase, foreign_owner);
	tcase_add_test(tcase, links_and_other_kinds);
	tcase_add_test(tcase, no_parent);
	tcase_add_test(tcase, oldest_make_room);
	tcase_add_test(tcase, killed_writers);
	tcase_add_test(tcase, dead_writers_leave);
	tcase_add_test(tcase, no_cache_at_all);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
