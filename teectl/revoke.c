/* SPDX-License-Identifier: Apache-2.0 */
/*
 * revoke: destroys keys of other processes by revoking the private rings that
 * hold them.  The key itself cannot be touched by anybody but its process.
 */
#include "config.h"

#include <errno.h>
#include <keyutils.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "teectl/keyring.h"
#include "teectl/report.h"
#include "teectl/text.h"

struct arguments {
	struct common common;
	const char *target;
};

static const struct argp_option options[] = { { 0 } };

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;
	const char **const slots[] = { &a->target, NULL };

	switch (key) {
	case ARGP_KEY_INIT:
		return command_parse_init(state);
	case ARGP_KEY_ARG:
		return command_parse_word(state, arg, slots);
	case ARGP_KEY_END:
		if (a->target == NULL)
			argp_error(state, "SERIAL or PROFILE is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

struct revocation {
	const struct arguments *a;
	struct keyring_list list;
	json_t *done;
	int status;
};

/* One line on stderr, one word for the exit status. */
static void
fail(struct revocation *r, const char *what, const char *next)
{
	fprintf(stderr, "teectl: revoke ");
	text_print(stderr, r->a->target);
	fprintf(stderr, ": %s\n  next    %s\n", what, next);
	r->status = STATUS_REFUSED;
}

/* The kernel's collector takes the key away; it seldom needs a second. */
static bool
is_gone(int32_t key)
{
	static const struct timespec pause = { 0, 50 * 1000 * 1000 };
	char description[16];
	int i;

	for (i = 0; i < 40; i++) {
		if (keyctl_describe(key, description,
		    sizeof(description)) < 0)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

static const struct keyring_entry *
key_of(const struct revocation *r, int32_t ring)
{
	size_t i;

	for (i = 0; i < r->list.count; i++)
		if (!r->list.entries[i].is_ring &&
		    r->list.entries[i].ring == ring)
			return &r->list.entries[i];
	return NULL;
}

static void
note(struct revocation *r, const struct keyring_entry *ring,
    const struct keyring_entry *key)
{
	json_array_append_new(r->done, json_pack("{s:i, s:o, s:o}", "ring",
	    ring->serial, "key", key != NULL ? json_integer(key->serial) :
	    json_null(), "profile", ring->profile != NULL ?
	    text_json(ring->profile) : json_null()));
	if (r->a->common.json)
		return;
	printf("revoked ring %d", ring->serial);
	if (key != NULL)
		printf(": key %d is destroyed", key->serial);
	putchar('\n');
}

static void
revoke_ring(struct revocation *r, const struct keyring_entry *ring)
{
	const struct keyring_entry *key = key_of(r, ring->serial);

	if (keyctl_revoke(ring->serial) != 0) {
		fail(r, errno == EACCES ? "not permitted" : strerror(errno),
		    errno == EACCES ? "Only the agent's own user and the "
		    "profile's custody.groups may revoke." :
		    "Look again with `teectl status`.");
		return;
	}
	if (key != NULL && !is_gone(key->serial)) {
		fail(r, "the ring is revoked, but its key is still there",
		    "Something else holds the key: stop its process.");
		return;
	}
	note(r, ring, key);
}

static void
revoke_key(struct revocation *r, const struct keyring_entry *key)
{
	const struct keyring_entry *ring = keyring_find(&r->list, key->ring);

	if (ring != NULL)
		revoke_ring(r, ring);
	else if (key->ring == -1)
		fail(r, "several rings of this profile are visible, and the "
		    "kernel does not say which is this key's",
		    "Revoke one by its ring's serial (`teectl status "
		    "--json`), or all of them by the profile's name.");
	else
		fail(r, "its ring is not visible to this user",
		    "Ask its user or a member of the profile's "
		    "custody.groups, or stop its process.");
}

static void
revoke_profile(struct revocation *r)
{
	size_t i, n = 0;

	for (i = 0; i < r->list.count; i++) {
		const struct keyring_entry *e = &r->list.entries[i];

		if (!e->is_ring || e->profile == NULL ||
		    strcmp(e->profile, r->a->target) != 0 ||
		    strcmp(e->state, "live") != 0)
			continue;
		revoke_ring(r, e);
		n++;
	}
	if (n == 0)
		fail(r, "no such key, ring or profile is visible",
		    "`teectl status` lists what is.");
}

/* Decimal as keyctl(1) prints it, or 0x and hex as /proc/keys has it. */
static int32_t
serial_of(const char *text)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, strncmp(text, "0x", 2) == 0 ? 16 : 10);
	return errno == 0 && end != text && *end == '\0' && n > 0 &&
	    n <= INT32_MAX ? (int32_t)n : 0;
}

int
command_revoke(const struct command *self, int argc, char **argv)
{
	struct arguments a = { 0 };
	struct revocation r = { .a = &a, .status = STATUS_DONE };
	const struct keyring_entry *e;

	command_parse(self, argc, argv, options, parse, &a.common);
	if (!keyring_read(&r.list)) {
		fprintf(stderr, "teectl: /proc/keys: %s\n", strerror(errno));
		return STATUS_UNAVAILABLE;
	}
	r.done = json_array();
	e = keyring_find(&r.list, serial_of(a.target));
	if (e == NULL)
		revoke_profile(&r);
	else if (e->is_ring)
		revoke_ring(&r, e);
	else
		revoke_key(&r, e);
	if (a.common.json)
		report_json(json_pack("{s:O}", "revoked", r.done));
	json_decref(r.done);
	keyring_clear(&r.list);
	return r.status;
}
