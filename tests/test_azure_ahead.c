/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wrapping keys that are made ahead: each is one transaction's, none waits
 * beyond its time, and neither a child nor a closed line has one.
 */
#include "config.h"

#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "libtee/call.h"
#include "libtee/clock.h"
#include "modules/snp_azure/ahead.h"

#define LONG 60000
#define TAKERS 4

static struct tee_call
call_of(unsigned budget_ms)
{
	struct tee_call call = { .deadline =
				     tee_clock_monotonic_ms() + budget_ms };

	return call;
}

static bool
take(struct azure_ahead *a, struct azure_rsa *key, unsigned budget_ms)
{
	struct tee_call call = call_of(budget_ms);

	return tee_azure_ahead_take(&call, a, key);
}

static bool
works(const struct azure_rsa *rsa)
{
	EVP_PKEY *key = tee_azure_rsa_open(rsa);
	EVP_PKEY_CTX *ctx = key != NULL ? EVP_PKEY_CTX_new(key, NULL) : NULL;
	bool ok = ctx != NULL && EVP_PKEY_pairwise_check(ctx) == 1 &&
	    EVP_PKEY_get_bits(key) == 2048;

	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	return ok;
}

static bool
same(const struct azure_rsa *a, const struct azure_rsa *b)
{
	return memcmp(a->part[AZURE_RSA_N], b->part[AZURE_RSA_N], 256) == 0;
}

START_TEST(never_twice)
{
	struct azure_ahead *a = tee_azure_ahead_new(LONG);
	static struct azure_rsa key[3];

	ck_assert_ptr_nonnull(a);
	for (size_t i = 0; i < 3; i++) {
		ck_assert(take(a, &key[i], 20000));
		ck_assert(works(&key[i]));
		/* It is gone, and none is made before somebody says so. */
		ck_assert(!take(a, &key[i], 1000));
		tee_azure_ahead_begin(a);
		for (size_t k = 0; k < i; k++)
			ck_assert(!same(&key[i], &key[k]));
	}
	tee_azure_ahead_free(&a);
	ck_assert_ptr_null(a);
	/* None is asked for. */
	ck_assert(!take(NULL, &key[0], 20000));
}
END_TEST

static void
sleep_ms(unsigned ms)
{
	struct timespec ts = { ms / 1000, (long)(ms % 1000) * 1000000 };

	nanosleep(&ts, NULL);
}

/* Who has just released has the processor for himself. */
START_TEST(pauses)
{
	struct azure_ahead *a = tee_azure_ahead_new(LONG);
	static struct azure_rsa key;

	for (unsigned i = 0; i < 10; i++) {
		uint64_t start;
		clock_t used;

		ck_assert(take(a, &key, 20000));
		start = tee_clock_monotonic_ms();
		used = clock();
		tee_azure_ahead_begin(a);
		sleep_ms(12);
		used = clock() - used;
		/* Where this thread itself came too late nothing is known. */
		if (tee_clock_monotonic_ms() - start < 18)
			ck_assert_int_lt(used, CLOCKS_PER_SEC / 200);
	}
	tee_azure_ahead_free(&a);
}
END_TEST

/* Nobody waits for what is there. */
START_TEST(ready_at_once)
{
	struct azure_ahead *a = tee_azure_ahead_new(LONG);
	static struct azure_rsa key;
	bool taken = false;

	for (unsigned i = 0; i < 200 && !taken; i++) {
		sleep_ms(50);
		taken = take(a, &key, 0);
	}
	ck_assert(taken && works(&key));
	tee_azure_ahead_free(&a);
}
END_TEST

/* What is too old is gone; what was too old at once, always. */
START_TEST(grows_old)
{
	struct azure_ahead *a = tee_azure_ahead_new(0);
	static struct azure_rsa key;

	for (unsigned i = 0; i < 15; i++) {
		ck_assert(!take(a, &key, i % 3 == 0 ? 1000 : 0));
		tee_azure_ahead_begin(a);
		sleep_ms(100);
	}
	tee_azure_ahead_free(&a);
}
END_TEST

START_TEST(budget)
{
	struct azure_ahead *a = tee_azure_ahead_new(LONG);
	static struct azure_rsa key;
	uint64_t start = tee_clock_monotonic_ms();

	/* It has just begun. */
	(void)take(a, &key, 5);
	ck_assert_uint_lt(tee_clock_monotonic_ms() - start, 300);
	tee_azure_ahead_free(&a);
}
END_TEST

/* What is being made is given up. */
START_TEST(closes_in_between)
{
	uint64_t start = tee_clock_monotonic_ms();

	for (unsigned i = 0; i < 20; i++) {
		struct azure_ahead *a = tee_azure_ahead_new(LONG);

		ck_assert_ptr_nonnull(a);
		sleep_ms(i);
		tee_azure_ahead_free(&a);
	}
	ck_assert_uint_lt(tee_clock_monotonic_ms() - start, 4000);
}
END_TEST

START_TEST(forked_child)
{
	struct azure_ahead *a = tee_azure_ahead_new(LONG);
	static struct azure_rsa key;
	int status;
	pid_t child;

	ck_assert(take(a, &key, 20000));
	tee_azure_ahead_begin(a);
	sleep_ms(1000); /* the next one is there, most likely */
	child = fork();
	if (child == 0) {
		bool taken = take(a, &key, 100);

		tee_azure_ahead_begin(a);
		tee_azure_ahead_free(&a);
		_exit(taken ? 1 : 0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	ck_assert(take(a, &key, 20000));
	tee_azure_ahead_free(&a);
}
END_TEST

/* The agent's signals do not end up in a thread that it knows nothing of. */
static volatile sig_atomic_t signalled;
static pthread_t where;

static void
on_signal(int number)
{
	(void)number;
	signalled = 1;
	where = pthread_self();
}

START_TEST(signals)
{
	struct azure_ahead *a = tee_azure_ahead_new(LONG);
	struct sigaction action = { .sa_handler = on_signal };

	ck_assert_int_eq(sigaction(SIGUSR1, &action, NULL), 0);
	for (unsigned i = 0; i < 20; i++) {
		signalled = 0;
		ck_assert_int_eq(kill(getpid(), SIGUSR1), 0);
		while (!signalled)
			sleep_ms(1);
		ck_assert(pthread_equal(where, pthread_self()));
	}
	tee_azure_ahead_free(&a);
}
END_TEST

static struct azure_rsa taken_by[TAKERS];

static void *
take_one(void *user)
{
	static atomic_uint next;
	struct azure_rsa *mine = &taken_by[atomic_fetch_add(&next, 1)];

	if (!take(user, mine, 20000))
		memset(mine, 0, sizeof(*mine));
	tee_azure_ahead_begin(user);
	return NULL;
}

/* Whoever gets none makes one: no two have the same. */
START_TEST(threads)
{
	struct azure_ahead *a = tee_azure_ahead_new(LONG);
	pthread_t thread[TAKERS];
	unsigned taken = 0;

	for (size_t i = 0; i < TAKERS; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, take_one, a),
		    0);
	for (size_t i = 0; i < TAKERS; i++)
		pthread_join(thread[i], NULL);
	for (size_t i = 0; i < TAKERS; i++) {
		if (taken_by[i].size[AZURE_RSA_N] == 0)
			continue;
		taken++;
		ck_assert(works(&taken_by[i]));
		for (size_t k = 0; k < i; k++)
			ck_assert(!same(&taken_by[i], &taken_by[k]));
	}
	ck_assert_uint_ge(taken, 1);
	tee_azure_ahead_free(&a);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure_ahead");
	TCase *tcase = tcase_create("azure_ahead");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, never_twice);
	tcase_add_test(tcase, pauses);
	tcase_add_test(tcase, ready_at_once);
	tcase_add_test(tcase, grows_old);
	tcase_add_test(tcase, budget);
	tcase_add_test(tcase, closes_in_between);
	tcase_add_test(tcase, forked_child);
	tcase_add_test(tcase, signals);
	tcase_add_test(tcase, threads);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
