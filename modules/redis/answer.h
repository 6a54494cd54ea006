/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answer: one answer of the server, read by hiredis's parser into memory of
 * fixed size.  The server is not trusted: what is larger than any answer to
 * what is asked here, nested, or followed by more, is none.
 */
#ifndef MODULES_REDIS_ANSWER_H
#define MODULES_REDIS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REDIS_ANSWER_MAX 1024

enum redis_answer_kind {
	REDIS_ANSWER_NONE = 0,
	REDIS_ANSWER_OK,     /* +OK */
	REDIS_ANSWER_BYTES,  /* a value */
	REDIS_ANSWER_NOTHING /* no value */
};

enum redis_answer_state {
	REDIS_ANSWER_BAD = 0, /* nothing that could follow mends it */
	REDIS_ANSWER_MORE,    /* so far, so good */
	REDIS_ANSWER_WHOLE
};

struct redis_answer {
	enum redis_answer_kind kind;
	size_t size;
	uint8_t bytes[REDIS_ANSWER_MAX];
};

struct redis_reader;
struct redis_reader *redis_reader_new(void);
void redis_reader_free(struct redis_reader **);
/* What came next; *out is set where the answer is whole. */
enum redis_answer_state redis_reader_feed(struct redis_reader *,
    const uint8_t *bytes, size_t size, struct redis_answer *out);

#endif
