/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secret: memory for key bytes (locked, undumped, zero in a forked child,
 * guard pages around it, wiped when freed) and a private stack of such
 * memory, so that what libcrypto leaves behind in dead frames is wiped too.
 */
#ifndef LIBTEE_SECRET_H
#define LIBTEE_SECRET_H

#include <stddef.h>
#include <stdint.h>
#include <tee/types.h>

struct tee_secret {
	uint8_t *data;
	size_t size;
	void *map;
	size_t map_size;
};

/* 0 or TEE_E_MEMORY: memory that cannot be locked is never handed out. */
int tee_secret_alloc(struct tee_secret *, size_t size) TEE_MUST_USE;
void tee_secret_free(struct tee_secret *);

struct tee_stack_memory {
	struct tee_secret memory;
	unsigned valgrind;	/* its number for this stack */
};

int tee_stack_alloc(struct tee_stack_memory *, size_t size) TEE_MUST_USE;
/* Runs fn on that stack, then wipes the stack and the vector registers. */
void tee_stack_call(struct tee_stack_memory *, void (*fn)(void *), void *arg);
void tee_stack_free(struct tee_stack_memory *);

#endif
