/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server: serves the machine's file systems from one thread, runs a command
 * beside them or waits for a signal, and leaves nothing mounted.
 */
#ifndef SIM_SERVER_H
#define SIM_SERVER_H

#include <stdbool.h>

#include "sim/asp.h"

struct sim_server_paths {
	const char *device; /* /dev/sev-guest; NULL: not served */
	const char *legacy; /* /dev/sev of Linux 5.15 */
	const char *tsm;    /* the report directory of configfs-tsm */
	const char *tpm;    /* /dev/tpmrm0 of a confidential VM on Azure */
	bool cloud;         /* web services on 127.0.0.1, see cloud.h */
};

/*
 * Returns the status to exit with: the command's own (128 and its signal
 * where it was killed), 0 after SIGTERM or SIGINT, 1 where serving failed.
 */
int tee_sim_server_run(struct sim_asp *, const struct sim_server_paths *,
    char **command);

/* Before each request: the switches as they are now, then their delay. */
bool tee_sim_server_ready(struct sim_asp *, bool delayed);

#endif
