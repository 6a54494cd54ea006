/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stack: a private stack of secret memory, so that what libcrypto leaves
 * behind in dead frames and vector registers is wiped too.
 */
#ifndef LIBTEE_STACK_H
#define LIBTEE_STACK_H

#include "libtee/secret.h"

#define TEE_STACK_LEAST (32 * 1024)	/* what a signature may need, and more */

struct tee_stack_memory {
	struct tee_secret memory;
	unsigned valgrind;	/* its number for this stack */
};

int tee_stack_alloc(struct tee_stack_memory *, size_t size) TEE_MUST_USE;
/* Runs fn on that stack, then wipes the stack and the vector registers. */
void tee_stack_call(struct tee_stack_memory *, void (*fn)(void *), void *arg);
void tee_stack_free(struct tee_stack_memory *);

#endif
