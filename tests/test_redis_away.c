/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A shared cache that is away, slow, or talks nonsense: peers are verified
 * here, within the budget, and the server is left alone for a while.
 */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/test_redis_kit.h"

#define BUDGET 0.2 /* s; rk's */

/* What a verification takes without any cache, and some for a busy machine. */
static double
bare(void)
{
	double began = rk_seconds();

	ck_assert_str_eq(hs_verify(&rk_scene), "");
	return 20 * (rk_seconds() - began) + 0.05;
}

/* One budget for the first peer, and nothing for the next ones. */
static void
costs_one_budget(struct host *h, double slack)
{
	double began = rk_seconds();

	ck_assert(!host_knew(h));
	ck_assert_msg(rk_seconds() - began < BUDGET + slack, "first: %f s",
	    rk_seconds() - began);
	for (int i = 0; i < 3; i++) {
		meet_somebody();
		began = rk_seconds();
		ck_assert(!host_knew(h));
		ck_assert_msg(rk_seconds() - began < slack, "then: %f s",
		    rk_seconds() - began);
	}
	ck_assert_uint_eq(rk_times("reason=cache_away"), 1);
}

enum fate { NEVER, KILLED_BEFORE, STOPPED, KILLED_BETWEEN };

START_TEST(away)
{
	static const char *const hops[] = { "No such file", "No such file",
		"no answer in time", "No such file" };
	struct host a = { NULL };
	double slack = bare();

	if (_i != NEVER)
		rk_start(NULL);
	host_open(&a);
	if (_i == KILLED_BETWEEN) {
		ck_assert(!host_knew(&a));
		meet_somebody();
	}
	if (_i == KILLED_BEFORE || _i == KILLED_BETWEEN)
		rk_stop();
	if (_i == STOPPED)
		kill(rk_server(), SIGSTOP);
	costs_one_budget(&a, slack);
	ck_assert_msg(rk_said(hops[_i]), "%s", rk_scene.party.trace.text);
	host_close(&a);
}
END_TEST

static const char *const lies[] = {
	"+OK\r\n",
	"+NO\r\n",
	"$5\r\nhello\r\n",
	"$5\r\nhello\r\n$5\r\nhello\r\n",
	"$-5\r\n",
	"$99999999999999999999\r\nx\r\n",
	"$536870911\r\nx\r\n",
	"*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n",
	"*1000000000\r\n",
	"*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n",
	":12\r\n",
	"-ERR no\r\n",
	"\xff\xff\xff\xff\r\n",
	"",
};
static const char *lie;

static void
say_lie(int peer)
{
	char buffer[4096];

	while (read(peer, buffer, sizeof(buffer)) > 0)
		if (write(peer, lie, strlen(lie)) < 0 || *lie == '\0')
			break;
}

START_TEST(liar)
{
	struct host a = { NULL };

	lie = lies[_i];
	rk_timeout("50ms");
	rk_serve(say_lie);
	host_open(&a);
	ck_assert(!host_knew(&a));
	ck_assert_msg(rk_said("reason=cache_"), "%s",
	    rk_scene.party.trace.text);
	meet_somebody();
	ck_assert(!host_knew(&a));
	host_close(&a);
}
END_TEST

/* The length of an answer, then one byte of it every ten milliseconds. */
static void
drip(int peer)
{
	char buffer[4096];

	if (read(peer, buffer, sizeof(buffer)) <= 0 ||
	    write(peer, "$900\r\n", 6) != 6)
		return;
	for (int i = 0; i < 900 && write(peer, "x", 1) == 1; i++)
		rk_wait(10);
}

START_TEST(dripping)
{
	struct host a = { NULL };
	double slack = bare();

	rk_serve(drip);
	host_open(&a);
	costs_one_budget(&a, slack);
	host_close(&a);
}
END_TEST

/* More than any answer, for ever. */
static void
flood(int peer)
{
	static char much[65536];
	char buffer[4096];

	memset(much, 'x', sizeof(much));
	if (read(peer, buffer, sizeof(buffer)) <= 0 ||
	    write(peer, "$500000000\r\n", 12) != 12)
		return;
	while (write(peer, much, sizeof(much)) > 0)
		;
}

START_TEST(flooding)
{
	struct host a = { NULL };
	double slack = bare();

	rk_serve(flood);
	host_open(&a);
	costs_one_budget(&a, slack);
	host_close(&a);
}
END_TEST

static void
hang_up(int peer)
{
	(void)peer;
}

/* After a failure one connection a second at most, then one in two. */
START_TEST(rests)
{
	struct host a = { NULL };
	double began = rk_seconds();

	rk_serve(hang_up);
	host_open(&a);
	while (rk_seconds() - began < 0.9) {
		ck_assert(!host_knew(&a));
		meet_somebody();
	}
	ck_assert_uint_eq(rk_served(), 1);
	while (rk_seconds() - began < 2.8) {
		ck_assert(!host_knew(&a));
		meet_somebody();
		rk_wait(10);
	}
	ck_assert_uint_eq(rk_served(), 2);
	host_close(&a);
}
END_TEST

/* It comes back: after the rest it is shared again. */
START_TEST(comes_back)
{
	struct host a = { NULL }, b = { NULL };

	host_open(&a);
	host_open(&b);
	ck_assert(!host_knew(&a));
	rk_start(NULL);
	rk_wait(1100);
	meet_somebody();
	ck_assert(!host_knew(&a));
	ck_assert(rk_said("reason=cache_back"));
	ck_assert(host_knew(&b));
	host_close(&a);
	host_close(&b);
}
END_TEST

/* A connection that the server closed while it lay idle is made anew. */
START_TEST(idle)
{
	struct host a = { NULL }, b = { NULL };
	char answer[256];

	rk_start(NULL);
	host_open(&a);
	host_open(&b);
	ck_assert(!host_knew(&a));
	rk_command("client kill type normal", answer, sizeof(answer));
	ck_assert_int_ge(atoi(answer), 1);
	meet_somebody();
	ck_assert(!host_knew(&a));
	ck_assert(host_knew(&b));
	ck_assert(!rk_said("reason=cache_away"));
	host_close(&a);
	host_close(&b);
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_loop_test(tcase, away, NEVER, KILLED_BETWEEN + 1);
	tcase_add_loop_test(tcase, liar, 0, (int)COUNT(lies));
	tcase_add_test(tcase, dripping);
	tcase_add_test(tcase, flooding);
	tcase_add_test(tcase, rests);
	tcase_add_test(tcase, comes_back);
	tcase_add_test(tcase, idle);
}

int
main(void)
{
	return rk_main("redis_away", add);
}
