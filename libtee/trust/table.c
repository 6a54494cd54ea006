/* SPDX-License-Identifier: Apache-2.0 */
/* table: see table.h. */
#include "config.h"

#include <string.h>
#include <sys/mman.h>
#include <tee/tee.h>

#include "libtee/trust/table.h"

#define HUGE_PAGE ((size_t)2 << 20)
#define LINE 64

/*
 * Chains half as many as heads are short; large pages spare the walk through
 * page tables that a lookup in hundreds of megabytes costs otherwise.  Only
 * whole ones: the rest of a large page would be memory for nothing.  Every
 * lookup reads a head: those come first, where there always is one.
 */
int
trust_table_init(struct trust_table *t, uint32_t capacity, size_t size)
{
	uintptr_t at;
	uint8_t *start;
	size_t before, size_all;
	uint32_t heads = 8;

	memset(t, 0, sizeof(*t));
	if (capacity == 0 || capacity > UINT32_MAX / 4 || size % 8 != 0 ||
	    size < sizeof(struct trust_record) || size > 4096)
		return TEE_E_ARGUMENT;
	while (heads < 2 * capacity)
		heads *= 2;
	before = (heads * sizeof(*t->heads) + LINE - 1) / LINE * LINE;
	size_all = before + (size_t)capacity * size;
	t->map_size = size_all + HUGE_PAGE;
	t->map = mmap(NULL, t->map_size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (t->map == MAP_FAILED) {
		t->map = NULL;
		return TEE_E_MEMORY;
	}
	at = ((uintptr_t)t->map + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
	start = (uint8_t *)t->map + (at - (uintptr_t)t->map);
	t->heads = (_Atomic uint32_t *)(void *)start;
	t->base = start + before;
	if (size_all >= HUGE_PAGE)
		(void)madvise(start, size_all / HUGE_PAGE * HUGE_PAGE,
		    MADV_HUGEPAGE);
	(void)madvise(t->map, t->map_size, MADV_DONTDUMP);
	t->mask = heads - 1;
	t->capacity = capacity;
	t->size = size;
	return 0;
}

void
trust_table_clear(struct trust_table *t)
{
	if (t->map != NULL)
		munmap(t->map, t->map_size);
	memset(t, 0, sizeof(*t));
}

struct trust_record *
trust_table_at(const struct trust_table *t, uint32_t n)
{
	return n == 0 ? NULL : (void *)(t->base + (size_t)(n - 1) * t->size);
}

uint32_t
trust_table_number(const struct trust_table *t, const struct trust_record *r)
{
	return (uint32_t)((size_t)((const uint8_t *)r - t->base) / t->size) + 1;
}

static uint32_t
head(const struct trust_table *t, uint32_t hash)
{
	return atomic_load_explicit(&t->heads[hash & t->mask],
	    memory_order_relaxed);
}

static void
set_head(struct trust_table *t, uint32_t hash, uint32_t n)
{
	atomic_store_explicit(&t->heads[hash & t->mask], n,
	    memory_order_relaxed);
}

struct trust_record *
trust_table_find(const struct trust_table *t, const uint8_t key[32],
    uint32_t hash)
{
	struct trust_record *r = trust_table_at(t, head(t, hash));

	while (r != NULL &&
	    (r->hash != hash || memcmp(r->key, key, sizeof(r->key)) != 0))
		r = trust_table_at(t, r->next);
	return r;
}

struct trust_record *
trust_table_add(struct trust_table *t, const uint8_t key[32], uint32_t hash)
{
	uint32_t n = t->free;
	struct trust_record *r = trust_table_at(t, n);

	if (r != NULL)
		t->free = r->next;
	else if (t->fresh < t->capacity)
		r = trust_table_at(t, n = ++t->fresh);
	else
		return NULL;
	memcpy(r->key, key, sizeof(r->key));
	r->hash = hash;
	r->next = head(t, hash);
	set_head(t, hash, n);
	t->count++;
	return r;
}

void
trust_table_remove(struct trust_table *t, struct trust_record *r)
{
	uint32_t n = trust_table_number(t, r);
	struct trust_record *before = trust_table_at(t, head(t, r->hash));

	if (before == r) {
		set_head(t, r->hash, r->next);
	} else {
		while (before->next != n)
			before = trust_table_at(t, before->next);
		before->next = r->next;
	}
	r->next = t->free;
	t->free = n;
	t->count--;
}

void
trust_table_prefetch_head(const struct trust_table *t, uint32_t hash)
{
	__builtin_prefetch(&t->heads[hash & t->mask]);
}

/* A hint: a head that changes meanwhile fetches the wrong record, no more. */
void
trust_table_prefetch(const struct trust_table *t, uint32_t hash)
{
	const uint8_t *r = (void *)trust_table_at(t, head(t, hash));

	for (size_t i = 0; r != NULL && i < t->size; i += LINE)
		__builtin_prefetch(r + i);
}
