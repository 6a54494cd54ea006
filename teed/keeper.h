/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keeper: the process that holds the keys: all services, the signals, the
 * profile directory.  It parses what root wrote and what agents send, never
 * what came from a network.
 */
#ifndef TEED_KEEPER_H
#define TEED_KEEPER_H

#include <tee/tee.h>

struct teed_settings {
	const char *profile_dir;
	const char *run_dir;
	const char *metrics; /* a file of Prometheus text; NULL: none */
	const char *worker;  /* the program */
	tee_log_fn *log;
	void *log_user;
};

/* Until SIGTERM or SIGINT: the process's exit status. */
int teed_keeper(const struct teed_settings *, int supervisor);

#endif
