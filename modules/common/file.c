/* SPDX-License-Identifier: Apache-2.0 */
/* file: see file.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/crypto.h>

#include "modules/common/file.h"

static ssize_t
read_all(int fd, uint8_t *data, size_t limit)
{
	size_t have = 0;
	ssize_t n = 1;

	while (n != 0 && have < limit) {
		n = read(fd, data + have, limit - have);
		if (n < 0 && errno != EINTR)
			return -1;
		have += n > 0 ? (size_t)n : 0;
	}
	return (ssize_t)have;
}

static int
open_file(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

/* Closes fd, which may be -1. */
static uint8_t *
take(int fd, size_t limit, size_t *size)
{
	uint8_t *data = fd < 0 ? NULL : malloc(limit + 1);
	ssize_t n = data == NULL ? -1 : read_all(fd, data, limit + 1);
	int saved = n > (ssize_t)limit ? EFBIG : errno;

	if (fd >= 0)
		close(fd);
	if (n < 0 || n > (ssize_t)limit) {
		/* It may have been a secret, and one byte too long. */
		if (data != NULL)
			OPENSSL_cleanse(data, limit + 1);
		free(data);
		errno = saved;
		return NULL;
	}
	*size = (size_t)n;
	return data;
}

uint8_t *
tee_file_read(const char *path, size_t limit, size_t *size)
{
	return take(open_file(path), limit, size);
}

static const char *
foreign(const struct stat *st, mode_t others)
{
	if (!S_ISREG(st->st_mode))
		return "not a regular file";
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return "belongs neither to root nor to this user";
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return "others may write it (chmod go-w)";
	if ((st->st_mode & others) != 0)
		return "others may read it (chmod 600)";
	return NULL;
}

static uint8_t *
read_own(const char *path, mode_t others, size_t limit, size_t *size,
    const char **why)
{
	int fd = open_file(path);
	struct stat st;
	uint8_t *data;

	*why = NULL;
	if (fd >= 0)
		*why = fstat(fd, &st) != 0 ? "cannot be looked at" :
					     foreign(&st, others);
	if (*why != NULL) {
		close(fd);
		errno = EPERM;
		return NULL;
	}
	data = take(fd, limit, size);
	if (data == NULL)
		*why = strerror(errno);
	return data;
}

uint8_t *
tee_file_read_own(const char *path, size_t limit, size_t *size,
    const char **why)
{
	return read_own(path, 0, limit, size, why);
}

uint8_t *
tee_file_read_private(const char *path, size_t limit, size_t *size,
    const char **why)
{
	return read_own(path, 077, limit, size, why);
}
