/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table: records of one size, found by a 32-byte key and its keyed hash.
 * Memory is reserved once and touched as it is used; every step costs the
 * same however many records there are.  The owner locks; trust_table_prefetch
 * alone may run without.
 */
#ifndef LIBTEE_TRUST_TABLE_H
#define LIBTEE_TRUST_TABLE_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <tee/types.h>

/* What every record begins with; a record's number is never 0. */
struct trust_record {
	uint8_t key[32];
	uint32_t next; /* in its chain, or in the list of free records */
	uint32_t hash;
};

struct trust_table {
	uint8_t *base; /* the records */
	size_t size;   /* of one of them */
	_Atomic uint32_t *heads;
	uint32_t mask;
	uint32_t capacity;
	uint32_t count; /* records in use */
	uint32_t fresh; /* records that were ever in use */
	uint32_t free;
	void *map;
	size_t map_size;
};

/* 0, TEE_E_ARGUMENT or TEE_E_MEMORY; size as a multiple of 8. */
int trust_table_init(struct trust_table *, uint32_t capacity,
    size_t size) TEE_MUST_USE;
void trust_table_clear(struct trust_table *);

struct trust_record *trust_table_at(const struct trust_table *, uint32_t n);
uint32_t trust_table_number(const struct trust_table *,
    const struct trust_record *);
struct trust_record *trust_table_find(const struct trust_table *,
    const uint8_t key[32], uint32_t hash);
/* A record in its chain, the rest of it as it was left; NULL where full. */
struct trust_record *trust_table_add(struct trust_table *,
    const uint8_t key[32], uint32_t hash);
void trust_table_remove(struct trust_table *, struct trust_record *);

/* Two steps: fetches the chain's head, then what the head names. */
void trust_table_prefetch_head(const struct trust_table *, uint32_t hash);
void trust_table_prefetch(const struct trust_table *, uint32_t hash);

#endif
