/* SPDX-License-Identifier: Apache-2.0 */
/* file: see file.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

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

uint8_t *
tee_file_read(const char *path, size_t limit, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	uint8_t *data = fd < 0 ? NULL : malloc(limit + 1);
	ssize_t n = data == NULL ? -1 : read_all(fd, data, limit + 1);
	int saved = n > (ssize_t)limit ? EFBIG : errno;

	if (fd >= 0)
		close(fd);
	if (n < 0 || n > (ssize_t)limit) {
		free(data);
		errno = saved;
		return NULL;
	}
	*size = (size_t)n;
	return data;
}
