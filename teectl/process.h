/* SPDX-License-Identifier: Apache-2.0 */
/* process: what this process gives up at its start, and how it waits. */
#ifndef TEECTL_PROCESS_H
#define TEECTL_PROCESS_H

#include <stdbool.h>
#include <sys/resource.h>
#include <time.h>

/* Not dumpable, no core file, no ptrace by the same user. */
bool process_harden(void);
/* The core limit that this process was started with, for doctor. */
rlim_t process_core_limit(void);

enum process_end {
	PROCESS_GOES_ON = 0,
	PROCESS_SIGNALLED, /* SIGINT or SIGTERM */
	PROCESS_TIME_OVER,
	PROCESS_KEY_LOST /* revoked or destroyed by somebody else */
};
/* Blocks the two signals, so that none is lost before the wait. */
void process_hold_signals(void);
/*
 * Until a signal comes or `look`, which is called once a second, says that it
 * is over.
 */
enum process_end process_wait(enum process_end (*look)(void *user), void *user);

#endif
