/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stage: the dispatcher.  Runs one stack's lines in file order and folds
 * their verdicts; knows nothing of what the lines do.
 *
 *   control    when the line is not ok
 *   required   stage fails; later lines still run, unless this was a deny
 *   requisite  stage fails, stops
 *   oneof      unavailable: next member of the group; deny: stage fails,
 *              stops; group exhausted: stage fails
 *   advisory   nothing; its verdict is logged
 *
 * The stage passes iff it has a non-advisory line, every required and
 * requisite line is ok, every group has an ok, and no executed non-advisory
 * line denied.
 */
#ifndef LIBTEE_STAGE_H
#define LIBTEE_STAGE_H

#include <stdbool.h>
#include <tee/types.h>

#define TEE_STAGE_LINES 32

enum tee_control { TEE_REQUIRED = 1, TEE_REQUISITE, TEE_ONEOF, TEE_ADVISORY };

struct tee_rule {
	enum tee_control control;
	unsigned group; /* below TEE_STAGE_LINES; TEE_ONEOF only */
};

enum tee_answer { TEE_NOT_RUN = 0, TEE_ANSWERED };

struct tee_outcome {
	/* TEE_UNAVAILABLE: failed, and no executed line denied. */
	enum tee_verdict verdict;
	enum tee_answer answer[TEE_STAGE_LINES];
	enum tee_verdict line[TEE_STAGE_LINES]; /* where answered */
};

/* Asks line `index`; whatever it gives is folded to one of three. */
typedef enum tee_verdict tee_stage_ask(void *ctx, size_t index);

void tee_stage_run(const struct tee_rule *, size_t count, tee_stage_ask *,
    void *ctx, struct tee_outcome *);

/* The line carried the stage: non-advisory, ran, and was ok. */
bool tee_stage_spoke(const struct tee_rule *, const struct tee_outcome *,
    size_t index);

#endif
