/* SPDX-License-Identifier: Apache-2.0 */
/* service: see service.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libtee/error.h"
#include "teed/service.h"

/* Connections of each operator beside custody.connections: whoever fills these
 * keeps him from nothing, and he keeps no user out. */
#define FOR_OPERATORS 8

/* Why it is not served: for the log, and for whoever asks. */
static bool
complain(const struct teed_service *s, const char *reason, const char *detail,
    char why[TEED_WHY])
{
	tee_log_line(&s->house->log, LOG_ERR,
	    "teed profile=%s reason=%s detail=\"%s\"", s->plan->name, reason,
	    detail);
	snprintf(why, TEED_WHY, "%.500s", detail);
	return false;
}

static bool
find_guests(struct teed_service *s, char why[TEED_WHY])
{
	char unknown[TEE_ACCOUNT_WHY];
	int error = teed_guests_find(&s->guests, s->plan, unknown);

	return error == 0 ||
	    complain(s, "account",
		unknown[0] != '\0' ? unknown : tee_strerror(error), why);
}

static struct teed_peer *
find_peer(struct teed_service *s, uid_t uid)
{
	struct teed_peer *peer;

	for (peer = s->peers; peer != NULL; peer = peer->next)
		if (peer->uid == uid)
			return peer;
	peer = calloc(1, sizeof(*peer));
	if (peer == NULL)
		return NULL;
	peer->uid = uid;
	teed_limit_init(&peer->limit, s->plan->rate,
	    teed_loop_now(s->house->loop));
	peer->next = s->peers;
	s->peers = peer;
	return peer;
}

/* A bucket outlives its clients until it is full again: nobody gets a new
 * one by connecting anew. */
static void
drop_idle_peers(struct teed_service *s)
{
	struct teed_peer **at = &s->peers, *peer;
	int64_t now = teed_loop_now(s->house->loop);

	while ((peer = *at) != NULL) {
		if (peer->clients == 0 && now - peer->limit.filled > 1000) {
			*at = peer->next;
			free(peer);
		} else {
			at = &peer->next;
		}
	}
}

static void
attach(struct teed_service *s, struct teed_client *c)
{
	c->next = s->clients;
	if (c->next != NULL)
		c->next->previous = c;
	s->clients = c;
	s->client_count++;
	s->own_places += c->own_place;
	c->peer->clients++;
	c->peer->own_places += c->own_place;
}

void
teed_service_leave(struct teed_client *c)
{
	struct teed_service *s = c->service;

	if (c->previous != NULL)
		c->previous->next = c->next;
	else
		s->clients = c->next;
	if (c->next != NULL)
		c->next->previous = c->previous;
	s->client_count--;
	s->own_places -= c->own_place;
	c->peer->clients--;
	c->peer->own_places -= c->own_place;
	teed_answer_forget(s, c);
	teed_client_free(&c);
}

/*
 * What each account that may ask has of custody.connections, a group being one
 * account: whoever takes all that he can leaves the others their places.
 */
static unsigned
share(const struct teed_service *s)
{
	const struct tee_accounts *a = &s->guests.accounts;
	size_t accounts = a->user_count + a->group_count;

	return s->plan->connections > accounts ?
	    (unsigned)(s->plan->connections / accounts) :
	    1;
}

/* What of custody.connections there is no place left of, or NULL. */
static const char *
full(const struct teed_service *s, const struct teed_peer *peer)
{
	if (s->client_count - s->own_places >= s->plan->connections)
		return "custody.connections of the profile";
	if (peer->clients - peer->own_places >= share(s))
		return "one user's share of custody.connections";
	return NULL;
}

/* NULL: there is a place, one of the operator's own where *own says so. */
static const char *
find_place(const struct teed_service *s, const struct teed_peer *peer,
    bool signs, bool operates, bool *own)
{
	const char *what = signs ? full(s, peer) : "an operator's connections";

	*own = what != NULL && operates && peer->own_places < FOR_OPERATORS;
	return *own ? NULL : what;
}

static void
welcome(struct teed_service *s, struct teed_client *c,
    const struct teed_caller *caller, struct teed_peer *peer)
{
	c->peer = peer;
	c->pid = caller->pid;
	c->since = (time_t)(tee_clock_now() / TEE_SECOND);
	c->may_sign = teed_guests_sign(&s->guests, caller);
	c->may_operate = teed_guests_operate(&s->guests, caller);
	attach(s, c);
	if (!teed_client_start(c))
		teed_service_leave(c);
}

static void
visit(struct teed_service *s, int fd, bool ssh,
    const struct teed_caller *caller)
{
	bool signs = teed_guests_sign(&s->guests, caller), own;
	bool operates = teed_guests_operate(&s->guests, caller);
	struct teed_client *c;
	struct teed_peer *peer;
	const char *what;

	drop_idle_peers(s);
	if (!signs && (ssh || !operates)) {
		s->tally.turned_away++;
		teed_client_turn_away(s->house->loop, fd, ssh, TEE_E_PEER,
		    NULL);
		return;
	}
	peer = find_peer(s, caller->uid);
	if (peer == NULL) {
		close(fd);
		return;
	}
	what = find_place(s, peer, signs, operates, &own);
	if (what != NULL) {
		s->tally.limited++;
		teed_client_turn_away(s->house->loop, fd, ssh, TEE_E_LIMIT,
		    what);
		return;
	}
	c = teed_client_new(s->house->loop, fd, ssh, &teed_answers, s);
	if (c == NULL)
		return;
	c->own_place = own;
	welcome(s, c, caller, peer);
}

static void
visit_packets(struct teed_door *door, int fd, const struct teed_caller *caller)
{
	visit((struct teed_service *)(void *)((uint8_t *)door -
		  offsetof(struct teed_service, door)),
	    fd, false, caller);
}

static void
visit_ssh(struct teed_door *door, int fd, const struct teed_caller *caller)
{
	visit((struct teed_service *)(void *)((uint8_t *)door -
		  offsetof(struct teed_service, ssh_door)),
	    fd, true, caller);
}

#define PATH 512

static void
socket_path(const struct teed_house *house, const struct tee *plan,
    char out[PATH])
{
	if (plan->socket != NULL)
		snprintf(out, PATH, "%s", plan->socket);
	else
		snprintf(out, PATH, "%s/%s.sock", house->run_dir, plan->name);
}

static bool
open_door(struct teed_service *s, struct teed_door *door, const char *path,
    int type, char why[TEED_WHY])
{
	char detail[PATH + 64];

	if (teed_door_open(door, path, type))
		return true;
	snprintf(detail, sizeof(detail), "%s: %s", path, strerror(errno));
	return complain(s, type == SOCK_STREAM ? "ssh_socket" : "socket",
	    detail, why);
}

static bool
open_doors(struct teed_service *s, char why[TEED_WHY])
{
	char path[PATH];

	s->door.visit = visit_packets;
	s->ssh_door.visit = visit_ssh;
	socket_path(s->house, s->plan, path);
	if (!open_door(s, &s->door, path, SOCK_SEQPACKET, why))
		return false;
	if (!s->plan->ssh_agent) {
		teed_door_close(&s->ssh_door);
		return true;
	}
	snprintf(path, sizeof(path), "%s/%s.ssh", s->house->run_dir,
	    s->plan->name);
	return open_door(s, &s->ssh_door, path, SOCK_STREAM, why);
}

struct teed_service *
teed_service_open(struct teed_house *house, struct tee **plan, int door,
    int ssh_door, char why[TEED_WHY])
{
	struct teed_service *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		snprintf(why, TEED_WHY, "%s", tee_strerror(TEE_E_MEMORY));
		if (door >= 0)
			close(door);
		if (ssh_door >= 0)
			close(ssh_door);
		return NULL;
	}
	s->house = house;
	s->plan = *plan;
	teed_door_init(&s->door, house->loop, door);
	teed_door_init(&s->ssh_door, house->loop, ssh_door);
	s->state = TEED_ACQUIRING;
	if (!find_guests(s, why) || !open_doors(s, why)) {
		s->plan = NULL;
		teed_service_close(&s);
		return NULL;
	}
	*plan = NULL;
	teed_lease_start(s);
	return s;
}

static void
let_all_go(struct teed_service *s)
{
	struct teed_client *c, *next;

	for (c = s->clients; c != NULL; c = next) {
		next = c->next;
		teed_service_leave(c);
	}
}

void
teed_service_close(struct teed_service **service)
{
	struct teed_service *s = *service;
	struct teed_peer *peer;

	if (s == NULL)
		return;
	*service = NULL;
	s->state = TEED_REVOKED;
	teed_door_close(&s->door);
	teed_door_close(&s->ssh_door);
	teed_answer_stop(s);
	teed_lease_stop(s);
	let_all_go(s);
	while ((peer = s->peers) != NULL) {
		s->peers = peer->next;
		free(peer);
	}
	tee_profile_free(&s->plan);
	teed_guests_clear(&s->guests);
	free(s->reload_error);
	free(s);
}

/* The new one takes the socket's file over, too. */
static int
hand_on(const struct teed_door *door, bool same)
{
	return same && door->watch.fd >= 0 ?
	    fcntl(door->watch.fd, F_DUPFD_CLOEXEC, 3) :
	    -1;
}

bool
teed_service_replace(struct teed_service **service, struct tee **plan,
    char why[TEED_WHY])
{
	struct teed_service *old = *service, *s;
	char before[PATH], after[PATH];

	socket_path(old->house, old->plan, before);
	socket_path(old->house, *plan, after);
	s = teed_service_open(old->house, plan,
	    hand_on(&old->door, strcmp(before, after) == 0),
	    hand_on(&old->ssh_door, (*plan)->ssh_agent), why);
	if (s == NULL)
		return false;
	teed_door_move_path(&old->door, &s->door);
	teed_door_move_path(&old->ssh_door, &s->ssh_door);
	s->key.generation = old->key.generation;
	s->seen = old->seen;
	teed_service_close(service);
	*service = s;
	return true;
}
