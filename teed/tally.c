/* SPDX-License-Identifier: Apache-2.0 */
/* tally: see tally.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "teed/tally.h"

const uint64_t teed_latencies[TEED_LATENCIES] = { 50000, 100000, 200000, 500000,
	1000000, 2000000, 5000000, 10000000, 20000000, 50000000, 100000000,
	1000000000 };

void
teed_tally_signed(struct teed_tally *t, uint64_t count, uint64_t ns)
{
	unsigned i = 0;

	while (i < TEED_LATENCIES && ns > teed_latencies[i])
		i++;
	t->latency[i] += count;
	t->latency_ns += count * ns;
	t->signatures += count;
}

/* What there is no row left for is counted in the last one. */
void
teed_tally_downgrade(struct teed_tally *t, const char *reason)
{
	struct teed_downgrade *d = t->downgrade;
	unsigned i = 0;

	while (i < TEED_DOWNGRADES - 1 && d[i].count > 0 &&
	    strcmp(d[i].reason, reason) != 0)
		i++;
	if (d[i].count++ == 0)
		snprintf(d[i].reason, sizeof(d[i].reason), "%s",
		    i < TEED_DOWNGRADES - 1 ? reason : "other");
}
