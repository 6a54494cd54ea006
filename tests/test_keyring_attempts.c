/* SPDX-License-Identifier: Apache-2.0 */
/* attempts: see test_keyring_attempts.h. */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "tests/test_keyring_attempts.h"
#include "tests/test_keyring_kit.h"

#define P KEY_SPEC_PROCESS_KEYRING
#define EVERYTHING 0x3f3f3f3f

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
key_describe(struct attempt_lease l)
{
	return keyctl_describe(l.key, NULL, 0);
}

static long
key_read(struct attempt_lease l)
{
	return keyctl_read(l.key, NULL, 0);
}

static long
key_search(struct attempt_lease l)
{
	return keyctl_search(l.ring, "user", KIT_DESCRIPTION, 0);
}

static long
key_request(struct attempt_lease l)
{
	(void)l;
	return request_key("user", KIT_DESCRIPTION, NULL, P);
}

static long
key_request_into(struct attempt_lease l)
{
	(void)own_key();
	return request_key("user", "stranger's", NULL, l.ring);
}

static long
key_link(struct attempt_lease l)
{
	return keyctl_link(l.key, P);
}

static long
key_link_session(struct attempt_lease l)
{
	return keyctl_link(l.key, KEY_SPEC_SESSION_KEYRING);
}

static long
key_move(struct attempt_lease l)
{
	return keyctl_move(l.key, l.ring, own_ring(), 0);
}

static long
key_update(struct attempt_lease l)
{
	return keyctl_update(l.key, "x", 1);
}

static long
key_setperm(struct attempt_lease l)
{
	return keyctl_setperm(l.key, EVERYTHING);
}

static long
key_chown(struct attempt_lease l)
{
	return keyctl_chown(l.key, getuid(), getgid());
}

static long
key_extend(struct attempt_lease l)
{
	return keyctl_set_timeout(l.key, 100000);
}

static long
key_invalidate(struct attempt_lease l)
{
	return keyctl_invalidate(l.key);
}

static long
key_revoke(struct attempt_lease l)
{
	return keyctl_revoke(l.key);
}

static long
ring_read(struct attempt_lease l)
{
	key_serial_t keys[8];

	return keyctl_read(l.ring, (char *)keys, sizeof(keys));
}

static long
ring_link(struct attempt_lease l)
{
	return keyctl_link(l.ring, P);
}

static long
ring_move(struct attempt_lease l)
{
	return keyctl_move(l.ring, P, own_ring(), 0);
}

/* By its name, which describe() tells. */
static long
ring_join(struct attempt_lease l)
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
ring_add(struct attempt_lease l)
{
	return add_key("user", "stranger's", "x", 1, l.ring);
}

static long
ring_replace(struct attempt_lease l)
{
	return add_key("user", KIT_DESCRIPTION, "x", 1, l.ring);
}

static long
ring_link_into(struct attempt_lease l)
{
	return keyctl_link(own_key(), l.ring);
}

static long
ring_move_into(struct attempt_lease l)
{
	return keyctl_move(own_key(), P, l.ring, 0);
}

static long
ring_persistent_into(struct attempt_lease l)
{
	return keyctl_get_persistent((uid_t)-1, l.ring);
}

static long
ring_setperm(struct attempt_lease l)
{
	return keyctl_setperm(l.ring, EVERYTHING);
}

static long
ring_chown(struct attempt_lease l)
{
	return keyctl_chown(l.ring, getuid(), getgid());
}

static long
ring_extend(struct attempt_lease l)
{
	return keyctl_set_timeout(l.ring, 100000);
}

static long
ring_restrict(struct attempt_lease l)
{
	return keyctl_restrict_keyring(l.ring, NULL, NULL);
}

static long
ring_invalidate(struct attempt_lease l)
{
	return keyctl_invalidate(l.ring);
}

/* EPERM: may write, but the ring takes nothing in.  0: may look. */
const struct attempt attempts[ATTEMPTS] = {
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
	{ "invalidate the ring", ring_invalidate, { EACCES, EACCES, EACCES } },
	{ "join the ring as session", ring_join, { EACCES, EACCES, EACCES } },
};

int
attempts_run(int in, int out)
{
	int errors[ATTEMPTS];
	struct attempt_lease lease;
	size_t i;

	if (read(in, &lease, sizeof(lease)) != sizeof(lease))
		return 1;
	for (i = 0; i < ATTEMPTS; i++) {
		errno = 0;
		errors[i] = attempts[i].run(lease) < 0 ? errno : 0;
	}
	return write(out, errors, sizeof(errors)) == sizeof(errors) ? 0 : 1;
}
