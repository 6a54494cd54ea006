/* SPDX-License-Identifier: Apache-2.0 */
/* limit: see limit.h. */
#include "config.h"

#include "teed/limit.h"

void
teed_limit_init(struct teed_limit *limit, unsigned rate, int64_t now)
{
	*limit = (struct teed_limit){ .rate = rate,
		.filled = now,
		.tokens = (uint64_t)rate * 1000 };
}

bool
teed_limit_take(struct teed_limit *limit, int64_t now, unsigned *wait)
{
	uint64_t full = (uint64_t)limit->rate * 1000;
	uint64_t passed =
	    now > limit->filled ? (uint64_t)(now - limit->filled) : 0;

	/* One second fills it, however long nobody came. */
	limit->tokens += (passed < 1000 ? passed : 1000) * limit->rate;
	if (limit->tokens > full)
		limit->tokens = full;
	limit->filled = now;
	*wait = 0;
	if (limit->tokens >= 1000) {
		limit->tokens -= 1000;
		return true;
	}
	*wait =
	    (unsigned)((1000 - limit->tokens + limit->rate - 1) / limit->rate);
	return false;
}
