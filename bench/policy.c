/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy: one decision of trust policies of 1 to 100 rules, none of which
 * matches before the last, context text to decision: all that a caller waits
 * for.  Four fields of the context and the four attributes are looked at.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <tee/trust.h>

#include "bench/bench.h"
#include "libtee/claims.h"

struct scene {
	struct tee_policy *policy;
	struct tee_claims *claims;
};

static const char context[] =
    "{\"trust_score\": 650, \"delegation_depth\": 1, \"role\": \"reader\", "
    "\"agent\": {\"namespace\": \"core\", \"did\": \"did:mesh:0a1b2c\"}}";

/* As rules of a real document are: words, lists, orders, a few patterns. */
static const char *const conditions[] = {
	"\"key_origin\", \"operator\": \"not_in\", "
	"\"value\": [\"skr\", \"tee_generated\"]",
	"\"confidential_level\", \"operator\": \"lt\", \"value\": \"tee_vm\"",
	"\"key_bound_to_tee\", \"operator\": \"ne\", \"value\": true",
	"\"tcb_status\", \"operator\": \"ne\", \"value\": \"up_to_date\"",
	"\"trust_score\", \"operator\": \"lt\", \"value\": 300",
	"\"delegation_depth\", \"operator\": \"gt\", \"value\": 5",
	"\"agent.namespace\", \"operator\": \"in\", "
	"\"value\": [\"lab\", \"test\", \"guest\"]",
	"\"role\", \"operator\": \"eq\", \"value\": \"banned\"",
	"\"agent.trust\", \"operator\": \"eq\", \"value\": \"none\"",
	"\"role\", \"operator\": \"eq\", \"value\": \"intern\"",
};

static void
prepare(struct scene *s, unsigned rules, bool pattern)
{
	static char text[65536];
	size_t n = (size_t)snprintf(text, sizeof(text),
	    "{\"name\": \"p\", \"rules\": [");

	for (unsigned i = 0; i < rules; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "%s{\"name\": \"r%u\", \"condition\": {\"field\": %s}}",
		    i > 0 ? ", " : "", i,
		    pattern && i % 10 == 9 ?
			"\"agent.did\", \"operator\": \"matches\", "
			"\"value\": \"^did:web:(a|b)+$\"" :
			conditions[i % 10]);
	n += (size_t)snprintf(text + n, sizeof(text) - n, "]}");
	bench_must(tee_policy_new(&s->policy) == 0 &&
		tee_policy_add_json(s->policy, text, n, NULL) == 0,
	    "policy");
	s->claims = tee_claims_new();
	bench_must(s->claims != NULL, "claims");
	s->claims->verdict = TEE_OK;
	s->claims->key_origin = TEE_ORIGIN_SKR;
	s->claims->level = TEE_LEVEL_TEE_VM;
	s->claims->tcb_status = TEE_TCB_UP_TO_DATE;
}

static void
decide(void *data)
{
	const struct scene *s = data;
	struct tee_decision d;

	bench_must(tee_policy_decide(s->policy, s->claims, context,
		       sizeof(context) - 1, &d) == 0 &&
		d.action == TEE_POLICY_ALLOW && d.rule[0] == '\0',
	    "decision");
}

int
main(void)
{
	static struct scene one, fifty, hundred, patterns;
	const struct bench list[] = {
		{ "policy_1_rule", 0, 200, 200, decide, NULL, &one },
		{ "policy_50_rules", 0, 200, 100, decide, NULL, &fifty },
		{ "policy_100_rules", 10, 200, 100, decide, NULL, &hundred },
		{ "policy_100_rules_10_patterns", 0, 200, 100, decide, NULL,
		    &patterns },
	};

	bench_pin();
	prepare(&one, 1, false);
	prepare(&fifty, 50, false);
	prepare(&hundred, 100, false);
	prepare(&patterns, 100, true);
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		bench_run(&list[i]);
	tee_policy_free(&one.policy);
	tee_policy_free(&fifty.policy);
	tee_policy_free(&hundred.policy);
	tee_policy_free(&patterns.policy);
	return 0;
}
