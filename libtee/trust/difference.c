/* SPDX-License-Identifier: Apache-2.0 */
/*
 * difference: the one list of where a decision can differ from that of
 * AgentMesh's own evaluator, and the places of a policy that it applies to.
 * tee_policy_decide(3) prints the table.
 */
#include "config.h"

#include <stdlib.h>

#include "libtee/trust/policy.h"

enum difference {
	NO_DOCUMENT,
	ATTRIBUTE,
	LEVEL_ORDER,
	TYPE_ERROR,
	SCORE_ABSENT,
	NAMESPACE_ABSENT,
	PATTERN_TEXT,
	PATTERN_UNICODE
};

static const struct {
	const char *word;
	const char *upstream;
	const char *here;
} differences[] = {
	[NO_DOCUMENT] = { "no_document", "allows", "denies" },
	[ATTRIBUTE] = { "attribute",
	    "takes it from the context, whoever wrote it, and skips the rule "
	    "where it is absent",
	    "takes it from verified claims alone, and denies where it is "
	    "absent" },
	[LEVEL_ORDER] = { "level_order",
	    "compares spellings: tee_vm is above tee_hardware and standard "
	    "above secure_boot",
	    "compares ranks: standard, secure_boot, tee_vm, tee_container, "
	    "tee_hardware" },
	[TYPE_ERROR] = { "type_error",
	    "raises TypeError at the caller where the value's type does not "
	    "fit",
	    "denies there" },
	[SCORE_ABSENT] = { "score_absent",
	    "passes min_trust_score where trust_score is absent",
	    "denies there" },
	[NAMESPACE_ABSENT] = { "namespace_absent",
	    "passes allowed_namespaces where the namespace is absent or empty",
	    "denies there" },
	[PATTERN_TEXT] = { "pattern_text",
	    "matches a list or object as Python prints it, and a text of any "
	    "length, in any time",
	    "denies over a list, an object and a text above 4096 bytes" },
	[PATTERN_UNICODE] = { "pattern_unicode",
	    "takes \\w, \\d, \\s and \\b by Unicode's tables",
	    "denies over a text that is not ASCII" },
};

struct places {
	json_t *list;
	bool failed;
};

static void
add(struct places *p, const char *document, const char *rule, const char *field,
    enum difference d)
{
	json_t *place;

	/* clang-format off */
	place = json_pack("{s:s?, s:s?, s:s?, s:s, s:s, s:s}",
	    "policy", document,
	    "rule", rule,
	    "field", field,
	    "difference", differences[d].word,
	    "upstream", differences[d].upstream,
	    "here", differences[d].here);
	/* clang-format on */
	if (place == NULL || json_array_append_new(p->list, place) != 0)
		p->failed = true;
}

static bool
type_matters(const struct tee_condition *c)
{
	if (c->op == TEE_OPERATOR_IN || c->op == TEE_OPERATOR_NOT_IN)
		return c->expected.kind != TEE_VALUE_LIST;
	return tee_operator_orders(c->op) && c->attribute == TEE_ATTRIBUTE_NONE;
}

static void
add_rule(struct places *p, const struct tee_rule *r, const char *field)
{
	const struct tee_condition *c = &r->condition;

	if (c->attribute != TEE_ATTRIBUTE_NONE)
		add(p, r->document, r->name, field, ATTRIBUTE);
	if (c->attribute == TEE_ATTRIBUTE_LEVEL && tee_operator_orders(c->op))
		add(p, r->document, r->name, field, LEVEL_ORDER);
	if (type_matters(c))
		add(p, r->document, r->name, field, TYPE_ERROR);
	/* The attributes are short words of ASCII. */
	if (c->attribute != TEE_ATTRIBUTE_NONE || c->op != TEE_OPERATOR_MATCHES)
		return;
	add(p, r->document, r->name, field, PATTERN_TEXT);
	if (tee_pattern_ascii(c->pattern))
		add(p, r->document, r->name, field, PATTERN_UNICODE);
}

static void
add_defaults(struct places *p, const struct tee_policy *policy)
{
	const struct tee_document *d = &policy->documents[0];

	if (policy->document_count == 0) {
		add(p, NULL, NULL, NULL, NO_DOCUMENT);
		return;
	}
	if (d->defaults.min_trust_score > 0)
		add(p, d->name, NULL, "trust_score", SCORE_ABSENT);
	add(p, d->name, NULL, "trust_score", TYPE_ERROR);
	add(p, d->name, NULL, "delegation_depth", TYPE_ERROR);
	if (d->defaults.namespaces != NULL)
		add(p, d->name, NULL, "agent.namespace", NAMESPACE_ABSENT);
}

int
tee_policy_differences(const struct tee_policy *policy, char **json)
{
	struct places p = { json_array(), false };
	size_t i;

	if (json != NULL)
		*json = NULL;
	if (policy != NULL && json != NULL && p.list != NULL) {
		for (i = 0; i < policy->rule_count; i++)
			add_rule(&p, &policy->rules[i],
			    policy->fields[policy->rules[i].field].path);
		add_defaults(&p, policy);
		if (!p.failed)
			*json = json_dumps(p.list, JSON_INDENT(2));
	}
	json_decref(p.list);
	if (policy == NULL || json == NULL)
		return TEE_E_ARGUMENT;
	return *json != NULL ? 0 : TEE_E_MEMORY;
}
