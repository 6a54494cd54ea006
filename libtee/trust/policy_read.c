/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_read: the shape of a document.  AgentMesh ignores keys that it does
 * not know and takes "5" for 5; here a misspelt key cannot turn a requirement
 * off, and the place of whatever is wrong is named.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libtee/trust/policy.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct reader {
	struct tee_policy *policy;
	char *why;
	char place[64]; /* "rules[3].condition" */
	int error;
};

static const char *const document_keys[] = { "name", "version", "description",
	"rules", "defaults" };
static const char *const rule_keys[] = { "name", "description", "condition",
	"action", "priority" };
static const char *const condition_keys[] = { "field", "operator", "value" };
static const char *const default_keys[] = { "min_trust_score",
	"max_delegation_depth", "allowed_namespaces", "require_handshake" };

static const struct {
	const char *word;
	enum tee_policy_action action;
} actions[] = { { "deny", TEE_POLICY_DENY },
	{ "require_approval", TEE_POLICY_REQUIRE_APPROVAL },
	{ "warn", TEE_POLICY_WARN }, { "allow", TEE_POLICY_ALLOW } };

const char *
tee_policy_action_word(enum tee_policy_action action)
{
	size_t i;

	for (i = 0; i < COUNT(actions); i++)
		if (actions[i].action == action)
			return actions[i].word;
	return "deny";
}

static bool TEE_PRINTF(3, 4)
    refuse(struct reader *r, const char *key, const char *format, ...)
{
	va_list ap;
	int n;

	if (r->error != 0)
		return false;
	r->error = TEE_E_PROFILE;
	n = snprintf(r->why, TEE_POLICY_WHY, "%s%s%s ", r->place,
	    r->place[0] != '\0' && key[0] != '\0' ? "." : "", key);
	if (n <= 0 || n >= TEE_POLICY_WHY)
		return false;
	va_start(ap, format);
	vsnprintf(r->why + n, (size_t)(TEE_POLICY_WHY - n), format, ap);
	va_end(ap);
	return false;
}

static bool
no_memory(struct reader *r)
{
	r->error = TEE_E_MEMORY;
	return false;
}

/* An object with none but these keys. */
static bool
shaped(struct reader *r, const json_t *json, const char *const *keys,
    size_t count)
{
	const char *key;
	json_t *value;
	size_t i;

	if (!json_is_object(json))
		return refuse(r, "", "is missing or no object");
	json_object_foreach((json_t *)(uintptr_t)json, key, value)
	{
		for (i = 0; i < count && strcmp(key, keys[i]) != 0; i++)
			;
		if (i == count)
			return refuse(r, "", "has the unknown key '%.60s'",
			    key);
	}
	return true;
}

static bool
read_text(struct reader *r, const json_t *json, const char *key, bool needed,
    const char **out)
{
	const json_t *v = json_object_get(json, key);

	*out = json_string_value(v);
	if (*out != NULL)
		return true;
	if (v == NULL && needed)
		return refuse(r, key, "is missing");
	if (v == NULL || (json_is_null(v) && !needed))
		return true;
	return refuse(r, key, "is no string");
}

/* What decisions and logs carry: not empty, no control character. */
static bool
read_name(struct reader *r, const json_t *json, const char **out)
{
	const char *p;

	if (!read_text(r, json, "name", true, out))
		return false;
	for (p = *out; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return refuse(r, "name", "has a control character");
	if (p == *out || p - *out > TEE_POLICY_NAME_MAX)
		return refuse(r, "name", "has not 1 to 127 bytes");
	return true;
}

static bool
read_integer(struct reader *r, const json_t *json, const char *key,
    int64_t absent, int64_t *out)
{
	const json_t *v = json_object_get(json, key);

	*out = absent;
	if (v == NULL)
		return true;
	if (!json_is_integer(v))
		return refuse(r, key, "is no whole number");
	*out = json_integer_value(v);
	return true;
}

static bool
read_action(struct reader *r, const json_t *json, enum tee_policy_action *out)
{
	const json_t *v = json_object_get(json, "action");
	const char *word = v != NULL ? json_string_value(v) : "deny";
	size_t i;

	*out = TEE_POLICY_DENY;
	for (i = 0; word != NULL && i < COUNT(actions); i++) {
		if (strcmp(word, actions[i].word) == 0) {
			*out = actions[i].action;
			return true;
		}
	}
	return refuse(r, "action",
	    "is none of allow, deny, warn, require_approval");
}

static bool
read_field(struct reader *r, const json_t *json, size_t *out)
{
	const char *path, *wrong;

	if (!read_text(r, json, "field", true, &path))
		return false;
	wrong = tee_policy_field_add(r->policy, path, out);
	if (wrong == NULL)
		return true;
	return wrong[0] == '\0' ? no_memory(r) :
				  refuse(r, "field", "%s", wrong);
}

static bool
read_condition(struct reader *r, const json_t *json, struct tee_rule *rule)
{
	struct tee_condition *c = &rule->condition;
	const json_t *value = json_object_get(json, "value");
	const char *word, *wrong;

	if (!shaped(r, json, condition_keys, COUNT(condition_keys)) ||
	    !read_field(r, json, &rule->field) ||
	    !read_text(r, json, "operator", true, &word))
		return false;
	if (!tee_operator_parse(word, &c->op))
		return refuse(r, "operator",
		    "is none of eq, ne, gt, gte, lt, lte, in, not_in, "
		    "matches");
	if (value == NULL)
		return refuse(r, "value", "is missing");
	c->attribute = r->policy->fields[rule->field].attribute;
	wrong = tee_condition_init(c, value);
	if (wrong == NULL)
		return true;
	if (wrong[0] == '\0')
		return no_memory(r);
	return refuse(r, "value",
	    c->op == TEE_OPERATOR_MATCHES ? "cannot be matched: %s" : "%s",
	    wrong);
}

static bool
read_rule(struct reader *r, const json_t *json, const struct tee_document *d,
    size_t index)
{
	struct tee_rule rule = { .document = d->name };
	bool ok;

	snprintf(r->place, sizeof(r->place), "rules[%zu]", index);
	if (!shaped(r, json, rule_keys, COUNT(rule_keys)) ||
	    !read_name(r, json, &rule.name) ||
	    !read_text(r, json, "description", false, &rule.description) ||
	    !read_action(r, json, &rule.action) ||
	    !read_integer(r, json, "priority", 100, &rule.priority))
		return false;
	snprintf(r->place, sizeof(r->place), "rules[%zu].condition", index);
	ok = read_condition(r, json_object_get(json, "condition"), &rule);
	rule.order = r->policy->rule_count;
	/* Also where it failed: there it is cleared with the others. */
	r->policy->rules[r->policy->rule_count++] = rule;
	return ok;
}

/* A decision names its rule: two of one name in a document would not do. */
static bool
names_differ(struct reader *r, size_t from)
{
	const struct tee_policy *p = r->policy;
	json_t *seen = json_object();
	bool ok = true;
	size_t i;

	r->place[0] = '\0';
	for (i = from; ok && i < p->rule_count; i++) {
		if (json_object_get(seen, p->rules[i].name) != NULL)
			ok = refuse(r, "rules", "has two rules named '%.100s'",
			    p->rules[i].name);
		else if (json_object_set_new(seen, p->rules[i].name,
			     json_true()) != 0)
			ok = no_memory(r);
	}
	json_decref(seen);
	return ok;
}

static bool
read_rules(struct reader *r, const struct tee_document *d)
{
	const json_t *rules = json_object_get(d->json, "rules");
	size_t i, n = json_array_size(rules), from = r->policy->rule_count;
	struct tee_rule *grown;

	if (rules == NULL)
		return true;
	if (!json_is_array(rules))
		return refuse(r, "rules", "is no list");
	if (n > TEE_POLICY_RULES_MAX - from)
		return refuse(r, "rules", "makes more than 4096");
	if (n == 0)
		return true;
	grown = realloc(r->policy->rules, (from + n) * sizeof(*grown));
	if (grown == NULL)
		return no_memory(r);
	r->policy->rules = grown;
	for (i = 0; i < n; i++)
		if (!read_rule(r, json_array_get(rules, i), d, i))
			return false;
	return names_differ(r, from);
}

/* NULL where any will do: no list, or "*" in it. */
static bool
read_namespaces(struct reader *r, const json_t *json, const json_t **out)
{
	const json_t *list = json_object_get(json, "allowed_namespaces");
	bool any = list == NULL;
	const json_t *v;
	size_t i;

	if (list != NULL && !json_is_array(list))
		return refuse(r, "allowed_namespaces", "is no list");
	json_array_foreach(list, i, v)
	{
		if (!json_is_string(v))
			return refuse(r, "allowed_namespaces",
			    "has something that is no string");
		any = any || strcmp(json_string_value(v), "*") == 0;
	}
	*out = any ? NULL : list;
	return true;
}

static bool
read_defaults(struct reader *r, struct tee_document *d)
{
	const json_t *json = json_object_get(d->json, "defaults"), *v;

	d->defaults = (struct tee_policy_defaults){ 500, 3, NULL };
	if (json == NULL)
		return true;
	snprintf(r->place, sizeof(r->place), "defaults");
	if (!shaped(r, json, default_keys, COUNT(default_keys)) ||
	    !read_integer(r, json, "min_trust_score", 500,
		&d->defaults.min_trust_score) ||
	    !read_integer(r, json, "max_delegation_depth", 3,
		&d->defaults.max_delegation_depth) ||
	    !read_namespaces(r, json, &d->defaults.namespaces))
		return false;
	if (d->defaults.max_delegation_depth < 0)
		return refuse(r, "max_delegation_depth", "is negative");
	v = json_object_get(json, "require_handshake");
	return v == NULL || json_is_boolean(v) ||
	    refuse(r, "require_handshake", "is neither true nor false");
}

int
tee_policy_read(struct tee_policy *p, struct tee_document *d, char *why)
{
	struct reader r = { .policy = p, .why = why };
	const char *ignored;

	snprintf(r.place, sizeof(r.place), "the document");
	if (!shaped(&r, d->json, document_keys, COUNT(document_keys)))
		return r.error;
	r.place[0] = '\0';
	if (read_name(&r, d->json, &d->name) &&
	    read_text(&r, d->json, "version", false, &ignored) &&
	    read_text(&r, d->json, "description", false, &ignored) &&
	    read_rules(&r, d))
		(void)read_defaults(&r, d);
	return r.error;
}
