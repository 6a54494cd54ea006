/* SPDX-License-Identifier: Apache-2.0 */
/* policy kit: see test_policy_kit.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test_policy_kit.h"

/* Check's own assertions need a running test; policy_answers has none. */
static void
must(bool ok, const char *what, const char *why)
{
	if (ok)
		return;
	fprintf(stderr, "policy kit: %s: %s\n", what, why);
	abort();
}

struct tee_claims *
policy_claims(void)
{
	struct tee_claims *c = tee_claims_new();

	must(c != NULL, "claims", "no memory");
	c->verdict = TEE_OK;
	c->key_origin = TEE_ORIGIN_SKR;
	c->level = TEE_LEVEL_TEE_VM;
	c->tcb_status = TEE_TCB_UP_TO_DATE;
	c->debug_disabled = true;
	return c;
}

static const char *
word(const json_t *context, const char *name)
{
	return json_string_value(json_object_get(context, name));
}

struct tee_claims *
policy_claims_of(const json_t *context)
{
	const json_t *bound = json_object_get(context, "key_bound_to_tee");
	const char *origin = word(context, "key_origin");
	const char *level = word(context, "confidential_level");
	const char *tcb = word(context, "tcb_status");
	struct tee_claims *c;

	if (bound == NULL && origin == NULL && level == NULL && tcb == NULL)
		return NULL;
	c = policy_claims();
	must(origin == NULL || tee_origin_parse(origin, &c->key_origin),
	    "key_origin", origin);
	must(level == NULL || tee_level_parse(level, &c->level), "level",
	    level);
	must(tcb == NULL || tee_tcb_parse(tcb, &c->tcb_status), "tcb", tcb);
	if (bound != NULL && origin == NULL)
		c->key_origin =
		    json_is_true(bound) ? TEE_ORIGIN_SKR : TEE_ORIGIN_LOCAL;
	must(bound == NULL ||
		json_is_true(bound) == tee_origin_is_tee(c->key_origin),
	    "key_bound_to_tee", "does not fit key_origin");
	return c;
}

char *
policy_text(const char *text)
{
	char *copy = strdup(text), *p;

	must(copy != NULL, text, "no memory");
	for (p = copy; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	return copy;
}

int
policy_add(struct tee_policy *p, json_t *json, char why[TEE_POLICY_WHY])
{
	char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
	int error;

	must(text != NULL, "document", "no JSON");
	error = tee_policy_add_json(p, text, strlen(text), why);
	free(text);
	json_decref(json);
	return error;
}

struct tee_policy *
policy_of(const char *text)
{
	char *quoted = policy_text(text), why[TEE_POLICY_WHY];
	struct tee_policy *p;

	must(tee_policy_new(&p) == 0 &&
		tee_policy_add_json(p, quoted, strlen(quoted), why) == 0,
	    text, why);
	free(quoted);
	return p;
}

json_t *
policy_one_rule(const char *field, const char *op, json_t *value)
{
	/* clang-format off */
	json_t *json = json_pack("{s:s, s:{s:i}, s:[{s:s, s:s, s:{s:s, s:s, s:o}}]}",
	    "name", "p",
	    "defaults",
	    "min_trust_score", 100000,
	    "rules",
	    "name", "r",
	    "action", "allow",
	    "condition",
	    "field", field,
	    "operator", op,
	    "value", value);
	/* clang-format on */
	must(json != NULL, field, "no JSON");
	return json;
}

struct tee_decision
policy_decide(const struct tee_policy *p, const struct tee_claims *c,
    const char *context)
{
	char *text = policy_text(context);
	struct tee_decision d;

	memset(&d, 0x5a, sizeof(d));
	must(tee_policy_decide(p, c, text, strlen(text), &d) == 0, context,
	    "no decision");
	free(text);
	return d;
}
