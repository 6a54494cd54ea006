/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections that a line keeps: used again by the same line for the same
 * host and the same roots, and by nobody and for nothing else.
 */
#include "config.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/testlib_http.h"

static const unsigned again[] = { 500, 0 };
static struct tee_http_hop hop;
static struct tls_ca *ca;
static struct tls_identity identity;
static struct tee_http_trust *trust;
static struct tee_http_pool *pool;
static uint8_t pin[32];
static struct http_server *server;
static struct http_call c;
static struct tee_http_response answer;

static void
set_up(void)
{
	static const struct http_turn turn = { .status = 200, .body = "hello" };
	static const struct tee_http_hop fresh = { .name = "Key Vault",
		.advice = "try teectl doctor",
		.connect_ms = 2000,
		.total_ms = 3000,
		.tries = 2,
		.backoff_ms = 2,
		.again = again };

	hop = fresh;
	ca = tls_ca_new("test CA");
	tls_ca_pin(ca, pin);
	tls_ca_issue(ca, TLS_GOOD, &identity);
	trust = http_trust_of(ca);
	pool = tee_http_pool_new();
	server = http_server_new(&identity, NULL);
	http_server_script(server, &turn, 1);
	http_call_begin(&c, 8000, pin);
}

static void
tear_down(void)
{
	tee_http_response_free(&answer);
	http_call_end(&c);
	tee_http_pool_free(&pool);
	http_server_free(&server);
	tee_http_trust_free(&trust);
	tls_ca_free(&ca);
}

static enum tee_verdict
ask(struct http_server *s, const struct tee_http_trust *t, const char *secret)
{
	struct tee_http_request request = { .hop = &hop,
		.url = http_server_url(s, "/"),
		.secret_header = secret,
		.limit = 100,
		.trust = t,
		.pool = pool };

	tee_http_response_free(&answer);
	return tee_http(&c.call, &request, &answer);
}

static void
ask_well(void)
{
	ck_assert_int_eq(ask(server, trust, NULL), TEE_OK);
	ck_assert_uint_eq(answer.tries, 1);
	ck_assert_str_eq((const char *)answer.body, "hello");
}

START_TEST(one_connection)
{
	for (unsigned i = 0; i < 5; i++)
		ask_well();
	ck_assert_uint_eq(http_server_count(server), 5);
	ck_assert_uint_eq(http_server_connections(server), 1);
	ck_assert(c.call.claims->simulated);
}
END_TEST

START_TEST(none_without_a_pool)
{
	tee_http_pool_free(&pool);
	ask_well();
	ask_well();
	ck_assert_uint_eq(http_server_connections(server), 2);
}
END_TEST

/* A bearer token is one request's. */
START_TEST(no_header_stays)
{
	ck_assert_int_eq(ask(server, trust, "Authorization: Bearer abc"),
	    TEE_OK);
	ask_well();
	ck_assert_uint_eq(http_server_connections(server), 1);
	ck_assert_str_eq(http_server_asked(server, 0)->authorization,
	    "Bearer abc");
	ck_assert_str_eq(http_server_asked(server, 1)->authorization, "");
}
END_TEST

/* The profile's leave is asked for each time. */
START_TEST(trust_is_asked_anew)
{
	ask_well();
	c.floor.allow_simulated = false;
	ck_assert_int_eq(ask(server, trust, NULL), TEE_DENY);
	ck_assert(http_call_logged(&c, "http_trust", "allow_simulated"));
	ck_assert_uint_eq(http_server_count(server), 1);
}
END_TEST

/* Neither the system's roots nor another CA's let that connection in. */
START_TEST(other_roots)
{
	struct tls_ca *other = tls_ca_new("test CA");
	struct tee_http_trust *theirs = http_trust_of(other);
	uint8_t their_pin[32];

	tls_ca_pin(other, their_pin);
	http_call_trust(&c, their_pin);
	ask_well();
	ck_assert_int_eq(ask(server, theirs, NULL), TEE_UNAVAILABLE);
	ck_assert_str_eq(c.call.reason, "http_tls");
	ck_assert_int_eq(ask(server, NULL, NULL), TEE_UNAVAILABLE);
	ck_assert_str_eq(c.call.reason, "http_tls");
	ck_assert_uint_eq(http_server_count(server), 1);
	ask_well();
	/* The good one was kept beside: two more were tried and refused. */
	ck_assert_msg(http_server_connections(server) == 3, "%s", c.log);
	tee_http_trust_free(&theirs);
	tls_ca_free(&other);
}
END_TEST

/* Read again, the same certificates are other roots: verified anew. */
START_TEST(roots_read_again)
{
	struct tee_http_trust *renewed = http_trust_of(ca);

	ask_well();
	ck_assert_int_eq(ask(server, renewed, NULL), TEE_OK);
	ck_assert_uint_eq(http_server_connections(server), 2);
	tee_http_trust_free(&renewed);
}
END_TEST

START_TEST(other_host)
{
	struct http_turn turn = { .status = 200, .body = "other" };
	struct http_server *other = http_server_new(&identity, NULL);
	struct tee_http_request request = { .hop = &hop,
		.limit = 100,
		.trust = trust,
		.pool = pool };
	char url[64];

	http_server_script(other, &turn, 1);
	ask_well();
	ck_assert_int_eq(ask(other, trust, NULL), TEE_OK);
	ck_assert_str_eq((const char *)answer.body, "other");
	/* The same server by another name is another host. */
	snprintf(url, sizeof(url), "https://localhost:%u/",
	    http_server_port(server));
	request.url = url;
	tee_http_response_free(&answer);
	ck_assert_int_eq(tee_http(&c.call, &request, &answer), TEE_OK);
	ask_well();
	ck_assert_uint_eq(http_server_connections(server), 2);
	ck_assert_uint_eq(http_server_connections(other), 1);
	http_server_free(&other);
}
END_TEST

/* Whoever answers after a restart is verified as if there had been nobody. */
START_TEST(server_restarts)
{
	struct tls_ca *other = tls_ca_new("test CA");
	struct tls_identity theirs;

	tls_ca_issue(other, TLS_GOOD, &theirs);
	ask_well();
	http_server_restart(server, &identity);
	ask_well();
	ck_assert_uint_eq(http_server_connections(server), 2);
	http_server_restart(server, &theirs);
	ck_assert_int_eq(ask(server, trust, NULL), TEE_UNAVAILABLE);
	ck_assert_str_eq(c.call.reason, "http_tls");
	ck_assert_msg(answer.tries == 1, "%s", c.log);
	ck_assert_uint_eq(http_server_count(server), 2);
	http_server_restart(server, &identity);
	ask_well();
	tls_ca_free(&other);
}
END_TEST

START_TEST(server_closes)
{
	static const struct http_turn last = { .status = 200,
		.body = "hello",
		.headers = "Connection: close" };

	http_server_script(server, &last, 1);
	ask_well();
	ask_well();
	ck_assert_uint_eq(http_server_connections(server), 2);
}
END_TEST

/* What vouched for the server is over; so is the connection. */
START_TEST(certificate_ends)
{
	struct tls_identity brief;

	tls_ca_issue(ca, TLS_BRIEF, &brief);
	http_server_restart(server, &brief);
	ask_well();
	ask_well();
	ck_assert_uint_eq(http_server_connections(server), 1);
	sleep(3);
	ck_assert_int_eq(ask(server, trust, NULL), TEE_UNAVAILABLE);
	ck_assert(http_call_logged(&c, "http_tls", "expired"));
	ck_assert_uint_eq(http_server_count(server), 2);
}
END_TEST

START_TEST(failures_close)
{
	static const struct http_turn turns[] = { { .status = 200,
						      .body = "hello" },
		{ .status = 200, .body = "hello", .cut = 2 },
		{ .status = 200, .body = "hello" } };

	hop.tries = 1;
	http_server_script(server, turns, 3);
	ask_well();
	ck_assert_int_eq(ask(server, trust, NULL), TEE_UNAVAILABLE);
	ck_assert_str_eq(c.call.reason, "http_broken");
	ask_well();
	ck_assert_uint_eq(http_server_connections(server), 2);
}
END_TEST

/* A kept connection has no more time than a new one. */
START_TEST(budget_holds)
{
	static const struct http_turn turns[] = { { .status = 200,
						      .body = "hello" },
		{ .status = 200, .body = "hello", .first_ms = 600 },
		{ .status = 200, .body = "hello" } };
	uint64_t start;

	hop.tries = 1;
	http_server_script(server, turns, 3);
	ask_well();
	hop.total_ms = 200;
	start = http_ms();
	ck_assert_int_eq(ask(server, trust, NULL), TEE_UNAVAILABLE);
	ck_assert_str_eq(c.call.reason, "http_timeout");
	ck_assert_uint_lt(http_ms() - start, 500);
	hop.total_ms = 3000;
	ask_well();
	ck_assert_uint_eq(http_server_connections(server), 2);
}
END_TEST

/* Sockets of this process to `port`, or to any; -1: one that exec inherits. */
static int
sockets(void)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *e;
	int count = 0, type;
	bool inherited = false;

	ck_assert_ptr_nonnull(dir);
	while ((e = readdir(dir)) != NULL) {
		struct sockaddr_storage peer;
		socklen_t size = sizeof(type), peer_size = sizeof(peer);
		int fd = atoi(e->d_name);

		if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 ||
		    getpeername(fd, (struct sockaddr *)&peer, &peer_size) != 0)
			continue;
		count++;
		inherited = inherited || fcntl(fd, F_GETFD) != FD_CLOEXEC;
	}
	closedir(dir);
	return inherited ? -1 : count;
}

/* Servers in this process have the other end of each. */
START_TEST(bounded)
{
	static const struct http_turn turn = { .status = 200, .body = "hello" };
	struct http_server *many[7];
	int before = sockets();

	ck_assert_int_ge(before, 0);
	for (size_t i = 0; i < 7; i++) {
		many[i] = http_server_new(&identity, NULL);
		http_server_script(many[i], &turn, 1);
		ck_assert_int_eq(ask(many[i], trust, NULL), TEE_OK);
	}
	for (size_t i = 0; i < 3; i++)
		http_server_free(&many[i]);
	ck_assert_int_eq(sockets() - before, 2 * 4);
	tee_http_pool_free(&pool);
	for (size_t i = 3; i < 7; i++)
		http_server_free(&many[i]);
	ck_assert_int_eq(sockets() - before, 0);
}
END_TEST

static void *
ask_often(void *failed)
{
	struct http_call mine;
	struct tee_http_response got;
	struct tee_http_request request = { .hop = &hop,
		.url = failed,
		.limit = 100,
		.trust = trust,
		.pool = pool };
	uintptr_t bad = 0;

	http_call_begin(&mine, 8000, pin);
	for (unsigned i = 0; i < 25; i++) {
		bad += tee_http(&mine.call, &request, &got) != TEE_OK ||
		    got.size != 5 || memcmp(got.body, "hello", 5) != 0;
		tee_http_response_free(&got);
	}
	http_call_end(&mine);
	return (void *)bad;
}

START_TEST(threads)
{
	pthread_t thread[8];
	char url[128];
	void *bad;

	snprintf(url, sizeof(url), "%s", http_server_url(server, "/"));
	for (size_t i = 0; i < 8; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, ask_often,
				     url),
		    0);
	for (size_t i = 0; i < 8; i++) {
		pthread_join(thread[i], &bad);
		ck_assert_ptr_null(bad);
	}
	ck_assert_uint_eq(http_server_count(server), 200);
	ck_assert_uint_lt(http_server_connections(server), 200);
}
END_TEST

/* Two processes on one TLS connection would break it for both. */
START_TEST(forked_child)
{
	int status;
	pid_t child;

	ask_well();
	child = fork();
	if (child == 0) {
		enum tee_verdict verdict = ask(server, trust, NULL);

		tee_http_pool_free(&pool);
		_exit(verdict == TEE_OK ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	ck_assert_uint_eq(http_server_connections(server), 2);
	ask_well();
	ck_assert_uint_eq(http_server_connections(server), 2);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("http_pool");
	TCase *tcase = tcase_create("http_pool");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 20);
	tcase_add_test(tcase, one_connection);
	tcase_add_test(tcase, none_without_a_pool);
	tcase_add_test(tcase, no_header_stays);
	tcase_add_test(tcase, trust_is_asked_anew);
	tcase_add_test(tcase, other_roots);
	tcase_add_test(tcase, roots_read_again);
	tcase_add_test(tcase, other_host);
	tcase_add_test(tcase, server_restarts);
	tcase_add_test(tcase, server_closes);
	tcase_add_test(tcase, certificate_ends);
	tcase_add_test(tcase, failures_close);
	tcase_add_test(tcase, budget_holds);
	tcase_add_test(tcase, bounded);
	tcase_add_test(tcase, threads);
	tcase_add_test(tcase, forked_child);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
