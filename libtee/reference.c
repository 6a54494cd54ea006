/* SPDX-License-Identifier: Apache-2.0 */
/* reference: see reference.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libtee/reference.h"

static enum tee_verdict
judge(struct tee_claims *c, const char *name, bool pass, const char *detail)
{
	tee_claims_check(c, name, pass ? TEE_CHECK_PASS : TEE_CHECK_FAIL,
	    detail);
	return pass ? TEE_OK : TEE_DENY;
}

static bool
both(enum tee_verdict *so_far, enum tee_verdict next)
{
	if (next != TEE_OK)
		*so_far = TEE_DENY;
	return next == TEE_OK;
}

static enum tee_verdict
judge_level(const struct tee_reference *r, struct tee_claims *c)
{
	char detail[96];

	snprintf(detail, sizeof(detail), "%s, required %s",
	    tee_level_word(c->level), tee_level_word(r->min_level));
	return judge(c, "floor.confidential_level", c->level >= r->min_level,
	    detail);
}

static enum tee_verdict
judge_tcb(const struct tee_reference *r, struct tee_claims *c)
{
	bool listed = (r->tcb_statuses & (1u << c->tcb_status)) != 0;

	if (r->tcb_statuses == 0)
		return TEE_OK;
	return judge(c, "floor.tcb_status", listed,
	    tee_tcb_word(c->tcb_status));
}

/*
 * One check per name: a measurement matches where any value listed under its
 * name is equal; one that no verifier established does not match.
 */
static enum tee_verdict
judge_measurements(const struct tee_reference *r, struct tee_claims *c)
{
	enum tee_verdict verdict = TEE_OK;
	char name[128];
	size_t i, k;

	for (i = 0; i < r->measurement_count; i++) {
		const char *wanted = r->measurements[i].name;
		const struct tee_named *m =
		    tee_named_find(&c->measurements, wanted);
		bool first = true, match = false;

		for (k = 0; k < r->measurement_count; k++) {
			const struct tee_measurement *ref = &r->measurements[k];

			if (strcmp(ref->name, wanted) != 0)
				continue;
			first = first && k >= i;
			match = match ||
			    (m != NULL && m->size == ref->size &&
				memcmp(m->data, ref->data, m->size) == 0);
		}
		if (!first)
			continue;
		snprintf(name, sizeof(name), "floor.measurements.%s", wanted);
		both(&verdict,
		    judge(c, name, match,
			m == NULL ? "no verifier established it" :
			    match ? "listed" :
				    "not among the reference values"));
	}
	return verdict;
}

enum tee_verdict
tee_reference_claims(const struct tee_reference *r, struct tee_claims *c)
{
	enum tee_verdict verdict = TEE_OK;

	both(&verdict, judge_level(r, c));
	if (!r->debug_allowed)
		both(&verdict,
		    judge(c, "floor.debug", c->debug_disabled,
			c->debug_disabled ?
			    "disabled" :
			    "enabled, or nobody established that it is not"));
	both(&verdict, judge_tcb(r, c));
	both(&verdict, judge_measurements(r, c));
	both(&verdict,
	    judge(c, "floor.simulated", !c->simulated || r->allow_simulated,
		c->simulated ? "simulated platform" : "not simulated"));
	return verdict;
}

enum tee_verdict
tee_reference_age(const struct tee_reference *r, const struct tee_evidence *e,
    tee_instant now, struct tee_claims *c)
{
	tee_instant age = now - e->issued;
	enum tee_verdict verdict = TEE_OK;

	both(&verdict,
	    judge(c, "evidence.expired", now < e->expires,
		now < e->expires ? "not expired" : "expires_at has passed"));
	both(&verdict,
	    judge(c, "evidence.future",
		age >= -(tee_instant)TEE_CLOCK_SKEW * TEE_SECOND,
		"timestamp against this clock"));
	both(&verdict,
	    judge(c, "evidence.max_age",
		age <= (tee_instant)r->max_age * TEE_SECOND,
		"age against require.max_age"));
	return verdict;
}

enum tee_verdict
tee_reference_origin(const struct tee_reference *r,
    enum tee_assurance assurance, enum tee_key_origin origin,
    struct tee_claims *c)
{
	bool listed = r->origins == 0 || (r->origins & (1u << origin)) != 0;
	bool tee = tee_origin_is_tee(origin);

	if (assurance == TEE_ASSURANCE_TEE && !tee)
		listed = false;
	return judge(c, "floor.key_origin", listed, tee_origin_word(origin));
}

bool
tee_reference_pins(const struct tee_reference *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->measurement_count; i++)
		if (strcmp(r->measurements[i].name, name) == 0)
			return true;
	return false;
}

void
tee_reference_clear(struct tee_reference *r)
{
	size_t i;

	for (i = 0; i < r->measurement_count; i++) {
		free(r->measurements[i].name);
		free(r->measurements[i].data);
	}
	free(r->measurements);
	free(r->roots);
	memset(r, 0, sizeof(*r));
}
