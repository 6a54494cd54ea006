/* SPDX-License-Identifier: Apache-2.0 */
/* refusal: see refusal.h. */
#include "config.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <jansson.h>

#include "libtee/clock.h"
#include "libtee/text.h"
#include "teed/refusal.h"

void
teed_refusals_begin(struct teed_refusals *r, const char *dir)
{
	while (r->count > 0)
		teed_guests_clear(&r->list[--r->count].guests);
	r->dir = dir;
	r->unlisted = 0;
}

void
teed_refusals_add(struct teed_refusals *r, const struct tee *plan,
    const char *why)
{
	struct teed_refusal *new;
	char unknown[TEE_ACCOUNT_WHY];
	struct tee quiet = *plan;
	const char *message;

	if (r->count == TEED_REFUSALS) {
		r->unlisted++;
		return;
	}
	new = &r->list[r->count++];
	*new = (struct teed_refusal){ .line = tee_text_fault(plan->file, why,
					  &message),
		.at = (time_t)(tee_clock_now() / TEE_SECOND) };
	snprintf(new->profile, sizeof(new->profile), "%s", plan->name);
	snprintf(new->message, sizeof(new->message), "%s", message);
	/* It may have been cut within a character, which JSON cannot say. */
	tee_text_ascii(new->message);
	/* Those who are known hear of it; who is not was said before. */
	quiet.log = (struct tee_log){ 0 };
	if (teed_guests_find(&new->guests, &quiet, unknown) == TEE_E_MEMORY)
		teed_guests_clear(&new->guests);
}

bool
teed_refusals_hears_all(const struct teed_caller *caller)
{
	return caller->uid == 0 || caller->uid == geteuid();
}

static bool
hears_of(const struct teed_refusal *r, const struct teed_caller *caller)
{
	return teed_refusals_hears_all(caller) ||
	    teed_guests_sign(&r->guests, caller) ||
	    teed_guests_operate(&r->guests, caller);
}

bool
teed_refusals_hears(const struct teed_refusals *r,
    const struct teed_caller *caller)
{
	for (size_t i = 0; i < r->count; i++)
		if (hears_of(&r->list[i], caller))
			return true;
	return teed_refusals_hears_all(caller);
}

static json_t *
refusal_json(const char *dir, const struct teed_refusal *r)
{
	char at[TEE_INSTANT_TEXT], file[PATH_MAX];

	tee_instant_format((tee_instant)r->at * TEE_SECOND, at);
	snprintf(file, sizeof(file), "%s/%s.conf", dir, r->profile);
	/* A directory may have any name, and JSON cannot say each. */
	if (!tee_utf8_valid(file, strlen(file)))
		tee_text_ascii(file);
	/* clang-format off */
	return json_pack("{s:s, s:s, s:s, s:i, s:s, s:s}",
	    "profile", r->profile, "state", "refused",
	    "file", file, "line", (int)r->line, "message", r->message,
	    "at", at);
	/* clang-format on */
}

char *
teed_refusals_json(const struct teed_refusals *r,
    const struct teed_caller *caller)
{
	unsigned unlisted = teed_refusals_hears_all(caller) ? r->unlisted : 0;
	json_t *list = json_array(), *root;
	bool whole = true;
	char *text;

	for (size_t i = 0; i < r->count && whole; i++)
		if (hears_of(&r->list[i], caller))
			whole = json_array_append_new(list,
				    refusal_json(r->dir, &r->list[i])) == 0;
	root = json_pack("{s:o, s:i}", "profiles", list, "unlisted",
	    (int)unlisted);
	/* A part of it would say that the others are served. */
	text = whole && root != NULL ? json_dumps(root, JSON_COMPACT) : NULL;
	json_decref(root);
	return text;
}
