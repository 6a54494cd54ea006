/* SPDX-License-Identifier: Apache-2.0 */
/* report: see report.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "teectl/report.h"
#include "teectl/text.h"

int
report_json(json_t *json)
{
	int status = STATUS_DONE;

	if (json == NULL || json_dumpf(json, stdout, JSON_INDENT(2)) != 0) {
		fprintf(stderr, "teectl: no memory for the answer\n");
		status = STATUS_UNAVAILABLE;
	}
	putchar('\n');
	json_decref(json);
	return status;
}

int
report_error(const struct common *common, const char *what, const char *subject,
    int error)
{
	if (common->json)
		report_json(json_pack("{s:o}", "error",
		    journal_error_json(&common->journal, error)));
	journal_explain(&common->journal, what, subject, error);
	return command_status(error);
}

json_t *
report_claims_json(const struct tee_claims *claims)
{
	json_t *root = NULL;
	char *text = NULL;

	if (tee_claims_to_json(claims, &text) == 0)
		root = json_loads(text, JSON_ALLOW_NUL, NULL);
	free(text);
	return root;
}

static const char *
result_label(const char *result)
{
	if (strcmp(result, "pass") == 0)
		return "PASS";
	return strcmp(result, "not-done") == 0 ? "not done" : "FAIL";
}

static const char *
string_of(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s != NULL ? s : "";
}

/* The widest name sets the column, so that details stand in one line. */
static int
name_width(const json_t *checks)
{
	const json_t *check;
	size_t i, width = 0;

	json_array_foreach(checks, i, check)
	{
		size_t n = strlen(string_of(check, "name"));

		width = n > width ? n : width;
	}
	return (int)width;
}

static void
print_checks(const json_t *checks)
{
	int width = name_width(checks);
	const json_t *check;
	size_t i;

	json_array_foreach(checks, i, check)
	{
		printf("%-8s  %-*s  ", result_label(string_of(check, "result")),
		    width, string_of(check, "name"));
		text_print(stdout, string_of(check, "detail"));
		putchar('\n');
	}
}

static void
print_value(const char *label, const json_t *value)
{
	if (json_is_string(value))
		text_field(label, json_string_value(value));
	else if (json_is_boolean(value))
		text_field(label, json_is_true(value) ? "yes" : "no");
}

static void
print_claims(json_t *claims)
{
	static const char *const groups[] = { "runtime_measurements",
		"claims" };
	json_t *value;
	const char *key;
	size_t i;

	json_object_foreach(claims, key, value) print_value(key, value);
	for (i = 0; i < 2; i++)
		json_object_foreach(json_object_get(claims, groups[i]), key,
		    value) if (json_object_get(claims, key) == NULL)
		    print_value(key, value);
}

static unsigned
count(const json_t *checks, const char *result)
{
	const json_t *check;
	unsigned n = 0;
	size_t i;

	json_array_foreach(checks, i, check) n +=
	    strcmp(string_of(check, "result"), result) == 0;
	return n;
}

static void
print_verdict(const char *verdict, const json_t *checks)
{
	unsigned failed = count(checks, "fail");

	if (strcmp(verdict, "ok") == 0)
		printf("verdict: ok: everything that was asked for passed "
		       "(%u checks)\n",
		    count(checks, "pass"));
	else if (strcmp(verdict, "incomplete") == 0)
		printf("verdict: incomplete: nothing failed, but something "
		       "that a grant needs was not done\n");
	else if (strcmp(verdict, "unavailable") == 0)
		printf("verdict: unavailable: something could not be asked\n");
	else if (failed > 0)
		printf("verdict: denied: %u of %zu checks failed\n", failed,
		    json_array_size(checks));
	else
		printf("verdict: denied: by the verifier itself, beside its "
		       "checks\n");
}

void
report_appraisal(const json_t *root)
{
	const json_t *checks = json_object_get(root, "checks");

	print_checks(checks);
	putchar('\n');
	print_claims(json_object_get(root, "claims"));
	putchar('\n');
	print_verdict(string_of(root, "verdict"), checks);
}
