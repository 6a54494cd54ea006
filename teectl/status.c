/* SPDX-License-Identifier: Apache-2.0 */
/* status: the library's keys that this user may see. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "teectl/keyring.h"
#include "teectl/report.h"
#include "teectl/text.h"

struct arguments {
	struct common common;
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	return key == ARGP_KEY_INIT ? command_parse_init(state) :
				      ARGP_ERR_UNKNOWN;
}

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

static int
show_json(const struct keyring_list *list)
{
	json_t *keys = json_array(), *rings = json_array();
	size_t i;

	for (i = 0; i < list->count; i++)
		json_array_append_new(list->entries[i].is_ring ? rings : keys,
		    entry_json(&list->entries[i]));
	return report_json(
	    json_pack("{s:o, s:o}", "keys", keys, "rings", rings));
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

static void
show_text(const struct keyring_list *list)
{
	size_t i, keys = 0;

	for (i = 0; i < list->count; i++)
		keys += !list->entries[i].is_ring;
	if (keys == 0) {
		printf("no keys of this library are visible to uid %lu\n",
		    (unsigned long)getuid());
		return;
	}
	printf("%-10s %-10s %-8s %-9s %-8s %5s %-13s %-16s %s\n", "KEY", "RING",
	    "STATE", "EXPIRES", "PERM", "UID", "ORIGIN", "PROFILE", "DID");
	for (i = 0; i < list->count; i++)
		if (!list->entries[i].is_ring)
			print_key(&list->entries[i]);
}

int
command_status_keys(const struct command *self, int argc, char **argv)
{
	struct arguments a = { 0 };
	struct keyring_list list;
	int status = STATUS_DONE;

	command_parse(self, argc, argv, NULL, parse, &a.common);
	if (!keyring_read(&list)) {
		fprintf(stderr, "teectl: /proc/keys: %s\n", strerror(errno));
		return STATUS_UNAVAILABLE;
	}
	if (a.common.json)
		status = show_json(&list);
	else
		show_text(&list);
	keyring_clear(&list);
	return status;
}
