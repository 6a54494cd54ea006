/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mount: one FUSE file system at one path, of its own or of the caller's
 * making.  A path that is not there is made and removed again.
 */
#ifndef SIM_MOUNT_H
#define SIM_MOUNT_H

#define FUSE_USE_VERSION 35

#include <stdbool.h>
#include <sys/stat.h>
#include <fuse3/fuse_lowlevel.h>

#define SIM_MOUNT_WHY 512

struct sim_mount {
	struct fuse_session *session;
	const char *path; /* borrowed */
	bool mounted;
	bool made; /* the mount point is ours to remove */
	bool directory;
};

/* False with *why for people; whatever was done is undone. */
bool tee_sim_mount_open(struct sim_mount *, const char *path, bool directory,
    const struct fuse_lowlevel_ops *, void *user, char why[SIM_MOUNT_WHY]);
int tee_sim_mount_fd(const struct sim_mount *);
/* One request; false once the file system is gone. */
bool tee_sim_mount_serve(struct sim_mount *);
void tee_sim_mount_close(struct sim_mount *);

/* What stat(2) says of a node that we serve. */
struct stat tee_sim_mount_stat(fuse_ino_t, mode_t);

#endif
