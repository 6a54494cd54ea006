/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recall: AgentMesh's handshake cache.  A peer that was verified with
 * evidence need not answer again until something of that ends: the claims'
 * own end, or 900 seconds.  Score and policy are asked anew each time.
 */
#include "config.h"

#include "libtee/trust/handshake.h"
#include "libtee/trust/hash.h"

#define RECALL_LIFETIME 900 /* seconds; AgentMesh's own */

static int
recall_key(const struct trust_verify *v, const uint8_t *public_key,
    uint8_t key[32], uint8_t peer[32])
{
	const struct tee_bytes did = { v->peer->did, v->peer->did_size };
	const uint8_t asked[] = { v->require.attestation,
		v->require.tee_bound_key };
	struct trust_hash h;

	trust_hash_begin(&h, "tee-trust-recall-v1");
	trust_hash_add(&h, v->trust->plan, sizeof(v->trust->plan));
	trust_hash_add(&h, asked, sizeof(asked));
	trust_hash_add(&h, public_key, TEE_PUBLIC_KEY_SIZE);
	trust_hash_text(&h, did);
	if (trust_hash_end(&h, key) != 0)
		return TEE_E_CRYPTO;
	return trust_peer_digest(did, peer);
}

/*
 * Nothing depends on it: what is not remembered is verified again.  The last
 * evidence counts, and what was revoked since its verification began does
 * not.
 */
void
trust_remember(const struct trust_verify *v)
{
	const struct tee_claims *claims = v->out->claims;
	tee_instant end = v->now + RECALL_LIFETIME * TEE_SECOND;
	uint8_t key[32], peer[32];

	if (claims == NULL || v->require.fresh_evidence ||
	    recall_key(v, v->key, key, peer) != 0)
		return;
	if (claims->expires != 0 &&
	    (tee_instant)claims->expires * TEE_SECOND < end)
		end = (tee_instant)claims->expires * TEE_SECOND;
	trust_cache_put(v->trust->cache, key, peer, claims, end, v->now,
	    v->born);
}

static bool
recall(struct trust_verify *v)
{
	struct trust_cache *cache = v->trust->cache;
	uint8_t key[32], peer[32];

	if (v->peer->public_key == NULL)
		return trust_refuse(v, TRUST_PUBLIC_KEY_UNKNOWN, "");
	/* There is no challenge here that evidence could be bound to. */
	if (v->require.fresh_evidence)
		return trust_refuse(v, TRUST_NOT_CACHED, "");
	v->error = recall_key(v, v->peer->public_key, key, peer);
	if (v->error != 0)
		return false;
	switch (trust_cache_begin(cache, key, v->now, &v->out->claims)) {
	case TRUST_HIT:
		v->out->cached = true;
		return trust_verify_standing(v);
	case TRUST_MISS_YOURS:
		trust_cache_end(cache, key, peer, NULL, 0);
		break;
	case TRUST_FULL:
		break;
	}
	return trust_refuse(v, TRUST_NOT_CACHED, "");
}

int
tee_handshake_recall(struct tee_trust *trust, const struct tee_peer *peer,
    struct tee_handshake **out)
{
	struct trust_verify v;

	if (out == NULL)
		return TEE_E_ARGUMENT;
	*out = NULL;
	v.error = trust_verify_begin(&v, trust, peer);
	if (v.error == 0 && recall(&v))
		v.out->reason = TRUST_GRANTED;
	return trust_verify_end(&v, out);
}
