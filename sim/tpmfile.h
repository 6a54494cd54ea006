/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tpmfile: /dev/tpmrm0 as a FUSE regular file: a command is one write, its
 * response is read in any pieces, poll(2) tells when.  Every open file is a
 * client of its own.
 */
#ifndef SIM_TPMFILE_H
#define SIM_TPMFILE_H

#include "sim/mount.h"
#include "sim/vtpm.h"

struct sim_tpm_client;

struct sim_tpmfile {
	struct sim_vtpm vtpm;
	struct stat node;
	struct sim_tpm_client *clients;
};

/* The user data of a session is a struct sim_tpmfile. */
extern const struct fuse_lowlevel_ops tee_sim_tpmfile_ops;

void tee_sim_tpmfile_init(struct sim_tpmfile *);
/* Milliseconds until an answer that waits is due; -1: none waits. */
int tee_sim_tpmfile_wait(const struct sim_tpmfile *);
/* Hands out the answers that are due. */
void tee_sim_tpmfile_tick(struct sim_tpmfile *);
/* Gives up on clients that are left, before the session ends. */
void tee_sim_tpmfile_close(struct sim_tpmfile *);

#endif
