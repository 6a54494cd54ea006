/* SPDX-License-Identifier: Apache-2.0 */
/*
 * renewal: when a lease is asked for again.
 *
 *	granted      half       two thirds              end
 *	|------------|----------|------------------------|
 *	             try, then after back-off            the kernel ends it
 *	                        warn, once a minute
 *
 * Back-off: 5 seconds, doubled by every failure, at most a sixteenth of the
 * lease and at least 5 seconds.  Times are milliseconds of the loop.
 */
#ifndef TEED_RENEWAL_H
#define TEED_RENEWAL_H

#include <stdbool.h>
#include <stdint.h>

struct teed_renewal {
	int64_t granted;
	int64_t ends;      /* granted where there is no lease */
	int64_t tried;     /* the last try that failed */
	unsigned failures; /* since the last grant */
	int64_t warned;
};

/* A lease of so many seconds began; 0: there is none. */
void teed_renewal_granted(struct teed_renewal *, int64_t now,
    unsigned lifetime);
void teed_renewal_failed(struct teed_renewal *, int64_t now);
/* When the next try is due. */
int64_t teed_renewal_due(const struct teed_renewal *);
/* When the next warning is due; the end of time where nothing failed. */
int64_t teed_renewal_warning(const struct teed_renewal *);
/* True where it is time for a warning, at most once a minute. */
bool teed_renewal_warns(struct teed_renewal *, int64_t now);

#endif
