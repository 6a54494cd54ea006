/* SPDX-License-Identifier: Apache-2.0 */
/* tsmfile: attributes of configfs-tsm while they are open. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "sim/server.h"
#include "sim/tsm.h"

/* One open attribute: what it reads is made at the first read. */
struct handle {
	uint64_t item;
	enum sim_attr attr;
	struct sim_blob content;
	bool loaded;
	uint8_t inblob[SIM_INBLOB_MAX];
	size_t inblob_size;
	bool dirty;
};

static bool
access_allowed(enum sim_attr attr, int flags)
{
	bool writes = (flags & O_ACCMODE) != O_RDONLY;
	bool reads = (flags & O_ACCMODE) != O_WRONLY;

	return tee_sim_attr_writable(attr) ? !reads : !writes;
}

void
tee_sim_tsm_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct sim_item *item = tee_sim_tsm_item(req, ino);
	struct handle *handle;
	enum sim_attr attr;

	if (item == NULL || !tee_sim_tsm_attr(ino, &attr)) {
		fuse_reply_err(req, ENOENT);
		return;
	}
	/* Root too: configfs looks at the attribute, not at the caller. */
	if (!access_allowed(attr, fi->flags)) {
		fuse_reply_err(req, EACCES);
		return;
	}
	handle = calloc(1, sizeof(*handle));
	if (handle == NULL) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	handle->item = item->id;
	handle->attr = attr;
	fi->fh = (uintptr_t)handle;
	fi->direct_io = 1;
	if (fuse_reply_open(req, fi) != 0)
		free(handle);
}

static struct handle *
handle_of(const struct fuse_file_info *fi)
{
	return (struct handle *)(uintptr_t)fi->fh;
}

static int
load(fuse_req_t req, struct handle *handle)
{
	struct sim_configfs *fs = tee_sim_tsm_fs(req);
	struct sim_item *item = tee_sim_item_get(fs, handle->item);
	bool blob = handle->attr == SIM_ATTR_OUTBLOB ||
	    handle->attr == SIM_ATTR_AUXBLOB;
	int error;

	if (handle->loaded)
		return 0;
	if (item == NULL)
		return -ENOENT;
	if (!tee_sim_server_ready(fs->asp, blob))
		return -EIO;
	error = tee_sim_item_show(fs, item, handle->attr, &handle->content);
	handle->loaded = error == 0;
	return error;
}

void
tee_sim_tsm_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
    struct fuse_file_info *fi)
{
	struct handle *handle = handle_of(fi);
	const struct sim_blob *content = &handle->content;
	int error = load(req, handle);
	size_t left;

	(void)ino;
	if (error != 0) {
		fuse_reply_err(req, -error);
		return;
	}
	if (off < 0 || (uint64_t)off >= content->size) {
		fuse_reply_buf(req, NULL, 0);
		return;
	}
	left = content->size - (size_t)off;
	fuse_reply_buf(req, (const char *)content->data + off,
	    size < left ? size : left);
}

/* A binary attribute gathers until it is closed. */
static int
gather(struct handle *handle, const char *data, size_t size, off_t off)
{
	if (off < 0 || size > SIM_INBLOB_MAX ||
	    (uint64_t)off > SIM_INBLOB_MAX - size)
		return -EFBIG;
	memcpy(handle->inblob + off, data, size);
	if ((size_t)off + size > handle->inblob_size)
		handle->inblob_size = (size_t)off + size;
	handle->dirty = true;
	return 0;
}

void
tee_sim_tsm_write(fuse_req_t req, fuse_ino_t ino, const char *data, size_t size,
    off_t off, struct fuse_file_info *fi)
{
	struct handle *handle = handle_of(fi);
	struct sim_configfs *fs = tee_sim_tsm_fs(req);
	struct sim_item *item = tee_sim_item_get(fs, handle->item);
	int error;

	(void)ino;
	if (item == NULL)
		error = -ENOENT;
	else if (!tee_sim_server_ready(fs->asp, false))
		error = -EIO;
	else if (handle->attr == SIM_ATTR_INBLOB)
		error = gather(handle, data, size, off);
	else
		error = tee_sim_item_store_privlevel(fs, item, data, size);
	if (error != 0)
		fuse_reply_err(req, -error);
	else
		fuse_reply_write(req, size);
}

/* close(2) waits for this, and configfs tells it nothing. */
void
tee_sim_tsm_flush(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct handle *handle = handle_of(fi);
	struct sim_configfs *fs = tee_sim_tsm_fs(req);
	struct sim_item *item = tee_sim_item_get(fs, handle->item);

	(void)ino;
	if (handle->dirty && item != NULL &&
	    tee_sim_server_ready(fs->asp, false))
		tee_sim_item_store_inblob(fs, item, handle->inblob,
		    handle->inblob_size);
	handle->dirty = false;
	fuse_reply_err(req, 0);
}

void
tee_sim_tsm_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct handle *handle = handle_of(fi);

	(void)ino;
	tee_sim_blob_free(&handle->content);
	free(handle);
	fuse_reply_err(req, 0);
}
