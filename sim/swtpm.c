/* SPDX-License-Identifier: Apache-2.0 */
/* swtpm: see swtpm.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/swtpm.h"

#define PROGRAM "swtpm"
#define CHILD_FD 3 /* its end of the pair */
#define CHILD_FD_TEXT "3"
#define ANSWER_MS 60000 /* making an RSA key takes seconds at worst */
#define RETRIES 100     /* of a command that the TPM wants again */
#define STARTS 20       /* while one that was killed still holds the state */
#define START_PAUSE_MS 50

/* Only the pair and the error pipe's end survive into the child. */
static void
become_swtpm(int dir, int fd, int errors, pid_t parent)
{
	sigset_t none;

	sigemptyset(&none);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent &&
	    setpgid(0, 0) == 0 && fchdir(dir) == 0 &&
	    (fd == CHILD_FD ? fcntl(fd, F_SETFD, 0) : dup2(fd, CHILD_FD)) >=
		0 &&
	    sigprocmask(SIG_SETMASK, &none, NULL) == 0)
		execlp(PROGRAM, PROGRAM, "socket", "--tpm2", "--fd",
		    CHILD_FD_TEXT, "--tpmstate", "dir=.", "--log",
		    "file=log,truncate", "--flags",
		    "not-need-init,startup-clear", "--terminate", (char *)NULL);
	if (write(errors, &errno, sizeof(errno)) < 0)
		_exit(126);
	_exit(127);
}

/* 0, or the errno that kept the program from starting. */
static int
wait_for_exec(int errors)
{
	int error = 0;
	ssize_t n;

	do
		n = read(errors, &error, sizeof(error));
	while (n < 0 && errno == EINTR);
	return n == sizeof(error) ? error : 0;
}

static int
spawn(struct sim_swtpm *tpm, int dir)
{
	int pair[2], errors[2], error;
	pid_t parent = getpid();

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return errno;
	/* High, so that dup2 to CHILD_FD does not close it. */
	if (pipe2(errors, O_CLOEXEC) != 0 ||
	    (error = fcntl(errors[1], F_DUPFD_CLOEXEC, CHILD_FD + 1)) < 0) {
		error = errno;
		close(pair[0]);
		close(pair[1]);
		return error;
	}
	close(errors[1]);
	errors[1] = error;
	tpm->pid = fork();
	if (tpm->pid == 0)
		become_swtpm(dir, pair[1], errors[1], parent);
	close(pair[1]);
	close(errors[1]);
	tpm->fd = pair[0];
	error = tpm->pid < 0 ? errno : wait_for_exec(errors[0]);
	close(errors[0]);
	return error;
}

static void
end(struct sim_swtpm *tpm)
{
	if (tpm->fd >= 0)
		close(tpm->fd);
	if (tpm->pid > 0) {
		kill(tpm->pid, tpm->gone ? SIGKILL : SIGTERM);
		waitpid(tpm->pid, NULL, 0);
	}
	tpm->fd = -1;
	tpm->pid = -1;
}

/* Anything that answers will do. */
static bool
answers(struct sim_swtpm *tpm)
{
	struct sim_tpmbuf command, response;

	tee_sim_tpmbuf_start(&command, SIM_TPM_NO_SESSIONS,
	    SIM_CC_GET_CAPABILITY);
	tee_sim_tpmbuf_u32(&command, 6); /* TPM_CAP_TPM_PROPERTIES */
	tee_sim_tpmbuf_u32(&command, 0x100);
	tee_sim_tpmbuf_u32(&command, 1);
	return tee_sim_swtpm_call(tpm, &command, &response) == SIM_RC_OK;
}

static void
explain(int error, char why[SIM_SWITCH_WHY])
{
	if (error == ENOENT)
		snprintf(why, SIM_SWITCH_WHY,
		    "%s is not installed, and a vTPM needs it: apt install %s",
		    PROGRAM, PROGRAM);
	else if (error != 0)
		snprintf(why, SIM_SWITCH_WHY, "%s: %s", PROGRAM,
		    strerror(error));
	else
		snprintf(why, SIM_SWITCH_WHY,
		    "%s ended at once: another teesim serves the vTPM of this "
		    "directory, or see %s/log in it",
		    PROGRAM, SIM_SWTPM_DIR);
}

static int
open_state(int dir)
{
	if (mkdirat(dir, SIM_SWTPM_DIR, 0700) != 0 && errno != EEXIST)
		return -1;
	return openat(dir, SIM_SWTPM_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

bool
tee_sim_swtpm_open(struct sim_swtpm *tpm, int dir, char why[SIM_SWITCH_WHY])
{
	const struct timespec pause = { 0, START_PAUSE_MS * 1000000L };
	int state = open_state(dir), error = 0;
	bool ok = false;

	tpm->fd = -1;
	tpm->pid = -1;
	if (state < 0) {
		snprintf(why, SIM_SWITCH_WHY, "%s: %s", SIM_SWTPM_DIR,
		    strerror(errno));
		return false;
	}
	for (unsigned i = 0; !ok && error == 0 && i < STARTS; i++) {
		if (i > 0)
			nanosleep(&pause, NULL);
		tpm->gone = true; /* say nothing of a start that fails */
		error = spawn(tpm, state);
		ok = error == 0 && answers(tpm);
		if (!ok)
			end(tpm);
	}
	close(state);
	tpm->gone = !ok;
	if (!ok)
		explain(error, why);
	return ok;
}

/* An orderly end; the TPM may be gone, and then there is nothing to say. */
void
tee_sim_swtpm_close(struct sim_swtpm *tpm)
{
	struct sim_tpmbuf command, response;

	if (tpm->pid <= 0)
		return;
	if (!tpm->gone) {
		tee_sim_tpmbuf_start(&command, SIM_TPM_NO_SESSIONS,
		    SIM_CC_SHUTDOWN);
		tee_sim_tpmbuf_u16(&command, 0); /* TPM_SU_CLEAR */
		tee_sim_swtpm_call(tpm, &command, &response);
	}
	end(tpm);
}

static bool
send_all(int fd, const uint8_t *data, size_t size)
{
	while (size > 0) {
		ssize_t n = send(fd, data, size, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			data += n;
			size -= (size_t)n;
		}
	}
	return true;
}

/* More bytes, up to this many in the buffer. */
static bool
receive_until(int fd, struct sim_tpmbuf *buf, size_t size)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	ssize_t n;

	while (buf->size < size) {
		if (poll(&wait, 1, ANSWER_MS) <= 0)
			return false;
		n = recv(fd, buf->data + buf->size, size - buf->size, 0);
		if (n == 0 || (n < 0 && errno != EINTR))
			return false;
		if (n > 0)
			buf->size += (size_t)n;
	}
	return true;
}

static bool
exchange(int fd, const struct sim_tpmbuf *command, struct sim_tpmbuf *response)
{
	size_t size;

	if (!send_all(fd, command->data, command->size) ||
	    !receive_until(fd, response, SIM_TPM_HEADER))
		return false;
	size = tee_sim_get32(response->data + 2);
	return size >= SIM_TPM_HEADER && size <= sizeof(response->data) &&
	    receive_until(fd, response, size);
}

bool
tee_sim_swtpm_run(struct sim_swtpm *tpm, const struct sim_tpmbuf *command,
    struct sim_tpmbuf *response)
{
	response->size = 0;
	response->bad = false;
	if (tpm->fd >= 0 && exchange(tpm->fd, command, response))
		return true;
	if (!tpm->gone)
		fprintf(stderr, "teesim: %s does not answer any more\n",
		    PROGRAM);
	/* What it answers late would belong to another command. */
	tpm->gone = true;
	if (tpm->fd >= 0)
		close(tpm->fd);
	tpm->fd = -1;
	return false;
}

uint32_t
tee_sim_swtpm_call(struct sim_swtpm *tpm, struct sim_tpmbuf *command,
    struct sim_tpmbuf *response)
{
	uint32_t rc = SIM_RC_RETRY;

	if (!tee_sim_tpmbuf_finish(command))
		return (uint32_t)SIM_RC_NO_TPM;
	for (unsigned i = 0; rc == SIM_RC_RETRY && i < RETRIES; i++)
		rc = tee_sim_swtpm_run(tpm, command, response) ?
		    tee_sim_tpmbuf_code(response) :
		    (uint32_t)SIM_RC_NO_TPM;
	return rc;
}
