/* SPDX-License-Identifier: Apache-2.0 */
/*
 * revoke: destroys keys: teed's by asking it, those of other processes by
 * revoking the private rings that hold them.  The key itself cannot be touched
 * by anybody but its process.
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
#include "teectl/teed.h"
#include "teectl/text.h"

struct arguments {
	struct common common;
	struct teed_place place;
	const char *target;
};

static const struct argp_option options[] = { TEED_OPTIONS, { 0 } };

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;
	const char **const slots[] = { &a->target, NULL };

	switch (key) {
	case ARGP_KEY_INIT:
		(void)command_parse_init(state);
		break;
	case ARGP_KEY_ARG:
		return command_parse_word(state, arg, slots);
	case ARGP_KEY_END:
		if (a->target == NULL)
			argp_error(state, "SERIAL or PROFILE is missing");
		return 0;
	}
	return teed_place_parse(key, arg, state, &a->place, TEED_PATIENCE);
}

struct revocation {
	const struct arguments *a;
	struct keyring_list list;
	json_t *done;
	json_t *failed;
	int status;
};

/* One line on stderr, one word for the exit status. */
static void
fail(struct revocation *r, const char *what, const char *next)
{
	fprintf(stderr, "teectl: revoke ");
	text_print(stderr, r->a->target);
	fprintf(stderr, ": %s\n  next    %s\n", what, next);
	json_array_append_new(r->failed,
	    json_pack("{s:s, s:s}", "message", what, "next", next));
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
		if (keyctl_describe(key, description, sizeof(description)) < 0)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

static void
note(struct revocation *r, const struct keyring_entry *ring)
{
	/* clang-format off */
	json_array_append_new(r->done, json_pack("{s:i, s:i, s:o}", "ring",
	    ring->serial, "key", ring->key, "profile",
	    ring->profile != NULL ? text_json(ring->profile) : json_null()));
	/* clang-format on */
	if (!r->a->common.json)
		printf("revoked ring %d: key %d is destroyed\n", ring->serial,
		    ring->key);
}

static void
revoke_ring(struct revocation *r, const struct keyring_entry *ring)
{
	if (keyctl_revoke(ring->serial) != 0)
		fail(r, errno == EACCES ? "not permitted" : strerror(errno),
		    errno == EACCES ? "Only the agent's own user and the "
				      "profile's custody.groups may revoke." :
				      "Look again with `teectl status`.");
	else if (ring->key != 0 && !is_gone(ring->key))
		fail(r, "the ring is revoked, but its key is still there",
		    "Something else holds the key: stop its process.");
	else
		note(r, ring);
}

static void
revoke_key(struct revocation *r, const struct keyring_entry *key)
{
	const struct keyring_entry *ring = keyring_find(&r->list, key->ring);

	if (ring != NULL)
		revoke_ring(r, ring);
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
		n <= INT32_MAX ?
	    (int32_t)n :
	    0;
}

/*
 * Through teed's door, where there is one: then teed's clients are told, and
 * it does not acquire another key by itself.  False: teed has no part in it.
 */
static bool
revoke_by_teed(struct revocation *r, const char *profile)
{
	struct teed_answer answer;
	bool served;

	teed_ask(&r->a->place, profile, TEE_WIRE_REVOKE, &answer);
	served = !answer.absent;
	if (answer.error == 0) {
		/* clang-format off */
		json_array_append_new(r->done, json_pack("{s:o, s:o}",
		    "profile", text_json(answer.profile), "socket",
		    text_json(answer.path)));
		/* clang-format on */
		if (!r->a->common.json) {
			printf("revoked ");
			text_print(stdout, answer.profile);
			printf(": teed destroyed its key\n");
		}
	} else if (served) {
		r->status = teed_explain(&answer, "revoke");
		json_array_append_new(r->failed, teed_error_json(&answer));
	}
	teed_answer_clear(&answer);
	return served;
}

/* Is this serial, of a key or of its ring, the one that teed holds? */
static bool
is_held_by_teed(const struct revocation *r, const struct keyring_entry *e)
{
	struct teed_answer answer;
	json_t *document = NULL;
	bool held;

	if (e->profile == NULL)
		return false;
	document = teed_status(&r->a->place, e->profile, &answer);
	held = document != NULL &&
	    json_integer_value(json_object_get(document, "serial")) ==
		(e->is_ring ? e->key : e->serial);
	json_decref(document);
	teed_answer_clear(&answer);
	return held;
}

static void
revoke(struct revocation *r)
{
	const struct keyring_entry *e =
	    keyring_find(&r->list, serial_of(r->a->target));

	if (e != NULL && is_held_by_teed(r, e))
		(void)revoke_by_teed(r, e->profile);
	else if (e != NULL && e->is_ring)
		revoke_ring(r, e);
	else if (e != NULL)
		revoke_key(r, e);
	else if (!revoke_by_teed(r, r->a->target))
		revoke_profile(r);
}

int
command_revoke(const struct command *self, int argc, char **argv)
{
	struct arguments a = { 0 };
	struct revocation r = { .a = &a, .status = STATUS_DONE };

	command_parse(self, argc, argv, options, parse, &a.common);
	if (!keyring_read(&r.list)) {
		fprintf(stderr, "teectl: /proc/keys: %s\n", strerror(errno));
		return STATUS_UNAVAILABLE;
	}
	r.done = json_array();
	r.failed = json_array();
	revoke(&r);
	if (a.common.json)
		report_json(json_pack("{s:O, s:O}", "revoked", r.done, "failed",
		    r.failed));
	json_decref(r.done);
	json_decref(r.failed);
	keyring_clear(&r.list);
	return r.status;
}
