/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verifiers that share a cache: two of them over a real Redis that the test
 * starts, what an entry must be to be believed, and a server that lies, goes
 * away or says nothing.
 */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "libtee/trust/shared.h"
#include "libtee/trust/trust.h"
#include "tests/test_handshake_kit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct host {
	struct tee *tee;
	struct tee_key *key;
	struct tee_trust *trust;
};

static const struct script plain = HS_PROFILE("tee", HS_PINNED, OK);
static char folder[] = "/tmp/tee-redis-XXXXXX"; /* lint: a socket's length */
static char where[64], profile[64];
static pid_t server;
static struct hs_scene scene;

/* ---- a server -------------------------------------------------------- */

static bool
is_there(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	bool ok;

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", where);
	ok = connect(fd, (const void *)&to, sizeof(to)) == 0;
	close(fd);
	return ok;
}

static void
start_redis(void)
{
	server = fork();
	if (server == 0) {
		if (freopen("/dev/null", "w", stdout) == NULL)
			_exit(127);
		execlp("redis-server", "redis-server", "--port", "0",
		    "--unixsocket", where, "--save", "", "--appendonly", "no",
		    "--dir", folder, (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < 100 && !is_there(); i++)
		nanosleep(&(struct timespec){ 0, 50000000 }, NULL);
	ck_assert(is_there());
}

static void
stop_server(void)
{
	if (server > 0) {
		kill(server, SIGKILL);
		waitpid(server, NULL, 0);
	}
	server = 0;
	unlink(where);
}

/* Runs a command there; its output, one line, is the caller's buffer. */
static void
redis(const char *command, char *out, size_t size)
{
	char line[512];
	FILE *f;

	snprintf(line, sizeof(line), "redis-cli -s %s %s", where, command);
	f = popen(line, "r");
	ck_assert_ptr_nonnull(f);
	if (fgets(out, (int)size, f) == NULL)
		out[0] = '\0';
	out[strcspn(out, "\n")] = '\0';
	pclose(f);
}

/* ---- hosts ----------------------------------------------------------- */

static void
write_profile(const char *options)
{
	FILE *f = fopen(profile, "we");

	fprintf(f,
	    "agent = { did = \"did:mesh:verifier-1\"; };\n"
	    "assurance = \"tee\";\n"
	    "require = { max_age = \"5m\"; "
	    "key_origin = [\"skr\", \"tee_generated\"]; "
	    "measurements = { launch = [\"676f6c64656e\"]; }; };\n"
	    "collector = ({ control = \"required\"; module = \"mock\"; "
	    "options = { verdict = \"ok\"; }; });\n"
	    "verifier = ({ control = \"required\"; module = \"mocktee\"; "
	    "options = { verdict = \"ok\"; level = \"tee_vm\"; "
	    "debug = \"false\"; tcb_status = \"up_to_date\"; "
	    "measurement = \"golden\"; }; });\n"
	    "keystore = ({ control = \"required\"; module = \"mocktee\"; "
	    "options = { verdict = \"ok\"; }; });\n"
	    "custody = { residency = \"process\"; lifetime = \"5m\"; };\n"
	    "cache = { module = \"redis\"; options = { %s }; };\n",
	    options);
	fclose(f);
	chmod(profile, 0600);
}

static int
open_trust(struct host *h, bool with_key)
{
	struct tee_trust_options o = hs_options();

	o.key = with_key ? h->key : NULL;
	return tee_trust_open(h->tee, &o, &h->trust);
}

static void
open_host(struct host *h)
{
	struct tee_options o = { .size = sizeof(o),
		.log = trace_log,
		.log_user = &scene.party.trace };

	ck_assert_msg(tee_open_file(profile, &o, &h->tee) == 0, "%s",
	    scene.party.trace.text);
	ck_assert_msg(tee_acquire(h->tee, &h->key) == 0, "%s",
	    scene.party.trace.text);
	ck_assert_int_eq(open_trust(h, true), 0);
}

static void
close_host(struct host *h)
{
	tee_trust_close(&h->trust);
	tee_key_free(&h->key);
	tee_close(&h->tee);
}

/* The same response, as this host sees it; whether it had judged before. */
static bool
known_to(struct host *h)
{
	struct tee_trust *own = scene.trust;
	bool cached;

	scene.trust = h->trust;
	ck_assert_msg(strcmp(hs_verify(&scene), "") == 0, "%s: %s",
	    tee_handshake_reason(scene.handshake), scene.party.trace.text);
	cached = tee_handshake_cached(scene.handshake);
	scene.trust = own;
	return cached;
}

static void
meet_somebody(void)
{
	hs_end(&scene);
	hs_begin(&scene, HS_ACQUIRED);
	hs_answer(&scene);
}

static void
set_up(void)
{
	char options[200];

	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(where, sizeof(where), "%s/socket", folder);
	snprintf(profile, sizeof(profile), "%s/party.conf", folder);
	snprintf(options, sizeof(options), "socket = \"%s\";", where);
	write_profile(options);
	hs_open(&scene, &plain, NULL);
	hs_begin(&scene, HS_ACQUIRED);
	hs_answer(&scene);
}

static void
tear_down(void)
{
	char line[200];

	hs_close(&scene);
	stop_server();
	snprintf(line, sizeof(line), "rm -rf %s", folder);
	ck_assert_int_eq(system(line), 0);
}

/* ---- */

START_TEST(two_hosts)
{
	struct host a = { NULL }, b = { NULL };
	char answer[512];

	start_redis();
	open_host(&a);
	open_host(&b);
	ck_assert(!known_to(&a));
	ck_assert(known_to(&b));
	redis("dbsize", answer, sizeof(answer));
	ck_assert_int_eq(atoi(answer), 2); /* evidence, and the peer */
	/* Another's evidence is not in it. */
	meet_somebody();
	ck_assert(!known_to(&b));
	close_host(&a);
	close_host(&b);
}
END_TEST

/* Forgotten here after it was verified there: it is verified again. */
START_TEST(forgotten)
{
	struct host a = { NULL }, b = { NULL };

	start_redis();
	open_host(&a);
	open_host(&b);
	ck_assert(!known_to(&a));
	tee_trust_forget(b.trust, scene.peer.did, scene.peer.did_size);
	ck_assert(!known_to(&b));
	close_host(&a);
	close_host(&b);
}
END_TEST

/* Whoever can write there cannot make a peer known. */
START_TEST(forged)
{
	struct host a = { NULL }, b = { NULL };
	char answer[512];

	start_redis();
	open_host(&a);
	open_host(&b);
	ck_assert(!known_to(&a));
	redis("eval \"for _,k in ipairs(redis.call('keys','*')) do "
	      "local v = redis.call('get',k) "
	      "redis.call('set',k,string.sub(v,1,90)..'x'.."
	      "string.sub(v,92)) end return 1\" 0",
	    answer, sizeof(answer));
	ck_assert_str_eq(answer, "1");
	ck_assert(!known_to(&b));
	ck_assert_msg(strstr(scene.party.trace.text, "reason=cache_mac") !=
		NULL,
	    "%s", scene.party.trace.text);
	close_host(&a);
	close_host(&b);
}
END_TEST

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* 0: never there; 1: killed; 2: stopped in its tracks. */
START_TEST(away)
{
	struct host a = { NULL };
	double began;

	if (_i > 0)
		start_redis();
	open_host(&a);
	if (_i == 1)
		stop_server();
	if (_i == 2)
		kill(server, SIGSTOP);
	began = seconds();
	ck_assert(!known_to(&a));
	/* What is waited for is a few budgets of 20 ms, not the server. */
	ck_assert(seconds() - began < 2);
	meet_somebody();
	ck_assert(!known_to(&a));
	close_host(&a);
}
END_TEST

static const char *const lies[] = {
	"+OK\r\n",
	"$5\r\nhello\r\n",
	"$-5\r\n",
	"$99999999999999999999\r\nx\r\n",
	"*3\r\n$1\r\na\r\n",
	":12\r\n",
	"-ERR no\r\n",
	"\xff\xff\xff\xff\r\n",
	"",
};

/* A server that answers everything so. */
static void
start_liar(const char *lie)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), peer;
	char buffer[4096];

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", where);
	ck_assert_int_eq(bind(fd, (const void *)&at, sizeof(at)), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	server = fork();
	if (server != 0) {
		close(fd);
		return;
	}
	while ((peer = accept(fd, NULL, NULL)) >= 0) {
		while (read(peer, buffer, sizeof(buffer)) > 0)
			if (write(peer, lie, strlen(lie)) < 0 || *lie == '\0')
				break;
		close(peer);
	}
	_exit(0);
}

START_TEST(liar)
{
	struct host a = { NULL };

	start_liar(lies[_i]);
	open_host(&a);
	ck_assert(!known_to(&a));
	meet_somebody();
	ck_assert(!known_to(&a));
	close_host(&a);
}
END_TEST

/* ---- an entry -------------------------------------------------------- */

START_TEST(entry)
{
	static const uint8_t mac[32] = "mac key", other[32] = "another";
	static const uint8_t key[32] = "key", peer[32] = "peer";
	static const uint8_t packed[] = "packed claims";
	uint8_t sealed[TRUST_SHARED_MAX], got[64], who[32];
	size_t size = sizeof(got), n;
	tee_instant end;

	n = trust_entry_seal(mac, key, peer, packed, sizeof(packed), 12345,
	    sealed);
	ck_assert_uint_eq(n, 75 + sizeof(packed) + 32);
	ck_assert(trust_entry_open(mac, key, sealed, n, got, &size, who, &end));
	ck_assert_uint_eq(size, sizeof(packed));
	ck_assert_mem_eq(got, packed, size);
	ck_assert_mem_eq(who, peer, 32);
	ck_assert_int_eq(end, 12345);
	size = sizeof(got);
	ck_assert(
	    !trust_entry_open(other, key, sealed, n, got, &size, who, &end));
	ck_assert(
	    !trust_entry_open(mac, other, sealed, n, got, &size, who, &end));
	for (size_t i = 0; i < n; i++) {
		size = sizeof(got);
		ck_assert(!trust_entry_open(mac, key, sealed, i, got, &size,
		    who, &end));
		sealed[i] ^= 1;
		ck_assert(!trust_entry_open(mac, key, sealed, n, got, &size,
		    who, &end));
		sealed[i] ^= 1;
	}
	size = sizeof(packed) - 1; /* no room for it */
	ck_assert(
	    !trust_entry_open(mac, key, sealed, n, got, &size, who, &end));
	ck_assert_uint_eq(trust_entry_seal(mac, key, peer, sealed,
			      TRUST_SHARED_MAX, 1, sealed),
	    0);
}
END_TEST

/* ---- profiles -------------------------------------------------------- */

static const struct {
	const char *options;
	const char *why;
} bad[] = {
	{ "", "one of socket and port" },
	{ "socket = \"/run/redis\"; port = \"6379\";", "one of socket" },
	{ "socket = \"redis.sock\";", "absolute" },
	{ "port = \"0\";", "port" },
	{ "port = \"65536\";", "port" },
	{ "host = \"redis.example\"; port = \"6379\";", "tls = true" },
	{ "port = \"6379\"; user = \"tee\";", "password_file" },
	{ "port = \"6379\"; prefix = \"\";", "prefix" },
};

START_TEST(refused)
{
	struct tee_options o = { .size = sizeof(o),
		.log = trace_log,
		.log_user = &scene.party.trace };
	struct tee *tee;

	write_profile(bad[_i].options);
	ck_assert_int_eq(tee_open_file(profile, &o, &tee), TEE_E_PROFILE);
	ck_assert_msg(strstr(scene.party.trace.text, bad[_i].why) != NULL,
	    "%s: %s", bad[_i].options, scene.party.trace.text);
}
END_TEST

START_TEST(without_a_key)
{
	struct host a = { NULL };

	open_host(&a);
	tee_trust_close(&a.trust);
	ck_assert_int_eq(open_trust(&a, false), TEE_E_ARGUMENT);
	close_host(&a);
}
END_TEST

/* Killed while connections to it are open. */
START_TEST(killed)
{
	struct host a = { NULL };

	start_redis();
	open_host(&a);
	ck_assert(!known_to(&a));
	stop_server();
	meet_somebody();
	ck_assert(!known_to(&a));
	close_host(&a);
}
END_TEST

/* One byte of an answer at a time: waited for no longer than the budget. */
START_TEST(drip)
{
	struct host a = { NULL };
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), peer;
	double began;
	char buffer[4096];

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", where);
	ck_assert_int_eq(bind(fd, (const void *)&at, sizeof(at)), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	server = fork();
	if (server == 0) {
		signal(SIGPIPE, SIG_IGN);
		while ((peer = accept(fd, NULL, NULL)) >= 0) {
			if (read(peer, buffer, sizeof(buffer)) > 0 &&
			    write(peer, "$900\r\n", 6) > 0)
				for (int i = 0; i < 200 && write(peer, "x", 1) > 0; i++)
					nanosleep(&(struct timespec){ 0, 10000000 }, NULL);
			close(peer);
		}
		_exit(0);
	}
	close(fd);
	open_host(&a);
	began = seconds();
	ck_assert(!known_to(&a));
	ck_assert_msg(seconds() - began < 0.5, "%f", seconds() - began);
	close_host(&a);
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_test(tcase, killed);
	tcase_add_test(tcase, drip);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, two_hosts);
	tcase_add_test(tcase, forgotten);
	tcase_add_test(tcase, forged);
	tcase_add_loop_test(tcase, away, 0, 3);
	tcase_add_loop_test(tcase, liar, 0, (int)COUNT(lies));
	tcase_add_test(tcase, entry);
	tcase_add_loop_test(tcase, refused, 0, (int)COUNT(bad));
	tcase_add_test(tcase, without_a_key);
}

int
main(void)
{
	if (system("redis-server --version >/dev/null 2>&1") != 0) {
		puts("skipped: no redis-server");
		return 77;
	}
	return txn_main("redis", add);
}
