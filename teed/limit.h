/* SPDX-License-Identifier: Apache-2.0 */
/* limit: a token bucket: `rate` a second, and as many at once. */
#ifndef TEED_LIMIT_H
#define TEED_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct teed_limit {
	unsigned rate;   /* tokens a second; the bucket holds one second's */
	int64_t filled;  /* when the bucket was looked at, in ms */
	uint64_t tokens; /* in thousandths */
};

void teed_limit_init(struct teed_limit *, unsigned rate, int64_t now);
/* One token, or none and *wait: how many ms until there is one. */
bool teed_limit_take(struct teed_limit *, int64_t now, unsigned *wait);

#endif
