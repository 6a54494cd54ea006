/* SPDX-License-Identifier: Apache-2.0 */
/* doctor: every check of health.c, and what to do about what it found. */
#include "config.h"

#include <stdio.h>

#include "teectl/health.h"
#include "teectl/report.h"
#include "teectl/teed.h"
#include "teectl/text.h"

struct arguments {
	struct common common;
	struct teed_place place;
};

static const struct argp_option options[] = { TEED_RUN_DIR_OPTION, { 0 } };

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	if (key == ARGP_KEY_INIT)
		(void)command_parse_init(state);
	return teed_place_parse(key, arg, state, &a->place, TEED_PATIENCE);
}

static const char *
result_word(enum health_result result)
{
	switch (result) {
	case HEALTH_OK:
		return "ok";
	case HEALTH_WARNING:
		return "warning";
	case HEALTH_MISSING:
		break;
	}
	return "missing";
}

static void
print_check(const char *name, const struct health *h)
{
	printf("%-8s %-15s ", result_word(h->result), name);
	text_print(stdout, h->detail);
	putchar('\n');
	if (h->next != NULL) {
		printf("%24s", "next: ");
		text_print(stdout, h->next);
		putchar('\n');
	}
}

static json_t *
check_json(const char *name, const struct health *h)
{
	json_t *json = json_pack("{s:s, s:s, s:o}", "name", name, "result",
	    result_word(h->result), "detail", text_json(h->detail));

	if (json != NULL)
		json_object_set_new(json, "next",
		    h->next != NULL ? text_json(h->next) : json_null());
	return json;
}

int
command_doctor(const struct command *self, int argc, char **argv)
{
	struct arguments a = { 0 };
	const struct health_check *check;
	json_t *list = json_array();
	int missing = 0;

	command_parse(self, argc, argv, options, parse, &a.common);
	if (a.place.run_dir != NULL)
		health_run_dir(a.place.run_dir);
	for (check = health_checks; check->name != NULL; check++) {
		struct health h = { .result = HEALTH_MISSING };

		check->look(&h);
		missing += h.result == HEALTH_MISSING;
		if (a.common.json)
			json_array_append_new(list,
			    check_json(check->name, &h));
		else
			print_check(check->name, &h);
	}
	if (a.common.json)
		report_json(json_pack("{s:b, s:O}", "healthy", missing == 0,
		    "checks", list));
	json_decref(list);
	return missing == 0 ? STATUS_DONE : STATUS_UNAVAILABLE;
}
