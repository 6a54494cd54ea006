/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stage_rules: every property that the stack promises, checked over every
 * stack of one to four lines; who answers for the lines is the caller's.
 */
#ifndef TESTS_TEST_STAGE_RULES_H
#define TESTS_TEST_STAGE_RULES_H

#include "libtee/stage.h"

#define KINDS 5 /* required, requisite, oneof a, oneof b, advisory */
#define VERDICTS 3
#define LINES 4

struct stack {
	unsigned kind[LINES + 1];
	enum tee_verdict verdict[LINES + 1];
	size_t count;
};

/* Ordered: a lower index never grants where a higher one fails. */
extern const enum tee_verdict verdicts[VERDICTS];

struct tee_rule rule_of(unsigned kind);
/* The stack with one line more, before line `at`. */
struct stack with_line(const struct stack *, size_t at, unsigned kind,
    enum tee_verdict);
/* Runs it; `ask` is handed the stack as its context. */
bool passes(struct stack *, tee_stage_ask *ask, struct tee_outcome *);
/* All stacks of exactly `count` lines that begin with this one. */
unsigned long every_stack(struct stack *, tee_stage_ask *ask, size_t count);

#endif
