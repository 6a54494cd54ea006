/* SPDX-License-Identifier: Apache-2.0 */
/*
 * supervise: who goes when somebody goes.  The test's child becomes a real
 * supervisor; its keeper is played here, its workers are this program again
 * or the real one.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <check.h>

#include "teed/sandbox.h"
#include "teed/supervise.h"
#include "teed/worker.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What a worker of this program says of itself, first thing. */
struct hello {
	pid_t self, parent;
	unsigned descriptors; /* open beyond 0, 1, 2 */
	bool seed, dumpable, clean;
};

static char program[512];
static int told[2]; /* a keeper tells the test something */

static void
pause_a_little(void)
{
	nanosleep(&(struct timespec){ 0, 5 * 1000 * 1000 }, NULL);
}

/* Or dead, where whoever has to bury it takes its time. */
static bool
is_gone(pid_t pid)
{
	char path[64], line[512] = "";
	const char *state;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (f == NULL)
		return errno == ENOENT;
	if (fgets(line, sizeof(line), f) == NULL)
		line[0] = '\0';
	fclose(f);
	state = strrchr(line, ')');
	return state == NULL || state[2] == 'Z' || state[2] == 'X';
}

static bool
goes(pid_t pid)
{
	for (int i = 0; i < 600; i++, pause_a_little())
		if (is_gone(pid))
			return true;
	return false;
}

/* The environment is the supervisor's list and nothing of the test's. */
static bool
is_clean_environment(void)
{
	size_t n = 0;

	for (char **e = environ; *e != NULL; e++, n++)
		if (strncmp(*e, "PATH=", 5) != 0 &&
		    strncmp(*e, "LANG=", 5) != 0 &&
		    strcmp(*e, "TSS2_LOG=all+NONE") != 0)
			return false;
	return n == 3;
}

static unsigned
beyond_three(void)
{
	DIR *d = opendir("/proc/self/fd");
	const struct dirent *e;
	unsigned n = 0;

	while ((e = readdir(d)) != NULL)
		n += e->d_name[0] != '.' && atoi(e->d_name) > 2 &&
		    atoi(e->d_name) != dirfd(d);
	closedir(d);
	return n;
}

/* Says hello and stays, whatever becomes of its channel. */
static int
be_worker(void)
{
	struct hello hello = { .self = getpid(),
		.parent = getppid(),
		.descriptors = beyond_three(),
		.seed = fcntl(TEED_WORKER_SEED, F_GETFD) >= 0,
		.dumpable = prctl(PR_GET_DUMPABLE) != 0,
		.clean = is_clean_environment() };

	/* A hostile one would: its parent's death is no matter to it. */
	(void)prctl(PR_SET_PDEATHSIG, 0);
	if (send(TEED_WORKER_CHANNEL, &hello, sizeof(hello), 0) < 0)
		return 1;
	for (;;)
		pause();
}

struct asked {
	int channel;
	bool sent;
};

/* As the keeper does, but with any number of descriptors and bytes. */
static struct asked
ask(int supervisor, size_t descriptors, size_t bytes)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(4 * sizeof(int))];
	} control = { .room = { 0 } };
	int pair[2], fds[4];
	char text[4] = "wwww";
	struct iovec part = { text, bytes };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
	struct asked asked;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		abort();
	fds[0] = fds[1] = fds[2] = fds[3] = pair[1];
	if (descriptors > 0) {
		m.msg_control = control.room;
		m.msg_controllen = CMSG_SPACE(descriptors * sizeof(int));
		CMSG_FIRSTHDR(&m)->cmsg_level = SOL_SOCKET;
		CMSG_FIRSTHDR(&m)->cmsg_type = SCM_RIGHTS;
		CMSG_FIRSTHDR(&m)->cmsg_len =
		    CMSG_LEN(descriptors * sizeof(int));
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&m)), fds,
		    descriptors * sizeof(int));
	}
	asked.sent = sendmsg(supervisor, &m, MSG_NOSIGNAL) == (ssize_t)bytes;
	asked.channel = pair[0];
	close(pair[1]);
	return asked;
}

/* False: the channel ended without one. */
static bool
hear(int channel, struct hello *hello)
{
	return recv(channel, hello, sizeof(*hello), 0) == sizeof(*hello);
}

static void
tell(pid_t pid)
{
	if (write(told[1], &pid, sizeof(pid)) != sizeof(pid))
		abort();
}

static pid_t
heard(void)
{
	pid_t pid = 0;

	ck_assert_int_eq(read(told[0], &pid, sizeof(pid)), sizeof(pid));
	return pid;
}

/* Starts supervisor and keeper; `keep` runs in the latter. */
static pid_t
stage(int (*keep)(int supervisor))
{
	pid_t pid;

	ck_assert_int_eq(pipe2(told, O_CLOEXEC), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		int supervisor;

		/* The test framework's own handlers are none of a daemon's. */
		(void)signal(SIGTERM, SIG_DFL);
		(void)signal(SIGINT, SIG_DFL);
		(void)setenv("SECRET", "of the service", 1);
		if (teed_sandbox_begin() != 0)
			_exit(99);
		supervisor = teed_supervise(program);
		_exit(supervisor < 0 ? 98 : keep(supervisor));
	}
	close(told[1]);
	return pid;
}

static int
status_of(pid_t pid)
{
	int status = 0;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	close(told[0]);
	return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

static int
one_of_each(int supervisor)
{
	struct hello with, without;
	struct asked a = ask(supervisor, 2, 1), b = ask(supervisor, 1, 1);

	if (!hear(a.channel, &with) || !hear(b.channel, &without))
		return 1;
	if (!with.seed || with.descriptors != 2 || without.seed ||
	    without.descriptors != 1)
		return 2;
	if (with.parent != getppid() || with.self == without.self)
		return 3;
	if (!with.clean || !without.clean)
		return 4;
	/* The worker's first act is to become undumpable; this one did not. */
	if (!with.dumpable)
		return 5;
	tell(with.self);
	tell(without.self);
	return 42;
}

/* Descriptors, environment, the keeper's status; and nobody stays. */
START_TEST(workers_as_they_must_be)
{
	pid_t s = stage(one_of_each), a = heard(), b = heard();

	ck_assert_int_eq(status_of(s), 42);
	ck_assert(is_gone(a) && is_gone(b));
}
END_TEST

static int
nonsense(int supervisor)
{
	static const struct {
		size_t descriptors, bytes;
	} rows[] = { { 0, 1 }, { 3, 1 }, { 4, 1 }, { 1, 2 }, { 2, 4 } };
	struct hello hello;
	struct asked good;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct asked bad =
		    ask(supervisor, rows[i].descriptors, rows[i].bytes);

		if (!bad.sent || hear(bad.channel, &hello))
			return 10 + (int)i;
	}
	good = ask(supervisor, 1, 1);
	/* None of theirs was left open for it to inherit. */
	return hear(good.channel, &hello) && hello.descriptors == 1 ? 0 : 1;
}

START_TEST(nonsense_starts_nobody)
{
	ck_assert_int_eq(status_of(stage(nonsense)), 0);
}
END_TEST

static int
room_again(int supervisor)
{
	struct asked a[32], b;
	struct hello hello;
	int i;

	for (i = 0; i < 32; i++) {
		a[i] = ask(supervisor, 1, 1);
		if (!hear(a[i].channel, &hello))
			return 1;
	}
	b = ask(supervisor, 1, 1);
	if (hear(b.channel, &hello))
		return 2;
	if (kill(hello.self, SIGKILL) != 0)
		return 3;
	for (i = 0; i < 200; i++, pause_a_little()) {
		b = ask(supervisor, 1, 1);
		if (hear(b.channel, &hello))
			return 0;
		close(b.channel);
	}
	return 4;
}

START_TEST(at_most_so_many)
{
	ck_assert_int_eq(status_of(stage(room_again)), 0);
}
END_TEST

static int
wait_for_the_end(int supervisor)
{
	struct hello hello;
	struct asked a = ask(supervisor, 2, 1);

	if (!hear(a.channel, &hello))
		return 1;
	tell(hello.self);
	tell(getpid());
	for (;;)
		pause();
}

/* Whoever is killed takes the others along; a keeper's death is said. */
START_TEST(keeper_killed)
{
	pid_t s = stage(wait_for_the_end), worker = heard(), keeper = heard();

	kill(keeper, SIGKILL);
	ck_assert_int_eq(status_of(s), 1);
	ck_assert(is_gone(worker) && is_gone(keeper));
}
END_TEST

START_TEST(supervisor_killed)
{
	pid_t s = stage(wait_for_the_end), worker = heard(), keeper = heard();

	kill(s, SIGKILL);
	ck_assert_int_eq(status_of(s), 1000 + SIGKILL);
	ck_assert(goes(keeper));
	/* This worker asked not to be told; the real one sees its channel. */
	ck_assert(!is_gone(worker));
	kill(worker, SIGKILL);
	ck_assert(goes(worker));
}
END_TEST

static volatile sig_atomic_t caught;

static void catch (int sig)
{
	caught = sig;
}

static int
wait_for_a_signal(int supervisor)
{
	static const int of[] = { SIGHUP, SIGINT, SIGTERM };
	struct sigaction action = { .sa_handler = catch };
	sigset_t block, before;

	(void)supervisor;
	sigemptyset(&block);
	for (size_t i = 0; i < COUNT(of); i++) {
		sigaction(of[i], &action, NULL);
		sigaddset(&block, of[i]);
	}
	sigprocmask(SIG_BLOCK, &block, &before);
	tell(getpid());
	while (caught == 0)
		sigsuspend(&before);
	return caught;
}

static const int forwarded[] = { SIGHUP, SIGINT, SIGTERM };

START_TEST(signals_reach_the_keeper)
{
	pid_t s = stage(wait_for_a_signal);

	(void)heard();
	kill(s, forwarded[_i]);
	ck_assert_int_eq(status_of(s), forwarded[_i]);
}
END_TEST

static int
no_program(int supervisor)
{
	struct hello hello;
	struct asked a = ask(supervisor, 1, 1);

	return a.sent && !hear(a.channel, &hello) ? 7 : 1;
}

START_TEST(program_is_missing)
{
	snprintf(program, sizeof(program), "/nonexistent/worker");
	ck_assert_int_eq(status_of(stage(no_program)), 7);
}
END_TEST

static int
give_up_the_real_one(int supervisor)
{
	struct teed_errand errand = { .kind = TEED_ACQUIRE,
		.path = (char *)(uintptr_t) "/nonexistent/a.conf" };
	struct teed_worker *w = teed_worker_start(supervisor, &errand);
	enum teed_worker_state state;
	struct teed_report report;
	uint8_t *seed;

	if (w == NULL)
		return 1;
	while ((state = teed_worker_read(w, NULL, NULL)) == TEED_WORKER_BUSY)
		pause_a_little();
	if (state != TEED_WORKER_DONE)
		return 2;
	teed_worker_take(w, &report, &seed);
	if (report.error != TEE_E_PROFILE || seed != NULL)
		return 3;
	teed_worker_free(&w);
	return 0;
}

START_TEST(the_real_worker)
{
	const char *build = getenv("TEE_TEST_BUILDDIR");

	snprintf(program, sizeof(program), "%s/tests/teed-worker",
	    build != NULL ? build : ".");
	ck_assert_int_eq(status_of(stage(give_up_the_real_one)), 0);
}
END_TEST

int
main(int argc, char **argv)
{
	Suite *suite;
	TCase *tcase;
	SRunner *runner;
	int failed;

	if (argc > 0 && strcmp(argv[0], "teed-worker") == 0)
		return be_worker();
	if (readlink("/proc/self/exe", program, sizeof(program) - 1) <= 0)
		return 1;
	suite = suite_create("supervise");
	tcase = tcase_create("supervise");
	tcase_add_test(tcase, workers_as_they_must_be);
	tcase_add_test(tcase, nonsense_starts_nobody);
	tcase_add_test(tcase, at_most_so_many);
	tcase_add_test(tcase, keeper_killed);
	tcase_add_test(tcase, supervisor_killed);
	tcase_add_loop_test(tcase, signals_reach_the_keeper, 0,
	    COUNT(forwarded));
	tcase_add_test(tcase, program_is_missing);
	tcase_add_test(tcase, the_real_worker);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
