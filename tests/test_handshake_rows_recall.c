/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handshake_rows_recall: attacks on what is remembered of peers: the right
 * one was verified, and another, or the same one later, asks to be recalled.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "libtee/profile.h"
#include "tests/test_handshake_rows.h"

/* A handshake that was broken on purpose may say anything on the way. */
static void
expect(const char *reason, const char *expected)
{
	if (!hs_broken)
		ck_assert_str_eq(reason, expected);
}

static void
verify(struct hs_scene *s, const char *expected)
{
	expect(hs_verify(s), expected);
}

/* From here on the question is what is remembered, not the response. */
static void
recalled(struct hs_scene *s)
{
	s->recalled = true;
}

static void
verified(struct hs_scene *s)
{
	verify(s, "");
	expect(hs_recall(s), "");
	recalled(s);
}

static void
with_another_key(struct hs_scene *s)
{
	verified(s);
	s->peer.public_key = s->other.public_key;
}

static void
as_another(struct hs_scene *s)
{
	verified(s);
	s->peer.did = s->other.did;
}

static void
without_a_key(struct hs_scene *s)
{
	verified(s);
	s->peer.public_key = NULL;
}

static void
where_more_is_required(struct hs_scene *s)
{
	verified(s);
	s->peer.require.tee_bound_key = true;
}

static void
fresh_from_the_start(struct hs_scene *s)
{
	s->peer.require.fresh_evidence = true;
}

/* What was verified answered another challenge than none at all. */
static void
where_fresh_is_required(struct hs_scene *s)
{
	verify(s, "");
	recalled(s);
}

static void
without_evidence(struct hs_scene *s)
{
	verify(s, "");
	recalled(s);
}

static void
after_its_end(struct hs_scene *s)
{
	verified(s);
	s->peer.at = time(NULL) + 400;
}

static void
living_long(struct hs_scene *s)
{
	s->recipe.expires = s->recipe.issued + 3600 * TEE_SECOND;
}

static void
after_nine_hundred_seconds(struct hs_scene *s)
{
	verified(s);
	s->peer.at = time(NULL) + 902;
}

static void
after_it_was_revoked(struct hs_scene *s)
{
	verified(s);
	tee_trust_forget(s->trust, s->peer.did, s->peer.did_size);
}

static void
after_all_were_revoked(struct hs_scene *s)
{
	verified(s);
	tee_trust_forget(s->trust, NULL, 0);
}

/* The verifier's line is the last that is written before it is remembered. */
static void
revoke(void *user, int priority, const char *line)
{
	struct hs_scene *s = user;

	(void)priority;
	if (strstr(line, "facility=verifier") != NULL)
		tee_trust_forget(s->trust, s->peer.did, s->peer.did_size);
}

static void
revoked_meanwhile(struct hs_scene *s)
{
	const struct tee_log log = s->party.tee->log;

	s->party.tee->log.fn = revoke;
	s->party.tee->log.user = s;
	verify(s, "");
	s->party.tee->log = log;
	recalled(s);
}

/* The same machine again, and the verifier takes back what it said. */
static void
after_a_refusal(struct hs_scene *s)
{
	verified(s);
	hs_end(s);
	hs_begin(s, HS_CHALLENGE);
	hs_answer(s);
	verify(s, "evidence_refused");
	recalled(s);
}

/* The peer's last evidence ends a minute from now; what it showed before,
 * four minutes later, no longer counts. */
static void
after_a_shorter_one(struct hs_scene *s)
{
	verified(s);
	hs_end(s);
	hs_begin(s, HS_CHALLENGE);
	s->recipe.expires = s->recipe.issued + 60 * TEE_SECOND;
	hs_answer(s);
	verified(s);
	s->peer.at = time(NULL) + 120;
}

static void
scored(struct hs_scene *s)
{
	s->peer.trust_score = 700;
}

static void
with_a_lower_score(struct hs_scene *s)
{
	verified(s);
	s->peer.trust_score = 699;
}

#define ROW(name, reason, prepare, spoil) \
	{ \
		name, reason, HS_OPTIONAL, HS_CHALLENGE, prepare, spoil \
	}

const struct hs_attack hs_recall_rows[] = {
	ROW("recalled, never seen", "not_cached", NULL, recalled),
	ROW("recalled with another key", "not_cached", NULL, with_another_key),
	ROW("recalled as another", "not_cached", NULL, as_another),
	ROW("recalled without a key", "public_key_unknown", NULL,
	    without_a_key),
	ROW("recalled where more is required", "not_cached", NULL,
	    where_more_is_required),
	ROW("recalled where fresh evidence is required", "not_cached",
	    fresh_from_the_start, where_fresh_is_required),
	{ "recalled without evidence", "not_cached", HS_OPTIONAL, HS_NONE, NULL,
	    without_evidence },
	ROW("recalled after its end", "not_cached", NULL, after_its_end),
	{ "recalled after 900 seconds", "not_cached", HS_LASTING, HS_CHALLENGE,
	    living_long, after_nine_hundred_seconds },
	ROW("recalled after it was revoked", "not_cached", NULL,
	    after_it_was_revoked),
	ROW("recalled after all were revoked", "not_cached", NULL,
	    after_all_were_revoked),
	ROW("revoked while it was verified", "not_cached", NULL,
	    revoked_meanwhile),
	{ "recalled after a refusal", "not_cached", HS_TURNING, HS_CHALLENGE,
	    NULL, after_a_refusal },
	ROW("recalled by what it showed before", "not_cached", NULL,
	    after_a_shorter_one),
	{ "recalled with a lower score", "trust_score", HS_SCORING,
	    HS_CHALLENGE, scored, with_a_lower_score },
};
const size_t hs_recall_count =
    sizeof(hs_recall_rows) / sizeof(hs_recall_rows[0]);
