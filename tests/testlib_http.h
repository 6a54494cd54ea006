/* SPDX-License-Identifier: Apache-2.0 */
/*
 * testlib_http: a real server on loopback that answers by a script and
 * remembers what it was asked; and a call that the client under test runs in.
 */
#ifndef TESTLIB_HTTP_H
#define TESTLIB_HTTP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libtee/call.h"
#include "libtee/option.h"
#include "modules/common/http.h"
#include "tests/testlib_tls.h"

#define HTTP_TURNS 16
#define HTTP_ASKED 64

/* One answer.  Headers as "Name: value|Name: value". */
struct http_turn {
	unsigned status; /* 0: the connection is closed without an answer */
	const char *headers;
	const char *body;
	size_t size;           /* of the body; 0: it is a text */
	const char *path;      /* only for URLs that begin so; NULL: any */
	size_t fill;           /* so many bytes instead of a body */
	size_t cut;            /* ends after so many bytes; 0: whole */
	unsigned first_ms;     /* before the status */
	unsigned byte_ms;      /* before each byte of the body */
	unsigned junk_headers; /* so many more, of a kilobyte each */
};

struct http_asked {
	char method[8];
	char url[1024]; /* path and query */
	char body[8192];
	char metadata[16], authorization[2048], type[128], host[64];
};

struct http_server;
/* identity NULL: plain http.  priorities: GnuTLS's, NULL: its own. */
struct http_server *http_server_new(const struct tls_identity *identity,
    const char *priorities);
void http_server_free(struct http_server **);
/* On the same port, every connection closed, with this certificate. */
void http_server_restart(struct http_server *, const struct tls_identity *);
/* From now on these, in order; the last one for ever.  Forgets what it was
 * asked. */
void http_server_script(struct http_server *, const struct http_turn *,
    size_t count);
unsigned http_server_count(struct http_server *);
/* How many connections were made, since it was new. */
unsigned http_server_connections(struct http_server *);
const struct http_asked *http_server_asked(struct http_server *, unsigned i);
unsigned http_server_port(const struct http_server *);
/* "https://127.0.0.1:PORT" + path; a static buffer. */
const char *http_server_url(const struct http_server *, const char *path);

/* A verifier's call: log kept, budget set, `root` trusted as simulated. */
struct http_call {
	struct tee_call call;
	struct tee_reference floor;
	uint8_t root[2][32];
	char log[16384];
};
void http_call_begin(struct http_call *, unsigned budget_ms,
    const uint8_t root[32]);
/* One root more, of the two that there is room for. */
void http_call_trust(struct http_call *, const uint8_t root[32]);
void http_call_end(struct http_call *);
/* A line "reason=... detail=..." that has both. */
bool http_call_logged(const struct http_call *, const char *reason,
    const char *words);

/* A trust made of this CA, through a file and an option as lines have it. */
struct tee_http_trust *http_trust_of(const struct tls_ca *);
/* Its certificate in a file, for ca_file; remove(3) it.  A static buffer. */
const char *http_ca_file(const struct tls_ca *);
/* Options "name=value|name=value" of a line; clear with tee_config_clear. */
void http_config(struct tee_config *, enum tee_facility, const char *options,
    struct http_call *log);

uint64_t http_ms(void);

#endif
