/* SPDX-License-Identifier: Apache-2.0 */
/* service: see service.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libtee/error.h"
#include "teed/service.h"

/* Connections beyond custody.connections, so that whoever fills these keeps
 * no operator from revoking the key. */
#define FOR_OPERATORS 8

static void
complain(const struct teed_service *s, const char *what, const char *detail)
{
	tee_log_line(&s->house->log, LOG_ERR,
	    "teed profile=%s reason=%s detail=\"%s\"", s->plan->name, what,
	    detail);
}

static bool
find_user(const char *name, unsigned *id)
{
	const struct passwd *pw = getpwnam(name);

	if (pw != NULL)
		*id = pw->pw_uid;
	return pw != NULL;
}

static bool
find_group(const char *name, unsigned *id)
{
	const struct group *gr = getgrnam(name);

	if (gr != NULL)
		*id = gr->gr_gid;
	return gr != NULL;
}

/* A number is one, as in chown(1), where no account has such a name. */
static bool
find_account(const char *name, bool (*find)(const char *, unsigned *),
    unsigned *id)
{
	unsigned long n;
	char *end;

	if (find(name, id))
		return true;
	if (name[0] < '0' || name[0] > '9')
		return false;
	errno = 0;
	n = strtoul(name, &end, 10);
	*id = (unsigned)n;
	return *end == '\0' && errno == 0 && n < UINT32_MAX;
}

/* "a,b" to ids, past the first `skip` names. */
static bool
resolve(const struct teed_service *s, const char *names, unsigned skip,
    bool (*find)(const char *, unsigned *), unsigned **out, size_t *count)
{
	char copy[1024], *rest = copy, *name;

	*out = NULL;
	*count = 0;
	if (names == NULL)
		return true;
	*out = calloc(strlen(names) / 2 + 1, sizeof(**out));
	if (*out == NULL)
		return false;
	snprintf(copy, sizeof(copy), "%s", names);
	while ((name = strsep(&rest, ",")) != NULL) {
		if (skip > 0) {
			skip--;
			continue;
		}
		if (!find_account(name, find, &(*out)[*count])) {
			complain(s, "account", name);
			return false;
		}
		(*count)++;
	}
	return true;
}

/* Nobody named: whoever runs teed. */
static bool
resolve_accounts(struct teed_service *s)
{
	_Static_assert(sizeof(uid_t) == sizeof(unsigned) &&
		sizeof(gid_t) == sizeof(unsigned),
	    "ids");

	free(s->users);
	free(s->groups);
	s->users = s->groups = NULL;
	if (!resolve(s, s->plan->users, 0, find_user, &s->users,
		&s->user_count) ||
	    !resolve(s, s->plan->groups, 1, find_group, &s->groups,
		&s->group_count))
		return false;
	if (s->plan->users == NULL) {
		s->users = calloc(1, sizeof(*s->users));
		if (s->users == NULL)
			return false;
		s->users[0] = geteuid();
		s->user_count = 1;
	}
	return true;
}

static bool
is_member(const struct teed_caller *caller, gid_t group)
{
	if (caller->gid == group)
		return true;
	for (size_t i = 0; i < caller->group_count; i++)
		if (caller->groups[i] == group)
			return true;
	return false;
}

static bool
may_sign(const struct teed_service *s, const struct teed_caller *caller)
{
	for (size_t i = 0; i < s->user_count; i++)
		if (s->users[i] == caller->uid)
			return true;
	for (size_t i = 0; i < s->group_count; i++)
		if (is_member(caller, s->groups[i]))
			return true;
	return false;
}

static bool
may_operate(const struct teed_service *s, const struct teed_caller *caller)
{
	return caller->uid == 0 ||
	    (s->plan->operators != (gid_t)-1 &&
		is_member(caller, s->plan->operators));
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
	c->peer->clients++;
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
	c->peer->clients--;
	teed_answer_forget(s, c);
	teed_client_free(&c);
}

/* Said once, to nobody's request, and the connection ends. */
static void
turn_away(struct teed_service *s, int fd, bool ssh, int error,
    const char *detail)
{
	struct teed_client *c =
	    teed_client_new(s->house->loop, fd, ssh, &teed_answers, s);
	struct tee_wire none = { .verb = 0 };

	if (c == NULL)
		return;
	if (!ssh)
		teed_client_refuse(c, &none, error, detail);
	/* What stays unread would reach it as a reset, before the reason. */
	teed_client_drain(c);
	teed_client_free(&c);
}

/*
 * What each account that may ask has of custody.connections, a group being one
 * account: whoever takes all that he can leaves the others their places.
 */
static unsigned
share(const struct teed_service *s)
{
	size_t accounts = s->user_count + s->group_count;

	return s->plan->connections > accounts ?
	    (unsigned)(s->plan->connections / accounts) :
	    1;
}

/* What there is no place left of, or NULL. */
static const char *
full(const struct teed_service *s, const struct teed_peer *peer, bool operates)
{
	unsigned more = operates ? FOR_OPERATORS : 0;

	if (s->client_count >= s->plan->connections + more)
		return "custody.connections of the profile";
	if (peer->clients >= share(s) + more)
		return "one user's share of custody.connections";
	return NULL;
}

static void
welcome(struct teed_service *s, struct teed_client *c,
    const struct teed_caller *caller, struct teed_peer *peer)
{
	c->peer = peer;
	c->pid = caller->pid;
	c->since = (time_t)(tee_clock_now() / TEE_SECOND);
	c->may_sign = may_sign(s, caller);
	c->may_operate = may_operate(s, caller);
	attach(s, c);
	if (!teed_client_start(c))
		teed_service_leave(c);
}

static void
visit(struct teed_service *s, int fd, bool ssh,
    const struct teed_caller *caller)
{
	bool operates = may_operate(s, caller);
	struct teed_client *c;
	struct teed_peer *peer;
	const char *what;

	drop_idle_peers(s);
	if (!may_sign(s, caller) && (ssh || !operates)) {
		s->tally.turned_away++;
		turn_away(s, fd, ssh, TEE_E_PEER, NULL);
		return;
	}
	peer = find_peer(s, caller->uid);
	if (peer == NULL) {
		close(fd);
		return;
	}
	what = full(s, peer, operates);
	if (what != NULL) {
		s->tally.limited++;
		turn_away(s, fd, ssh, TEE_E_LIMIT, what);
		return;
	}
	c = teed_client_new(s->house->loop, fd, ssh, &teed_answers, s);
	if (c != NULL)
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
open_doors(struct teed_service *s)
{
	char path[PATH];

	s->door.visit = visit_packets;
	s->ssh_door.visit = visit_ssh;
	socket_path(s->house, s->plan, path);
	if (!teed_door_open(&s->door, path, SOCK_SEQPACKET)) {
		complain(s, "socket", strerror(errno));
		return false;
	}
	if (!s->plan->ssh_agent) {
		teed_door_close(&s->ssh_door);
		return true;
	}
	snprintf(path, sizeof(path), "%s/%s.ssh", s->house->run_dir,
	    s->plan->name);
	if (teed_door_open(&s->ssh_door, path, SOCK_STREAM))
		return true;
	complain(s, "ssh_socket", strerror(errno));
	return false;
}

struct teed_service *
teed_service_open(struct teed_house *house, struct tee **plan, int door,
    int ssh_door)
{
	struct teed_service *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		if (door >= 0)
			close(door);
		if (ssh_door >= 0)
			close(ssh_door);
		return NULL;
	}
	s->house = house;
	s->plan = *plan;
	*plan = NULL;
	teed_door_init(&s->door, house->loop, door);
	teed_door_init(&s->ssh_door, house->loop, ssh_door);
	s->state = TEED_ACQUIRING;
	if (!resolve_accounts(s) || !open_doors(s)) {
		teed_service_close(&s);
		return NULL;
	}
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
	free(s->users);
	free(s->groups);
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
teed_service_replace(struct teed_service **service, struct tee **plan)
{
	struct teed_service *old = *service, *s;
	char before[PATH], after[PATH];

	socket_path(old->house, old->plan, before);
	socket_path(old->house, *plan, after);
	s = teed_service_open(old->house, plan,
	    hand_on(&old->door, strcmp(before, after) == 0),
	    hand_on(&old->ssh_door, (*plan)->ssh_agent));
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
