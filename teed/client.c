/* SPDX-License-Identifier: Apache-2.0 */
/* client: see client.h. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "teed/client.h"

#define QUEUE (64 * 1024) /* bytes of events that may wait */
#define SMALL 512         /* answers that are sent many at once */

struct teed_out {
	struct teed_out *next;
	size_t size, sent; /* a stream may take a part */
	uint8_t bytes[];
};

/* One thread: nobody else reads meanwhile. */
static uint8_t packets[TEED_BATCH][TEE_WIRE_PACKET];

struct teed_client *
teed_client_new(struct teed_loop *loop, int fd, bool ssh,
    const struct teed_client_owner *owner, void *service)
{
	struct teed_client *c = calloc(1, sizeof(*c));

	if (c != NULL && ssh)
		c->ssh = teed_ssh_new();
	if (c == NULL || (ssh && c->ssh == NULL)) {
		free(c);
		close(fd);
		return NULL;
	}
	c->loop = loop;
	c->owner = owner;
	c->service = service;
	c->watch.fd = fd;
	return c;
}

void
teed_client_free(struct teed_client **client)
{
	struct teed_client *c = *client;
	struct teed_out *out;

	if (c == NULL)
		return;
	*client = NULL;
	teed_loop_unwatch(c->loop, &c->watch);
	teed_loop_cancel(c->loop, &c->pause);
	close(c->watch.fd);
	while ((out = c->first) != NULL) {
		c->first = out->next;
		free(out);
	}
	teed_ssh_free(&c->ssh);
	free(c);
}

bool
teed_client_reads(const struct teed_client *c)
{
	return !c->ended && c->first == NULL && c->pause.place == 0 &&
	    c->asks < TEED_ASKS;
}

/* What it is waited for, by what stands in the way. */
static void
rearm(struct teed_client *c)
{
	bool reads = teed_client_reads(c);

	/* The loop will say that it hung up, and its owner lets it go. */
	if (c->ended)
		(void)shutdown(c->watch.fd, SHUT_RDWR);
	if (!teed_loop_watch(c->loop, &c->watch,
		(reads ? (uint32_t)EPOLLIN : 0) |
		    (c->first != NULL ? (uint32_t)EPOLLOUT : 0)))
		c->ended = true;
}

static void
unpause(struct teed_timer *timer)
{
	rearm((struct teed_client *)(void *)((uint8_t *)timer -
	    offsetof(struct teed_client, pause)));
}

void
teed_client_pause(struct teed_client *c, unsigned milliseconds)
{
	c->pause.ring = unpause;
	if (teed_loop_set(c->loop, &c->pause,
		teed_loop_now(c->loop) + (int64_t)milliseconds))
		rearm(c);
}

void
teed_client_asks(struct teed_client *c, int more)
{
	c->asks += (unsigned)more;
	rearm(c);
}

/* What the socket does not take now waits; too much of it ends the client. */
static void
queue(struct teed_client *c, const uint8_t *bytes, size_t size, bool answer)
{
	struct teed_out *out;

	if (c->ended)
		return;
	if (!answer && c->queued + size > QUEUE) {
		c->ended = true;
		return;
	}
	out = malloc(sizeof(*out) + size);
	if (out == NULL) {
		c->ended = true;
		return;
	}
	*out = (struct teed_out){ .size = size };
	memcpy(out->bytes, bytes, size);
	if (c->last != NULL)
		c->last->next = out;
	else
		c->first = out;
	c->last = out;
	c->queued += size;
}

/* How many bytes of it the socket took; a client that cannot be ends. */
static size_t
try_send(struct teed_client *c, const uint8_t *bytes, size_t size)
{
	ssize_t n = send(c->watch.fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n >= 0)
		return (size_t)n;
	if (errno != EAGAIN && errno != EINTR && errno != ENOBUFS)
		c->ended = true;
	return 0;
}

static void
send_or_queue(struct teed_client *c, const uint8_t *bytes, size_t size,
    bool answer)
{
	size_t sent = 0;

	if (c->ended)
		return;
	if (c->first == NULL)
		sent = try_send(c, bytes, size);
	if (sent < size)
		queue(c, bytes + sent, size - sent, answer);
}

static void
flush(struct teed_client *c)
{
	struct teed_out *out;

	while ((out = c->first) != NULL && !c->ended) {
		size_t n =
		    try_send(c, out->bytes + out->sent, out->size - out->sent);

		if (n == 0)
			break;
		out->sent += n;
		if (out->sent < out->size)
			break;
		c->first = out->next;
		if (c->first == NULL)
			c->last = NULL;
		c->queued -= out->size;
		free(out);
	}
}

static size_t
encode(const struct tee_wire *wire, uint8_t *packet, size_t room)
{
	struct tee_wire answer = *wire;

	answer.verb |= TEE_WIRE_ANSWERS;
	return tee_wire_write(&answer, packet, room);
}

void
teed_client_answer(struct teed_client *c, const struct tee_wire *request,
    const void *payload, size_t size)
{
	uint8_t packet[TEE_WIRE_PACKET];
	const uint8_t *p = payload;
	struct tee_wire part = { .verb = request->verb,
		.status = TEE_WIRE_OK,
		.id = request->id };

	do {
		part.size = size < TEE_WIRE_PAYLOAD ? size : TEE_WIRE_PAYLOAD;
		part.payload = p;
		part.flags = part.size < size ? TEE_WIRE_MORE : 0;
		send_or_queue(c, packet, encode(&part, packet, sizeof(packet)),
		    true);
		p += part.size;
		size -= part.size;
	} while (size > 0);
	rearm(c);
}

void
teed_client_refuse(struct teed_client *c, const struct tee_wire *request,
    int error, const char *detail)
{
	char text[1024];
	uint8_t packet[TEE_WIRE_HEADER + sizeof(text)];
	struct tee_wire answer = { .verb = request->verb,
		.status = (uint8_t)error,
		.id = request->id,
		.payload = (const uint8_t *)text };

	snprintf(text, sizeof(text), "%s: %s; %s", tee_error_word(error),
	    detail != NULL ? detail : tee_strerror(error), tee_explain(error));
	answer.size = strlen(text);
	c->refused++;
	send_or_queue(c, packet, encode(&answer, packet, sizeof(packet)), true);
	rearm(c);
}

void
teed_client_answers(struct teed_client *c, const struct tee_wire *answers,
    size_t count)
{
	uint8_t packet[TEED_BATCH][SMALL];
	struct mmsghdr message[TEED_BATCH] = { 0 };
	struct iovec part[TEED_BATCH];
	int sent = 0;

	for (size_t i = 0; i < count; i++) {
		part[i] = (struct iovec){ packet[i],
			encode(&answers[i], packet[i], SMALL) };
		message[i].msg_hdr.msg_iov = &part[i];
		message[i].msg_hdr.msg_iovlen = 1;
	}
	if (!c->ended && c->first == NULL)
		sent = sendmmsg(c->watch.fd, message, (unsigned)count,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
	for (size_t i = sent > 0 ? (size_t)sent : 0; i < count; i++)
		send_or_queue(c, part[i].iov_base, part[i].iov_len, true);
	rearm(c);
}

void
teed_client_event(struct teed_client *c, enum tee_wire_event event,
    const char *text)
{
	uint8_t packet[TEE_WIRE_HEADER + 1024], payload[1024];
	struct tee_wire wire = { .verb = TEE_WIRE_EVENT, .payload = payload };

	/* An ssh-agent has no such thing. */
	if (c->ssh != NULL)
		return;
	payload[0] = (uint8_t)event;
	wire.size = 1 + strnlen(text, sizeof(payload) - 1);
	memcpy(payload + 1, text, wire.size - 1);
	send_or_queue(c, packet, tee_wire_write(&wire, packet, sizeof(packet)),
	    false);
	rearm(c);
}

void
teed_client_bytes(struct teed_client *c, const uint8_t *bytes, size_t size)
{
	send_or_queue(c, bytes, size, true);
	rearm(c);
}

/*
 * How many packets there were, up to the end or to what is none of this
 * protocol: then it is over with this client.
 */
static int
receive(struct teed_client *c, struct tee_wire *wire, bool *over)
{
	struct mmsghdr message[TEED_BATCH] = { 0 };
	struct iovec part[TEED_BATCH];
	int n;

	for (size_t i = 0; i < TEED_BATCH; i++) {
		part[i] = (struct iovec){ packets[i], TEE_WIRE_PACKET };
		message[i].msg_hdr.msg_iov = &part[i];
		message[i].msg_hdr.msg_iovlen = 1;
	}
	n = recvmmsg(c->watch.fd, message, TEED_BATCH, MSG_DONTWAIT, NULL);
	*over = n < 0 && errno != EAGAIN && errno != EINTR;
	for (int i = 0; i < n; i++) {
		/* Nothing at all is the end; descriptors are never taken. */
		*over = message[i].msg_len == 0 ||
		    message[i].msg_hdr.msg_flags & MSG_TRUNC ||
		    !tee_wire_read(packets[i], message[i].msg_len, &wire[i]);
		if (*over)
			return i;
	}
	return n;
}

void
teed_client_drain(struct teed_client *c)
{
	for (int i = 0; i < TEED_BATCH; i++)
		if (recv(c->watch.fd, packets, sizeof(packets), MSG_DONTWAIT) <=
		    0)
			break;
}

void
teed_client_turn_away(struct teed_loop *loop, int fd, bool ssh, int error,
    const char *detail)
{
	struct teed_client *c = teed_client_new(loop, fd, ssh, NULL, NULL);
	struct tee_wire none = { .verb = 0 };

	if (c == NULL)
		return;
	if (!ssh)
		teed_client_refuse(c, &none, error, detail);
	/* What stays unread would reach it as a reset, before the reason. */
	teed_client_drain(c);
	teed_client_free(&c);
}

static void
take_packets(struct teed_client *c)
{
	struct tee_wire wire[TEED_BATCH];
	bool over;
	int n = receive(c, wire, &over);

	if (n > 0)
		c->owner->packets(c, wire, (size_t)n);
	if (over)
		c->owner->gone(c);
}

static void
take_bytes(struct teed_client *c)
{
	ssize_t n = recv(c->watch.fd, packets, TEED_SSH_MESSAGE,
	    MSG_DONTWAIT | MSG_PEEK);
	ssize_t taken = -1;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		taken = c->owner->bytes(c, packets[0], (size_t)n);
	/* What was not taken stays in the socket. */
	if (taken > 0)
		(void)recv(c->watch.fd, packets, (size_t)taken, MSG_DONTWAIT);
	if (taken < 0)
		c->owner->gone(c);
}

static void
ready(struct teed_watch *watch, uint32_t events)
{
	struct teed_client *c = (struct teed_client *)(void *)watch;

	if (events & EPOLLOUT)
		flush(c);
	if (c->ended || events & (EPOLLHUP | EPOLLERR))
		c->owner->gone(c);
	else if (events & EPOLLIN && !c->owner->admits(c))
		return;
	else if (events & EPOLLIN && c->ssh != NULL)
		take_bytes(c);
	else if (events & EPOLLIN)
		take_packets(c);
	else
		rearm(c);
}

bool
teed_client_start(struct teed_client *c)
{
	c->watch.ready = ready;
	rearm(c);
	return !c->ended;
}
