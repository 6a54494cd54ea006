/* SPDX-License-Identifier: Apache-2.0 */
/*
 * teed_hog: clients that ask for the longest answer again and again and never
 * read one.  teed_hog SOCKET CLIENTS SECONDS
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS 256

int
main(int argc, char **argv)
{
	static const unsigned char status[] = { 1, 4, 0, 0, 0, 0, 0, 1 };
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct timespec pause = { 0, 1000000 };
	int fd[CLIENTS], count, i;
	time_t end;

	if (argc != 4)
		return 2;
	count = atoi(argv[2]);
	end = time(NULL) + atoi(argv[3]);
	if (count < 1 || count > CLIENTS)
		return 2;
	snprintf(to.sun_path, sizeof(to.sun_path), "%s", argv[1]);
	for (i = 0; i < count; i++) {
		fd[i] = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
		if (fd[i] < 0 ||
		    connect(fd[i], (const void *)&to, sizeof(to)) != 0)
			return 1;
	}
	while (time(NULL) < end) {
		for (i = 0; i < count; i++)
			while (send(fd[i], status, sizeof(status),
				   MSG_NOSIGNAL | MSG_DONTWAIT) > 0)
				continue;
		nanosleep(&pause, NULL);
	}
	return 0;
}
