/* SPDX-License-Identifier: Apache-2.0 */
/* mount: see mount.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <time.h>
#include <unistd.h>

#include "sim/mount.h"

/* The kernel names its lack of FUSE in three ways. */
static bool
fuse_usable(char why[SIM_MOUNT_WHY])
{
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	const char *hint = errno == ENOENT ?
	    "this kernel or container has no FUSE: load it (modprobe fuse) or "
	    "pass the device into the container" :
	    errno == ENODEV || errno == ENXIO ?
	    "the FUSE module is not loaded: modprobe fuse" :
	    "it must be readable and writable for you";

	if (fd >= 0) {
		close(fd);
		return true;
	}
	snprintf(why, SIM_MOUNT_WHY, "/dev/fuse: %s; %s", strerror(errno),
	    hint);
	return false;
}

/* A server that was killed leaves its mount behind, dead. */
static bool
make_point(struct sim_mount *mount, char why[SIM_MOUNT_WHY])
{
	struct stat st;
	int fd = -1, rc = stat(mount->path, &st);

	if (rc != 0 && errno == ENOTCONN &&
	    umount2(mount->path, MNT_DETACH) == 0)
		rc = stat(mount->path, &st);
	if (rc == 0 && S_ISDIR(st.st_mode) != mount->directory) {
		snprintf(why, SIM_MOUNT_WHY, "%s: is %s directory", mount->path,
		    mount->directory ? "not a" : "a");
		return false;
	}
	if (rc != 0 && errno == ENOENT) {
		if (mount->directory)
			rc = mkdir(mount->path, 0755);
		else
			rc = fd = open(mount->path,
			    O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
		mount->made = rc >= 0;
		if (fd >= 0)
			close(fd);
	}
	if (rc < 0)
		snprintf(why, SIM_MOUNT_WHY, "%s: %s", mount->path,
		    strerror(errno));
	return rc >= 0;
}

static void
remove_point(struct sim_mount *mount)
{
	if (mount->made && mount->directory)
		rmdir(mount->path);
	else if (mount->made)
		unlink(mount->path);
	mount->made = false;
}

/*
 * Root of the machine or of a user namespace mounts for everybody, and the
 * kernel checks modes; others go through fusermount3, for themselves.
 */
static struct fuse_session *
new_session(const struct fuse_lowlevel_ops *ops, void *user)
{
	struct fuse_args args = FUSE_ARGS_INIT(0, NULL);
	struct fuse_session *session = NULL;
	const char *options = geteuid() == 0 ?
	    "allow_other,default_permissions,fsname=teesim" :
	    "fsname=teesim";

	if (fuse_opt_add_arg(&args, "teesim") == 0 &&
	    fuse_opt_add_arg(&args, "-o") == 0 &&
	    fuse_opt_add_arg(&args, options) == 0)
		session = fuse_session_new(&args, ops, sizeof(*ops), user);
	fuse_opt_free_args(&args);
	return session;
}

bool
tee_sim_mount_open(struct sim_mount *mount, const char *path, bool directory,
    const struct fuse_lowlevel_ops *ops, void *user, char why[SIM_MOUNT_WHY])
{
	memset(mount, 0, sizeof(*mount));
	mount->path = path;
	mount->directory = directory;
	if (!fuse_usable(why) || !make_point(mount, why))
		return false;
	mount->session = new_session(ops, user);
	errno = 0;
	if (mount->session != NULL &&
	    fuse_session_mount(mount->session, path) == 0) {
		mount->mounted = true;
		return true;
	}
	snprintf(why, SIM_MOUNT_WHY,
	    "%s: cannot mount%s%s; mounting takes "
	    "root, fusermount3, or a user namespace ('unshare -Urm')",
	    path, errno != 0 ? ": " : "", errno != 0 ? strerror(errno) : "");
	tee_sim_mount_close(mount);
	return false;
}

int
tee_sim_mount_fd(const struct sim_mount *mount)
{
	return fuse_session_fd(mount->session);
}

bool
tee_sim_mount_serve(struct sim_mount *mount)
{
	struct fuse_buf buf;
	int n;

	memset(&buf, 0, sizeof(buf));
	n = fuse_session_receive_buf(mount->session, &buf);
	if (n > 0)
		fuse_session_process_buf(mount->session, &buf);
	free(buf.mem);
	return (n > 0 || n == -EINTR || n == -EAGAIN) &&
	    fuse_session_exited(mount->session) == 0;
}

void
tee_sim_mount_close(struct sim_mount *mount)
{
	if (mount->mounted)
		fuse_session_unmount(mount->session);
	if (mount->session != NULL)
		fuse_session_destroy(mount->session);
	mount->session = NULL;
	mount->mounted = false;
	remove_point(mount);
}

struct stat
tee_sim_mount_stat(fuse_ino_t ino, mode_t mode)
{
	struct stat st;

	memset(&st, 0, sizeof(st));
	st.st_ino = ino;
	st.st_mode = mode;
	st.st_nlink = S_ISDIR(mode) ? 2 : 1;
	st.st_uid = geteuid();
	st.st_gid = getegid();
	st.st_atime = st.st_mtime = st.st_ctime = time(NULL);
	return st;
}
