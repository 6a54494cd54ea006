/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay: which challenges were answered already.  What was taken is never
 * forgotten before its window ends; where there is no room left the answer is
 * a refusal that says so, and nothing older is dropped to make any.
 *
 * An id comes with the same `until` each time.  A clock that is set back does
 * not reopen a window: what ends no later than something forgotten has is
 * refused as seen.
 */
#ifndef LIBTEE_TRUST_REPLAY_H
#define LIBTEE_TRUST_REPLAY_H

#include "libtee/clock.h"
#include <tee/types.h>

struct trust_replay;

enum trust_seen {
	TRUST_SEEN = 0, /* taken before, or its window is over */
	TRUST_REPLAY_FULL,
	TRUST_FRESH = 0x35 /* taken by this call */
};

/* 0, TEE_E_ARGUMENT, TEE_E_MEMORY or TEE_E_SYSTEM.  60 bytes an entry. */
int trust_replay_new(size_t entries, struct trust_replay **out) TEE_MUST_USE;
void trust_replay_free(struct trust_replay **);

/* Valid while now < until; any thread. */
enum trust_seen trust_replay_take(struct trust_replay *, const uint8_t id[32],
    tee_instant now, tee_instant until) TEE_MUST_USE;
/* Only by whom take() answered TRUST_FRESH: the id may be taken again. */
void trust_replay_release(struct trust_replay *, const uint8_t id[32]);

#endif
