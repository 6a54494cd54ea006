/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refusal: the profiles that are not served, and why.  A fixed number of
 * them has one line each, of a fixed size; the rest is counted.
 */
#ifndef TEED_REFUSAL_H
#define TEED_REFUSAL_H

#include <time.h>

#include "teed/guest.h"

#define TEED_REFUSALS 64
#define TEED_WHY 512 /* bytes of a reason; holds TEE_ACCOUNT_WHY */

struct teed_refusal {
	char profile[128];
	unsigned line; /* of its file; 0: what is wrong is not in it */
	char message[TEED_WHY];
	time_t at;
	struct teed_guests guests; /* who may hear of it */
};

struct teed_refusals {
	const char *dir; /* where the files are */
	struct teed_refusal list[TEED_REFUSALS];
	size_t count;
	unsigned unlisted;
};

/* None: the files of this directory are read anew. */
void teed_refusals_begin(struct teed_refusals *, const char *dir);
/* `why` is "FILE:LINE: message" of the plan's file, or a message alone. */
void teed_refusals_add(struct teed_refusals *, const struct tee *plan,
    const char *why);
/* Root and teed's own user hear of all; others of those that let them in. */
bool teed_refusals_hears_all(const struct teed_caller *);
bool teed_refusals_hears(const struct teed_refusals *,
    const struct teed_caller *);
/* What this caller may hear, teed_protocol(7); free(3) it; NULL: no memory. */
char *teed_refusals_json(const struct teed_refusals *,
    const struct teed_caller *);

#endif
