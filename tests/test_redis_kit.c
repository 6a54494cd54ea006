/* SPDX-License-Identifier: Apache-2.0 */
/* redis_kit: see test_redis_kit.h. */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/test_redis_kit.h"

static const struct script plain = HS_PROFILE("tee", HS_PINNED, OK);
char rk_folder[64], rk_socket[96];
struct hs_scene rk_scene;
static char options[1024], budget[32], profile[96];
static pid_t server;
/* Shared with the process that serves. */
static struct counter {
	_Atomic unsigned served;
} * counter;

/* ---- a server -------------------------------------------------------- */

static int
reach(int (*call)(int, const struct sockaddr *, socklen_t))
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(to.sun_path, rk_socket, strlen(rk_socket) + 1);
	if (call(fd, (const struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	close(fd);
	return -1;
}

static void
run_redis(const char *const *more)
{
	const char *argv[40] = { "redis-server", "--port", "0", "--unixsocket",
		rk_socket, "--save", "", "--appendonly", "no", "--dir",
		rk_folder };
	int log = open(rk_file("redis.log", "", 0600), O_WRONLY), n = 11;

	while (more != NULL && *more != NULL)
		argv[n++] = *more++;
	dup2(log, STDOUT_FILENO);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

void
rk_start(const char *const *more)
{
	int fd = -1;

	server = fork();
	if (server == 0)
		run_redis(more);
	for (int i = 0; i < 200 && fd < 0; i++) {
		rk_wait(20);
		fd = reach(connect);
	}
	ck_assert_msg(fd >= 0, "redis-server did not start");
	close(fd);
}

void
rk_stop(void)
{
	if (server > 0) {
		kill(server, SIGKILL);
		waitpid(server, NULL, 0);
	}
	server = 0;
	unlink(rk_socket);
}

pid_t
rk_server(void)
{
	return server;
}

void
rk_command(const char *command, char *out, size_t size)
{
	char line[1024];
	FILE *f;

	snprintf(line, sizeof(line), "redis-cli -s %s %s", rk_socket, command);
	f = popen(line, "r");
	ck_assert_ptr_nonnull(f);
	if (fgets(out, (int)size, f) == NULL)
		out[0] = '\0';
	out[strcspn(out, "\n")] = '\0';
	pclose(f);
}

void
rk_serve(void (*serve)(int peer))
{
	int fd = reach(bind), peer;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	counter->served = 0;
	server = fork();
	if (server != 0) {
		close(fd);
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	while ((peer = accept(fd, NULL, NULL)) >= 0) {
		counter->served++;
		serve(peer);
		close(peer);
	}
	_exit(0);
}

unsigned
rk_served(void)
{
	return counter->served;
}

/* ---- hosts ----------------------------------------------------------- */

const char *
rk_file(const char *name, const char *text, mode_t mode)
{
	static char path[160];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", rk_folder, name);
	f = fopen(path, "we");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
	chmod(path, mode);
	return path;
}

static void
write_profile(void)
{
	char text[4096];

	snprintf(text, sizeof(text),
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
	    "cache = { module = \"redis\"; timeout = \"%s\"; "
	    "options = { %s }; };\n",
	    budget, options);
	snprintf(profile, sizeof(profile), "%s",
	    rk_file("party.conf", text, 0600));
}

void
rk_options(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(options, sizeof(options), fmt, ap);
	va_end(ap);
	write_profile();
}

void
rk_timeout(const char *timeout)
{
	snprintf(budget, sizeof(budget), "%s", timeout);
	write_profile();
}

static int
open_tee(struct tee **tee)
{
	struct tee_options o = { .size = sizeof(o),
		.log = trace_log,
		.log_user = &rk_scene.party.trace };

	return tee_open_file(profile, &o, tee);
}

int
rk_open(void)
{
	struct tee *tee = NULL;
	int error = open_tee(&tee);

	tee_close(&tee);
	return error;
}

int
host_open_trust(struct host *h, const struct tee_key *key)
{
	struct tee_trust_options o = hs_options();

	o.key = key;
	return tee_trust_open(h->tee, &o, &h->trust);
}

void
host_open(struct host *h)
{
	ck_assert_msg(open_tee(&h->tee) == 0, "%s", rk_scene.party.trace.text);
	ck_assert_msg(tee_acquire(h->tee, &h->key) == 0, "%s",
	    rk_scene.party.trace.text);
	ck_assert_int_eq(host_open_trust(h, h->key), 0);
}

void
host_close(struct host *h)
{
	tee_trust_close(&h->trust);
	tee_key_free(&h->key);
	tee_close(&h->tee);
}

bool
host_knew(struct host *h)
{
	struct tee_trust *own = rk_scene.trust;
	bool cached;

	rk_scene.trust = h->trust;
	ck_assert_msg(strcmp(hs_verify(&rk_scene), "") == 0, "%s: %s",
	    tee_handshake_reason(rk_scene.handshake),
	    rk_scene.party.trace.text);
	cached = tee_handshake_cached(rk_scene.handshake);
	rk_scene.trust = own;
	return cached;
}

void
meet_somebody(void)
{
	hs_end(&rk_scene);
	hs_begin(&rk_scene, HS_ACQUIRED);
	hs_answer(&rk_scene);
}

double
rk_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void
rk_wait(unsigned ms)
{
	nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000L }, NULL);
}

unsigned
rk_times(const char *words)
{
	const char *p = rk_scene.party.trace.text;
	unsigned n = 0;

	while ((p = strstr(p, words)) != NULL) {
		p += strlen(words);
		n++;
	}
	return n;
}

bool
rk_said(const char *words)
{
	return rk_times(words) > 0;
}

/* ---- */

static void
set_up(void)
{
	/* Not below the build tree: a socket's path is short. */
	strcpy(rk_folder, "/tmp/tee-redis-XXXXXX"); /* lint: mkdtemp's */
	ck_assert_ptr_nonnull(mkdtemp(rk_folder));
	snprintf(rk_socket, sizeof(rk_socket), "%s/socket", rk_folder);
	counter = mmap(NULL, sizeof(*counter), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(counter, MAP_FAILED);
	/* Long enough for a machine that is busy with something else. */
	strcpy(budget, "200ms");
	rk_options("socket = \"%s\";", rk_socket);
	hs_open(&rk_scene, &plain, NULL);
	hs_begin(&rk_scene, HS_ACQUIRED);
	hs_answer(&rk_scene);
}

static void
tear_down(void)
{
	DIR *d = opendir(rk_folder);
	struct dirent *e;

	hs_close(&rk_scene);
	rk_stop();
	while (d != NULL && (e = readdir(d)) != NULL)
		unlinkat(dirfd(d), e->d_name, 0);
	closedir(d);
	rmdir(rk_folder);
	munmap(counter, sizeof(*counter));
}

static void (*add_tests)(TCase *);

static void
add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	add_tests(tcase);
}

int
rk_main(const char *name, void (*tests)(TCase *))
{
	if (system("redis-server --version >/dev/null 2>&1") != 0) {
		puts("skipped: no redis-server");
		return 77;
	}
	add_tests = tests;
	return txn_main(name, add);
}
