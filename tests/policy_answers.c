/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_answers: one JSON text a line in, one out, for an oracle in another
 * language: {"pattern", "text"} is searched; {"documents", "claims",
 * "context"} is decided, with the places where that can differ from upstream.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libtee/trust/pattern.h"
#include "tests/test_policy_kit.h"

static json_t *
answer_pattern(const json_t *question)
{
	static const char *const words[] = { "error", "no", "yes" };
	const json_t *text = json_object_get(question, "text");
	const json_t *pattern = json_object_get(question, "pattern");
	const char *why;
	struct tee_pattern *p = tee_pattern_new(json_string_value(pattern),
	    json_string_length(pattern), &why);
	json_t *answer;

	if (p == NULL)
		return json_pack("{s:s, s:s}", "answer", "refused", "why", why);
	answer = json_pack("{s:s}", "answer",
	    words[tee_pattern_search(p, json_string_value(text),
		json_string_length(text))]);
	tee_pattern_free(p);
	return answer;
}

static json_t *
decide(const struct tee_policy *p, const json_t *question)
{
	struct tee_claims *claims =
	    policy_claims_of(json_object_get(question, "claims"));
	char *context =
	    json_dumps(json_object_get(question, "context"), JSON_COMPACT);
	char *differences;
	struct tee_decision d;
	json_t *answer;

	if (tee_policy_decide(p, claims, context, strlen(context), &d) != 0 ||
	    tee_policy_differences(p, &differences) != 0)
		exit(1);
	/* clang-format off */
	answer = json_pack("{s:s, s:s, s:s, s:s, s:o}",
	    "action", tee_policy_action_word(d.action),
	    "rule", d.rule,
	    "reason", d.reason,
	    "used", d.used,
	    "differences", json_loads(differences, 0, NULL));
	/* clang-format on */
	free(differences);
	free(context);
	tee_claims_free(&claims);
	return answer;
}

static json_t *
answer_policy(const json_t *question)
{
	char why[TEE_POLICY_WHY];
	struct tee_policy *p;
	json_t *one, *answer = NULL;
	size_t i;

	if (tee_policy_new(&p) != 0)
		exit(1);
	json_array_foreach(json_object_get(question, "documents"), i, one)
	{
		if (policy_add(p, json_incref(one), why) == 0)
			continue;
		answer =
		    json_pack("{s:s, s:s}", "action", "refused", "reason", why);
		break;
	}
	if (answer == NULL)
		answer = decide(p, question);
	tee_policy_free(&p);
	return answer;
}

int
main(void)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	while ((n = getline(&line, &room, stdin)) > 0) {
		json_t *question = json_loadb(line, (size_t)n, 0, NULL);
		json_t *answer = json_object_get(question, "pattern") != NULL ?
		    answer_pattern(question) :
		    answer_policy(question);

		if (json_dumpf(answer, stdout, JSON_COMPACT) != 0)
			return 1;
		putchar('\n');
		json_decref(answer);
		json_decref(question);
	}
	free(line);
	return 0;
}
