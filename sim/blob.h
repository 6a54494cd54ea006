/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blob: bytes with their length, and files that are replaced whole, so that
 * a reader sees the old content or the new one and nothing between.
 */
#ifndef SIM_BLOB_H
#define SIM_BLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Starts as { NULL, 0 }; owned by whoever holds the struct. */
struct sim_blob {
	uint8_t *data;
	size_t size;
};

bool tee_sim_blob_append(struct sim_blob *, const void *, size_t size);
void tee_sim_blob_free(struct sim_blob *); /* wipes */
/* Refuses files above `limit`; errno is set where this fails. */
bool tee_sim_blob_read(struct sim_blob *, int dir, const char *name,
    size_t limit);
bool tee_sim_blob_write(const void *, size_t size, int dir, const char *name,
    mode_t mode);

#endif
