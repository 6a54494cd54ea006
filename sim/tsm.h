/* SPDX-License-Identifier: Apache-2.0 */
/* tsm: /sys/kernel/config/tsm/report as a FUSE directory. */
#ifndef SIM_TSM_H
#define SIM_TSM_H

#include "sim/configfs.h"
#include "sim/mount.h"

/* The user data of a session is a struct sim_configfs. */
extern const struct fuse_lowlevel_ops tee_sim_tsm_ops;

#endif
