/* SPDX-License-Identifier: Apache-2.0 */
/* handshake_rows_claims: attacks on what evidence is believed to say. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test_handshake_rows.h"

static void
local_and_other_report(struct hs_scene *s)
{
	hs_origin_local(s);
	s->recipe.other_report = true;
}

static void
local_where_bound_is_required(struct hs_scene *s)
{
	hs_origin_local(s);
	s->peer.require.tee_bound_key = true;
}

static void
no_report(struct hs_scene *s)
{
	s->recipe.no_report = true;
}

static void
other_report(struct hs_scene *s)
{
	s->recipe.other_report = true;
}

static void
answered_before(struct hs_scene *s)
{
	(void)hs_verify(s);
}

/* Good evidence after a refused answer: a challenge has one answer. */
static void
refused_before(struct hs_scene *s)
{
	s->recipe.other_report = true;
	hs_answer(s);
	(void)hs_verify(s);
	s->recipe.other_report = false;
	hs_answer(s);
}

/* Evidence of the start whose platform is gone, beside good of this agent. */
static void
other_report_after_a_good_one(struct hs_scene *s)
{
	struct trust_challenge bound = s->recipe.bound;

	(void)hs_verify(s);
	hs_end(s);
	hs_begin(s, HS_ACQUIRED);
	s->recipe.bound = bound;
	s->recipe.other_report = true;
	hs_answer(s);
}

#define ROW(name, reason, shape, prepare, spoil) \
	{ \
		name, reason, HS_REQUIRES, shape, prepare, spoil \
	}

#define FREE(name, reason, shape, prepare, spoil) \
	{ \
		name, reason, HS_OPTIONAL, shape, prepare, spoil \
	}

const struct hs_attack hs_claims_rows[] = {
	{ "origin of a guest that nobody measured", "key_origin_unestablished",
	    HS_TRUSTING, HS_CHALLENGE, NULL, NULL },
	{ "the same where an origin is required", "key_origin_unestablished",
	    HS_UNMEASURED, HS_CHALLENGE, NULL, NULL },
	{ "the same from the start", "key_origin_unestablished", HS_TRUSTING,
	    HS_STARTUP, NULL, NULL },
	ROW("local key, another origin required", "key_not_tee_bound",
	    HS_CHALLENGE, hs_origin_local, NULL),
	{ "local key, bound one required", "key_not_tee_bound", HS_TRUSTING,
	    HS_CHALLENGE, local_where_bound_is_required, NULL },
	ROW("hardware says otherwise", "evidence_refused", HS_CHALLENGE,
	    other_report, NULL),
	ROW("hardware says otherwise, startup", "evidence_refused", HS_STARTUP,
	    other_report, NULL),
	FREE("hardware says otherwise, optional", "evidence_refused",
	    HS_ACQUIRED, other_report, NULL),
	{ "hardware says otherwise, local key", "evidence_refused", HS_TRUSTING,
	    HS_CHALLENGE, local_and_other_report, NULL },
	ROW("no report", "evidence_refused", HS_CHALLENGE, no_report, NULL),
	ROW("another report after a good one", "evidence_refused", HS_ACQUIRED,
	    NULL, other_report_after_a_good_one),
	{ "refused by the verifier", "evidence_refused", HS_DENYING,
	    HS_CHALLENGE, NULL, NULL },
	{ "nobody can be asked", "unavailable", HS_BLIND, HS_CHALLENGE, NULL,
	    NULL },
	{ "nobody can be asked, local key", "unavailable", HS_BLIND,
	    HS_CHALLENGE, hs_origin_local, NULL },
	{ "nobody to ask", "no_verifier", HS_BARE, HS_CHALLENGE, NULL, NULL },
	ROW("replayed", "replay", HS_CHALLENGE, NULL, answered_before),
	ROW("replayed, evidence cached", "replay", HS_ACQUIRED, NULL,
	    answered_before),
	ROW("another answer after a refusal", "replay", HS_CHALLENGE, NULL,
	    refused_before),
};
const size_t hs_claims_count =
    sizeof(hs_claims_rows) / sizeof(hs_claims_rows[0]);
