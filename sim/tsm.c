/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tsm: see tsm.h; open files stand in tsmfile.c.  Inodes: 1 is the root; an
 * item has sixteen in a row, the directory first and then its attributes.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "sim/server.h"
#include "sim/tsm.h"

#define ROOM 16

struct sim_configfs *
tee_sim_tsm_fs(fuse_req_t req)
{
	return fuse_req_userdata(req);
}

static fuse_ino_t
ino_of(const struct sim_item *item)
{
	return (item->id + 1) * ROOM;
}

struct sim_item *
tee_sim_tsm_item(fuse_req_t req, fuse_ino_t ino)
{
	return ino < ROOM ?
	    NULL :
	    tee_sim_item_get(tee_sim_tsm_fs(req), ino / ROOM - 1);
}

bool
tee_sim_tsm_attr(fuse_ino_t ino, enum sim_attr *attr)
{
	if (ino < ROOM || ino % ROOM == 0 || ino % ROOM > SIM_ATTRS)
		return false;
	*attr = (enum sim_attr)(ino % ROOM - 1);
	return true;
}

static mode_t
attr_mode(enum sim_attr attr)
{
	if (tee_sim_attr_writable(attr))
		return S_IFREG | 0200;
	return attr == SIM_ATTR_OUTBLOB || attr == SIM_ATTR_AUXBLOB ?
	    S_IFREG | 0400 :
	    S_IFREG | 0444;
}

/* 0 or an errno. */
static int
stat_of(fuse_req_t req, fuse_ino_t ino, struct stat *st)
{
	enum sim_attr attr;

	if (ino != FUSE_ROOT_ID && tee_sim_tsm_item(req, ino) == NULL)
		return ENOENT;
	*st = tee_sim_mount_stat(ino,
	    tee_sim_tsm_attr(ino, &attr) ? attr_mode(attr) : S_IFDIR | 0755);
	return 0;
}

static void
reply_entry(fuse_req_t req, fuse_ino_t ino)
{
	struct fuse_entry_param entry;
	int error;

	memset(&entry, 0, sizeof(entry));
	entry.ino = ino;
	error = stat_of(req, ino, &entry.attr);
	if (error != 0)
		fuse_reply_err(req, error);
	else
		fuse_reply_entry(req, &entry);
}

static void
do_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct sim_item *item;

	if (parent == FUSE_ROOT_ID) {
		item = tee_sim_item_find(tee_sim_tsm_fs(req), name);
		if (item != NULL)
			reply_entry(req, ino_of(item));
		else
			fuse_reply_err(req, ENOENT);
		return;
	}
	for (unsigned a = 0; a < SIM_ATTRS; a++)
		if (strcmp(name, tee_sim_attr_name((enum sim_attr)a)) == 0) {
			reply_entry(req, parent + 1 + a);
			return;
		}
	fuse_reply_err(req, ENOENT);
}

static void
do_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct stat st;
	int error = stat_of(req, ino, &st);

	(void)fi;
	if (error != 0)
		fuse_reply_err(req, error);
	else
		fuse_reply_attr(req, &st, 0);
}

/* A shell truncates what it writes to; modes stay as configfs sets them. */
static void
do_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *st, int set,
    struct fuse_file_info *fi)
{
	(void)st;
	if ((set &
		(FUSE_SET_ATTR_MODE | FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID)) !=
	    0)
		fuse_reply_err(req, EPERM);
	else
		do_getattr(req, ino, fi);
}

static void
do_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode)
{
	struct sim_item *item = NULL;
	int error = 0;

	(void)mode;
	if (parent != FUSE_ROOT_ID)
		error = -EPERM;
	else if (!tee_sim_server_ready(tee_sim_tsm_fs(req)->asp, false))
		error = -EIO;
	else
		error = tee_sim_item_make(tee_sim_tsm_fs(req), name, &item);
	if (error != 0)
		fuse_reply_err(req, -error);
	else
		reply_entry(req, ino_of(item));
}

/* Attributes do not count as content. */
static void
do_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct sim_item *item = parent == FUSE_ROOT_ID ?
	    tee_sim_item_find(tee_sim_tsm_fs(req), name) :
	    NULL;

	if (item != NULL)
		tee_sim_item_drop(tee_sim_tsm_fs(req), item);
	fuse_reply_err(req, item != NULL ? 0 : ENOENT);
}

static void
do_unlink(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	(void)parent;
	(void)name;
	fuse_reply_err(req, EPERM);
}

static void
do_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode,
    dev_t dev)
{
	(void)parent;
	(void)name;
	(void)mode;
	(void)dev;
	fuse_reply_err(req, EACCES);
}

static void
do_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode,
    struct fuse_file_info *fi)
{
	(void)fi;
	do_mknod(req, parent, name, mode, 0);
}

static bool
add_entry(fuse_req_t req, struct sim_blob *out, fuse_ino_t ino, mode_t mode,
    const char *name)
{
	struct stat st = tee_sim_mount_stat(ino, mode);
	size_t size = fuse_add_direntry(req, NULL, 0, name, NULL, 0);
	char entry[512];

	if (size > sizeof(entry))
		return false;
	fuse_add_direntry(req, entry, sizeof(entry), name, &st,
	    (off_t)(out->size + size));
	return tee_sim_blob_append(out, entry, size);
}

static bool
list(fuse_req_t req, fuse_ino_t ino, struct sim_blob *out)
{
	bool ok = add_entry(req, out, ino, S_IFDIR, ".") &&
	    add_entry(req, out, FUSE_ROOT_ID, S_IFDIR, "..");

	if (ino == FUSE_ROOT_ID) {
		for (struct sim_item *i = tee_sim_tsm_fs(req)->items;
		     ok && i != NULL; i = i->next)
			ok = add_entry(req, out, ino_of(i), S_IFDIR, i->name);
		return ok;
	}
	for (unsigned a = 0; ok && a < SIM_ATTRS; a++)
		ok = add_entry(req, out, ino + 1 + a, S_IFREG,
		    tee_sim_attr_name((enum sim_attr)a));
	return ok;
}

/* Offsets count bytes of the whole listing. */
static void
do_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
    struct fuse_file_info *fi)
{
	struct sim_blob all = { NULL, 0 };
	size_t left;

	(void)fi;
	if (!list(req, ino, &all))
		fuse_reply_err(req, ENOMEM);
	else if (off < 0 || (uint64_t)off >= all.size)
		fuse_reply_buf(req, NULL, 0);
	else {
		left = all.size - (size_t)off;
		fuse_reply_buf(req, (const char *)all.data + off,
		    size < left ? size : left);
	}
	tee_sim_blob_free(&all);
}

const struct fuse_lowlevel_ops tee_sim_tsm_ops = { .lookup = do_lookup,
	.getattr = do_getattr,
	.setattr = do_setattr,
	.mkdir = do_mkdir,
	.rmdir = do_rmdir,
	.unlink = do_unlink,
	.mknod = do_mknod,
	.create = do_create,
	.open = tee_sim_tsm_open,
	.read = tee_sim_tsm_read,
	.write = tee_sim_tsm_write,
	.flush = tee_sim_tsm_flush,
	.release = tee_sim_tsm_release,
	.readdir = do_readdir };
