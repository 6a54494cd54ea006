/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attested: what a response says of the platform behind it.  Evidence that is
 * there is verified to its end, whether it was required or not, and parts of
 * it without the rest are no answer.
 *
 * A challenge is used up once the signatures have shown that the peer itself
 * answered it.  It stays used up when the answer is refused; only where a
 * verifier could not be asked is it given back, so that the same answer may
 * come again.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <openssl/crypto.h>

#include "libtee/error.h"
#include "libtee/profile.h"
#include "libtee/trust/canonical.h"
#include "libtee/trust/handshake.h"
#include "libtee/trust/hash.h"
#include "libtee/trust/startup.h"

/* The evidence of one response, on its way. */
struct offer {
	struct trust_verify *v;
	struct tee_evidence *evidence;
	uint8_t digest[32]; /* SHA-256 of its canonical text */
	bool fresh;         /* bound to this very challenge */
};

static bool
give_up(struct trust_verify *v, int error)
{
	v->error = error;
	return false;
}

static bool
read_offer(struct offer *o)
{
	struct trust_verify *v = o->v;
	const struct trust_response *r = &v->response;
	int error;

	if (!r->has_attested_signature || !r->has_attested_key ||
	    !r->has_attested_origin)
		return trust_refuse(v, TRUST_ATTESTATION_INCOMPLETE, "");
	if (v->trust->tee->verifier.count == 0)
		return trust_refuse(v, TRUST_NO_VERIFIER, "");
	error = trust_evidence_read(r->evidence, &o->evidence);
	if (error == TEE_E_BINDING)
		return trust_refuse(v, TRUST_EVIDENCE_BINDING, "");
	if (error == TEE_E_EVIDENCE)
		return trust_refuse(v, TRUST_EVIDENCE_MALFORMED, "");
	return error == 0 || give_up(v, error);
}

static bool
check_bound(struct offer *o)
{
	struct trust_verify *v = o->v;
	uint8_t key_hash[32];

	if (!trust_same(tee_evidence_did(o->evidence), v->response.did))
		return trust_refuse(v, TRUST_EVIDENCE_DID, "");
	if (tee_binding_key_hash(v->response.attested_key, key_hash) != 0)
		return give_up(v, TEE_E_CRYPTO);
	if (CRYPTO_memcmp(key_hash, o->evidence->key_hash, 32) != 0)
		return trust_refuse(v, TRUST_EVIDENCE_KEY, "");
	return true;
}

/*
 * Evidence of the start is bound to another challenge and another nonce.  To
 * share one of the two with this handshake is no way to get there.
 */
static bool
check_shape(struct offer *o)
{
	struct trust_verify *v = o->v;
	const struct tee_evidence *e = o->evidence;
	const struct tee_challenge c = trust_challenge_value(&v->challenge);
	bool id = trust_same((struct tee_bytes){ e->challenge_id,
				 e->challenge_id_size },
	    (struct tee_bytes){ c.id, c.id_size });
	bool nonce = trust_same((struct tee_bytes){ e->nonce, e->nonce_size },
	    (struct tee_bytes){ c.nonce, c.nonce_size });

	o->fresh = id && nonce;
	if (o->fresh)
		return true;
	if (!id && (nonce || v->require.fresh_evidence))
		return trust_refuse(v, TRUST_EVIDENCE_CHALLENGE, "");
	return !id || trust_refuse(v, TRUST_EVIDENCE_NONCE, "");
}

static bool
check_age(struct offer *o)
{
	struct trust_verify *v = o->v;
	const struct tee_reference *floor = &v->trust->tee->floor;
	tee_instant age = v->now - o->evidence->issued;

	if (age < -(tee_instant)TEE_CLOCK_SKEW * TEE_SECOND)
		return trust_refuse(v, TRUST_EVIDENCE_FUTURE, "");
	if (v->now >= o->evidence->expires ||
	    age > (tee_instant)floor->max_age * TEE_SECOND)
		return trust_refuse(v, TRUST_EVIDENCE_STALE, "");
	return true;
}

static bool
check_signature(struct offer *o)
{
	struct trust_verify *v = o->v;
	const struct trust_response *r = &v->response;
	const struct tee_trust *t = v->trust;
	const struct trust_layer2 l = { r->did, { t->did, t->did_size },
		&v->challenge, o->digest, r->attested_key, r->attested_origin };
	uint8_t digest[32];
	int error;

	if (o->evidence->key_origin != r->attested_origin)
		return trust_refuse(v, TRUST_KEY_ORIGIN_MISMATCH, "");
	error = trust_canonical_evidence(r->evidence, o->evidence, o->digest);
	if (error == 0)
		error = trust_layer2_digest(&l, digest);
	if (error != 0)
		return give_up(v, error);
	if (!trust_signer_signed(&v->signer, r->attested_key, digest,
		sizeof(digest), r->attested_signature))
		return trust_refuse(v, TRUST_ATTESTATION_SIGNATURE, "");
	return true;
}

static bool
use_up(struct trust_verify *v, uint8_t id[32])
{
	const struct tee_challenge c = trust_challenge_value(&v->challenge);
	struct trust_hash h;

	trust_hash_begin(&h, "tee-trust-challenge-v1");
	trust_hash_text(&h, (struct tee_bytes){ c.id, c.id_size });
	trust_hash_text(&h, (struct tee_bytes){ c.nonce, c.nonce_size });
	if (trust_hash_end(&h, id) != 0)
		return give_up(v, TEE_E_CRYPTO);
	switch (trust_replay_take(v->trust->replay, id, v->now,
	    trust_challenge_end(&v->challenge))) {
	case TRUST_FRESH:
		return true;
	case TRUST_REPLAY_FULL:
		return trust_refuse(v, TRUST_REPLAY_MEMORY_FULL, "");
	case TRUST_SEEN:
		break;
	}
	return trust_refuse(v, TRUST_REPLAY, "");
}

static int
appraise(struct offer *o)
{
	struct trust_verify *v = o->v;
	const struct tee_challenge c = trust_challenge_value(&v->challenge);
	const struct tee_expected x = {
		.challenge = o->fresh ? &c : NULL,
		.unsolicited = !o->fresh,
		.did = v->response.did.data,
		.did_size = v->response.did.size,
		.public_key = v->response.attested_key,
		.at = v->peer->at,
	};

	return tee_appraise(v->trust->tee, o->evidence, &x, &v->out->claims);
}

static int
cache_key(const struct offer *o, uint8_t key[32], uint8_t peer[32])
{
	const struct trust_verify *v = o->v;
	struct trust_hash h;

	trust_hash_begin(&h, "tee-trust-evidence-v1");
	trust_hash_add(&h, v->trust->plan, sizeof(v->trust->plan));
	trust_hash_text(&h, v->response.did);
	trust_hash_add(&h, v->key, sizeof(v->key));
	trust_hash_add(&h, v->response.attested_key, TEE_PUBLIC_KEY_SIZE);
	trust_hash_add(&h, o->digest, sizeof(o->digest));
	if (trust_hash_end(&h, key) != 0)
		return TEE_E_CRYPTO;
	return trust_peer_digest(v->response.did, peer);
}

/* One thread asks the verifiers; whoever has the same evidence waits. */
static int
appraise_cached(struct offer *o)
{
	struct trust_verify *v = o->v;
	struct trust_cache *cache = v->trust->cache;
	uint8_t key[32], peer[32];
	int error = cache_key(o, key, peer);

	if (error != 0)
		return error;
	switch (trust_cache_begin(cache, key, v->now, &v->out->claims)) {
	case TRUST_HIT:
		v->out->cached = true;
		return 0;
	case TRUST_FULL:
		return appraise(o);
	case TRUST_MISS_YOURS:
		break;
	}
	error = appraise(o);
	trust_cache_end(cache, key, peer, error == 0 ? v->out->claims : NULL,
	    error == 0 ? (tee_instant)v->out->claims->expires * TEE_SECOND : 0);
	return error;
}

/* The peer itself showed what is refused: what it showed before is over. */
static bool
disown(struct trust_verify *v, enum trust_reason reason, const char *detail)
{
	uint8_t peer[32];
	bool named = trust_peer_digest(v->response.did, peer) == 0;

	trust_cache_forget(v->trust->cache, named ? peer : NULL);
	return trust_refuse(v, reason, detail);
}

static bool
explain_refusal(struct offer *o)
{
	struct trust_verify *v = o->v;
	const struct tee_claims *c = v->out->claims;
	char detail[256] = "";
	size_t i;

	for (i = 0; c != NULL && i < c->check_count; i++) {
		if (c->checks[i].result != TEE_CHECK_FAIL)
			continue;
		if (strcmp(c->checks[i].name, "floor.key_origin") == 0)
			return disown(v,
			    tee_origin_is_tee(o->evidence->key_origin) ?
				TRUST_KEY_ORIGIN_UNESTABLISHED :
				TRUST_KEY_NOT_TEE_BOUND,
			    "");
		snprintf(detail, sizeof(detail), "%s", c->checks[i].name);
		break;
	}
	return disown(v, TRUST_EVIDENCE_REFUSED, detail);
}

static bool
check_origin(struct offer *o)
{
	struct trust_verify *v = o->v;
	const struct tee_claims *c = v->out->claims;

	if (c->key_origin != o->evidence->key_origin)
		return disown(v, TRUST_KEY_ORIGIN_UNESTABLISHED, "");
	if (v->require.tee_bound_key && !tee_claims_key_bound(c))
		return trust_refuse(v, TRUST_KEY_NOT_TEE_BOUND, "");
	return true;
}

/* Evidence for one challenge never comes again: nothing to remember. */
static bool
judge(struct offer *o)
{
	struct trust_verify *v = o->v;
	uint8_t id[32];
	int error;

	if (!use_up(v, id))
		return false;
	error = o->fresh ? appraise(o) : appraise_cached(o);
	if (error == 0)
		return check_origin(o);
	if (error == TEE_E_DENIED)
		return explain_refusal(o);
	trust_replay_release(v->trust->replay, id);
	return error == TEE_E_UNAVAILABLE ?
	    trust_refuse(v, TRUST_UNAVAILABLE, "") :
	    give_up(v, error);
}

static bool
without_evidence(struct trust_verify *v)
{
	const struct trust_response *r = &v->response;
	uint8_t id[32];

	if (r->has_attested_signature || r->has_attested_key ||
	    r->has_attested_origin)
		return trust_refuse(v, TRUST_ATTESTATION_INCOMPLETE, "");
	if (v->require.attestation)
		return trust_refuse(v, TRUST_EVIDENCE_MISSING, "");
	return use_up(v, id);
}

bool
trust_verify_attestation(struct trust_verify *v)
{
	struct offer o = { .v = v };
	bool ok;

	if (v->response.evidence == NULL)
		return without_evidence(v);
	ok = read_offer(&o) && check_bound(&o) && check_shape(&o) &&
	    check_age(&o) && check_signature(&o) && judge(&o);
	tee_evidence_free(&o.evidence);
	return ok;
}
