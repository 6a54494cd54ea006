/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shelf: one part of the cache: entries under one lock, and who verifies what
 * is not among them.  The owner locks.  Where there is no room an entry that
 * ended, or one that was not asked for lately, makes some; what is thrown out
 * is verified again.
 */
#ifndef LIBTEE_TRUST_SHELF_H
#define LIBTEE_TRUST_SHELF_H

#include "libtee/trust/flight.h"
#include "libtee/trust/packed.h"
#include "libtee/trust/table.h"

struct trust_entry {
	struct trust_record record;
	tee_instant expires;
	tee_instant since; /* verified, by the clock of who asked */
	uint64_t born;     /* by the cache's clock, when that began */
	uint32_t place;    /* of its peer */
	uint16_t size;
	bool wanted; /* since the hand passed it */
	uint8_t packed[TRUST_PACKED_MAX];
};

struct trust_shelf {
	_Alignas(64) pthread_mutex_t lock;
	struct trust_table table;
	struct trust_flights flights;
	uint32_t hand;
};

/*
 * When peers were forgotten last, counted by the cache's own clock, and by
 * the wall's.  A place stands for every peer whose keyed hash ends alike: to
 * forget one forgets the few beside it, which costs them a verification.
 * Every hit looks at its place's count: those stay close together.
 */
struct trust_forgotten {
	_Atomic uint64_t all, *place;
	_Atomic tee_instant all_at, *place_at;
};

bool trust_entry_lives(const struct trust_entry *,
    const struct trust_forgotten *, tee_instant now);
/* NULL where there is none that lives. */
struct trust_entry *trust_shelf_find(const struct trust_shelf *,
    const struct trust_forgotten *, const uint8_t key[32], uint32_t hash,
    tee_instant now);
/* The entry of this key, old or new; what it holds is the caller's to set. */
struct trust_entry *trust_shelf_room(struct trust_shelf *,
    const struct trust_forgotten *, const uint8_t key[32], uint32_t hash,
    tee_instant now);

#endif
