/* SPDX-License-Identifier: Apache-2.0 */
/* line: see line.h. */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "libtee/clock.h"
#include "libtee/error.h"
#include "libtee/line.h"
#include "libtee/text.h"

#define CONNECT_SECONDS 10

struct answer {
	uint8_t *bytes;
	size_t size, room;
};

int
tee_line_connect(struct tee_line_end *line, const char *path,
    const struct tee_log *log)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval limit = { .tv_sec = CONNECT_SECONDS };
	size_t n = strlen(path);
	int error;

	if (n >= sizeof(address.sun_path)) {
		tee_log_line(log, LOG_ERR, "teed: %s: the path is too long",
		    path);
		return TEE_E_TEED;
	}
	memcpy(address.sun_path, path, n);
	line->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	/* A full backlog makes connect(2) wait. */
	if (line->fd >= 0 &&
	    setsockopt(line->fd, SOL_SOCKET, SO_SNDTIMEO, &limit,
		sizeof(limit)) == 0 &&
	    connect(line->fd, (const void *)&address, sizeof(address)) == 0)
		return 0;
	error = errno;
	tee_line_close(line);
	tee_log_line(log, LOG_ERR, "teed: %s: %s", path, strerror(error));
	return error == EACCES || error == EPERM ? TEE_E_PEER : TEE_E_TEED;
}

void
tee_line_close(struct tee_line_end *line)
{
	if (line->fd >= 0)
		close(line->fd);
	line->fd = -1;
}

/* A packet's size; 0: its other side is gone, or silent until the end. */
static size_t
receive(int fd, uint8_t packet[TEE_WIRE_PACKET], uint64_t end)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	uint64_t now = tee_clock_monotonic_ms();
	ssize_t n;

	while (now < end) {
		if (poll(&p, 1, (int)(end - now)) > 0) {
			n = recv(fd, packet, TEE_WIRE_PACKET,
			    MSG_DONTWAIT | MSG_TRUNC);
			/* Whoever is turned away before it was heard is
			 * told of the reset first, then of the reason. */
			if (n >= 0 ||
			    (errno != EINTR && errno != EAGAIN &&
				errno != ECONNRESET))
				return n > 0 && n <= TEE_WIRE_PACKET ?
				    (size_t)n :
				    0;
		}
		now = tee_clock_monotonic_ms();
	}
	return 0;
}

static bool
append(struct answer *a, const struct tee_wire *w)
{
	size_t room = a->room != 0 ? a->room : 2 * TEE_WIRE_PACKET;
	uint8_t *grown;

	if (w->size > TEE_WIRE_ANSWER - a->size)
		return false;
	while (room < a->size + w->size + 1)
		room *= 2;
	if (room != a->room) {
		grown = realloc(a->bytes, room);
		if (grown == NULL)
			return false;
		a->bytes = grown;
		a->room = room;
	}
	memcpy(a->bytes + a->size, w->payload, w->size);
	a->size += w->size;
	a->bytes[a->size] = '\0';
	return true;
}

/* Turned away at the door: an answer to nobody. */
static bool
is_ours(const struct tee_wire *w, enum tee_wire_verb verb, uint32_t id)
{
	bool turned_away = w->verb == TEE_WIRE_ANSWERS && w->id == 0 &&
	    w->status != TEE_WIRE_OK;

	return turned_away ||
	    (w->verb == ((unsigned)verb | TEE_WIRE_ANSWERS) && w->id == id);
}

/* What it was refused with, as one of our own codes. */
static int
refused(const struct tee_wire *w, char why[256])
{
	snprintf(why, 256, "%.*s", (int)(w->size < 255 ? w->size : 255),
	    (const char *)w->payload);
	tee_text_plain(why);
	return w->status >= TEE_E_DENIED && w->status <= TEE_E_TEED ?
	    w->status :
	    TEE_E_TEED;
}

static int
hear(struct tee_line_end *line, enum tee_wire_verb verb, uint64_t end,
    struct answer *a, char why[256])
{
	uint8_t packet[TEE_WIRE_PACKET];
	struct tee_wire w;

	for (;;) {
		size_t n = receive(line->fd, packet, end);

		if (n == 0 || !tee_wire_read(packet, n, &w))
			return -1;
		if (w.verb == TEE_WIRE_EVENT) {
			if (w.size > 0 && line->event != NULL)
				line->event(line->user,
				    (enum tee_wire_event)w.payload[0]);
			continue;
		}
		if (!is_ours(&w, verb, line->id))
			return -1;
		if (w.status != TEE_WIRE_OK)
			return refused(&w, why);
		if (!append(a, &w))
			return -1;
		if (!(w.flags & TEE_WIRE_MORE))
			return 0;
	}
}

/* A connection that somebody else opened has no limits of its own. */
static void
say(int fd, const uint8_t *packet, size_t size, uint64_t end)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	uint64_t now = tee_clock_monotonic_ms();

	while (now < end &&
	    send(fd, packet, size, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 &&
	    (errno == EAGAIN || errno == EINTR)) {
		(void)poll(&p, 1, (int)(end - now));
		now = tee_clock_monotonic_ms();
	}
}

int
tee_line_ask(struct tee_line_end *line, enum tee_wire_verb verb,
    const void *payload, size_t size, unsigned patience_ms, uint8_t **answer,
    size_t *answer_size, char why[256])
{
	uint64_t end = tee_clock_monotonic_ms() + patience_ms;
	uint8_t packet[TEE_WIRE_PACKET];
	struct tee_wire w = { .verb = (uint8_t)verb,
		.id = ++line->id,
		.payload = payload,
		.size = size };
	struct answer a = { NULL, 0, 0 };
	size_t n = tee_wire_write(&w, packet, sizeof(packet));
	int error;

	why[0] = '\0';
	if (n == 0)
		return TEE_E_ARGUMENT;
	/* Where this fails, why it was turned away may still be there. */
	say(line->fd, packet, n, end);
	error = hear(line, verb, end, &a, why);
	if (error < 0) {
		tee_line_close(line);
		error = TEE_E_TEED;
	}
	if (error == 0 && answer != NULL) {
		*answer = a.bytes;
		*answer_size = a.size;
	} else {
		free(a.bytes);
	}
	return error;
}
