/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One verification for many simultaneous askers.  Sixteen threads ask for one
 * key; while the first of them verifies, the others wait on a condition, so
 * that every outcome is reached with all of them there.
 */
#include "config.h"

#include <check.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "libtee/trust/flight.h"
#include "tests/test_trust_kit.h"

#define THREADS 16
#define KEY 42

static struct trust_cache *cache;
/* What verifications come to, by their number; and how often each came. */
static struct {
	unsigned fail_first; /* so many fail */
	bool too_large;      /* a grant that is not kept */
	long hold_ms;        /* each takes this long */
	atomic_uint asking, verified, hits, full, in_flight, most;
} story;

static void
nap(long ms)
{
	nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
}

static struct tee_claims *
outcome(unsigned number)
{
	static const char large[600];
	struct tee_claims *c;

	if (number <= story.fail_first)
		return NULL;
	c = kit_claims(KEY);
	if (story.too_large)
		tee_claims_name(c, &c->measurements, "large", large,
		    sizeof(large));
	return c;
}

/* Verifies until everybody else has had the time to come and wait. */
static void
fly(const uint8_t id[32])
{
	unsigned now = atomic_fetch_add(&story.in_flight, 1) + 1;
	unsigned number = atomic_fetch_add(&story.verified, 1) + 1;
	struct tee_claims *c = outcome(number);

	if (now > atomic_load(&story.most))
		atomic_store(&story.most, now);
	while (atomic_load(&story.asking) < THREADS)
		nap(1);
	nap(story.hold_ms);
	atomic_fetch_sub(&story.in_flight, 1);
	trust_cache_end(cache, id, id, c, KIT_NOW + KIT_MINUTE);
	tee_claims_free(&c);
}

static void *
ask(void *unused)
{
	struct tee_claims *claims = NULL;
	uint8_t id[32];

	kit_id(KEY, id);
	atomic_fetch_add(&story.asking, 1);
	switch (trust_cache_begin(cache, id, KIT_NOW, &claims)) {
	case TRUST_HIT:
		if (kit_mark(claims) == KEY)
			atomic_fetch_add(&story.hits, 1);
		break;
	case TRUST_MISS_YOURS:
		fly(id);
		break;
	case TRUST_FULL:
		atomic_fetch_add(&story.full, 1);
		break;
	}
	tee_claims_free(&claims);
	return unused;
}

static void
tell(unsigned fail_first, bool too_large, long hold_ms, unsigned patience_ms)
{
	pthread_t thread[THREADS];

	memset(&story, 0, sizeof(story));
	story.fail_first = fail_first;
	story.too_large = too_large;
	story.hold_ms = hold_ms;
	ck_assert_int_eq(trust_cache_new(16, &cache), 0);
	if (patience_ms != 0)
		trust_cache_patience(cache, patience_ms);
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, ask, NULL),
		    0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	ck_assert_uint_eq(story.hits + story.verified + story.full, THREADS);
}

START_TEST(one_verifies)
{
	tell(0, false, 100, 0);
	ck_assert_uint_eq(story.verified, 1);
	ck_assert_uint_eq(story.hits, THREADS - 1);
	trust_cache_free(&cache);
}
END_TEST

/* Each failure hands over to one of those who wait, never to two. */
START_TEST(failures_hand_over)
{
	tell((unsigned)_i, false, 20, 0);
	ck_assert_uint_eq(story.most, 1);
	ck_assert_uint_eq(story.verified, (unsigned)_i + 1);
	ck_assert_uint_eq(story.hits, THREADS - 1 - (unsigned)_i);
	trust_cache_free(&cache);
}
END_TEST

START_TEST(everybody_fails)
{
	tell(THREADS, false, 5, 0);
	ck_assert_uint_eq(story.most, 1);
	ck_assert_uint_eq(story.verified, THREADS);
	ck_assert(!kit_hit(cache, KEY, KIT_NOW));
	trust_cache_free(&cache);
}
END_TEST

/* A grant too large to keep is no reason to stand in line. */
START_TEST(unkept_lets_all_go)
{
	tell(0, true, 100, 0);
	ck_assert_uint_eq(story.verified, 1);
	ck_assert_uint_eq(story.full, THREADS - 1);
	trust_cache_free(&cache);
}
END_TEST

START_TEST(patience_ends)
{
	uint64_t begun = tee_clock_monotonic_ms();

	tell(0, false, 400, 100);
	ck_assert_uint_ge(tee_clock_monotonic_ms() - begun, 400);
	ck_assert_uint_eq(story.verified, 1);
	ck_assert_uint_eq(story.full, THREADS - 1);
	/* What came of it is kept all the same. */
	ck_assert(kit_hit(cache, KEY, KIT_NOW));
	trust_cache_free(&cache);
}
END_TEST

/* A verification that nobody ever ended holds up nobody for ever. */
START_TEST(lost_flight)
{
	struct tee_claims *claims;
	uint64_t begun;
	uint8_t id[32];

	kit_id(KEY, id);
	ck_assert_int_eq(trust_cache_new(16, &cache), 0);
	trust_cache_patience(cache, 50);
	ck_assert_int_eq(trust_cache_begin(cache, id, KIT_NOW, &claims),
	    TRUST_MISS_YOURS);
	begun = tee_clock_monotonic_ms();
	ck_assert_int_eq(trust_cache_begin(cache, id, KIT_NOW, &claims),
	    TRUST_FULL);
	ck_assert_uint_ge(tee_clock_monotonic_ms() - begun, 49);
	trust_cache_free(&cache);
}
END_TEST

/* No lock is held meanwhile: other keys are verified and found. */
START_TEST(others_go_on)
{
	struct tee_claims *claims;
	uint8_t id[32];

	kit_id(KEY, id);
	ck_assert_int_eq(trust_cache_new(16, &cache), 0);
	ck_assert_int_eq(trust_cache_begin(cache, id, KIT_NOW, &claims),
	    TRUST_MISS_YOURS);
	ck_assert(kit_verify(cache, 1, 1, KIT_NOW, KIT_NOW + KIT_MINUTE));
	ck_assert(kit_hit(cache, 1, KIT_NOW));
	trust_cache_end(cache, id, id, NULL, 0);
	/* Ended twice: the second word counts for nothing. */
	claims = kit_claims(KEY);
	trust_cache_end(cache, id, id, claims, KIT_NOW + KIT_MINUTE);
	tee_claims_free(&claims);
	ck_assert(!kit_hit(cache, KEY, KIT_NOW));
	trust_cache_free(&cache);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("trust_flight");
	TCase *t = tcase_create("flight");
	SRunner *runner;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_test(t, one_verifies);
	tcase_add_loop_test(t, failures_hand_over, 1, 4);
	tcase_add_test(t, everybody_fails);
	tcase_add_test(t, unkept_lets_all_go);
	tcase_add_test(t, patience_ends);
	tcase_add_test(t, lost_flight);
	tcase_add_test(t, others_go_on);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
