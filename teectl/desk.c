/* SPDX-License-Identifier: Apache-2.0 */
/* desk: see desk.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "teectl/desk.h"

static bool
is_refusal(const json_t *d)
{
	return json_is_string(json_object_get(d, "profile")) &&
	    json_is_string(json_object_get(d, "state")) &&
	    json_is_string(json_object_get(d, "file")) &&
	    json_is_integer(json_object_get(d, "line")) &&
	    json_is_string(json_object_get(d, "message"));
}

static bool
are_refusals(const json_t *list)
{
	const json_t *d;
	size_t i;

	json_array_foreach(list, i, d) if (!is_refusal(d)) return false;
	return json_is_array(list);
}

/* Nothing of what it says is believed without a look at its form. */
static bool
read_document(struct desk *desk, const struct teed_answer *a)
{
	json_t *root =
	    json_loadb(a->data, a->size, JSON_REJECT_DUPLICATES, NULL);
	json_t *list = json_object_get(root, "profiles");
	const json_t *unlisted = json_object_get(root, "unlisted");
	bool ok = are_refusals(list) && json_is_integer(unlisted) &&
	    json_integer_value(unlisted) >= 0;

	if (ok) {
		json_array_extend(desk->refused, list);
		desk->unlisted = json_integer_value(unlisted);
	}
	json_decref(root);
	return ok;
}

void
desk_ask(const struct teed_place *place, struct desk *desk,
    struct teed_answer *answer)
{
	char path[512];

	*desk = (struct desk){ .refused = json_array() };
	snprintf(path, sizeof(path), "%s/%s",
	    place->run_dir != NULL ? place->run_dir : TEE_RUN_DIR,
	    TEE_WIRE_DESK);
	teed_ask(place, path, TEE_WIRE_STATUS, answer);
	/* At a path that no socket can have there is none. */
	if (answer->absent || answer->error == TEE_E_PEER ||
	    answer->error == TEE_E_ARGUMENT)
		teed_answer_clear(answer);
	else if (answer->error == 0 && !read_document(desk, answer))
		teed_answer_fail(answer,
		    "its list of refused profiles is no document of this "
		    "version");
}

json_t *
desk_find(const struct desk *desk, const char *profile)
{
	json_t *d;
	size_t i;

	json_array_foreach(desk->refused, i,
	    d) if (strcmp(json_string_value(json_object_get(d, "profile")),
		       profile) == 0) return d;
	return NULL;
}

void
desk_clear(struct desk *desk)
{
	json_decref(desk->refused);
	*desk = (struct desk){ 0 };
}
