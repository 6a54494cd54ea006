/* SPDX-License-Identifier: Apache-2.0 */
/* tsm: /sys/kernel/config/tsm/report as a FUSE directory. */
#ifndef SIM_TSM_H
#define SIM_TSM_H

#include "sim/configfs.h"
#include "sim/mount.h"

/* The user data of a session is a struct sim_configfs. */
extern const struct fuse_lowlevel_ops tee_sim_tsm_ops;

/* Between tsm.c and tsmfile.c. */
struct sim_configfs *tee_sim_tsm_fs(fuse_req_t);
struct sim_item *tee_sim_tsm_item(fuse_req_t, fuse_ino_t);
/* False where the inode is no attribute's. */
bool tee_sim_tsm_attr(fuse_ino_t, enum sim_attr *);

void tee_sim_tsm_open(fuse_req_t, fuse_ino_t, struct fuse_file_info *);
void tee_sim_tsm_read(fuse_req_t, fuse_ino_t, size_t, off_t,
    struct fuse_file_info *);
void tee_sim_tsm_write(fuse_req_t, fuse_ino_t, const char *, size_t, off_t,
    struct fuse_file_info *);
void tee_sim_tsm_flush(fuse_req_t, fuse_ino_t, struct fuse_file_info *);
void tee_sim_tsm_release(fuse_req_t, fuse_ino_t, struct fuse_file_info *);

#endif
