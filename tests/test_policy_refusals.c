/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents and contexts that are refused whole, each with its place; and
 * what is built to be large, deep or slow.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/test_evidence_kit.h"
#include "tests/test_policy_kit.h"

#define ONE(rule) "{'name': 'p', 'rules': [" rule "]}"
#define CONDITION(c) ONE("{'name': 'r', 'condition': {" c "}}")
#define ABOUT(field, op, value) \
	CONDITION("'field': '" field "', 'operator': '" op "', 'value': " value)
#define GOOD "'condition': {'field': 'n', 'operator': 'eq', 'value': 1}"

static const struct {
	const char *document, *why;
} refused[] = {
	{ "", "line 1, column" },
	{ "[]", "the document is missing or no object" },
	{ "{'name': 'p'} {}", "end of file expected" },
	{ "{}", "name is missing" },
	{ "{'name': 7}", "name is no string" },
	{ "{'name': ''}", "name has not 1 to 127 bytes" },
	{ "{'name': 'a\\u0007'}", "name has a control character" },
	{ "{'name': 'a\\u0000'}", "\\u0000" },
	{ "{'name': 'p', 'name': 'q'}", "duplicate object key" },
	{ "{'name': 'p', 'apiVersion': 'v1'}",
	    "the document has the unknown key 'apiVersion'" },
	{ "{'name': 'p', 'version': 1.0}", "version is no string" },
	{ "{'name': 'p', 'description': 1}", "description is no string" },
	{ "{'name': 'p', 'rules': null}", "rules is no list" },
	{ "{'name': 'p', 'rules': {}}", "rules is no list" },
	{ ONE("7"), "rules[0] is missing or no object" },
	{ ONE("{" GOOD "}"), "rules[0].name is missing" },
	{ ONE("{'name': 'r', " GOOD ", 'stage': 'pre_tool'}"),
	    "rules[0] has the unknown key 'stage'" },
	{ ONE("{'name': 'r', " GOOD ", 'action': 'log'}"),
	    "rules[0].action is none of" },
	{ ONE("{'name': 'r', " GOOD ", 'action': null}"),
	    "rules[0].action is none of" },
	{ ONE("{'name': 'r', " GOOD ", 'action': 'Allow'}"),
	    "rules[0].action is none of" },
	{ ONE("{'name': 'r', " GOOD ", 'priority': '5'}"),
	    "rules[0].priority is no whole number" },
	{ ONE("{'name': 'r', " GOOD ", 'priority': 5.5}"),
	    "rules[0].priority is no whole number" },
	{ ONE("{'name': 'r', " GOOD ", 'priority': 9223372036854775808}"),
	    "too big integer" },
	{ ONE("{'name': 'r', " GOOD "}, {'name': 'r', " GOOD "}"),
	    "rules has two rules named 'r'" },
	{ ONE("{'name': 'r'}"), "rules[0].condition is missing" },
	{ ONE("{'name': 'r', 'condition': 'a == 1'}"),
	    "rules[0].condition is missing or no object" },
	{ ONE("{'name': 'q', " GOOD "}, {'name': 'r', 'condition': {}}"),
	    "rules[1].condition.field is missing" },
	{ CONDITION("'field': '', 'operator': 'eq', 'value': 1"),
	    "field is empty" },
	{ CONDITION("'field': 'a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a', "
		    "'operator': 'eq', 'value': 1"),
	    "field has more than 16 parts" },
	{ CONDITION("'field': 'n', 'value': 1"), "operator is missing" },
	{ CONDITION("'field': 'n', 'operator': 'eq'"), "value is missing" },
	{ CONDITION("'field': 'n', 'operator': 'eq', 'value': 1, 'and': []"),
	    "condition has the unknown key 'and'" },
	{ ABOUT("n", "contains", "1"), "operator is none of" },
	{ ABOUT("n", "EQ", "1"), "operator is none of" },
	{ ABOUT("n", "eq", "NaN"), "invalid token" },
	{ ABOUT("n", "eq", "1e999"), "real number overflow" },
	{ ABOUT("n", "eq",
	      "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]"
	      "]]]]]]]]]]]]]]]]]]]]]]"),
	    "value is nested too deeply" },
	{ ABOUT("n", "gt", "null"), "value has no order" },
	{ ABOUT("n", "lt", "{}"), "value has no order" },
	{ ABOUT("n", "in", "7"), "value is no list, string or object" },
	{ ABOUT("n", "not_in", "null"), "value is no list, string or object" },
	{ ABOUT("n", "matches", "['a']"), "cannot be matched: is no pattern" },
	{ ABOUT("n", "matches", "'a{2}'"), "AgentMesh never matches" },
	{ ABOUT("n", "matches", "'(.*)*'"), "AgentMesh never matches" },
	{ ABOUT("n", "matches", "'(.+)+'"), "AgentMesh never matches" },
	{ ABOUT("n", "matches", "'(+'"), "AgentMesh never matches" },
	{ ABOUT("n", "matches", "'['"), "a set has no end" },
	{ ABOUT("n", "matches", "'[a\\\\'"), "a set has no end" },
	{ ABOUT("n", "matches", "'[z-a]'"), "a range runs backwards" },
	{ ABOUT("n", "matches", "'[\\\\d-z]'"), "a range has no end" },
	{ ABOUT("n", "matches", "'(a'"), "a group has no end" },
	{ ABOUT("n", "matches", "'a)'"), "a ) has no (" },
	{ ABOUT("n", "matches", "'*a'"), "there is nothing to repeat" },
	{ ABOUT("n", "matches", "'^*'"), "there is nothing to repeat" },
	{ ABOUT("n", "matches", "'a**'"), "a repeat is repeated" },
	{ ABOUT("n", "matches", "'a*+'"), "a repeat is repeated" },
	{ ABOUT("n", "matches", "'(?=a)'"), "lookaround are not supported" },
	{ ABOUT("n", "matches", "'(a)\\\\1'"), "escape is not supported" },
	{ ABOUT("n", "matches", "'a\\\\'"), "ends in a backslash" },
	/* The four attributes have what order they have, and no members. */
	{ ABOUT("key_origin.sub", "eq", "1"), "which has no members" },
	{ ABOUT("key_origin", "gt", "'local'"), "no order: use eq" },
	{ ABOUT("tcb_status", "gte", "'out_of_date'"), "no order: use eq" },
	{ ABOUT("key_bound_to_tee", "gt", "false"), "no order: use eq" },
	{ ABOUT("confidential_level", "gte", "'tee'"),
	    "is no confidential level" },
	{ ABOUT("confidential_level", "gte", "2"), "is no confidential level" },
	{ "{'name': 'p', 'defaults': null}", "defaults is missing or no" },
	{ "{'name': 'p', 'defaults': {'min_trust': 9}}",
	    "defaults has the unknown key 'min_trust'" },
	{ "{'name': 'p', 'defaults': {'min_trust_score': '700'}}",
	    "defaults.min_trust_score is no whole number" },
	{ "{'name': 'p', 'defaults': {'max_delegation_depth': -1}}",
	    "defaults.max_delegation_depth is negative" },
	{ "{'name': 'p', 'defaults': {'max_delegation_depth': null}}",
	    "defaults.max_delegation_depth is no whole number" },
	{ "{'name': 'p', 'defaults': {'allowed_namespaces': 'core'}}",
	    "defaults.allowed_namespaces is no list" },
	{ "{'name': 'p', 'defaults': {'allowed_namespaces': [7]}}",
	    "defaults.allowed_namespaces has something" },
	{ "{'name': 'p', 'defaults': {'require_handshake': 'no'}}",
	    "defaults.require_handshake is neither" },
};

START_TEST(documents)
{
	size_t i;

	for (i = 0; i < COUNT(refused); i++) {
		char *text = policy_text(refused[i].document);
		char why[TEE_POLICY_WHY] = "";
		struct tee_policy *p;

		ck_assert_int_eq(tee_policy_new(&p), 0);
		ck_assert_msg(tee_policy_add_json(p, text, strlen(text), why) ==
			    TEE_E_PROFILE &&
			strstr(why, refused[i].why) != NULL,
		    "%s: %s", refused[i].document, why);
		ck_assert_int_eq(tee_policy_add_json(p, text, strlen(text),
				     NULL),
		    TEE_E_PROFILE);
		free(text);
		tee_policy_free(&p);
	}
}
END_TEST

static const char *const bad_contexts[] = { "", "7", "[]", "null", "{",
	"{'a': 1, 'a': 2}", "{'a': NaN}", "{'a': 'x\\u0000'}",
	"{'trust_score': 99999999999999999999}", "{} {}", "{'a': '\\ud800'}" };

static void
check_context(const struct tee_policy *p, const char *text, size_t size)
{
	struct tee_decision d;

	memset(&d, 0x2d, sizeof(d));
	d.action = TEE_POLICY_ALLOW;
	ck_assert_msg(tee_policy_decide(p, NULL, text, size, &d) ==
		TEE_E_ARGUMENT,
	    "%.40s", text);
	ck_assert_int_eq(d.action, TEE_POLICY_DENY);
	ck_assert_str_eq(d.rule, "");
	ck_assert_str_eq(d.used, "");
	ck_assert_str_eq(d.reason, "No decision was made");
}

/* A caller who does not look at the code holds a deny. */
START_TEST(contexts)
{
	struct tee_policy *p =
	    policy_of("{'name': 'p', 'defaults': {'min_trust_score': 0}}");
	struct tee_decision d;
	char *big = malloc(70000), *json;
	size_t i;

	for (i = 0; i < COUNT(bad_contexts); i++) {
		char *text = policy_text(bad_contexts[i]);

		check_context(p, text, strlen(text));
		free(text);
	}
	memset(big, ' ', 70000);
	memcpy(big, "{}", 2);
	check_context(p, big, 64 * 1024 + 1);
	ck_assert_int_eq(tee_policy_decide(p, NULL, big, 64 * 1024, &d), 0);
	ck_assert_int_eq(d.action, TEE_POLICY_ALLOW);
	check_context(NULL, "{}", 2);
	ck_assert_int_eq(tee_policy_decide(p, NULL, "{}", 2, NULL),
	    TEE_E_ARGUMENT);
	/* Deeper than the parser goes. */
	memset(big, '[', 60000);
	check_context(p, big, 60000);
	/* No context is an empty one. */
	ck_assert_int_eq(tee_policy_decide(p, NULL, NULL, 9, &d), 0);
	ck_assert_int_eq(d.action, TEE_POLICY_ALLOW);
	ck_assert_int_eq(tee_policy_new(NULL), TEE_E_ARGUMENT);
	ck_assert_int_eq(tee_policy_add_json(NULL, "{}", 2, NULL),
	    TEE_E_ARGUMENT);
	ck_assert_int_eq(tee_policy_add_json(p, NULL, 2, NULL), TEE_E_ARGUMENT);
	ck_assert_int_eq(tee_policy_differences(p, NULL), TEE_E_ARGUMENT);
	ck_assert_int_eq(tee_policy_differences(NULL, &json), TEE_E_ARGUMENT);
	ck_assert_ptr_null(json);
	free(big);
	tee_policy_free(&p);
}
END_TEST

static double
seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static json_t *
many_rules(size_t count)
{
	json_t *rules = json_array();
	char name[32];
	size_t i;

	for (i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "r%zu", i);
		/* clang-format off */
		json_array_append_new(rules, json_pack(
		    "{s:s, s:i, s:{s:s, s:s, s:i}}",
		    "name", name,
		    "priority", -(int)i,
		    "condition",
		    "field", name,
		    "operator", "eq",
		    "value", 1));
		/* clang-format on */
	}
	return json_pack("{s:s, s:o}", "name", "p", "rules", rules);
}

START_TEST(too_many)
{
	char why[TEE_POLICY_WHY];
	struct tee_policy *p;
	int i;

	ck_assert_int_eq(tee_policy_new(&p), 0);
	ck_assert_int_eq(policy_add(p, many_rules(4097), why), TEE_E_PROFILE);
	ck_assert_ptr_nonnull(strstr(why, "more than 4096"));
	ck_assert_int_eq(policy_add(p, many_rules(4096), why), 0);
	ck_assert_int_eq(policy_add(p, many_rules(1), why), TEE_E_PROFILE);
	for (i = 1; i < 64; i++)
		ck_assert_int_eq(policy_add(p, many_rules(0), why), 0);
	ck_assert_int_eq(policy_add(p, many_rules(0), why), TEE_E_PROFILE);
	ck_assert_str_eq(why, "there are 64 documents already");
	ck_assert_str_eq(policy_decide(p, NULL, "{'r7': 1, 'r9': 1}").rule,
	    "r9");
	tee_policy_free(&p);
}
END_TEST

/* What takes a backtracking matcher longer than the universe has. */
START_TEST(slow_patterns)
{
	static const char *const patterns[] = { "^(a|a)*$", "^(a*)*$",
		"^(a+b?)*$", "(a?a?a?a?a?a?a?a?)*b", "((a*)*)*$" };
	char text[4200];
	struct tee_decision d;
	struct tee_policy *p;
	double start = seconds();
	size_t i;

	for (i = 0; i < COUNT(patterns); i++) {
		ck_assert_int_eq(tee_policy_new(&p), 0);
		ck_assert_int_eq(policy_add(p,
				     policy_one_rule("s", "matches",
					 json_string(patterns[i])),
				     NULL),
		    0);
		snprintf(text, sizeof(text), "{'s': '%04000d!'}", 0);
		memset(text + 7, 'a', 4000);
		d = policy_decide(p, NULL, text);
		ck_assert_str_eq(d.rule, i == 4 ? "r" : "");
		snprintf(text, sizeof(text), "{'s': '%04097d'}", 0);
		d = policy_decide(p, NULL, text);
		ck_assert_ptr_nonnull(strstr(d.reason, "longer than 4096"));
		ck_assert_int_eq(d.action, TEE_POLICY_DENY);
		tee_policy_free(&p);
	}
	ck_assert_double_lt(seconds() - start, 2.0);
}
END_TEST

START_TEST(large_document)
{
	size_t size = 1024 * 1024;
	char *text = malloc(size + 1), why[TEE_POLICY_WHY];
	struct tee_policy *p;

	memset(text, ' ', size + 1);
	memcpy(text, "{\"name\":\"p\"}", 12);
	ck_assert_int_eq(tee_policy_new(&p), 0);
	ck_assert_int_eq(tee_policy_add_json(p, text, size + 1, why),
	    TEE_E_PROFILE);
	ck_assert_str_eq(why, "it is larger than 1 MiB");
	ck_assert_int_eq(tee_policy_add_json(p, text, size, why), 0);
	ck_assert_str_eq(why, "");
	free(text);
	tee_policy_free(&p);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("policy refusals");
	TCase *tcase = tcase_create("refused");

	tcase_add_test(tcase, documents);
	tcase_add_test(tcase, contexts);
	tcase_add_test(tcase, too_many);
	tcase_add_test(tcase, slow_patterns);
	tcase_add_test(tcase, large_document);
	suite_add_tcase(suite, tcase);
	return kit_main(suite, NULL);
}
