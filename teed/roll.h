/* SPDX-License-Identifier: Apache-2.0 */
/*
 * roll: the services there are, by name, and what the profile directory says
 * of them.  A profile that did not change is not touched; one that cannot be
 * read keeps what it had, and its status says so.
 */
#ifndef TEED_ROLL_H
#define TEED_ROLL_H

#include "teed/service.h"

struct teed_roll {
	struct teed_service **service; /* sorted by name */
	size_t count, room;
};

/* At start, and for every SIGHUP. */
void teed_roll_call(struct teed_roll *, struct teed_house *,
    const char *profile_dir);
void teed_roll_clear(struct teed_roll *);

#endif
