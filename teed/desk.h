/* SPDX-License-Identifier: Apache-2.0 */
/*
 * desk: teed's own socket beside those of its profiles.  It answers STATUS
 * alone: which profiles are refused, as far as the caller may hear of them.
 */
#ifndef TEED_DESK_H
#define TEED_DESK_H

#include "teed/client.h"
#include "teed/refusal.h"

struct teed_desk {
	struct teed_door door;
	struct teed_loop *loop;
	const struct teed_refusals *refusals;
	struct teed_client *clients;
	unsigned client_count;
	uint64_t turn; /* the last in which one of them was read */
};

/* At TEE_WIRE_DESK in the run directory; false, with errno: not there. */
bool teed_desk_open(struct teed_desk *, struct teed_loop *,
    const struct teed_refusals *, const char *run_dir);
void teed_desk_close(struct teed_desk *);

#endif
