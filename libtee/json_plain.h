/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_plain: JSON as programs write it to each other, read quickly.  jansson
 * takes every byte through a buffer of its own, eight nanoseconds each, and
 * evidence is ten thousand of them: for most of a handshake that is what it
 * costs beside its signatures.
 *
 * This reads objects and arrays of whole numbers, of words, and of strings
 * of printable ASCII without escapes.  It has no answer for anything else:
 * escapes, other characters, reals, names given twice or very long, depth,
 * and every error are jansson's alone to judge.
 */
#ifndef LIBTEE_JSON_PLAIN_H
#define LIBTEE_JSON_PLAIN_H

#include <stddef.h>
#include <jansson.h>

/*
 * An object, the very one that json_loadb with JSON_REJECT_DUPLICATES gives;
 * NULL where only that can tell.
 */
json_t *tee_json_plain(const char *text, size_t size);

/* json_loadb, by the quicker way where there is one. */
json_t *tee_json_read(const char *text, size_t size, size_t flags);

#endif
