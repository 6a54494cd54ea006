/* SPDX-License-Identifier: Apache-2.0 */
/* blob: see blob.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/crypto.h>

#include "sim/blob.h"

bool
tee_sim_blob_append(struct sim_blob *blob, const void *data, size_t size)
{
	uint8_t *grown;

	if (size == 0)
		return true;
	if (size > SIZE_MAX - blob->size)
		return false;
	grown = realloc(blob->data, blob->size + size);
	if (grown == NULL)
		return false;
	memcpy(grown + blob->size, data, size);
	blob->data = grown;
	blob->size += size;
	return true;
}

void
tee_sim_blob_free(struct sim_blob *blob)
{
	if (blob->data != NULL)
		OPENSSL_cleanse(blob->data, blob->size);
	free(blob->data);
	memset(blob, 0, sizeof(*blob));
}

static bool
read_all(struct sim_blob *blob, int fd, size_t limit)
{
	uint8_t chunk[4096];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) > 0) {
		if ((size_t)n > limit - blob->size) {
			errno = EFBIG;
			return false;
		}
		if (!tee_sim_blob_append(blob, chunk, (size_t)n)) {
			errno = ENOMEM;
			return false;
		}
	}
	OPENSSL_cleanse(chunk, sizeof(chunk));
	return n == 0;
}

bool
tee_sim_blob_read(struct sim_blob *blob, int dir, const char *name,
    size_t limit)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC), error;
	bool ok;

	memset(blob, 0, sizeof(*blob));
	if (fd < 0)
		return false;
	ok = read_all(blob, fd, limit);
	error = errno;
	close(fd);
	if (!ok)
		tee_sim_blob_free(blob);
	errno = error;
	return ok;
}

static bool
write_all(int fd, const uint8_t *data, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			data += n;
			size -= (size_t)n;
		}
	}
	return true;
}

bool
tee_sim_blob_write(const void *data, size_t size, int dir, const char *name,
    mode_t mode)
{
	char temporary[128];
	int fd, error;
	bool ok;

	if ((size_t)snprintf(temporary, sizeof(temporary), ".%s.%ld", name,
		(long)getpid()) >= sizeof(temporary)) {
		errno = ENAMETOOLONG;
		return false;
	}
	fd = openat(dir, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
	    mode);
	if (fd < 0)
		return false;
	ok = fchmod(fd, mode) == 0 && write_all(fd, data, size);
	ok = close(fd) == 0 && ok;
	ok = ok && renameat(dir, temporary, dir, name) == 0;
	error = errno;
	if (!ok)
		unlinkat(dir, temporary, 0);
	errno = error;
	return ok;
}
