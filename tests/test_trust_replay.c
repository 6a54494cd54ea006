/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A challenge is taken once while its window is open, whatever the clock does
 * meanwhile; a memory that is full says so and forgets nothing for it.
 */
#include "config.h"

#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <tee/tee.h>

#include "libtee/trust/replay.h"
#include "tests/test_trust_kit.h"

#define WINDOW (30 * TEE_SECOND)

static struct trust_replay *replay;

static enum trust_seen
take(uint64_t number, tee_instant now, tee_instant until)
{
	uint8_t id[32];

	kit_id(number, id);
	return trust_replay_take(replay, id, now, until);
}

static void
begin(size_t entries)
{
	ck_assert_int_eq(trust_replay_new(entries, &replay), 0);
}

/* Taken at KIT_NOW for WINDOW, then asked again. */
static const struct again {
	const char *name;
	tee_instant now, until; /* microseconds from KIT_NOW */
	enum trust_seen seen;
} agains[] = {
	{ "at once", 0, WINDOW, TRUST_SEEN },
	{ "a microsecond before its end", WINDOW - 1, WINDOW, TRUST_SEEN },
	{ "at its end", WINDOW, WINDOW, TRUST_SEEN },
	{ "past its end", WINDOW + 1, WINDOW, TRUST_SEEN },
	{ "clock set back", -WINDOW, WINDOW, TRUST_SEEN },
	{ "clock before 1970", -2 * KIT_NOW, WINDOW, TRUST_SEEN },
	{ "another window, still seen", 1, 2 * WINDOW, TRUST_SEEN },
};

START_TEST(once)
{
	const struct again *row = &agains[_i];

	begin(16);
	ck_assert_int_eq(take(1, KIT_NOW, KIT_NOW + WINDOW), TRUST_FRESH);
	ck_assert_msg(take(1, KIT_NOW + row->now, KIT_NOW + row->until) ==
		row->seen,
	    "%s", row->name);
	ck_assert_int_eq(take(2, KIT_NOW, KIT_NOW + WINDOW), TRUST_FRESH);
	trust_replay_free(&replay);
}
END_TEST

/* Forgotten at its end; a clock set back does not open its window again. */
START_TEST(clock_set_back)
{
	begin(4);
	for (uint64_t i = 0; i < 4; i++)
		ck_assert_int_eq(take(i, KIT_NOW, KIT_NOW + WINDOW),
		    TRUST_FRESH);
	ck_assert_int_eq(take(9, KIT_NOW + 2 * WINDOW, KIT_NOW + 3 * WINDOW),
	    TRUST_FRESH);
	for (uint64_t i = 0; i < 4; i++)
		ck_assert_int_eq(take(i, KIT_NOW, KIT_NOW + WINDOW),
		    TRUST_SEEN);
	/* A challenge of the set-back clock's own time is refused, too. */
	ck_assert_int_eq(take(10, KIT_NOW, KIT_NOW + WINDOW - 1), TRUST_SEEN);
	trust_replay_free(&replay);
}
END_TEST

/* Full: refused, aloud; what was taken is remembered all the same. */
START_TEST(full_refuses)
{
	const size_t rooms[] = { 1, 16, 4095 };
	const uint64_t room = rooms[_i];

	begin(room);
	for (uint64_t i = 0; i < room; i++)
		ck_assert_int_eq(take(i, KIT_NOW, KIT_NOW + WINDOW),
		    TRUST_FRESH);
	ck_assert_int_eq(take(room, KIT_NOW, KIT_NOW + WINDOW),
	    TRUST_REPLAY_FULL);
	ck_assert_int_eq(take(room, KIT_NOW + WINDOW - 1, KIT_NOW + WINDOW + 1),
	    TRUST_REPLAY_FULL);
	for (uint64_t i = 0; i < room; i++)
		ck_assert_int_eq(take(i, KIT_NOW, KIT_NOW + WINDOW),
		    TRUST_SEEN);
	/* A second after the window there is room again. */
	ck_assert_int_eq(take(room, KIT_NOW + WINDOW + TEE_SECOND,
			     KIT_NOW + 2 * WINDOW),
	    TRUST_FRESH);
	trust_replay_free(&replay);
}
END_TEST

START_TEST(releases)
{
	uint8_t id[32];

	begin(1);
	kit_id(1, id);
	trust_replay_release(replay, id); /* nobody took it: nothing */
	ck_assert_int_eq(take(1, KIT_NOW, KIT_NOW + WINDOW), TRUST_FRESH);
	ck_assert_int_eq(take(2, KIT_NOW, KIT_NOW + WINDOW), TRUST_REPLAY_FULL);
	trust_replay_release(replay, id);
	ck_assert_int_eq(take(1, KIT_NOW, KIT_NOW + WINDOW), TRUST_FRESH);
	ck_assert_int_eq(take(1, KIT_NOW, KIT_NOW + WINDOW), TRUST_SEEN);
	trust_replay_release(replay, id);
	ck_assert_int_eq(take(2, KIT_NOW, KIT_NOW + WINDOW), TRUST_FRESH);
	trust_replay_free(&replay);
}
END_TEST

/*
 * 100,000 a second for three windows of a second: every challenge is fresh
 * once, and the same challenge a moment later is not.
 */
START_TEST(hundred_thousand_a_second)
{
	const uint64_t rate = 100000, lag = 40000;
	uint64_t fresh = 0, seen = 0;

	begin(3 * rate);
	for (uint64_t i = 0; i < 3 * rate; i++) {
		tee_instant now = KIT_NOW + (tee_instant)(i * 10);

		fresh += take(i, now, now + TEE_SECOND) == TRUST_FRESH;
		if (i >= lag)
			seen += take(i - lag, now,
				    now + TEE_SECOND -
					(tee_instant)(lag * 10)) == TRUST_SEEN;
	}
	ck_assert_uint_eq(fresh, 3 * rate);
	ck_assert_uint_eq(seen, 3 * rate - lag);
	trust_replay_free(&replay);
}
END_TEST

/* A long silence, then windows longer than a turn of the wheel. */
START_TEST(long_windows)
{
	const tee_instant day = 86400 * TEE_SECOND;

	begin(8);
	ck_assert_int_eq(take(1, KIT_NOW, KIT_NOW + 2 * day), TRUST_FRESH);
	for (uint64_t i = 0; i < 500; i++) {
		tee_instant now = KIT_NOW + (tee_instant)i * 97 * TEE_SECOND;

		ck_assert_int_eq(take(100 + i, now, now + WINDOW), TRUST_FRESH);
		ck_assert_int_eq(take(1, now, KIT_NOW + 2 * day), TRUST_SEEN);
	}
	trust_replay_free(&replay);
}
END_TEST

#define THREADS 16
#define IDS 5000

/* Everybody takes every id: each is fresh for one of them. */
static void *
race(void *argument)
{
	uint64_t *fresh = argument;

	for (uint64_t i = 0; i < IDS; i++)
		*fresh += take(i, KIT_NOW + (tee_instant)i, KIT_NOW + WINDOW) ==
		    TRUST_FRESH;
	return NULL;
}

START_TEST(one_of_sixteen)
{
	uint64_t fresh[THREADS] = { 0 }, sum = 0;
	pthread_t thread[THREADS];

	begin(2 * IDS);
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, race,
				     &fresh[i]),
		    0);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(thread[i], NULL);
		sum += fresh[i];
	}
	ck_assert_uint_eq(sum, IDS);
	trust_replay_free(&replay);
}
END_TEST

START_TEST(refuses_no_room)
{
	replay = (void *)&replay;
	ck_assert_int_eq(trust_replay_new(0, &replay), TEE_E_ARGUMENT);
	ck_assert_ptr_null(replay);
	ck_assert_int_eq(trust_replay_new(SIZE_MAX, &replay), TEE_E_ARGUMENT);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("trust_replay");
	TCase *t = tcase_create("replay");
	SRunner *runner;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, once, 0, sizeof(agains) / sizeof(agains[0]));
	tcase_add_test(t, clock_set_back);
	tcase_add_loop_test(t, full_refuses, 0, 3);
	tcase_add_test(t, releases);
	tcase_add_test(t, hundred_thousand_a_second);
	tcase_add_test(t, long_windows);
	tcase_add_test(t, one_of_sixteen);
	tcase_add_test(t, refuses_no_room);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
