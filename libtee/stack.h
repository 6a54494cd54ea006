/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stack: a private stack of secret memory, so that what libcrypto leaves
 * behind in dead frames and vector registers is wiped too.
 */
#ifndef LIBTEE_STACK_H
#define LIBTEE_STACK_H

#include "libtee/secret.h"

/* What a signature may need, and more. */
#define TEE_STACK_LEAST (32 * 1024)

struct tee_stack_memory {
	struct tee_secret memory;
	unsigned valgrind; /* its number for this stack */
};

int tee_stack_alloc(struct tee_stack_memory *, size_t size) TEE_MUST_USE;
/*
 * Runs fn on that stack, then wipes the stack and the vector registers.  No
 * signal handler runs meanwhile: its frame would keep those registers.
 */
void tee_stack_call(struct tee_stack_memory *, void (*fn)(void *), void *arg);
/* The same for what may take long: signals are heard. */
void tee_stack_visit(struct tee_stack_memory *, void (*fn)(void *), void *arg);
void tee_stack_free(struct tee_stack_memory *);
/* After key bytes were copied: memcpy takes them through these registers. */
void tee_stack_wipe_vectors(void);

#endif
