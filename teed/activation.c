/* SPDX-License-Identifier: Apache-2.0 */
/* activation: see activation.h. */
#include "config.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "teed/activation.h"

#define FIRST 3

static struct {
	char *name; /* NULL: taken */
	int fd;
} inherited[TEED_INHERITED];
static unsigned count;
static int manager = -1;

static unsigned
number(const char *text)
{
	char *end;
	unsigned long n;

	if (text == NULL || text[0] < '0' || text[0] > '9')
		return 0;
	n = strtoul(text, &end, 10);
	return *end == '\0' && n <= INT32_MAX ? (unsigned)n : 0;
}

/* A socket that is connected once: later nothing may be opened. */
static void
find_manager(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t n = path != NULL ? strlen(path) : 0;
	socklen_t size;

	if (n < 2 || n >= sizeof(to.sun_path) ||
	    (path[0] != '/' && path[0] != '@'))
		return;
	memcpy(to.sun_path, path, n);
	if (path[0] == '@')
		to.sun_path[0] = '\0';
	size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (manager >= 0 && connect(manager, (const void *)&to, size) != 0) {
		close(manager);
		manager = -1;
	}
}

static void
find_descriptors(unsigned n, const char *names)
{
	char *copy = strdup(names != NULL ? names : ""), *rest = copy;

	for (unsigned i = 0; copy != NULL && i < n && i < TEED_INHERITED; i++) {
		const char *name = rest != NULL ? strsep(&rest, ":") : "";

		inherited[i].fd = FIRST + (int)i;
		inherited[i].name = strdup(name);
		(void)fcntl(inherited[i].fd, F_SETFD, FD_CLOEXEC);
		count = i + 1;
	}
	free(copy);
}

void
teed_activation_begin(int pid)
{
	if (number(getenv("LISTEN_PID")) == (unsigned)pid)
		find_descriptors(number(getenv("LISTEN_FDS")),
		    getenv("LISTEN_FDNAMES"));
	find_manager(getenv("NOTIFY_SOCKET"));
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	unsetenv("NOTIFY_SOCKET");
}

int
teed_activation_take(const char *name)
{
	for (unsigned i = 0; i < count; i++) {
		if (inherited[i].name == NULL ||
		    strcmp(inherited[i].name, name) != 0)
			continue;
		free(inherited[i].name);
		inherited[i].name = NULL;
		return inherited[i].fd;
	}
	return -1;
}

const char *
teed_activation_rest(void)
{
	static char left[256];

	left[0] = '\0';
	for (unsigned i = 0; i < count; i++) {
		if (inherited[i].name == NULL)
			continue;
		snprintf(left, sizeof(left), "%s", inherited[i].name);
		close(inherited[i].fd);
		free(inherited[i].name);
		inherited[i].name = NULL;
	}
	return left[0] != '\0' ? left : NULL;
}

void
teed_activation_notify(const char *state)
{
	if (manager >= 0)
		(void)send(manager, state, strlen(state),
		    MSG_NOSIGNAL | MSG_DONTWAIT);
}
