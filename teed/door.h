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
	char *path; /* of its socket file; NULL: somebody else's */
	/* The descriptor is the visitor's. */
	void (*visit)(struct teed_door *, int fd, const struct teed_caller *);
};

/*
 * Listens at `path`, in place of a socket that nobody listens at any more,
 * or, where `inherited` is not -1, at that descriptor, which must be such a
 * socket.  False, with errno, and nothing is left.
 */
bool teed_door_open(struct teed_door *, struct teed_loop *, const char *path,
    int type, int inherited);
/* The socket file goes, too, where it is ours. */
void teed_door_close(struct teed_door *);

#endif
