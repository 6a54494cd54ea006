/* SPDX-License-Identifier: Apache-2.0 */
/* roll: see roll.h. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libtee/error.h"
#include "libtee/text.h"
#include "teed/activation.h"
#include "teed/roll.h"

/* Where it stands, or where it would. */
static size_t
place_of(const struct teed_roll *roll, const char *name, bool *found)
{
	size_t low = 0, high = roll->count;

	*found = false;
	while (low < high && !*found) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, roll->service[middle]->plan->name);

		if (order == 0) {
			*found = true;
			low = middle;
		} else if (order < 0) {
			high = middle;
		} else {
			low = middle + 1;
		}
	}
	return low;
}

static bool
reserve(struct teed_roll *roll)
{
	size_t room = roll->room != 0 ? 2 * roll->room : 16;
	struct teed_service **list;

	if (roll->count < roll->room)
		return true;
	list = reallocarray(roll->service, room, sizeof(*list));
	if (list == NULL)
		return false;
	roll->service = list;
	roll->room = room;
	return true;
}

static void
hear(void *user, int priority, const char *line)
{
	struct teed_ear *ear = user;

	if (priority <= LOG_ERR && ear->first[0] == '\0')
		snprintf(ear->first, sizeof(ear->first), "%s", line);
	if (ear->log.fn != NULL)
		ear->log.fn(ear->log.user, priority, line);
}

static void
add(struct teed_roll *roll, struct teed_house *house, size_t place,
    struct tee **plan)
{
	struct teed_service *s;
	char ssh[256], why[TEED_WHY];

	if (!reserve(roll)) {
		teed_refusals_add(&roll->refusals, *plan,
		    tee_strerror(TEE_E_MEMORY));
		return;
	}
	snprintf(ssh, sizeof(ssh), "%s.ssh", (*plan)->name);
	s = teed_service_open(house, plan, teed_activation_take((*plan)->name),
	    teed_activation_take(ssh), why);
	if (s == NULL) {
		teed_refusals_add(&roll->refusals, *plan, why);
		return;
	}
	s->seen = true;
	memmove(&roll->service[place + 1], &roll->service[place],
	    (roll->count - place) * sizeof(*roll->service));
	roll->service[place] = s;
	roll->count++;
}

static void
complain(struct teed_service *s, const char *why)
{
	char text[TEED_WHY + 64];

	snprintf(text, sizeof(text), "%s; what was read before is served", why);
	/* It may have been cut within a character, which JSON cannot say. */
	tee_text_ascii(text);
	tee_log_line(&s->house->log, LOG_ERR,
	    "teed profile=%s reason=reload detail=\"%s\"", s->plan->name, text);
	free(s->reload_error);
	s->reload_error = strdup(text);
}

static void
meet(struct teed_service **at, struct tee **plan, const char *fault)
{
	struct teed_service *s = *at;
	char why[TEED_WHY];

	s->seen = true;
	if (fault != NULL) {
		complain(s, fault);
		return;
	}
	free(s->reload_error);
	s->reload_error = NULL;
	if (memcmp(s->plan->digest, (*plan)->digest, sizeof(s->plan->digest)) !=
		0 &&
	    !teed_service_replace(at, plan, why))
		complain(s, why);
}

static bool
is_profile(const char *name)
{
	size_t n = strlen(name);

	return name[0] != '.' && n > 5 && n < 128 &&
	    strcmp(name + n - 5, ".conf") == 0 &&
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == n;
}

/* Others' profiles: an agent that holds its own key, a relying party. */
static bool
is_ours(const struct tee *plan)
{
	return plan->did != NULL && plan->residency == TEE_RESIDENCY_TEED;
}

/* Who says "process" is not refused by teed, whatever is wrong with it. */
static bool
may_be_ours(const struct tee *plan)
{
	return plan->residency == TEE_RESIDENCY_TEED;
}

static void
read_profile(struct teed_roll *roll, struct teed_house *house, const char *dir,
    const char *name)
{
	struct tee_options options = { .size = sizeof(options),
		.log = hear,
		.log_user = &roll->ear };
	const char *fault = NULL;
	char path[1024];
	struct tee *plan;
	bool found;
	size_t place;
	int error;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	plan = tee_profile_new(&options, path, TEE_MODULE_DIR);
	if (plan == NULL)
		return;
	roll->ear.first[0] = '\0';
	error = tee_profile_read(plan);
	if (error != 0)
		fault = roll->ear.first[0] != '\0' ? roll->ear.first :
						     tee_strerror(error);
	place = place_of(roll, plan->name, &found);
	if (found && (fault != NULL || is_ours(plan)))
		meet(&roll->service[place], &plan, fault);
	else if (!found && fault != NULL && may_be_ours(plan))
		teed_refusals_add(&roll->refusals, plan, fault);
	else if (!found && fault == NULL && is_ours(plan))
		add(roll, house, place, &plan);
	tee_profile_free(&plan);
}

static void
drop_unseen(struct teed_roll *roll)
{
	size_t kept = 0;

	for (size_t i = 0; i < roll->count; i++) {
		if (roll->service[i]->seen)
			roll->service[kept++] = roll->service[i];
		else
			teed_service_close(&roll->service[i]);
	}
	roll->count = kept;
}

void
teed_roll_call(struct teed_roll *roll, struct teed_house *house,
    const char *profile_dir)
{
	struct dirent **entry;
	int n = scandir(profile_dir, &entry, NULL, alphasort);

	if (n < 0) {
		tee_log_line(&house->log, LOG_ERR,
		    "teed reason=profile_dir detail=\"%s: %s\"", profile_dir,
		    strerror(errno));
		return;
	}
	roll->ear.log = house->log;
	teed_refusals_begin(&roll->refusals, profile_dir);
	for (size_t i = 0; i < roll->count; i++)
		roll->service[i]->seen = false;
	for (int i = 0; i < n; i++) {
		if (is_profile(entry[i]->d_name))
			read_profile(roll, house, profile_dir,
			    entry[i]->d_name);
		free(entry[i]);
	}
	free(entry);
	drop_unseen(roll);
}

void
teed_roll_clear(struct teed_roll *roll)
{
	for (size_t i = 0; i < roll->count; i++)
		teed_service_close(&roll->service[i]);
	free(roll->service);
	roll->service = NULL;
	roll->count = roll->room = 0;
	teed_refusals_begin(&roll->refusals, roll->refusals.dir);
}
