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
	char seen[PATH_MAX]; /* what has been walked, for messages */
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
	if (S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX) && st->st_uid == 0)
		return true;
	if (st->st_mode & 022) {
		snprintf(text, sizeof(text),
		    "mode %04o lets group or others write (chmod go-w)",
		    (unsigned)(st->st_mode & 07777));
		return refuse(w, text);
	}
	return true;
}

/* The path so far: a directory on the way, or the regular file at its end. */
static bool
acceptable(struct walk *w, bool last, struct stat *st)
{
	if (lstat(w->seen, st) != 0)
		return refuse(w, strerror(errno));
	if (S_ISLNK(st->st_mode))
		return refuse(w, "is a symbolic link");
	if (last && !S_ISREG(st->st_mode))
		return refuse(w, "is not a regular file");
	if (!last && !S_ISDIR(st->st_mode))
		return refuse(w, strerror(ENOTDIR));
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

/*
 * From / down: once a directory is known to be writable by nobody else,
 * nobody else can exchange what it holds, so its name may be used again.
 */
static bool
walk(struct walk *w, char *full, struct stat *st)
{
	char *name, *next, *save = NULL;

	if (!acceptable(w, false, st))
		return false;
	for (name = strtok_r(full, "/", &save); name != NULL; name = next) {
		size_t n = strlen(w->seen);

		next = strtok_r(NULL, "/", &save);
		if (strcmp(name, ".") == 0 && next != NULL)
			continue;
		if (strcmp(name, "..") == 0 || strcmp(name, ".") == 0)
			return refuse(w, "\"..\" in the path");
		snprintf(w->seen + n, sizeof(w->seen) - n, "%s%s",
		    n > 1 ? "/" : "", name);
		if (!acceptable(w, next == NULL, st))
			return false;
	}
	return S_ISREG(st->st_mode) || refuse(w, "is not a regular file");
}

int
tee_path_open(const char *path, struct tee_path_id *id, char why[TEE_PATH_WHY])
{
	struct walk w = { "/", why };
	struct stat checked, opened;
	char full[PATH_MAX];
	int fd;

	if (!absolute(path, full, why) || !walk(&w, full, &checked))
		return -1;
	fd = open(w.seen, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		refuse(&w, strerror(errno));
		return -1;
	}
	if (fstat(fd, &opened) != 0 || opened.st_dev != checked.st_dev ||
	    opened.st_ino != checked.st_ino) {
		refuse(&w, "changed while it was opened");
		close(fd);
		return -1;
	}
	id->dev = opened.st_dev;
	id->ino = opened.st_ino;
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
