/* SPDX-License-Identifier: Apache-2.0 */
/* file: see file.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "teectl/file.h"
#include "teectl/text.h"

#define CHUNK 65536

static void
complain(const char *path, const char *why)
{
	fprintf(stderr, "teectl: ");
	text_print(stderr, path);
	fprintf(stderr, ": %s\n", why);
}

/* Reads to the end; NULL with errno, EFBIG where there is more than max. */
static char *
slurp(int fd, size_t max, size_t *size)
{
	char *data = NULL, *grown;
	size_t used = 0, room = 0;
	ssize_t n;

	for (;;) {
		if (room - used < 2) {
			room = room == 0 ? CHUNK : 2 * room;
			grown = realloc(data, room);
			if (grown == NULL)
				break;
			data = grown;
		}
		n = read(fd, data + used, room - used - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		used += (size_t)n;
		if (used > max) {
			errno = EFBIG;
			break;
		}
		if (n == 0) {
			data[used] = '\0';
			*size = used;
			return data;
		}
	}
	free(data);
	return NULL;
}

bool
file_read(const char *path, size_t max, char **data, size_t *size)
{
	bool standard = strcmp(path, "-") == 0;
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

	*data = fd >= 0 ? slurp(fd, max, size) : NULL;
	if (*data == NULL)
		complain(path, strerror(errno));
	if (fd >= 0 && !standard)
		close(fd);
	return *data != NULL;
}

static bool
spill(int fd, const char *data, size_t size)
{
	ssize_t n;

	while (size > 0) {
		n = write(fd, data, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		data += n;
		size -= (size_t)n;
	}
	return true;
}

bool
file_write(const char *path, const void *data, size_t size)
{
	bool ok;
	int fd;

	if (strcmp(path, "-") == 0)
		return fwrite(data, 1, size, stdout) == size;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	ok = fd >= 0 && spill(fd, data, size);
	/* close(2) is where a full disk behind a network may speak up. */
	if (fd >= 0 && close(fd) != 0)
		ok = false;
	if (!ok)
		complain(path, strerror(errno));
	return ok;
}
