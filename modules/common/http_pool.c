/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_pool: see http_pool.h.  What is kept was verified once, so it must not
 * outlast what it was verified by:
 *
 *   other origin, other roots   another slot; libcurl compares hosts, too
 *   roots read anew             other roots
 *   a certificate's end         not used beyond it
 *   5 minutes old, 60 s idle    not used any more
 *   any failure                 closed
 *   a forked child              neither uses nor closes it: the TLS state is
 *                               the parent's
 */
#include "config.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <openssl/err.h>

#include "modules/common/cert.h"
#include "modules/common/http_pool.h"

struct tee_http_pool {
	pthread_mutex_t lock; /* of `busy` and of who takes which */
	pid_t owner;
	struct http_slot slot[HTTP_POOL_SLOTS];
};

struct tee_http_pool *
tee_http_pool_new(void)
{
	struct tee_http_pool *pool = calloc(1, sizeof(*pool));

	if (pool == NULL)
		return NULL;
	pthread_mutex_init(&pool->lock, NULL);
	pool->owner = getpid();
	return pool;
}

static void
empty(struct http_slot *slot)
{
	if (slot->share != NULL)
		curl_share_cleanup(slot->share);
	X509_STORE_free(slot->roots);
	free(slot->origin);
	memset(slot, 0, sizeof(*slot));
}

void
tee_http_pool_free(struct tee_http_pool **at)
{
	struct tee_http_pool *pool = *at;

	*at = NULL;
	if (pool == NULL)
		return;
	/* To close a connection is to speak on it: not from a child. */
	for (size_t i = 0; pool->owner == getpid() && i < HTTP_POOL_SLOTS; i++)
		empty(&pool->slot[i]);
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}

/* Milliseconds that also pass while the machine sleeps. */
static uint64_t
since_boot(void)
{
	struct timespec now = { 0, 0 };

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static size_t
origin_size(const char *url)
{
	const char *host = strstr(url, "://");

	return host != NULL ?
	    (size_t)(host + 3 - url) + strcspn(host + 3, "/?#") :
	    strlen(url);
}

static bool
fits(const struct http_slot *slot, const char *url, const X509_STORE *roots)
{
	size_t n = origin_size(url);

	return slot->share != NULL && slot->roots == roots &&
	    strlen(slot->origin) == n && memcmp(slot->origin, url, n) == 0;
}

static bool
still_good(const struct http_slot *slot, uint64_t now)
{
	return time(NULL) < slot->expires &&
	    now - slot->made_ms < HTTP_POOL_AGE_MS &&
	    now - slot->idle_ms < HTTP_POOL_IDLE_MS;
}

static bool
fill(struct http_slot *slot, const char *url, X509_STORE *roots)
{
	slot->origin = strndup(url, origin_size(url));
	slot->share = curl_share_init();
	if (X509_STORE_up_ref(roots) == 1)
		slot->roots = roots;
	if (slot->origin != NULL && slot->share != NULL &&
	    slot->roots != NULL &&
	    curl_share_setopt(slot->share, CURLSHOPT_SHARE,
		CURL_LOCK_DATA_CONNECT) == CURLSHE_OK)
		return true;
	empty(slot);
	return false;
}

/* Its own, else an empty one, else that which was idle longest. */
static struct http_slot *
choose(struct tee_http_pool *pool, const char *url, const X509_STORE *roots)
{
	struct http_slot *best = NULL;

	for (size_t i = 0; i < HTTP_POOL_SLOTS; i++) {
		struct http_slot *slot = &pool->slot[i];

		if (slot->busy)
			continue;
		if (fits(slot, url, roots))
			return slot;
		if (best == NULL || slot->idle_ms < best->idle_ms)
			best = slot;
	}
	return best;
}

static void
close_old(struct tee_http_pool *pool, uint64_t now)
{
	for (size_t i = 0; i < HTTP_POOL_SLOTS; i++)
		if (!pool->slot[i].busy && pool->slot[i].share != NULL &&
		    !still_good(&pool->slot[i], now))
			empty(&pool->slot[i]);
}

struct http_slot *
tee_http_pool_take(struct tee_http_pool *pool, const char *url,
    X509_STORE *roots)
{
	struct http_slot *slot;

	/* A child's lock may be held by a thread that it does not have. */
	if (pool == NULL || roots == NULL || pool->owner != getpid())
		return NULL;
	pthread_mutex_lock(&pool->lock);
	close_old(pool, since_boot());
	slot = choose(pool, url, roots);
	if (slot != NULL && !fits(slot, url, roots)) {
		empty(slot);
		slot = fill(slot, url, roots) ? slot : NULL;
	}
	if (slot != NULL)
		slot->busy = true;
	pthread_mutex_unlock(&pool->lock);
	return slot;
}

void
tee_http_pool_give(struct tee_http_pool *pool, struct http_slot *slot,
    bool good)
{
	if (slot == NULL)
		return;
	slot->idle_ms = since_boot();
	pthread_mutex_lock(&pool->lock);
	if (good && slot->expires != 0)
		slot->busy = false;
	else
		empty(slot);
	pthread_mutex_unlock(&pool->lock);
}

/* 0 where one of them has no end that can be read. */
static time_t
first_end(const STACK_OF(X509) * chain)
{
	time_t end, first = 0;

	for (int i = 0; i < sk_X509_num(chain); i++) {
		if (!tee_cert_time(X509_get0_notAfter(sk_X509_value(chain, i)),
			&end))
			return 0;
		if (i == 0 || end < first)
			first = end;
	}
	return first;
}

/*
 * In the handshake, so it is the slot's own thread that writes.  libcurl names
 * the first error of OpenSSL's queue, and asks again where that is not the
 * verdict itself: what led to the verdict stays here.
 */
static int
verify(X509_STORE_CTX *ctx, void *user)
{
	struct http_slot *slot = user;
	int ok;

	ERR_set_mark();
	ok = X509_verify_cert(ctx);
	ERR_pop_to_mark();
	if (slot == NULL)
		return ok;
	slot->made_ms = since_boot();
	slot->expires = ok == 1 ? first_end(X509_STORE_CTX_get0_chain(ctx)) : 0;
	return ok;
}

void
tee_http_slot_watch(struct http_slot *slot, SSL_CTX *ctx)
{
	SSL_CTX_set_cert_verify_callback(ctx, verify, slot);
}
