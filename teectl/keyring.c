/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyring: see keyring.h.  A line of /proc/keys, proc_keys(5):
 *
 *	3b1d0b6d I--Q---  1 perm 0b010000  1001 65534 user  tee:local:...: 64
 *	serial   flags  uses time perms     uid   gid type  description
 */
#include "config.h"

#include <keyutils.h>
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

/* tee:<origin>:<profile>:<did>, or _tee.ring:<profile>:<random>. */
static void
cut_description(struct keyring_entry *e)
{
	const char *p = e->description;

	if (e->is_ring && strncmp(p, "_tee.ring:", 10) == 0) {
		p += 10;
		e->profile = cut_word(&p);
	} else if (!e->is_ring) {
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
	if (sscanf(line, "%8x %15s %*d %15s %8x %d %d %15s %n", &serial,
	    flags, timeout, &e->permissions, &e->uid, &e->gid, type, &n) != 7
	    || n == 0)
		return false;
	e->is_ring = strcmp(type, "keyring") == 0;
	if (e->is_ring ? strncmp(line + n, "_tee.", 5) != 0 :
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
	struct keyring_entry *grown = realloc(list->entries,
	    (list->count + 1) * sizeof(*grown));

	if (grown == NULL)
		return false;
	list->entries = grown;
	grown[list->count++] = *e;
	return true;
}

/* Only its own process may list a ring; then there is no doubt. */
static bool
ring_holds(int32_t ring, int32_t key)
{
	int32_t held[16];
	long n = keyctl_read(ring, (char *)held, sizeof(held));
	long i;

	for (i = 0; i < n / (long)sizeof(held[0]) && i < 16; i++)
		if (held[i] == key)
			return true;
	return false;
}

/*
 * A ring names its profile, not its key: for others it is the key's where the
 * same user has exactly one such ring.
 */
static int32_t
find_ring(const struct keyring_list *list, const struct keyring_entry *key)
{
	int32_t found = 0;
	size_t i;

	for (i = 0; i < list->count; i++) {
		const struct keyring_entry *r = &list->entries[i];

		if (!r->is_ring || strcmp(r->state, "live") != 0)
			continue;
		if (ring_holds(r->serial, key->serial))
			return r->serial;
		if (r->profile != NULL && key->profile != NULL &&
		    r->uid == key->uid && strcmp(r->profile, key->profile) == 0)
			found = found == 0 ? r->serial : -1;
	}
	return found;
}

static void
pair(struct keyring_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (!list->entries[i].is_ring)
			list->entries[i].ring = find_ring(list,
			    &list->entries[i]);
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
	int32_t ring = 0;

	if (!keyring_read(&list))
		return 0;
	e = keyring_find(&list, key);
	if (e != NULL && e->ring > 0)
		ring = e->ring;
	keyring_clear(&list);
	return ring;
}
