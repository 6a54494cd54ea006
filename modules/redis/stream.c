/* SPDX-License-Identifier: Apache-2.0 */
/* stream: see stream.h. */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "modules/redis/stream.h"

#define PIECE 4096

uint64_t
redis_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- the socket ---- */

static bool
wait_for(int fd, short what, uint64_t until)
{
	struct pollfd p = { .fd = fd, .events = what };
	uint64_t now;
	int n = 0;

	while ((now = redis_now()) < until) {
		n = poll(&p, 1,
		    until - now < INT_MAX ? (int)(until - now) : INT_MAX);
		if (n >= 0 || errno != EINTR)
			break;
	}
	return n == 1;
}

static bool
push(int fd, const uint8_t *bytes, size_t size, uint64_t until)
{
	ssize_t n;

	while (size > 0) {
		/* Also where there is room: the peer may be slow for ever. */
		if (!wait_for(fd, POLLOUT, until))
			return false;
		n = send(fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		bytes += n > 0 ? n : 0;
		size -= n > 0 ? (size_t)n : 0;
	}
	return true;
}

static size_t
pull(int fd, void *bytes, size_t room, uint64_t until)
{
	ssize_t n;

	while (wait_for(fd, POLLIN, until)) {
		n = recv(fd, bytes, room, MSG_DONTWAIT);
		if (n >= 0)
			return (size_t)n;
		if (errno != EAGAIN && errno != EINTR)
			break;
	}
	return 0;
}

static const char *
connect_to(int fd, const struct redis_target *to, uint64_t until)
{
	int error = 0, yes = 1;
	socklen_t size = sizeof(error);

	if (to->at.ss_family != AF_UNIX)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes,
		    sizeof(yes));
	if (connect(fd, (const struct sockaddr *)&to->at, to->size) == 0)
		return NULL;
	if (errno != EINPROGRESS)
		return strerrordesc_np(errno);
	if (!wait_for(fd, POLLOUT, until))
		return "connect: no answer in time";
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
		error = errno;
	return error != 0 ? strerrordesc_np(error) : NULL;
}

/* ---- TLS, between two buffers of memory: SSL_write knows no MSG_NOSIGNAL */

static bool
flush(struct redis_stream *s, uint64_t until)
{
	uint8_t piece[PIECE];
	int n;

	while ((n = BIO_read(SSL_get_wbio(s->ssl), piece, sizeof(piece))) > 0)
		if (!push(s->fd, piece, (size_t)n, until))
			return false;
	return true;
}

/* After an SSL call that gave `result`: whether to call it again. */
static bool
again(struct redis_stream *s, int result, uint64_t until)
{
	int error = SSL_get_error(s->ssl, result);
	uint8_t piece[PIECE];
	size_t n;

	if (!flush(s, until) || error != SSL_ERROR_WANT_READ)
		return false;
	n = pull(s->fd, piece, sizeof(piece), until);
	return n > 0 &&
	    BIO_write(SSL_get_rbio(s->ssl), piece, (int)n) == (int)n;
}

static bool
expect(SSL *ssl, const char *host)
{
	/* An address is looked for among addresses, a name among names. */
	if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1)
		return true;
	return SSL_set1_host(ssl, host) == 1 &&
	    SSL_set_tlsext_host_name(ssl, host) == 1;
}

static const char *
shake_hands(struct redis_stream *s, const struct redis_target *to,
    uint64_t until)
{
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
	long verified;
	int r;

	s->ssl = SSL_new(to->tls);
	if (s->ssl == NULL || in == NULL || out == NULL) {
		BIO_free(in);
		BIO_free(out);
		return "no memory for TLS";
	}
	SSL_set_bio(s->ssl, in, out);
	if (!expect(s->ssl, to->host))
		return "TLS: the server's name does not fit";
	do {
		ERR_clear_error();
		r = SSL_connect(s->ssl);
	} while (r != 1 && again(s, r, until));
	if (r == 1)
		return flush(s, until) ? NULL : "TLS: broken off";
	verified = SSL_get_verify_result(s->ssl);
	return verified != X509_V_OK ? X509_verify_cert_error_string(verified) :
				       "TLS: no handshake in time";
}

SSL_CTX *
redis_tls_new(X509_STORE *roots)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());

	if (tls == NULL)
		return NULL;
	SSL_CTX_set1_cert_store(tls, roots);
	SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
	if (SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) == 1)
		return tls;
	SSL_CTX_free(tls);
	return NULL;
}

/* ---- both ---- */

const char *
redis_stream_open(struct redis_stream *s, const struct redis_target *to,
    uint64_t until)
{
	const char *why;

	s->ssl = NULL;
	s->fd = socket(to->at.ss_family,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->fd < 0)
		return strerrordesc_np(errno);
	why = connect_to(s->fd, to, until);
	if (why == NULL && to->tls != NULL)
		why = shake_hands(s, to, until);
	if (why != NULL)
		redis_stream_close(s);
	return why;
}

void
redis_stream_close(struct redis_stream *s)
{
	SSL_free(s->ssl);
	if (s->fd >= 0)
		close(s->fd);
	s->ssl = NULL;
	s->fd = -1;
	ERR_clear_error();
}

bool
redis_stream_send(struct redis_stream *s, const void *bytes, size_t size,
    uint64_t until)
{
	if (s->ssl == NULL)
		return push(s->fd, bytes, size, until);
	/* Memory takes all of it at once. */
	ERR_clear_error();
	return size <= INT_MAX &&
	    SSL_write(s->ssl, bytes, (int)size) == (int)size && flush(s, until);
}

size_t
redis_stream_receive(struct redis_stream *s, void *bytes, size_t room,
    uint64_t until)
{
	int n;

	if (s->ssl == NULL)
		return pull(s->fd, bytes, room, until);
	if (room > PIECE)
		room = PIECE;
	do {
		ERR_clear_error();
		n = SSL_read(s->ssl, bytes, (int)room);
	} while (n <= 0 && again(s, n, until));
	return n > 0 ? (size_t)n : 0;
}
