/* SPDX-License-Identifier: Apache-2.0 */
/* dump: the effective plan of a profile: what will run, under which floor. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "teectl/report.h"
#include "teectl/session.h"
#include "teectl/text.h"

struct arguments {
	struct common common;
	const char *profile;
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;
	const char **const slots[] = { &a->profile, NULL };

	switch (key) {
	case ARGP_KEY_INIT:
		return command_parse_init(state);
	case ARGP_KEY_ARG:
		return command_parse_word(state, arg, slots);
	case ARGP_KEY_END:
		if (a->profile == NULL)
			argp_error(state, "PROFILE is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* One value in one line: words bare, everything else as compact JSON. */
static void
print_value(const json_t *value)
{
	char *text;

	if (json_is_string(value)) {
		text_print(stdout, json_string_value(value));
		return;
	}
	text = json_dumps(value,
	    JSON_COMPACT | JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
	printf("%s", text != NULL ? text : "?");
	free(text);
}

static void
print_pairs(json_t *object, const char *separator)
{
	const char *key, *before = "";
	json_t *value;

	json_object_foreach(object, key, value)
	{
		if (json_is_null(value))
			continue;
		printf("%s", before);
		text_print(stdout, key);
		putchar('=');
		print_value(value);
		before = separator;
	}
}

static void
print_stack(const char *label, const json_t *stack)
{
	const json_t *line;
	size_t i;

	json_array_foreach(stack, i, line)
	{
		const char *group =
		    json_string_value(json_object_get(line, "group"));

		printf("%-12s line %-4lld %s%s%s %s ceiling=%s timeout=%llds",
		    label,
		    (long long)json_integer_value(
			json_object_get(line, "line")),
		    json_string_value(json_object_get(line, "control")),
		    group != NULL ? ":" : "", group != NULL ? group : "",
		    json_string_value(json_object_get(line, "module")),
		    json_string_value(json_object_get(line, "ceiling")),
		    (long long)json_integer_value(
			json_object_get(line, "timeout")));
		if (json_object_get(line, "authority") != NULL) {
			printf(" authority=");
			print_value(json_object_get(line, "authority"));
		}
		putchar(' ');
		print_pairs(json_object_get(line, "options"), " ");
		putchar('\n');
	}
}

static void
print_cache(json_t *cache)
{
	if (cache == NULL)
		return;
	printf("%-12s line %-4lld %s timeout=%s ", "cache",
	    (long long)json_integer_value(json_object_get(cache, "line")),
	    json_string_value(json_object_get(cache, "module")),
	    json_string_value(json_object_get(cache, "timeout")));
	print_pairs(json_object_get(cache, "options"), " ");
	putchar('\n');
}

static void
print_plan(json_t *plan)
{
	static const char *const stacks[] = { "collector", "verifier",
		"keystore" };
	static const char *const groups[] = { "require", "custody" };
	const char *key;
	json_t *value;
	size_t i;

	json_object_foreach(plan, key, value) if (json_is_string(value))
	{
		printf("%-12s ", key);
		print_value(value);
		putchar('\n');
	}
	for (i = 0; i < 3; i++)
		print_stack(stacks[i], json_object_get(plan, stacks[i]));
	print_cache(json_object_get(plan, "cache"));
	for (i = 0; i < 2; i++) {
		char before[20];

		snprintf(before, sizeof(before), "\n%-12s ", groups[i]);
		printf("%-12s ", groups[i]);
		print_pairs(json_object_get(plan, groups[i]), before);
		putchar('\n');
	}
}

int
command_dump(const struct command *self, int argc, char **argv)
{
	struct arguments a = { 0 };
	struct session s = { .common = &a.common, .whole_plan = true };
	json_t *plan = NULL;
	char *text = NULL;
	int error, status;

	command_parse(self, argc, argv, NULL, parse, &a.common);
	s.profile = a.profile;
	status = session_open(&s, self->name);
	if (status == STATUS_DONE) {
		error = tee_dump(s.tee, &text);
		if (error == 0)
			plan = json_loads(text, 0, NULL);
		if (error != 0)
			status = report_error(&a.common, self->name, a.profile,
			    error);
		else if (a.common.json || plan == NULL)
			status = report_json(json_incref(plan));
		else
			print_plan(plan);
	}
	json_decref(plan);
	free(text);
	session_close(&s);
	return status;
}
