/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay: see replay.h.
 *
 * Each shard files its records by the second in which they end, on a wheel of
 * SPOKES lists that a hand visits once a second is over.  take() does at most
 * STEPS of that work: one step buries a record, files one again that ends
 * only in another turn, or moves the hand.  So no call pays for a crowd.
 */
#include "config.h"

#include <pthread.h>
#include <stdlib.h>
#include <tee/tee.h>

#include "libtee/trust/replay.h"
#include "libtee/trust/siphash.h"
#include "libtee/trust/table.h"

#define SPOKES 64
#define STEPS 4
#define STEPS_FULL (4 * SPOKES) /* before it is said that there is no room */
#define LARGE 4096              /* entries from which on shards pay */
#define SHARDS 16

struct memory {
	struct trust_record record;
	uint32_t before, after; /* on its spoke; 0: none */
	tee_instant until;
};

struct spoke {
	uint32_t first, last, count;
};

struct shard {
	_Alignas(64) pthread_mutex_t lock;
	struct trust_table table;
	struct spoke spoke[SPOKES];
	int64_t hand;  /* the second whose spoke is being visited */
	uint32_t left; /* records of it that were not looked at yet */
	bool started;
	tee_instant floor; /* the latest end that was ever forgotten */
};

struct trust_replay {
	struct trust_salt salt;
	unsigned count;
	struct shard shard[];
};

/* Room for a share of the entries, six deviations above the mean. */
static uint32_t
share_of(size_t entries, unsigned shards)
{
	size_t mean = entries / shards + 1, root = 1;

	if (shards == 1)
		return (uint32_t)entries;
	while (root * root < mean)
		root++;
	return (uint32_t)(mean + 6 * root);
}

int
trust_replay_new(size_t entries, struct trust_replay **out)
{
	unsigned count = entries < LARGE ? 1 : SHARDS, i;
	struct trust_replay *r;
	int error;

	*out = NULL;
	if (entries == 0 || entries > UINT32_MAX / 8)
		return TEE_E_ARGUMENT;
	r = aligned_alloc(64, sizeof(*r) + 64 + count * sizeof(*r->shard));
	if (r == NULL)
		return TEE_E_MEMORY;
	r->count = 0;
	error = trust_salt_draw(&r->salt);
	for (i = 0; i < count && error == 0; i++) {
		struct shard *s = &r->shard[i];

		*s = (struct shard){ .lock = PTHREAD_MUTEX_INITIALIZER };
		error = trust_table_init(&s->table, share_of(entries, count),
		    sizeof(struct memory));
		r->count += error == 0;
	}
	if (error != 0)
		trust_replay_free(&r);
	*out = r;
	return error;
}

void
trust_replay_free(struct trust_replay **replay)
{
	if (replay == NULL || *replay == NULL)
		return;
	for (unsigned i = 0; i < (*replay)->count; i++) {
		pthread_mutex_destroy(&(*replay)->shard[i].lock);
		trust_table_clear(&(*replay)->shard[i].table);
	}
	free(*replay);
	*replay = NULL;
}

static struct memory *
memory_at(const struct shard *s, uint32_t n)
{
	return (struct memory *)(void *)trust_table_at(&s->table, n);
}

static struct spoke *
spoke_of(struct shard *s, int64_t second)
{
	return &s->spoke[second % SPOKES];
}

static void
file(struct shard *s, struct memory *m)
{
	struct spoke *k = spoke_of(s, m->until / TEE_SECOND);
	uint32_t n = trust_table_number(&s->table, &m->record);

	m->before = 0;
	m->after = k->first;
	if (k->first != 0)
		memory_at(s, k->first)->before = n;
	else
		k->last = n;
	k->first = n;
	k->count++;
}

static void
unfile(struct shard *s, const struct memory *m)
{
	struct spoke *k = spoke_of(s, m->until / TEE_SECOND);

	if (m->before != 0)
		memory_at(s, m->before)->after = m->after;
	else
		k->first = m->after;
	if (m->after != 0)
		memory_at(s, m->after)->before = m->before;
	else
		k->last = m->before;
	k->count--;
}

/* The oldest of the hand's spoke: its end, or its way into another turn. */
static void
look_at(struct shard *s, struct memory *m)
{
	s->left--;
	unfile(s, m);
	if (m->until / TEE_SECOND > s->hand) {
		file(s, m);
		return;
	}
	if (m->until > s->floor)
		s->floor = m->until;
	trust_table_remove(&s->table, &m->record);
}

/* Once a second is over, everything that ends in it has ended. */
static void
turn(struct shard *s, tee_instant now, unsigned steps)
{
	int64_t second = now / TEE_SECOND;

	if (!s->started || second - s->hand > SPOKES) {
		s->hand = s->started ? second - SPOKES : second;
		s->left = spoke_of(s, s->hand)->count;
		s->started = true;
	}
	for (; steps > 0 && s->hand < second; steps--) {
		struct spoke *k = spoke_of(s, s->hand);

		if (s->left > k->count)
			s->left = k->count;
		if (s->left > 0) {
			look_at(s, memory_at(s, k->last));
			continue;
		}
		s->hand++;
		s->left = spoke_of(s, s->hand)->count;
	}
}

static enum trust_seen
take(struct shard *s, const uint8_t id[32], uint32_t hash, tee_instant now,
    tee_instant until)
{
	struct memory *m;

	turn(s, now, STEPS);
	if (until <= s->floor || trust_table_find(&s->table, id, hash) != NULL)
		return TRUST_SEEN;
	if (s->table.count == s->table.capacity)
		turn(s, now, STEPS_FULL);
	m = (struct memory *)(void *)trust_table_add(&s->table, id, hash);
	if (m == NULL)
		return TRUST_REPLAY_FULL;
	m->until = until;
	file(s, m);
	return TRUST_FRESH;
}

static struct shard *
shard_of(struct trust_replay *r, uint64_t hash)
{
	return &r->shard[(hash >> 32) % r->count];
}

enum trust_seen
trust_replay_take(struct trust_replay *r, const uint8_t id[32], tee_instant now,
    tee_instant until)
{
	uint64_t hash = trust_siphash(&r->salt, id);
	struct shard *s = shard_of(r, hash);
	enum trust_seen seen;

	if (now < 0 || until <= now)
		return TRUST_SEEN;
	pthread_mutex_lock(&s->lock);
	seen = take(s, id, (uint32_t)hash, now, until);
	pthread_mutex_unlock(&s->lock);
	return seen;
}

void
trust_replay_release(struct trust_replay *r, const uint8_t id[32])
{
	uint64_t hash = trust_siphash(&r->salt, id);
	struct shard *s = shard_of(r, hash);
	struct trust_record *found;

	pthread_mutex_lock(&s->lock);
	found = trust_table_find(&s->table, id, (uint32_t)hash);
	if (found != NULL) {
		unfile(s, (struct memory *)(void *)found);
		trust_table_remove(&s->table, found);
	}
	pthread_mutex_unlock(&s->lock);
}
