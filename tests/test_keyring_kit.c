/* SPDX-License-Identifier: Apache-2.0 */
/* kit: see test_keyring_kit.h. */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/test_keyring_kit.h"

const uint8_t kit_seed[TEE_SEED_SIZE] = { 0x4c, 0xcd, 0x08, 0x9b, 0x28, 0xff,
	0x96, 0xda, 0x9d, 0xb6, 0xc3, 0x46, 0xec, 0x11, 0x4e, 0x0f, 0x5b, 0x8a,
	0x31, 0x9f, 0x35, 0xab, 0xa6, 0x24, 0xda, 0x8c, 0xf6, 0xed, 0x4f, 0xb8,
	0xa6, 0xfb };
const uint8_t kit_public[TEE_PUBLIC_KEY_SIZE] = { 0x3d, 0x40, 0x17, 0xc3, 0xe8,
	0x43, 0x89, 0x5a, 0x92, 0xb7, 0x0a, 0xa7, 0x4d, 0x1b, 0x7e, 0xbc, 0x9c,
	0x98, 0x2c, 0xcf, 0x2e, 0xc4, 0x96, 0x8c, 0xc0, 0xcd, 0x55, 0xf1, 0x2a,
	0xf4, 0x66, 0x0c };
const uint8_t kit_signature[TEE_SIGNATURE_SIZE] = { 0x92, 0xa0, 0x09, 0xa9,
	0xf0, 0xd4, 0xca, 0xb8, 0x72, 0x0e, 0x82, 0x0b, 0x5f, 0x64, 0x25, 0x40,
	0xa2, 0xb2, 0x7b, 0x54, 0x16, 0x50, 0x3f, 0x8f, 0xb3, 0x76, 0x22, 0x23,
	0xeb, 0xdb, 0x69, 0xda, 0x08, 0x5a, 0xc1, 0xe4, 0x3e, 0x15, 0x99, 0x6e,
	0x45, 0x8f, 0x36, 0x13, 0xd0, 0xf1, 0x1d, 0x8c, 0x38, 0x7b, 0x2e, 0xae,
	0xb4, 0x30, 0x2a, 0xee, 0xb0, 0x0d, 0x29, 0x16, 0x12, 0xbb, 0x0c,
	0x00 };

int
kit_try_store(unsigned lifetime, gid_t operators, struct tee_custody **out)
{
	struct tee_custody_spec spec = {
		.description = KIT_DESCRIPTION,
		.profile = "kit",
		.seed = kit_seed,
		.public_key = kit_public,
		.lifetime = lifetime,
		.operators = operators,
	};

	return tee_custody_store(&spec, out);
}

struct tee_custody *
kit_store(unsigned lifetime, gid_t operators)
{
	struct tee_custody *c = NULL;

	ck_assert_int_eq(kit_try_store(lifetime, operators, &c), 0);
	ck_assert_ptr_nonnull(c);
	return c;
}

int
kit_sign(struct tee_custody *c)
{
	uint8_t signature[TEE_SIGNATURE_SIZE] = { 0 };
	int error = tee_custody_sign(c, KIT_MESSAGE, 1, signature);

	if (error == 0)
		ck_assert_mem_eq(signature, kit_signature, sizeof(signature));
	return error;
}

static void
wait_a_little(void)
{
	nanosleep(&(struct timespec){ 0, 10 * 1000 * 1000 }, NULL);
}

bool
kit_comes_to(struct tee_custody *c, int error)
{
	int i;

	for (i = 0; i < 200; i++, wait_a_little())
		if (kit_sign(c) == error)
			return true;
	return false;
}

key_serial_t
kit_ring(void)
{
	key_serial_t keys[64], found = -1;
	long size =
	    keyctl_read(KEY_SPEC_PROCESS_KEYRING, (char *)keys, sizeof(keys));
	long i;

	for (i = 0; i < size / (long)sizeof(keys[0]); i++) {
		const char *s = kit_describe(keys[i]);

		if (s == NULL || strstr(s, ";_tee.ring:") == NULL)
			continue;
		ck_assert_int_eq(found, -1);
		found = keys[i];
	}
	return found;
}

const char *
kit_describe(key_serial_t key)
{
	static char text[512];
	long n = keyctl_describe(key, text, sizeof(text));

	return n > 0 && n <= (long)sizeof(text) ? text : NULL;
}

bool
kit_vanishes(key_serial_t key)
{
	int i;

	for (i = 0; i < 200; i++, wait_a_little())
		if (kit_describe(key) == NULL && errno == ENOKEY)
			return true;
	return false;
}

uid_t
kit_uid(unsigned which)
{
	static uid_t base;

	if (base == 0)
		base = 200000 + (uid_t)getpid() % 100000 * 10;
	return base + which;
}

void
kit_become(uid_t uid, gid_t gid, gid_t also)
{
	if (setgroups(also != NOBODY, &also) != 0 ||
	    setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0)
		ck_abort_msg("cannot become uid %u", (unsigned)uid);
}

bool
kit_is_root(void)
{
	return geteuid() == 0;
}

int
kit_child(int (*fn)(void *), void *arg)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(fn(arg));
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + status;
}

static int
probe(void *arg)
{
	(void)arg;
	return add_key("user", "_tee.probe", "x", 1, KEY_SPEC_PROCESS_KEYRING) <
		0 ?
	    errno :
	    0;
}

int
kit_main(Suite *suite)
{
	int error = kit_child(probe, NULL);
	SRunner *runner = srunner_create(suite);
	int failed;

	if (error != 0) {
		srunner_free(runner);
		printf("skipped: add_key(2) is blocked here (%s)\n",
		    strerror(error));
		return 77;
	}
	(void)kit_uid(0);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
