/* SPDX-License-Identifier: Apache-2.0 */
/*
 * roll: the services there are, by name, and what the profile directory says
 * of them.  A profile that did not change is not touched; one that cannot be
 * read keeps what it had, and its status says so; a new one that cannot be
 * served is refused, and the list of those says why.
 */
#ifndef TEED_ROLL_H
#define TEED_ROLL_H

#include "teed/service.h"

/* Hands lines on, and keeps the first that says what is wrong. */
struct teed_ear {
	struct tee_log log;
	char first[TEED_WHY];
};

struct teed_roll {
	struct teed_service **service; /* sorted by name */
	size_t count, room;
	struct teed_refusals refusals;
	struct teed_ear ear; /* every plan's log */
};

/* At start, and for every SIGHUP. */
void teed_roll_call(struct teed_roll *, struct teed_house *,
    const char *profile_dir);
void teed_roll_clear(struct teed_roll *);

#endif
