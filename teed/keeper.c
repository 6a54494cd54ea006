/* SPDX-License-Identifier: Apache-2.0 */
/* keeper: see keeper.h. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "teed/activation.h"
#include "teed/desk.h"
#include "teed/keeper.h"
#include "teed/metrics.h"
#include "teed/roll.h"
#include "teed/sandbox.h"
#include "teed/service.h"

struct keeper {
	const struct teed_settings *set;
	struct teed_house house;
	struct teed_roll roll;
	struct teed_desk desk;
	struct teed_metrics metrics;
	struct teed_watch signals;
	struct teed_watch supervisor;
	int lock;
};

static void
say(const struct keeper *k, int priority, const char *what, const char *detail)
{
	tee_log_line(&k->house.log, priority, "teed reason=%s detail=\"%s\"",
	    what, detail);
}

/* Two of them would take each other's sockets. */
static bool
take_lock(struct keeper *k)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/teed.lock", k->set->run_dir);
	k->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (k->lock >= 0 && flock(k->lock, LOCK_EX | LOCK_NB) == 0)
		return true;
	say(k, LOG_ERR, "run_dir",
	    errno == EWOULDBLOCK ? "another teed serves it" : strerror(errno));
	return false;
}

static void
on_signal(struct teed_watch *watch, uint32_t events)
{
	struct keeper *k = (struct keeper *)(void *)((uint8_t *)watch -
	    offsetof(struct keeper, signals));
	struct signalfd_siginfo info;

	(void)events;
	while (read(watch->fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo != SIGHUP) {
			teed_activation_notify("STOPPING=1");
			teed_loop_stop(k->house.loop);
			continue;
		}
		teed_activation_notify("RELOADING=1");
		teed_roll_call(&k->roll, &k->house, k->set->profile_dir);
		teed_metrics_now(&k->metrics);
		teed_activation_notify("READY=1");
	}
}

/* Without it no key could ever be renewed: better to begin anew. */
static void
on_supervisor(struct teed_watch *watch, uint32_t events)
{
	struct keeper *k = (struct keeper *)(void *)((uint8_t *)watch -
	    offsetof(struct keeper, supervisor));

	if (events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) {
		say(k, LOG_ERR, "supervisor", "the supervisor is gone");
		teed_loop_stop(k->house.loop);
	}
}

static bool
hear_signals(struct keeper *k)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	k->signals.fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	k->signals.ready = on_signal;
	return k->signals.fd >= 0 &&
	    teed_loop_watch(k->house.loop, &k->signals, EPOLLIN);
}

/* As many clients as the system lets one process have. */
static void
raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static bool
begin(struct keeper *k, int supervisor)
{
	k->house.loop = teed_loop_new();
	if (k->house.loop == NULL || !take_lock(k) || !hear_signals(k))
		return false;
	k->supervisor.fd = supervisor;
	k->supervisor.ready = on_supervisor;
	if (!teed_loop_watch(k->house.loop, &k->supervisor, EPOLLRDHUP))
		return false;
	if (tee_bench_new(&k->house.bench) != 0) {
		say(k, LOG_ERR, "memory", tee_explain(TEE_E_MEMORY));
		return false;
	}
	k->house.workers = teed_workers_new(k->house.loop, supervisor,
	    k->set->log, k->set->log_user);
	return k->house.workers != NULL &&
	    teed_metrics_open(&k->metrics, &k->house, &k->roll,
		k->set->metrics);
}

/* Without it profiles are served all the same. */
static void
open_desk(struct keeper *k)
{
	if (!teed_desk_open(&k->desk, k->house.loop, &k->roll.refusals,
		k->set->run_dir))
		say(k, LOG_ERR, "status_socket", strerror(errno));
}

static void
end(struct keeper *k)
{
	teed_desk_close(&k->desk);
	teed_roll_clear(&k->roll);
	teed_metrics_close(&k->metrics);
	teed_workers_free(&k->house.workers);
	tee_bench_free(&k->house.bench);
	teed_loop_free(&k->house.loop);
}

int
teed_keeper(const struct teed_settings *set, int supervisor)
{
	struct keeper k = { .set = set,
		.house = { .log = { set->log, set->log_user },
		    .run_dir = set->run_dir },
		.lock = -1 };
	const char *left;
	int status = 1;

	raise_descriptors();
	if (!begin(&k, supervisor)) {
		end(&k);
		return 1;
	}
	open_desk(&k);
	teed_roll_call(&k.roll, &k.house, set->profile_dir);
	left = teed_activation_rest();
	if (left != NULL)
		say(&k, LOG_WARNING, "listen_fds",
		    "a socket was handed over that no profile asks for");
	if (teed_sandbox_keeper() != 0) {
		say(&k, LOG_ERR, "sandbox", strerror(errno));
	} else {
		teed_activation_notify("READY=1");
		status = teed_loop_run(k.house.loop) == 0 ? 0 : 1;
	}
	end(&k);
	return status;
}
