/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secret: memory for key bytes: locked, undumped, zero in a forked child,
 * guard pages around it, wiped when freed.
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

#endif
