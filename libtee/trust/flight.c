/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flight: see flight.h.  A flight that failed stays in its list while anybody
 * waits, so that who tries next flies for the rest; one that landed leaves the
 * list at once, and the last who waited frees it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "libtee/trust/flight.h"

/* Each holds a thread of the caller's; more than this is not patience. */
#define FLIGHTS_MAX 4096

static struct trust_flight **
link_of(struct trust_flights *flights, const uint8_t key[32], uint32_t hash)
{
	struct trust_flight **at = &flights->head[hash % TRUST_FLIGHT_HEADS];

	while (*at != NULL &&
	    ((*at)->hash != hash || memcmp((*at)->key, key, 32) != 0))
		at = &(*at)->next;
	return at;
}

/* Waits are measured on a clock that nobody sets. */
static bool
condition_init(pthread_cond_t *c)
{
	pthread_condattr_t attr;
	bool ok;

	if (pthread_condattr_init(&attr) != 0)
		return false;
	ok = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 &&
	    pthread_cond_init(c, &attr) == 0;
	pthread_condattr_destroy(&attr);
	return ok;
}

static struct trust_flight *
start(struct trust_flights *flights, const uint8_t key[32], uint32_t hash)
{
	struct trust_flight *f;

	if (flights->count == FLIGHTS_MAX)
		return NULL;
	f = calloc(1, sizeof(*f));
	if (f == NULL || !condition_init(&f->moved)) {
		free(f);
		return NULL;
	}
	memcpy(f->key, key, sizeof(f->key));
	f->hash = hash;
	f->flying = true;
	f->next = flights->head[hash % TRUST_FLIGHT_HEADS];
	flights->head[hash % TRUST_FLIGHT_HEADS] = f;
	flights->count++;
	return f;
}

static void
destroy(struct trust_flight *f)
{
	pthread_cond_destroy(&f->moved);
	free(f);
}

static const struct timespec *
deadline(struct trust_patience *p)
{
	uint64_t end;

	if (p->begun == 0) {
		p->begun = tee_clock_monotonic_ms();
		end = p->begun + p->ms;
		p->until.tv_sec = (time_t)(end / 1000);
		p->until.tv_nsec = (long)(end % 1000) * 1000000;
	}
	return &p->until;
}

tee_instant
trust_patience_spent(const struct trust_patience *p)
{
	if (p->begun == 0)
		return 0;
	return (tee_instant)(tee_clock_monotonic_ms() - p->begun) * 1000;
}

/* False where patience ended before the flight did. */
static bool
wait_for(struct trust_flight *f, pthread_mutex_t *lock,
    struct trust_patience *p)
{
	bool late = false;

	f->waiting++;
	while (f->flying && !late)
		late =
		    pthread_cond_timedwait(&f->moved, lock, deadline(p)) != 0;
	f->waiting--;
	return !f->flying;
}

enum trust_board
trust_flight_join(struct trust_flights *flights, pthread_mutex_t *lock,
    const uint8_t key[32], uint32_t hash, struct trust_patience *p,
    struct trust_flight **out)
{
	struct trust_flight *f = *link_of(flights, key, hash);
	enum trust_landing landing;

	if (f == NULL) {
		*out = start(flights, key, hash);
		return *out != NULL ? TRUST_BOARD_YOURS : TRUST_BOARD_NONE;
	}
	if (!wait_for(f, lock, p))
		return TRUST_BOARD_NONE;
	if (!f->landed) {
		f->flying = true;
		*out = f;
		return TRUST_BOARD_YOURS;
	}
	landing = f->landing;
	if (f->waiting == 0)
		destroy(f);
	return landing == TRUST_LANDING_KEPT ? TRUST_BOARD_LANDED :
					       TRUST_BOARD_NONE;
}

struct trust_flight *
trust_flight_find(const struct trust_flights *flights, const uint8_t key[32],
    uint32_t hash)
{
	struct trust_flight *f = flights->head[hash % TRUST_FLIGHT_HEADS];

	while (f != NULL && (f->hash != hash || memcmp(f->key, key, 32) != 0))
		f = f->next;
	return f != NULL && f->flying ? f : NULL;
}

void
trust_flight_end(struct trust_flights *flights, struct trust_flight *f,
    enum trust_landing landing)
{
	f->flying = false;
	if (landing == TRUST_LANDING_FAILED && f->waiting > 0) {
		pthread_cond_signal(&f->moved);
		return;
	}
	f->landed = true;
	f->landing = landing;
	*link_of(flights, f->key, f->hash) = f->next;
	flights->count--;
	if (f->waiting == 0)
		destroy(f);
	else
		pthread_cond_broadcast(&f->moved);
}

void
trust_flights_clear(struct trust_flights *flights)
{
	struct trust_flight *f;

	for (size_t i = 0; i < TRUST_FLIGHT_HEADS; i++)
		while ((f = flights->head[i]) != NULL) {
			flights->head[i] = f->next;
			destroy(f);
		}
	flights->count = 0;
}
