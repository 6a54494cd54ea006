/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every condition and decision that was observed of AgentMesh's evaluator,
 * with the four attributes taken from claims.  Where it fails open the result
 * here is another one: each of those rows is named below, and no other may
 * differ.  Skipped where there are no vectors.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "tests/test_evidence_kit.h"
#include "tests/test_policy_kit.h"

static json_t *vectors;

/* What a row came to, in one word. */
static const struct {
	const char *field, *op, *value;
	const char *here;
	const char *why; /* part of the reason */
} differences[] = {
	{ "key_origin.sub", "eq", "\"x\"", "refused", "has no members" },
	{ "trust_score", "gt", "\"600\"", "denied", "cannot be ordered" },
	{ "s", "gt", "400", "denied", "cannot be ordered" },
	{ "key_origin", "matches", "\"a{2}\"", "refused", "never matches {" },
	{ "key_origin", "matches", "\"(+\"", "refused", "never matches {, (+" },
	{ "key_origin", "matches", "\"[\"", "refused", "a set has no end" },
};

static const struct {
	const char *name;
	enum tee_policy_action here;
	const char *rule;
	const char *why;
} decision_differences[] = {
	/* Nothing is known of the environment: nothing to skip a rule for. */
	{ "attribute-absent", TEE_POLICY_DENY, "deny-non-tee",
	    "key_bound_to_tee is absent: no verified claims" },
	{ "no-trust-score", TEE_POLICY_DENY, "deny-non-tee",
	    "key_bound_to_tee is absent: no verified claims" },
};

static const char *
result_here(const json_t *row, const struct tee_claims *claims,
    const char *context, char *reason)
{
	json_t *one =
	    policy_one_rule(json_string_value(json_object_get(row, "field")),
		json_string_value(json_object_get(row, "operator")),
		json_incref(json_object_get(row, "value")));
	struct tee_policy *p;
	struct tee_decision d;
	const char *word = "false";

	ck_assert_int_eq(tee_policy_new(&p), 0);
	if (policy_add(p, one, reason) != 0) {
		word = "refused";
	} else {
		d = policy_decide(p, claims, context);
		memcpy(reason, d.reason, sizeof(d.reason));
		if (d.rule[0] != '\0')
			word = d.action == TEE_POLICY_ALLOW ? "true" : "denied";
	}
	tee_policy_free(&p);
	return word;
}

static bool
expected(const json_t *row, const char *here, const char *reason, bool *used)
{
	const json_t *result = json_object_get(row, "result");
	char *value = json_dumps(json_object_get(row, "value"),
	    JSON_COMPACT | JSON_ENCODE_ANY);
	bool ok = strcmp(here, json_is_true(result) ? "true" : "false") == 0 &&
	    json_is_boolean(result);
	size_t i;

	for (i = 0; i < COUNT(differences); i++) {
		if (strcmp(differences[i].field,
			json_string_value(json_object_get(row, "field"))) !=
			0 ||
		    strcmp(differences[i].op,
			json_string_value(json_object_get(row, "operator"))) !=
			0 ||
		    strcmp(differences[i].value, value) != 0)
			continue;
		ok = strcmp(here, differences[i].here) == 0 &&
		    strstr(reason, differences[i].why) != NULL;
		used[i] = true;
	}
	free(value);
	return ok;
}

/* Attributes are the claims'; the context's own are other, and unheard. */
static char *
lying_context(const json_t *context)
{
	json_t *lie = json_deep_copy(context);
	char *text;

	json_object_set_new(lie, "key_origin", json_string("local"));
	json_object_set_new(lie, "key_bound_to_tee", json_false());
	json_object_set_new(lie, "confidential_level", json_integer(7));
	json_object_set_new(lie, "tcb_status", json_null());
	text = json_dumps(lie, JSON_COMPACT);
	json_decref(lie);
	return text;
}

START_TEST(conditions)
{
	const json_t *context = json_object_get(vectors, "context"), *row;
	struct tee_claims *claims = policy_claims_of(context);
	char *text = lying_context(context), reason[256];
	bool used[COUNT(differences)] = { false };
	size_t i;

	ck_assert_uint_eq(json_array_size(
			      json_object_get(vectors, "conditions")),
	    40);
	json_array_foreach(json_object_get(vectors, "conditions"), i, row)
	{
		const char *here = result_here(row, claims, text, reason);

		ck_assert_msg(expected(row, here, reason, used),
		    "row %zu (%s %s): %s: %s", i,
		    json_string_value(json_object_get(row, "field")),
		    json_string_value(json_object_get(row, "operator")), here,
		    reason);
	}
	for (i = 0; i < COUNT(differences); i++)
		ck_assert_msg(used[i], "%s %s is no row", differences[i].field,
		    differences[i].value);
	free(text);
	tee_claims_free(&claims);
}
END_TEST

static enum tee_policy_action
action_of(const json_t *row)
{
	return strcmp(json_string_value(json_object_get(row, "action")),
		   "allow") == 0 ?
	    TEE_POLICY_ALLOW :
	    TEE_POLICY_DENY;
}

static void
check_decision(const json_t *row, const struct tee_decision *d)
{
	const char *name = json_string_value(json_object_get(row, "name"));
	const char *rule = json_string_value(json_object_get(row, "rule"));
	size_t i;

	for (i = 0; i < COUNT(decision_differences); i++) {
		if (strcmp(name, decision_differences[i].name) != 0)
			continue;
		ck_assert_int_eq(d->action, decision_differences[i].here);
		ck_assert_str_eq(d->rule, decision_differences[i].rule);
		ck_assert_ptr_nonnull(
		    strstr(d->reason, decision_differences[i].why));
		/* It fails open there, or it is no difference. */
		ck_assert(json_is_true(json_object_get(row, "allowed")));
		return;
	}
	ck_assert_msg(d->action == action_of(row), "%s: %s", name, d->reason);
	ck_assert_str_eq(d->rule, rule != NULL ? rule : "");
	ck_assert_str_eq(d->reason,
	    json_string_value(json_object_get(row, "reason")));
}

START_TEST(decisions)
{
	const json_t *rows = json_object_get(vectors, "decisions"), *row;
	char why[TEE_POLICY_WHY], *text;
	struct tee_policy *p;
	size_t i;

	ck_assert_uint_eq(json_array_size(rows), 5);
	ck_assert_int_eq(tee_policy_new(&p), 0);
	ck_assert_int_eq(policy_add(p,
			     json_incref(
				 json_object_get(vectors, "env_deny_policy")),
			     why),
	    0);
	json_array_foreach(rows, i, row)
	{
		const json_t *context = json_object_get(row, "context");
		struct tee_claims *c = policy_claims_of(context);
		struct tee_decision d;

		text = json_dumps(context, JSON_COMPACT);
		d = policy_decide(p, c, text);
		check_decision(row, &d);
		free(text);
		tee_claims_free(&c);
	}
	tee_policy_free(&p);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("policy vectors");
	TCase *tcase = tcase_create("agentmesh");
	int result;

	vectors = kit_vectors("trust-policy-conditions.json");
	if (vectors == NULL)
		return kit_main(suite,
		    "no agentmesh vectors in "
		    "$TEE_VECTORS");
	tcase_add_test(tcase, conditions);
	tcase_add_test(tcase, decisions);
	suite_add_tcase(suite, tcase);
	result = kit_main(suite, NULL);
	json_decref(vectors);
	return result;
}
