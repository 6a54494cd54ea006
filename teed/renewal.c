/* SPDX-License-Identifier: Apache-2.0 */
/* renewal: see renewal.h. */
#include "config.h"

#include "teed/renewal.h"

#define LEAST 5000
#define MINUTE 60000

void
teed_renewal_granted(struct teed_renewal *r, int64_t now, unsigned lifetime)
{
	*r = (struct teed_renewal){ .granted = now,
		.ends = now + (int64_t)lifetime * 1000,
		.warned = now - MINUTE };
}

void
teed_renewal_failed(struct teed_renewal *r, int64_t now)
{
	r->tried = now;
	if (r->failures < 32)
		r->failures++;
}

static int64_t
back_off(const struct teed_renewal *r)
{
	int64_t most =
	    r->ends > r->granted ? (r->ends - r->granted) / 16 : MINUTE;
	int64_t wait = LEAST;

	for (unsigned i = 1; i < r->failures && wait < most; i++)
		wait *= 2;
	if (wait > most)
		wait = most;
	return wait < LEAST ? LEAST : wait;
}

int64_t
teed_renewal_due(const struct teed_renewal *r)
{
	if (r->failures > 0)
		return r->tried + back_off(r);
	return r->granted + (r->ends - r->granted) / 2;
}

int64_t
teed_renewal_warning(const struct teed_renewal *r)
{
	int64_t from = r->granted + (r->ends - r->granted) * 2 / 3;

	if (r->ends <= r->granted || r->failures == 0)
		return INT64_MAX;
	return from > r->warned + MINUTE ? from : r->warned + MINUTE;
}

bool
teed_renewal_warns(struct teed_renewal *r, int64_t now)
{
	if (now < teed_renewal_warning(r))
		return false;
	r->warned = now;
	return true;
}
