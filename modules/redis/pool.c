/* SPDX-License-Identifier: Apache-2.0 */
/* pool: see pool.h. */
#include "config.h"

#include <pthread.h>
#include <stdlib.h>

#include "modules/redis/pool.h"

#define SLOTS 4
#define REST_MIN 1000 /* ms */
#define REST_MAX 30000

struct slot {
	pthread_mutex_t lock;
	struct redis_session *session;
};

struct redis_pool {
	struct redis_login login;
	SSL_CTX *tls;
	const char *host;
	struct slot slot[SLOTS];
	pthread_mutex_t lock; /* of what follows */
	struct redis_address *address;
	uint64_t rests_until;
	unsigned failures; /* since it last answered */
};

struct redis_pool *
redis_pool_new(struct redis_address *address, SSL_CTX *tls, const char *host,
    const struct redis_login *login)
{
	struct redis_pool *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		redis_address_free(&address);
		return NULL;
	}
	p->login = *login;
	p->tls = tls;
	p->host = host;
	p->address = address;
	pthread_mutex_init(&p->lock, NULL);
	for (unsigned i = 0; i < SLOTS; i++)
		pthread_mutex_init(&p->slot[i].lock, NULL);
	return p;
}

void
redis_pool_free(struct redis_pool **pool)
{
	struct redis_pool *p = *pool;

	if (p == NULL)
		return;
	for (unsigned i = 0; i < SLOTS; i++) {
		redis_session_free(&p->slot[i].session);
		pthread_mutex_destroy(&p->slot[i].lock);
	}
	pthread_mutex_destroy(&p->lock);
	redis_address_free(&p->address);
	free(p);
	*pool = NULL;
}

/* Who asks after a rest asks for all: they rest for its budget. */
static bool
may_ask(struct redis_pool *p, uint64_t now, uint64_t until)
{
	bool may;

	pthread_mutex_lock(&p->lock);
	may = now >= p->rests_until;
	if (may && p->failures > 0)
		p->rests_until = until + 1;
	pthread_mutex_unlock(&p->lock);
	return may;
}

static void
rest(struct redis_pool *p)
{
	uint64_t ms = REST_MIN, now = redis_now();

	pthread_mutex_lock(&p->lock);
	for (unsigned i = 0; i < p->failures && ms < REST_MAX; i++)
		ms *= 2;
	p->failures++;
	p->rests_until = now + (ms < REST_MAX ? ms : REST_MAX);
	redis_address_failed(p->address);
	pthread_mutex_unlock(&p->lock);
}

static void
went_well(struct redis_pool *p)
{
	pthread_mutex_lock(&p->lock);
	p->failures = 0;
	p->rests_until = 0;
	pthread_mutex_unlock(&p->lock);
}

static struct redis_session *
dial(struct redis_pool *p, uint64_t until, const char **why)
{
	struct redis_target to = { .tls = p->tls, .host = p->host };
	bool known;

	pthread_mutex_lock(&p->lock);
	known = redis_address_get(p->address, &to.at, &to.size);
	pthread_mutex_unlock(&p->lock);
	if (known)
		return redis_session_new(&to, &p->login, until, why);
	*why = "the host's name is not resolved";
	return NULL;
}

/* A free one; where all are busy somebody else's answer is not waited for. */
static struct slot *
take_slot(struct redis_pool *p)
{
	for (unsigned i = 0; i < SLOTS; i++)
		if (pthread_mutex_trylock(&p->slot[i].lock) == 0)
			return &p->slot[i];
	return NULL;
}

/*
 * A session that lay idle may have been closed from the other side, which is
 * no failure of the server: that is asked again over a new one, once.
 */
static bool
ask_over(struct redis_pool *p, struct slot *s, uint64_t until, int argc,
    const char **argv, const size_t *sizes, struct redis_answer *answer,
    const char **why)
{
	bool idle = s->session != NULL;

	for (;;) {
		if (s->session == NULL)
			s->session = dial(p, until, why);
		if (s->session == NULL)
			return false;
		if (redis_session_ask(s->session, argc, argv, sizes, until,
			answer))
			return true;
		/* A late answer would be taken for the next one's. */
		redis_session_free(&s->session);
		*why = "no answer in time, or not one to the question";
		if (!idle || redis_now() >= until)
			return false;
		idle = false;
	}
}

bool
redis_pool_ask(struct redis_pool *p, struct tee_cache_ask *ask, int argc,
    const char **argv, const size_t *sizes, struct redis_answer *answer)
{
	uint64_t now = redis_now(), until = now + ask->budget_ms;
	struct slot *s;
	bool ok;

	ask->why = NULL;
	s = may_ask(p, now, until) ? take_slot(p) : NULL;
	if (s == NULL)
		return false;
	ok = ask_over(p, s, until, argc, argv, sizes, answer, &ask->why);
	if (ok)
		went_well(p);
	else
		rest(p);
	pthread_mutex_unlock(&s->lock);
	return ok;
}
