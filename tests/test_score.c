/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AgentMesh's numbers and words come out as they are, whatever the
 * environment adds beside them; what it adds is a sum, clamped under the
 * ceiling.  Vectors where there are some, properties always.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "tests/test_evidence_kit.h"
#include "tests/test_policy_kit.h"

static json_t *vectors;

static int
number(const json_t *row, const char *key)
{
	return (int)json_integer_value(json_object_get(row, key));
}

static void
check_risk(const json_t *row, const int c[4])
{
	const char *level;

	ck_assert_int_eq(tee_score_risk(c[0], c[1], c[2], c[3], &level),
	    number(row, "total"));
	ck_assert_str_eq(level,
	    json_string_value(json_object_get(row, "level")));
	ck_assert_int_eq(tee_score_risk(c[0], c[1], c[2], c[3], NULL),
	    number(row, "total"));
}

START_TEST(risk_vectors)
{
	const json_t *totals = json_object_get(vectors, "risk_totals");
	const json_t *signals = json_object_get(vectors, "risk_signals"), *row;
	size_t i, k;
	int c[4];

	ck_assert_uint_eq(json_array_size(totals), 10);
	json_array_foreach(totals, i, row)
	{
		for (k = 0; k < 4; k++)
			c[k] = (int)json_integer_value(
			    json_array_get(json_object_get(row, "components"),
				k));
		check_risk(row, c);
	}
	ck_assert_uint_eq(json_array_size(signals), 8);
	json_array_foreach(signals, i, row)
	{
		c[0] = number(row, "identity");
		c[1] = number(row, "behavior");
		c[2] = number(row, "network");
		c[3] = number(row, "compliance");
		check_risk(row, c);
	}
}
END_TEST

START_TEST(tier_vectors)
{
	const json_t *tiers = json_object_get(vectors, "tiers"), *row;
	size_t i;

	ck_assert_uint_eq(json_array_size(tiers), 12);
	json_array_foreach(tiers, i, row)
	{
		int score = number(row, "score");

		ck_assert_str_eq(tee_score_tier(score),
		    json_string_value(json_object_get(row, "tier")));
		ck_assert_str_eq(tee_score_trust_level(score),
		    json_string_value(
			json_object_get(row, "handshake_trust_level")));
	}
}
END_TEST

/* A score outside the scale earns no word. */
START_TEST(beyond_the_scale)
{
	static const int scores[] = { -1, -1000000, 1001, 1000000 };
	size_t i;

	for (i = 0; i < COUNT(scores); i++) {
		ck_assert_str_eq(tee_score_tier(scores[i]), "untrusted");
		ck_assert_str_eq(tee_score_trust_level(scores[i]), "untrusted");
	}
}
END_TEST

/* Any numbers within what rules may hold; the same each run. */
static uint32_t state = 1;

static int
drawn(int low, int high)
{
	state = state * 1664525u + 1013904223u;
	return low + (int)((state >> 8) % (uint32_t)(high - low + 1));
}

static void
draw_rules(struct tee_score_rules *r)
{
	size_t i;

	tee_score_rules_init(r);
	for (i = 0; i < COUNT(r->level); i++)
		r->level[i] = drawn(-1000, 1000);
	for (i = 0; i < COUNT(r->origin); i++)
		r->origin[i] = drawn(-300, 300);
	for (i = 0; i < COUNT(r->tcb); i++)
		r->tcb[i] = drawn(-300, 300);
	r->debug = drawn(-1000, 0);
	r->simulated = drawn(-1000, 0);
}

static void
draw_claims(struct tee_claims *c)
{
	static const enum tee_verdict verdicts[] = { TEE_OK, TEE_OK, TEE_OK,
		TEE_DENY, TEE_UNAVAILABLE };

	c->verdict = verdicts[drawn(0, 4)];
	c->level = (enum tee_confidential_level)drawn(0, 4);
	c->key_origin = (enum tee_key_origin)drawn(0, 2);
	c->tcb_status = (enum tee_tcb_status)drawn(0, 2);
	c->debug_disabled = drawn(0, 1);
	c->simulated = drawn(0, 1);
}

static void
check_score(const struct tee_score_rules *r, const struct tee_claims *c,
    const struct tee_score *s)
{
	bool ok = c->verdict == TEE_OK;
	int sum = s->base + s->environment;

	ck_assert_int_eq(s->level, r->level[ok ? c->level : 0]);
	ck_assert_int_eq(s->origin, r->origin[ok ? c->key_origin : 0]);
	ck_assert_int_eq(s->tcb, r->tcb[ok ? c->tcb_status : 0]);
	ck_assert_int_eq(s->debug, ok && c->debug_disabled ? 0 : r->debug);
	ck_assert_int_eq(s->simulated, c->simulated ? r->simulated : 0);
	ck_assert_int_eq(s->environment,
	    s->level + s->origin + s->tcb + s->debug + s->simulated);
	ck_assert_int_ge(s->effective, 0);
	ck_assert_int_le(s->effective, s->ceiling);
	if (sum >= 0 && sum <= s->ceiling)
		ck_assert_int_eq(s->effective, sum);
	else
		ck_assert_int_eq(s->effective, sum < 0 ? 0 : s->ceiling);
}

START_TEST(environment_beside_the_base)
{
	struct tee_claims *c = policy_claims();
	struct tee_score_rules r;
	struct tee_score s;
	int n, base, ceiling;

	for (n = 0; n < 20000; n++) {
		draw_rules(&r);
		draw_claims(c);
		base = drawn(0, 1000);
		ceiling = drawn(0, 1000);
		ck_assert_int_eq(tee_score_environment(&r, c, base, ceiling,
				     &s),
		    0);
		ck_assert_int_eq(s.base, base);
		ck_assert_int_eq(s.ceiling, ceiling);
		check_score(&r, c, &s);
	}
	tee_claims_free(&c);
}
END_TEST

/* Every base, with no rules: only the ceiling changes it. */
START_TEST(no_rules)
{
	struct tee_claims *c = policy_claims();
	struct tee_score s;
	int base;

	c->simulated = true;
	for (base = 0; base <= 1000; base++) {
		ck_assert_int_eq(tee_score_environment(NULL, c, base, 700, &s),
		    0);
		ck_assert_int_eq(s.environment, 0);
		ck_assert_int_eq(s.base, base);
		ck_assert_int_eq(s.effective, base < 700 ? base : 700);
		ck_assert_int_eq(tee_score_environment(NULL, NULL, base, 1000,
				     &s),
		    0);
		ck_assert_int_eq(s.effective, base);
	}
	tee_claims_free(&c);
}
END_TEST

/* Nothing known: the least trusting of everything, and no bonus. */
START_TEST(no_claims)
{
	struct tee_score_rules r;
	struct tee_score s;

	tee_score_rules_init(&r);
	r.level[TEE_LEVEL_TEE_VM] = r.origin[TEE_ORIGIN_SKR] = 100;
	r.tcb[TEE_TCB_UP_TO_DATE] = 100;
	r.tcb[TEE_TCB_UNKNOWN] = -50;
	r.debug = -200;
	ck_assert_int_eq(tee_score_environment(&r, NULL, 500, 1000, &s), 0);
	ck_assert_int_eq(s.effective, 250);
	ck_assert_int_eq(s.debug, -200);
	ck_assert_int_eq(s.tcb, -50);
}
END_TEST

static void
check_refused(const struct tee_score_rules *r, int base, int ceiling)
{
	static const struct tee_score none;
	struct tee_score s;

	memset(&s, 0x7f, sizeof(s));
	ck_assert_int_eq(tee_score_environment(r, NULL, base, ceiling, &s),
	    TEE_E_ARGUMENT);
	ck_assert_mem_eq(&s, &none, sizeof(s));
}

START_TEST(refused)
{
	struct tee_score_rules good, r;
	struct tee_score s;
	int *fields = r.level, *last = &r.simulated;

	tee_score_rules_init(&good);
	check_refused(&good, -1, 1000);
	check_refused(&good, 1001, 1000);
	check_refused(&good, 500, -1);
	check_refused(&good, 500, 1001);
	r = good;
	r.size--;
	check_refused(&r, 500, 1000);
	for (; fields <= last; fields++) {
		r = good;
		*fields = 1001;
		check_refused(&r, 500, 1000);
		*fields = -1001;
		check_refused(&r, 500, 1000);
		*fields = -1000;
		ck_assert_int_eq(tee_score_environment(&r, NULL, 500, 1000, &s),
		    0);
	}
	r = good;
	r.debug = 1;
	check_refused(&r, 500, 1000);
	r = good;
	r.simulated = 1;
	check_refused(&r, 500, 1000);
	ck_assert_int_eq(tee_score_environment(&good, NULL, 1, 1, NULL),
	    TEE_E_ARGUMENT);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("score");
	TCase *tcase = tcase_create("agentmesh");
	TCase *always = tcase_create("properties");
	int result;

	vectors = kit_vectors("trust-risk-scores.json");
	if (vectors == NULL)
		puts("skipped: no agentmesh vectors in $TEE_VECTORS");
	if (vectors != NULL) {
		tcase_add_test(tcase, risk_vectors);
		tcase_add_test(tcase, tier_vectors);
	}
	tcase_add_test(always, beyond_the_scale);
	tcase_add_test(always, environment_beside_the_base);
	tcase_add_test(always, no_rules);
	tcase_add_test(always, no_claims);
	tcase_add_test(always, refused);
	suite_add_tcase(suite, tcase);
	suite_add_tcase(suite, always);
	result = kit_main(suite, NULL);
	json_decref(vectors);
	return result;
}
