/* SPDX-License-Identifier: Apache-2.0 */
/*
 * line: one connection to teed: requests and answers, each within its time.
 * Not for several threads; remote.c sees to that.
 */
#ifndef LIBTEE_LINE_H
#define LIBTEE_LINE_H

#include "libtee/log.h"
#include "libtee/wire.h"

struct tee_line_end {
	int fd; /* -1: none */
	uint32_t id;
	/* What was said without being asked: an EVENT's payload. */
	void (*event)(void *user, enum tee_wire_event);
	void *user;
};

/* 0, or TEE_E_TEED or TEE_E_PEER, with a line in the log. */
int tee_line_connect(struct tee_line_end *, const char *path,
    const struct tee_log *) TEE_MUST_USE;
void tee_line_close(struct tee_line_end *);
/*
 * One request and its whole answer, NUL-terminated, to be freed; NULL where
 * `answer` is.  0; what teed refused it with; TEE_E_TEED where the connection
 * broke or was silent for too long: it is closed then.
 */
int tee_line_ask(struct tee_line_end *, enum tee_wire_verb, const void *payload,
    size_t size, unsigned patience_ms, uint8_t **answer, size_t *answer_size,
    char why[256]) TEE_MUST_USE;

#endif
