/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vtpm: the whole virtual TPM of a confidential VM: the software TPM, its
 * clients, the paravisor, and every fault that the switches name.
 */
#ifndef SIM_VTPM_H
#define SIM_VTPM_H

#include "sim/paravisor.h"

struct sim_vtpm {
	struct sim_asp *asp;
	struct sim_swtpm tpm;
	struct sim_tpmrm rm;
	struct sim_paravisor paravisor;
};

bool tee_sim_vtpm_open(struct sim_vtpm *, struct sim_asp *,
    char why[SIM_SWITCH_WHY]);
void tee_sim_vtpm_close(struct sim_vtpm *);
/* A command with a whole header; 0, or what write(2) fails with. */
int tee_sim_vtpm_run(struct sim_vtpm *, struct sim_space *,
    const struct sim_tpmbuf *command, struct sim_tpmbuf *response);

#endif
