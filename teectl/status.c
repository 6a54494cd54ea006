/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status: keys that teed holds, by its sockets, and the library's keys that
 * this user may see in the kernel.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "teectl/desk.h"
#include "teectl/keyring.h"
#include "teectl/report.h"
#include "teectl/status.h"
#include "teectl/teed.h"
#include "teectl/text.h"

struct arguments {
	struct common common;
	struct teed_place place;
	char **profiles; /* those that are asked about; none: all */
	int count;
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	if (key == ARGP_KEY_INIT)
		(void)command_parse_init(state);
	if (key == ARGP_KEY_ARGS) {
		a->profiles = state->argv + state->next;
		a->count = state->argc - state->next;
		return 0;
	}
	return teed_place_parse(key, arg, state, &a->place, TEED_PATIENCE);
}

static const struct argp_option options[] = { TEED_OPTIONS, { 0 } };

static json_t *
text_or_null(const char *s)
{
	return s != NULL ? text_json(s) : json_null();
}

static json_t *
entry_json(const struct keyring_entry *e)
{
	char permissions[16];
	json_t *json;

	snprintf(permissions, sizeof(permissions), "%08x", e->permissions);
	/* clang-format off */
	json = json_pack("{s:i, s:s, s:o, s:i, s:i, s:s, s:o, s:o}",
	    "serial", e->serial, "state", e->state, "expires_in",
	    e->expires_in < 0 ? json_null() : json_integer(e->expires_in),
	    "uid", e->uid, "gid", e->gid, "permissions", permissions,
	    "description", text_json(e->description), "profile",
	    text_or_null(e->profile));
	/* clang-format on */
	if (json == NULL)
		return NULL;
	if (e->is_ring) {
		json_object_set_new(json, "key",
		    e->key != 0 ? json_integer(e->key) : json_null());
		return json;
	}
	json_object_set_new(json, "origin", text_or_null(e->origin));
	json_object_set_new(json, "did", text_or_null(e->did));
	json_object_set_new(json, "ring",
	    e->ring != 0 ? json_integer(e->ring) : json_null());
	return json;
}

/* A profile that was named may be asked for by its socket's path. */
static bool
is_wanted(const struct arguments *a, const struct keyring_entry *e)
{
	int i;

	for (i = 0; i < a->count; i++)
		if (e->profile != NULL &&
		    strcmp(e->profile, a->profiles[i]) == 0)
			return true;
	return a->count == 0;
}

static int
show_json(const struct arguments *a, const struct keyring_list *list,
    json_t *documents, json_int_t unlisted)
{
	json_t *keys = json_array(), *rings = json_array();
	size_t i;

	for (i = 0; i < list->count; i++)
		if (is_wanted(a, &list->entries[i]))
			json_array_append_new(list->entries[i].is_ring ? rings :
									 keys,
			    entry_json(&list->entries[i]));
	return report_json(json_pack("{s:o, s:o, s:O, s:I}", "keys", keys,
	    "rings", rings, "teed", documents, "unlisted", unlisted));
}

static void
print_column(int width, const char *s)
{
	size_t i;

	text_print(stdout, s != NULL ? s : "-");
	for (i = s != NULL ? strlen(s) : 1; i < (size_t)width; i++)
		putchar(' ');
	putchar(' ');
}

static void
print_key(const struct keyring_entry *e)
{
	char expires[24] = "never", ring[16] = "-";

	if (strcmp(e->state, "expired") == 0)
		snprintf(expires, sizeof(expires), "over");
	else if (e->expires_in >= 0)
		snprintf(expires, sizeof(expires), "%lds", e->expires_in);
	if (e->ring != 0)
		snprintf(ring, sizeof(ring), "%d", e->ring);
	printf("%-10d %-10s %-8s %-9s %08x %5d ", e->serial, ring, e->state,
	    expires, e->permissions, e->uid);
	print_column(13, e->origin);
	print_column(16, e->profile);
	text_print(stdout, e->did != NULL ? e->did : "-");
	putchar('\n');
}

static size_t
count_keys(const struct arguments *a, const struct keyring_list *list)
{
	size_t i, keys = 0;

	for (i = 0; i < list->count; i++)
		keys += !list->entries[i].is_ring &&
		    is_wanted(a, &list->entries[i]);
	return keys;
}

static void
show_keys(const struct arguments *a, const struct keyring_list *list)
{
	size_t i;

	if (count_keys(a, list) == 0) {
		printf("no keys of this library are visible to uid %lu\n",
		    (unsigned long)getuid());
		return;
	}
	printf("%-10s %-10s %-8s %-9s %-8s %5s %-13s %-16s %s\n", "KEY", "RING",
	    "STATE", "EXPIRES", "PERM", "UID", "ORIGIN", "PROFILE", "DID");
	for (i = 0; i < list->count; i++)
		if (!list->entries[i].is_ring &&
		    is_wanted(a, &list->entries[i]))
			print_key(&list->entries[i]);
}

/* The worst of all: no is worse than not known, which is worse than yes. */
static int
worse(int one, int other)
{
	if (one == STATUS_REFUSED || other == STATUS_REFUSED)
		return STATUS_REFUSED;
	return one > other ? one : other;
}

/* Who has a key in a process of its own needs no teed. */
static bool
is_of_a_process(const struct keyring_list *list, const char *profile)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->entries[i].profile != NULL &&
		    strcmp(list->entries[i].profile, profile) == 0)
			return true;
	return false;
}

static int
ask(const struct arguments *a, const struct keyring_list *list,
    const char *target, json_t *documents)
{
	struct teed_answer answer;
	json_t *document = teed_status(&a->place, target, &answer);
	int status = STATUS_DONE;

	if (document != NULL) {
		status = status_of_document(document);
		json_array_append_new(documents, document);
	} else if (!answer.absent || !is_of_a_process(list, target)) {
		/* Who looks at everything sees what is shown to him. */
		if (a->count > 0 || answer.error != TEE_E_PEER)
			status = teed_explain(&answer, "status");
		json_array_append_new(documents,
		    json_pack("{s:o, s:o}", "profile",
			text_json(answer.profile != NULL ? answer.profile : ""),
			"error", teed_error_json(&answer)));
	}
	teed_answer_clear(&answer);
	return status;
}

/* A socket of a refused profile, which a service manager holds, is silent. */
static int
ask_or_find(const struct arguments *a, const struct keyring_list *list,
    const struct desk *desk, const char *target, json_t *documents)
{
	json_t *refused = desk_find(desk, target);

	if (refused == NULL)
		return ask(a, list, target, documents);
	json_array_append(documents, refused);
	return status_of_document(refused);
}

/* What has no socket: the others of the desk's list. */
static int
add_refused(const struct desk *desk, char *const *names, size_t count,
    json_t *documents)
{
	int status = desk->unlisted > 0 ? STATUS_REFUSED : STATUS_DONE;
	json_t *d;
	size_t i, k;

	json_array_foreach(desk->refused, i, d)
	{
		const char *name =
		    json_string_value(json_object_get(d, "profile"));

		for (k = 0; k < count && strcmp(names[k], name) != 0; k++)
			;
		if (k == count) {
			json_array_append(documents, d);
			status = worse(status, status_of_document(d));
		}
	}
	return status;
}

/* Those that were named, or everything that has a socket or is refused. */
static int
ask_all(const struct arguments *a, const struct keyring_list *list,
    const struct desk *desk, json_t *documents)
{
	char **names = NULL;
	size_t i, count = 0;
	int k, status = STATUS_DONE;

	for (k = 0; k < a->count; k++)
		status = worse(status,
		    ask_or_find(a, list, desk, a->profiles[k], documents));
	/* Without teed there is no directory, and that is no fault. */
	if (a->count == 0 && !teed_list(a->place.run_dir, &names, &count) &&
	    errno != ENOENT) {
		fprintf(stderr, "teectl: ");
		text_print(stderr,
		    a->place.run_dir != NULL ? a->place.run_dir : TEE_RUN_DIR);
		fprintf(stderr, ": %s\n", strerror(errno));
		status = STATUS_UNAVAILABLE;
	}
	for (i = 0; i < count; i++)
		status = worse(status,
		    ask_or_find(a, list, desk, names[i], documents));
	if (a->count == 0)
		status =
		    worse(status, add_refused(desk, names, count, documents));
	teed_list_clear(&names, &count);
	return status;
}

/* Whoever asks of one profile does not need the list. */
static int
ask_desk(const struct arguments *a, struct desk *desk)
{
	struct teed_answer answer;
	int status = STATUS_DONE;

	desk_ask(&a->place, desk, &answer);
	if (answer.error != 0 && a->count == 0)
		status = teed_explain(&answer, "status");
	teed_answer_clear(&answer);
	return status;
}

int
command_status_keys(const struct command *self, int argc, char **argv)
{
	struct arguments a = { 0 };
	struct keyring_list list;
	struct desk desk;
	json_t *documents = json_array();
	int status;

	command_parse(self, argc, argv, options, parse, &a.common);
	if (!keyring_read(&list)) {
		fprintf(stderr, "teectl: /proc/keys: %s\n", strerror(errno));
		json_decref(documents);
		return STATUS_UNAVAILABLE;
	}
	status = ask_desk(&a, &desk);
	status = worse(status, ask_all(&a, &list, &desk, documents));
	if (a.common.json) {
		status = worse(status,
		    show_json(&a, &list, documents, desk.unlisted));
	} else {
		status_print_teed(documents, a.common.journal.verbose);
		if (a.count == 0)
			status_print_unlisted(desk.unlisted);
		if (json_array_size(documents) == 0 ||
		    count_keys(&a, &list) > 0)
			show_keys(&a, &list);
	}
	json_decref(documents);
	desk_clear(&desk);
	keyring_clear(&list);
	return status;
}
