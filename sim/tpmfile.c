/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tpmfile: see tpmfile.h; errors and order are those of the kernel's
 * tpm-dev-common.c.  One thread serves everybody, so nothing here waits: what
 * the switches delay is kept until a tick finds it due.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "sim/server.h"
#include "sim/tpmfile.h"

/* One open file.  What waits for the answer is a write or a read. */
struct sim_tpm_client {
	struct sim_tpm_client *next;
	struct sim_space space;
	struct sim_tpmbuf response;
	size_t taken; /* bytes of it that were read */
	int error;    /* instead of a response */
	bool full;    /* there is something to read, once it is due */
	bool touched; /* some of it was read: another command may come */
	uint64_t due;
	fuse_req_t waiting; /* NULL: nobody */
	bool waits_to_write;
	size_t size; /* that the waiting request asked for */
	bool interrupted;
	struct fuse_pollhandle *poll;
};

void
tee_sim_tpmfile_init(struct sim_tpmfile *file)
{
	memset(file, 0, sizeof(*file));
	file->node = tee_sim_mount_stat(FUSE_ROOT_ID, S_IFREG | 0600);
}

static struct sim_tpmfile *
file_of(fuse_req_t req)
{
	return fuse_req_userdata(req);
}

static struct sim_tpm_client *
client_of(const struct fuse_file_info *fi)
{
	return (struct sim_tpm_client *)(uintptr_t)fi->fh;
}

static void
do_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	(void)fi;
	fuse_reply_attr(req, &file_of(req)->node, 0);
}

/* chmod and chown; truncation means nothing to a device. */
static void
do_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *st, int set,
    struct fuse_file_info *fi)
{
	struct stat *node = &file_of(req)->node;

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
	struct sim_tpmfile *file = file_of(req);
	struct sim_tpm_client *client = calloc(1, sizeof(*client));

	(void)ino;
	if (client == NULL) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	client->next = file->clients;
	file->clients = client;
	fi->fh = (uintptr_t)client;
	fi->direct_io = 1;
	fi->nonseekable = 1;
	fuse_reply_open(req, fi);
}

static void
wake(struct sim_tpm_client *client)
{
	if (client->poll == NULL)
		return;
	fuse_lowlevel_notify_poll(client->poll);
	fuse_pollhandle_destroy(client->poll);
	client->poll = NULL;
}

static void
free_client(struct sim_tpmfile *file, struct sim_tpm_client *client)
{
	struct sim_tpm_client **at = &file->clients;

	while (*at != client)
		at = &(*at)->next;
	*at = client->next;
	if (client->waiting != NULL)
		fuse_reply_err(client->waiting, EIO);
	if (client->poll != NULL)
		fuse_pollhandle_destroy(client->poll);
	tee_sim_tpmrm_drop(&file->vtpm.rm, &client->space);
	free(client);
}

static void
do_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	free_client(file_of(req), client_of(fi));
	fuse_reply_err(req, 0);
}

/* Called from within libfuse: what it asks for is done by the next tick. */
static void
on_interrupt(fuse_req_t req, void *user)
{
	struct sim_tpm_client *client = user;

	(void)req;
	client->interrupted = true;
}

static void
keep_waiting(fuse_req_t req, struct sim_tpm_client *client, bool writes,
    size_t size)
{
	client->waiting = req;
	client->waits_to_write = writes;
	client->size = size;
	client->interrupted = false;
	fuse_req_interrupt_func(req, on_interrupt, client);
}

static bool
is_due(const struct sim_tpm_client *client)
{
	return client->due <= tee_sim_now();
}

static void
reply_read(fuse_req_t req, struct sim_tpm_client *client, size_t size)
{
	size_t left = client->response.size - client->taken;
	const uint8_t *at = client->response.data + client->taken;

	client->touched = true;
	if (!client->full) {
		fuse_reply_buf(req, NULL, 0);
	} else if (client->error != 0) {
		client->full = false;
		fuse_reply_err(req, client->error);
	} else {
		if (size > left)
			size = left;
		client->taken += size;
		client->full = size < left;
		fuse_reply_buf(req, (const char *)at, size);
	}
}

static void
do_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
    struct fuse_file_info *fi)
{
	struct sim_tpm_client *client = client_of(fi);

	(void)ino;
	(void)off;
	if (client->waiting != NULL)
		fuse_reply_err(req, EBUSY);
	else if (client->full && !is_due(client))
		keep_waiting(req, client, false, size);
	else
		reply_read(req, client, size);
}

/* 0, or what write(2) fails with before the TPM sees anything. */
static int
take_command(const struct sim_tpm_client *client, const char *data, size_t size,
    struct sim_tpmbuf *command)
{
	uint32_t length;

	if (size > sizeof(command->data))
		return E2BIG;
	if (client->waiting != NULL || (client->full && !client->touched))
		return EBUSY;
	if (size < SIM_TPM_HEADER)
		return EINVAL;
	length = tee_sim_get32((const uint8_t *)data + 2);
	if (length < SIM_TPM_HEADER || length > size)
		return EINVAL;
	memcpy(command->data, data, length);
	command->size = length;
	command->bad = false;
	return 0;
}

static void
run(struct sim_tpmfile *file, struct sim_tpm_client *client,
    const struct sim_tpmbuf *command)
{
	struct sim_asp *asp = file->vtpm.asp;

	client->taken = 0;
	client->touched = false;
	client->full = true;
	client->error = EIO;
	if (tee_sim_server_ready(asp, false))
		client->error = -tee_sim_vtpm_run(&file->vtpm, &client->space,
		    command, &client->response);
	client->due = tee_sim_now() + tee_sim_asp_number(asp, SIM_SW_TPM_DELAY);
}

/* A failure belongs to whoever writes and waits; there is nothing to read. */
static void
reply_write(fuse_req_t req, struct sim_tpm_client *client, size_t size)
{
	if (client->error != 0) {
		client->full = false;
		fuse_reply_err(req, client->error);
	} else {
		fuse_reply_write(req, size);
	}
}

/* With O_NONBLOCK the write ends first, and poll tells of the response. */
static void
do_write(fuse_req_t req, fuse_ino_t ino, const char *data, size_t size,
    off_t off, struct fuse_file_info *fi)
{
	struct sim_tpmfile *file = file_of(req);
	struct sim_tpm_client *client = client_of(fi);
	struct sim_tpmbuf command;
	int error = take_command(client, data, size, &command);
	bool wait = (fi->flags & O_NONBLOCK) == 0;

	(void)ino;
	(void)off;
	if (error != 0) {
		fuse_reply_err(req, error);
		return;
	}
	if (!wait)
		fuse_reply_write(req, size);
	run(file, client, &command);
	if (wait && is_due(client))
		reply_write(req, client, size);
	else if (wait)
		keep_waiting(req, client, true, size);
	else if (is_due(client))
		wake(client);
}

static void
do_poll(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi,
    struct fuse_pollhandle *handle)
{
	struct sim_tpm_client *client = client_of(fi);
	bool ready = client->full && is_due(client);

	(void)ino;
	if (handle != NULL) {
		if (client->poll != NULL)
			fuse_pollhandle_destroy(client->poll);
		client->poll = handle;
	}
	fuse_reply_poll(req,
	    ready            ? POLLIN | POLLRDNORM :
		client->full ? 0 :
			       POLLOUT | POLLWRNORM);
}

int
tee_sim_tpmfile_wait(const struct sim_tpmfile *file)
{
	uint64_t now = tee_sim_now(), left, least = UINT64_MAX;

	for (const struct sim_tpm_client *c = file->clients; c != NULL;
	     c = c->next) {
		if (c->waiting == NULL && c->poll == NULL)
			continue;
		if (c->full && c->due > now)
			left = c->due - now;
		else if (c->waiting != NULL)
			left = 0;
		else
			continue;
		if (left < least)
			least = left;
	}
	return least == UINT64_MAX ? -1 : (int)least;
}

static void
tick_client(struct sim_tpm_client *client)
{
	fuse_req_t req = client->waiting;
	bool due = client->full && is_due(client);

	if (due)
		wake(client);
	if (req == NULL || (!due && !client->interrupted))
		return;
	client->waiting = NULL;
	fuse_req_interrupt_func(req, NULL, NULL);
	if (!due)
		fuse_reply_err(req, EINTR);
	else if (client->waits_to_write)
		reply_write(req, client, client->size);
	else
		reply_read(req, client, client->size);
}

void
tee_sim_tpmfile_tick(struct sim_tpmfile *file)
{
	for (struct sim_tpm_client *c = file->clients; c != NULL; c = c->next)
		tick_client(c);
}

void
tee_sim_tpmfile_close(struct sim_tpmfile *file)
{
	while (file->clients != NULL)
		free_client(file, file->clients);
}

const struct fuse_lowlevel_ops tee_sim_tpmfile_ops = { .getattr = do_getattr,
	.setattr = do_setattr,
	.open = do_open,
	.read = do_read,
	.write = do_write,
	.poll = do_poll,
	.release = do_release };
