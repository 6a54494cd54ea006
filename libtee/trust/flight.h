/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flight: one verification for many simultaneous askers of one key.  Whoever
 * comes first flies; the others wait, no longer than their patience.  The
 * owner of the flights locks around every call, and waiting lets go of it.
 */
#ifndef LIBTEE_TRUST_FLIGHT_H
#define LIBTEE_TRUST_FLIGHT_H

#include "libtee/clock.h"
#include <pthread.h>
#include <time.h>

#define TRUST_FLIGHT_HEADS 64

struct trust_flight;

struct trust_flights {
	struct trust_flight *head[TRUST_FLIGHT_HEADS];
	unsigned count;
};

/* How long one asker waits in all; begins with the first wait. */
struct trust_patience {
	unsigned ms;
	uint64_t begun; /* 0: not yet */
	struct timespec until;
};

enum trust_board {
	TRUST_BOARD_NONE = 0, /* no room, or it took too long */
	TRUST_BOARD_YOURS,    /* then trust_flight_end */
	TRUST_BOARD_LANDED    /* while you waited: look again */
};

enum trust_landing {
	TRUST_LANDING_FAILED = 0, /* one of those who wait tries next */
	TRUST_LANDING_UNKEPT,     /* nothing to share: everybody for himself */
	TRUST_LANDING_KEPT
};

struct trust_flight {
	struct trust_flight *next;
	uint8_t key[32];
	uint32_t hash;
	bool flying, landed;
	enum trust_landing landing;
	unsigned waiting;
	pthread_cond_t moved;
	/* The owner's, of who flies. */
	uint64_t born;
	tee_instant since;
};

enum trust_board trust_flight_join(struct trust_flights *, pthread_mutex_t *,
    const uint8_t key[32], uint32_t hash, struct trust_patience *,
    struct trust_flight **);
/* NULL where nobody flies for this key. */
struct trust_flight *trust_flight_find(const struct trust_flights *,
    const uint8_t key[32], uint32_t hash);
void trust_flight_end(struct trust_flights *, struct trust_flight *,
    enum trust_landing);
/* Nobody waits any more. */
void trust_flights_clear(struct trust_flights *);
/* Microseconds from the first wait until now. */
tee_instant trust_patience_spent(const struct trust_patience *);

#endif
