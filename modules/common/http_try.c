/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_try: see http_try.h.  One easy handle per transfer: nothing of one
 * request outlives it, but for its connection where there is a pool.
 */
#include "config.h"

#include <limits.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <openssl/crypto.h>
#include <openssl/ssl.h>

#include "modules/common/http_try.h"

#define FIRST_BODY 4096

/*
 * libcurl copies headers and answers around, tokens among them, and frees
 * without wiping.  Where this is the first user of libcurl in the process,
 * its memory is wiped on the way out; the blocks stay malloc's own, because
 * some programs give libcurl's strings to free(3).
 */
static void
wiping_free(void *p)
{
	if (p != NULL)
		OPENSSL_cleanse(p, malloc_usable_size(p));
	free(p);
}

static void *
wiping_realloc(void *p, size_t size)
{
	size_t had = p == NULL ? 0 : malloc_usable_size(p);
	void *grown = malloc(size);

	if (grown == NULL)
		return NULL;
	if (p != NULL)
		memcpy(grown, p, had < size ? had : size);
	wiping_free(p);
	return grown;
}

static bool curl_is_ready;

/* The environment cannot ask OpenSSL's libcurl for less than this. */
static void
start_curl(void)
{
	const curl_version_info_data *v;

	if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, wiping_free,
		wiping_realloc, strdup, calloc) != CURLE_OK)
		return;
	v = curl_version_info(CURLVERSION_NOW);
	curl_is_ready = v->ssl_version != NULL &&
	    strncmp(v->ssl_version, "OpenSSL/", 8) == 0 &&
	    (v->features & CURL_VERSION_ASYNCHDNS) != 0;
}

bool
tee_http_ready(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	return pthread_once(&once, start_curl) == 0 && curl_is_ready;
}

/* A line of the request has no room for another line. */
static bool
one_line(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return false;
	return true;
}

static bool
lines_are_good(const struct tee_http_request *r)
{
	const char *const *h = r->headers;

	for (; h != NULL && *h != NULL; h++)
		if (!one_line(*h))
			return false;
	return one_line(r->url) &&
	    (r->secret_header == NULL || one_line(r->secret_header)) &&
	    (r->content_type == NULL || one_line(r->content_type));
}

static void
host_text(CURLU *url, char host[HTTP_HOST_TEXT])
{
	char *name = NULL, *port = NULL;

	if (curl_url_get(url, CURLUPART_HOST, &name, 0) == CURLUE_OK)
		snprintf(host, HTTP_HOST_TEXT, "%s", name);
	if (curl_url_get(url, CURLUPART_PORT, &port, 0) == CURLUE_OK &&
	    strlen(host) + strlen(port) + 1 < HTTP_HOST_TEXT) {
		strncat(host, ":", HTTP_HOST_TEXT - strlen(host) - 1);
		strncat(host, port, HTTP_HOST_TEXT - strlen(host) - 1);
	}
	curl_free(name);
	curl_free(port);
}

static bool
scheme_is_good(CURLU *url, bool plain)
{
	char *scheme = NULL;
	bool good =
	    curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
	    (strcmp(scheme, "https") == 0 ||
		(plain && strcmp(scheme, "http") == 0));

	curl_free(scheme);
	return good;
}

bool
tee_http_sendable(const struct tee_http_request *r, const char **why,
    char host[HTTP_HOST_TEXT])
{
	CURLU *url = curl_url();

	host[0] = '\0';
	*why = NULL;
	if (url == NULL)
		*why = "no memory";
	else if (!lines_are_good(r))
		*why = "a control character in its URL or a header";
	else if (curl_url_set(url, CURLUPART_URL, r->url,
		     CURLU_DISALLOW_USER) != CURLUE_OK)
		*why = "not a URL (https://host/path)";
	else if (!scheme_is_good(url, r->hop->plain))
		*why = "only https:// is spoken with this service";
	if (url != NULL && r->url != NULL)
		host_text(url, host);
	curl_url_cleanup(url);
	return *why == NULL;
}

static bool
grow(struct http_try *t, size_t need)
{
	struct tee_http_response *a = t->response;
	size_t capacity = t->capacity == 0 ? FIRST_BODY : t->capacity;
	uint8_t *body;

	while (capacity < need)
		capacity *= 2;
	if (capacity == t->capacity)
		return true;
	body = OPENSSL_clear_realloc(a->body, t->capacity, capacity);
	if (body == NULL)
		return false;
	a->body = body;
	t->capacity = capacity;
	return true;
}

static size_t
take_body(char *data, size_t one, size_t size, void *user)
{
	struct http_try *t = user;
	struct tee_http_response *a = t->response;

	(void)one;
	if (size > t->request->limit - a->size) {
		t->too_large = true;
		return CURL_WRITEFUNC_ERROR;
	}
	if (!grow(t, a->size + size + 1))
		return CURL_WRITEFUNC_ERROR;
	memcpy(a->body + a->size, data, size);
	a->size += size;
	a->body[a->size] = '\0';
	return size;
}

/* libcurl keeps headers without an end. */
static size_t
count_header(char *data, size_t one, size_t size, void *user)
{
	struct http_try *t = user;

	(void)data;
	(void)one;
	t->header_size += size;
	t->too_large = t->too_large || t->header_size > HTTP_HEADERS_MAX;
	return t->too_large ? CURL_WRITEFUNC_ERROR : size;
}

/*
 * libcurl lets SSLKEYLOGFILE ask for the keys of every connection, and would
 * parse the system's certificates for each.
 */
static CURLcode
prepare_tls(CURL *curl, void *ctx, void *user)
{
	const struct http_try *t = user;

	(void)curl;
	SSL_CTX_set_keylog_callback(ctx, NULL);
	SSL_CTX_set_options(ctx, SSL_OP_CLEANSE_PLAINTEXT);
	if (t->roots == NULL || X509_STORE_up_ref(t->roots) != 1)
		return CURLE_SSL_CACERT_BADFILE;
	SSL_CTX_set_cert_store(ctx, t->roots);
	tee_http_slot_watch(t->slot, ctx);
	/* As libcurl has it: a named certificate may be an intermediate. */
	X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ctx),
	    X509_V_FLAG_PARTIAL_CHAIN);
	return CURLE_OK;
}

/* A program that the agent starts has no use for it. */
static curl_socket_t
open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *a)
{
	(void)user;
	(void)purpose;
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

#define SET(option, value) \
	(curl_easy_setopt(curl, CURLOPT_##option, value) == CURLE_OK)

static bool
set_transport(CURL *curl, const struct http_try *t)
{
	return SET(PROTOCOLS_STR,
		   t->request->hop->plain ? "http,https" : "https") &&
	    SET(PROXY, "") && SET(NOPROXY, "*") && SET(FOLLOWLOCATION, 0L) &&
	    SET(NOSIGNAL, 1L) && SET(OPENSOCKETFUNCTION, open_socket) &&
	    (t->slot != NULL ? SET(SHARE, t->slot->share) :
			       SET(FORBID_REUSE, 1L)) &&
	    SET(HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) &&
	    SET(CONNECTTIMEOUT_MS, (long)t->connect_ms) &&
	    SET(TIMEOUT_MS, (long)t->total_ms)
#if LIBCURL_VERSION_NUM >= 0x075700
	    /* A resolver that hangs must not outlast the budget. */
	    && SET(QUICK_EXIT, 1L)
#endif
	    ;
}

/* No roots but those of prepare_tls: without it nothing is believed. */
static bool
set_tls(CURL *curl, struct http_try *t)
{
	return SET(SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
	    SET(SSL_VERIFYPEER, 1L) && SET(SSL_VERIFYHOST, 2L) &&
	    SET(SSL_SESSIONID_CACHE, 0L) && SET(CAINFO, NULL) &&
	    SET(CAPATH, NULL) && SET(SSL_CTX_FUNCTION, prepare_tls) &&
	    SET(SSL_CTX_DATA, t);
}

static bool
set_request(CURL *curl, struct http_try *t, struct curl_slist *headers)
{
	const struct tee_http_request *r = t->request;

	return SET(URL, r->url) && SET(USERAGENT, PACKAGE_NAME) &&
	    SET(HTTPHEADER, headers) &&
	    (r->content_type == NULL ||
		(SET(POST, 1L) &&
		    SET(POSTFIELDSIZE_LARGE, (curl_off_t)r->body_size) &&
		    SET(POSTFIELDS, r->body_size > 0 ? r->body : ""))) &&
	    SET(WRITEFUNCTION, take_body) && SET(WRITEDATA, t) &&
	    SET(HEADERFUNCTION, count_header) && SET(HEADERDATA, t) &&
	    SET(ERRORBUFFER, t->error);
}

static void
free_headers(struct curl_slist *headers)
{
	for (struct curl_slist *h = headers; h != NULL; h = h->next)
		OPENSSL_cleanse(h->data, strlen(h->data));
	curl_slist_free_all(headers);
}

static bool
append(struct curl_slist **list, const char *header)
{
	struct curl_slist *longer = curl_slist_append(*list, header);

	if (longer != NULL)
		*list = longer;
	return longer != NULL;
}

static bool
add_headers(struct curl_slist **list, const struct tee_http_request *r)
{
	const char *const *h = r->headers;
	char type[128];

	for (; h != NULL && *h != NULL; h++)
		if (!append(list, *h))
			return false;
	if (r->content_type != NULL) {
		snprintf(type, sizeof(type), "Content-Type: %s",
		    r->content_type);
		/* One answer per request, whatever its size. */
		if (!append(list, type) || !append(list, "Expect:"))
			return false;
	}
	return r->secret_header == NULL || append(list, r->secret_header);
}

/* An answer without a body has an empty one. */
static void
end_body(struct http_try *t)
{
	if (t->code != CURLE_OK)
		return;
	if (!grow(t, t->response->size + 1))
		t->code = CURLE_OUT_OF_MEMORY;
	else
		t->response->body[t->response->size] = '\0';
}

static void
perform(struct http_try *t)
{
	CURL *curl = curl_easy_init();
	struct curl_slist *headers = NULL;

	if (curl != NULL && add_headers(&headers, t->request) &&
	    set_transport(curl, t) && set_tls(curl, t) &&
	    set_request(curl, t, headers)) {
		t->code = curl_easy_perform(curl);
		end_body(t);
		tee_http_read_answer(t, curl);
	}
	curl_easy_cleanup(curl);
	free_headers(headers);
}

void
tee_http_send(struct http_try *t)
{
	const struct tee_http_request *r = t->request;

	t->code = CURLE_OUT_OF_MEMORY;
	t->retry_after_ms = -1;
	/* The system's take long to parse; IMDS needs none. */
	if (strncasecmp(r->url, "https:", 6) == 0)
		t->roots = tee_http_trust_roots(r->trust);
	t->slot = tee_http_pool_take(r->pool, r->url, t->roots);
	perform(t);
	tee_http_pool_give(r->pool, t->slot, t->code == CURLE_OK);
	t->slot = NULL;
	X509_STORE_free(t->roots);
	t->roots = NULL;
}
