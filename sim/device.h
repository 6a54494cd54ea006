/* SPDX-License-Identifier: Apache-2.0 */
/*
 * device: /dev/sev-guest, or the older /dev/sev, as a FUSE regular file.  It
 * answers ioctls from its caller's own memory; mode and owner can be changed
 * as udev changes those of a device node.
 */
#ifndef SIM_DEVICE_H
#define SIM_DEVICE_H

#include "sim/driver.h"
#include "sim/mount.h"

struct sim_device {
	struct sim_asp *asp;
	bool legacy;
	struct stat node;
	bool warned;
};

extern const struct fuse_lowlevel_ops tee_sim_device_ops;

void tee_sim_device_init(struct sim_device *, struct sim_asp *, bool legacy);

#endif
