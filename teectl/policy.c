/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy: trust-policy documents: `test` says whether the library takes each
 * and where its result can differ from AgentMesh's, `eval` decides by them.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "teectl/challenge.h"
#include "teectl/policyfile.h"
#include "teectl/report.h"
#include "teectl/text.h"

enum { KEY_CONTEXT = 0x300, KEY_PROFILE, KEY_EVIDENCE, KEY_UNSOLICITED };

struct arguments {
	struct common common;
	char **words; /* "test" or "eval", then files */
	int count;
	bool eval;
	const char *context;
	const char *profile;
	const char *evidence;
	struct challenge challenge;
	bool challenged;
	bool unsolicited;
};

static const struct argp_option options[] = {
	{ "context", KEY_CONTEXT, "FILE", 0,
	    "eval: what the application knows, a JSON object", 0 },
	{ "profile", KEY_PROFILE, "PROFILE", 0,
	    "eval: the profile that judges the evidence", 0 },
	{ "evidence", KEY_EVIDENCE, "FILE", 0,
	    "eval: the peer's evidence; without it nothing is known of its "
	    "environment",
	    0 },
	CHALLENGE_OPTIONS,
	{ "unsolicited", KEY_UNSOLICITED, NULL, 0,
	    "eval: there was no challenge for the evidence", 0 },
	{ 0 }
};

static void
check_eval(struct argp_state *state, const struct arguments *a)
{
	if ((a->profile == NULL) != (a->evidence == NULL))
		argp_error(state, "--profile and --evidence go together");
	if (a->profile != NULL && a->challenged == a->unsolicited)
		argp_error(state,
		    "give either the challenge that was sent "
		    "(--challenge-id, --nonce) or --unsolicited");
	if (a->profile == NULL && (a->challenged || a->unsolicited))
		argp_error(state, "there is no --evidence to be fresh");
}

static void
check_arguments(struct argp_state *state, struct arguments *a)
{
	if (a->count < 2)
		argp_error(state, "FILE is missing");
	a->eval = strcmp(a->words[0], "eval") == 0;
	if (!a->eval && strcmp(a->words[0], "test") != 0)
		argp_error(state, "there is no \"policy %s\"", a->words[0]);
	a->challenged = challenge_given(state, &a->challenge);
	if (a->eval)
		check_eval(state, a);
	else if (a->context != NULL || a->profile != NULL ||
	    a->evidence != NULL || a->challenged || a->unsolicited)
		argp_error(state, "\"policy test\" takes files alone");
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		return command_parse_init(state);
	case KEY_CONTEXT:
		command_set(state, "context", &a->context, arg);
		return 0;
	case KEY_PROFILE:
		command_set(state, "profile", &a->profile, arg);
		return 0;
	case KEY_EVIDENCE:
		command_set(state, "evidence", &a->evidence, arg);
		return 0;
	case KEY_UNSOLICITED:
		a->unsolicited = true;
		return 0;
	case ARGP_KEY_ARGS:
		a->words = state->argv + state->next;
		a->count = state->argc - state->next;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_END:
		check_arguments(state, a);
		return 0;
	default:
		return challenge_parse(key, arg, state, &a->challenge);
	}
}

static const char *
member(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static void
print_place(const json_t *place)
{
	const char *rule = member(place, "rule");

	printf("    ");
	text_print(stdout, rule != NULL ? rule : "(defaults)");
	printf(": ");
	text_print(stdout, member(place, "field"));
	putchar('\n');
}

/* Each difference once, and below it the places that it applies to. */
static void
print_differences(const json_t *places)
{
	const json_t *one, *other;
	const char *word;
	size_t i, k;

	json_array_foreach(places, i, one)
	{
		word = member(one, "difference");
		for (k = 0; k < i; k++)
			if (strcmp(word,
				member(json_array_get(places, k),
				    "difference")) == 0)
				break;
		if (k < i)
			continue;
		printf("  %s\n    AgentMesh: %s\n    here: %s\n", word,
		    member(one, "upstream"), member(one, "here"));
		json_array_foreach(places, k,
		    other) if (strcmp(word, member(other, "difference")) == 0)
		    print_place(other);
	}
}

static json_t *
differences(const struct tee_policy *policy)
{
	json_t *list = NULL;
	char *text = NULL;

	if (tee_policy_differences(policy, &text) == 0)
		list = json_loads(text, 0, NULL);
	free(text);
	return list != NULL ? list : json_array();
}

static void
print_file(const char *file, const char *result, const char *why,
    const json_t *places)
{
	/* Why it is unreadable was said where it was read. */
	if (why[0] != '\0' && strcmp(result, "unreadable") != 0) {
		text_print(stderr, file);
		fprintf(stderr, ": ");
		text_print(stderr, why);
		fputc('\n', stderr);
	}
	text_print(stdout, file);
	printf(": %s\n", result);
	print_differences(places);
}

static int
test_file(const struct common *common, const char *file, json_t *list)
{
	static const char *const results[] = { [STATUS_DONE] = "ok",
		[STATUS_REFUSED] = "refused",
		[STATUS_USAGE] = "unreadable",
		[STATUS_UNAVAILABLE] = "unavailable" };
	char why[TEE_POLICY_WHY] = "";
	struct tee_policy *policy = NULL;
	enum status status = command_status(tee_policy_new(&policy));
	json_t *places;

	if (status == STATUS_DONE)
		status = policyfile_add(policy, file, why);
	places = status == STATUS_DONE ? differences(policy) : json_array();
	tee_policy_free(&policy);
	if (!common->json)
		print_file(file, results[status], why, places);
	/* clang-format off */
	json_array_append_new(list, json_pack("{s:o, s:s, s:o, s:o}",
	    "file", text_json(file),
	    "result", results[status],
	    "fault", why[0] != '\0' ? text_json(why) : json_null(),
	    "differences", places));
	/* clang-format on */
	return status;
}

static int
test(const struct arguments *a)
{
	json_t *list = json_array();
	int i, worst = STATUS_DONE;

	for (i = 1; i < a->count; i++) {
		int status = test_file(&a->common, a->words[i], list);

		worst = status > worst ? status : worst;
	}
	if (!a->common.json)
		json_decref(list);
	else if (report_json(json_pack("{s:o}", "files", list)) != STATUS_DONE)
		return STATUS_UNAVAILABLE;
	return worst;
}

int
command_policy(const struct command *self, int argc, char **argv)
{
	struct arguments a = { 0 };
	struct tee_challenge challenge;
	struct policy_question q = { .common = &a.common };
	int status;

	command_parse(self, argc, argv, options, parse, &a.common);
	if (!a.eval)
		return test(&a);
	q.files = a.words + 1;
	q.file_count = a.count - 1;
	q.context = a.context;
	q.profile = a.profile;
	q.evidence = a.evidence;
	if (a.challenged) {
		challenge = challenge_value(&a.challenge);
		q.challenge = &challenge;
	}
	status = policy_eval(&q);
	journal_clear(&a.common.journal);
	return status;
}
