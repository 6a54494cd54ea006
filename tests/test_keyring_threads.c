/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Possession of keys is per thread in Linux, and libtee's promise is not:
 * every thread of the process signs, whenever it was born; no child does.
 */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/test_keyring_kit.h"

#define MANY 8
#define ROUNDS 200

struct worker {
	pthread_t thread;
	struct tee_custody *custody;
	pthread_barrier_t *start;
	long read; /* its own keyctl_read of the key */
	int read_errno;
	int worst; /* of its signatures */
};

static void *
work(void *arg)
{
	struct worker *w = arg;
	int i, error;

	pthread_barrier_wait(w->start);
	w->read = keyctl_read(tee_custody_serial(w->custody), NULL, 0);
	w->read_errno = errno;
	for (i = 0; i < ROUNDS; i++) {
		uint8_t signature[TEE_SIGNATURE_SIZE] = { 0 };

		error = tee_custody_sign(w->custody, KIT_MESSAGE, 1, signature);
		if (error == 0 &&
		    memcmp(signature, kit_signature, sizeof(signature)) != 0)
			error = -1;
		if (error != 0)
			w->worst = error;
	}
	return NULL;
}

static void
launch(struct worker *w, size_t count, pthread_barrier_t *start)
{
	size_t i;

	pthread_barrier_init(start, NULL, (unsigned)count + 1);
	for (i = 0; i < count; i++) {
		w[i] = (struct worker){ .start = start };
		ck_assert_int_eq(pthread_create(&w[i].thread, NULL, work,
				     &w[i]),
		    0);
	}
}

static void
join(struct worker *w, size_t count, struct tee_custody *c,
    pthread_barrier_t *start)
{
	size_t i;

	for (i = 0; i < count; i++)
		w[i].custody = c;
	pthread_barrier_wait(start);
	for (i = 0; i < count; i++)
		pthread_join(w[i].thread, NULL);
	pthread_barrier_destroy(start);
}

START_TEST(older_than_the_ring)
{
	struct worker w[MANY];
	pthread_barrier_t start;
	struct tee_custody *c;
	size_t i;

	launch(w, MANY, &start);
	c = kit_store(60, NOBODY);
	join(w, MANY, c, &start);
	for (i = 0; i < MANY; i++) {
		/* Without the deputy it could not: the kernel says no. */
		ck_assert_int_lt(w[i].read, 0);
		ck_assert_int_eq(w[i].read_errno, EACCES);
		ck_assert_int_eq(w[i].worst, 0);
	}
	ck_assert_int_eq(kit_sign(c), 0);
	tee_custody_free(&c);
}
END_TEST

START_TEST(younger_than_the_ring)
{
	struct tee_custody *c = kit_store(60, NOBODY);
	struct worker w[MANY];
	pthread_barrier_t start;
	size_t i;

	launch(w, MANY, &start);
	join(w, MANY, c, &start);
	for (i = 0; i < MANY; i++) {
		ck_assert_int_eq(w[i].read, 64);
		ck_assert_int_eq(w[i].worst, 0);
	}
	tee_custody_free(&c);
}
END_TEST

struct storer {
	pthread_t thread;
	pthread_barrier_t *start;
	int worst;
};

static void *
store_again_and_again(void *arg)
{
	struct storer *s = arg;
	int i;

	pthread_barrier_wait(s->start);
	for (i = 0; i < ROUNDS; i++) {
		struct tee_custody *c = NULL;
		int error = kit_try_store(60, NOBODY, &c);

		if (error == 0)
			error = kit_sign(c);
		if (error != 0)
			s->worst = error;
		tee_custody_free(&c);
	}
	return NULL;
}

/* Threads that share one process keyring are not in each other's way. */
START_TEST(stored_at_the_same_time)
{
	struct storer s[4];
	pthread_barrier_t start;
	size_t i;

	ck_assert_int_gt(keyctl_get_keyring_ID(KEY_SPEC_PROCESS_KEYRING, 1), 0);
	pthread_barrier_init(&start, NULL, 4);
	for (i = 0; i < 4; i++) {
		s[i] = (struct storer){ .start = &start };
		ck_assert_int_eq(pthread_create(&s[i].thread, NULL,
				     store_again_and_again, &s[i]),
		    0);
	}
	for (i = 0; i < 4; i++)
		pthread_join(s[i].thread, NULL);
	for (i = 0; i < 4; i++)
		ck_assert_int_eq(s[i].worst, 0);
	pthread_barrier_destroy(&start);
}
END_TEST

static void
block_usr1(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static void *
deaf(void *arg)
{
	pthread_barrier_t *end = arg;

	block_usr1();
	pthread_barrier_wait(end);
	pthread_barrier_wait(end);
	return NULL;
}

/* A signal that the application blocks for sigwait(3) stays its own. */
START_TEST(deputy_takes_no_signal)
{
	const struct timespec soon = { 2, 0 };
	pthread_barrier_t end;
	struct tee_custody *c;
	pthread_t thread;
	sigset_t set;

	pthread_barrier_init(&end, NULL, 2);
	ck_assert_int_eq(pthread_create(&thread, NULL, deaf, &end), 0);
	pthread_barrier_wait(&end);
	c = kit_store(60, NOBODY);
	block_usr1();
	ck_assert_int_eq(kill(getpid(), SIGUSR1), 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	ck_assert_int_eq(sigtimedwait(&set, NULL, &soon), SIGUSR1);
	pthread_barrier_wait(&end);
	pthread_join(thread, NULL);
	tee_custody_free(&c);
}
END_TEST

struct errand {
	struct tee_custody *custody;
	pthread_barrier_t *start;
	int renewed;
	int signed_after_renewal;
	int revoked;
	int signed_after_revocation;
};

static void *
run_errands(void *arg)
{
	struct errand *e = arg;

	pthread_barrier_wait(e->start);
	e->renewed = tee_custody_renew(e->custody, 60);
	e->signed_after_renewal = kit_sign(e->custody);
	e->revoked = tee_custody_revoke(e->custody);
	e->signed_after_revocation = kit_sign(e->custody);
	return NULL;
}

START_TEST(older_thread_renews_and_revokes)
{
	pthread_barrier_t start;
	struct errand e = { .start = &start };
	key_serial_t first, second;
	pthread_t thread;

	pthread_barrier_init(&start, NULL, 2);
	ck_assert_int_eq(pthread_create(&thread, NULL, run_errands, &e), 0);
	e.custody = kit_store(60, NOBODY);
	first = tee_custody_serial(e.custody);
	pthread_barrier_wait(&start);
	pthread_join(thread, NULL);
	second = tee_custody_serial(e.custody);
	ck_assert_int_eq(e.renewed, 0);
	ck_assert_int_eq(e.signed_after_renewal, 0);
	ck_assert_int_eq(e.revoked, 0);
	ck_assert_int_eq(e.signed_after_revocation, TEE_E_KEY_GONE);
	ck_assert(kit_vanishes(first));
	ck_assert(kit_vanishes(second));
	ck_assert_int_eq(kit_ring(), -1);
	tee_custody_free(&e.custody);
}
END_TEST

static void *
store_there(void *arg)
{
	struct tee_custody **c = arg;

	*c = kit_store(60, NOBODY);
	return NULL;
}

/* The storing thread may end; who is left still signs and ends the key. */
START_TEST(storing_thread_is_gone)
{
	struct tee_custody *c = NULL;
	key_serial_t key;
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, store_there, &c), 0);
	pthread_join(thread, NULL);
	ck_assert_ptr_nonnull(c);
	key = tee_custody_serial(c);
	ck_assert_int_eq(kit_sign(c), 0);
	ck_assert_int_eq(tee_custody_renew(c, 60), 0);
	ck_assert_int_eq(kit_sign(c), 0);
	ck_assert(kit_vanishes(key));
	key = tee_custody_serial(c);
	tee_custody_free(&c);
	ck_assert(kit_vanishes(key));
}
END_TEST

static int
child_tries(void *arg)
{
	struct tee_custody *c = arg;
	uint8_t signature[TEE_SIGNATURE_SIZE];

	if (tee_custody_sign(c, KIT_MESSAGE, 1, signature) != TEE_E_KEY_FOREIGN)
		return 1;
	if (tee_custody_renew(c, 60) != TEE_E_KEY_FOREIGN)
		return 2;
	if (tee_custody_revoke(c) != TEE_E_KEY_FOREIGN)
		return 3;
	if (keyctl_read(tee_custody_serial(c), NULL, 0) >= 0)
		return 4;
	if (keyctl_invalidate(tee_custody_serial(c)) == 0)
		return 5;
	tee_custody_free(&c);
	return c == NULL ? 0 : 6;
}

static int
child_exits(void *arg)
{
	(void)arg;
	exit(0);
}

static int
child_has_its_own(void *arg)
{
	struct tee_custody *own = NULL;

	(void)arg;
	if (kit_try_store(60, NOBODY, &own) != 0 || kit_sign(own) != 0)
		return 1;
	tee_custody_free(&own);
	return 0;
}

START_TEST(forked_child)
{
	struct tee_custody *c = kit_store(60, NOBODY);

	ck_assert_int_eq(kit_child(child_tries, c), 0);
	ck_assert_int_eq(kit_sign(c), 0);
	ck_assert_int_eq(kit_child(child_exits, c), 0);
	ck_assert_int_eq(kit_sign(c), 0);
	ck_assert_int_eq(kit_child(child_has_its_own, NULL), 0);
	ck_assert_int_eq(kit_sign(c), 0);
	tee_custody_free(&c);
}
END_TEST

/* With a deputy: its thread does not exist in the child. */
START_TEST(forked_child_of_threads)
{
	struct worker w;
	pthread_barrier_t start;
	struct tee_custody *c;

	launch(&w, 1, &start);
	c = kit_store(60, NOBODY);
	ck_assert_int_eq(kit_child(child_tries, c), 0);
	join(&w, 1, c, &start);
	ck_assert_int_eq(w.worst, 0);
	ck_assert_int_eq(kit_sign(c), 0);
	tee_custody_free(&c);
}
END_TEST

/* A fork in the middle of other threads' signatures takes no lock along. */
START_TEST(forked_mid_signature)
{
	struct worker w[2];
	pthread_barrier_t start;
	struct tee_custody *c;
	int i;

	launch(w, 2, &start);
	c = kit_store(60, NOBODY);
	w[0].custody = w[1].custody = c;
	pthread_barrier_wait(&start);
	for (i = 0; i < 10; i++)
		ck_assert_int_eq(kit_child(child_tries, c), 0);
	for (i = 0; i < 2; i++) {
		pthread_join(w[i].thread, NULL);
		ck_assert_int_eq(w[i].worst, 0);
	}
	tee_custody_free(&c);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("keyring threads");
	TCase *tcase = tcase_create("threads");

	tcase_set_timeout(tcase, 180);
	tcase_add_test(tcase, older_than_the_ring);
	tcase_add_test(tcase, younger_than_the_ring);
	tcase_add_test(tcase, stored_at_the_same_time);
	tcase_add_test(tcase, deputy_takes_no_signal);
	tcase_add_test(tcase, older_thread_renews_and_revokes);
	tcase_add_test(tcase, storing_thread_is_gone);
	tcase_add_test(tcase, forked_child);
	tcase_add_test(tcase, forked_child_of_threads);
	tcase_add_test(tcase, forked_mid_signature);
	suite_add_tcase(suite, tcase);
	return kit_main(suite);
}
