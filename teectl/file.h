/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file: whole files in and out, "-" being standard input or output.  Both
 * calls say on stderr what went wrong.
 */
#ifndef TEECTL_FILE_H
#define TEECTL_FILE_H

#include <stdbool.h>
#include <stddef.h>

#define FILE_JSON_MAX (16u * 1024 * 1024)
#define FILE_MESSAGE_MAX (256u * 1024 * 1024)

/* *data is NUL-terminated behind its last byte; free(3) it. */
bool file_read(const char *path, size_t max, char **data, size_t *size);
/* A plain file is replaced whole or not at all; the new one is 0644. */
bool file_write(const char *path, const void *data, size_t size);
/* A new file for its owner alone (0600), whole and on the disk, or none; what
 * is there already is left alone. */
bool file_create(const char *path, const void *data, size_t size);

#endif
