/* SPDX-License-Identifier: Apache-2.0 */
/* tally: what one service counts, since teed began. */
#ifndef TEED_TALLY_H
#define TEED_TALLY_H

#include <stdint.h>

#define TEED_DOWNGRADES 8 /* reasons that are told apart */
#define TEED_LATENCIES 12

struct teed_downgrade {
	char reason[64];
	uint64_t count;
};

struct teed_tally {
	uint64_t grants, denies, unavailable, renewals;
	uint64_t signatures;
	uint64_t refused;     /* messages that may not be signed */
	uint64_t limited;     /* requests and connections beyond the limits */
	uint64_t turned_away; /* callers who may not come in */
	struct teed_downgrade downgrade[TEED_DOWNGRADES];
	/* From a packet's arrival to its answer, by upper bound. */
	uint64_t latency[TEED_LATENCIES + 1];
	uint64_t latency_ns;
};

/* Upper bounds of the latencies, in nanoseconds. */
extern const uint64_t teed_latencies[TEED_LATENCIES];

void teed_tally_signed(struct teed_tally *, uint64_t count, uint64_t ns);
void teed_tally_downgrade(struct teed_tally *, const char *reason);

#endif
