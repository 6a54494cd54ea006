/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What decides, and what a decision says of itself: order, defaults, claims,
 * texts.  The comparisons themselves are test_policy_oracle's.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test_evidence_kit.h"
#include "tests/test_policy_kit.h"

#define RULE(name, more, field, op, value) \
	"{'name': '" name "', " more "'condition': {'field': '" field \
	"', 'operator': '" op "', 'value': " value "}}"
#define ALLOW "'action': 'allow', "
#define TEE_ONLY \
	"{'name': 'p', 'rules': [" RULE("tee", "'priority': 1, ", \
	    "key_bound_to_tee", "ne", "true") "]}"
#define LEVEL(op, level) \
	"{'name': 'p', 'rules': [" RULE("level", ALLOW, "confidential_level", \
	    op, "'" level "'") ", " RULE("rest", "'priority': 200, ", \
	    "trust_score", "gte", "0") "]}"
#define DEFAULTS(which) "{'name': 'p', 'defaults': {" which "}}"

/* claims: 'o' ok, 'l' ok with a local key, '-' none, 'd' denied. */
static const struct {
	const char *name, *document;
	char claims;
	const char *context;
	enum tee_policy_action action;
	const char *rule, *reason, *used;
} rows[] = {
	{ "bound", TEE_ONLY, 'o', "{'trust_score': 500}", TEE_POLICY_ALLOW, "",
	    "No rules matched; defaults passed",
	    "trust_score=500 delegation_depth=(absent) key_bound_to_tee=True" },
	{ "not bound", TEE_ONLY, 'l', "{'trust_score': 500}", TEE_POLICY_DENY,
	    "tee", "Rule 'tee' matched in policy 'p': deny",
	    "key_bound_to_tee=False" },
	{ "no claims", TEE_ONLY, '-', "{'trust_score': 500}", TEE_POLICY_DENY,
	    "tee", "key_bound_to_tee is absent: no verified claims",
	    "key_bound_to_tee=(absent)" },
	{ "the context's word is not heard", TEE_ONLY, '-',
	    "{'trust_score': 500, 'key_bound_to_tee': true}", TEE_POLICY_DENY,
	    "tee", "is absent", "key_bound_to_tee=(absent)" },
	{ "not even beside claims", TEE_ONLY, 'l',
	    "{'trust_score': 500, 'key_bound_to_tee': true}", TEE_POLICY_DENY,
	    "tee", "matched", "key_bound_to_tee=False" },
	{ "claims that were denied are none", TEE_ONLY, 'd',
	    "{'trust_score': 500}", TEE_POLICY_DENY, "tee",
	    "no verified claims", "key_bound_to_tee=(absent)" },
	/* By rank; by spelling "secure_boot" < "standard" < "tee_c..." */
	{ "as high", LEVEL("gte", "tee_vm"), 'o', "{'trust_score': 1}",
	    TEE_POLICY_ALLOW, "level", "matched", "confidential_level=tee_vm" },
	{ "not higher", LEVEL("gt", "tee_vm"), 'o', "{'trust_score': 1}",
	    TEE_POLICY_DENY, "rest", "matched", "trust_score=1" },
	{ "below hardware", LEVEL("gte", "tee_hardware"), 'o',
	    "{'trust_score': 1}", TEE_POLICY_DENY, "rest", "matched", "" },
	{ "below containers", LEVEL("lt", "tee_container"), 'o', "{}",
	    TEE_POLICY_ALLOW, "level", "matched", "" },
	{ "above secure boot", LEVEL("lte", "secure_boot"), 'o',
	    "{'trust_score': 1}", TEE_POLICY_DENY, "rest", "matched", "" },
	/* Neither is a grant. */
	{ "warn",
	    "{'name': 'p', 'rules': [" RULE("w", "'action': 'warn', ", "n",
		"eq", "1") "]}",
	    'o', "{'n': 1, 'trust_score': 900}", TEE_POLICY_WARN, "w",
	    "matched in policy 'p': warn", "n=1" },
	{ "approval",
	    "{'name': 'p', 'rules': [" RULE("w",
		"'description': 'ask Ada', 'action': 'require_approval', ", "n",
		"eq", "1") "]}",
	    'o', "{'n': true, 'trust_score': 900}", TEE_POLICY_REQUIRE_APPROVAL,
	    "w", "policy 'p': ask Ada", "n=True" },
	{ "types that do not fit",
	    "{'name': 'p', 'rules': [" RULE("t", ALLOW, "n", "gt", "1") "]}",
	    'o', "{'n': '2', 'trust_score': 900}", TEE_POLICY_DENY, "t",
	    "n cannot be ordered with the rule's value", "n=2" },
	/* Order: the number, then the place in the document. */
	{ "lowest number first",
	    "{'name': 'p', 'rules': [" RULE("late", "'priority': 2, ", "n",
		"eq", "1") ", " RULE("early", ALLOW "'priority': -1, ", "n",
		"eq", "1") "]}",
	    'o', "{'n': 1}", TEE_POLICY_ALLOW, "early", "", "" },
	{ "then the first",
	    "{'name': 'p', 'rules': [" RULE("a", ALLOW, "n", "eq",
		"1") ", " RULE("b", "'priority': 100, ", "n", "eq", "1") "]}",
	    'o', "{'n': 1}", TEE_POLICY_ALLOW, "a", "", "" },
	/* A reason and what was used are one line of ASCII. */
	{ "control characters",
	    "{'name': 'p', 'rules': [" RULE("t",
		"'description': 'a\\nb\\u00e9', ", "n", "eq",
		"'x\\n\\u001b y'") "]}",
	    'o', "{'n': 'x\\n\\u001b y'}", TEE_POLICY_DENY, "t", "a?b??",
	    "n=x???y" },
	{ "one that looks like two",
	    "{'name': 'p', 'rules': [" RULE("t", "", "a b=1", "eq",
		"'c d=2'") "]}",
	    'o', "{'a b=1': 'c d=2'}", TEE_POLICY_DENY, "t", "matched",
	    "a?b=1=c?d=2" },
	/* Defaults. */
	{ "score", DEFAULTS(""), 'o', "{'trust_score': 499.5}", TEE_POLICY_DENY,
	    "", "Trust score 499.5 below minimum 500", "trust_score=499.5" },
	{ "no score", DEFAULTS(""), 'o', "{}", TEE_POLICY_DENY, "",
	    "Trust score is absent; minimum is 500", "trust_score=(absent)" },
	{ "no score needed", DEFAULTS("'min_trust_score': 0"), 'o', "{}",
	    TEE_POLICY_ALLOW, "", "defaults passed", "" },
	{ "score of text", DEFAULTS(""), 'o', "{'trust_score': '900'}",
	    TEE_POLICY_DENY, "", "Trust score is no number", "" },
	{ "depth", DEFAULTS("'max_delegation_depth': 1"), 'o',
	    "{'trust_score': 900, 'delegation_depth': 2}", TEE_POLICY_DENY, "",
	    "Delegation depth 2 exceeds maximum 1", "" },
	{ "depth of text", DEFAULTS(""), 'o',
	    "{'trust_score': 900, 'delegation_depth': '0'}", TEE_POLICY_DENY,
	    "", "Delegation depth is no number", "" },
	{ "namespace", DEFAULTS("'allowed_namespaces': ['core', 'edge']"), 'o',
	    "{'trust_score': 900, 'agent': {'namespace': 'edge'}}",
	    TEE_POLICY_ALLOW, "", "defaults passed", "" },
	{ "another one", DEFAULTS("'allowed_namespaces': ['core']"), 'o',
	    "{'trust_score': 900, 'agent': {'namespace': 'edge'}}",
	    TEE_POLICY_DENY, "", "Namespace 'edge' not in allowed namespaces",
	    "" },
	{ "none", DEFAULTS("'allowed_namespaces': ['core']"), 'o',
	    "{'trust_score': 900}", TEE_POLICY_DENY, "", "Namespace is absent",
	    "" },
	{ "beside the agent", DEFAULTS("'allowed_namespaces': ['core']"), 'o',
	    "{'trust_score': 900, 'agent_namespace': 'core'}", TEE_POLICY_ALLOW,
	    "", "", "" },
	{ "not beside an agent", DEFAULTS("'allowed_namespaces': ['core']"),
	    'o', "{'trust_score': 900, 'agent': {}, 'agent_namespace': 'core'}",
	    TEE_POLICY_DENY, "", "Namespace is absent", "" },
	{ "an empty one", DEFAULTS("'allowed_namespaces': ['']"), 'o',
	    "{'trust_score': 900, 'agent': {'namespace': ''}}", TEE_POLICY_DENY,
	    "", "Namespace ''", "" },
	{ "any", DEFAULTS("'allowed_namespaces': ['core', '*']"), 'o',
	    "{'trust_score': 900}", TEE_POLICY_ALLOW, "", "", "" },
};

static struct tee_claims *
claims_for(char which)
{
	struct tee_claims *c = which == '-' ? NULL : policy_claims();

	if (which == 'l')
		c->key_origin = TEE_ORIGIN_LOCAL;
	else if (which == 'd')
		c->verdict = TEE_DENY;
	return c;
}

START_TEST(decisions)
{
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		struct tee_policy *p = policy_of(rows[i].document);
		struct tee_claims *c = claims_for(rows[i].claims);
		struct tee_decision d = policy_decide(p, c, rows[i].context);

		ck_assert_msg(d.action == rows[i].action &&
			strcmp(d.rule, rows[i].rule) == 0 &&
			strstr(d.reason, rows[i].reason) != NULL &&
			strncmp(d.used, rows[i].used, strlen(rows[i].used)) ==
			    0,
		    "%s: %s, rule '%s', %s; used %s", rows[i].name,
		    tee_policy_action_word(d.action), d.rule, d.reason, d.used);
		tee_claims_free(&c);
		tee_policy_free(&p);
	}
}
END_TEST

/* Each way in which claims are not ok, over each attribute. */
START_TEST(claims_that_do_not_hold)
{
	static const char *const fields[] = { "key_origin", "key_bound_to_tee",
		"confidential_level", "tcb_status" };
	size_t i, k;

	for (i = 0; i < COUNT(fields); i++) {
		struct tee_policy *p;
		struct tee_decision d;

		ck_assert_int_eq(tee_policy_new(&p), 0);
		ck_assert_int_eq(policy_add(p,
				     policy_one_rule(fields[i], "ne",
					 json_string("nothing")),
				     NULL),
		    0);
		for (k = 0; k < 5; k++) {
			struct tee_claims *c = policy_claims();

			if (k == 1)
				c->verdict = TEE_UNAVAILABLE;
			else if (k == 2)
				c->verdict = TEE_DENY;
			else if (k == 3)
				c->incomplete = true;
			else if (k == 4)
				c->broken = true;
			d = policy_decide(p, c, "{}");
			ck_assert_int_eq(d.action,
			    k == 0 ? TEE_POLICY_ALLOW : TEE_POLICY_DENY);
			ck_assert_str_eq(d.rule, "r");
			tee_claims_free(&c);
		}
		tee_policy_free(&p);
	}
}
END_TEST

START_TEST(no_document)
{
	struct tee_decision d;
	struct tee_policy *p;

	ck_assert_int_eq(tee_policy_new(&p), 0);
	d = policy_decide(p, NULL, "{'trust_score': 1000}");
	ck_assert_int_eq(d.action, TEE_POLICY_DENY);
	ck_assert_str_eq(d.reason, "No policies loaded");
	ck_assert_str_eq(d.rule, "");
	tee_policy_free(&p);
	ck_assert_ptr_null(p);
	tee_policy_free(&p);
	tee_policy_free(NULL);
}
END_TEST

static void
add(struct tee_policy *p, const char *text, int error)
{
	char *quoted = policy_text(text), why[TEE_POLICY_WHY];

	ck_assert_int_eq(tee_policy_add_json(p, quoted, strlen(quoted), why),
	    error);
	ck_assert_int_eq(why[0] != '\0', error != 0);
	free(quoted);
}

/* Rules of all documents are sorted together; the defaults are the first's. */
START_TEST(several_documents)
{
	struct tee_policy *p = policy_of("{'name': 'a', 'rules': [" RULE("a",
	    "", "n", "eq", "1") "], 'defaults': {'min_trust_score': 700}}");
	struct tee_decision d;

	add(p,
	    "{'name': 'b', 'rules': [" RULE("a", ALLOW, "n", "eq",
		"1") ", " RULE("b", ALLOW "'priority': 5, ", "n", "gte",
		"2") "], 'defaults': {'min_trust_score': 0}}",
	    0);
	d = policy_decide(p, NULL, "{'n': 1}");
	ck_assert_str_eq(d.reason, "Rule 'a' matched in policy 'a': deny");
	d = policy_decide(p, NULL, "{'n': 2}");
	ck_assert_str_eq(d.reason, "Rule 'b' matched in policy 'b': allow");
	d = policy_decide(p, NULL, "{'n': 0, 'trust_score': 699}");
	ck_assert_str_eq(d.reason, "Trust score 699 below minimum 700");
	/* What is refused leaves no trace, whatever of it was good. */
	add(p,
	    "{'name': 'c', 'rules': [" RULE("x", ALLOW "'priority': 0, ",
		"new.field", "matches",
		"'.'") ", " RULE("y", "", "n", "is", "1") "]}",
	    TEE_E_PROFILE);
	d = policy_decide(p, NULL, "{'new': {'field': 'v'}, 'n': 2}");
	ck_assert_str_eq(d.rule, "b");
	ck_assert_ptr_null(strstr(d.used, "new.field"));
	d = policy_decide(p, NULL,
	    "{'new': {'field': 'v'}, 'n': 0, 'trust_score': 699}");
	ck_assert_str_eq(d.rule, "");
	ck_assert_str_eq(d.reason, "Trust score 699 below minimum 700");
	tee_policy_free(&p);
}
END_TEST

/* What has no room is cut, and says so. */
START_TEST(long_texts)
{
	char name[TEE_POLICY_WHY], text[4096], context[4096];
	struct tee_decision d;
	struct tee_policy *p;
	int i, n;

	memset(name, 'n', 127);
	name[127] = '\0';
	n = snprintf(text, sizeof(text), "{'name': '%s', 'rules': [", name);
	for (i = 0; i < 20; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n,
		    "{'name': 'r%d', 'condition': {'field': 'field_%d', "
		    "'operator': 'eq', 'value': 1}}, ",
		    i, i);
	n += snprintf(text + n, sizeof(text) - (size_t)n,
	    "{'name': '%s', 'condition': {'field': 'last', "
	    "'operator': 'ne', 'value': 1}}]}",
	    name);
	n = 0;
	for (i = 0; i < 20; i++)
		n += snprintf(context + n, sizeof(context) - (size_t)n,
		    "%c'field_%d': '%.60s'", i ? ',' : '{', i, name);
	snprintf(context + n, sizeof(context) - (size_t)n, ", 'last': 2}");
	p = policy_of(text);
	d = policy_decide(p, NULL, context);
	ck_assert_str_eq(d.rule, name);
	ck_assert_uint_eq(strlen(d.reason), sizeof(d.reason) - 1);
	ck_assert_msg(strncmp(d.used, "last=2 field_0=nnn", 18) == 0, "%s",
	    d.used);
	ck_assert_ptr_nonnull(strstr(d.used, " ..."));
	ck_assert_uint_lt(strlen(d.used), sizeof(d.used));
	tee_policy_free(&p);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("policy");
	TCase *tcase = tcase_create("decisions");

	tcase_add_test(tcase, decisions);
	tcase_add_test(tcase, claims_that_do_not_hold);
	tcase_add_test(tcase, no_document);
	tcase_add_test(tcase, several_documents);
	tcase_add_test(tcase, long_texts);
	suite_add_tcase(suite, tcase);
	return kit_main(suite, NULL);
}
