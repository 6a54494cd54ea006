/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certcache: see certcache.h.  An entry is one file:
 *
 *   "tee-certcache 1 " SHA-256 of the rest in hex "\n" rest
 *
 * It counts where it is a regular file of root's or this user's that nobody
 * else may write, in a directory of which the same holds.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "modules/common/certcache.h"

#define MAGIC "tee-certcache 1 "
#define DIGEST_TEXT (2 * SHA256_DIGEST_LENGTH)
#define HEAD (sizeof(MAGIC) - 1 + DIGEST_TEXT + 1)
#define SUFFIX ".cert"
#define UNFINISHED "unfinished-" /* never the beginning of a key's file */
#define STALE_SECONDS 3600       /* an unfinished file's writer is dead */

struct tee_certcache {
	char *path;
};

int
tee_certcache_read(const struct tee_config *config, const char *name,
    struct tee_certcache **out)
{
	const char *path;
	int given = tee_option_path(config, name, &path);
	struct tee_certcache *cache;

	*out = NULL;
	if (given != 1)
		return given;
	cache = calloc(1, sizeof(*cache));
	if (cache == NULL)
		return -1;
	cache->path = strdup(path);
	if (cache->path == NULL) {
		free(cache);
		return -1;
	}
	*out = cache;
	return 1;
}

void
tee_certcache_free(struct tee_certcache **cache)
{
	if (*cache == NULL)
		return;
	free((*cache)->path);
	free(*cache);
	*cache = NULL;
}

static void
said(struct tee_call *call, const struct tee_certcache *cache, const char *file,
    const char *what)
{
	tee_call_log(call, LOG_NOTICE, "cert_cache", "%s%s%.60s: %s",
	    cache->path, file[0] != '\0' ? "/" : "", file, what);
}

/* Nobody but root and this user could have put it there. */
static const char *
foreign(const struct stat *st)
{
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return "is neither root's nor this user's; not used";
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return "others may write it; not used";
	return NULL;
}

static int
open_directory(struct tee_call *call, const struct tee_certcache *cache,
    bool make)
{
	const char *what = NULL;
	struct stat st;
	int fd;

	if (make && mkdir(cache->path, 0755) != 0 && errno != EEXIST) {
		said(call, cache, "", strerror(errno));
		return -1;
	}
	fd = open(cache->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		if (errno != ENOENT)
			said(call, cache, "", strerror(errno));
		return -1;
	}
	what = fstat(fd, &st) != 0 ? strerror(errno) : foreign(&st);
	if (what != NULL) {
		said(call, cache, "", what);
		close(fd);
		fd = -1;
	}
	return fd;
}

static bool
file_name(const char *key, char out[TEE_CERTCACHE_KEY + sizeof(SUFFIX)])
{
	size_t size = strlen(key);

	if (size == 0 || size > TEE_CERTCACHE_KEY ||
	    strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789-") != size)
		return false;
	snprintf(out, TEE_CERTCACHE_KEY + sizeof(SUFFIX), "%s" SUFFIX, key);
	return true;
}

static void
head_of(const void *data, size_t size, char out[HEAD + 1])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char digest[SHA256_DIGEST_LENGTH];
	char *p = out + sizeof(MAGIC) - 1;

	memcpy(out, MAGIC, sizeof(MAGIC) - 1);
	SHA256(data, size, digest);
	for (size_t i = 0; i < sizeof(digest); i++) {
		*p++ = digits[digest[i] >> 4];
		*p++ = digits[digest[i] & 15];
	}
	*p++ = '\n';
	*p = '\0';
}

static ssize_t
read_whole(int fd, char *data, size_t room)
{
	size_t have = 0;
	ssize_t n;

	do {
		n = read(fd, data + have, room - have);
		if (n > 0)
			have += (size_t)n;
	} while (n > 0 || (n < 0 && errno == EINTR));
	return n < 0 ? -1 : (ssize_t)have;
}

/* The entry behind its head, moved to the front; NULL: all is well. */
static const char *
check_entry(char *data, size_t *size)
{
	char head[HEAD + 1];

	if (*size <= HEAD || *size > HEAD + TEE_CERTCACHE_SIZE)
		return "of a size that was never written; not used";
	head_of(data + HEAD, *size - HEAD, head);
	if (memcmp(head, data, HEAD) != 0)
		return "damaged; not used";
	*size -= HEAD;
	memmove(data, data + HEAD, *size);
	data[*size] = '\0';
	return NULL;
}

static const char *
read_entry(int fd, char *data, size_t *size)
{
	const char *what;
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) != 0)
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "no regular file; not used";
	what = foreign(&st);
	if (what != NULL)
		return what;
	/* One byte more than is allowed shows that there is more. */
	n = read_whole(fd, data, HEAD + TEE_CERTCACHE_SIZE + 1);
	if (n < 0)
		return strerror(errno);
	*size = (size_t)n;
	return check_entry(data, size);
}

static char *
get_at(struct tee_call *call, const struct tee_certcache *cache, int directory,
    const char *name, size_t *size)
{
	char *data = malloc(HEAD + TEE_CERTCACHE_SIZE + 1);
	int fd = data == NULL ?
	    -1 :
	    openat(directory, name,
		O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	const char *what = NULL;

	if (fd < 0) {
		if (data != NULL && errno != ENOENT)
			said(call, cache, name, strerror(errno));
		free(data);
		return NULL;
	}
	what = read_entry(fd, data, size);
	if (what != NULL) {
		said(call, cache, name, what);
		free(data);
		data = NULL;
	}
	close(fd);
	return data;
}

char *
tee_certcache_get(struct tee_call *call, const struct tee_certcache *cache,
    const char *key, size_t *size)
{
	char name[TEE_CERTCACHE_KEY + sizeof(SUFFIX)];
	char *data;
	int fd;

	*size = 0;
	if (cache == NULL || !file_name(key, name))
		return NULL;
	fd = open_directory(call, cache, false);
	if (fd < 0)
		return NULL;
	data = get_at(call, cache, fd, name, size);
	close(fd);
	return data;
}

static bool
write_whole(int fd, const char *data, size_t size)
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

static bool
is_ours(const char *name)
{
	size_t size = strlen(name), suffix = strlen(SUFFIX);

	return strncmp(name, UNFINISHED, strlen(UNFINISHED)) == 0 ||
	    (size > suffix && strcmp(name + size - suffix, SUFFIX) == 0);
}

/* How many entries there are; the oldest's name, or a dead writer's rest. */
static unsigned
count(DIR *directory, char oldest[NAME_MAX + 1])
{
	time_t least = 0, when;
	unsigned n = 0;
	struct dirent *e;
	struct stat st;

	rewinddir(directory);
	while ((e = readdir(directory)) != NULL) {
		if (!is_ours(e->d_name) ||
		    fstatat(dirfd(directory), e->d_name, &st,
			AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		when = st.st_mtime;
		if (strncmp(e->d_name, UNFINISHED, strlen(UNFINISHED)) == 0 &&
		    time(NULL) - when < STALE_SECONDS)
			continue;
		if (n++ == 0 || when < least) {
			least = when;
			snprintf(oldest, NAME_MAX + 1, "%s", e->d_name);
		}
	}
	return n;
}

/* So that a directory on a host that changes often does not grow. */
static void
make_room(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	DIR *directory = copy < 0 ? NULL : fdopendir(copy);
	char oldest[NAME_MAX + 1];

	if (directory == NULL) {
		if (copy >= 0)
			close(copy);
		return;
	}
	while (count(directory, oldest) > TEE_CERTCACHE_FILES)
		if (unlinkat(fd, oldest, 0) != 0)
			break;
	closedir(directory);
}

static bool
put_at(int directory, const char *name, const void *data, size_t size)
{
	char unfinished[sizeof(UNFINISHED) + 24], head[HEAD + 1];
	uint64_t drawn;
	bool ok;
	int fd;

	if (RAND_bytes((unsigned char *)&drawn, sizeof(drawn)) != 1)
		return false;
	snprintf(unfinished, sizeof(unfinished), UNFINISHED "%016llx",
	    (unsigned long long)drawn);
	fd = openat(directory, unfinished,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return false;
	head_of(data, size, head);
	ok = write_whole(fd, head, HEAD) && write_whole(fd, data, size) &&
	    fchmod(fd, 0644) == 0 && fsync(fd) == 0;
	ok = close(fd) == 0 && ok &&
	    renameat(directory, unfinished, directory, name) == 0;
	if (!ok)
		unlinkat(directory, unfinished, 0);
	return ok && fsync(directory) == 0;
}

void
tee_certcache_put(struct tee_call *call, const struct tee_certcache *cache,
    const char *key, const void *data, size_t size)
{
	char name[TEE_CERTCACHE_KEY + sizeof(SUFFIX)];
	int fd;

	if (cache == NULL || size == 0 || size > TEE_CERTCACHE_SIZE ||
	    !file_name(key, name))
		return;
	fd = open_directory(call, cache, true);
	if (fd < 0)
		return;
	if (!put_at(fd, name, data, size))
		said(call, cache, name, strerror(errno));
	make_room(fd);
	close(fd);
}
