/* SPDX-License-Identifier: Apache-2.0 */
/* account: see account.h. */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libtee/account.h"

#define ROOM (1024 * 1024) /* bytes of one account, at most */

_Static_assert(sizeof(uid_t) == sizeof(unsigned) &&
	sizeof(gid_t) == sizeof(unsigned),
    "ids");

/* Asks libc, with as much room as its answer needs: a group's members. */
typedef int asker(const char *name, char *room, size_t size, unsigned *id);

static int
ask_user(const char *name, char *room, size_t size, unsigned *id)
{
	struct passwd entry, *pw = NULL;
	int error = getpwnam_r(name, &entry, room, size, &pw);

	if (pw != NULL)
		*id = pw->pw_uid;
	return error != 0 ? error : pw != NULL ? 0 : ENOENT;
}

static int
ask_group(const char *name, char *room, size_t size, unsigned *id)
{
	struct group entry, *gr = NULL;
	int error = getgrnam_r(name, &entry, room, size, &gr);

	if (gr != NULL)
		*id = gr->gr_gid;
	return error != 0 ? error : gr != NULL ? 0 : ENOENT;
}

static bool
look_up(asker *ask, const char *name, unsigned *id)
{
	int error = ERANGE;

	for (size_t size = 1024; error == ERANGE && size <= ROOM; size *= 4) {
		char *room = malloc(size);

		error = room != NULL ? ask(name, room, size, id) : ENOMEM;
		free(room);
	}
	return error == 0;
}

bool
tee_account_group(const char *name, gid_t *gid)
{
	return look_up(ask_group, name, gid);
}

/* What a list of the profile is called, where it stands, who knows of it. */
struct list {
	const char *key;
	const char *kind;
	const char *names; /* "a,b"; NULL: none */
	unsigned line;
	unsigned skip; /* so many first ones are not looked for */
	asker *ask;
};

static bool
find(const struct list *list, const char *name, unsigned *id)
{
	unsigned long n;
	char *end;

	if (look_up(list->ask, name, id))
		return true;
	if (name[0] < '0' || name[0] > '9')
		return false;
	errno = 0;
	n = strtoul(name, &end, 10);
	*id = (unsigned)n;
	return *end == '\0' && errno == 0 && n < UINT32_MAX;
}

static int
refuse(const struct tee *tee, const struct list *list, const char *name,
    char why[TEE_ACCOUNT_WHY])
{
	char fault[TEE_ACCOUNT_WHY];

	snprintf(fault, sizeof(fault), "%.200s:%u: %s: no %s \"%.200s\"",
	    tee->file, list->line, list->key, list->kind, name);
	tee_log_line(&tee->log, LOG_ERR, "%s:%u: %s: no %s \"%s\"", tee->file,
	    list->line, list->key, list->kind, name);
	if (why[0] == '\0')
		memcpy(why, fault, sizeof(fault));
	return TEE_E_PROFILE;
}

static int
find_all(const struct tee *tee, const struct list *list, unsigned **ids,
    size_t *count, char why[TEE_ACCOUNT_WHY])
{
	char *copy, *rest, *name;
	unsigned skip = list->skip;
	int error = 0;

	if (list->names == NULL)
		return 0;
	*ids = calloc(strlen(list->names) / 2 + 1, sizeof(**ids));
	copy = rest = strdup(list->names);
	if (*ids == NULL || copy == NULL)
		error = TEE_E_MEMORY;
	while (error != TEE_E_MEMORY && (name = strsep(&rest, ",")) != NULL) {
		if (skip > 0)
			skip--;
		else if (find(list, name, &(*ids)[*count]))
			(*count)++;
		else
			error = refuse(tee, list, name, why);
	}
	free(copy);
	return error;
}

int
tee_accounts_find(const struct tee *tee, struct tee_accounts *out,
    char why[TEE_ACCOUNT_WHY])
{
	const struct list users = { "users", "user", tee->users,
		tee->users_line, 0, ask_user };
	/* The first one was looked for when the profile was read. */
	const struct list groups = { "groups", "group", tee->groups,
		tee->groups_line, 1, ask_group };
	int error, next;

	*out = (struct tee_accounts){ 0 };
	why[0] = '\0';
	error = find_all(tee, &users, &out->users, &out->user_count, why);
	next = find_all(tee, &groups, &out->groups, &out->group_count, why);
	return error != 0 ? error : next;
}

void
tee_accounts_clear(struct tee_accounts *a)
{
	free(a->users);
	free(a->groups);
	*a = (struct tee_accounts){ 0 };
}
