/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify: what the verifiers of one transaction establish together, and
 * whether it reaches the floor.
 */
#include "config.h"

#include <stdio.h>

#include "libtee/transaction.h"

/* Runs the verifiers and meets what they say; the floor comes after. */
enum tee_verdict
tee_transaction_verify(struct tee_transaction *t)
{
	const struct tee_stack *stack = &t->tee->verifier;
	struct tee_voice voices[TEE_STAGE_LINES];
	struct tee_outcome out;
	enum tee_verdict verdict = tee_transaction_run(t, stack, false, &out);
	const char *why;
	size_t i, n = 0;
	char prefix[48];

	for (i = 0; i < stack->count; i++) {
		if (t->line_claims[i] == NULL)
			continue;
		if (stack->rule[i].control == TEE_ADVISORY)
			continue;
		snprintf(prefix, sizeof(prefix), "%s%s",
		    stack->count > 1 ? stack->line[i].loaded.module->name : "",
		    stack->count > 1 ? ":" : "");
		tee_claims_append_checks(t->claims, prefix, t->line_claims[i]);
		if (tee_stage_spoke(stack->rule, &out, i))
			voices[n++] = (struct tee_voice){ t->line_claims[i],
				stack->line[i].authority };
	}
	if (verdict != TEE_OK)
		return verdict;
	verdict = tee_claims_meet(voices, n, t->claims, &why);
	if (verdict != TEE_OK)
		tee_transaction_reason(t, "claims", why);
	else if (!t->claims->binding_match) {
		tee_transaction_reason(t, "binding",
		    "a verifier saw another binding");
		verdict = TEE_DENY;
	}
	return verdict;
}

enum tee_verdict
tee_transaction_floor(struct tee_transaction *t)
{
	enum tee_verdict verdict =
	    tee_reference_claims(&t->tee->floor, t->claims);
	bool over = t->claims->expires != 0 &&
	    t->now >= (tee_instant)t->claims->expires * TEE_SECOND;

	tee_claims_check(t->claims, "floor.expires",
	    over ? TEE_CHECK_FAIL : TEE_CHECK_PASS,
	    over ? "what the claims rest on has expired" : "not expired");
	if (over)
		verdict = TEE_DENY;
	if (verdict != TEE_OK)
		tee_transaction_check_reason(t);
	return verdict;
}

/* Collect and verify this agent's own platform, where the profile says so. */
enum tee_verdict
tee_transaction_attest(struct tee_transaction *t)
{
	struct tee_outcome out;
	enum tee_verdict verdict;

	if (t->tee->verifier.count == 0)
		return TEE_OK;
	verdict = tee_transaction_run(t, &t->tee->collector, false, &out);
	if (verdict == TEE_OK)
		verdict = tee_transaction_verify(t);
	if (verdict == TEE_OK)
		verdict = tee_transaction_floor(t);
	return verdict;
}
