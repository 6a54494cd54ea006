/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redis: a cache of a fleet of relying parties in Redis or Valkey.  Values
 * are opaque here and end by themselves in the server, too.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>

#include "modules/common/file.h"
#include "modules/common/roots.h"
#include "modules/redis/pool.h"

#define PREFIX "libtee:v1:"
#define PREFIX_MAX 64
#define CA_FILE_MAX 1048576

struct cache {
	char *host;
	char *prefix;
	char *user;
	char *password_file;
	SSL_CTX *tls;
	struct redis_pool *pool;
};

/* What the profile says, before anything is made of it. */
struct wish {
	const char *socket;
	const char *host;
	const char *user;
	const char *password_file;
	const char *ca_file;
	const char *prefix;
	uint64_t port;
	bool tls;
};

static size_t
name_of(const struct cache *c, const uint8_t *key, char out[PREFIX_MAX + 65])
{
	size_t n = strlen(c->prefix);

	memcpy(out, c->prefix, n);
	for (unsigned i = 0; i < 32; i++)
		snprintf(out + n + 2 * i, 3, "%02x", key[i]);
	return n + 64;
}

static enum tee_verdict
redis_get(void *state, struct tee_cache_ask *ask, uint8_t *bytes, size_t room,
    size_t *size)
{
	const struct cache *c = state;
	char name[PREFIX_MAX + 65];
	const char *argv[] = { "GET", name };
	size_t sizes[] = { 3, name_of(c, ask->key, name) };
	struct redis_answer answer;

	if (!redis_pool_ask(c->pool, ask, 2, argv, sizes, &answer))
		return TEE_UNAVAILABLE;
	if (answer.kind == REDIS_ANSWER_NOTHING)
		return TEE_DENY;
	if (answer.kind != REDIS_ANSWER_BYTES || answer.size > room) {
		ask->why = "GET: the server refuses (may this user GET?)";
		return TEE_UNAVAILABLE;
	}
	memcpy(bytes, answer.bytes, answer.size);
	*size = answer.size;
	return TEE_OK;
}

static enum tee_verdict
redis_put(void *state, struct tee_cache_ask *ask, const uint8_t *bytes,
    size_t size, unsigned lifetime)
{
	const struct cache *c = state;
	char name[PREFIX_MAX + 65], seconds[16];
	const char *argv[] = { "SET", name, (const char *)bytes, "EX",
		seconds };
	size_t sizes[] = { 3, name_of(c, ask->key, name), size, 2, 0 };
	struct redis_answer answer;

	sizes[4] = (size_t)snprintf(seconds, sizeof(seconds), "%u", lifetime);
	if (!redis_pool_ask(c->pool, ask, 5, argv, sizes, &answer))
		return TEE_UNAVAILABLE;
	if (answer.kind == REDIS_ANSWER_OK)
		return TEE_OK;
	ask->why = "SET: the server refuses (may this user SET? is it full?)";
	return TEE_UNAVAILABLE;
}

static void
redis_close(void *state)
{
	struct cache *c = state;

	redis_pool_free(&c->pool);
	SSL_CTX_free(c->tls);
	free(c->host);
	free(c->prefix);
	free(c->user);
	free(c->password_file);
	free(c);
}

/* ---- options --------------------------------------------------------- */

static bool
read_options(const struct tee_config *config, struct wish *w)
{
	w->host = tee_option(config, "host");
	w->user = tee_option(config, "user");
	w->prefix = tee_option(config, "prefix");
	return tee_option_path(config, "socket", &w->socket) >= 0 &&
	    tee_option_path(config, "password_file", &w->password_file) >= 0 &&
	    tee_option_path(config, "ca_file", &w->ca_file) >= 0 &&
	    tee_option_u64(config, "port", 1, 65535, &w->port) >= 0 &&
	    tee_option_bool(config, "tls", &w->tls) >= 0;
}

static bool
refuse(const struct tee_config *config, const char *name, const char *why)
{
	tee_option_error(config, name, "%s", why);
	return false;
}

/* Whoever reads the wire reads the password, and which peers are known. */
static bool
place_fits(const struct tee_config *config, const struct wish *w)
{
	if ((w->socket != NULL) == (w->port != 0))
		return refuse(config, w->socket != NULL ? "port" : "socket",
		    "one of socket and port");
	if (w->socket != NULL && (w->host != NULL || w->tls))
		return refuse(config, w->tls ? "tls" : "host",
		    "goes with port, not with socket");
	if (w->host != NULL && (w->host[0] == '\0' || strlen(w->host) > 253))
		return refuse(config, "host", "a name or an address");
	if (w->host != NULL && !w->tls && !redis_host_is_loopback(w->host))
		return refuse(config, "host",
		    "needs tls = true where it is not of this host "
		    "(127.0.0.1, ::1)");
	if (w->ca_file != NULL && !w->tls)
		return refuse(config, "ca_file", "goes with tls = true");
	return true;
}

static bool
rest_fits(const struct tee_config *config, const struct wish *w)
{
	if (w->user != NULL && w->password_file == NULL)
		return refuse(config, "user", "needs password_file");
	if (w->prefix != NULL &&
	    (w->prefix[0] == '\0' || strlen(w->prefix) > PREFIX_MAX))
		return refuse(config, "prefix", "1 to 64 bytes");
	return true;
}

static bool
copy(const char *text, char **out)
{
	*out = text != NULL ? strdup(text) : NULL;
	return text == NULL || *out != NULL;
}

static X509_STORE *
read_roots(const struct tee_config *config, const char *path)
{
	const char *why = "";
	size_t size = 0;
	uint8_t *pem = tee_file_read_own(path, CA_FILE_MAX, &size, &why);
	X509_STORE *roots = NULL;

	if (pem == NULL)
		tee_option_error(config, "ca_file", "%s: %s", path, why);
	else if ((roots = tee_roots_pem((const char *)pem, size)) == NULL)
		tee_option_error(config, "ca_file", "%s: no certificates",
		    path);
	free(pem);
	return roots;
}

static bool
make_tls(const struct tee_config *config, const struct wish *w, struct cache *c)
{
	X509_STORE *roots;

	if (!w->tls)
		return true;
	roots = w->ca_file != NULL ? read_roots(config, w->ca_file) :
				     tee_roots_system();
	if (roots != NULL)
		c->tls = redis_tls_new(roots);
	else if (w->ca_file == NULL)
		refuse(config, "tls", "no roots on this system; give ca_file");
	X509_STORE_free(roots);
	return c->tls != NULL;
}

/*
 * The password is read at each login, where a file that is not there means a
 * server that is away.  One that others can read is refused at once.
 */
static bool
password_fits(const struct tee_config *config, const char *path)
{
	const char *why = "";
	size_t size = 0;
	uint8_t *password;

	if (path == NULL)
		return true;
	password = tee_file_read_private(path, REDIS_PASSWORD_MAX, &size, &why);
	if (password == NULL && errno == EPERM) {
		tee_option_error(config, "password_file", "%s: %s", path, why);
		return false;
	}
	if (password != NULL)
		OPENSSL_cleanse(password, size);
	free(password);
	return true;
}

static bool
make_pool(const struct tee_config *config, const struct wish *w,
    struct cache *c)
{
	struct redis_login login = { c->user, c->password_file };
	struct redis_address *address = w->socket != NULL ?
	    redis_address_path(w->socket) :
	    redis_address_host(c->host, (uint16_t)w->port);

	if (address == NULL)
		return refuse(config, w->socket != NULL ? "socket" : "host",
		    "too long, or no memory");
	c->pool = redis_pool_new(address, c->tls, c->host, &login);
	return c->pool != NULL;
}

static bool
set_up(const struct tee_config *config, struct cache *c)
{
	struct wish w = { NULL };

	return read_options(config, &w) && place_fits(config, &w) &&
	    rest_fits(config, &w) && password_fits(config, w.password_file) &&
	    copy(w.user, &c->user) &&
	    copy(w.password_file, &c->password_file) &&
	    copy(w.host != NULL ? w.host : "127.0.0.1", &c->host) &&
	    copy(w.prefix != NULL ? w.prefix : PREFIX, &c->prefix) &&
	    make_tls(config, &w, c) && make_pool(config, &w, c);
}

/* Whether it is there is asked when there is something to ask. */
static enum tee_verdict
redis_open(const struct tee_config *config, void **state)
{
	struct cache *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return TEE_DENY;
	if (!set_up(config, c)) {
		redis_close(c);
		return TEE_DENY;
	}
	*state = c;
	return TEE_OK;
}

static const struct tee_module_option options[] = {
	{ "socket", TEE_CACHE, "path of the server's Unix socket" },
	{ "host", TEE_CACHE, "or its name or address (127.0.0.1)" },
	{ "port", TEE_CACHE, "and its TCP port" },
	{ "tls", TEE_CACHE, "true: over TLS; mandatory off this host" },
	{ "ca_file", TEE_CACHE, "PEM roots of its certificate (the system's)" },
	{ "user", TEE_CACHE, "ACL user to log in as" },
	{ "password_file", TEE_CACHE, "private file that holds the password" },
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
