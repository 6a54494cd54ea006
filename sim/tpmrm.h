/* SPDX-License-Identifier: Apache-2.0 */
/* tpmrm: between tpmspace.c, which keeps the slots, and tpmrm.c. */
#ifndef SIM_TPMRM_H
#define SIM_TPMRM_H

#include "sim/tpmspace.h"

/* The kernel counts its own handles down from here. */
#define SIM_SPACE_FIRST 0x80ffffffu

/* Saves what is loaded of another client, loads what this one has. */
void tee_sim_tpmrm_switch(struct sim_tpmrm *, struct sim_space *);
bool tee_sim_space_add(struct sim_space *, uint32_t handle);
void tee_sim_space_remove(struct sim_space *, uint32_t handle);
/* From the TPM's handle of an object to the client's and back; 0: none. */
uint32_t tee_sim_space_virtual(const struct sim_space *, uint32_t handle);
uint32_t tee_sim_space_physical(const struct sim_space *, uint32_t handle);

#endif
