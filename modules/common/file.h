/* SPDX-License-Identifier: Apache-2.0 */
/* file: a small file of the administrator's, read whole or not at all. */
#ifndef TEE_COMMON_FILE_H
#define TEE_COMMON_FILE_H

#include <stddef.h>
#include <stdint.h>

/* malloc'd bytes, or NULL with errno set (EFBIG: more than `limit`). */
uint8_t *tee_file_read(const char *path, size_t limit, size_t *size);
/*
 * The same of a file that decides whom to believe: a regular one that nobody
 * but root and this user may have written.  NULL with a sentence in *why, and
 * errno EPERM where others may.
 */
uint8_t *tee_file_read_own(const char *path, size_t limit, size_t *size,
    const char **why);

/*
 * The same of a file that is a secret: nobody else may read it, either.  The
 * caller wipes what it gets.
 */
uint8_t *tee_file_read_private(const char *path, size_t limit, size_t *size,
    const char **why);

#endif
