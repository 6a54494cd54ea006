/* SPDX-License-Identifier: Apache-2.0 */
/* http_try: one transfer by libcurl, and what became of it.  http.c's own. */
#ifndef TEE_COMMON_HTTP_TRY_H
#define TEE_COMMON_HTTP_TRY_H

#include <curl/curl.h>

#include "modules/common/http_pool.h"

#define HTTP_HOST_TEXT 80
#define HTTP_HEADERS_MAX (64 * 1024)

struct http_try {
	const struct tee_http_request *request;
	struct tee_http_response *response;
	unsigned connect_ms, total_ms;
	X509_STORE *roots; /* while it is sent */
	struct http_slot *slot;
	/* Found. */
	CURLcode code;
	char error[CURL_ERROR_SIZE];
	size_t capacity;
	size_t header_size;
	bool too_large;
	int64_t retry_after_ms; /* -1: the server did not say */
};

/* False with a sentence in `why`: not https, not a URL, a stray control. */
bool tee_http_sendable(const struct tee_http_request *, const char **why,
    char host[HTTP_HOST_TEXT]);
/* False where libcurl cannot do what this client promises. */
bool tee_http_ready(void);
void tee_http_send(struct http_try *);

/* http_answer.c: status, the service's own words and correlation id. */
void tee_http_read_answer(struct http_try *, CURL *);
/* Code and message out of the body, both printable; nothing where it has
 * none. */
void tee_http_read_error(struct tee_http_response *);

#endif
