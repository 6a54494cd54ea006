/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redis: a cache of a fleet of relying parties in Redis or Valkey.  A few
 * connections, made when they are needed and kept; one that failed is not
 * asked again for a second, then two, up to half a minute, so that a server
 * that is away costs one peer its budget and the others nothing.
 */
#include "config.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <hiredis/hiredis.h>
#include <openssl/crypto.h>
#include <tee/module.h>

#include "modules/common/file.h"

#define SLOTS 4
#define PREFIX "libtee:v1:"
#define PREFIX_MAX 64
#define PASSWORD_MAX 512
#define LOOPBACK "127.0.0.1"
#define REST_MAX 30000 /* ms */

struct slot {
	pthread_mutex_t lock;
	redisContext *redis;
};

struct cache {
	char *socket;
	char *prefix;
	char *user;
	char *password_file;
	uint64_t port; /* of this host; 0: the socket */
	struct slot slot[SLOTS];
	pthread_mutex_t lock; /* of the two below */
	uint64_t rests_until; /* ms */
	unsigned failures;
};

static uint64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static bool
rests(struct cache *c)
{
	bool yes;

	pthread_mutex_lock(&c->lock);
	yes = now_ms() < c->rests_until;
	pthread_mutex_unlock(&c->lock);
	return yes;
}

static void
outcome(struct cache *c, bool ok)
{
	uint64_t rest = 1000;

	pthread_mutex_lock(&c->lock);
	if (ok) {
		c->failures = 0;
	} else {
		for (unsigned i = 0; i < c->failures && rest < REST_MAX; i++)
			rest *= 2;
		c->failures++;
		c->rests_until = now_ms() + (rest < REST_MAX ? rest : REST_MAX);
	}
	pthread_mutex_unlock(&c->lock);
}

static bool
is_ok(redisReply *reply)
{
	bool ok = reply != NULL && reply->type == REDIS_REPLY_STATUS &&
	    strcmp(reply->str, "OK") == 0;

	freeReplyObject(reply);
	return ok;
}

/* The password lives no longer than the connection takes to be made. */
static bool
log_in(const struct cache *c, redisContext *redis)
{
	const char *argv[3] = { "AUTH", c->user }, *why;
	size_t sizes[3] = { 4 }, size = 0, used;
	int argc = c->user != NULL ? 3 : 2;
	uint8_t *password;
	bool ok;

	if (c->password_file == NULL)
		return true;
	password =
	    tee_file_read_own(c->password_file, PASSWORD_MAX, &size, &why);
	if (password == NULL)
		return false;
	for (used = size; used > 0 && password[used - 1] == '\n';)
		used--;
	sizes[1] = c->user != NULL ? strlen(c->user) : 0;
	argv[argc - 1] = (const char *)password;
	sizes[argc - 1] = used;
	ok = is_ok(redisCommandArgv(redis, argc, argv, sizes));
	OPENSSL_cleanse(password, size);
	free(password);
	return ok;
}

static redisContext *
dial(const struct cache *c, struct timeval budget)
{
	redisContext *redis = c->socket != NULL ?
	    redisConnectUnixWithTimeout(c->socket, budget) :
	    redisConnectWithTimeout(LOOPBACK, (int)c->port, budget);

	if (redis != NULL && redis->err == 0 &&
	    redisSetTimeout(redis, budget) == REDIS_OK && log_in(c, redis))
		return redis;
	redisFree(redis);
	return NULL;
}

/* A free one; where all are busy somebody else's answer is not waited for. */
static struct slot *
take_slot(struct cache *c)
{
	for (unsigned i = 0; i < SLOTS; i++)
		if (pthread_mutex_trylock(&c->slot[i].lock) == 0)
			return &c->slot[i];
	return NULL;
}

static redisReply *
ask(struct cache *c, int argc, const char **argv, const size_t *sizes,
    unsigned budget_ms)
{
	struct timeval budget = { budget_ms / 1000,
		(suseconds_t)(budget_ms % 1000) * 1000 };
	struct slot *s = rests(c) ? NULL : take_slot(c);
	redisReply *reply = NULL;

	if (s == NULL)
		return NULL;
	if (s->redis == NULL)
		s->redis = dial(c, budget);
	if (s->redis != NULL)
		reply = redisCommandArgv(s->redis, argc, argv, sizes);
	/* An answer that came too late would be taken for the next one's. */
	if (reply == NULL) {
		redisFree(s->redis);
		s->redis = NULL;
	}
	outcome(c, reply != NULL);
	pthread_mutex_unlock(&s->lock);
	return reply;
}

static size_t
name_of(const struct cache *c, const uint8_t key[32], char out[PREFIX_MAX + 65])
{
	size_t n = strlen(c->prefix);

	memcpy(out, c->prefix, n);
	for (unsigned i = 0; i < 32; i++)
		snprintf(out + n + 2 * i, 3, "%02x", key[i]);
	return n + 64;
}

static enum tee_verdict
redis_get(void *state, const uint8_t key[32], uint8_t *bytes, size_t room,
    size_t *size, unsigned budget_ms)
{
	char name[PREFIX_MAX + 65];
	const char *argv[] = { "GET", name };
	size_t sizes[] = { 3, name_of(state, key, name) };
	redisReply *reply = ask(state, 2, argv, sizes, budget_ms);
	enum tee_verdict verdict = TEE_UNAVAILABLE;

	if (reply != NULL && reply->type == REDIS_REPLY_NIL)
		verdict = TEE_DENY;
	if (reply != NULL && reply->type == REDIS_REPLY_STRING &&
	    (size_t)reply->len <= room) {
		*size = (size_t)reply->len;
		memcpy(bytes, reply->str, *size);
		verdict = TEE_OK;
	}
	freeReplyObject(reply);
	return verdict;
}

static enum tee_verdict
redis_put(void *state, const uint8_t key[32], const uint8_t *bytes, size_t size,
    unsigned lifetime, unsigned budget_ms)
{
	char name[PREFIX_MAX + 65], seconds[16];
	const char *argv[] = { "SET", name, (const char *)bytes, "EX",
		seconds };
	size_t sizes[] = { 3, name_of(state, key, name), size, 2, 0 };

	sizes[4] = (size_t)snprintf(seconds, sizeof(seconds), "%u", lifetime);
	return is_ok(ask(state, 5, argv, sizes, budget_ms)) ? TEE_OK :
							      TEE_UNAVAILABLE;
}

static void
redis_close(void *state)
{
	struct cache *c = state;

	for (unsigned i = 0; i < SLOTS; i++) {
		redisFree(c->slot[i].redis);
		pthread_mutex_destroy(&c->slot[i].lock);
	}
	pthread_mutex_destroy(&c->lock);
	free(c->socket);
	free(c->prefix);
	free(c->user);
	free(c->password_file);
	free(c);
}

static bool
copy(const char *text, char **out)
{
	*out = text != NULL ? strdup(text) : NULL;
	return text == NULL || *out != NULL;
}

static bool
read_options(const struct tee_config *config, struct cache *c)
{
	const char *socket = NULL, *password = NULL;
	const char *prefix = tee_option(config, "prefix");
	const char *user = tee_option(config, "user");

	if (tee_option_path(config, "socket", &socket) < 0 ||
	    tee_option_path(config, "password_file", &password) < 0 ||
	    tee_option_u64(config, "port", 1, 65535, &c->port) < 0)
		return false;
	if ((socket != NULL) == (c->port != 0)) {
		tee_option_error(config, socket != NULL ? "port" : "socket",
		    "one of socket and port, the server's on this host");
		return false;
	}
	if (user != NULL && password == NULL) {
		tee_option_error(config, "user", "user needs password_file");
		return false;
	}
	if (prefix != NULL &&
	    (prefix[0] == '\0' || strlen(prefix) > PREFIX_MAX)) {
		tee_option_error(config, "prefix", "1 to %d bytes", PREFIX_MAX);
		return false;
	}
	return copy(socket, &c->socket) && copy(user, &c->user) &&
	    copy(password, &c->password_file) &&
	    copy(prefix != NULL ? prefix : PREFIX, &c->prefix);
}

/* Whether it is there is asked when there is something to ask. */
static enum tee_verdict
redis_open(const struct tee_config *config, void **state)
{
	struct cache *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return TEE_DENY;
	pthread_mutex_init(&c->lock, NULL);
	for (unsigned i = 0; i < SLOTS; i++)
		pthread_mutex_init(&c->slot[i].lock, NULL);
	if (!read_options(config, c)) {
		redis_close(c);
		return TEE_DENY;
	}
	*state = c;
	return TEE_OK;
}

static const struct tee_module_option options[] = {
	{ "socket", TEE_CACHE, "path of the server's Unix socket" },
	{ "port", TEE_CACHE, "or its TCP port on this host" },
	{ "user", TEE_CACHE, "ACL user to log in as" },
	{ "password_file", TEE_CACHE, "file that holds the password" },
	{ "prefix", TEE_CACHE, "in front of names there (libtee:v1:)" },
	{ NULL, 0, NULL }
};

TEE_EXPORT const struct tee_module tee_module = {
	.abi = TEE_MODULE_ABI,
	.size = sizeof(struct tee_module),
	.name = "redis",
	.summary = "what a fleet of relying parties verified, in Redis",
	.ceiling = TEE_ORIGIN_LOCAL,
	.options = options,
	.open = redis_open,
	.close = redis_close,
	.cache_get = redis_get,
	.cache_put = redis_put,
};
