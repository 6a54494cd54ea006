/* SPDX-License-Identifier: Apache-2.0 */
/* path: see path.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libtee/path.h"

struct walk {
	char seen[PATH_MAX];	/* what has been walked, for messages */
	char *why;
};

static bool
refuse(struct walk *w, const char *what)
{
	snprintf(w->why, TEE_PATH_WHY, "%.300s: %s", w->seen, what);
	return false;
}

static bool
trusted(struct walk *w, const struct stat *st)
{
	char text[96];

	if (st->st_uid != 0 && st->st_uid != geteuid()) {
		snprintf(text, sizeof(text),
		    "owned by uid %lu, must be root or uid %lu",
		    (unsigned long)st->st_uid, (unsigned long)geteuid());
		return refuse(w, text);
	}
	if (S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX) &&
	    st->st_uid == 0)
		return true;
	if (st->st_mode & 022) {
		snprintf(text, sizeof(text),
		    "mode %04o lets group or others write (chmod go-w)",
		    (unsigned)(st->st_mode & 07777));
		return refuse(w, text);
	}
	return true;
}

/* Replaces *dir by its child; the last component is opened for reading. */
static bool
descend(struct walk *w, int *dir, const char *name, bool last,
    struct stat *st)
{
	int flags = last ? O_RDONLY | O_NONBLOCK : O_PATH | O_DIRECTORY;
	size_t n = strlen(w->seen);
	int fd;

	snprintf(w->seen + n, sizeof(w->seen) - n, "%s%s", n > 1 ? "/" : "",
	    name);
	fd = openat(*dir, name, flags | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		int error = errno;

		if (fstatat(*dir, name, st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISLNK(st->st_mode))
			return refuse(w, "is a symbolic link");
		return refuse(w, strerror(error));
	}
	close(*dir);
	*dir = fd;
	if (fstat(fd, st) != 0)
		return refuse(w, strerror(errno));
	if (last && !S_ISREG(st->st_mode))
		return refuse(w, "is not a regular file");
	return trusted(w, st);
}

static bool
absolute(const char *path, char out[PATH_MAX], char *why)
{
	char cwd[PATH_MAX] = "";
	int n;

	if (path[0] != '/' && getcwd(cwd, sizeof(cwd)) == NULL) {
		snprintf(why, TEE_PATH_WHY, "working directory: %s",
		    strerror(errno));
		return false;
	}
	n = snprintf(out, PATH_MAX, "%s%s%s", cwd, cwd[0] ? "/" : "", path);
	if (path[0] == '\0' || n < 0 || n >= PATH_MAX) {
		snprintf(why, TEE_PATH_WHY, "path is empty or too long");
		return false;
	}
	return true;
}

int
tee_path_open(const char *path, struct tee_path_id *id,
    char why[TEE_PATH_WHY])
{
	struct walk w = { "/", why };
	char full[PATH_MAX];
	char *name, *next, *save = NULL;
	struct stat st;
	bool ok;
	int fd;

	if (!absolute(path, full, why))
		return -1;
	fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0) {
		snprintf(why, TEE_PATH_WHY, "/: %s", strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	ok = trusted(&w, &st);
	for (name = strtok_r(full, "/", &save); ok && name != NULL;
	    name = next) {
		next = strtok_r(NULL, "/", &save);
		if (strcmp(name, ".") == 0 && next != NULL)
			continue;
		if (strcmp(name, "..") == 0 || strcmp(name, ".") == 0)
			ok = refuse(&w, "\"..\" in the path");
		else
			ok = descend(&w, &fd, name, next == NULL, &st);
	}
	if (ok && !S_ISREG(st.st_mode))
		ok = refuse(&w, "is not a regular file");
	if (!ok) {
		close(fd);
		return -1;
	}
	id->dev = st.st_dev;
	id->ino = st.st_ino;
	return fd;
}

char *
tee_path_read(int fd, size_t limit, size_t *size, char why[TEE_PATH_WHY])
{
	char *buf = malloc(limit + 1);
	size_t have = 0;
	ssize_t n;

	if (buf == NULL) {
		snprintf(why, TEE_PATH_WHY, "out of memory");
		return NULL;
	}
	while (have <= limit) {
		n = read(fd, buf + have, limit + 1 - have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			snprintf(why, TEE_PATH_WHY, "read: %s",
			    strerror(errno));
			break;
		}
		if (n == 0) {
			buf[have] = '\0';
			*size = have;
			return buf;
		}
		have += (size_t)n;
	}
	if (have > limit)
		snprintf(why, TEE_PATH_WHY, "larger than %zu bytes", limit);
	free(buf);
	return NULL;
}
