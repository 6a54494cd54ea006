/* SPDX-License-Identifier: Apache-2.0 */
/* supervise: see supervise.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "teed/handover.h"
#include "teed/supervise.h"

/* What modules and their libraries may see of the service's environment. */
static char *const environment[] = {
	(char *)(uintptr_t) "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
	(char *)(uintptr_t) "LANG=C.UTF-8",
	/* tpm2-tss writes to stderr of its own accord. */
	(char *)(uintptr_t) "TSS2_LOG=all+NONE", NULL
};

/* No more at once, whatever the keeper asks; it asks for fewer. */
#define WORKERS 32

struct crew {
	pid_t pid[WORKERS];
	unsigned count;
};

/*
 * The request is a byte and one or two descriptors, or it is none.  Their
 * number; what is in fds is this process's to close either way.
 */
static int
receive(int socket, int fds[2])
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(2 * sizeof(int))];
	} control;
	char byte;
	struct iovec part = { &byte, 1 };
	struct msghdr message = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room) };
	const struct cmsghdr *head;
	ssize_t n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	size_t count = 0;

	fds[0] = fds[1] = -1;
	head = n >= 0 ? CMSG_FIRSTHDR(&message) : NULL;
	if (head != NULL && head->cmsg_level == SOL_SOCKET &&
	    head->cmsg_type == SCM_RIGHTS) {
		count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(fds, CMSG_DATA(head), count * sizeof(int));
	}
	return n == 1 && message.msg_flags == MSG_CMSG_CLOEXEC ? (int)count : 0;
}

/* Descriptors 3 and 4, whatever they were, and no other. */
static void
become_worker(const char *program, const int fds[2], int count, pid_t parent)
{
	char *const arguments[] = { (char *)(uintptr_t) "teed-worker", NULL };
	int channel = fcntl(fds[0], F_DUPFD, 10);
	int seed = count == 2 ? fcntl(fds[1], F_DUPFD, 10) : -1;
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent ||
	    channel < 0 || dup2(channel, TEED_WORKER_CHANNEL) < 0)
		_exit(127);
	if (seed >= 0 && dup2(seed, TEED_WORKER_SEED) < 0)
		_exit(127);
	if (close_range(seed >= 0 ? TEED_WORKER_SEED + 1 : TEED_WORKER_SEED,
		~0U, 0) != 0)
		_exit(127);
	execve(program, arguments, environment);
	_exit(127);
}

/* Its channel closes where it cannot be started, and the keeper sees that. */
static void
start_worker(struct crew *crew, const char *program, int socket)
{
	pid_t self = getpid(), pid = -1;
	int fds[2], count = receive(socket, fds);

	if (count > 0 && crew->count < WORKERS)
		pid = fork();
	if (pid == 0)
		become_worker(program, fds, count, self);
	if (pid > 0)
		crew->pid[crew->count++] = pid;
	for (int i = 0; i < 2; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static void
reap_workers(struct crew *crew)
{
	for (unsigned i = crew->count; i-- > 0;)
		if (waitpid(crew->pid[i], NULL, WNOHANG) != 0)
			crew->pid[i] = crew->pid[--crew->count];
}

/* They would see their channels close; one that does not care ends as well. */
static void
end_workers(struct crew *crew)
{
	for (unsigned i = 0; i < crew->count; i++) {
		(void)kill(crew->pid[i], SIGKILL);
		(void)waitpid(crew->pid[i], NULL, 0);
	}
}

static void
take_signals(struct crew *crew, int fd, pid_t keeper)
{
	struct signalfd_siginfo info;

	while (read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			reap_workers(crew);
		else
			(void)kill(keeper, (int)info.ssi_signo);
	}
}

static bool
has_ended(pid_t keeper)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)keeper, &info,
		   WEXITED | WNOHANG | WNOWAIT) == 0 &&
	    info.si_pid == keeper;
}

static _Noreturn void
supervise(const char *program, int socket, int signals, pid_t keeper)
{
	struct pollfd p[] = { { .fd = socket, .events = POLLIN },
		{ .fd = signals, .events = POLLIN } };
	struct crew crew = { .count = 0 };
	int status = 0;

	while (!has_ended(keeper)) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			break;
		if (p[1].revents != 0)
			take_signals(&crew, signals, keeper);
		if (p[0].revents & POLLIN)
			start_worker(&crew, program, socket);
		else if (p[0].revents != 0)
			break;
	}
	/* A keeper without its socket is one that ends. */
	close(socket);
	(void)waitpid(keeper, &status, 0);
	end_workers(&crew);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

static int
block_signals(sigset_t *before)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, before) != 0)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int
teed_supervise(const char *worker)
{
	sigset_t before;
	pid_t keeper, self = getpid();
	int pair[2], signals;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return -1;
	signals = block_signals(&before);
	keeper = signals >= 0 ? fork() : -1;
	if (keeper > 0) {
		close(pair[1]);
		supervise(worker, pair[0], signals, keeper);
	}
	close(pair[0]);
	if (signals >= 0)
		close(signals);
	if (keeper < 0) {
		close(pair[1]);
		return -1;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != self)
		return -1;
	return pair[1];
}
