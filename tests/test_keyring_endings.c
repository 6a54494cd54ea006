/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may end a key in custody: its user and the operators' group, by
 * revoking, clearing or emptying its ring; nobody else, not even root; and
 * the owner is told what happened, for good.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/test_keyring_attempts.h"
#include "tests/test_keyring_kit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static long
end_revoke(struct attempt_lease l)
{
	return keyctl_revoke(l.ring);
}

static long
end_clear(struct attempt_lease l)
{
	return keyctl_clear(l.ring);
}

static long
end_unlink(struct attempt_lease l)
{
	return keyctl_unlink(l.key, l.ring);
}

/* What write permission on the ring is for: an end that nobody undoes. */
static const struct ending {
	const char *name;
	long (*attempt)(struct attempt_lease);
	int then; /* what the owner's signature says */
} endings[] = {
	{ "revoke the ring", end_revoke, TEE_E_KEY_REVOKED },
	{ "clear the ring", end_clear, TEE_E_KEY_GONE },
	{ "unlink the key", end_unlink, TEE_E_KEY_GONE },
};

struct end_try {
	uid_t uid;
	gid_t gid;
	const struct ending *ending;
	struct attempt_lease lease;
	int go;
};

static int
end_it(void *arg)
{
	struct end_try *t = arg;

	if (read(t->go, &t->lease, sizeof(t->lease)) != sizeof(t->lease))
		return 255;
	return t->ending->attempt(t->lease) == 0 ? 0 : errno;
}

/* errno of that stranger's attempt, who lives since before the key. */
static int
ends(struct tee_custody **c, uid_t uid, gid_t gid, const struct ending *ending)
{
	struct end_try t = { uid, gid, ending, { 0, 0 }, -1 };
	struct attempt_lease lease;
	int go[2], status;
	pid_t pid;

	ck_assert_int_eq(pipe(go), 0);
	t.go = go[0];
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		close(go[1]);
		if (uid != getuid())
			kit_become(uid, gid, NOBODY);
		_exit(end_it(&t));
	}
	close(go[0]);
	if (kit_is_root()) {
		kit_become(kit_uid(1), kit_uid(1), kit_uid(5));
		*c = kit_store(60, kit_uid(5));
	} else {
		*c = kit_store(60, NOBODY);
	}
	lease = (struct attempt_lease){ tee_custody_serial(*c), kit_ring() };
	ck_assert_int_eq(write(go[1], &lease, sizeof(lease)), sizeof(lease));
	close(go[1]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

static void
is_ended(struct tee_custody *c, key_serial_t key, const struct ending *e)
{
	ck_assert_msg(kit_sign(c) == e->then, "%s", e->name);
	ck_assert_int_lt(keyctl_read(key, NULL, 0), 0);
	ck_assert(kit_vanishes(key));
	ck_assert_msg(kit_sign(c) == e->then, "%s, afterwards", e->name);
	/* Gone already is a success; and it is over for good. */
	ck_assert_int_eq(tee_custody_revoke(c), 0);
	ck_assert_int_eq(kit_sign(c), TEE_E_KEY_GONE);
}

START_TEST(user_and_operators_may_end_it)
{
	const struct ending *e = &endings[_i / 2];
	uid_t uid = !kit_is_root() ? getuid() : kit_uid(_i % 2 ? 3 : 1);
	struct tee_custody *c;
	key_serial_t key;

	if (!kit_is_root() && _i % 2)
		return;
	ck_assert_int_eq(ends(&c, uid, kit_uid(5), e), 0);
	key = tee_custody_serial(c);
	is_ended(c, key, e);
	tee_custody_free(&c);
}
END_TEST

START_TEST(nobody_else_may_end_it)
{
	struct tee_custody *c;

	if (!kit_is_root())
		return;
	ck_assert_int_eq(ends(&c, _i % 2 ? 0 : kit_uid(2), 0, &endings[_i / 2]),
	    EACCES);
	ck_assert_int_eq(kit_sign(c), 0);
	tee_custody_free(&c);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("keyring endings");
	TCase *tcase = tcase_create("endings");
	int rows = (int)COUNT(endings);

	if (!kit_is_root())
		printf("skipped: operators and other users (not root)\n");
	tcase_add_loop_test(tcase, user_and_operators_may_end_it, 0, 2 * rows);
	tcase_add_loop_test(tcase, nobody_else_may_end_it, 0, 2 * rows);
	suite_add_tcase(suite, tcase);
	return kit_main(suite);
}
