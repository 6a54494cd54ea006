/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_decide: the rules in order until one decides, then the first
 * document's defaults.  Each field is looked up once.  What is said of a
 * decision is AgentMesh's wording where the decision is AgentMesh's.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libtee/text.h"
#include "libtee/trust/policy.h"

#define FEW_FIELDS 32
#define SHOWN 48 /* bytes of a value */

struct slot {
	bool known;
	struct tee_value value;
};

struct hearing {
	const struct tee_policy *policy;
	const struct tee_claims *claims;
	const json_t *context;
	struct slot *slots; /* a policy field each */
	size_t decider;     /* field_count: none */
	struct tee_decision *out;
};

static void TEE_PRINTF(3, 4) decide(struct hearing *h,
    enum tee_policy_action action, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(h->out->reason, sizeof(h->out->reason), format, ap);
	va_end(ap);
	tee_text_plain(h->out->reason);
	h->out->action = action;
}

static const struct tee_value *
value_of(struct hearing *h, size_t field)
{
	const struct tee_field *f = &h->policy->fields[field];
	struct slot *slot = &h->slots[field];

	if (!slot->known) {
		slot->known = true;
		slot->value = f->attribute != TEE_ATTRIBUTE_NONE ?
		    tee_attribute_value(f->attribute, h->claims) :
		    tee_field_find(f, h->context);
	}
	return &slot->value;
}

/*
 * Such as "key_origin=skr"; false where there is no room for it.  Neither half
 * has a space of its own, so that it cannot pass for two.
 */
static bool
show(char *at, size_t room, const char *name, const struct tee_value *v)
{
	char number[TEE_VALUE_STRING], plain[SHOWN + 1];
	char path[TEE_FIELD_MAX + 1];
	const char *text = NULL;
	size_t size = 0;

	if (v->kind == TEE_VALUE_ABSENT)
		text = "(absent)", size = 8;
	else if (v->kind == TEE_VALUE_LIST)
		text = "[...]", size = 5;
	else if (v->kind == TEE_VALUE_MAP)
		text = "{...}", size = 5;
	else
		text = tee_value_string(v, number, &size);
	tee_text_printable(text, size, plain, sizeof(plain));
	tee_text_printable(name, strlen(name), path, sizeof(path));
	return snprintf(at, room, "%s=%s ", path, plain) < (int)room;
}

/* The decider first: it must not be what there is no room for. */
static void
show_used(const struct hearing *h)
{
	const struct tee_policy *p = h->policy;
	char *used = h->out->used, one[TEE_FIELD_MAX + SHOWN + 3];
	size_t i, field, n, length = 0;

	used[0] = '\0';
	for (i = 0; i <= p->field_count; i++) {
		field = i == 0 ? h->decider : i - 1;
		if (field == p->field_count || (i > 0 && field == h->decider) ||
		    !h->slots[field].known)
			continue;
		if (!show(one, sizeof(one), p->fields[field].path,
			&h->slots[field].value))
			continue;
		n = strlen(one);
		if (length + n + sizeof("...") > sizeof(h->out->used)) {
			memcpy(used + length, "... ", 5);
			length += 4;
			break;
		}
		memcpy(used + length, one, n + 1);
		length += n;
	}
	if (length > 0)
		used[length - 1] = '\0';
	tee_text_plain(used);
}

static bool
claims_hold(const struct hearing *h)
{
	return tee_attribute_value(TEE_ATTRIBUTE_ORIGIN, h->claims).kind !=
	    TEE_VALUE_ABSENT;
}

/* True where this rule decided. */
static bool
ask(struct hearing *h, const struct tee_rule *rule)
{
	const struct tee_value *v = value_of(h, rule->field);
	const char *why;

	switch (tee_condition_judge(&rule->condition, v, &why)) {
	case TEE_OUTCOME_SKIP:
		return false;
	case TEE_OUTCOME_MATCH:
		decide(h, rule->action, "Rule '%s' matched in policy '%s': %s",
		    rule->name, rule->document,
		    rule->description != NULL && rule->description[0] != '\0' ?
			rule->description :
			tee_policy_action_word(rule->action));
		break;
	case TEE_OUTCOME_DENY:
		decide(h, TEE_POLICY_DENY,
		    "Rule '%s' in policy '%s' cannot be judged: %s %s%s",
		    rule->name, rule->document,
		    h->policy->fields[rule->field].path, why,
		    rule->condition.attribute != TEE_ATTRIBUTE_NONE &&
			    !claims_hold(h) ?
			": no verified claims" :
			"");
		break;
	}
	snprintf(h->out->rule, sizeof(h->out->rule), "%s", rule->name);
	h->decider = rule->field;
	return true;
}

/* What is compared with a default, in the words of a reason. */
static void
shown(const struct tee_value *v, char room[SHOWN + 1])
{
	char number[TEE_VALUE_STRING];
	size_t size = 0;
	const char *text = tee_value_string(v, number, &size);

	tee_text_printable(text != NULL ? text : "?", text != NULL ? size : 1,
	    room, SHOWN + 1);
}

/*
 * A floor that was set and cannot be checked is not passed.  AgentMesh lets an
 * absent score pass.
 */
static bool
score_passes(struct hearing *h, const struct tee_policy_defaults *d)
{
	const struct tee_value v = *value_of(h, TEE_FIELD_SCORE);
	const struct tee_value floor = { .kind = TEE_VALUE_INTEGER,
		.integer = d->min_trust_score };
	char room[SHOWN + 1];

	if (v.kind == TEE_VALUE_ABSENT && d->min_trust_score <= 0)
		return true;
	switch (tee_value_order(&v, &floor)) {
	case TEE_ORDER_EQUAL:
	case TEE_ORDER_GREATER:
		return true;
	case TEE_ORDER_LESS:
		shown(&v, room);
		decide(h, TEE_POLICY_DENY, "Trust score %s below minimum %lld",
		    room, (long long)d->min_trust_score);
		return false;
	case TEE_ORDER_ERROR:
		break;
	}
	decide(h, TEE_POLICY_DENY, "Trust score is %s; minimum is %lld",
	    v.kind == TEE_VALUE_ABSENT ? "absent" : "no number",
	    (long long)d->min_trust_score);
	return false;
}

/* Nobody delegated to a peer of whom no depth is known: it is 0. */
static bool
depth_passes(struct hearing *h, const struct tee_policy_defaults *d)
{
	struct tee_value v = *value_of(h, TEE_FIELD_DEPTH);
	const struct tee_value most = { .kind = TEE_VALUE_INTEGER,
		.integer = d->max_delegation_depth };
	char room[SHOWN + 1];

	if (v.kind == TEE_VALUE_ABSENT)
		v.kind = TEE_VALUE_INTEGER;
	switch (tee_value_order(&v, &most)) {
	case TEE_ORDER_LESS:
	case TEE_ORDER_EQUAL:
		return true;
	case TEE_ORDER_GREATER:
		shown(&v, room);
		decide(h, TEE_POLICY_DENY,
		    "Delegation depth %s exceeds maximum %lld", room,
		    (long long)d->max_delegation_depth);
		return false;
	case TEE_ORDER_ERROR:
		break;
	}
	decide(h, TEE_POLICY_DENY, "Delegation depth is no number");
	return false;
}

/* agent.namespace, or agent_namespace where there is no agent. */
static bool
namespace_passes(struct hearing *h, const struct tee_policy_defaults *d)
{
	struct tee_value v, list = tee_value_of(d->namespaces);
	char room[SHOWN + 1];
	size_t field;

	if (d->namespaces == NULL)
		return true;
	field = value_of(h, TEE_FIELD_AGENT)->kind == TEE_VALUE_MAP ?
	    TEE_FIELD_AGENT_NAMESPACE :
	    TEE_FIELD_NAMESPACE;
	v = *value_of(h, field);
	if (v.kind == TEE_VALUE_TEXT && v.size > 0 &&
	    tee_value_in(&v, &list) == TEE_ANSWER_YES)
		return true;
	if (v.kind == TEE_VALUE_ABSENT) {
		decide(h, TEE_POLICY_DENY,
		    "Namespace is absent; only some are allowed");
		return false;
	}
	shown(&v, room);
	decide(h, TEE_POLICY_DENY, "Namespace '%s' not in allowed namespaces",
	    room);
	return false;
}

static void
hear(struct hearing *h)
{
	const struct tee_policy *p = h->policy;
	const struct tee_policy_defaults *d = &p->documents[0].defaults;
	size_t i;

	if (p->document_count == 0) {
		decide(h, TEE_POLICY_DENY, "No policies loaded");
		return;
	}
	for (i = 0; i < p->rule_count; i++)
		if (ask(h, &p->rules[i]))
			return;
	if (score_passes(h, d) && depth_passes(h, d) && namespace_passes(h, d))
		decide(h, TEE_POLICY_ALLOW,
		    "No rules matched; defaults passed");
}

static void
nothing_decided(struct tee_decision *out)
{
	out->action = TEE_POLICY_DENY;
	out->rule[0] = out->used[0] = '\0';
	snprintf(out->reason, sizeof(out->reason), "No decision was made");
}

int
tee_policy_judge(const struct tee_policy *p, const struct tee_claims *claims,
    const json_t *context, struct tee_decision *out)
{
	struct slot few[FEW_FIELDS] = { { false, { 0 } } }, *slots = few;
	struct hearing h = { p, claims, context, NULL, p->field_count, out };

	nothing_decided(out);
	if (p->field_count > FEW_FIELDS) {
		slots = calloc(p->field_count, sizeof(*slots));
		if (slots == NULL)
			return TEE_E_MEMORY;
	}
	h.slots = slots;
	hear(&h);
	show_used(&h);
	if (slots != few)
		free(slots);
	return 0;
}

int
tee_policy_decide(const struct tee_policy *p, const struct tee_claims *claims,
    const char *context, size_t size, struct tee_decision *out)
{
	json_error_t e;
	json_t *json = NULL;
	int error;

	if (out == NULL)
		return TEE_E_ARGUMENT;
	nothing_decided(out);
	if (p == NULL)
		return TEE_E_ARGUMENT;
	if (context != NULL) {
		if (size > TEE_CONTEXT_SIZE_MAX)
			return TEE_E_ARGUMENT;
		json = json_loadb(context, size, JSON_REJECT_DUPLICATES, &e);
		if (json == NULL)
			return json_error_code(&e) == json_error_out_of_memory ?
			    TEE_E_MEMORY :
			    TEE_E_ARGUMENT;
	}
	error = json == NULL || json_is_object(json) ?
	    tee_policy_judge(p, claims, json, out) :
	    TEE_E_ARGUMENT;
	json_decref(json);
	return error;
}
