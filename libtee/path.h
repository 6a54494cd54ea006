/* SPDX-License-Identifier: Apache-2.0 */
/*
 * path: opens a file only where nobody but root and the effective user could
 * have put or changed it: no symbolic link, every directory from / down and
 * the file itself owned by one of the two and writable by nobody else.
 *
 * A sticky directory of root's (such as /tmp) passes: others cannot rename
 * or remove there what root or the user owns, and what lies below is checked
 * again.
 */
#ifndef LIBTEE_PATH_H
#define LIBTEE_PATH_H

#include <stddef.h>
#include <sys/types.h>
#include <tee/types.h>

#define TEE_PATH_WHY 512

struct tee_path_id {
	dev_t dev;
	ino_t ino;
};

/*
 * A descriptor (O_RDONLY, regular file), or -1 with `why` filled.  A relative
 * path starts at the working directory, which is checked like the rest.
 */
int tee_path_open(const char *path, struct tee_path_id *id,
    char why[TEE_PATH_WHY]) TEE_MUST_USE;

/* The whole file, NUL-terminated, malloc'd; refuses more than `limit`. */
char *tee_path_read(int fd, size_t limit, size_t *size,
    char why[TEE_PATH_WHY]) TEE_MUST_USE;

#endif
