/* SPDX-License-Identifier: Apache-2.0 */
/* keycache: see keycache.h. */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <syslog.h>
#include <time.h>

#include "modules/snp_azure/keycache.h"

/* A set and those who use it; the cache itself is one of them. */
struct keyset {
	struct azure_jwks *jwks;
	unsigned users;
	struct keyset *next;
};

struct azure_keycache {
	pthread_mutex_t lock; /* never held over a fetch */
	pthread_cond_t landed;
	azure_keys_fetch *fetch;
	void *user;
	struct keyset *sets;    /* every one in use */
	struct keyset *current; /* NULL: none yet */
	uint64_t fetched_at;
	uint64_t attempted_at;
	bool attempted;
	bool flying;
	unsigned flights; /* landed so far */
	enum tee_verdict outcome;
};

struct azure_keycache *
tee_azure_keycache_new(azure_keys_fetch *fetch, void *user)
{
	struct azure_keycache *c = calloc(1, sizeof(*c));
	pthread_condattr_t attr;

	if (c == NULL)
		return NULL;
	c->fetch = fetch;
	c->user = user;
	pthread_mutex_init(&c->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&c->landed, &attr);
	pthread_condattr_destroy(&attr);
	return c;
}

static void
drop(struct azure_keycache *c, struct keyset *set)
{
	struct keyset **at = &c->sets;

	if (set == NULL || --set->users > 0)
		return;
	while (*at != set)
		at = &(*at)->next;
	*at = set->next;
	tee_azure_jwks_free(&set->jwks);
	free(set);
}

void
tee_azure_keycache_free(struct azure_keycache **cache)
{
	struct azure_keycache *c = *cache;

	if (c == NULL)
		return;
	drop(c, c->current);
	pthread_cond_destroy(&c->landed);
	pthread_mutex_destroy(&c->lock);
	free(c);
	*cache = NULL;
}

/* Two calls may have read the clock in the other order. */
static uint64_t
since(uint64_t then, uint64_t now)
{
	return now > then ? now - then : 0;
}

static bool
young(const struct azure_keycache *c, uint64_t now)
{
	return c->current != NULL &&
	    since(c->fetched_at, now) < AZURE_KEYS_AGE_S;
}

static bool
has(const struct azure_keycache *c, const char *kid, uint64_t now)
{
	return young(c, now) && tee_azure_jwks_has(c->current->jwks, kid) > 0;
}

/* A stranger's kid must not make us ask the endpoint again and again. */
static bool
too_soon(const struct azure_keycache *c, uint64_t now)
{
	return young(c, now) && c->attempted &&
	    since(c->attempted_at, now) < AZURE_KEYS_REFETCH_S;
}

static void
keep(struct azure_keycache *c, struct azure_jwks *jwks, uint64_t now)
{
	struct keyset *set = calloc(1, sizeof(*set));

	if (set == NULL) {
		tee_azure_jwks_free(&jwks);
		c->outcome = TEE_UNAVAILABLE;
		return;
	}
	set->jwks = jwks;
	set->users = 1;
	set->next = c->sets;
	c->sets = set;
	drop(c, c->current);
	c->current = set;
	c->fetched_at = now;
}

static enum tee_verdict
fly(struct tee_call *call, struct azure_keycache *c, uint64_t now)
{
	struct azure_jwks *jwks = NULL;
	enum tee_verdict verdict;

	c->flying = true;
	c->attempted = true;
	c->attempted_at = now;
	pthread_mutex_unlock(&c->lock);
	verdict = c->fetch(call, c->user, &jwks);
	pthread_mutex_lock(&c->lock);
	c->outcome =
	    verdict == TEE_OK && jwks != NULL ? TEE_OK : TEE_UNAVAILABLE;
	if (c->outcome == TEE_OK)
		keep(c, jwks, now);
	c->flying = false;
	c->flights++;
	pthread_cond_broadcast(&c->landed);
	return c->outcome;
}

/* For the flight that is under way, as long as this call may last. */
static enum tee_verdict
wait_for(struct tee_call *call, struct azure_keycache *c)
{
	unsigned ms = tee_call_remaining_ms(call), flight = c->flights;
	struct timespec until;
	int error = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += (long)(ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	while (c->flights == flight && error == 0)
		error = pthread_cond_timedwait(&c->landed, &c->lock, &until);
	if (c->flights != flight)
		return c->outcome;
	tee_call_log(call, LOG_WARNING, "maa_keys",
	    "another call still fetches the endpoint's keys");
	return TEE_UNAVAILABLE;
}

static enum tee_verdict
ask(struct tee_call *call, struct azure_keycache *c, const char *kid,
    uint64_t now)
{
	enum tee_verdict verdict;

	if (has(c, kid, now))
		return TEE_OK;
	if (!c->flying && too_soon(c, now)) {
		tee_call_log(call, LOG_WARNING, "maa_keys",
		    "kid %.100s is not among the keys fetched %llu s ago; they "
		    "are asked for again %d s after the last time",
		    kid, (unsigned long long)since(c->attempted_at, now),
		    AZURE_KEYS_REFETCH_S);
		return TEE_UNAVAILABLE;
	}
	verdict = c->flying ? wait_for(call, c) : fly(call, c, now);
	if (verdict != TEE_OK)
		return verdict;
	return has(c, kid, now) ? TEE_OK : TEE_DENY;
}

enum tee_verdict
tee_azure_keycache_take(struct tee_call *call, struct azure_keycache *c,
    const char *kid, uint64_t now, const struct azure_jwks **set)
{
	enum tee_verdict verdict;

	*set = NULL;
	pthread_mutex_lock(&c->lock);
	verdict = ask(call, c, kid, now);
	if (verdict == TEE_OK) {
		c->current->users++;
		*set = c->current->jwks;
	}
	pthread_mutex_unlock(&c->lock);
	return verdict;
}

void
tee_azure_keycache_release(struct azure_keycache *c,
    const struct azure_jwks **set)
{
	struct keyset *one;

	if (*set == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	for (one = c->sets; one->jwks != *set; one = one->next)
		;
	drop(c, one);
	pthread_mutex_unlock(&c->lock);
	*set = NULL;
}
