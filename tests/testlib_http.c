/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_http: see testlib_http.h. */
#include "config.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <microhttpd.h>

#include "tests/testlib_http.h"

struct http_server {
	struct MHD_Daemon *daemon;
	bool tls;
	unsigned port;
	pthread_mutex_t lock;
	struct http_turn turn[HTTP_TURNS];
	size_t turns;
	unsigned next[HTTP_TURNS]; /* how often each was given */
	struct http_asked asked[HTTP_ASKED];
	unsigned count;
	unsigned connections;
};

/* One request while it is served. */
struct visit {
	struct http_asked asked;
	struct http_turn turn;
	size_t body_size;
};

static void
pause_ms(unsigned ms)
{
	struct timespec ts = { ms / 1000, (long)(ms % 1000) * 1000000 };

	nanosleep(&ts, NULL);
}

static void
take(char *out, size_t size, struct MHD_Connection *c, const char *name)
{
	const char *value =
	    MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);

	snprintf(out, size, "%s", value != NULL ? value : "");
}

static enum MHD_Result
add_query(void *user, enum MHD_ValueKind kind, const char *key,
    const char *value)
{
	char *url = user;
	size_t have = strlen(url);

	(void)kind;
	snprintf(url + have, sizeof(((struct http_asked *)0)->url) - have,
	    "%c%s=%s", strchr(url, '?') == NULL ? '?' : '&', key,
	    value != NULL ? value : "");
	return MHD_YES;
}

static struct visit *
arrive(struct MHD_Connection *c, const char *url, const char *method)
{
	struct visit *v = calloc(1, sizeof(*v));

	snprintf(v->asked.method, sizeof(v->asked.method), "%s", method);
	snprintf(v->asked.url, sizeof(v->asked.url), "%s", url);
	MHD_get_connection_values(c, MHD_GET_ARGUMENT_KIND, add_query,
	    v->asked.url);
	take(v->asked.metadata, sizeof(v->asked.metadata), c, "Metadata");
	take(v->asked.authorization, sizeof(v->asked.authorization), c,
	    "Authorization");
	take(v->asked.type, sizeof(v->asked.type), c, "Content-Type");
	take(v->asked.host, sizeof(v->asked.host), c, "Host");
	return v;
}

/* How well a turn's path fits; -1: not at all. */
static int
fit(const struct http_turn *t, const char *url)
{
	size_t size = t->path != NULL ? strlen(t->path) : 0;

	return size == 0 || strncmp(url, t->path, size) == 0 ? (int)size : -1;
}

/* The next of those whose path fits best; the last of them for ever. */
static struct http_turn
next_turn(struct http_server *s, const char *url)
{
	static const struct http_turn none = { .status = 404,
		.body = "no such turn" };
	struct http_turn turn = none;
	int best = -1;

	for (size_t i = 0; i < s->turns; i++)
		if (fit(&s->turn[i], url) > best)
			best = fit(&s->turn[i], url);
	for (size_t i = 0; i < s->turns && best >= 0; i++) {
		if (fit(&s->turn[i], url) != best)
			continue;
		turn = s->turn[i];
		if (s->next[i]++ == 0)
			break;
	}
	return turn;
}

static void
record(struct http_server *s, struct visit *v)
{
	pthread_mutex_lock(&s->lock);
	if (s->count < HTTP_ASKED)
		s->asked[s->count] = v->asked;
	s->count++;
	v->turn = next_turn(s, v->asked.url);
	pthread_mutex_unlock(&s->lock);
}

static size_t
full_size(const struct http_turn *t)
{
	if (t->fill > 0 || t->body == NULL)
		return t->fill;
	return t->size > 0 ? t->size : strlen(t->body);
}

static ssize_t
give(void *user, uint64_t pos, char *out, size_t max)
{
	const struct http_turn *t = user;
	size_t end = t->cut > 0 ? t->cut : full_size(t), n;

	if (pos >= end)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	n = end - (size_t)pos < max ? end - (size_t)pos : max;
	if (t->byte_ms > 0) {
		pause_ms(t->byte_ms);
		n = 1;
	}
	if (t->fill > 0)
		memset(out, 'x', n);
	else
		memcpy(out, t->body + pos, n);
	return (ssize_t)n;
}

static void
add_headers(struct MHD_Response *r, const struct http_turn *t)
{
	char copy[2048], junk[1025], *rest = copy, *one, *value;

	snprintf(copy, sizeof(copy), "%s",
	    t->headers != NULL ? t->headers : "");
	while ((one = strsep(&rest, "|")) != NULL && *one != '\0') {
		value = strstr(one, ": ");
		*value = '\0';
		MHD_add_response_header(r, one, value + 2);
	}
	memset(junk, 'j', sizeof(junk) - 1);
	junk[sizeof(junk) - 1] = '\0';
	for (unsigned i = 0; i < t->junk_headers; i++)
		MHD_add_response_header(r, "X-Junk", junk);
}

static enum MHD_Result
answer(struct MHD_Connection *c, struct visit *v)
{
	const struct http_turn *t = &v->turn;
	struct MHD_Response *r;
	enum MHD_Result result;

	pause_ms(t->first_ms);
	if (t->status == 0)
		return MHD_NO;
	r = MHD_create_response_from_callback(full_size(t), 16384, give,
	    &v->turn, NULL);
	add_headers(r, t);
	result = MHD_queue_response(c, t->status, r);
	MHD_destroy_response(r);
	return result;
}

static enum MHD_Result
serve(void *user, struct MHD_Connection *c, const char *url, const char *method,
    const char *version, const char *data, size_t *size, void **state)
{
	struct visit *v = *state;

	(void)version;
	if (v == NULL) {
		*state = arrive(c, url, method);
		return MHD_YES;
	}
	if (*size > 0) {
		if (v->body_size + *size < sizeof(v->asked.body))
			memcpy(v->asked.body + v->body_size, data, *size);
		v->body_size += *size;
		*size = 0;
		return MHD_YES;
	}
	record(user, v);
	return answer(c, v);
}

static void
leave(void *user, struct MHD_Connection *c, void **state,
    enum MHD_RequestTerminationCode code)
{
	(void)user;
	(void)c;
	(void)code;
	free(*state);
	*state = NULL;
}

static void
say_nothing(void *user, const char *fmt, va_list ap)
{
	(void)user;
	(void)fmt;
	(void)ap;
}

static void
come(void *user, struct MHD_Connection *c, void **state,
    enum MHD_ConnectionNotificationCode code)
{
	struct http_server *s = user;

	(void)c;
	(void)state;
	pthread_mutex_lock(&s->lock);
	s->connections += code == MHD_CONNECTION_NOTIFY_STARTED;
	pthread_mutex_unlock(&s->lock);
}

#define COMMON(s) \
	MHD_OPTION_EXTERNAL_LOGGER, say_nothing, NULL, \
	    MHD_OPTION_NOTIFY_COMPLETED, leave, NULL, \
	    MHD_OPTION_NOTIFY_CONNECTION, come, s, \
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)512 * 1024
#define THREADS \
	(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION)

/* Port 0: any, and the same from then on. */
static void
start(struct http_server *s, const struct tls_identity *identity,
    const char *priorities)
{
	uint16_t port = (uint16_t)s->port;

	if (!s->tls)
		s->daemon = MHD_start_daemon(THREADS, port, NULL, NULL, serve,
		    s, COMMON(s), MHD_OPTION_END);
	else
		s->daemon = MHD_start_daemon(THREADS | MHD_USE_TLS, port, NULL,
		    NULL, serve, s, COMMON(s), MHD_OPTION_HTTPS_MEM_KEY,
		    identity->key, MHD_OPTION_HTTPS_MEM_CERT, identity->cert,
		    MHD_OPTION_HTTPS_PRIORITIES,
		    priorities != NULL ? priorities : "NORMAL", MHD_OPTION_END);
	ck_assert_ptr_nonnull(s->daemon);
	s->port =
	    MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

struct http_server *
http_server_new(const struct tls_identity *identity, const char *priorities)
{
	struct http_server *s = calloc(1, sizeof(*s));

	pthread_mutex_init(&s->lock, NULL);
	s->tls = identity != NULL;
	start(s, identity, priorities);
	return s;
}

void
http_server_restart(struct http_server *s, const struct tls_identity *identity)
{
	MHD_stop_daemon(s->daemon);
	start(s, identity, NULL);
}

void
http_server_free(struct http_server **s)
{
	MHD_stop_daemon((*s)->daemon);
	pthread_mutex_destroy(&(*s)->lock);
	free(*s);
	*s = NULL;
}

void
http_server_script(struct http_server *s, const struct http_turn *turns,
    size_t count)
{
	ck_assert_uint_le(count, HTTP_TURNS);
	pthread_mutex_lock(&s->lock);
	memset(s->next, 0, sizeof(s->next));
	memcpy(s->turn, turns, count * sizeof(*turns));
	s->turns = count;
	s->count = 0;
	pthread_mutex_unlock(&s->lock);
}

unsigned
http_server_count(struct http_server *s)
{
	unsigned count;

	pthread_mutex_lock(&s->lock);
	count = s->count;
	pthread_mutex_unlock(&s->lock);
	return count;
}

unsigned
http_server_connections(struct http_server *s)
{
	unsigned connections;

	pthread_mutex_lock(&s->lock);
	connections = s->connections;
	pthread_mutex_unlock(&s->lock);
	return connections;
}

const struct http_asked *
http_server_asked(struct http_server *s, unsigned i)
{
	ck_assert_uint_lt(i, http_server_count(s));
	return &s->asked[i];
}

unsigned
http_server_port(const struct http_server *s)
{
	return s->port;
}

const char *
http_server_url(const struct http_server *s, const char *path)
{
	static char url[1024];

	snprintf(url, sizeof(url), "%s://127.0.0.1:%u%s",
	    s->tls ? "https" : "http", s->port, path);
	return url;
}
