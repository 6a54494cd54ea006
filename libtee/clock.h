/* SPDX-License-Identifier: Apache-2.0 */
/* clock: durations, RFC 3339 instants in microseconds, and budgets. */
#ifndef LIBTEE_CLOCK_H
#define LIBTEE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Microseconds since 1970 UTC; AgentMesh keeps six fraction digits. */
typedef int64_t tee_instant;

#define TEE_SECOND INT64_C(1000000)
#define TEE_INSTANT_TEXT 40
/* The end of 9999: what four digits of a year can say. */
#define TEE_INSTANT_MAX (INT64_C(253402300800) * TEE_SECOND - 1)

/* Seconds from 1970 to 9999: what a tee_instant can say. */
bool tee_clock_has(int64_t seconds);
tee_instant tee_clock_now(void);
uint64_t tee_clock_monotonic_ms(void);

/* "90s", "5m", "8h", "2d": 1 second to 366 days. */
bool tee_duration_parse(const char *s, unsigned *seconds);

/*
 * ISO 8601 as AgentMesh's models read it: a missing zone is UTC, offsets are
 * converted, up to six fraction digits, years 1970 to 9999.
 */
bool tee_instant_parse(const char *s, size_t len, tee_instant *out);
/* "2026-01-01T12:00:00Z", or with six fraction digits where there are any. */
void tee_instant_format(tee_instant, char out[TEE_INSTANT_TEXT]);

#endif
