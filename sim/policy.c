/* SPDX-License-Identifier: Apache-2.0 */
/* policy: see policy.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "sim/policy.h"

/* Members of anyOf or allOf; exactly one of them may be there. */
static const json_t *
alternatives(const json_t *node, bool *any)
{
	const json_t *any_of = json_object_get(node, "anyOf");
	const json_t *all_of = json_object_get(node, "allOf");

	*any = any_of != NULL;
	if ((any_of != NULL) == (all_of != NULL))
		return NULL;
	any_of = *any ? any_of : all_of;
	return json_array_size(any_of) > 0 ? any_of : NULL;
}

/* `equals`, or the preview's {"condition": "equals", "value": ...}. */
static const json_t *
operand(const json_t *node)
{
	const char *condition =
	    json_string_value(json_object_get(node, "condition"));
	const json_t *value = json_object_get(node, "equals");

	if (value == NULL && condition != NULL &&
	    strcmp(condition, "equals") == 0)
		value = json_object_get(node, "value");
	return json_is_string(value) || json_is_number(value) ||
		json_is_boolean(value) ?
	    value :
	    NULL;
}

static bool
condition_valid(const json_t *node, unsigned depth, char why[SIM_POLICY_WHY])
{
	const json_t *list, *item;
	bool any;
	size_t i;

	if (json_object_get(node, "claim") != NULL) {
		if (json_is_string(json_object_get(node, "claim")) &&
		    operand(node) != NULL)
			return true;
		snprintf(why, SIM_POLICY_WHY,
		    "a claim has no operator but "
		    "'equals' with a plain value");
		return false;
	}
	list = alternatives(node, &any);
	if (list == NULL || depth > 16) {
		snprintf(why, SIM_POLICY_WHY,
		    "one of anyOf and allOf is expected, and not empty");
		return false;
	}
	json_array_foreach(list, i, item)
	{
		if (!condition_valid(item, depth + 1, why))
			return false;
	}
	return true;
}

bool
tee_sim_policy_valid(const json_t *policy, char why[SIM_POLICY_WHY])
{
	const json_t *list, *item;
	bool any;
	size_t i;

	list = alternatives(policy, &any);
	if (list == NULL ||
	    !json_is_string(json_object_get(policy, "version"))) {
		snprintf(why, SIM_POLICY_WHY,
		    "version, and anyOf or allOf of authorities, are expected");
		return false;
	}
	json_array_foreach(list, i, item)
	{
		if (!json_is_string(json_object_get(item, "authority"))) {
			snprintf(why, SIM_POLICY_WHY,
			    "an authority is "
			    "missing");
			return false;
		}
		if (!condition_valid(item, 0, why))
			return false;
	}
	return true;
}

/* Real policies write authorities with and without the last slash. */
static bool
same_authority(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);

	n -= n > 0 && a[n - 1] == '/';
	m -= m > 0 && b[m - 1] == '/';
	return n == m && memcmp(a, b, n) == 0;
}

static bool
by_issuer(const json_t *node, const char *issuer)
{
	const char *authority =
	    json_string_value(json_object_get(node, "authority"));

	return authority != NULL && same_authority(authority, issuer);
}

/* A dot is part of a name or steps into an object; arrays are out of reach. */
static const json_t *
claim_at(const json_t *claims, const char *path)
{
	const json_t *whole = json_object_get(claims, path);
	const char *dot = path;
	char name[256];

	while (whole == NULL && (dot = strchr(dot, '.')) != NULL) {
		size_t n = (size_t)(dot - path);

		dot++;
		if (n >= sizeof(name))
			return NULL;
		memcpy(name, path, n);
		name[n] = '\0';
		whole = claim_at(json_object_get(claims, name), dot);
	}
	return whole;
}

static bool
equal(const json_t *want, const json_t *have)
{
	const char *text = json_string_value(want);

	if (text != NULL && json_is_boolean(have))
		return strcmp(text, json_is_true(have) ? "true" : "false") == 0;
	return json_equal(want, have) == 1;
}

static bool
condition_met(const json_t *node, const json_t *claims)
{
	const char *claim = json_string_value(json_object_get(node, "claim"));
	const json_t *list, *item;
	bool any;
	size_t i;

	if (claim != NULL)
		return equal(operand(node), claim_at(claims, claim));
	list = alternatives(node, &any);
	json_array_foreach(list, i, item)
	{
		if (condition_met(item, claims) == any)
			return any;
	}
	return !any;
}

bool
tee_sim_policy_names(const json_t *policy, const char *issuer)
{
	const json_t *list, *item;
	bool any;
	size_t i;

	list = alternatives(policy, &any);
	json_array_foreach(list, i, item)
	{
		if (by_issuer(item, issuer))
			return true;
	}
	return false;
}

bool
tee_sim_policy_met(const json_t *policy, const char *issuer,
    const json_t *claims)
{
	char why[SIM_POLICY_WHY];
	const json_t *list, *item;
	bool any;
	size_t i;

	if (!tee_sim_policy_valid(policy, why))
		return false;
	list = alternatives(policy, &any);
	json_array_foreach(list, i, item)
	{
		bool met =
		    by_issuer(item, issuer) && condition_met(item, claims);

		if (met == any)
			return any;
	}
	return !any;
}
