/* SPDX-License-Identifier: Apache-2.0 */
/*
 * door: a listening socket, and who came through it.  Whoever may not pass is
 * told so once and let go; where the process has no descriptors left the door
 * rests for a second, and others are served meanwhile.
 */
#ifndef TEED_DOOR_H
#define TEED_DOOR_H

#include <sys/types.h>

#include "teed/loop.h"

/* As the kernel says, of the moment in which it connected. */
struct teed_caller {
	pid_t pid;
	uid_t uid;
	gid_t gid;
	gid_t groups[64];
	size_t group_count;
};

struct teed_door {
	struct teed_watch watch; /* fd -1: closed */
	struct teed_timer rest;
	struct teed_loop *loop;
	char *path;   /* of its socket file; NULL: somebody else's */
	dev_t device; /* that file, so that no other is taken for it */
	ino_t inode;
	struct teed_door *next; /* of all that have a file */
	/* The descriptor is the visitor's. */
	void (*visit)(struct teed_door *, int fd, const struct teed_caller *);
};

/* Closed, with no file; its descriptor, or -1, waits for teed_door_open. */
void teed_door_init(struct teed_door *, struct teed_loop *, int inherited);
/*
 * Listens at `path`, in place of a socket that nobody listens at any more,
 * or, where one was inherited, at that descriptor, which must be such a
 * socket.  False, with errno, and nothing is left.
 */
bool teed_door_open(struct teed_door *, const char *path, int type);
/* The file is the other's from now on. */
void teed_door_move_path(struct teed_door *from, struct teed_door *to);
/* The socket file goes, too, where it is ours. */
void teed_door_close(struct teed_door *);

#endif
