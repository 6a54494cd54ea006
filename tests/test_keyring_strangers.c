/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What anybody but the owner may do to a key in custody: the whole table, by
 * strangers of the owner's own user id, of the operators' group, of another
 * user id and of root (all capabilities, no ptrace).  They exist before the
 * key does, and once more as the owner's forked and exec'd children.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/test_keyring_kit.h"

#define P KEY_SPEC_PROCESS_KEYRING
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define EVERYTHING 0x3f3f3f3f

struct lease {
	key_serial_t key;
	key_serial_t ring;
};

static key_serial_t
own_key(void)
{
	return add_key("user", "stranger's", "x", 1, P);
}

static key_serial_t
own_ring(void)
{
	return add_key("keyring", "stranger's ring", NULL, 0, P);
}

static long
key_describe(struct lease l)
{
	return keyctl_describe(l.key, NULL, 0);
}

static long
key_read(struct lease l)
{
	return keyctl_read(l.key, NULL, 0);
}

static long
key_search(struct lease l)
{
	return keyctl_search(l.ring, "user", KIT_DESCRIPTION, 0);
}

static long
key_request(struct lease l)
{
	(void)l;
	return request_key("user", KIT_DESCRIPTION, NULL, P);
}

static long
key_request_into(struct lease l)
{
	(void)own_key();
	return request_key("user", "stranger's", NULL, l.ring);
}

static long
key_link(struct lease l)
{
	return keyctl_link(l.key, P);
}

static long
key_link_session(struct lease l)
{
	return keyctl_link(l.key, KEY_SPEC_SESSION_KEYRING);
}

static long
key_move(struct lease l)
{
	return keyctl_move(l.key, l.ring, own_ring(), 0);
}

static long
key_update(struct lease l)
{
	return keyctl_update(l.key, "x", 1);
}

static long
key_setperm(struct lease l)
{
	return keyctl_setperm(l.key, EVERYTHING);
}

static long
key_chown(struct lease l)
{
	return keyctl_chown(l.key, getuid(), getgid());
}

static long
key_extend(struct lease l)
{
	return keyctl_set_timeout(l.key, 100000);
}

static long
key_invalidate(struct lease l)
{
	return keyctl_invalidate(l.key);
}

static long
key_revoke(struct lease l)
{
	return keyctl_revoke(l.key);
}

static long
ring_read(struct lease l)
{
	key_serial_t keys[8];

	return keyctl_read(l.ring, (char *)keys, sizeof(keys));
}

static long
ring_link(struct lease l)
{
	return keyctl_link(l.ring, P);
}

static long
ring_move(struct lease l)
{
	return keyctl_move(l.ring, P, own_ring(), 0);
}

/* By its name, which describe() tells. */
static long
ring_join(struct lease l)
{
	char text[512];
	long n = keyctl_describe(l.ring, text, sizeof(text));
	const char *name = n > 0 ? strrchr(text, ';') : NULL;

	if (name == NULL)
		return -1;
	if (keyctl_join_session_keyring(name + 1) == l.ring)
		return 0;
	return keyctl_read(l.key, NULL, 0);
}

static long
ring_add(struct lease l)
{
	return add_key("user", "stranger's", "x", 1, l.ring);
}

static long
ring_replace(struct lease l)
{
	return add_key("user", KIT_DESCRIPTION, "x", 1, l.ring);
}

static long
ring_link_into(struct lease l)
{
	return keyctl_link(own_key(), l.ring);
}

static long
ring_move_into(struct lease l)
{
	return keyctl_move(own_key(), P, l.ring, 0);
}

static long
ring_persistent_into(struct lease l)
{
	return keyctl_get_persistent((uid_t)-1, l.ring);
}

static long
ring_setperm(struct lease l)
{
	return keyctl_setperm(l.ring, EVERYTHING);
}

static long
ring_chown(struct lease l)
{
	return keyctl_chown(l.ring, getuid(), getgid());
}

static long
ring_extend(struct lease l)
{
	return keyctl_set_timeout(l.ring, 100000);
}

static long
ring_restrict(struct lease l)
{
	return keyctl_restrict_keyring(l.ring, NULL, NULL);
}

static long
ring_invalidate(struct lease l)
{
	return keyctl_invalidate(l.ring);
}

/* Which column of the table: what the stranger is to the owner. */
enum standing {
	SAME_USER,
	OPERATOR,
	OTHER,
	STANDINGS
};

/* EPERM: may write, but the ring takes nothing in.  0: may look. */
static const struct {
	const char *name;
	long (*attempt)(struct lease);
	int error[STANDINGS];
} table[] = {
	{ "describe the key", key_describe, { 0, 0, EACCES } },
	{ "read the key", key_read, { EACCES, EACCES, EACCES } },
	{ "search the ring", key_search, { EACCES, EACCES, EACCES } },
	{ "request the key", key_request, { ENOKEY, ENOKEY, ENOKEY } },
	{ "request own key into the ring", key_request_into,
	    { EPERM, EPERM, EACCES } },
	{ "link the key", key_link, { EACCES, EACCES, EACCES } },
	{ "link the key to the session", key_link_session,
	    { EACCES, EACCES, EACCES } },
	{ "move the key", key_move, { EACCES, EACCES, EACCES } },
	{ "update the key", key_update, { EACCES, EACCES, EACCES } },
	{ "setperm the key", key_setperm, { EACCES, EACCES, EACCES } },
	{ "chown the key", key_chown, { EACCES, EACCES, EACCES } },
	{ "extend the key", key_extend, { EACCES, EACCES, EACCES } },
	{ "invalidate the key", key_invalidate, { EACCES, EACCES, EACCES } },
	{ "revoke the key", key_revoke, { EACCES, EACCES, EACCES } },
	{ "read the ring", ring_read, { EACCES, EACCES, EACCES } },
	{ "link the ring", ring_link, { EACCES, EACCES, EACCES } },
	{ "move the ring", ring_move, { EACCES, EACCES, EACCES } },
	{ "add to the ring", ring_add, { EPERM, EPERM, EACCES } },
	{ "replace in the ring", ring_replace, { EPERM, EPERM, EACCES } },
	{ "link into the ring", ring_link_into, { EPERM, EPERM, EACCES } },
	{ "move into the ring", ring_move_into, { EPERM, EPERM, EACCES } },
	{ "persistent keyring into the ring", ring_persistent_into,
	    { EPERM, EPERM, EACCES } },
	{ "setperm the ring", ring_setperm, { EACCES, EACCES, EACCES } },
	{ "chown the ring", ring_chown, { EACCES, EACCES, EACCES } },
	{ "extend the ring", ring_extend, { EACCES, EACCES, EACCES } },
	{ "restrict the ring", ring_restrict, { EACCES, EACCES, EACCES } },
	{ "invalidate the ring", ring_invalidate,
	    { EACCES, EACCES, EACCES } },
	{ "join the ring as session", ring_join, { EACCES, EACCES, EACCES } },
};

/* A stranger's work: the table in, one errno per row out. */
static int
try_all(int in, int out)
{
	int errors[COUNT(table)];
	struct lease lease;
	size_t i;

	if (read(in, &lease, sizeof(lease)) != sizeof(lease))
		return 1;
	for (i = 0; i < COUNT(table); i++) {
		errno = 0;
		errors[i] = table[i].attempt(lease) < 0 ? errno : 0;
	}
	return write(out, errors, sizeof(errors)) == sizeof(errors) ? 0 : 1;
}

struct stranger {
	const char *name;
	enum standing standing;
	uid_t uid;
	gid_t gid;
	bool exec;
	int to;
	int from;
	pid_t pid;
};

static void
be_stranger(const struct stranger *s, int in, int out)
{
	static char program[] = "/proc/self/exe", flag[] = "--stranger";
	char *argv[] = { program, flag, NULL };

	if (s->uid != getuid())
		kit_become(s->uid, s->gid, NOBODY);
	if (!s->exec)
		_exit(try_all(in, out));
	dup2(in, 0);
	dup2(out, 1);
	execv(program, argv);
	_exit(1);
}

static void
start(struct stranger *s)
{
	int to[2], from[2];

	ck_assert_int_eq(pipe(to), 0);
	ck_assert_int_eq(pipe(from), 0);
	s->pid = fork();
	ck_assert_int_ge(s->pid, 0);
	if (s->pid == 0) {
		close(to[1]);
		close(from[0]);
		be_stranger(s, to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);
	s->to = to[1];
	s->from = from[0];
}

static void
finish(struct stranger *s)
{
	int status;

	close(s->to);
	close(s->from);
	ck_assert_int_eq(waitpid(s->pid, &status, 0), s->pid);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0,
	    "%s: did not finish its work", s->name);
}

static void
let_try(struct stranger *s, struct lease lease)
{
	int errors[COUNT(table)];
	size_t i;

	ck_assert_int_eq(write(s->to, &lease, sizeof(lease)), sizeof(lease));
	ck_assert_int_eq(read(s->from, errors, sizeof(errors)),
	    sizeof(errors));
	finish(s);
	for (i = 0; i < COUNT(table); i++)
		ck_assert_msg(errors[i] == table[i].error[s->standing],
		    "%s: %s: %s, expected %s", s->name, table[i].name,
		    strerror(errors[i]),
		    strerror(table[i].error[s->standing]));
}

static struct lease
lease_of(struct tee_custody *c)
{
	return (struct lease){ tee_custody_serial(c), kit_ring() };
}

/* The remaining lifetime as /proc/keys says it. */
static bool
expires_within_a_minute(key_serial_t key)
{
	FILE *f = fopen("/proc/keys", "re");
	char line[512], life[16];
	bool found = false;
	unsigned serial;

	ck_assert_ptr_nonnull(f);
	while (!found && fgets(line, sizeof(line), f) != NULL)
		found = sscanf(line, "%x %*s %*d %15s", &serial, life) == 2 &&
		    serial == (unsigned)key &&
		    (strchr(life, 's') != NULL || strcmp(life, "1m") == 0);
	fclose(f);
	return found;
}

static void
still_as_stored(struct tee_custody *c, const char *before, const char *who)
{
	const char *now = kit_describe(tee_custody_serial(c));

	ck_assert_ptr_nonnull(now);
	ck_assert_msg(strcmp(now, before) == 0, "%s changed %s to %s", who,
	    before, now);
	ck_assert_msg(kit_sign(c) == 0, "%s: the key no longer signs", who);
	ck_assert_msg(expires_within_a_minute(tee_custody_serial(c)),
	    "%s: the expiry is not what it was", who);
}

static void
each_tries(struct tee_custody *c, struct stranger *s, size_t count)
{
	char *before = strdup(kit_describe(tee_custody_serial(c)));
	size_t i;

	for (i = 0; i < count; i++) {
		let_try(&s[i], lease_of(c));
		still_as_stored(c, before, s[i].name);
	}
	free(before);
}

START_TEST(strangers_older_than_the_key)
{
	uid_t owner = kit_is_root() ? kit_uid(1) : getuid();
	gid_t operators = kit_is_root() ? kit_uid(5) : NOBODY;
	struct stranger s[] = {
		{ "the same user", SAME_USER, owner, owner, false, 0, 0, 0 },
		{ "the same user, exec'd", SAME_USER, owner, owner, true, 0,
		    0, 0 },
		{ "an operator", OPERATOR, kit_uid(3), operators, false, 0, 0,
		    0 },
		{ "another user", OTHER, kit_uid(2), kit_uid(2), false, 0, 0,
		    0 },
		{ "root without ptrace", OTHER, 0, 0, false, 0, 0, 0 },
	};
	size_t i, count = kit_is_root() ? COUNT(s) : 2;
	struct tee_custody *c;

	for (i = 0; i < count; i++)
		start(&s[i]);
	if (kit_is_root())
		kit_become(owner, owner, operators);
	c = kit_store(60, operators);
	each_tries(c, s, count);
	tee_custody_free(&c);
}
END_TEST

START_TEST(children)
{
	struct stranger s[] = {
		{ "a forked child", SAME_USER, getuid(), getgid(), false, 0,
		    0, 0 },
		{ "an exec'd child", SAME_USER, getuid(), getgid(), true, 0,
		    0, 0 },
	};
	struct tee_custody *c = kit_store(60, NOBODY);
	size_t i;

	for (i = 0; i < COUNT(s); i++)
		start(&s[i]);
	each_tries(c, s, COUNT(s));
	tee_custody_free(&c);
}
END_TEST

static long
end_revoke(struct lease l)
{
	return keyctl_revoke(l.ring);
}

static long
end_clear(struct lease l)
{
	return keyctl_clear(l.ring);
}

static long
end_unlink(struct lease l)
{
	return keyctl_unlink(l.key, l.ring);
}

/* What write permission on the ring is for: an end that nobody undoes. */
static const struct ending {
	const char *name;
	long (*attempt)(struct lease);
	int then;	/* what the owner's signature says */
} endings[] = {
	{ "revoke the ring", end_revoke, TEE_E_KEY_REVOKED },
	{ "clear the ring", end_clear, TEE_E_KEY_GONE },
	{ "unlink the key", end_unlink, TEE_E_KEY_GONE },
};

struct end_try {
	uid_t uid;
	gid_t gid;
	const struct ending *ending;
	struct lease lease;
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
ends(struct tee_custody **c, uid_t uid, gid_t gid,
    const struct ending *ending)
{
	struct end_try t = { uid, gid, ending, { 0, 0 }, -1 };
	struct lease lease;
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
	lease = lease_of(*c);
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
	ck_assert_int_eq(ends(&c, _i % 2 ? 0 : kit_uid(2), 0,
	    &endings[_i / 2]), EACCES);
	ck_assert_int_eq(kit_sign(c), 0);
	tee_custody_free(&c);
}
END_TEST

int
main(int argc, char **argv)
{
	Suite *suite = suite_create("keyring strangers");
	TCase *tcase = tcase_create("strangers");
	int rows = (int)COUNT(endings);

	if (argc == 2 && strcmp(argv[1], "--stranger") == 0)
		return try_all(0, 1);
	if (!kit_is_root())
		printf("skipped: strangers of other users (not root)\n");
	tcase_add_test(tcase, strangers_older_than_the_key);
	tcase_add_test(tcase, children);
	tcase_add_loop_test(tcase, user_and_operators_may_end_it, 0, 2 * rows);
	tcase_add_loop_test(tcase, nobody_else_may_end_it, 0, 2 * rows);
	suite_add_tcase(suite, tcase);
	return kit_main(suite);
}
