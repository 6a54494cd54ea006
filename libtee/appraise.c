/* SPDX-License-Identifier: Apache-2.0 */
/* appraise: a relying party judges evidence that came over the wire. */
#include "config.h"

#include <string.h>
#include <openssl/crypto.h>

#include "libtee/transaction.h"

static bool
same_bytes(const char *a, size_t a_size, const char *b, size_t b_size)
{
	return a_size == b_size && memcmp(a, b, a_size) == 0;
}

/* What the caller knows must be what the evidence says it is bound to. */
static enum tee_verdict
expect(struct tee_transaction *t, const struct tee_evidence *e,
    const struct tee_expected *x)
{
	uint8_t key_hash[32];
	const char *wrong = NULL;

	if (x->challenge == NULL) {
		if (!x->unsolicited)
			wrong = "no challenge to compare with";
	} else if (!same_bytes(e->challenge_id, e->challenge_id_size,
		       x->challenge->id, x->challenge->id_size)) {
		wrong = "answers another challenge";
	} else if (!same_bytes(e->nonce, e->nonce_size, x->challenge->nonce,
		       x->challenge->nonce_size)) {
		wrong = "carries another nonce";
	}
	if (x->did != NULL &&
	    !same_bytes(e->did, e->did_size, x->did, x->did_size))
		wrong = "names another DID";
	if (x->public_key != NULL &&
	    (tee_binding_key_hash(x->public_key, key_hash) != 0 ||
		CRYPTO_memcmp(key_hash, e->key_hash, 32) != 0))
		wrong = "is bound to another public key";
	tee_claims_check(t->claims, "evidence.expected",
	    wrong == NULL ? TEE_CHECK_PASS : TEE_CHECK_FAIL,
	    wrong != NULL ? wrong : "the evidence answers what was asked");
	return wrong == NULL ? TEE_OK : TEE_DENY;
}

/* Some line saw it, whether or not all of them did. */
static bool
has_host_data(const struct tee_transaction *t)
{
	const struct tee_stack *stack = &t->tee->verifier;

	for (size_t i = 0; i < stack->count; i++)
		if (t->line_claims[i] != NULL &&
		    stack->rule[i].control != TEE_ADVISORY &&
		    tee_named_find(&t->line_claims[i]->measurements,
			"host_data") != NULL)
			return true;
	return false;
}

/*
 * A peer's word on where its key came from is worth what the measured guest
 * is worth that says it: nothing, unless the profile pins its launch
 * measurement, what it was launched with where there is such a thing, and
 * names the origin.
 */
static enum tee_key_origin
established_origin(const struct tee_transaction *t)
{
	const struct tee_reference *floor = &t->tee->floor;
	const struct tee_evidence *e = t->evidence;

	if (t->claims->level < TEE_LEVEL_TEE_VM ||
	    !tee_reference_pins(floor, "launch") ||
	    (has_host_data(t) && !tee_reference_pins(floor, "host_data")) ||
	    !(floor->origins & (1u << e->key_origin)))
		return TEE_ORIGIN_LOCAL;
	return e->key_origin;
}

static enum tee_verdict
judge_evidence(struct tee_transaction *t, const struct tee_expected *x)
{
	const struct tee *tee = t->tee;
	enum tee_verdict verdict = expect(t, t->evidence, x);

	if (tee_reference_age(&tee->floor, t->evidence, t->now, t->claims) !=
	    TEE_OK)
		verdict = TEE_DENY;
	if (verdict != TEE_OK) {
		tee_transaction_check_reason(t);
		return verdict;
	}
	verdict = tee_transaction_verify(t);
	if (verdict == TEE_OK)
		verdict = tee_transaction_floor(t);
	if (verdict != TEE_OK)
		return verdict;
	t->claims->key_origin = established_origin(t);
	if (tee->floor.origins != 0)
		verdict = tee_reference_origin(&tee->floor, TEE_ASSURANCE_LOCAL,
		    t->claims->key_origin, t->claims);
	if (verdict != TEE_OK)
		tee_transaction_check_reason(t);
	return verdict;
}

/*
 * expires_at is the peer's own word, and so is a timestamp ahead of our
 * clock: what is granted ends where the evidence would be too old.
 */
static time_t
latest_end(const struct tee_transaction *t)
{
	const struct tee_evidence *e = t->evidence;
	tee_instant from = e->issued < t->now ? e->issued : t->now;
	tee_instant end =
	    from + (tee_instant)t->tee->floor.max_age * TEE_SECOND;

	if (e->expires < end)
		end = e->expires;
	return (time_t)(end / TEE_SECOND);
}

int
tee_appraise(struct tee *tee, const struct tee_evidence *evidence,
    const struct tee_expected *expected, struct tee_claims **out)
{
	static const struct tee_expected nothing;
	struct tee_transaction t;
	int error;

	if (tee == NULL || evidence == NULL || out == NULL)
		return TEE_E_ARGUMENT;
	*out = NULL;
	if (tee->verifier.count == 0)
		return TEE_E_ARGUMENT;
	if (expected == NULL)
		expected = &nothing;
	if (!tee_clock_has(expected->at))
		return TEE_E_ARGUMENT;
	error = tee_transaction_begin(&t, tee);
	if (error == 0) {
		tee_evidence_free(&t.evidence);
		t.evidence = tee_evidence_copy(evidence);
		if (t.evidence == NULL)
			error = TEE_E_MEMORY;
	}
	if (error == 0) {
		if (expected->at != 0)
			t.now = (tee_instant)expected->at * TEE_SECOND;
		t.claims->verdict = judge_evidence(&t, expected);
		t.claims->verified_at = t.now;
		if (t.claims->expires == 0 ||
		    t.claims->expires > latest_end(&t))
			t.claims->expires = latest_end(&t);
		error = tee_verdict_error(t.claims->verdict);
		if (error != 0)
			tee_transaction_refuse(&t, "appraise",
			    t.claims->verdict);
		*out = t.claims;
		t.claims = NULL;
	}
	tee_transaction_end(&t);
	return error;
}
