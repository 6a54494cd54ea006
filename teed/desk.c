/* SPDX-License-Identifier: Apache-2.0 */
/* desk: see desk.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "teed/desk.h"

#define CLIENTS 16 /* at once */
#define OF_ONE 4   /* of these: one user's, so that he keeps no other out */
#define FOR_ROOT 8 /* more of those who hear of everything */
#define RATE 20    /* answers of one client in a second */

/* A client's bucket, and who stands behind it. */
struct visitor {
	struct teed_peer peer;
	struct teed_caller caller;
};

static struct visitor *
visitor_of(const struct teed_client *c)
{
	return (struct visitor *)(void *)c->peer;
}

static bool
admits(struct teed_client *c)
{
	struct teed_desk *d = c->service;
	uint64_t turn = teed_loop_turn(c->loop) + 1;

	if (d->turn == turn)
		return false;
	d->turn = turn;
	return true;
}

static void
on_status(struct teed_client *c, const struct tee_wire *w)
{
	const struct teed_desk *d = c->service;
	char *json = teed_refusals_json(d->refusals, &visitor_of(c)->caller);

	if (json != NULL)
		teed_client_answer(c, w, json, strlen(json));
	else
		teed_client_refuse(c, w, TEE_E_MEMORY, NULL);
	free(json);
}

static void
on_packets(struct teed_client *c, const struct tee_wire *w, size_t count)
{
	unsigned wait;

	for (size_t i = 0; i < count && !c->ended; i++) {
		if (!teed_limit_take(&c->peer->limit, teed_loop_now(c->loop),
			&wait)) {
			teed_client_refuse(c, &w[i], TEE_E_LIMIT, NULL);
			teed_client_pause(c, wait);
		} else if (w[i].verb == TEE_WIRE_STATUS) {
			on_status(c, &w[i]);
		} else {
			teed_client_refuse(c, &w[i], TEE_E_ARGUMENT,
			    "this socket is no profile's: it answers STATUS "
			    "alone");
		}
	}
}

static void
leave(struct teed_client *c)
{
	struct teed_desk *d = c->service;

	if (c->previous != NULL)
		c->previous->next = c->next;
	else
		d->clients = c->next;
	if (c->next != NULL)
		c->next->previous = c->previous;
	d->client_count--;
	free(c->peer);
	teed_client_free(&c);
}

static const struct teed_client_owner answers = { admits, on_packets, NULL,
	leave };

static void
take_in(struct teed_desk *d, int fd, const struct teed_caller *caller)
{
	struct visitor *v = calloc(1, sizeof(*v));
	struct teed_client *c =
	    teed_client_new(d->loop, fd, false, &answers, d);

	if (v == NULL || c == NULL) {
		free(v);
		teed_client_free(&c);
		return;
	}
	v->caller = *caller;
	teed_limit_init(&v->peer.limit, RATE, teed_loop_now(d->loop));
	c->peer = &v->peer;
	c->next = d->clients;
	if (c->next != NULL)
		c->next->previous = c;
	d->clients = c;
	d->client_count++;
	if (!teed_client_start(c))
		leave(c);
}

static unsigned
count_of(const struct teed_desk *d, uid_t uid)
{
	unsigned n = 0;

	for (const struct teed_client *c = d->clients; c != NULL; c = c->next)
		n += visitor_of(c)->caller.uid == uid;
	return n;
}

static bool
has_place(const struct teed_desk *d, const struct teed_caller *caller)
{
	if (teed_refusals_hears_all(caller))
		return d->client_count < CLIENTS + FOR_ROOT;
	return d->client_count < CLIENTS && count_of(d, caller->uid) < OF_ONE;
}

static void
visit(struct teed_door *door, int fd, const struct teed_caller *caller)
{
	struct teed_desk *d = (struct teed_desk *)(void *)door;

	if (!teed_refusals_hears(d->refusals, caller))
		teed_client_turn_away(d->loop, fd, false, TEE_E_PEER,
		    "no profile that is refused is this user's");
	else if (!has_place(d, caller))
		teed_client_turn_away(d->loop, fd, false, TEE_E_LIMIT, NULL);
	else
		take_in(d, fd, caller);
}

bool
teed_desk_open(struct teed_desk *d, struct teed_loop *loop,
    const struct teed_refusals *refusals, const char *run_dir)
{
	char path[512];

	*d = (struct teed_desk){ .loop = loop, .refusals = refusals };
	teed_door_init(&d->door, loop, -1);
	d->door.visit = visit;
	snprintf(path, sizeof(path), "%s/%s", run_dir, TEE_WIRE_DESK);
	return teed_door_open(&d->door, path, SOCK_SEQPACKET);
}

void
teed_desk_close(struct teed_desk *d)
{
	struct teed_client *c, *next;

	teed_door_close(&d->door);
	for (c = d->clients; c != NULL; c = next) {
		next = c->next;
		leave(c);
	}
}
