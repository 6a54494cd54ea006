/* SPDX-License-Identifier: Apache-2.0 */
/* file: see file.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

static bool
write_into(const char *path, int flags, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0644);
	bool ok = fd >= 0 && spill(fd, data, size);

	/* close(2) is where a full disk behind a network may speak up. */
	if (fd >= 0 && close(fd) != 0)
		ok = false;
	return ok;
}

/* Nobody finds half a file, or half of the new one where an old one was. */
static bool
replace(const char *path, const void *data, size_t size)
{
	char *whole = NULL;
	bool ok;
	int saved;

	if (asprintf(&whole, "%s.%ld.new", path, (long)getpid()) < 0) {
		errno = ENOMEM;
		return false;
	}
	ok = write_into(whole, O_EXCL, data, size) && rename(whole, path) == 0;
	saved = errno;
	if (!ok && saved != EEXIST)
		unlink(whole);
	free(whole);
	errno = saved;
	return ok;
}

/* Devices, pipes and links are written to; replacing one would lose it. */
static bool
is_replaceable(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 ? S_ISREG(st.st_mode) : errno == ENOENT;
}

bool
file_write(const char *path, const void *data, size_t size)
{
	bool ok;

	if (strcmp(path, "-") == 0)
		return fwrite(data, 1, size, stdout) == size;
	ok = is_replaceable(path) ? replace(path, data, size) :
				    write_into(path, O_TRUNC, data, size);
	if (!ok)
		complain(path, strerror(errno));
	return ok;
}

/* link(2) never replaces, so that of two writers one is told. */
static bool
create(const char *path, const char *whole, const void *data, size_t size)
{
	int fd = open(whole, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && spill(fd, data, size) && fsync(fd) == 0;
	int saved = errno;

	if (fd >= 0 && close(fd) != 0 && ok) {
		saved = errno;
		ok = false;
	}
	if (ok && link(whole, path) != 0) {
		saved = errno;
		ok = false;
	}
	if (fd >= 0)
		unlink(whole);
	errno = saved;
	return ok;
}

bool
file_create(const char *path, const void *data, size_t size)
{
	char *whole = NULL;
	bool ok;

	if (asprintf(&whole, "%s.%ld.new", path, (long)getpid()) < 0)
		return false;
	ok = create(path, whole, data, size);
	if (!ok)
		complain(path, strerror(errno));
	free(whole);
	return ok;
}
