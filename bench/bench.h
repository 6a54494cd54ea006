/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench: paired measurement.  Both sides of a ratio run in one loop on one
 * CPU, in turn and with the order swapped each round, so that clocks, caches
 * and neighbours weigh on both; rounds are shorter than a time slice, so that
 * most are undisturbed, and the median of their ratios is the result.  Each
 * prints one JSON line.
 */
#ifndef TEE_BENCH_H
#define TEE_BENCH_H

#include <stdbool.h>
#include <stddef.h>

struct bench {
	const char *name;
	double goal; /* 0: for information */
	unsigned rounds;
	unsigned inner; /* runs of a side per round */
	void (*ours)(void *);
	void (*theirs)(void *); /* NULL: microseconds of ours alone */
	void *data;
};

/* Once, before the first measurement. */
void bench_pin(void);
void bench_run(const struct bench *);

/* Ends the program where a step failed: a benchmark of errors is none. */
void bench_must(bool ok, const char *step);

/* A file below the working directory, 0600, its folders 0700. */
void bench_write(const char *folder, const char *name, const char *text);

#endif
