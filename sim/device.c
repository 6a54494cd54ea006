/* SPDX-License-Identifier: Apache-2.0 */
/* device: see device.h. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>

#include "sim/device.h"
#include "sim/server.h"

void
tee_sim_device_init(struct sim_device *device, struct sim_asp *asp, bool legacy)
{
	memset(device, 0, sizeof(*device));
	device->asp = asp;
	device->legacy = legacy;
	device->node = tee_sim_mount_stat(FUSE_ROOT_ID, S_IFREG | 0600);
}

struct caller {
	pid_t pid;
	struct sim_device *device;
};

/* EPERM is not the caller's fault, so somebody has to hear of it. */
static bool
outcome(struct caller *caller, ssize_t done, size_t size)
{
	if (done < 0 && errno == EPERM && !caller->device->warned) {
		fprintf(stderr,
		    "teesim: no access to the memory of process "
		    "%ld: one that is not dumpable can be served only by "
		    "root, or inside one user namespace\n",
		    (long)caller->pid);
		caller->device->warned = true;
	}
	return done >= 0 && (size_t)done == size;
}

static bool
read_caller(void *user, uint64_t address, void *out, size_t size)
{
	struct caller *caller = user;
	struct iovec local = { out, size };
	struct iovec remote = { (void *)(uintptr_t)address, size };

	return outcome(caller,
	    process_vm_readv(caller->pid, &local, 1, &remote, 1, 0), size);
}

static bool
write_caller(void *user, uint64_t address, const void *data, size_t size)
{
	struct caller *caller = user;
	struct iovec local = { (void *)(uintptr_t)data, size };
	struct iovec remote = { (void *)(uintptr_t)address, size };

	return outcome(caller,
	    process_vm_writev(caller->pid, &local, 1, &remote, 1, 0), size);
}

static struct sim_device *
device_of(fuse_req_t req)
{
	return fuse_req_userdata(req);
}

static void
do_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	(void)fi;
	fuse_reply_attr(req, &device_of(req)->node, 0);
}

/* chmod and chown; truncation means nothing to a device. */
static void
do_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *st, int set,
    struct fuse_file_info *fi)
{
	struct stat *node = &device_of(req)->node;

	if ((set & FUSE_SET_ATTR_MODE) != 0)
		node->st_mode = S_IFREG | (st->st_mode & 07777);
	if ((set & FUSE_SET_ATTR_UID) != 0)
		node->st_uid = st->st_uid;
	if ((set & FUSE_SET_ATTR_GID) != 0)
		node->st_gid = st->st_gid;
	do_getattr(req, ino, fi);
}

static void
do_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	fi->direct_io = 1;
	fuse_reply_open(req, fi);
}

/* The driver has neither read nor write. */
static void
do_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
    struct fuse_file_info *fi)
{
	(void)ino;
	(void)size;
	(void)off;
	(void)fi;
	fuse_reply_err(req, EINVAL);
}

static void
do_write(fuse_req_t req, fuse_ino_t ino, const char *buf, size_t size,
    off_t off, struct fuse_file_info *fi)
{
	(void)buf;
	do_read(req, ino, size, off, fi);
}

/* The struct goes back to its caller beside an error too. */
static void
reply(fuse_req_t req, int error, bool back, const void *io, size_t size)
{
	if (back)
		fuse_reply_ioctl(req, error, io, size);
	else if (error != 0)
		fuse_reply_err(req, -error);
	else
		fuse_reply_ioctl(req, 0, NULL, 0);
}

static void
serve_guest(fuse_req_t req, unsigned cmd, const void *in,
    const struct sim_memory *memory)
{
	struct snp_guest_request_ioctl io;
	bool back;
	int error;

	memcpy(&io, in, sizeof(io));
	error =
	    tee_sim_driver_ioctl(device_of(req)->asp, cmd, &io, &back, memory);
	reply(req, error, back, &io, sizeof(io));
}

static void
serve_legacy(fuse_req_t req, unsigned cmd, const void *in,
    const struct sim_memory *memory)
{
	struct sim_legacy_request io;
	bool back;
	int error;

	memcpy(&io, in, sizeof(io));
	error =
	    tee_sim_driver_legacy(device_of(req)->asp, cmd, &io, &back, memory);
	reply(req, error, back, &io, sizeof(io));
}

static void
do_ioctl(fuse_req_t req, fuse_ino_t ino, unsigned cmd, void *arg,
    struct fuse_file_info *fi, unsigned flags, const void *in, size_t in_size,
    size_t out_size)
{
	struct sim_device *device = device_of(req);
	struct caller caller = { fuse_req_ctx(req)->pid, device };
	struct sim_memory memory = { read_caller, write_caller, &caller };
	size_t size = device->legacy ? sizeof(struct sim_legacy_request) :
				       sizeof(struct snp_guest_request_ioctl);

	(void)ino;
	(void)arg;
	(void)fi;
	(void)flags;
	if (in_size < size || out_size < size)
		fuse_reply_err(req, ENOTTY);
	else if (!tee_sim_server_ready(device->asp, true))
		fuse_reply_err(req, EIO);
	else if (device->legacy)
		serve_legacy(req, cmd, in, &memory);
	else
		serve_guest(req, cmd, in, &memory);
}

const struct fuse_lowlevel_ops tee_sim_device_ops = { .getattr = do_getattr,
	.setattr = do_setattr,
	.open = do_open,
	.read = do_read,
	.write = do_write,
	.ioctl = do_ioctl };
