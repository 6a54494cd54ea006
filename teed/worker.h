/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker: the keeper's side of one worker under way.  Its channel becomes
 * readable; teed_worker_read takes what is there, and never waits.
 */
#ifndef TEED_WORKER_H
#define TEED_WORKER_H

#include "teed/handover.h"

struct teed_worker;

enum teed_worker_state {
	TEED_WORKER_LOST = 0, /* it ended, or spoke nonsense, too early */
	TEED_WORKER_BUSY,
	TEED_WORKER_DONE
};

/*
 * Asks the supervisor for a worker and gives it the errand.  NULL, with errno,
 * where there is none.
 */
struct teed_worker *teed_worker_start(int supervisor,
    const struct teed_errand *);
int teed_worker_channel(const struct teed_worker *);
enum teed_worker_state teed_worker_read(struct teed_worker *, tee_log_fn *,
    void *log_user) TEE_MUST_USE;
/*
 * After DONE.  The report is the caller's.  The seed lies in locked memory
 * until teed_worker_free wipes it; NULL but for an acquire that was granted.
 */
void teed_worker_take(struct teed_worker *, struct teed_report *out,
    uint8_t **seed);
/* One that still runs dies of its channel's end.  NULL is fine. */
void teed_worker_free(struct teed_worker **);

#endif
