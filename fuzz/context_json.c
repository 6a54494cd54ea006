/* SPDX-License-Identifier: Apache-2.0 */
/*
 * context_json: any bytes as what an application knows, before a policy with
 * every operator and action.  A context that is refused is a deny; one that
 * is taken never speaks for the environment: with claims of a local key
 * nothing is allowed, whatever it says.
 */
#include "config.h"

#include <string.h>

#include "fuzz/fuzz.h"
#include "libtee/claims.h"
#include "libtee/trust/policy.h"

#define RULE(name, action, field, op, value) \
	"{\"name\":\"" name "\",\"action\":\"" action \
	"\",\"condition\":{\"field\":\"" field "\",\"operator\":\"" op \
	"\",\"value\":" value "}}"

const char fuzz_target[] = "context_json";

static const char document[] =
    "{\"name\":\"p\",\"rules\":["
    "{\"name\":\"tee\",\"priority\":99,\"condition\":{\"field\":"
    "\"key_bound_to_tee\",\"operator\":\"ne\",\"value\":true}}," RULE("a",
	"warn", "n", "gt", "1") "," RULE("b", "require_approval", "s",
	"matches", "\"^(a|b)*$\"") "," RULE("c", "allow", "deep.er", "in",
	"[1,[2,{\"x\":null}]]") "," RULE("d", "allow", "n", "in",
	"\"abc\"") "," RULE("e", "deny", "s", "lte", "[1,\"b\"]") "," RULE("f",
	"allow", "s", "eq", "{\"a\":[1.0,true]}") "," RULE("g", "deny", "t",
	"matches", "\"\\\\w\\\\b$\"") "," RULE("h", "allow", "t", "not_in",
	"{\"x\":1}") "],\"defaults\":{\"allowed_namespaces\":[\"core\"]}}";

static struct tee_policy *
policy(void)
{
	static struct tee_policy *p;

	if (p == NULL)
		fuzz_must(tee_policy_new(&p) == 0 &&
			tee_policy_add_json(p, document, strlen(document),
			    NULL) == 0,
		    "the policy is good");
	return p;
}

static enum tee_policy_action
decide(const struct tee_claims *claims, const uint8_t *data, size_t size)
{
	struct tee_decision d;
	int error;

	memset(&d, 0x2d, sizeof(d));
	error =
	    tee_policy_decide(policy(), claims, (const char *)data, size, &d);
	fuzz_accepted = error == 0;
	fuzz_must(error == 0 || d.action == TEE_POLICY_DENY,
	    "no decision is a deny");
	fuzz_must(memchr(d.rule, 0, sizeof(d.rule)) != NULL &&
		memchr(d.reason, 0, sizeof(d.reason)) != NULL &&
		memchr(d.used, 0, sizeof(d.used)) != NULL,
	    "texts end");
	return d.action;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tee_claims local = { .verdict = TEE_OK };
	static struct tee_claims bound = { .verdict = TEE_OK,
		.key_origin = TEE_ORIGIN_SKR };

	fuzz_must(decide(NULL, data, size) == TEE_POLICY_DENY,
	    "no claims, no grant");
	fuzz_must(decide(&local, data, size) == TEE_POLICY_DENY,
	    "a local key, no grant");
	(void)decide(&bound, data, size);
	return 0;
}
