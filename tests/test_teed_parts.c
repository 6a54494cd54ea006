/* SPDX-License-Identifier: Apache-2.0 */
/* teed's ground floor: the loop, limits, renewals and tallies. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <check.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "teed/limit.h"
#include "teed/loop.h"
#include "teed/renewal.h"
#include "teed/tally.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

START_TEST(limit)
{
	struct teed_limit l;
	unsigned wait, got = 0;

	teed_limit_init(&l, 10, 1000);
	for (int i = 0; i < 100; i++)
		got += teed_limit_take(&l, 1000, &wait);
	ck_assert_uint_eq(got, 10);
	/* A tenth of a second is one more, to the millisecond. */
	ck_assert(!teed_limit_take(&l, 1000, &wait));
	ck_assert_uint_eq(wait, 100);
	ck_assert(!teed_limit_take(&l, 1099, &wait));
	ck_assert_uint_eq(wait, 1);
	ck_assert(teed_limit_take(&l, 1100, &wait));
	ck_assert(!teed_limit_take(&l, 1100, &wait));
	/* A day of silence gives one second's worth, and no overflow. */
	for (got = 0; teed_limit_take(&l, 86401100, &wait);)
		got++;
	ck_assert_uint_eq(got, 10);
	/* A clock that goes back gives nothing. */
	ck_assert(!teed_limit_take(&l, 5, &wait));
}
END_TEST

START_TEST(limit_extremes)
{
	struct teed_limit l;
	unsigned wait, got = 0;

	teed_limit_init(&l, 1, 0);
	ck_assert(teed_limit_take(&l, 0, &wait));
	ck_assert(!teed_limit_take(&l, 999, &wait));
	ck_assert_uint_eq(wait, 1);
	ck_assert(teed_limit_take(&l, 1000, &wait));
	teed_limit_init(&l, 1000000, 0);
	while (teed_limit_take(&l, 0, &wait))
		got++;
	ck_assert_uint_eq(got, 1000000);
	ck_assert_uint_eq(wait, 1);
}
END_TEST

/* Lifetimes in seconds, times in ms after the grant. */
START_TEST(renewal_due)
{
	static const struct {
		unsigned lifetime, failures;
		int64_t tried, due;
	} rows[] = {
		{ 3600, 0, 0, 1800000 }, /* half of it */
		{ 2, 0, 0, 1000 },       /* also of a short one */
		{ 3600, 1, 1800000, 1805000 }, { 3600, 2, 1805000, 1815000 },
		{ 3600, 3, 1815000, 1835000 },
		{ 3600, 20, 2000000, 2225000 }, /* at most a sixteenth */
		{ 20, 5, 10000, 15000 },        /* never below five seconds */
		{ 0, 0, 0, 0 },                 /* there is none: at once */
		{ 0, 1, 1000, 6000 }, { 0, 32, 1000, 61000 }, /* a minute */
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct teed_renewal r;

		teed_renewal_granted(&r, 0, rows[i].lifetime);
		for (unsigned f = 0; f < rows[i].failures; f++)
			teed_renewal_failed(&r, rows[i].tried);
		ck_assert_msg(teed_renewal_due(&r) == rows[i].due,
		    "row %zu: %lld", i, (long long)teed_renewal_due(&r));
	}
}
END_TEST

START_TEST(renewal_warnings)
{
	struct teed_renewal r;

	teed_renewal_granted(&r, 0, 3600);
	/* Nothing failed: nobody is warned. */
	ck_assert(!teed_renewal_warns(&r, 3000000));
	teed_renewal_failed(&r, 1800000);
	ck_assert(!teed_renewal_warns(&r, 2399999));
	ck_assert(teed_renewal_warns(&r, 2400000));
	ck_assert(!teed_renewal_warns(&r, 2459999));
	ck_assert(teed_renewal_warns(&r, 2460000));
	teed_renewal_granted(&r, 2500000, 3600);
	ck_assert(!teed_renewal_warns(&r, 2560001));
	/* No lease, no warning about its end. */
	teed_renewal_granted(&r, 0, 0);
	teed_renewal_failed(&r, 0);
	ck_assert(!teed_renewal_warns(&r, 100000));
}
END_TEST

START_TEST(tally)
{
	struct teed_tally t = { 0 };
	char reason[8] = "r0";

	teed_tally_signed(&t, 2, 50000);
	teed_tally_signed(&t, 1, 50001);
	teed_tally_signed(&t, 1, UINT64_C(2000000000));
	ck_assert_uint_eq(t.signatures, 4);
	ck_assert_uint_eq(t.latency[0], 2);
	ck_assert_uint_eq(t.latency[1], 1);
	ck_assert_uint_eq(t.latency[TEED_LATENCIES], 1);
	for (int i = 0; i < 12; i++) {
		reason[1] = (char)('a' + i);
		teed_tally_downgrade(&t, reason);
	}
	teed_tally_downgrade(&t, "ra");
	ck_assert_uint_eq(t.downgrade[0].count, 2);
	ck_assert_str_eq(t.downgrade[0].reason, "ra");
	/* What there is no row for is counted all the same. */
	ck_assert_uint_eq(t.downgrade[TEED_DOWNGRADES - 1].count, 5);
	ck_assert_str_eq(t.downgrade[TEED_DOWNGRADES - 1].reason, "other");
}
END_TEST

#define TIMERS 200

struct bell {
	struct teed_timer timer;
	struct teed_loop *loop;
	unsigned *rung;
	int64_t *last;
	bool fails;
};

static void
ring(struct teed_timer *timer)
{
	struct bell *b = (struct bell *)timer;

	/* Never out of order, never twice. */
	b->fails = timer->due < *b->last || timer->place != 0;
	*b->last = timer->due;
	if (++*b->rung == TIMERS / 2)
		teed_loop_stop(b->loop);
}

START_TEST(timers)
{
	struct teed_loop *loop = teed_loop_new();
	struct bell bells[TIMERS];
	unsigned rung = 0;
	int64_t last = 0, now;

	ck_assert_ptr_nonnull(loop);
	now = teed_loop_now(loop);
	srandom(7);
	for (int i = 0; i < TIMERS; i++) {
		bells[i] = (struct bell){ { .ring = ring }, loop, &rung, &last,
			false };
		ck_assert(
		    teed_loop_set(loop, &bells[i].timer, now + random() % 50));
	}
	/* Set again, and taken off, from wherever they stand in the heap. */
	for (int i = 0; i < TIMERS; i++)
		if (random() % 2)
			ck_assert(teed_loop_set(loop, &bells[i].timer,
			    now + random() % 50));
	for (int i = 0; i < TIMERS; i += 2)
		teed_loop_cancel(loop, &bells[i].timer);
	ck_assert_int_eq(teed_loop_run(loop), 0);
	ck_assert_uint_eq(rung, TIMERS / 2);
	for (int i = 0; i < TIMERS; i++) {
		ck_assert(!bells[i].fails);
		teed_loop_cancel(loop, &bells[i].timer);
	}
	teed_loop_free(&loop);
	ck_assert_ptr_null(loop);
}
END_TEST

struct pair {
	struct teed_watch watch;
	struct teed_loop *loop;
	struct pair *other;
	unsigned heard;
};

/* Whoever is heard first takes the other off: nothing reaches that one. */
static void
hear(struct teed_watch *watch, uint32_t events)
{
	struct pair *p = (struct pair *)watch;

	ck_assert_uint_ne(events, 0);
	p->heard++;
	teed_loop_unwatch(p->loop, &p->other->watch);
	close(p->other->watch.fd);
	teed_loop_stop(p->loop);
}

START_TEST(watch_taken_off)
{
	struct teed_loop *loop = teed_loop_new();
	struct pair pairs[2];
	int fds[2][2];

	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds[i]),
		    0);
		pairs[i] = (struct pair){ { .fd = fds[i][0], .ready = hear },
			loop, &pairs[1 - i], 0 };
		ck_assert(teed_loop_watch(loop, &pairs[i].watch, EPOLLIN));
		ck_assert_int_eq(write(fds[i][1], "x", 1), 1);
	}
	ck_assert_int_eq(teed_loop_run(loop), 0);
	ck_assert_uint_eq(pairs[0].heard + pairs[1].heard, 1);
	teed_loop_free(&loop);
	for (int i = 0; i < 2; i++)
		close(fds[i][1]);
}
END_TEST

static void
hang_up(struct teed_watch *watch, uint32_t events)
{
	struct pair *p = (struct pair *)watch;

	ck_assert(events & EPOLLHUP);
	p->heard++;
	teed_loop_stop(p->loop);
}

START_TEST(watch_for_the_end_alone)
{
	struct teed_loop *loop = teed_loop_new();
	struct pair p;
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	p = (struct pair){ { .fd = fds[0], .ready = hang_up }, loop, NULL, 0 };
	ck_assert(teed_loop_watch(loop, &p.watch, EPOLLIN));
	ck_assert(teed_loop_watch(loop, &p.watch, 0));
	ck_assert_int_eq(write(fds[1], "x", 1), 1);
	close(fds[1]);
	ck_assert_int_eq(teed_loop_run(loop), 0);
	ck_assert_uint_eq(p.heard, 1);
	teed_loop_unwatch(loop, &p.watch);
	teed_loop_free(&loop);
	close(fds[0]);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("teed_parts");
	TCase *c = tcase_create("parts");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(c, limit);
	tcase_add_test(c, limit_extremes);
	tcase_add_test(c, renewal_due);
	tcase_add_test(c, renewal_warnings);
	tcase_add_test(c, tally);
	tcase_add_test(c, timers);
	tcase_add_test(c, watch_taken_off);
	tcase_add_test(c, watch_for_the_end_alone);
	suite_add_tcase(suite, c);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
