/* SPDX-License-Identifier: Apache-2.0 */
/*
 * desk: what teed says at its own socket: the profiles that it refused to
 * serve, as far as this user may hear of them, and how many it has not listed.
 */
#ifndef TEECTL_DESK_H
#define TEECTL_DESK_H

#include <jansson.h>

#include "teectl/teed.h"

struct desk {
	json_t *refused; /* documents with profile, state, file, message, at */
	json_int_t unlisted;
};

/*
 * Always with a list, to be cleared; empty where teed does not run, is of an
 * older version, or has nothing for this user.  Otherwise, where it cannot be
 * asked, the answer has the error.
 */
void desk_ask(const struct teed_place *, struct desk *, struct teed_answer *);
/* The document of this profile; NULL: it is not refused. */
json_t *desk_find(const struct desk *, const char *profile);
void desk_clear(struct desk *);

#endif
