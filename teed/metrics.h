/* SPDX-License-Identifier: Apache-2.0 */
/*
 * metrics: all services' tallies as Prometheus text in a file, for the
 * textfile collector of node_exporter: written whole, then renamed.
 */
#ifndef TEED_METRICS_H
#define TEED_METRICS_H

#include "teed/roll.h"

struct teed_metrics {
	struct teed_timer timer;
	const struct teed_house *house;
	const struct teed_roll *roll;
	int dir; /* -1: nobody wants them */
	char *name;
	bool complained;
};

/* NULL: none are written.  False, with a line in the log, where it cannot. */
bool teed_metrics_open(struct teed_metrics *, const struct teed_house *,
    const struct teed_roll *, const char *path);
/* In this turn, not only when the time has come. */
void teed_metrics_now(struct teed_metrics *);
void teed_metrics_close(struct teed_metrics *);
/* The text; malloc'd, NULL where there is no memory. */
char *teed_metrics_text(const struct teed_roll *, size_t *size);

#endif
