/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kit: what the tests of profiles, loader and transactions share.  A private
 * directory with safe modes below the build tree, the log of one call, and
 * profiles written into the one and opened with the other.
 */
#ifndef TESTS_TEST_PROFILE_KIT_H
#define TESTS_TEST_PROFILE_KIT_H

#include <stdbool.h>
#include <check.h>
#include <tee/tee.h>

struct trace {
	char text[65536]; /* lines, each ended by a newline */
	size_t size;
};

/* Makes the directory; false where the build tree is not safe (skip). */
bool kit_begin(const char *name);
int kit_run(Suite *);

/* Static buffers, good until the next call of the same function. */
const char *kit_path(const char *name);
const char *kit_source(const char *relative);
char *kit_read(const char *path);
void kit_write(const char *path, const char *text, size_t size);
/* Copies a file, 0644 whatever the source's mode. */
void kit_copy(const char *from, const char *to);
void kit_remove(const char *path);

void trace_log(void *trace, int priority, const char *line);
/* A line that starts with `head` and contains `words`. */
bool trace_has(const struct trace *, const char *head, const char *words);

/* Writes the text as `name`, opens it and closes it again. */
int kit_open(const char *name, const char *text, size_t size, struct trace *);
/* The same with the caller's options; *out is the caller's to close. */
int kit_load(const char *name, const char *text, const struct tee_options *,
    struct trace *, struct tee **out);

#endif
