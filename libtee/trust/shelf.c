/* SPDX-License-Identifier: Apache-2.0 */
/* shelf: see shelf.h. */
#include "config.h"

#include "libtee/reference.h"
#include "libtee/trust/shelf.h"

#define LOOKS 8 /* of the hand, before it takes what is under it */

/*
 * What was verified later than now, beyond what clocks differ by, was not
 * verified yet for who asks about an earlier instant.
 */
bool
trust_entry_lives(const struct trust_entry *e, const struct trust_forgotten *f,
    tee_instant now)
{
	return now < e->expires &&
	    now >= e->since - (tee_instant)TEE_CLOCK_SKEW * TEE_SECOND &&
	    e->born >= atomic_load(&f->all) &&
	    e->born >= atomic_load(&f->place[e->place]);
}

struct trust_entry *
trust_shelf_find(const struct trust_shelf *s, const struct trust_forgotten *f,
    const uint8_t key[32], uint32_t hash, tee_instant now)
{
	struct trust_entry *e = (void *)trust_table_find(&s->table, key, hash);

	return e != NULL && trust_entry_lives(e, f, now) ? e : NULL;
}

/* Second chance, with an end: no call pays for a whole round of the hand. */
static void
evict(struct trust_shelf *s, const struct trust_forgotten *f, tee_instant now)
{
	struct trust_entry *e = NULL;

	for (unsigned i = 0; i < LOOKS; i++) {
		s->hand = s->hand % s->table.capacity + 1;
		e = (void *)trust_table_at(&s->table, s->hand);
		if (!e->wanted || !trust_entry_lives(e, f, now))
			break;
		e->wanted = false;
	}
	trust_table_remove(&s->table, &e->record);
}

struct trust_entry *
trust_shelf_room(struct trust_shelf *s, const struct trust_forgotten *f,
    const uint8_t key[32], uint32_t hash, tee_instant now)
{
	struct trust_entry *e = (void *)trust_table_find(&s->table, key, hash);

	if (e != NULL)
		return e;
	if (s->table.count == s->table.capacity)
		evict(s, f, now);
	return (void *)trust_table_add(&s->table, key, hash);
}
