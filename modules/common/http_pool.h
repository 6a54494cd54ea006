/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_pool: connections that outlive a request; http's own.  A slot is one
 * request's at a time, so libcurl's share needs no locks, and what is kept is
 * the connection alone: each request has an easy handle of its own, so no
 * header and no token of one is there in the next.
 */
#ifndef TEE_COMMON_HTTP_POOL_H
#define TEE_COMMON_HTTP_POOL_H

#include <time.h>
#include <curl/curl.h>
#include <openssl/ssl.h>

#include "modules/common/http.h"

#define HTTP_POOL_SLOTS 4
#define HTTP_POOL_IDLE_MS (60 * 1000)
#define HTTP_POOL_AGE_MS (300 * 1000)

struct http_slot {
	CURLSH *share; /* one connection at most */
	bool busy;
	char *origin;      /* "https://host:port" */
	X509_STORE *roots; /* that its server's chain led to; a reference */
	/* Of the connection, by whoever verified its server. */
	time_t expires;   /* earliest end of a certificate; 0: not verified */
	uint64_t made_ms; /* since boot, as `idle_ms` */
	uint64_t idle_ms;
};

/*
 * A slot for this origin and these roots, with a connection where one is kept
 * that is still good; NULL: all are busy, or this is a child of the process
 * that made the pool.
 */
struct http_slot *tee_http_pool_take(struct tee_http_pool *, const char *url,
    X509_STORE *roots);
/* `good`: the transfer ended well. */
void tee_http_pool_give(struct tee_http_pool *, struct http_slot *, bool good);
/*
 * Verifies as OpenSSL does, and notes in the slot, if there is one, how long
 * what the server showed will be valid.
 */
void tee_http_slot_watch(struct http_slot *, SSL_CTX *);

#endif
