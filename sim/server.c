/* SPDX-License-Identifier: Apache-2.0 */
/* server: see server.h. */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/cloud.h"
#include "sim/device.h"
#include "sim/server.h"
#include "sim/tpmfile.h"
#include "sim/tsm.h"

enum { DEVICE, LEGACY, TSM, TPM, MOUNTS };

static const char *const mount_names[MOUNTS] = { "device", "legacy", "tsm",
	"tpm" };

struct server {
	struct sim_asp *asp;
	struct sim_device device, legacy;
	struct sim_configfs configfs;
	struct sim_tpmfile tpm;
	struct sim_mount mount[MOUNTS];
	struct sim_cloud *cloud; /* NULL: none */
	int signals;
	pid_t command; /* 0: none */
	bool done;
	int status;
};

/* A signal ends the wait, so that a slow machine can be stopped. */
static void
wait_for(int ms, int wake)
{
	struct pollfd fd = { .fd = wake, .events = POLLIN };

	if (ms > 0)
		poll(&fd, 1, ms);
}

bool
tee_sim_server_ready(struct sim_asp *asp, bool delayed)
{
	char why[SIM_SWITCH_WHY];
	int ms;

	if (!tee_sim_asp_follow(asp, why)) {
		fprintf(stderr, "teesim: %s\n", why);
		return false;
	}
	if (!delayed)
		return true;
	ms = (int)tee_sim_asp_number(asp, SIM_SW_DELAY);
	pthread_mutex_unlock(&asp->lock);
	wait_for(ms, asp->wake);
	pthread_mutex_lock(&asp->lock);
	return true;
}

static void __attribute__((format(printf, 2, 0)))
log_line(enum fuse_log_level level, const char *format, va_list args)
{
	if (level > FUSE_LOG_WARNING)
		return;
	fputs("teesim: ", stderr);
	vfprintf(stderr, format, args);
}

static bool
mount_one(struct server *server, unsigned i, const char *path,
    const struct fuse_lowlevel_ops *ops, void *user)
{
	char why[SIM_MOUNT_WHY];

	if (path == NULL ||
	    tee_sim_mount_open(&server->mount[i], path, i == TSM, ops, user,
		why))
		return true;
	fprintf(stderr, "teesim: %s\n", why);
	return false;
}

/* Ready before its file is there; the other files do not wait for it. */
static bool
open_vtpm(struct server *server, const char *path)
{
	char why[SIM_SWITCH_WHY];

	if (path == NULL ||
	    tee_sim_vtpm_open(&server->tpm.vtpm, server->asp, why))
		return true;
	fprintf(stderr, "teesim: %s\n", why);
	return false;
}

static bool
mount_all(struct server *server, const struct sim_server_paths *paths)
{
	tee_sim_device_init(&server->device, server->asp, false);
	tee_sim_device_init(&server->legacy, server->asp, true);
	server->configfs.asp = server->asp;
	tee_sim_tpmfile_init(&server->tpm);
	return mount_one(server, DEVICE, paths->device, &tee_sim_device_ops,
		   &server->device) &&
	    mount_one(server, LEGACY, paths->legacy, &tee_sim_device_ops,
		&server->legacy) &&
	    mount_one(server, TSM, paths->tsm, &tee_sim_tsm_ops,
		&server->configfs) &&
	    open_vtpm(server, paths->tpm) &&
	    mount_one(server, TPM, paths->tpm, &tee_sim_tpmfile_ops,
		&server->tpm);
}

/* Its threads inherit that signals are blocked. */
static bool
open_cloud(struct server *server, bool wanted)
{
	char why[SIM_SWITCH_WHY];

	if (!wanted)
		return true;
	server->cloud = tee_sim_cloud_open(server->asp, why);
	if (server->cloud == NULL)
		fprintf(stderr, "teesim: %s\n", why);
	return server->cloud != NULL;
}

static bool
open_signals(struct server *server)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return false;
	server->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	server->asp->wake = server->signals;
	return server->signals >= 0;
}

static bool
start_command(struct server *server, char **command)
{
	sigset_t none;

	server->command = fork();
	if (server->command != 0)
		return server->command > 0;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execvp(command[0], command);
	fprintf(stderr, "teesim: %s: %s\n", command[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

static void
reap(struct server *server)
{
	int status;

	if (server->command == 0 ||
	    waitpid(server->command, &status, WNOHANG) != server->command)
		return;
	server->command = 0;
	server->done = true;
	server->status =
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* While a command runs it is told to end, and decides how. */
static void
take_signals(struct server *server)
{
	struct signalfd_siginfo info;

	while (read(server->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			reap(server);
		else if (server->command == 0)
			server->done = true;
		else if (info.ssi_signo != SIGINT)
			kill(server->command, (int)info.ssi_signo);
	}
}

/* Web services touch the machine from threads of their own. */
static bool
serve_mount(struct server *server, unsigned i)
{
	bool ok;

	pthread_mutex_lock(&server->asp->lock);
	ok = tee_sim_mount_serve(&server->mount[i]);
	pthread_mutex_unlock(&server->asp->lock);
	if (!ok)
		fprintf(stderr, "teesim: %s was unmounted\n",
		    server->mount[i].path);
	return ok;
}

static bool
serve_once(struct server *server)
{
	struct pollfd fds[MOUNTS + 1];

	for (unsigned i = 0; i < MOUNTS; i++)
		fds[i] = (struct pollfd){ .fd = server->mount[i].mounted ?
			    tee_sim_mount_fd(&server->mount[i]) :
			    -1,
			.events = POLLIN };
	fds[MOUNTS] =
	    (struct pollfd){ .fd = server->signals, .events = POLLIN };
	if (poll(fds, MOUNTS + 1, tee_sim_tpmfile_wait(&server->tpm)) < 0)
		return errno == EINTR;
	for (unsigned i = 0; i < MOUNTS; i++)
		if (fds[i].revents != 0 && !serve_mount(server, i))
			return false;
	tee_sim_tpmfile_tick(&server->tpm);
	take_signals(server);
	return true;
}

static void
announce(const struct server *server)
{
	char root[SIM_ROOT_TEXT];

	if (!tee_sim_chain_root(&server->asp->chain, root))
		return;
	printf("ready root=%s", root);
	for (unsigned i = 0; i < MOUNTS; i++)
		if (server->mount[i].mounted)
			printf(" %s=%s", mount_names[i], server->mount[i].path);
	if (server->cloud != NULL)
		tee_sim_cloud_announce(server->cloud);
	printf("\n");
	fflush(stdout);
}

static void
close_all(struct server *server)
{
	tee_sim_tpmfile_close(&server->tpm);
	for (unsigned i = 0; i < MOUNTS; i++)
		tee_sim_mount_close(&server->mount[i]);
	tee_sim_vtpm_close(&server->tpm.vtpm);
	tee_sim_configfs_free(&server->configfs);
	if (server->command > 0) {
		kill(server->command, SIGTERM);
		waitpid(server->command, NULL, 0);
	}
	tee_sim_cloud_close(&server->cloud);
	if (server->signals >= 0)
		close(server->signals);
	server->asp->wake = -1;
}

int
tee_sim_server_run(struct sim_asp *asp, const struct sim_server_paths *paths,
    char **command)
{
	struct server server = { .asp = asp, .signals = -1 };
	bool ok;

	fuse_set_log_func(log_line);
	ok = open_signals(&server) && open_cloud(&server, paths->cloud) &&
	    mount_all(&server, paths) &&
	    (command == NULL || start_command(&server, command));
	if (ok && command == NULL)
		announce(&server);
	while (ok && !server.done)
		ok = serve_once(&server);
	close_all(&server);
	return ok ? server.status : 1;
}
