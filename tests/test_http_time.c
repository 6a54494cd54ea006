/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTP client's time: backoff, Retry-After, and that neither a slow
 * server nor a patient hop outlasts the line's budget.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/testlib_http.h"

static const unsigned again[] = { 404, 429, 500, 503, 0 };
static struct tee_http_hop hop;
static struct http_server *server;
static struct http_call c;
static struct tee_http_response answer;
static struct tee_http_request request;

static void
set_up(void)
{
	struct tee_http_hop fresh = { .name = "IMDS",
		.advice = "is this an Azure machine?",
		.plain = true,
		.connect_ms = 1000,
		.total_ms = 2000,
		.tries = 3,
		.backoff_ms = 2,
		.again = again };
	struct tee_http_request plain = { .hop = &hop, .limit = 4096 };

	hop = fresh;
	request = plain;
	server = http_server_new(NULL, NULL);
	http_call_begin(&c, 3000, NULL);
}

static void
tear_down(void)
{
	tee_http_response_free(&answer);
	http_call_end(&c);
	http_server_free(&server);
}

static enum tee_verdict
get(const struct http_turn *turns, size_t count)
{
	tee_http_response_free(&answer);
	http_server_script(server, turns, count);
	request.url = http_server_url(server, "/metadata/x?a=b");
	return tee_http(&c.call, &request, &answer);
}

static enum tee_verdict
get_one(const struct http_turn *turn)
{
	return get(turn, 1);
}

START_TEST(retry_after_seconds)
{
	struct http_turn turn[] = { { .status = 429,
					.headers = "Retry-After: 1" },
		{ .status = 200 } };
	uint64_t start = http_ms();

	ck_assert_int_eq(get(turn, 2), TEE_OK);
	ck_assert_uint_ge(http_ms() - start, 1000);
	ck_assert_uint_lt(http_ms() - start, 2500);
}
END_TEST

START_TEST(retry_after_date)
{
	char header[128];
	struct http_turn turn[] = { { .status = 503, .headers = header },
		{ .status = 200 } };
	time_t then = time(NULL) + 2;
	struct tm tm;
	uint64_t start = http_ms();

	gmtime_r(&then, &tm);
	strftime(header, sizeof(header),
	    "Retry-After: %a, %d %b %Y %H:%M:%S GMT", &tm);
	ck_assert_int_eq(get(turn, 2), TEE_OK);
	ck_assert_uint_ge(http_ms() - start, 900);
}
END_TEST

/* One second more than there is: nobody waits for what cannot come. */
START_TEST(retry_after_beyond_the_budget)
{
	static const char *const headers[] = { "Retry-After: 60",
		"Retry-After: Fri, 31 Dec 2100 23:59:59 GMT",
		"Retry-After: 9223372036854775807" };
	struct http_turn turn[] = { { .status = 429 }, { .status = 200 } };
	uint64_t start = http_ms();

	for (size_t i = 0; i < 3; i++) {
		turn[0].headers = headers[i];
		ck_assert_int_eq(get(turn, 2), TEE_UNAVAILABLE);
		ck_assert_uint_eq(http_server_count(server), 1);
	}
	ck_assert_uint_lt(http_ms() - start, 500);
	ck_assert(http_call_logged(&c, "http_throttled", "(try 1)"));
}
END_TEST

START_TEST(retry_after_in_the_past_or_garbled)
{
	static const char *const headers[] = { "Retry-After: -5",
		"Retry-After: Fri, 31 Dec 1999 23:59:59 GMT",
		"Retry-After: 99999999999999999999" };
	struct http_turn turn[] = { { .status = 429 }, { .status = 200 } };

	for (size_t i = 0; i < 3; i++) {
		turn[0].headers = headers[i];
		ck_assert_int_eq(get(turn, 2), TEE_OK);
	}
}
END_TEST

START_TEST(backoff_within_the_budget)
{
	struct http_turn turn = { .status = 500 };
	uint64_t start = http_ms();

	c.call.deadline = start + 400;
	hop.tries = 100;
	hop.backoff_ms = 60;
	ck_assert_int_eq(get_one(&turn), TEE_UNAVAILABLE);
	ck_assert_uint_le(http_ms() - start, 450);
	/* 30..60, 60..120, 120..240, ... */
	ck_assert_uint_ge(http_server_count(server), 3);
	ck_assert_uint_le(http_server_count(server), 5);
}
END_TEST

START_TEST(slow_to_answer)
{
	struct http_turn turn = { .status = 200, .body = "x", .first_ms = 300 };
	uint64_t start = http_ms();

	hop.total_ms = 100;
	hop.tries = 2;
	ck_assert_int_eq(get_one(&turn), TEE_UNAVAILABLE);
	ck_assert_uint_ge(http_ms() - start, 200);
	ck_assert_uint_lt(http_ms() - start, 700);
	ck_assert(http_call_logged(&c, "http_timeout", "(try 2); is this"));
}
END_TEST

/* A body that comes byte by byte does not stretch the time. */
START_TEST(slow_body)
{
	struct http_turn turn = { .status = 200, .fill = 100, .byte_ms = 50 };
	uint64_t start = http_ms();

	hop.total_ms = 250;
	hop.tries = 1;
	ck_assert_int_eq(get_one(&turn), TEE_UNAVAILABLE);
	ck_assert_uint_lt(http_ms() - start, 600);
	ck_assert(http_call_logged(&c, "http_timeout", "(try 1)"));
}
END_TEST

/* The line's own budget ends what the hop would still allow. */
START_TEST(budget_of_the_line)
{
	struct http_turn turn = { .status = 200, .first_ms = 400 };
	uint64_t start = http_ms();

	c.call.deadline = start + 100;
	hop.total_ms = 0;
	hop.connect_ms = 0;
	ck_assert_int_eq(get_one(&turn), TEE_UNAVAILABLE);
	ck_assert_uint_lt(http_ms() - start, 350);
	ck_assert_uint_eq(answer.tries, 1);
	c.call.deadline = 0;
	ck_assert_int_eq(get_one(&turn), TEE_UNAVAILABLE);
	ck_assert_uint_eq(http_server_count(server), 0);
	ck_assert(http_call_logged(&c, "http_timeout", "no time left"));
}
END_TEST

/* "Being updated" has a schedule of its own and uses up no tries. */
START_TEST(gone)
{
	struct http_turn turn[] = { { .status = 410 }, { .status = 410 },
		{ .status = 410 }, { .status = 410 }, { .status = 200 } };
	uint64_t start = http_ms();

	hop.tries = 1;
	hop.gone_every_ms = 50;
	hop.gone_for_ms = 220;
	ck_assert_int_eq(get(turn, 5), TEE_OK);
	ck_assert_uint_eq(answer.tries, 5);
	ck_assert_uint_ge(http_ms() - start, 200);
	hop.gone_for_ms = 120;
	ck_assert_int_eq(get(turn, 5), TEE_UNAVAILABLE);
	ck_assert_uint_eq(answer.tries, 3);
	ck_assert(http_call_logged(&c, "http_error", "status 410 (try 3)"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("http_time");
	TCase *tcase = tcase_create("http_time");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, retry_after_seconds);
	tcase_add_test(tcase, retry_after_date);
	tcase_add_test(tcase, retry_after_beyond_the_budget);
	tcase_add_test(tcase, retry_after_in_the_past_or_garbled);
	tcase_add_test(tcase, backoff_within_the_budget);
	tcase_add_test(tcase, slow_to_answer);
	tcase_add_test(tcase, slow_body);
	tcase_add_test(tcase, budget_of_the_line);
	tcase_add_test(tcase, gone);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
