/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTP client over plain HTTP, as IMDS is spoken: what becomes of each
 * answer, how often it is asked again, and what the log says.
 */
#include "config.h"

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/testlib_http.h"

static const unsigned again[] = { 404, 429, 500, 503, 0 };
/* With refusals in its table: they must not be asked twice all the same. */
static const unsigned greedy[] = { 301, 400, 401, 403, 409, 500, 0 };

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

static const struct row {
	const char *name;
	struct http_turn turn;
	enum tee_verdict verdict;
	unsigned asked;
	const char *reason;
	const char *words;
} rows[] = {
	{ "ok", { .status = 200, .body = "hello" }, TEE_OK, 1, NULL, NULL },
	{ "no content", { .status = 204 }, TEE_OK, 1, NULL, NULL },
	{ "bad request",
	    { .status = 400,
		.body = "{\"error\":\"invalid_request\",\"error_description\":"
			"\"Identity not found\"}" },
	    TEE_DENY, 1, "http_refused",
	    "status 400 invalid_request (try 1); is this an Azure machine?; "
	    "it says: Identity not found" },
	{ "unauthorized", { .status = 401 }, TEE_DENY, 1, "http_refused",
	    "status 401" },
	{ "inner error",
	    { .status = 403,
		.body =
		    "{\"error\":{\"code\":\"Forbidden\",\"message\":\"Target\\r\\n"
		    "environment\",\"innererror\":{\"code\":\"AccessDenied\"}}}",
		.headers = "x-ms-request-id: 9c1f-77" },
	    TEE_DENY, 1, "http_refused",
	    "status 403 Forbidden/AccessDenied, id 9c1f-77 (try 1)" },
	{ "message on one line",
	    { .status = 403,
		.body =
		    "{\"error\":{\"code\":\"F\",\"message\":\"one\\r\\ntwo\"}}" },
	    TEE_DENY, 1, "http_refused", "it says: one  two" },
	{ "capitals",
	    { .status = 400,
		.body =
		    "{\"Error\":{\"Code\":\"InvalidParameter\",\"Message\":\"no\"}}",
		.headers = "x-ms-client-request-id: abc" },
	    TEE_DENY, 1, "http_refused", "InvalidParameter, id abc" },
	{ "capitals, flat",
	    { .status = 400, .body = "{\"Code\":\"Flat\",\"Message\":\"no\"}" },
	    TEE_DENY, 1, "http_refused", "status 400 Flat" },
	{ "code in a header",
	    { .status = 409,
		.body = "not JSON",
		.headers = "x-ms-error-code: Busy" },
	    TEE_DENY, 1, "http_refused", "status 409 Busy" },
	{ "absent", { .status = 404 }, TEE_UNAVAILABLE, 3, "http_error",
	    "status 404 (try 3)" },
	{ "slow request", { .status = 408 }, TEE_UNAVAILABLE, 1, "http_error",
	    "status 408 (try 1)" },
	{ "gone, not in the table", { .status = 410 }, TEE_UNAVAILABLE, 1,
	    "http_error", "status 410" },
	{ "throttled", { .status = 429 }, TEE_UNAVAILABLE, 3, "http_throttled",
	    "status 429 (try 3)" },
	{ "server error", { .status = 500 }, TEE_UNAVAILABLE, 3, "http_error",
	    "status 500 (try 3); is this" },
	{ "not in the table", { .status = 501 }, TEE_UNAVAILABLE, 1,
	    "http_error", "status 501 (try 1)" },
	{ "redirect", { .status = 302, .headers = "Location: /elsewhere" },
	    TEE_UNAVAILABLE, 1, "http_redirect", "status 302" },
	{ "closed without an answer", { .status = 0 }, TEE_UNAVAILABLE, 3,
	    "http_broken", "(try 3)" },
	{ "truncated", { .status = 200, .body = "{\"a\":1}", .cut = 3 },
	    TEE_UNAVAILABLE, 3, "http_broken", "(try 3)" },
	{ "too large", { .status = 200, .fill = 4097 }, TEE_UNAVAILABLE, 1,
	    "http_too_large", "more than 4096 bytes (try 1)" },
	{ "as large as allowed", { .status = 200, .fill = 4096 }, TEE_OK, 1,
	    NULL, NULL },
	{ "an error that is too large", { .status = 500, .fill = 5000 },
	    TEE_UNAVAILABLE, 1, "http_too_large", "more than 4096" },
	{ "headers without end",
	    { .status = 200, .body = "x", .junk_headers = 80 }, TEE_UNAVAILABLE,
	    1, "http_too_large", "(try 1)" },
};

START_TEST(each_answer)
{
	const struct row *r = &rows[_i];
	enum tee_verdict verdict = get_one(&r->turn);

	ck_assert_msg(verdict == r->verdict, "%s: verdict %#x\n%s", r->name,
	    (unsigned)verdict, c.log);
	ck_assert_msg(http_server_count(server) == r->asked,
	    "%s: asked %u times", r->name, http_server_count(server));
	ck_assert_uint_eq(answer.tries, r->asked);
	ck_assert(verdict != TEE_OK || answer.body[answer.size] == '\0');
	if (r->reason != NULL)
		ck_assert_msg(http_call_logged(&c, r->reason, r->words), "%s",
		    r->name);
	else
		ck_assert_msg(c.log[0] == '\0', "%s", c.log);
	if (r->reason != NULL)
		ck_assert_str_eq(c.call.reason, r->reason);
}
END_TEST

START_TEST(body_and_status)
{
	struct http_turn turn = { .status = 200, .body = "hello" };

	ck_assert_int_eq(get_one(&turn), TEE_OK);
	ck_assert_uint_eq(answer.status, 200);
	ck_assert_uint_eq(answer.size, 5);
	ck_assert_str_eq((const char *)answer.body, "hello");
	ck_assert_str_eq(http_server_asked(server, 0)->method, "GET");
	ck_assert_str_eq(http_server_asked(server, 0)->url, "/metadata/x?a=b");
}
END_TEST

START_TEST(refusals_are_final)
{
	static const unsigned status[] = { 301, 400, 401, 403, 409 };
	struct http_turn turn[2] = { { 0 }, { .status = 200 } };

	hop.again = greedy;
	for (size_t i = 0; i < sizeof(status) / sizeof(status[0]); i++) {
		turn[0].status = status[i];
		ck_assert_int_ne(get(turn, 2), TEE_OK);
		ck_assert_uint_eq(http_server_count(server), 1);
	}
}
END_TEST

/* Nothing of the failed answer is left in the good one. */
START_TEST(recovers)
{
	struct http_turn turn[] = { { .status = 500,
					.body = "{\"error\":{\"code\":\"A\","
						"\"message\":\"m\"}}",
					.headers = "x-ms-request-id: first" },
		{ .status = 200, .body = "{}", .cut = 1 },
		{ .status = 200, .body = "good" } };

	ck_assert_int_eq(get(turn, 3), TEE_OK);
	ck_assert_uint_eq(answer.tries, 3);
	ck_assert_str_eq((const char *)answer.body, "good");
	ck_assert_str_eq(answer.code, "");
	ck_assert_str_eq(answer.message, "");
	ck_assert_str_eq(answer.request_id, "");
	ck_assert(http_call_logged(&c, "http_error", "asking again"));
	ck_assert(http_call_logged(&c, "http_broken", "asking again"));
	ck_assert_str_eq(c.call.reason, "");
}
END_TEST

static int
bound_socket(struct sockaddr_in *at)
{
	socklen_t size = sizeof(*at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	memset(at, 0, sizeof(*at));
	at->sin_family = AF_INET;
	at->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)at, size), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)at, &size), 0);
	return fd;
}

START_TEST(nobody_listens)
{
	struct sockaddr_in at;
	int fd = bound_socket(&at);
	char url[64];

	snprintf(url, sizeof(url), "http://127.0.0.1:%u/",
	    (unsigned)ntohs(at.sin_port));
	request.url = url;
	ck_assert_int_eq(tee_http(&c.call, &request, &answer), TEE_UNAVAILABLE);
	ck_assert_uint_eq(answer.tries, 3);
	ck_assert(http_call_logged(&c, "http_connect",
	    "(try 3); is this an Azure machine?"));
	close(fd);
}
END_TEST

START_TEST(no_such_host)
{
	request.url = "http://no-such-host.invalid/";
	hop.tries = 1;
	ck_assert_int_eq(tee_http(&c.call, &request, &answer), TEE_UNAVAILABLE);
	/* A machine without a resolver waits for one. */
	if (strcmp(c.call.reason, "http_timeout") != 0)
		ck_assert(
		    http_call_logged(&c, "http_dns", "no-such-host.invalid"));
}
END_TEST

static void
never_sent(const char *url, const char *words)
{
	request.url = url;
	ck_assert_int_eq(tee_http(&c.call, &request, &answer), TEE_DENY);
	ck_assert_uint_eq(answer.tries, 0);
	ck_assert_msg(http_call_logged(&c, "http_request", words), "%s", url);
	ck_assert_uint_eq(http_server_count(server), 0);
}

START_TEST(never_sent_at_all)
{
	struct http_turn turn = { .status = 200 };
	static const char *const lines[] = { "X: a\r\nY: b", NULL };
	char url[128];

	http_server_script(server, &turn, 1);
	snprintf(url, sizeof(url), "%s", http_server_url(server, "/"));
	hop.plain = false;
	never_sent(url, "only https:// is spoken");
	never_sent("HTTP://127.0.0.1/", "only https:// is spoken");
	hop.plain = true;
	never_sent("file:///etc/passwd", "only https:// is spoken");
	never_sent("ftp://127.0.0.1/", "only https:// is spoken");
	never_sent("127.0.0.1/", "not a URL");
	never_sent("", "not a URL");
	never_sent("http://user:secret@127.0.0.1/", "not a URL");
	never_sent("http://127.0.0.1/\r\nX: y", "control character");
	request.headers = lines;
	never_sent(url, "control character");
	request.headers = NULL;
	request.secret_header = lines[0];
	never_sent(url, "control character");
	ck_assert_ptr_null(strstr(c.log, "secret"));
}
END_TEST

START_TEST(headers_and_post)
{
	static const char *const lines[] = { "Metadata: true", NULL };
	struct http_turn turn = { .status = 200 };

	request.headers = lines;
	request.secret_header = "Authorization: Bearer abc";
	request.content_type = "application/json";
	request.body = "{\"a\":1}";
	request.body_size = 7;
	ck_assert_int_eq(get_one(&turn), TEE_OK);
	ck_assert_str_eq(http_server_asked(server, 0)->method, "POST");
	ck_assert_str_eq(http_server_asked(server, 0)->metadata, "true");
	ck_assert_str_eq(http_server_asked(server, 0)->authorization,
	    "Bearer abc");
	ck_assert_str_eq(http_server_asked(server, 0)->type,
	    "application/json");
	ck_assert_str_eq(http_server_asked(server, 0)->body, "{\"a\":1}");
	ck_assert_ptr_null(strstr(c.log, "abc"));
	request.body_size = 0;
	ck_assert_int_eq(get_one(&turn), TEE_OK);
	ck_assert_str_eq(http_server_asked(server, 0)->body, "");
}
END_TEST

/* A proxy that answers everything would see the request; it must not. */
START_TEST(no_proxy_of_the_environment)
{
	static const char *const names[] = { "http_proxy", "HTTP_PROXY",
		"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" };
	struct http_server *proxy = http_server_new(NULL, NULL);
	struct http_turn yes = { .status = 200, .body = "server" };
	struct http_turn no = { .status = 200, .body = "proxy" };

	http_server_script(proxy, &no, 1);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		setenv(names[i], http_server_url(proxy, ""), 1);
	unsetenv("no_proxy");
	unsetenv("NO_PROXY");
	ck_assert_int_eq(get_one(&yes), TEE_OK);
	ck_assert_str_eq((const char *)answer.body, "server");
	ck_assert_uint_eq(http_server_count(proxy), 0);
	http_server_free(&proxy);
}
END_TEST

START_TEST(fallbacks_are_notices)
{
	struct http_turn turn = { .status = 400 };

	request.fallback = true;
	ck_assert_int_eq(get_one(&turn), TEE_DENY);
	ck_assert(http_call_logged(&c, "http_refused", "status 400"));
	ck_assert_str_eq(c.call.reason, "");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("http");
	TCase *tcase = tcase_create("http");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, each_answer, 0,
	    sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tcase, body_and_status);
	tcase_add_test(tcase, refusals_are_final);
	tcase_add_test(tcase, recovers);
	tcase_add_test(tcase, nobody_listens);
	tcase_add_test(tcase, no_such_host);
	tcase_add_test(tcase, never_sent_at_all);
	tcase_add_test(tcase, headers_and_post);
	tcase_add_test(tcase, no_proxy_of_the_environment);
	tcase_add_test(tcase, fallbacks_are_notices);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
