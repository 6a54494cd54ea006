/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trust: a relying party: whose profile judges, what is required of every
 * peer, what was verified already, and which challenges are used up.
 */
#ifndef LIBTEE_TRUST_TRUST_H
#define LIBTEE_TRUST_TRUST_H

#include <tee/trust.h>

#include "libtee/claims.h"
#include "libtee/trust/cache.h"
#include "libtee/trust/did.h"
#include "libtee/trust/replay.h"

struct tee_trust {
	struct tee *tee; /* borrowed */
	char *did;
	size_t did_size;
	struct tee_trust_require require;
	int required_score;
	const struct tee_policy *policy; /* borrowed */
	struct tee_score_rules rules;
	struct trust_cache *cache;
	struct trust_replay *replay;
	struct trust_shared *shared; /* NULL: the profile has no cache */
	uint8_t plan[32];            /* profile and caller's floor */
};

/* Whichever of the two asks more, and what follows from it. */
struct tee_trust_require trust_require(const struct tee_trust *,
    const struct tee_trust_require *call);
/* SHA-256 of a DID: by whom the cache forgets. */
int trust_peer_digest(struct tee_bytes did, uint8_t out[32]) TEE_MUST_USE;

#endif
