/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shadow: an NV index whose content the paravisor answers itself, because it
 * is larger than the software TPM allows or made anew as it is read.  A small
 * index of the same handle in the TPM decides on every access: what it
 * refuses is refused with its own words.
 */
#ifndef SIM_SHADOW_H
#define SIM_SHADOW_H

#include "sim/tpmnv.h"
#include "sim/tpmspace.h"

#define SIM_SHADOW_MAX 4096

struct sim_shadow {
	struct sim_nv stand_in; /* the TPM's own index */
	uint16_t size;          /* what readers see */
	bool written;
	uint8_t data[SIM_SHADOW_MAX];
};

/* Makes the stand-in anew, written where asked; owners can only read it. */
bool tee_sim_shadow_open(struct sim_shadow *, struct sim_swtpm *,
    uint32_t index, uint16_t size, bool written);
void tee_sim_shadow_remove(struct sim_shadow *, struct sim_swtpm *);
/* NV_Read and NV_ReadPublic of this index, and nothing else. */
bool tee_sim_shadow_wants(const struct sim_shadow *,
    const struct sim_tpmbuf *command);
/* NV_Read from the first byte: the moment to renew the content. */
bool tee_sim_shadow_starts(const struct sim_tpmbuf *command);
/* As tee_sim_tpmrm_run, for what this shadow wants. */
int tee_sim_shadow_run(const struct sim_shadow *, struct sim_tpmrm *,
    struct sim_space *, const struct sim_tpmbuf *command,
    struct sim_tpmbuf *response);

#endif
