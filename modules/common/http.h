/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http: one request to one service, inside the time budget of a call.  TLS
 * 1.2 or later with verification that nothing turns off, no redirects, no
 * proxy from the environment, bounded answers.  A refusal is never asked
 * twice; what is asked again stands in the hop's table.
 *
 * Reasons in the log, stable words:
 *   http_request    never sent: not https, or a header that is none
 *   http_trust      its own CA is not one of the profile's simulated roots
 *   http_dns, http_connect, http_timeout
 *   http_tls        handshake, certificate or host name
 *   http_broken     the answer ended early or was no HTTP
 *   http_too_large  more than the limit
 *   http_redirect   an answer that points elsewhere; never followed
 *   http_refused    4xx: asked, and the answer is no
 *   http_throttled  429
 *   http_error      404, 408, 410, 5xx
 */
#ifndef TEE_COMMON_HTTP_H
#define TEE_COMMON_HTTP_H

#include <stdbool.h>
#include <openssl/types.h>
#include <tee/module.h>

/* A service as errors name it, and how patient one is with it. */
struct tee_http_hop {
	const char *name;      /* "IMDS", "MAA", "Key Vault", "AMD KDS" */
	const char *advice;    /* the next thing to try when it is out */
	bool plain;            /* http:// is how it is spoken: IMDS alone */
	unsigned connect_ms;   /* of one try */
	unsigned total_ms;     /* of one try */
	unsigned tries;        /* in all */
	unsigned backoff_ms;   /* before the second try, then doubled */
	const unsigned *again; /* statuses worth another try, 0 ends */
	/* 410 where it means "being updated": asked again without counting as
	 * a try, so often and for so long; 0: as any other status. */
	unsigned gone_every_ms;
	unsigned gone_for_ms;
};

/*
 * Certificates that a TLS server may lead to instead of the system's.  They
 * count only where the profile names them as roots of a simulated platform
 * (tee_call_extra_root), so a relay's certificate cannot slip in.
 */
struct tee_http_trust;
/* From the option `name`; *out NULL where the line has none.  -1: refused. */
int tee_http_trust_read(const struct tee_config *, const char *name,
    struct tee_http_trust **out) TEE_MUST_USE;
void tee_http_trust_free(struct tee_http_trust **);
/* NULL trust is the system's and always allowed. */
bool tee_http_trust_allowed(struct tee_call *, const struct tee_http_trust *);
/* Its path, for messages: the file may have changed since it was read. */
const char *tee_http_trust_file(const struct tee_http_trust *);
/* One more reference to what was read, or for NULL to the system's. */
X509_STORE *tee_http_trust_roots(const struct tee_http_trust *);

/*
 * Connections that a line keeps for its next requests, four at most, each for
 * one host and one set of roots, and no longer than the certificates that
 * vouched for it (see http_pool.c).  Shared by threads.
 */
struct tee_http_pool;
struct tee_http_pool *tee_http_pool_new(void);
void tee_http_pool_free(struct tee_http_pool **);

struct tee_http_request {
	const struct tee_http_hop *hop;
	const char *url;
	const char *const *headers; /* "Name: value", NULL ends; may be NULL */
	const char *secret_header;  /* one more that is wiped; may be NULL */
	const char *content_type;   /* NULL: GET */
	const void *body;
	size_t body_size;
	size_t limit; /* bytes of answer taken */
	const struct tee_http_trust *trust;
	struct tee_http_pool *pool; /* NULL: no connection outlives it */
	bool fallback; /* something else is asked next: failures are notices */
};

struct tee_http_response {
	unsigned status;
	uint8_t *body; /* NUL beyond `size`, never NULL where OK; wiped */
	size_t size;
	unsigned tries;
	char request_id[96]; /* the service's correlation id */
	char code[96];       /* its own error code, innermost last */
	char message[256];   /* its own words, printable */
};

/*
 * TEE_OK: status 2xx.  TEE_DENY: a refusal (4xx but 404, 408, 410, 429; the
 * caller may know better and look at ->status) or a request that must not be
 * sent.  TEE_UNAVAILABLE: no answer, or one that says "later".  Whatever is
 * not OK is in the call's log, with hop, status, code, correlation id and
 * advice.  Tries that got no answer are repeated like `again`, except where
 * the certificate is wrong.  Free the response either way.
 */
enum tee_verdict tee_http(struct tee_call *, const struct tee_http_request *,
    struct tee_http_response *);
void tee_http_response_free(struct tee_http_response *);

#endif
