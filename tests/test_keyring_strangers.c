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

#include "tests/test_keyring_attempts.h"
#include "tests/test_keyring_kit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

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
		_exit(attempts_run(in, out));
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
let_try(struct stranger *s, struct attempt_lease lease)
{
	int errors[ATTEMPTS];
	size_t i;

	ck_assert_int_eq(write(s->to, &lease, sizeof(lease)), sizeof(lease));
	ck_assert_int_eq(read(s->from, errors, sizeof(errors)), sizeof(errors));
	finish(s);
	for (i = 0; i < ATTEMPTS; i++)
		ck_assert_msg(errors[i] == attempts[i].error[s->standing],
		    "%s: %s: %s, expected %s", s->name, attempts[i].name,
		    strerror(errors[i]),
		    strerror(attempts[i].error[s->standing]));
}

static struct attempt_lease
lease_of(struct tee_custody *c)
{
	return (struct attempt_lease){ tee_custody_serial(c), kit_ring() };
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
		{ "the same user, exec'd", SAME_USER, owner, owner, true, 0, 0,
		    0 },
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
		{ "a forked child", SAME_USER, getuid(), getgid(), false, 0, 0,
		    0 },
		{ "an exec'd child", SAME_USER, getuid(), getgid(), true, 0, 0,
		    0 },
	};
	struct tee_custody *c = kit_store(60, NOBODY);
	size_t i;

	for (i = 0; i < COUNT(s); i++)
		start(&s[i]);
	each_tries(c, s, COUNT(s));
	tee_custody_free(&c);
}
END_TEST

int
main(int argc, char **argv)
{
	Suite *suite;
	TCase *tcase;

	if (argc == 2 && strcmp(argv[1], "--stranger") == 0)
		return attempts_run(0, 1);
	suite = suite_create("keyring strangers");
	tcase = tcase_create("strangers");
	if (!kit_is_root())
		printf("skipped: strangers of other users (not root)\n");
	tcase_add_test(tcase, strangers_older_than_the_key);
	tcase_add_test(tcase, children);
	suite_add_tcase(suite, tcase);
	return kit_main(suite);
}
