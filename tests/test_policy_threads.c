/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One policy, sixteen threads: every decision is what one thread alone gets.
 * ThreadSanitizer watches where the build has it.
 */
#include "config.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "tests/test_evidence_kit.h"
#include "tests/test_policy_kit.h"

#define THREADS 16
#define ROUNDS 2000
#define CONTEXTS 7

static const char *const contexts[CONTEXTS] = { "{}", "{\"trust_score\": 900}",
	"{\"trust_score\": 900, \"agent\": {\"namespace\": \"edge\"}}",
	"{\"trust_score\": 900, \"s\": \"abcabc\"}",
	"{\"trust_score\": 1.5, \"s\": \"x\"}", "{\"s\": []}",
	"{\"list\": [1, 2.0, {\"a\": null}], \"trust_score\": 1000}" };

static struct tee_policy *policy;
static struct tee_claims *claims;
static struct tee_decision expected[2][CONTEXTS];

static struct tee_decision
decide(unsigned bound, unsigned i)
{
	struct tee_decision d;

	memset(&d, 0, sizeof(d));
	if (tee_policy_decide(policy, bound ? claims : NULL, contexts[i],
		strlen(contexts[i]), &d) != 0)
		d.action = TEE_POLICY_WARN;
	return d;
}

static bool
same(const struct tee_decision *a, const struct tee_decision *b)
{
	return a->action == b->action && strcmp(a->rule, b->rule) == 0 &&
	    strcmp(a->reason, b->reason) == 0 && strcmp(a->used, b->used) == 0;
}

static void *
run(void *argument)
{
	unsigned *wrong = argument, n;

	for (n = 0; n < ROUNDS; n++) {
		unsigned bound = n % 2, i = (n + *wrong) % CONTEXTS;
		struct tee_decision d = decide(bound, i);

		if (!same(&d, &expected[bound][i]))
			return NULL;
	}
	*wrong = 0;
	return NULL;
}

static const char document[] =
    "{'name': 'p', 'rules': ["
    "{'name': 'odd', 'action': 'warn', 'condition': {'field': 's',"
    " 'operator': 'matches', 'value': '^(abc)*$'}},"
    "{'name': 'list', 'action': 'allow', 'condition': {'field': 'list',"
    " 'operator': 'eq', 'value': [true, 2, {'a': null}]}},"
    "{'name': 'level', 'priority': 200, 'condition': {'field':"
    " 'confidential_level', 'operator': 'lt', 'value': 'tee_vm'}}],"
    "'defaults': {'allowed_namespaces': ['core', 'edge']}}";

START_TEST(sixteen)
{
	pthread_t thread[THREADS];
	unsigned wrong[THREADS], i, allowed = 0;

	policy = policy_of(document);
	claims = policy_claims();
	for (i = 0; i < 2 * CONTEXTS; i++) {
		expected[i % 2][i / 2] = decide(i % 2, i / 2);
		allowed += expected[i % 2][i / 2].action == TEE_POLICY_ALLOW;
	}
	/* The contexts differ in what they come to. */
	ck_assert_uint_eq(allowed, 3);
	ck_assert_int_eq(expected[1][3].action, TEE_POLICY_WARN);
	for (i = 0; i < THREADS; i++) {
		wrong[i] = i + 1;
		ck_assert_int_eq(pthread_create(&thread[i], NULL, run,
				     &wrong[i]),
		    0);
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(thread[i], NULL);
		ck_assert_uint_eq(wrong[i], 0);
	}
	tee_claims_free(&claims);
	tee_policy_free(&policy);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("policy threads");
	TCase *tcase = tcase_create("threads");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, sixteen);
	suite_add_tcase(suite, tcase);
	return kit_main(suite, NULL);
}
