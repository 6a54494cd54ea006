/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program: a compiled pattern, for pattern.c (which writes it) and search.c
 * (which runs it).  Jumps are relative, so that code can be moved.
 */
#ifndef LIBTEE_TRUST_PROGRAM_H
#define LIBTEE_TRUST_PROGRAM_H

#include <stdbool.h>

#include "libtee/trust/pattern.h"

/* A character is one step at most, a repeat or a bar two. */
#define TEE_STEPS_MAX 448
#define TEE_RANGES_MAX 448

enum tee_step_kind {
	TEE_STEP_FAIL = 0,
	TEE_STEP_CHARACTER, /* a: the code point */
	TEE_STEP_ANY,
	TEE_STEP_SET,   /* a, b: first range, how many; negated */
	TEE_STEP_SPLIT, /* a, b: both ways on, relative */
	TEE_STEP_JUMP,  /* a */
	TEE_STEP_START, /* ^ \A */
	TEE_STEP_END,   /* $: at the end, or before a last newline */
	TEE_STEP_CLOSE, /* \Z: at the end */
	TEE_STEP_WORD,  /* \b; negated: \B */
	TEE_STEP_MATCH
};

struct tee_step {
	enum tee_step_kind kind;
	bool negated;
	int a, b;
};

struct tee_range {
	uint32_t low, high;
};

struct tee_pattern {
	bool ascii; /* rests on \w and its like */
	int steps, ranges;
	struct tee_step step[TEE_STEPS_MAX];
	struct tee_range range[TEE_RANGES_MAX];
};

/* [A-Za-z0-9_]: what \b looks for. */
bool tee_pattern_word(uint32_t c);
/* The character of valid UTF-8 at *at, which moves behind it. */
uint32_t tee_pattern_character(const char *s, size_t size, size_t *at);

#endif
