/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tpmnv: NV indices of the vTPM, as their owner or the platform handles them.
 * Every call gives the TPM's response code.
 */
#ifndef SIM_TPMNV_H
#define SIM_TPMNV_H

#include "sim/swtpm.h"

/* TPMA_NV, TPM 2.0 part 2, 13.4. */
#define SIM_NV_OWNERWRITE (1u << 1)
#define SIM_NV_AUTHWRITE (1u << 2)
#define SIM_NV_OWNERREAD (1u << 17)
#define SIM_NV_AUTHREAD (1u << 18)
#define SIM_NV_NO_DA (1u << 25)
#define SIM_NV_PLATFORMCREATE (1u << 30)

#define SIM_NV_AUTH 8

struct sim_nv {
	uint32_t index;
	uint32_t attributes;
	uint16_t size;
	uint8_t auth[SIM_NV_AUTH]; /* where the platform makes it */
};

/* By the platform where the attributes say so, else by the owner. */
uint32_t tee_sim_nv_define(struct sim_swtpm *, const struct sim_nv *);
uint32_t tee_sim_nv_undefine(struct sim_swtpm *, const struct sim_nv *);
/* The whole of what the platform made, with its password. */
uint32_t tee_sim_nv_write(struct sim_swtpm *, const struct sim_nv *,
    const void *data);
/* The first bytes, as its owner. */
uint32_t tee_sim_nv_read(struct sim_swtpm *, uint32_t index, void *out,
    uint16_t size);
bool tee_sim_nv_exists(struct sim_swtpm *, uint32_t index);

#endif
