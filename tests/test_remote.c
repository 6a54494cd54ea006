/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A key that teed holds, seen from the library: what teed may say without
 * being believed, and whose key it is that signs after a lease has ended.
 */
#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "libtee/clock.h"
#include "libtee/line.h"
#include "libtee/remote_ask.h"
#include "tests/test_remote_kit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static struct tee_key *key;

START_TEST(granted)
{
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE], by;
	size_t size;

	remote_begin();
	ck_assert_int_eq(remote_acquire((struct tee_options){ 0 }, &key), 0);
	tee_key_public(key, public_key);
	ck_assert_uint_eq(public_key[0], 'a');
	ck_assert_str_eq(tee_key_did(key, &size), DID);
	ck_assert_uint_eq(size, strlen(DID));
	ck_assert_int_eq(tee_key_serial(key), 101);
	ck_assert_int_eq(tee_key_expires(key), 2000000001);
	ck_assert_ptr_nonnull(tee_key_evidence(key));
	ck_assert_int_eq(tee_claims_level(tee_key_claims(key)),
	    TEE_LEVEL_TEE_VM);
	ck_assert_int_eq(remote_sign(key, &by), 0);
	ck_assert_uint_eq(by, 'a');
	ck_assert_int_eq(remote_attest(key), 0);
	ck_assert_int_eq(tee_renew(tee, key), 0);
	ck_assert_int_eq(tee_key_revoke(key), 0);
	remote_end(&key);
}
END_TEST

/* One thing of a good grant is wrong. */
static const struct {
	const char *what;
	int error;
	struct said said;
	struct tee_options options;
} refused[] = {
	{ "a digest that is not ours", TEE_E_PROFILE, { .digest = ZEROS },
	    { 0 } },
	{ "a digest cut off", TEE_E_TEED, { .digest = "00" }, { 0 } },
	{ "nothing of a key", TEE_E_TEED, { .status = "{}" }, { 0 } },
	{ "no JSON", TEE_E_TEED, { .status = "{" }, { 0 } },
	{ "no claims", TEE_E_TEED,
	    { .status =
		    "{\"digest\":\"" ZEROS "\",\"public_key\":\"" ZEROS "\"}" },
	    { 0 } },
	{ "claims of another key", TEE_E_TEED, { .other_claims = true },
	    { 0 } },
	{ "another agent's key", TEE_E_DENIED, { .did = "did:mesh:agent-2" },
	    { 0 } },
	{ "a longer DID", TEE_E_DENIED, { .did = DID "0" }, { 0 } },
	{ "a shorter DID", TEE_E_DENIED, { .did = "did:mesh:agent" }, { 0 } },
	{ "claims that deny", TEE_E_DENIED,
	    { .verdict = TEE_UNAVAILABLE, .level = TEE_LEVEL_TEE_VM }, { 0 } },
	{ "claims below the caller's floor", TEE_E_DENIED, { 0 },
	    { .min_level = TEE_LEVEL_TEE_CONTAINER } },
	{ "a simulated platform", TEE_E_DENIED, { .simulated = true }, { 0 } },
	{ "a key cut off", TEE_E_TEED, { .key_less = strlen(DID) }, { 0 } },
	{ "no evidence at all", TEE_E_EVIDENCE, { .evidence = "{}" }, { 0 } },
	{ "KEY is refused", TEE_E_UNAVAILABLE,
	    { .refuse = { [TEE_WIRE_KEY] = TEE_E_UNAVAILABLE } }, { 0 } },
	{ "STATUS is refused", TEE_E_LIMIT,
	    { .refuse = { [TEE_WIRE_STATUS] = TEE_E_LIMIT } }, { 0 } },
	{ "ATTEST is refused", TEE_E_LIMIT,
	    { .refuse = { [TEE_WIRE_ATTEST] = TEE_E_LIMIT } }, { 0 } },
	{ "a code that is none", TEE_E_TEED,
	    { .refuse = { [TEE_WIRE_KEY] = 0xee } }, { 0 } },
};

START_TEST(not_granted)
{
	int error;

	remote_begin();
	said = refused[_i].said;
	if (said.verdict == 0) {
		said.verdict = TEE_OK;
		said.level = TEE_LEVEL_TEE_VM;
	}
	error = remote_acquire(refused[_i].options, &key);
	ck_assert_msg(error == refused[_i].error, "%s: %s\n%s",
	    refused[_i].what, tee_error_word(error), trace.text);
	remote_end(&key);
}
END_TEST

/* The events, as bytes of said.events. */
#define GRANT "\1"
#define DENY "\2"
#define REVOKE "\3"
#define EXPIRE "\4"
#define ALL_REFUSE(e) \
	{ \
		[TEE_WIRE_SIGN] = (e), [TEE_WIRE_KEY] = (e), \
		[TEE_WIRE_ATTEST] = (e) \
	}

/* What comes before the answer to SIGN, what that gives, and the next. */
static const struct {
	const char *what;
	struct said said;
	int error, next;
} signatures[] = {
	{ "nothing", { 0 }, 0, 0 },
	{ "a new lease", { .events = GRANT }, 0, 0 },
	{ "an end, and a new lease of the same key", { .events = EXPIRE GRANT },
	    0, 0 },
	{ "an end, and another key", { .events = EXPIRE GRANT, .key = 'b' },
	    TEE_E_KEY_GONE, TEE_E_KEY_GONE },
	{ "a denial, and another key", { .events = DENY GRANT, .key = 'b' },
	    TEE_E_KEY_GONE, TEE_E_KEY_GONE },
	{ "another key, and nothing said of the end",
	    { .events = GRANT, .key = 'b' }, TEE_E_KEY_GONE, TEE_E_KEY_GONE },
	{ "a lease of claims below the caller's floor",
	    { .events = GRANT, .new_level = TEE_LEVEL_SECURE_BOOT },
	    TEE_E_KEY_GONE, TEE_E_KEY_GONE },
	{ "a lease on a simulated platform",
	    { .events = GRANT, .simulated = true }, TEE_E_KEY_GONE,
	    TEE_E_KEY_GONE },
	{ "a lease that it does not tell of",
	    { .events = GRANT, .refuse = { [TEE_WIRE_KEY] = TEE_E_MEMORY } },
	    TEE_E_MEMORY, TEE_E_MEMORY },
	{ "a lease without claims", { .events = GRANT, .status = "{}" },
	    TEE_E_TEED, TEE_E_TEED },
	{ "the end",
	    { .events = EXPIRE, .refuse = ALL_REFUSE(TEE_E_KEY_EXPIRED) },
	    TEE_E_KEY_EXPIRED, TEE_E_KEY_EXPIRED },
	{ "a denial", { .events = DENY, .refuse = ALL_REFUSE(TEE_E_DENIED) },
	    TEE_E_KEY_GONE, TEE_E_KEY_GONE },
	{ "an operator's end",
	    { .events = REVOKE, .refuse = ALL_REFUSE(TEE_E_KEY_REVOKED) },
	    TEE_E_KEY_REVOKED, TEE_E_KEY_REVOKED },
	{ "a message that may not be signed",
	    { .refuse = { [TEE_WIRE_SIGN] = TEE_E_MESSAGE } }, TEE_E_MESSAGE,
	    TEE_E_MESSAGE },
	{ "63 bytes", { .signature_less = 1 }, TEE_E_TEED, TEE_E_TEED },
	{ "no bytes", { .signature_less = 64 }, TEE_E_TEED, TEE_E_TEED },
	{ "too much at once", { .refuse = { [TEE_WIRE_SIGN] = TEE_E_LIMIT } },
	    TEE_E_LIMIT, TEE_E_LIMIT },
};

static void
begin(const struct said *s, enum tee_wire_verb at)
{
	struct tee_options options = { .min_level = TEE_LEVEL_TEE_VM };

	remote_begin();
	ck_assert_int_eq(remote_acquire(options, &key), 0);
	said = *s;
	said.at = at;
	said.verdict = TEE_OK;
	said.level = TEE_LEVEL_TEE_VM;
}

START_TEST(signs)
{
	const int expected[] = { signatures[_i].error, signatures[_i].next };
	uint8_t by;

	begin(&signatures[_i].said, TEE_WIRE_SIGN);
	for (int i = 0; i < 2; i++) {
		int error = remote_sign(key, &by);

		ck_assert_msg(error == expected[i], "%s, call %d: %s",
		    signatures[_i].what, i, tee_error_word(error));
		ck_assert_uint_eq(by, error == 0 ? 'a' : 0);
	}
	remote_end(&key);
}
END_TEST

/* An end is not for ever: the next call is asked, not remembered. */
START_TEST(comes_back)
{
	static const char *const ends[] = { EXPIRE, DENY, REVOKE };
	static const struct said refuses = { .refuse = ALL_REFUSE(
						 TEE_E_KEY_EXPIRED) };
	uint8_t by;

	for (int turn = 0; turn < 2; turn++) {
		begin(&refuses, TEE_WIRE_SIGN);
		said.events = ends[_i];
		ck_assert_int_ne(remote_sign(key, &by), 0);
		ck_assert_int_ne(remote_attest(key), 0);
		memset(said.refuse, 0, sizeof(said.refuse));
		said.key = turn == 0 ? 0 : 'b';
		said.events = GRANT;
		ck_assert_int_eq(remote_sign(key, &by),
		    turn == 0 ? 0 : TEE_E_KEY_GONE);
		ck_assert_uint_eq(by, turn == 0 ? 'a' : 0);
		ck_assert_int_eq(remote_attest(key),
		    turn == 0 ? 0 : TEE_E_KEY_GONE);
		remote_end(&key);
	}
}
END_TEST

/* One question per lease, and what it says is told of the key. */
START_TEST(knows_the_lease)
{
	static const struct said s = { .events = GRANT };
	unsigned before;
	uint8_t by;

	begin(&s, TEE_WIRE_SIGN);
	before = asked[TEE_WIRE_KEY];
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(remote_sign(key, &by), 0);
	ck_assert_uint_eq(asked[TEE_WIRE_KEY], before + 1);
	ck_assert_int_eq(tee_key_expires(key), 2000000002);
	ck_assert_int_eq(tee_key_serial(key), 102);
	remote_end(&key);
}
END_TEST

START_TEST(attests)
{
	static const struct said same = { .events = EXPIRE GRANT },
				 other = { .events = EXPIRE GRANT, .key = 'b' },
				 none = { .evidence = "" },
				 odd = { .evidence = "{}" };
	static const struct {
		const struct said *said;
		int error;
	} rows[] = { { &same, 0 }, { &other, TEE_E_KEY_GONE },
		{ &none, TEE_E_TEED }, { &odd, TEE_E_EVIDENCE } };

	begin(rows[_i].said, TEE_WIRE_ATTEST);
	ck_assert_int_eq(remote_attest(key), rows[_i].error);
	remote_end(&key);
}
END_TEST

/* What the library itself denies ends the use of the key here. */
START_TEST(renewal)
{
	static const struct {
		struct said said;
		int error, sign;
	} rows[] = {
		{ { 0 }, 0, 0 },
		{ { .refuse = { [TEE_WIRE_RENEW] = TEE_E_UNAVAILABLE } },
		    TEE_E_UNAVAILABLE, 0 },
		{ { .refuse = { [TEE_WIRE_RENEW] = TEE_E_DENIED,
			[TEE_WIRE_SIGN] = TEE_E_DENIED } },
		    TEE_E_DENIED, TEE_E_KEY_GONE },
		{ { .simulated = true }, TEE_E_DENIED, TEE_E_KEY_GONE },
		{ { .events = GRANT, .new_level = TEE_LEVEL_SECURE_BOOT },
		    TEE_E_DENIED, TEE_E_KEY_GONE },
		{ { .events = DENY GRANT, .key = 'b' }, TEE_E_KEY_GONE,
		    TEE_E_KEY_GONE },
	};
	uint8_t by;

	begin(&rows[_i].said, TEE_WIRE_RENEW);
	ck_assert_int_eq(tee_renew(tee, key), rows[_i].error);
	ck_assert_int_eq(remote_sign(key, &by), rows[_i].sign);
	/* A renewal that is granted is the way back to the same key. */
	said.simulated = false;
	said.level = TEE_LEVEL_TEE_VM;
	memset(said.refuse, 0, sizeof(said.refuse));
	ck_assert_int_eq(tee_renew(tee, key), _i == 5 ? TEE_E_KEY_GONE : 0);
	ck_assert_int_eq(remote_sign(key, &by), _i == 5 ? TEE_E_KEY_GONE : 0);
	remote_end(&key);
}
END_TEST

/* The successor is not this handle's to end. */
START_TEST(revokes_its_own)
{
	static const struct said s = { .events = EXPIRE GRANT, .key = 'b' };
	uint8_t by;

	begin(&s, TEE_WIRE_SIGN);
	ck_assert_int_eq(remote_sign(key, &by), TEE_E_KEY_GONE);
	ck_assert_int_eq(tee_key_revoke(key), 0);
	ck_assert_uint_eq(asked[TEE_WIRE_REVOKE], 0);
	ck_assert_int_eq(tee_renew(tee, key), TEE_E_KEY_GONE);
	ck_assert_uint_eq(asked[TEE_WIRE_RENEW], 0);
	remote_end(&key);
}
END_TEST

/* As custody_fd may be: nobody reads it, and no more goes in. */
START_TEST(a_full_line)
{
	struct tee_line_end line = { .fd = -1 };
	uint64_t began;
	char why[256];
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			     pair),
	    0);
	while (send(pair[0], why, sizeof(why), MSG_DONTWAIT) > 0)
		;
	ck_assert_int_eq(errno, EAGAIN);
	line.fd = pair[0];
	began = tee_clock_monotonic_ms();
	ck_assert_int_eq(tee_line_ask(&line, TEE_WIRE_KEY, NULL, 0, 300, NULL,
			     NULL, why),
	    TEE_E_TEED);
	ck_assert_uint_ge(tee_clock_monotonic_ms() - began, 300);
	ck_assert_int_eq(line.fd, -1);
	close(pair[1]);
}
END_TEST

/* ---- threads of a child ---------------------------------------------- */

static pthread_mutex_t *slow; /* takes its time to be made */
static atomic_uint made, inside, together;

/* In the place of libc's, for libtee, too. */
int
pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *attr)
{
	static int (*real)(pthread_mutex_t *, const pthread_mutexattr_t *);

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "pthread_mutex_init");
	if (m == slow) {
		made++;
		nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
	}
	return real(m, attr);
}

static void *
come_in(void *barrier)
{
	pthread_barrier_wait(barrier);
	tee_remote_enter(key->remote);
	together += inside++ > 0;
	nanosleep(&(struct timespec){ .tv_nsec = 150000000 }, NULL);
	inside--;
	pthread_mutex_unlock(&key->remote->lock);
	return NULL;
}

/* 0: one made the lock anew, and they had it one after another. */
static int
two_threads(void)
{
	pthread_barrier_t barrier;
	pthread_t thread[2];

	pthread_barrier_init(&barrier, NULL, 2);
	slow = &key->remote->lock;
	for (int i = 0; i < 2; i++)
		if (pthread_create(&thread[i], NULL, come_in, &barrier) != 0)
			return 9;
	for (int i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	return made != 1 ? 1 : together != 0 ? 2 : key->remote->line.fd >= 0;
}

/* The parent's lock was held when the child was born. */
START_TEST(a_child_of_two_threads)
{
	int status = -1;
	pid_t pid;

	remote_begin();
	ck_assert_int_eq(remote_acquire((struct tee_options){ 0 }, &key), 0);
	tee_remote_enter(key->remote);
	pid = fork();
	if (pid == 0) {
		alarm(3);
		_exit(two_threads());
	}
	pthread_mutex_unlock(&key->remote->lock);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	remote_end(&key);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("remote");
	TCase *c = tcase_create("remote");

	if (!kit_begin("remote"))
		return 77;
	tcase_add_test(c, granted);
	tcase_add_test(c, a_full_line);
	tcase_add_loop_test(c, not_granted, 0, (int)COUNT(refused));
	tcase_add_loop_test(c, signs, 0, (int)COUNT(signatures));
	tcase_add_loop_test(c, comes_back, 0, 3);
	tcase_add_test(c, knows_the_lease);
	tcase_add_loop_test(c, attests, 0, 4);
	tcase_add_loop_test(c, renewal, 0, 6);
	tcase_add_test(c, revokes_its_own);
	tcase_add_test(c, a_child_of_two_threads);
	suite_add_tcase(suite, c);
	return kit_run(suite);
}
