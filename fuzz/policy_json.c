/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_json: any bytes as a trust-policy document.  What is refused says
 * why and leaves nothing; what is taken decides twice the same, in printable
 * text, and without claims never allows after a look at the environment.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "libtee/claims.h"
#include "libtee/trust/policy.h"

const char fuzz_target[] = "policy_json";

static const char *const contexts[] = {
	"{}",
	("{\"trust_score\":650,\"delegation_depth\":1,\"n\":1.5,\"s\":\"abc\","
	 "\"list\":[1,\"a\",null],\"agent\":{\"namespace\":\"core\"}}"),
	"{\"trust_score\":true,\"n\":\"\u00e9\",\"s\":{\"a\":[]},\"agent\":7}"
};

static void
check_text(const char *s, size_t size, bool ascii)
{
	size_t i, n = strnlen(s, size);

	fuzz_must(n < size, "a text ends");
	for (i = 0; i < n; i++)
		fuzz_must((unsigned char)s[i] >= ' ' && s[i] != 0x7f &&
			(!ascii || s[i] <= '~'),
		    "a text is printable");
}

static void
check_decision(const struct tee_decision *d, const struct tee_claims *claims)
{
	check_text(d->rule, sizeof(d->rule), false);
	check_text(d->reason, sizeof(d->reason), true);
	check_text(d->used, sizeof(d->used), true);
	fuzz_must(d->reason[0] != '\0', "a decision has a reason");
	fuzz_must(d->action == TEE_POLICY_DENY ||
		d->action == TEE_POLICY_REQUIRE_APPROVAL ||
		d->action == TEE_POLICY_WARN || d->action == TEE_POLICY_ALLOW,
	    "an action is one of four");
	fuzz_must(claims != NULL || d->action != TEE_POLICY_ALLOW ||
		(strstr(d->used, " key_origin=(absent)") == NULL &&
		    strstr(d->used, " tcb_status=(absent)") == NULL),
	    "nothing known of the environment: no grant");
}

static void
decide(const struct tee_policy *p, const struct tee_claims *claims,
    const char *context)
{
	struct tee_decision a, b;

	memset(&a, 0x5a, sizeof(a));
	memset(&b, 0xa5, sizeof(b));
	fuzz_must(tee_policy_decide(p, claims, context, strlen(context), &a) ==
		    0 &&
		tee_policy_decide(p, claims, context, strlen(context), &b) == 0,
	    "a good context is decided");
	fuzz_must(a.action == b.action && strcmp(a.rule, b.rule) == 0 &&
		strcmp(a.reason, b.reason) == 0 && strcmp(a.used, b.used) == 0,
	    "the same question, the same decision");
	check_decision(&a, claims);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tee_claims claims = { .verdict = TEE_OK,
		.key_origin = TEE_ORIGIN_SKR,
		.level = TEE_LEVEL_TEE_VM };
	char why[TEE_POLICY_WHY], *differences = NULL;
	struct tee_policy *p;
	size_t i;

	fuzz_must(tee_policy_new(&p) == 0, "there is memory");
	fuzz_accepted =
	    tee_policy_add_json(p, (const char *)data, size, why) == 0;
	check_text(why, sizeof(why), true);
	fuzz_must(fuzz_accepted == (why[0] == '\0'), "a refusal says why");
	fuzz_must((p->document_count == 1) == fuzz_accepted &&
		(fuzz_accepted || p->rule_count == 0),
	    "whole, or not at all");
	for (i = 0; i < sizeof(contexts) / sizeof(contexts[0]); i++) {
		decide(p, NULL, contexts[i]);
		decide(p, &claims, contexts[i]);
	}
	fuzz_must(tee_policy_differences(p, &differences) == 0,
	    "differences are told");
	free(differences);
	tee_policy_free(&p);
	return 0;
}
