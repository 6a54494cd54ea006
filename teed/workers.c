/* SPDX-License-Identifier: Apache-2.0 */
/* workers: see workers.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "teed/workers.h"

struct teed_workers {
	struct teed_loop *loop;
	int supervisor;
	tee_log_fn *log;
	void *log_user;
	unsigned busy;
	struct teed_job *first, *last; /* that wait */
};

static void next(struct teed_workers *);

struct teed_workers *
teed_workers_new(struct teed_loop *loop, int supervisor, tee_log_fn *log,
    void *log_user)
{
	struct teed_workers *w = calloc(1, sizeof(*w));

	if (w != NULL)
		*w = (struct teed_workers){ .loop = loop,
			.supervisor = supervisor,
			.log = log,
			.log_user = log_user };
	return w;
}

void
teed_workers_free(struct teed_workers **workers)
{
	free(*workers);
	*workers = NULL;
}

static void
leave(struct teed_job *job)
{
	struct teed_workers *w = job->workers;

	teed_loop_unwatch(w->loop, &job->watch);
	teed_loop_cancel(w->loop, &job->end);
	teed_worker_free(&job->worker);
	w->busy--;
}

static void
lost(struct teed_job *job, const char *detail)
{
	struct teed_report report = { .error = TEE_E_SYSTEM };

	snprintf(report.release.reason, sizeof(report.release.reason),
	    "worker");
	snprintf(report.release.detail, sizeof(report.release.detail), "%s",
	    detail);
	job->done(job, &report, NULL);
	teed_report_clear(&report);
}

static void
finish(struct teed_job *job)
{
	struct teed_report report = { 0 };
	struct teed_worker *worker = job->worker;
	uint8_t *seed = NULL;

	teed_worker_take(worker, &report, &seed);
	job->worker = NULL;
	leave(job);
	job->done(job, &report, seed);
	teed_report_clear(&report);
	teed_worker_free(&worker);
}

static void
ready(struct teed_watch *watch, uint32_t events)
{
	struct teed_job *job = (struct teed_job *)(void *)((uint8_t *)watch -
	    offsetof(struct teed_job, watch));
	struct teed_workers *w = job->workers;

	(void)events;
	switch (teed_worker_read(job->worker, w->log, w->log_user)) {
	case TEED_WORKER_BUSY:
		return;
	case TEED_WORKER_DONE:
		finish(job);
		break;
	case TEED_WORKER_LOST:
		leave(job);
		lost(job, "the worker died before it reported");
		break;
	}
	next(w);
}

static void
overdue(struct teed_timer *timer)
{
	struct teed_job *job = (struct teed_job *)(void *)((uint8_t *)timer -
	    offsetof(struct teed_job, end));
	struct teed_workers *w = job->workers;

	leave(job);
	lost(job, "the worker was given up: it took longer than its lines may");
	next(w);
}

static bool
launch(struct teed_workers *w, struct teed_job *job)
{
	job->worker = teed_worker_start(w->supervisor, &job->errand);
	if (job->worker == NULL)
		return false;
	w->busy++;
	job->watch = (struct teed_watch){
		.fd = teed_worker_channel(job->worker),
		.ready = ready,
	};
	job->end = (struct teed_timer){ .ring = overdue };
	if (teed_loop_watch(w->loop, &job->watch, EPOLLIN) &&
	    teed_loop_set(w->loop, &job->end,
		teed_loop_now(w->loop) + job->budget))
		return true;
	leave(job);
	return false;
}

static void
next(struct teed_workers *w)
{
	while (w->busy < TEED_WORKERS && w->first != NULL) {
		struct teed_job *job = w->first;

		w->first = job->next;
		if (w->first == NULL)
			w->last = NULL;
		job->waits = false;
		if (!launch(w, job))
			lost(job, "no worker could be started");
	}
}

void
teed_workers_start(struct teed_workers *w, struct teed_job *job)
{
	job->workers = w;
	job->next = NULL;
	job->waits = true;
	if (w->last != NULL)
		w->last->next = job;
	else
		w->first = job;
	w->last = job;
	next(w);
}

/* One that waits is taken out of the row: rare, and the row is short. */
static void
unqueue(struct teed_job *job)
{
	struct teed_workers *w = job->workers;
	struct teed_job *before = NULL, *j;

	for (j = w->first; j != job; j = j->next)
		before = j;
	if (before != NULL)
		before->next = job->next;
	else
		w->first = job->next;
	if (w->last == job)
		w->last = before;
	job->waits = false;
}

void
teed_workers_drop(struct teed_job *job)
{
	if (job->workers == NULL)
		return;
	if (job->waits) {
		unqueue(job);
	} else if (job->worker != NULL) {
		leave(job);
		next(job->workers);
	}
}

bool
teed_workers_has(const struct teed_job *job)
{
	return job->waits || job->worker != NULL;
}
