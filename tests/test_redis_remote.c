/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A shared cache elsewhere: over TLS to the server that the profile names and
 * no other, and with a password that nobody else hears of.
 */
#include "config.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/test_redis_kit.h"
#include "tests/testlib_tls.h"

/* One that nobody has at the moment. */
static unsigned
free_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq(bind(fd, (const void *)&at, sizeof(at)), 0);
	ck_assert_int_eq(getsockname(fd, (void *)&at, &size), 0);
	close(fd);
	return ntohs(at.sin_port);
}

static unsigned
start_tls(const struct tls_ca *ca, enum tls_defect defect)
{
	char port[16], cert[160], key[160];
	struct tls_identity identity;
	unsigned n = free_port();
	const char *more[] = { "--tls-port", port, "--tls-cert-file", cert,
		"--tls-key-file", key, "--tls-ca-cert-file", cert,
		"--tls-auth-clients", "no", "--bind", "127.0.0.1", NULL };

	tls_ca_issue(ca, defect, &identity);
	snprintf(port, sizeof(port), "%u", n);
	snprintf(cert, sizeof(cert), "%s",
	    rk_file("cert.pem", identity.cert, 0600));
	snprintf(key, sizeof(key), "%s",
	    rk_file("key.pem", identity.key, 0600));
	rk_start(more);
	return n;
}

/* Whether what one host verified another knows. */
static bool
is_shared(void)
{
	struct host a = { NULL }, b = { NULL };
	bool shared;

	host_open(&a);
	host_open(&b);
	ck_assert(!host_knew(&a));
	shared = host_knew(&b);
	host_close(&a);
	host_close(&b);
	return shared;
}

static const struct {
	const char *name;
	enum tls_defect defect;
	const char *host;
	bool other_ca;
	bool plain;
	const char *why; /* NULL: it is believed */
} servers[] = {
	{ "good", TLS_GOOD, "127.0.0.1", false, false, NULL },
	{ "of another CA", TLS_GOOD, "127.0.0.1", true, false,
	    "self-signed certificate in certificate chain|unable to get local "
	    "issuer certificate" },
	{ "of another address", TLS_WRONG_HOST, "127.0.0.1", false, false,
	    "IP address mismatch" },
	{ "expired", TLS_EXPIRED, "127.0.0.1", false, false, "has expired" },
	{ "not yet", TLS_NOT_YET, "127.0.0.1", false, false, "not yet valid" },
	{ "spoken to in the clear", TLS_GOOD, "127.0.0.1", false, true,
	    "no answer" },
};

static bool
said_one_of(const char *words)
{
	char copy[256], *save = NULL, *word;
	bool said = false;

	snprintf(copy, sizeof(copy), "%s", words);
	for (word = strtok_r(copy, "|", &save); word != NULL;
	     word = strtok_r(NULL, "|", &save))
		said |= rk_said(word);
	return said;
}

START_TEST(tls)
{
	struct tls_ca *ca = tls_ca_new("right"), *other = tls_ca_new("other");
	unsigned port = start_tls(ca, servers[_i].defect);

	rk_options("host = \"%s\"; port = \"%u\"; %s ca_file = \"%s\";",
	    servers[_i].host, port, "tls = true;",
	    rk_file("ca.pem", tls_ca_pem(servers[_i].other_ca ? other : ca),
		0600));
	if (servers[_i].plain)
		rk_options("port = \"%u\";", port);
	ck_assert_msg(is_shared() == (servers[_i].why == NULL), "%s: %s",
	    servers[_i].name, rk_scene.party.trace.text);
	ck_assert_msg(servers[_i].why == NULL || said_one_of(servers[_i].why),
	    "%s: %s", servers[_i].name, rk_scene.party.trace.text);
	tls_ca_free(&ca);
	tls_ca_free(&other);
}
END_TEST

/* The first peer does not wait for a resolver: the name is known after. */
START_TEST(name)
{
	struct tls_ca *ca = tls_ca_new("right");
	unsigned port = start_tls(ca, TLS_GOOD);
	struct host a = { NULL }, b = { NULL };

	rk_options("host = \"localhost\"; port = \"%u\"; tls = true; "
		   "ca_file = \"%s\";",
	    port, rk_file("ca.pem", tls_ca_pem(ca), 0600));
	host_open(&a);
	host_open(&b);
	ck_assert(!host_knew(&a));
	ck_assert(rk_said("the host's name is not resolved"));
	ck_assert(!host_knew(&b));
	/* ::1 may be the first of its addresses: after two rests at most. */
	for (int i = 0; i < 40 && !rk_said("reason=cache_back"); i++) {
		rk_wait(100);
		meet_somebody();
		ck_assert(!host_knew(&a));
	}
	ck_assert(rk_said("reason=cache_back"));
	ck_assert(host_knew(&b));
	host_close(&a);
	host_close(&b);
	tls_ca_free(&ca);
}
END_TEST

/* ---- password -------------------------------------------------------- */

static const char users[] =
    "user default on ~* &* +@all >open-sesame-7f3a\n"
    "user verifiers on >words-of-verifiers ~libtee:v1:* -@all +get +set\n"
    "user reader on >words-of-readers ~libtee:v1:* -@all +get\n"
    "user writer on >words-of-writers ~libtee:v1:* -@all +set\n";

static const struct {
	const char *user;
	const char *password; /* NULL: nobody logs in */
	const char *why;      /* NULL: it is shared */
} logins[] = {
	{ NULL, "open-sesame-7f3a", NULL },
	{ NULL, "open-sesame-7f3a\n", NULL },
	{ "verifiers", "words-of-verifiers", NULL },
	{ NULL, "open-sesame", "AUTH: the server refuses" },
	{ "nobody", "open-sesame-7f3a", "AUTH: the server refuses" },
	{ "verifiers", "open-sesame-7f3a", "AUTH: the server refuses" },
	{ "verifiers", "", "AUTH: the server refuses" },
	{ "reader", "words-of-readers", "SET: the server refuses" },
	{ "writer", "words-of-writers", "GET: the server refuses" },
	{ NULL, NULL, "GET: the server refuses" },
};

static void
log_in_as(const char *user, const char *file)
{
	char who[80] = "", secret[200] = "";

	if (user != NULL)
		snprintf(who, sizeof(who), "user = \"%s\";", user);
	if (file != NULL)
		snprintf(secret, sizeof(secret), "password_file = \"%s\";",
		    file);
	rk_options("socket = \"%s\"; %s %s", rk_socket, who, secret);
}

static void
start_with_users(const char *list)
{
	char path[160];
	const char *more[] = { "--aclfile", path, NULL };

	snprintf(path, sizeof(path), "%s", rk_file("users.acl", list, 0600));
	rk_start(more);
}

START_TEST(password)
{
	const char *secret = logins[_i].password;

	start_with_users(users);
	log_in_as(logins[_i].user,
	    secret != NULL ? rk_file("password", secret, 0600) : NULL);
	ck_assert_msg(is_shared() == (logins[_i].why == NULL), "%s",
	    rk_scene.party.trace.text);
	ck_assert_msg(logins[_i].why == NULL || rk_said(logins[_i].why), "%s",
	    rk_scene.party.trace.text);
	ck_assert(secret == NULL || *secret == '\0' || !rk_said(secret));
}
END_TEST

/* It is read at each login: one that comes later is found. */
START_TEST(password_later)
{
	struct host a = { NULL }, b = { NULL };
	char path[160];

	start_with_users(users);
	snprintf(path, sizeof(path), "%s/password", rk_folder);
	log_in_as(NULL, path);
	host_open(&a);
	host_open(&b);
	ck_assert(!host_knew(&a));
	ck_assert(rk_said("password_file: not there"));
	rk_file("password", "open-sesame-7f3a", 0600);
	rk_wait(1100);
	meet_somebody();
	ck_assert(!host_knew(&a));
	ck_assert(host_knew(&b));
	host_close(&a);
	host_close(&b);
}
END_TEST

/* ---- what stays of it in memory -------------------------------------- */

#define DRAWN 32

/* How often what `path` holds stands in this process's readable memory. */
static int
count_in_memory(const char *path)
{
	char *needle = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open(path, O_RDONLY), found = 0;
	char line[512], mode[8];
	unsigned long from, to;
	FILE *maps;

	if (needle == MAP_FAILED || read(fd, needle, DRAWN) != DRAWN)
		return -1;
	maps = fopen("/proc/self/maps", "re");
	while (maps != NULL && fgets(line, sizeof(line), maps) != NULL) {
		if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) != 3 ||
		    mode[0] != 'r' || strstr(line, "[v") != NULL ||
		    (const char *)from == needle)
			continue;
		for (const char *p = (const char *)from;
		     (p = memmem(p, to - (size_t)p, needle, DRAWN)) != NULL;
		     p++)
			found++;
	}
	return found;
}

static int
count_in_child(const char *path)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0)
		_exit(count_in_memory(path));
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Drawn by somebody else, so that nothing but the module reads it. */
START_TEST(password_in_memory)
{
	char line[512], path[160];
	uint8_t *copy = malloc(4096);
	int fd;

	snprintf(path, sizeof(path), "%s/password", rk_folder);
	snprintf(line, sizeof(line),
	    "umask 077; p=$(head -c 16 /dev/urandom | od -An -tx1 | "
	    "tr -d ' \\n'); printf %%s $p >%s; "
	    "echo user default on '~* &* +@all' \">$p\" >%s/users.acl",
	    path, rk_folder);
	ck_assert_int_eq(system(line), 0);
	snprintf(line, sizeof(line), "%s/users.acl", rk_folder);
	rk_start((const char *const[]){ "--aclfile", line, NULL });
	log_in_as(NULL, path);
	ck_assert(is_shared());
	ck_assert_int_eq(count_in_child(path), 0);
	/* And it would be found. */
	fd = open(path, O_RDONLY);
	ck_assert_int_eq(read(fd, copy + 2000, DRAWN), DRAWN);
	close(fd);
	free(copy);
	ck_assert_int_ge(count_in_child(path), 1);
}
END_TEST

/* ---- options --------------------------------------------------------- */

static const struct {
	const char *options;
	const char *why;
} bad[] = {
	{ "", "one of socket and port" },
	{ "socket = \"/run/redis\"; port = \"6379\";", "one of socket" },
	{ "socket = \"redis.sock\";", "absolute" },
	{ "socket = \"/run/0123456789012345678901234567890123456789012345678"
	  "90123456789012345678901234567890123456789012345678901234567890\";",
	    "too long" },
	{ "socket = \"/run/redis\"; host = \"127.0.0.1\";", "goes with port" },
	{ "socket = \"/run/redis\"; tls = true;", "goes with port" },
	{ "port = \"0\";", "port" },
	{ "port = \"65536\";", "port" },
	{ "host = \"redis.example\"; port = \"6379\";", "tls = true" },
	{ "host = \"localhost\"; port = \"6379\";", "tls = true" },
	{ "host = \"127.0.0.1.example\"; port = \"6379\";", "tls = true" },
	{ "host = \"10.0.0.1\"; port = \"6379\";", "tls = true" },
	{ "host = \"::\"; port = \"6379\";", "tls = true" },
	{ "host = \"\"; port = \"6379\"; tls = true;", "a name or" },
	{ "host = \"a\"; port = \"1\"; tls = true; ca_file = \"/no\";",
	    "No such file" },
	{ "host = \"a\"; port = \"1\"; tls = true; ca_file = \"/dev/null\";",
	    "not a regular file" },
	{ "port = \"6379\"; ca_file = \"/no\";", "goes with tls" },
	{ "port = \"6379\"; user = \"tee\";", "password_file" },
	{ "port = \"6379\"; prefix = \"\";", "prefix" },
	{ "port = \"6379\"; no_such = \"\";", "no option" },
};

START_TEST(refused)
{
	rk_options("%s", bad[_i].options);
	ck_assert_int_eq(rk_open(), TEE_E_PROFILE);
	ck_assert_msg(rk_said(bad[_i].why), "%s: %s", bad[_i].options,
	    rk_scene.party.trace.text);
}
END_TEST

static const char *const good[] = {
	"port = \"6379\";",
	"host = \"127.9.9.9\"; port = \"6379\";",
	"host = \"::1\"; port = \"6379\";",
	"host = \"10.0.0.1\"; port = \"6379\"; tls = true;",
	"host = \"redis.example\"; port = \"6379\"; tls = true;",
	"port = \"6379\"; user = \"a\"; password_file = \"/no\";",
	"port = \"6379\"; prefix = \"a\";",
};

START_TEST(taken)
{
	rk_options("%s", good[_i]);
	ck_assert_msg(rk_open() == 0, "%s", rk_scene.party.trace.text);
}
END_TEST

/* A password that others can read, or write, is nobody's. */
START_TEST(open_password)
{
	static const mode_t modes[] = { 0640, 0604, 0620, 0602 };

	log_in_as(NULL, rk_file("password", "x", modes[_i]));
	ck_assert_int_eq(rk_open(), TEE_E_PROFILE);
	ck_assert(rk_said("option \"password_file\""));
	ck_assert(rk_said("others may"));
	log_in_as(NULL, rk_file("password", "x", 0600));
	ck_assert_int_eq(rk_open(), 0);
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_loop_test(tcase, tls, 0, (int)COUNT(servers));
	tcase_add_test(tcase, name);
	tcase_add_loop_test(tcase, password, 0, (int)COUNT(logins));
	tcase_add_test(tcase, password_later);
	tcase_add_test(tcase, password_in_memory);
	tcase_add_loop_test(tcase, refused, 0, (int)COUNT(bad));
	tcase_add_loop_test(tcase, taken, 0, (int)COUNT(good));
	tcase_add_loop_test(tcase, open_password, 0, 4);
}

int
main(void)
{
	return rk_main("redis_remote", add);
}
