/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTP client keeps to itself what was said: neither the environment nor
 * freed memory tells.  The server is a process of its own.
 */
#include "config.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "tests/testlib_http.h"

#define SECRET 48

static const unsigned again[] = { 500, 0 };
static const struct tee_http_hop hop = { .name = "Key Vault",
	.advice = "try teectl doctor",
	.connect_ms = 2000,
	.total_ms = 3000,
	.tries = 2,
	.backoff_ms = 2,
	.again = again };

static struct tls_ca *ca;
static struct tee_http_trust *trust;
static uint8_t pin[32];
static struct http_call c;
static struct tee_http_response answer;

static void
set_up(void)
{
	ca = tls_ca_new("test CA");
	tls_ca_pin(ca, pin);
	trust = http_trust_of(ca);
	http_call_begin(&c, 4000, pin);
}

static void
tear_down(void)
{
	tee_http_response_free(&answer);
	http_call_end(&c);
	tee_http_trust_free(&trust);
	tls_ca_free(&ca);
}

/* The secret under a mask, so that what looks for it does not hold it. */
static uint8_t masked[SECRET], mask[SECRET];

/*
 * A server that tells the secret, in a process of its own.  It is never told
 * to the parent other than through the client.
 */
static pid_t
fork_server(const struct tls_identity *identity, unsigned *port)
{
	struct http_turn turn = { .status = 200 };
	char body[SECRET + 1] = { 0 };
	int channel[2];
	pid_t child;

	ck_assert_int_eq(pipe(channel), 0);
	child = fork();
	if (child == 0) {
		struct http_server *s = http_server_new(identity, NULL);

		for (size_t i = 0; i < SECRET; i++)
			body[i] = (char)(masked[i] ^ mask[i]);
		turn.body = body;
		http_server_script(s, &turn, 1);
		*port = http_server_port(s);
		if (write(channel[1], port, sizeof(*port)) != sizeof(*port))
			_exit(1);
		for (;;)
			pause();
	}
	ck_assert_int_eq(read(channel[0], port, sizeof(*port)), sizeof(*port));
	close(channel[0]);
	close(channel[1]);
	return child;
}

/* The server is another process: its GnuTLS obeys the variable. */
START_TEST(no_keys_for_the_environment)
{
	const char *build = getenv("TEE_TEST_BUILDDIR");
	char path[4096];
	struct tls_identity identity;
	struct tee_http_request request = { .hop = &hop, .limit = 4096 };
	char url[64];
	unsigned port = 0;
	struct stat st;
	pid_t child;

	snprintf(path, sizeof(path), "%s/tests/tmp/keylog-%d",
	    build != NULL ? build : ".", (int)getpid());
	tls_ca_issue(ca, TLS_GOOD, &identity);
	child = fork_server(&identity, &port);
	snprintf(url, sizeof(url), "https://127.0.0.1:%u/", port);
	request.url = url;
	request.trust = trust;
	setenv("SSLKEYLOGFILE", path, 1);
	ck_assert_int_eq(tee_http(&c.call, &request, &answer), TEE_OK);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	/* Without this the test shows nothing: libcurl opened the file. */
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_size, 0);
	remove(path);
}
END_TEST

/* How often `half` of the secret is anywhere in this process. */
static unsigned
copies_in(const uint8_t *data, size_t size, size_t from)
{
	unsigned found = 0;
	size_t k;

	for (size_t i = 0; i + SECRET / 2 <= size; i++) {
		for (k = 0; k < SECRET / 2; k++)
			if ((data[i + k] ^ mask[from + k]) != masked[from + k])
				break;
		found += k == SECRET / 2;
	}
	return found;
}

/* Through /proc/self/mem into a window, which it skips itself. */
static unsigned
copies(void)
{
	static uint8_t window[1 << 20];
	unsigned long begin, end;
	unsigned found = 0;
	char line[512], mode[5];
	FILE *maps = fopen("/proc/self/maps", "r");
	int mem = open("/proc/self/mem", O_RDONLY);

	ck_assert(maps != NULL && mem >= 0);
	while (fgets(line, sizeof(line), maps) != NULL) {
		if (sscanf(line, "%lx-%lx %4s", &begin, &end, mode) != 3 ||
		    mode[0] != 'r' || mode[1] != 'w')
			continue;
		while (begin < end) {
			size_t size = end - begin < sizeof(window) ?
			    end - begin :
			    sizeof(window);
			ssize_t n = pread(mem, window, size, (off_t)begin);

			if (n <= 0)
				break;
			found += copies_in(window, (size_t)n, 0) +
			    copies_in(window, (size_t)n, SECRET / 2);
			OPENSSL_cleanse(window, sizeof(window));
			begin += (unsigned long)n;
		}
	}
	fclose(maps);
	close(mem);
	return found;
}

static void
draw_secret(void)
{
	uint8_t b;

	RAND_bytes(mask, sizeof(mask));
	for (size_t i = 0; i < SECRET; i++) {
		RAND_bytes(&b, 1);
		masked[i] = (uint8_t)(('A' + b % 26) ^ mask[i]);
	}
}

/*
 * An answer, and a header that carries the same, leave nothing behind; nor
 * where the connection is kept.
 */
START_TEST(nothing_left_in_memory)
{
	struct tee_http_pool *pool = _i == 1 ? tee_http_pool_new() : NULL;
	struct tls_identity identity;
	struct tee_http_request request = { .hop = &hop, .limit = 4096 };
	char url[64], header[SECRET + 32] = "Authorization: Bearer ";
	size_t head = strlen(header);
	unsigned port = 0;
	pid_t child;

	draw_secret();
	tls_ca_issue(ca, TLS_GOOD, &identity);
	child = fork_server(&identity, &port);
	snprintf(url, sizeof(url), "https://127.0.0.1:%u/", port);
	for (size_t i = 0; i < SECRET; i++)
		header[head + i] = (char)(masked[i] ^ mask[i]);
	request.url = url;
	request.trust = trust;
	request.secret_header = header;
	request.pool = pool;
	ck_assert_int_eq(tee_http(&c.call, &request, &answer), TEE_OK);
	OPENSSL_cleanse(header, sizeof(header));
	ck_assert_uint_eq(answer.size, SECRET);
	/* It is found while it is there: both halves of the one answer. */
	ck_assert_uint_ge(copies(), 2);
	ck_assert_uint_eq(copies(), 2);
	tee_http_response_free(&answer);
	ck_assert_uint_eq(copies(), 0);
	tee_http_pool_free(&pool);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("http_memory");
	TCase *tcase = tcase_create("http_memory");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, no_keys_for_the_environment);
	/* Its shadow alone has terabytes. */
	if (!UNDER_ASAN)
		tcase_add_loop_test(tcase, nothing_left_in_memory, 0, 2);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
