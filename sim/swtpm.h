/* SPDX-License-Identifier: Apache-2.0 */
/*
 * swtpm: the software TPM as a child process on a socket pair.  It keeps its
 * state in the machine's directory and never outlives its parent.
 */
#ifndef SIM_SWTPM_H
#define SIM_SWTPM_H

#include <sys/types.h>

#include "sim/switch.h"
#include "sim/tpmbuf.h"

#define SIM_SWTPM_DIR "vtpm" /* below the machine's directory */

struct sim_swtpm {
	pid_t pid;
	int fd;
	bool gone; /* it broke off; said once */
};

/* Started as after power on; *why holds the reason where this fails. */
bool tee_sim_swtpm_open(struct sim_swtpm *, int dir, char why[SIM_SWITCH_WHY]);
void tee_sim_swtpm_close(struct sim_swtpm *);
/* One command of any content; false where no whole response came. */
bool tee_sim_swtpm_run(struct sim_swtpm *, const struct sim_tpmbuf *command,
    struct sim_tpmbuf *response);
/*
 * For what the paravisor wants itself: finishes the command, sends it again
 * where the TPM says so, and gives the response code or SIM_RC_NO_TPM.
 */
uint32_t tee_sim_swtpm_call(struct sim_swtpm *, struct sim_tpmbuf *command,
    struct sim_tpmbuf *response);

#endif
