/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ahead: see ahead.h.
 *
 *   wanted   make one, from `after` on or when somebody waits for it
 *   making   the thread does, without the lock
 *   ready    it lies in `key`, until it is taken or too old
 *
 * One that got too old is wiped and not replaced before the next is asked
 * for: an agent that renews by the hour does not keep a key for each minute.
 */
#include "config.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <openssl/crypto.h>

#include "modules/snp_azure/ahead.h"

/* A transaction that released has its key to store yet. */
#define PAUSE_MS 20

struct azure_ahead {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t thread;
	pid_t owner;
	atomic_bool stop;
	bool wanted, making, ready;
	bool awaited; /* by one; others are quicker by themselves */
	unsigned max_age_ms;
	struct timespec after; /* begins the next one */
	struct timespec until; /* of `key` */
	struct azure_rsa *key; /* locked */
};

static struct azure_rsa *
locked_key(void)
{
	void *p = mmap(NULL, sizeof(struct azure_rsa), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	if (mlock(p, sizeof(struct azure_rsa)) != 0 ||
	    madvise(p, sizeof(struct azure_rsa), MADV_DONTDUMP) != 0 ||
	    madvise(p, sizeof(struct azure_rsa), MADV_WIPEONFORK) != 0) {
		munmap(p, sizeof(struct azure_rsa));
		return NULL;
	}
	return p;
}

/* On the clock that the condition waits by. */
static struct timespec
in_ms(unsigned ms)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += ms / 1000;
	at.tv_nsec += (long)(ms % 1000) * 1000000;
	if (at.tv_nsec >= 1000000000) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000;
	}
	return at;
}

static bool
is_over(const struct timespec *until)
{
	struct timespec now = in_ms(0);

	return now.tv_sec > until->tv_sec ||
	    (now.tv_sec == until->tv_sec && now.tv_nsec >= until->tv_nsec);
}

static void
forget(struct azure_ahead *a)
{
	OPENSSL_cleanse(a->key, sizeof(*a->key));
	a->ready = false;
}

/* The lock is held, but while the key is made. */
static void
make(struct azure_ahead *a)
{
	bool made;

	a->wanted = false;
	a->making = true;
	pthread_mutex_unlock(&a->lock);
	made = tee_azure_rsa_generate(a->key, &a->stop);
	pthread_mutex_lock(&a->lock);
	a->making = false;
	a->ready = made;
	a->until = in_ms(a->max_age_ms);
	if (!made)
		forget(a);
	pthread_cond_broadcast(&a->changed);
}

static void *
run(void *user)
{
	struct azure_ahead *a = user;

	pthread_mutex_lock(&a->lock);
	while (!atomic_load(&a->stop)) {
		if (a->ready && is_over(&a->until))
			forget(a);
		if (a->ready)
			pthread_cond_timedwait(&a->changed, &a->lock,
			    &a->until);
		else if (!a->wanted)
			pthread_cond_wait(&a->changed, &a->lock);
		else if (a->awaited || is_over(&a->after))
			make(a);
		else
			pthread_cond_timedwait(&a->changed, &a->lock,
			    &a->after);
	}
	forget(a);
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

/* The agent's signals are for the agent's threads. */
static bool
start(struct azure_ahead *a)
{
	sigset_t all, before;
	bool ok;

	sigfillset(&all);
	if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
		return false;
	ok = pthread_create(&a->thread, NULL, run, a) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ok;
}

static void
drop(struct azure_ahead *a)
{
	munmap(a->key, sizeof(*a->key));
	pthread_cond_destroy(&a->changed);
	pthread_mutex_destroy(&a->lock);
	free(a);
}

struct azure_ahead *
tee_azure_ahead_new(unsigned max_age_ms)
{
	struct azure_ahead *a = calloc(1, sizeof(*a));
	pthread_condattr_t attr;

	if (a == NULL)
		return NULL;
	a->key = locked_key();
	if (a->key == NULL) {
		free(a);
		return NULL;
	}
	pthread_mutex_init(&a->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&a->changed, &attr);
	pthread_condattr_destroy(&attr);
	a->owner = getpid();
	a->max_age_ms = max_age_ms;
	a->wanted = true;
	a->after = in_ms(0);
	if (start(a))
		return a;
	drop(a);
	return NULL;
}

void
tee_azure_ahead_free(struct azure_ahead **at)
{
	struct azure_ahead *a = *at;

	*at = NULL;
	if (a == NULL)
		return;
	/* A child has neither the thread nor the key, but maybe its lock. */
	if (a->owner != getpid()) {
		munmap(a->key, sizeof(*a->key));
		free(a);
		return;
	}
	pthread_mutex_lock(&a->lock);
	atomic_store(&a->stop, true);
	pthread_cond_broadcast(&a->changed);
	pthread_mutex_unlock(&a->lock);
	pthread_join(a->thread, NULL);
	drop(a);
}

/* Until there is something to take, or nothing to wait for. */
static bool
await(struct tee_call *call, struct azure_ahead *a)
{
	struct timespec until = in_ms(tee_call_remaining_ms(call));
	bool alone = !a->awaited;
	int error = 0;

	a->awaited = true;
	pthread_cond_broadcast(&a->changed);
	while (alone && !a->ready && (a->making || a->wanted) && error == 0)
		error = pthread_cond_timedwait(&a->changed, &a->lock, &until);
	a->awaited = !alone;
	if (a->ready && is_over(&a->until))
		forget(a);
	return a->ready;
}

bool
tee_azure_ahead_take(struct tee_call *call, struct azure_ahead *a,
    struct azure_rsa *out)
{
	bool taken;

	if (a == NULL || a->owner != getpid())
		return false;
	pthread_mutex_lock(&a->lock);
	taken = await(call, a);
	if (taken) {
		memcpy(out, a->key, sizeof(*out));
		forget(a);
	}
	pthread_mutex_unlock(&a->lock);
	return taken;
}

void
tee_azure_ahead_begin(struct azure_ahead *a)
{
	if (a == NULL || a->owner != getpid())
		return;
	pthread_mutex_lock(&a->lock);
	a->wanted = true;
	a->after = in_ms(PAUSE_MS);
	pthread_cond_broadcast(&a->changed);
	pthread_mutex_unlock(&a->lock);
}
