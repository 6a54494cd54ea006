/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cache: see cache.h.
 *
 * To forget costs the same however much there is: the cache's clock, which
 * counts how often that was asked, goes on by one, and the peer's place takes
 * its reading.  A verification carries the reading of when it began, so that
 * what began before is dead wherever it is: on a shelf, or still in flight.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <tee/tee.h>

#include "libtee/reference.h"
#include "libtee/trust/cache.h"
#include "libtee/trust/shared.h"
#include "libtee/trust/shelf.h"
#include "libtee/trust/siphash.h"

#define PATIENCE_MS 10000
#define LARGE 4096 /* entries from which on shelves pay */
#define SHELVES 16
#define PLACES 65536 /* a power of two */

struct trust_cache {
	struct trust_salt salt;
	struct trust_forgotten forgotten;
	_Atomic uint64_t clock;
	struct trust_shared *shared; /* borrowed; NULL: none */
	unsigned patience_ms;
	unsigned count;
	struct trust_shelf shelf[];
};

/* One key on its way through the cache. */
struct lookup {
	struct trust_cache *cache;
	struct trust_shelf *shelf;
	const uint8_t *key;
	uint32_t hash;
	tee_instant now;
};

static uint32_t
share_of(size_t entries, unsigned shelves)
{
	size_t mean = entries / shelves + 1, root = 1;

	if (shelves == 1)
		return (uint32_t)entries;
	while (root * root < mean)
		root++;
	return (uint32_t)(mean + 4 * root);
}

static int
places_new(struct trust_forgotten *f)
{
	f->place = calloc(PLACES, sizeof(*f->place));
	f->place_at = calloc(PLACES, sizeof(*f->place_at));
	return f->place != NULL && f->place_at != NULL ? 0 : TEE_E_MEMORY;
}

static int
shelf_init(struct trust_shelf *s, uint32_t entries)
{
	*s = (struct trust_shelf){ .lock = PTHREAD_MUTEX_INITIALIZER };
	return trust_table_init(&s->table, entries, sizeof(struct trust_entry));
}

int
trust_cache_new(size_t entries, struct trust_cache **out)
{
	unsigned count = entries < LARGE ? 1 : SHELVES;
	size_t size =
	    sizeof(struct trust_cache) + count * sizeof(struct trust_shelf);
	struct trust_cache *c;
	int error;

	*out = NULL;
	if (entries == 0 || entries > UINT32_MAX / 8)
		return TEE_E_ARGUMENT;
	c = aligned_alloc(64, (size + 63) / 64 * 64);
	if (c == NULL)
		return TEE_E_MEMORY;
	memset(c, 0, size);
	c->patience_ms = PATIENCE_MS;
	error = trust_salt_draw(&c->salt);
	if (error == 0)
		error = places_new(&c->forgotten);
	for (unsigned i = 0; i < count && error == 0; i++) {
		error = shelf_init(&c->shelf[i], share_of(entries, count));
		c->count += error == 0;
	}
	if (error != 0)
		trust_cache_free(&c);
	*out = c;
	return error;
}

void
trust_cache_free(struct trust_cache **cache)
{
	if (cache == NULL || *cache == NULL)
		return;
	for (unsigned i = 0; i < (*cache)->count; i++) {
		struct trust_shelf *s = &(*cache)->shelf[i];

		trust_flights_clear(&s->flights);
		trust_table_clear(&s->table);
		pthread_mutex_destroy(&s->lock);
	}
	free((*cache)->forgotten.place);
	free((*cache)->forgotten.place_at);
	free(*cache);
	*cache = NULL;
}

void
trust_cache_patience(struct trust_cache *c, unsigned milliseconds)
{
	c->patience_ms = milliseconds;
}

void
trust_cache_share(struct trust_cache *c, struct trust_shared *shared)
{
	c->shared = shared;
}

static const struct trust_shelf *
shelf_at(const struct trust_cache *c, uint64_t spot)
{
	return &c->shelf[(spot >> 32) % c->count];
}

static void
lookup_init(struct lookup *l, struct trust_cache *c, uint64_t spot,
    const uint8_t key[32], tee_instant now)
{
	*l = (struct lookup){ c, &c->shelf[(spot >> 32) % c->count], key,
		(uint32_t)spot, now };
}

static uint32_t
place_of(const struct trust_cache *c, const uint8_t peer[32])
{
	return (uint32_t)trust_siphash(&c->salt, peer) % PLACES;
}

/* ---- what was verified ---- */

/* Packed claims on their way to a shelf. */
struct parcel {
	uint8_t packed[TRUST_PACKED_MAX];
	size_t size;
	uint32_t place;
	tee_instant expires;
};

/* The entry's words are copied under the lock; they are read without. */
static bool
copy_found(const struct lookup *l, struct parcel *p)
{
	struct trust_entry *e = trust_shelf_find(l->shelf, &l->cache->forgotten,
	    l->key, l->hash, l->now);

	if (e == NULL)
		return false;
	e->wanted = true;
	p->size = e->size;
	memcpy(p->packed, e->packed, e->size);
	return true;
}

/* False where it was over, or forgotten, before it came here. */
static bool
keep(const struct lookup *l, const struct trust_flight *f,
    const struct parcel *p)
{
	const struct trust_forgotten *forgotten = &l->cache->forgotten;
	struct trust_entry fresh = { .expires = p->expires,
		.since = f->since,
		.born = f->born,
		.place = p->place };
	struct trust_entry *e;

	if (!trust_entry_lives(&fresh, forgotten, f->since))
		return false;
	e = trust_shelf_room(l->shelf, forgotten, l->key, l->hash, f->since);
	if (e == NULL)
		return false;
	e->expires = fresh.expires;
	e->since = fresh.since;
	e->born = fresh.born;
	e->place = fresh.place;
	e->size = (uint16_t)p->size;
	e->wanted = true;
	memcpy(e->packed, p->packed, p->size);
	return true;
}

static void
shorten(tee_instant *expires, const struct tee_claims *claims)
{
	tee_instant end = (tee_instant)claims->expires * TEE_SECOND;

	if (claims->expires != 0 && end < *expires)
		*expires = end;
}

/* ---- the fleet's ---- */

/*
 * Entries of the fleet say when they were verified, not what this host has
 * forgotten since: only what is younger than that is believed, and younger
 * by more than what clocks differ by, for that host read its own.
 */
static bool
younger(const struct trust_cache *c, const struct tee_claims *claims,
    uint32_t place, tee_instant now)
{
	const tee_instant skew = (tee_instant)TEE_CLOCK_SKEW * TEE_SECOND;
	const struct trust_forgotten *f = &c->forgotten;
	const tee_instant at = claims->verified_at;
	tee_instant forgotten = atomic_load(&f->all_at);

	if (atomic_load(&f->place_at[place]) > forgotten)
		forgotten = atomic_load(&f->place_at[place]);
	return at <= now + skew && (forgotten == 0 || at > forgotten + skew);
}

static struct tee_claims *
fetch(const struct lookup *l, struct parcel *p)
{
	struct trust_cache *c = l->cache;
	uint8_t peer[32];
	struct tee_claims *claims;

	p->size = sizeof(p->packed);
	if (!trust_shared_get(c->shared, l->key, l->now, p->packed, &p->size,
		peer, &p->expires) ||
	    p->size > sizeof(p->packed))
		return NULL;
	claims = trust_unpack(tee_claims_new(), p->packed, p->size);
	if (claims == NULL)
		return NULL;
	p->place = place_of(c, peer);
	shorten(&p->expires, claims);
	if (!younger(c, claims, p->place, l->now))
		tee_claims_free(&claims);
	return claims;
}

/* The flight is this thread's: it goes on to verify where nothing came. */
static bool
ask_fleet(struct lookup *l, struct trust_flight *f, struct tee_claims **claims)
{
	struct parcel p;
	bool kept;

	if (l->cache->shared == NULL || (*claims = fetch(l, &p)) == NULL)
		return false;
	pthread_mutex_lock(&l->shelf->lock);
	kept = keep(l, f, &p);
	if (kept)
		trust_flight_end(&l->shelf->flights, f, TRUST_LANDING_KEPT);
	else
		f->born = atomic_load(&l->cache->clock);
	pthread_mutex_unlock(&l->shelf->lock);
	if (!kept)
		tee_claims_free(claims);
	return kept;
}

/* ---- lookups ---- */

/* Under the lock; a flight where the caller is to verify. */
static enum trust_lookup
look(struct lookup *l, struct parcel *p, struct trust_flight **flight)
{
	struct trust_patience patience = { .ms = l->cache->patience_ms };
	const tee_instant asked = l->now;

	while (!copy_found(l, p)) {
		switch (trust_flight_join(&l->shelf->flights, &l->shelf->lock,
		    l->key, l->hash, &patience, flight)) {
		case TRUST_BOARD_YOURS:
			l->now = asked + trust_patience_spent(&patience);
			(*flight)->born = atomic_load(&l->cache->clock);
			(*flight)->since = l->now;
			return TRUST_MISS_YOURS;
		case TRUST_BOARD_LANDED:
			l->now = asked + trust_patience_spent(&patience);
			continue;
		case TRUST_BOARD_NONE:
			return TRUST_FULL;
		}
	}
	return TRUST_HIT;
}

uint64_t
trust_cache_spot(const struct trust_cache *c, const void *name, size_t size)
{
	return trust_siphash_bytes(&c->salt, name, size);
}

void
trust_cache_expect(const struct trust_cache *c, uint64_t spot)
{
	trust_table_prefetch_head(&shelf_at(c, spot)->table, (uint32_t)spot);
}

void
trust_cache_expect_entry(const struct trust_cache *c, uint64_t spot)
{
	trust_table_prefetch(&shelf_at(c, spot)->table, (uint32_t)spot);
}

enum trust_lookup
trust_cache_begin_at(struct trust_cache *c, uint64_t spot,
    const uint8_t key[32], tee_instant now, struct tee_claims **claims)
{
	struct trust_flight *flight = NULL;
	struct tee_claims *room;
	struct parcel p;
	struct lookup l;
	enum trust_lookup answer;

	lookup_init(&l, c, spot, key, now);
	*claims = NULL;
	room = tee_claims_new();
	pthread_mutex_lock(&l.shelf->lock);
	answer = look(&l, &p, &flight);
	pthread_mutex_unlock(&l.shelf->lock);
	if (answer == TRUST_HIT) {
		*claims = trust_unpack(room, p.packed, p.size);
		return *claims != NULL ? TRUST_HIT : TRUST_FULL;
	}
	tee_claims_free(&room);
	if (answer == TRUST_MISS_YOURS && ask_fleet(&l, flight, claims))
		return TRUST_HIT;
	return answer;
}

void
trust_cache_end_at(struct trust_cache *c, uint64_t spot, const uint8_t key[32],
    const uint8_t peer[32], const struct tee_claims *claims,
    tee_instant expires)
{
	enum trust_landing landing = TRUST_LANDING_FAILED;
	struct parcel p = { .expires = expires };
	struct trust_flight *flight;
	struct lookup l;
	bool kept = false;

	lookup_init(&l, c, spot, key, 0);
	if (claims != NULL && claims->verdict == TEE_OK) {
		p.place = place_of(c, peer);
		p.size = trust_pack(claims, p.packed);
		shorten(&p.expires, claims);
		landing =
		    p.size != 0 ? TRUST_LANDING_KEPT : TRUST_LANDING_UNKEPT;
	}
	pthread_mutex_lock(&l.shelf->lock);
	flight = trust_flight_find(&l.shelf->flights, key, l.hash);
	if (flight != NULL) {
		kept = landing == TRUST_LANDING_KEPT && keep(&l, flight, &p);
		trust_flight_end(&l.shelf->flights, flight, landing);
	}
	pthread_mutex_unlock(&l.shelf->lock);
	if (kept && c->shared != NULL)
		trust_shared_put(c->shared, key, peer, p.packed, p.size,
		    p.expires);
}

void
trust_cache_put_at(struct trust_cache *c, uint64_t spot, const uint8_t key[32],
    const uint8_t peer[32], const struct tee_claims *claims,
    tee_instant expires, tee_instant now, uint64_t born)
{
	const struct trust_flight flown = { .born = born, .since = now };
	struct parcel p = { .expires = expires, .place = place_of(c, peer) };
	struct trust_record *old;
	struct lookup l;
	bool kept;

	lookup_init(&l, c, spot, key, now);
	if (claims->verdict == TEE_OK)
		p.size = trust_pack(claims, p.packed);
	shorten(&p.expires, claims);
	pthread_mutex_lock(&l.shelf->lock);
	old = trust_table_find(&l.shelf->table, key, l.hash);
	if (old != NULL)
		trust_table_remove(&l.shelf->table, old);
	kept = p.size != 0 && keep(&l, &flown, &p);
	pthread_mutex_unlock(&l.shelf->lock);
	if (kept && c->shared != NULL)
		trust_shared_put(c->shared, key, peer, p.packed, p.size,
		    p.expires);
}

uint64_t
trust_cache_clock(const struct trust_cache *c)
{
	return atomic_load(&c->clock);
}

/* ---- keys that are their own spots ---- */

enum trust_lookup
trust_cache_begin(struct trust_cache *c, const uint8_t key[32], tee_instant now,
    struct tee_claims **claims)
{
	return trust_cache_begin_at(c, trust_siphash(&c->salt, key), key, now,
	    claims);
}

void
trust_cache_end(struct trust_cache *c, const uint8_t key[32],
    const uint8_t peer[32], const struct tee_claims *claims,
    tee_instant expires)
{
	trust_cache_end_at(c, trust_siphash(&c->salt, key), key, peer, claims,
	    expires);
}

/* ---- forgetting ---- */

static void
raise_to(_Atomic uint64_t *at, uint64_t value)
{
	uint64_t old = atomic_load(at);

	while (old < value && !atomic_compare_exchange_weak(at, &old, value))
		;
}

/* The wall's clock may have been set back; then the later reading stands. */
static void
forget_at(struct trust_cache *c, _Atomic uint64_t *place,
    _Atomic tee_instant *at)
{
	tee_instant now = tee_clock_now(), old = atomic_load(at);

	while (old < now && !atomic_compare_exchange_weak(at, &old, now))
		;
	raise_to(place, atomic_fetch_add(&c->clock, 1) + 1);
}

void
trust_cache_forget(struct trust_cache *c, const uint8_t *peer)
{
	struct trust_forgotten *f = &c->forgotten;
	uint32_t n;

	if (peer == NULL) {
		forget_at(c, &f->all, &f->all_at);
	} else {
		n = place_of(c, peer);
		forget_at(c, &f->place[n], &f->place_at[n]);
	}
}
