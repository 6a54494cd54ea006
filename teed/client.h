/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client: one connection: packets in, packets out, and who stands behind it.
 * While an answer waits to be read nothing more is taken in, so that a slow
 * client costs a bounded queue and nobody's time.
 */
#ifndef TEED_CLIENT_H
#define TEED_CLIENT_H

#include <sys/types.h>
#include <time.h>

#include "libtee/wire.h"
#include "teed/limit.h"
#include "teed/loop.h"
#include "teed/sshagent.h"

#define TEED_BATCH 16 /* packets of one client in one turn */
#define TEED_ASKS 16  /* requests of one client that wait */

/* All clients of one uid share a bucket. */
struct teed_peer {
	struct teed_peer *next;
	uid_t uid;
	unsigned clients, own_places;
	struct teed_limit limit;
};

struct teed_client;
struct teed_client_owner {
	/* Whether it may be read in this turn; if not, in one of the next. */
	bool (*admits)(struct teed_client *);
	/* Up to TEED_BATCH of them; the client is still there afterwards. */
	void (*packets)(struct teed_client *, const struct tee_wire *,
	    size_t count);
	/*
	 * The same for a stream, an ssh-agent's: how many bytes were taken of
	 * these, and the rest comes again; -1: it speaks nonsense.
	 */
	ssize_t (*bytes)(struct teed_client *, const uint8_t *, size_t);
	/* It hung up, or spoke nonsense; the owner frees it. */
	void (*gone)(struct teed_client *);
};

struct teed_out;
struct teed_client {
	struct teed_watch watch;
	struct teed_timer pause; /* not read before it rings */
	struct teed_loop *loop;
	const struct teed_client_owner *owner;
	void *service;
	struct teed_client *next, *previous; /* the service's */
	struct teed_peer *peer;
	pid_t pid;
	time_t since;
	bool may_sign;
	bool may_operate;
	bool own_place; /* an operator's, beside custody.connections */
	bool ended;     /* nothing more of it is read or answered */
	unsigned asks;  /* that wait */
	uint64_t signatures, refused;
	struct teed_ssh *ssh; /* NULL: speaks packets */
	struct teed_out *first, *last;
	size_t queued;
};

/* Takes the descriptor.  NULL: no memory; the descriptor is closed then. */
struct teed_client *teed_client_new(struct teed_loop *, int fd, bool ssh,
    const struct teed_client_owner *, void *service);
void teed_client_free(struct teed_client **);
/* From now on it is heard; false: it cannot be watched. */
bool teed_client_start(struct teed_client *);

/* Any size: in as many packets as it takes. */
void teed_client_answer(struct teed_client *, const struct tee_wire *request,
    const void *payload, size_t size);
/* "word: detail; what to try", from a TEE_E_* code; detail may be NULL. */
void teed_client_refuse(struct teed_client *, const struct tee_wire *request,
    int error, const char *detail);
/* Many small ones at once. */
void teed_client_answers(struct teed_client *, const struct tee_wire *,
    size_t count);
/* Said without being asked; one who does not listen is let go. */
void teed_client_event(struct teed_client *, enum tee_wire_event,
    const char *text);
/* Whether another request of it is taken in now. */
bool teed_client_reads(const struct teed_client *);
/* To an ssh-agent's client. */
void teed_client_bytes(struct teed_client *, const uint8_t *, size_t);
/* Says why not, once, to nobody's request, and hangs up. */
void teed_client_turn_away(struct teed_loop *, int fd, bool ssh, int error,
    const char *detail);
/* Reads what is there and forgets it. */
void teed_client_drain(struct teed_client *);
/* Not read again for so long. */
void teed_client_pause(struct teed_client *, unsigned milliseconds);
/* One more, or one fewer, of its requests waits. */
void teed_client_asks(struct teed_client *, int more);

#endif
