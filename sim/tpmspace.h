/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tpmspace: what /dev/tpmrm0 adds to a TPM (Linux, tpm2-space.c).  Each
 * client has handles of its own for transient objects, sees no objects or
 * sessions of others, and leaves none behind.
 */
#ifndef SIM_TPMSPACE_H
#define SIM_TPMSPACE_H

#include "sim/blob.h"
#include "sim/swtpm.h"
#include "sim/tpmsession.h"

#define SIM_SPACE_SLOTS 3 /* as the kernel has it, of either kind */

struct sim_space_slot {
	bool used;
	uint32_t handle;       /* the TPM's, while it is loaded */
	struct sim_blob saved; /* TPMS_CONTEXT, while it is not */
	struct sim_tpm_session session;
};

/* One client.  Starts zeroed. */
struct sim_space {
	struct sim_space_slot object[SIM_SPACE_SLOTS];
	struct sim_space_slot session[SIM_SPACE_SLOTS];
};

/* This client's session of that handle, or NULL. */
struct sim_tpm_session *tee_sim_space_session(struct sim_space *,
    uint32_t handle);

#define SIM_COMMANDS_MAX 256

struct sim_tpmrm {
	struct sim_swtpm *tpm;
	struct sim_space *current; /* whose objects are loaded, or NULL */
	uint32_t commands[SIM_COMMANDS_MAX]; /* TPMA_CC */
	size_t command_count;
};

/* Asks the TPM which commands it has. */
bool tee_sim_tpmrm_open(struct sim_tpmrm *, struct sim_swtpm *);
/* A command with a whole header; 0, or what write(2) fails with. */
int tee_sim_tpmrm_run(struct sim_tpmrm *, struct sim_space *,
    const struct sim_tpmbuf *command, struct sim_tpmbuf *response);
/* Flushes and forgets everything of this client. */
void tee_sim_tpmrm_drop(struct sim_tpmrm *, struct sim_space *);

#endif
