/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyring: see keyring.h.  A line of /proc/keys, proc_keys(5):
 *
 *	3b1d0b6d I--Q---  1   4m 0b010100  1001 65534 user  tee:local:...: 64
 *	serial   flags  uses time perms     uid   gid type  description
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "teectl/keyring.h"

static const struct {
	char letter;
	long seconds;
} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 },
	{ 'w', 604800 } };

static long
parse_timeout(const char *s)
{
	char *end;
	long n = strtol(s, &end, 10);
	size_t i;

	for (i = 0; end != s && i < sizeof(units) / sizeof(units[0]); i++)
		if (*end == units[i].letter)
			return n * units[i].seconds;
	return -1;
}

static const char *
state_of(const char *flags, const char *timeout)
{
	if (strchr(flags, 'R') != NULL)
		return "revoked";
	if (strchr(flags, 'D') != NULL || strchr(flags, 'i') != NULL)
		return "dead";
	return strcmp(timeout, "expd") == 0 ? "expired" : "live";
}

/* The type adds ": 64", ": 1" or ": empty" behind the description. */
static char *
cut_summary(const char *text)
{
	const char *colon = NULL, *p;

	for (p = text; (p = strstr(p, ": ")) != NULL; p += 2)
		colon = p;
	return colon != NULL ? strndup(text, (size_t)(colon - text)) :
			       strdup(text);
}

/* Up to the next colon; moves *p behind it. */
static char *
cut_word(const char **p)
{
	size_t n = strcspn(*p, ":");
	char *word = strndup(*p, n);

	*p += n + ((*p)[n] == ':');
	return word;
}

/* _tee.ring:<profile>:<serial of its key, eight hex digits> */
static void
cut_ring(struct keyring_entry *e)
{
	const char *p = e->description, *last = strrchr(p, ':');
	unsigned key;
	int n = 0;

	if (strncmp(p, "_tee.ring:", 10) != 0 || last < p + 10 ||
	    sscanf(last + 1, "%8x%n", &key, &n) != 1 || last[1 + n] != '\0')
		return;
	e->profile = strndup(p + 10, (size_t)(last - p - 10));
	e->key = (int32_t)key;
}

/* tee:<origin>:<profile>:<did> */
static void
cut_description(struct keyring_entry *e)
{
	const char *p = e->description;

	if (e->is_ring) {
		cut_ring(e);
	} else {
		p += 4;
		e->origin = cut_word(&p);
		e->profile = cut_word(&p);
		e->did = strdup(p);
	}
}

static bool
parse_line(const char *line, struct keyring_entry *e)
{
	char flags[16], timeout[16], type[16];
	unsigned serial;
	int n = 0;

	*e = (struct keyring_entry){ 0 };
	if (sscanf(line, "%8x %15s %*d %15s %8x %d %d %15s %n", &serial, flags,
		timeout, &e->permissions, &e->uid, &e->gid, type, &n) != 7 ||
	    n == 0)
		return false;
	e->is_ring = strcmp(type, "keyring") == 0;
	if (e->is_ring ?
		strncmp(line + n, "_tee.", 5) != 0 :
		strcmp(type, "user") != 0 || strncmp(line + n, "tee:", 4) != 0)
		return false;
	e->serial = (int32_t)serial;
	e->state = state_of(flags, timeout);
	e->expires_in = parse_timeout(timeout);
	e->description = cut_summary(line + n);
	if (e->description != NULL)
		cut_description(e);
	return e->description != NULL;
}

static void
clear_entry(struct keyring_entry *e)
{
	free(e->description);
	free(e->origin);
	free(e->profile);
	free(e->did);
}

static bool
append(struct keyring_list *list, const struct keyring_entry *e)
{
	struct keyring_entry *grown =
	    realloc(list->entries, (list->count + 1) * sizeof(*grown));

	if (grown == NULL)
		return false;
	list->entries = grown;
	grown[list->count++] = *e;
	return true;
}

/* A name is a claim: only the key's own user is believed to hold it. */
static void
pair(struct keyring_list *list)
{
	size_t i, k;

	for (i = 0; i < list->count; i++) {
		struct keyring_entry *ring = &list->entries[i];

		for (k = 0; ring->key != 0 && k < list->count; k++) {
			struct keyring_entry *key = &list->entries[k];

			if (!key->is_ring && key->serial == ring->key &&
			    key->uid == ring->uid)
				key->ring = ring->serial;
		}
	}
}

bool
keyring_read(struct keyring_list *list)
{
	FILE *f = fopen("/proc/keys", "re");
	struct keyring_entry e;
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	*list = (struct keyring_list){ NULL, 0 };
	if (f == NULL)
		return false;
	while ((n = getline(&line, &size, f)) > 0) {
		line[n - 1] = line[n - 1] == '\n' ? '\0' : line[n - 1];
		if (parse_line(line, &e) && !append(list, &e)) {
			clear_entry(&e);
			break;
		}
	}
	free(line);
	fclose(f);
	pair(list);
	return true;
}

void
keyring_clear(struct keyring_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		clear_entry(&list->entries[i]);
	free(list->entries);
	*list = (struct keyring_list){ NULL, 0 };
}

const struct keyring_entry *
keyring_find(const struct keyring_list *list, int32_t serial)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->entries[i].serial == serial)
			return &list->entries[i];
	return NULL;
}

int32_t
keyring_ring_of(int32_t key)
{
	const struct keyring_entry *e;
	struct keyring_list list;
	int32_t ring;

	if (!keyring_read(&list))
		return 0;
	e = keyring_find(&list, key);
	ring = e != NULL ? e->ring : 0;
	keyring_clear(&list);
	return ring;
}
