/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream: bytes to and from the server, in the clear or over TLS, and never
 * beyond an instant however slowly they come.  Not hiredis's own: that waits
 * anew for every byte, raises SIGPIPE, and frees a password without wiping.
 */
#ifndef MODULES_REDIS_STREAM_H
#define MODULES_REDIS_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <openssl/ssl.h>

/* Milliseconds of the monotonic clock. */
uint64_t redis_now(void);

struct redis_target {
	struct sockaddr_storage at;
	socklen_t size;
	SSL_CTX *tls;     /* NULL: in the clear */
	const char *host; /* whom the certificate must name */
};

struct redis_stream {
	int fd;
	SSL *ssl;
};

/* NULL, or the hop that failed: a sentence that stays. */
const char *redis_stream_open(struct redis_stream *,
    const struct redis_target *, uint64_t until);
void redis_stream_close(struct redis_stream *);
bool redis_stream_send(struct redis_stream *, const void *bytes, size_t size,
    uint64_t until);
/* 0: over, late or broken. */
size_t redis_stream_receive(struct redis_stream *, void *bytes, size_t room,
    uint64_t until);

/* Verifies servers up to these roots, which stay the caller's. */
SSL_CTX *redis_tls_new(X509_STORE *roots);

#endif
