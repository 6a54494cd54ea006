/* SPDX-License-Identifier: Apache-2.0 */
/*
 * workers: transactions that wait and that are under way.  First come, first
 * served, so many at once; a service has at most one of its own for its
 * lease and one that attests, so none holds up the others for longer than
 * its own lines' budgets.
 */
#ifndef TEED_WORKERS_H
#define TEED_WORKERS_H

#include "teed/worker.h"
#include "teed/loop.h"

#define TEED_WORKERS 16 /* at once */

struct teed_workers;

struct teed_job {
	struct teed_errand errand;
	unsigned budget; /* ms that the worker may take */
	/*
	 * What it came to, exactly once; the seed, where there is one, lives
	 * until this returns.  A worker that was lost reports TEE_E_SYSTEM.
	 */
	void (*done)(struct teed_job *, struct teed_report *, uint8_t *seed);
	void *owner;
	/* The rest belongs to workers.c. */
	struct teed_workers *workers;
	struct teed_job *next;
	struct teed_watch watch;
	struct teed_timer end;
	struct teed_worker *worker;
	bool waits;
};

struct teed_workers *teed_workers_new(struct teed_loop *, int supervisor,
    tee_log_fn *, void *log_user);
void teed_workers_free(struct teed_workers **);
/* The job stays the caller's, and stands still until done or dropped. */
void teed_workers_start(struct teed_workers *, struct teed_job *);
/* Ends it without a report; one that does not run is fine. */
void teed_workers_drop(struct teed_job *);
bool teed_workers_has(const struct teed_job *);

#endif
