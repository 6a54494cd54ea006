/* SPDX-License-Identifier: Apache-2.0 */
/* door: see door.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "teed/door.h"

#define BACKLOG 128
#define VISITS 16 /* in one turn */
#define REST 1000 /* ms */

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77 /* Linux 6.5, include/uapi/asm-generic/socket.h */
#endif

/*
 * The process that connected may have gone and left its socket to others.
 * Kernels before 6.5 cannot say so; there the credentials alone count.
 */
static bool
is_alive(int fd)
{
	struct pollfd p = { .events = POLLIN };
	socklen_t size = sizeof(p.fd);
	int n;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &p.fd, &size) != 0)
		return errno == ENOPROTOOPT || errno == EINVAL;
	n = poll(&p, 1, 0);
	close(p.fd);
	return n == 0;
}

static bool
look(int fd, struct teed_caller *out)
{
	struct ucred cred;
	socklen_t size = sizeof(cred), groups = sizeof(out->groups);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &size) != 0 ||
	    size != sizeof(cred) || cred.pid <= 0 || !is_alive(fd))
		return false;
	*out = (struct teed_caller){ cred.pid, cred.uid, cred.gid, { 0 }, 0 };
	/* More groups than there is room for: none of them counts. */
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, out->groups, &groups) ==
	    0)
		out->group_count = groups / sizeof(out->groups[0]);
	return true;
}

static void
wake(struct teed_timer *timer)
{
	struct teed_door *door = (struct teed_door *)(void *)((uint8_t *)timer -
	    offsetof(struct teed_door, rest));

	(void)teed_loop_watch(door->loop, &door->watch, EPOLLIN);
}

static void
rest(struct teed_door *door)
{
	door->rest.ring = wake;
	if (teed_loop_set(door->loop, &door->rest,
		teed_loop_now(door->loop) + REST))
		teed_loop_unwatch(door->loop, &door->watch);
}

static void
ready(struct teed_watch *watch, uint32_t events)
{
	struct teed_door *door = (struct teed_door *)(void *)watch;
	struct teed_caller caller;

	(void)events;
	for (int i = 0; i < VISITS && door->watch.fd >= 0; i++) {
		int fd = accept4(door->watch.fd, NULL, NULL,
		    SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd < 0) {
			if (errno != EAGAIN && errno != ECONNABORTED &&
			    errno != EINTR)
				rest(door);
			return;
		}
		if (look(fd, &caller))
			door->visit(door, fd, &caller);
		else
			close(fd);
	}
}

/* All that have a file; looked through when profiles come and go. */
static struct teed_door *doors;

static void
own_path(struct teed_door *door, char *path, const struct stat *st)
{
	door->path = path;
	door->device = st->st_dev;
	door->inode = st->st_ino;
	door->next = doors;
	doors = door;
}

static void
disown_path(struct teed_door *door)
{
	struct teed_door **at = &doors;

	while (*at != NULL && *at != door)
		at = &(*at)->next;
	if (*at != NULL)
		*at = door->next;
	door->next = NULL;
	door->path = NULL;
}

static bool
is_file_of(const struct teed_door *door, const struct stat *st)
{
	return door->device == st->st_dev && door->inode == st->st_ino;
}

static bool
is_ours(const struct stat *st)
{
	for (const struct teed_door *door = doors; door != NULL;
	     door = door->next)
		if (is_file_of(door, st))
			return true;
	return false;
}

/* A socket that refuses is a dead teed's; anything else is not ours. */
static bool
clear_path(const struct sockaddr_un *address, int type)
{
	struct stat st;
	int fd, error;

	if (lstat(address->sun_path, &st) != 0)
		return errno == ENOENT;
	if (!S_ISSOCK(st.st_mode)) {
		errno = EEXIST;
		return false;
	}
	if (is_ours(&st)) {
		errno = EADDRINUSE;
		return false;
	}
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return false;
	error = connect(fd, (const void *)address, sizeof(*address)) == 0 ?
	    EADDRINUSE :
	    errno;
	close(fd);
	/* The keeper may not connect at all: its lock says that it is alone. */
	if (error != ECONNREFUSED && error != EPERM) {
		errno = error;
		return false;
	}
	return unlink(address->sun_path) == 0;
}

static int
listen_at(const char *path, int type)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, error;

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(address.sun_path, path);
	if (!clear_path(&address, type))
		return -1;
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	/* Who may come in is asked at the door, of the kernel. */
	if (bind(fd, (const void *)&address, sizeof(address)) == 0 &&
	    chmod(path, 0666) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static bool
option_is(int fd, int option, int value)
{
	socklen_t size = sizeof(int);
	int got;

	return getsockopt(fd, SOL_SOCKET, option, &got, &size) == 0 &&
	    got == value;
}

/* What the service manager passed on, made as it must be. */
static bool
is_door(int fd, int type)
{
	if (option_is(fd, SO_DOMAIN, AF_UNIX) && option_is(fd, SO_TYPE, type) &&
	    option_is(fd, SO_ACCEPTCONN, 1))
		return fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK) == 0 &&
		    fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
	errno = EPROTOTYPE;
	return false;
}

void
teed_door_init(struct teed_door *door, struct teed_loop *loop, int inherited)
{
	*door =
	    (struct teed_door){ .watch = { .fd = inherited }, .loop = loop };
}

static bool
make(struct teed_door *door, const char *path, int type)
{
	struct stat st;
	char *copy = strdup(path);

	if (copy == NULL)
		return false;
	door->watch.fd = listen_at(path, type);
	if (door->watch.fd >= 0 && lstat(path, &st) == 0) {
		own_path(door, copy, &st);
		return true;
	}
	free(copy);
	return false;
}

bool
teed_door_open(struct teed_door *door, const char *path, int type)
{
	int error;

	door->watch.ready = ready;
	if ((door->watch.fd >= 0 ? is_door(door->watch.fd, type) :
				   make(door, path, type)) &&
	    teed_loop_watch(door->loop, &door->watch, EPOLLIN))
		return true;
	error = errno;
	teed_door_close(door);
	errno = error;
	return false;
}

void
teed_door_move_path(struct teed_door *from, struct teed_door *to)
{
	struct stat st = { .st_dev = from->device, .st_ino = from->inode };
	char *path = from->path;

	if (path == NULL || to->path != NULL || to->watch.fd < 0)
		return;
	disown_path(from);
	own_path(to, path, &st);
}

void
teed_door_close(struct teed_door *door)
{
	struct stat st;
	char *path = door->path;

	if (door->loop == NULL)
		return;
	teed_loop_unwatch(door->loop, &door->watch);
	teed_loop_cancel(door->loop, &door->rest);
	if (door->watch.fd >= 0)
		close(door->watch.fd);
	door->watch.fd = -1;
	if (path == NULL)
		return;
	/* Another's may have been put in its place. */
	if (lstat(path, &st) == 0 && is_file_of(door, &st))
		(void)unlink(path);
	disown_path(door);
	free(path);
}
