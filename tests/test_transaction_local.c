/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A software key through the real local module: made once, the same ever
 * after, and refused where others could have read or changed it.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/test_transaction_kit.h"

static struct result r;
static char file[512];

static int
acquire(const char *create, uint8_t key[TEE_PUBLIC_KEY_SIZE])
{
	char keystore[1024];
	struct script script = { .assurance = "local", .keystore = keystore };
	int error;

	snprintf(keystore, sizeof(keystore),
	    LINE("local", "file = '%s'; create = %s;"), file, create);
	txn_acquire(&script, NULL, &r);
	error = r.error;
	if (error == 0)
		tee_key_public(r.key, key);
	txn_free(&r);
	return error;
}

static void
set_up(void)
{
	snprintf(file, sizeof(file), "%s", kit_path("key.pem"));
	unlink(file);
}

START_TEST(made_once)
{
	uint8_t first[TEE_PUBLIC_KEY_SIZE], again[TEE_PUBLIC_KEY_SIZE];
	struct stat st;

	ck_assert_int_eq(acquire("false", first), TEE_E_UNAVAILABLE);
	ck_assert_int_eq(access(file, F_OK), -1);
	ck_assert_int_eq(acquire("true", first), 0);
	ck_assert_int_eq(stat(file, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(acquire("true", again), 0);
	ck_assert_mem_eq(first, again, sizeof(first));
	ck_assert_int_eq(acquire("false", again), 0);
	ck_assert_mem_eq(first, again, sizeof(first));
}
END_TEST

/* A bad key file is never replaced by a new one. */
START_TEST(others_had_access)
{
	static const mode_t bad[] = { 0640, 0604, 0620, 0610, 0644, 0666 };
	uint8_t first[TEE_PUBLIC_KEY_SIZE], key[TEE_PUBLIC_KEY_SIZE];
	size_t i;

	ck_assert_int_eq(acquire("true", first), 0);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_int_eq(chmod(file, bad[i]), 0);
		ck_assert_int_eq(acquire("true", key), TEE_E_DENIED);
	}
	ck_assert_int_eq(chmod(file, 0400), 0);
	ck_assert_int_eq(acquire("true", key), 0);
	ck_assert_mem_eq(first, key, sizeof(first));
}
END_TEST

START_TEST(raw_seed)
{
	/* RFC 8032 section 7.1, test 1. */
	static const uint8_t seed[TEE_SEED_SIZE] = { 0x9d, 0x61, 0xb1, 0x9d,
		0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec,
		0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19,
		0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60 };
	static const uint8_t expected[8] = { 0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1,
		0x0a, 0xb7 };
	uint8_t key[TEE_PUBLIC_KEY_SIZE];
	char longer[TEE_SEED_SIZE + 1] = { 0 };

	kit_write(file, (const char *)seed, sizeof(seed));
	ck_assert_int_eq(chmod(file, 0600), 0);
	ck_assert_int_eq(acquire("false", key), 0);
	ck_assert_mem_eq(key, expected, sizeof(expected));
	memcpy(longer, seed, sizeof(seed));
	kit_write(file, longer, sizeof(longer));
	ck_assert_int_eq(chmod(file, 0600), 0);
	ck_assert_int_eq(acquire("true", key), TEE_E_DENIED);
	kit_write(file, longer, sizeof(seed) - 1);
	ck_assert_int_eq(chmod(file, 0600), 0);
	ck_assert_int_eq(acquire("true", key), TEE_E_DENIED);
}
END_TEST

START_TEST(malformed)
{
	static const char *const bad[] = {
		"",
		"\n",
		"-----BEGIN PRIVATE KEY-----\n",
		"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
		"-----BEGIN PRIVATE KEY-----\nAAAA\n"
		"-----END PRIVATE KEY-----\n",
		/* X25519 (1.3.101.110) in the same shape. */
		"-----BEGIN PRIVATE KEY-----\n"
		"MC4CAQAwBQYDK2VuBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7"
		"rAMcrn9g\n-----END PRIVATE KEY-----\n",
	};
	uint8_t key[TEE_PUBLIC_KEY_SIZE];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		kit_write(file, bad[i], strlen(bad[i]));
		ck_assert_int_eq(chmod(file, 0600), 0);
		ck_assert_msg(acquire("true", key) == TEE_E_DENIED, "%s",
		    bad[i]);
	}
}
END_TEST

START_TEST(kinds_of_file)
{
	uint8_t key[TEE_PUBLIC_KEY_SIZE];
	char real[600];

	ck_assert_int_eq(acquire("true", key), 0);
	snprintf(real, sizeof(real), "%s.real", file);
	ck_assert_int_eq(rename(file, real), 0);
	ck_assert_int_eq(symlink(real, file), 0);
	ck_assert_int_eq(acquire("true", key), TEE_E_DENIED);
	ck_assert_int_eq(unlink(file), 0);
	ck_assert_int_eq(mkfifo(file, 0600), 0);
	ck_assert_int_eq(acquire("true", key), TEE_E_DENIED);
	ck_assert_int_eq(unlink(file), 0);
	ck_assert_int_eq(mkdir(file, 0700), 0);
	ck_assert_int_eq(acquire("true", key), TEE_E_DENIED);
	ck_assert_int_eq(rmdir(file), 0);
	if (geteuid() == 0) {
		ck_assert_int_eq(rename(real, file), 0);
		ck_assert_int_eq(chown(file, 65534, (gid_t)-1), 0);
		ck_assert_int_eq(acquire("true", key), TEE_E_DENIED);
	}
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_test(tcase, made_once);
	tcase_add_test(tcase, others_had_access);
	tcase_add_test(tcase, raw_seed);
	tcase_add_test(tcase, malformed);
	tcase_add_test(tcase, kinds_of_file);
}

int
main(void)
{
	return txn_main("transaction_local", add);
}
