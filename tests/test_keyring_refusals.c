/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the kernel says no, each no has its own TEE_E_* code, its own hint,
 * and leaves nothing behind: real seccomp filters, a real quota, a real
 * RLIMIT_MEMLOCK, a real end of the key under its owner's hands.
 */
#include "config.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "libtee/lease.h"
#include "libtee/stack.h"
#include "libtee/signer.h"
#include "tests/test_keyring_kit.h"

/* AddressSanitizer swallows mlock(2): what it refuses cannot be seen. */
#if UNDER_ASAN
#define CAN_LOCK 0
#else
#define CAN_LOCK 1
#endif

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* From now on that system call fails so in this process. */
static void
forbid(long nr, int error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { COUNT(code), code };

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program),
	    0);
}

/* As container runtimes do it: moby forbids all, podman hides add_key. */
static const struct {
	const char *name;
	long nr;
	int refusal;
	int error;
} filters[] = {
	{ "moby: add_key", SYS_add_key, EPERM, TEE_E_KEYRING_DENIED },
	{ "moby: keyctl", SYS_keyctl, EPERM, TEE_E_KEYRING_DENIED },
	{ "podman: add_key", SYS_add_key, ENOSYS, TEE_E_KEYRING_MISSING },
	{ "no keyring: keyctl", SYS_keyctl, ENOSYS, TEE_E_KEYRING_MISSING },
	{ "quota", SYS_add_key, EDQUOT, TEE_E_KEYRING_QUOTA },
	{ "no kernel memory", SYS_add_key, ENOMEM, TEE_E_MEMORY },
};

START_TEST(storing_under_a_filter)
{
	struct tee_custody *c = NULL;

	forbid(filters[_i].nr, filters[_i].refusal);
	ck_assert_msg(kit_try_store(60, NOBODY, &c) == filters[_i].error, "%s",
	    filters[_i].name);
	ck_assert_ptr_null(c);
}
END_TEST

/* A filter that arrives later: renewal fails, the old lease stands. */
START_TEST(renewing_under_a_filter)
{
	struct tee_custody *c = kit_store(60, NOBODY);
	key_serial_t key = tee_custody_serial(c);

	forbid(SYS_add_key, EDQUOT);
	ck_assert_int_eq(tee_custody_renew(c, 60), TEE_E_KEYRING_QUOTA);
	ck_assert_int_eq(tee_custody_serial(c), key);
	ck_assert_int_eq(kit_sign(c), 0);
	tee_custody_free(&c);
	ck_assert_int_eq(kit_ring(), -1);
	ck_assert(kit_vanishes(key));
}
END_TEST

START_TEST(signing_under_a_filter)
{
	struct tee_custody *c = kit_store(60, NOBODY);

	forbid(SYS_keyctl, _i == 0 ? EPERM : ENOSYS);
	ck_assert_int_eq(kit_sign(c),
	    _i == 0 ? TEE_E_KEYRING_DENIED : TEE_E_KEYRING_MISSING);
	/* An end that the kernel refused is not a success. */
	ck_assert_int_ne(tee_custody_revoke(c), 0);
	tee_custody_free(&c);
}
END_TEST

/* How many keys this user's quota still takes. */
static unsigned
fill_quota(void)
{
	char name[32];
	unsigned n;

	for (n = 0; n < 1000; n++) {
		snprintf(name, sizeof(name), "filler.%u", n);
		if (add_key("user", name, "x", 1, KEY_SPEC_THREAD_KEYRING) < 0)
			break;
	}
	ck_assert_int_eq(errno, EDQUOT);
	return n;
}

START_TEST(quota)
{
	struct tee_custody *c = NULL;
	key_serial_t last;
	unsigned n, room;
	int error;

	if (!kit_is_root())
		return;
	kit_become(kit_uid(7), kit_uid(7), NOBODY);
	ck_assert_int_gt(keyctl_get_keyring_ID(KEY_SPEC_PROCESS_KEYRING, 1), 0);
	n = fill_quota();
	ck_assert_uint_gt(n, 3);
	/* Nothing is left of an attempt that got half its keys either. */
	for (room = 0; room < 3; room++) {
		error = kit_try_store(60, NOBODY, &c);
		ck_assert_int_eq(error, TEE_E_KEYRING_QUOTA);
		ck_assert_ptr_null(c);
		ck_assert_int_eq(kit_ring(), -1);
		ck_assert_int_eq(keyctl_search(KEY_SPEC_PROCESS_KEYRING, "user",
				     KIT_DESCRIPTION, 0),
		    -1);
		ck_assert_int_eq(keyctl_search(KEY_SPEC_PROCESS_KEYRING,
				     "keyring", "_tee.new", 0),
		    -1);
		if (room == 2)
			break;
		last = keyctl_search(KEY_SPEC_THREAD_KEYRING, "user",
		    room == 0 ? "filler.0" : "filler.1", 0);
		ck_assert_int_gt(last, 0);
		ck_assert_int_eq(keyctl_invalidate(last), 0);
		ck_assert(kit_vanishes(last));
	}
}
END_TEST

START_TEST(no_memory_to_lock)
{
	struct rlimit none = { 0, 0 };
	struct tee_stack_memory stack;
	struct tee_secret secret;
	struct tee_custody *c = NULL;
	uint8_t key[TEE_PUBLIC_KEY_SIZE];

	if (!kit_is_root() || !CAN_LOCK)
		return;
	ck_assert_int_eq(setrlimit(RLIMIT_MEMLOCK, &none), 0);
	kit_become(kit_uid(8), kit_uid(8), NOBODY);
	ck_assert_int_eq(tee_secret_alloc(&secret, 32), TEE_E_MEMORY);
	ck_assert_ptr_null(secret.data);
	ck_assert_int_eq(tee_stack_alloc(&stack, 32768), TEE_E_MEMORY);
	ck_assert_int_eq(tee_signer_public(kit_seed, key), TEE_E_MEMORY);
	ck_assert_int_eq(kit_try_store(60, NOBODY, &c), TEE_E_MEMORY);
	ck_assert_ptr_null(c);
	ck_assert_int_eq(kit_ring(), -1);
}
END_TEST

/* The key ends behind its owner's back. */
START_TEST(expired)
{
	struct tee_custody *c = kit_store(1, NOBODY);

	ck_assert(kit_comes_to(c, TEE_E_KEY_EXPIRED));
	ck_assert_int_eq(tee_custody_renew(c, 60), TEE_E_KEY_EXPIRED);
	ck_assert_int_eq(tee_custody_revoke(c), 0);
	ck_assert_int_eq(kit_sign(c), TEE_E_KEY_GONE);
	tee_custody_free(&c);
}
END_TEST

START_TEST(revoked)
{
	struct tee_custody *c = kit_store(60, NOBODY);

	ck_assert_int_eq(keyctl_revoke(kit_ring()), 0);
	ck_assert_int_eq(kit_sign(c), TEE_E_KEY_REVOKED);
	ck_assert_int_eq(tee_custody_renew(c, 60), TEE_E_KEY_REVOKED);
	tee_custody_free(&c);
}
END_TEST

START_TEST(invalidated)
{
	struct tee_custody *c = kit_store(60, NOBODY);
	key_serial_t key = tee_custody_serial(c);

	ck_assert_int_eq(keyctl_invalidate(key), 0);
	ck_assert(kit_vanishes(key));
	ck_assert_int_eq(kit_sign(c), TEE_E_KEY_GONE);
	ck_assert_int_eq(tee_custody_renew(c, 60), TEE_E_KEY_GONE);
	ck_assert_int_eq(tee_custody_revoke(c), 0);
	tee_custody_free(&c);
}
END_TEST

/* One errno, one code; and each code says in its own words what to do. */
static const struct {
	int number;
	int code;
	const char *word;
	const char *hint; /* names this */
} codes[] = {
	{ EPERM, TEE_E_KEYRING_DENIED, "keyring-denied", "seccomp" },
	{ ENOSYS, TEE_E_KEYRING_MISSING, "keyring-missing", "CONFIG_KEYS" },
	{ EDQUOT, TEE_E_KEYRING_QUOTA, "keyring-quota", "maxkeys" },
	{ ENOMEM, TEE_E_MEMORY, "memory", "RLIMIT_MEMLOCK" },
	{ EKEYEXPIRED, TEE_E_KEY_EXPIRED, "key-expired", "lifetime" },
	{ EKEYREVOKED, TEE_E_KEY_REVOKED, "key-revoked", "revoked" },
	{ ENOKEY, TEE_E_KEY_GONE, "key-gone", "Acquire again" },
	{ EACCES, TEE_E_KEY_FOREIGN, "key-foreign", "forked" },
	{ EIO, TEE_E_SYSTEM, "system", "errno" },
};

START_TEST(every_code_has_a_hint)
{
	size_t i, j;

	for (i = 0; i < COUNT(codes); i++) {
		ck_assert_int_eq(tee_lease_error(codes[i].number),
		    codes[i].code);
		ck_assert_str_eq(tee_error_word(codes[i].code), codes[i].word);
		ck_assert_int_eq(tee_error_from_word(codes[i].word),
		    codes[i].code);
		ck_assert_msg(strstr(tee_explain(codes[i].code),
				  codes[i].hint) != NULL,
		    "%s: its hint does not say %s", codes[i].word,
		    codes[i].hint);
		for (j = 0; j < i; j++) {
			ck_assert_int_ne(codes[i].code, codes[j].code);
			ck_assert_str_ne(tee_strerror(codes[i].code),
			    tee_strerror(codes[j].code));
			ck_assert_str_ne(tee_explain(codes[i].code),
			    tee_explain(codes[j].code));
		}
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("keyring refusals");
	TCase *tcase = tcase_create("refusals");

	if (!kit_is_root())
		printf("skipped: quota and RLIMIT_MEMLOCK (not root)\n");
	tcase_set_timeout(tcase, 180);
	tcase_add_loop_test(tcase, storing_under_a_filter, 0,
	    (int)COUNT(filters));
	tcase_add_test(tcase, renewing_under_a_filter);
	tcase_add_loop_test(tcase, signing_under_a_filter, 0, 2);
	tcase_add_test(tcase, quota);
	tcase_add_test(tcase, no_memory_to_lock);
	tcase_add_test(tcase, expired);
	tcase_add_test(tcase, revoked);
	tcase_add_test(tcase, invalidated);
	tcase_add_test(tcase, every_code_has_a_hint);
	suite_add_tcase(suite, tcase);
	return kit_main(suite);
}
