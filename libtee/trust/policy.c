/* SPDX-License-Identifier: Apache-2.0 */
/* policy: see policy.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libtee/text.h"
#include "libtee/trust/policy.h"

static const char *const default_fields[TEE_FIELD_DEFAULTS] = {
	[TEE_FIELD_SCORE] = "trust_score",
	[TEE_FIELD_DEPTH] = "delegation_depth",
	[TEE_FIELD_AGENT] = "agent",
	[TEE_FIELD_AGENT_NAMESPACE] = "agent.namespace",
	[TEE_FIELD_NAMESPACE] = "agent_namespace",
};

int
tee_policy_new(struct tee_policy **out)
{
	size_t i, at;

	if (out == NULL)
		return TEE_E_ARGUMENT;
	*out = calloc(1, sizeof(**out));
	for (i = 0; *out != NULL && i < TEE_FIELD_DEFAULTS; i++)
		if (tee_policy_field_add(*out, default_fields[i], &at) != NULL)
			tee_policy_free(out);
	return *out != NULL ? 0 : TEE_E_MEMORY;
}

const char *
tee_policy_field_add(struct tee_policy *p, const char *path, size_t *out)
{
	struct tee_field *grown;
	const char *wrong;

	for (*out = 0; *out < p->field_count; ++*out)
		if (strcmp(path, p->fields[*out].path) == 0)
			return NULL;
	grown = realloc(p->fields, (p->field_count + 1) * sizeof(*grown));
	if (grown == NULL)
		return "";
	p->fields = grown;
	wrong = tee_field_parse(&grown[p->field_count], path);
	if (wrong == NULL)
		p->field_count++;
	return wrong;
}

void
tee_policy_clear_rules(struct tee_policy *p, size_t from)
{
	size_t i;

	for (i = from; i < p->rule_count; i++)
		tee_condition_clear(&p->rules[i].condition);
	p->rule_count = from;
}

void
tee_policy_free(struct tee_policy **policy)
{
	struct tee_policy *p = policy != NULL ? *policy : NULL;
	size_t i;

	if (p == NULL)
		return;
	tee_policy_clear_rules(p, 0);
	for (i = 0; i < p->document_count; i++)
		json_decref(p->documents[i].json);
	free(p->rules);
	free(p->fields);
	free(p);
	*policy = NULL;
}

static int
by_priority(const void *a, const void *b)
{
	const struct tee_rule *x = a, *y = b;

	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

int
tee_policy_add(struct tee_policy *p, json_t *json, char *why)
{
	size_t rules = p->rule_count, fields = p->field_count;
	struct tee_document *d = &p->documents[p->document_count];
	int error;

	if (p->document_count == TEE_POLICY_DOCUMENTS_MAX) {
		snprintf(why, TEE_POLICY_WHY, "there are 64 documents already");
		json_decref(json);
		return TEE_E_PROFILE;
	}
	*d = (struct tee_document){ .json = json };
	error = tee_policy_read(p, d, why);
	if (error != 0) {
		tee_policy_clear_rules(p, rules);
		p->field_count = fields;
		json_decref(json);
		return error;
	}
	if (p->rule_count > 0)
		qsort(p->rules, p->rule_count, sizeof(*p->rules), by_priority);
	p->document_count++;
	return 0;
}

int
tee_policy_add_json(struct tee_policy *p, const char *text, size_t size,
    char why[TEE_POLICY_WHY])
{
	char room[TEE_POLICY_WHY];
	json_error_t e;
	json_t *json;
	int error;

	if (why == NULL)
		why = room;
	why[0] = '\0';
	if (p == NULL || text == NULL)
		return TEE_E_ARGUMENT;
	if (size > TEE_POLICY_SIZE_MAX) {
		snprintf(why, TEE_POLICY_WHY, "it is larger than 1 MiB");
		return TEE_E_PROFILE;
	}
	json = json_loadb(text, size, JSON_REJECT_DUPLICATES, &e);
	if (json == NULL) {
		snprintf(why, TEE_POLICY_WHY, "line %d, column %d: %s", e.line,
		    e.column, e.text);
		tee_text_plain(why);
		return json_error_code(&e) == json_error_out_of_memory ?
		    TEE_E_MEMORY :
		    TEE_E_PROFILE;
	}
	error = tee_policy_add(p, json, why);
	tee_text_plain(why);
	return error;
}
