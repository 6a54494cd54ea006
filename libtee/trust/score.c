/* SPDX-License-Identifier: Apache-2.0 */
/*
 * score: what the environment adds to a trust score, computed beside it and
 * clamped under the ceiling; the base score passes through untouched.  Risk,
 * tier and trust_level are AgentMesh's own numbers and words.
 */
#include "config.h"

#include <string.h>
#include <tee/trust.h>

#include "libtee/claims.h"

#define SCORE_MAX 1000
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct band {
	int from;
	const char *word;
};

/* From the highest down; the last one has no lower end. */
static const struct band tiers[] = { { 900, "verified_partner" },
	{ 700, "trusted" }, { 500, "standard" }, { 300, "probationary" },
	{ 0, "untrusted" } };
static const struct band trust_levels[] = { { 900, "verified_partner" },
	{ 700, "trusted" }, { 400, "standard" }, { 0, "untrusted" } };
static const struct band risk_levels[] = { { 800, "minimal" }, { 600, "low" },
	{ 400, "medium" }, { 200, "high" }, { 0, "critical" } };

static const char *
word_of(const struct band *bands, size_t count, int score)
{
	size_t i;

	/* A score beyond the scale is a mistake and earns nothing. */
	for (i = 0; score <= SCORE_MAX && i < count - 1; i++)
		if (score >= bands[i].from)
			return bands[i].word;
	return bands[count - 1].word;
}

const char *
tee_score_tier(int score)
{
	return word_of(tiers, COUNT(tiers), score);
}

const char *
tee_score_trust_level(int score)
{
	return word_of(trust_levels, COUNT(trust_levels), score);
}

static int
component(int c)
{
	return c < 0 ? 0 : c > 100 ? 100 : c;
}

int
tee_score_risk(int identity, int behavior, int network, int compliance,
    const char **level)
{
	int total = component(identity) * 2 + component(behavior) * 3 +
	    component(network) * 2 + component(compliance) * 3;

	if (level != NULL)
		*level = word_of(risk_levels, COUNT(risk_levels), total);
	return total;
}

void
tee_score_rules_init(struct tee_score_rules *rules)
{
	*rules = (struct tee_score_rules){ .size = sizeof(*rules) };
}

static bool
within(const int *numbers, size_t count, int most)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (numbers[i] < -SCORE_MAX || numbers[i] > most)
			return false;
	return true;
}

/* Neither a debugger nor a simulator earns a bonus. */
static bool
rules_fit(const struct tee_score_rules *r)
{
	return r->size == sizeof(*r) &&
	    within(r->level, COUNT(r->level), SCORE_MAX) &&
	    within(r->origin, COUNT(r->origin), SCORE_MAX) &&
	    within(r->tcb, COUNT(r->tcb), SCORE_MAX) &&
	    within(&r->debug, 1, 0) && within(&r->simulated, 1, 0);
}

static bool
is_score(int n)
{
	return n >= 0 && n <= SCORE_MAX;
}

/* An enumeration's value that is none has the least trusting one's rule. */
static int
rule_of(const int *rules, size_t count, unsigned value)
{
	return value < count ? rules[value] : rules[0];
}

static void
rate(const struct tee_score_rules *r, const struct tee_claims *c,
    struct tee_score *s)
{
	bool ok =
	    c != NULL && c->verdict == TEE_OK && !c->incomplete && !c->broken;

	s->level = rule_of(r->level, COUNT(r->level),
	    ok ? c->level : TEE_LEVEL_STANDARD);
	s->origin = rule_of(r->origin, COUNT(r->origin),
	    ok ? c->key_origin : TEE_ORIGIN_LOCAL);
	s->tcb = rule_of(r->tcb, COUNT(r->tcb),
	    ok ? c->tcb_status : TEE_TCB_UNKNOWN);
	s->debug = ok && c->debug_disabled ? 0 : r->debug;
	s->simulated = c != NULL && c->simulated ? r->simulated : 0;
	s->environment =
	    s->level + s->origin + s->tcb + s->debug + s->simulated;
}

int
tee_score_environment(const struct tee_score_rules *rules,
    const struct tee_claims *claims, int base, int ceiling,
    struct tee_score *out)
{
	struct tee_score_rules none;
	int sum;

	if (out == NULL)
		return TEE_E_ARGUMENT;
	memset(out, 0, sizeof(*out));
	tee_score_rules_init(&none);
	if (rules == NULL)
		rules = &none;
	if (!rules_fit(rules) || !is_score(base) || !is_score(ceiling))
		return TEE_E_ARGUMENT;
	rate(rules, claims, out);
	out->base = base;
	out->ceiling = ceiling;
	sum = base + out->environment;
	out->effective = sum < 0 ? 0 : sum > ceiling ? ceiling : sum;
	return 0;
}
