/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recall: AgentMesh's handshake cache.  A peer that was verified with
 * evidence need not answer again until something of that ends: the claims'
 * own end, or 900 seconds.  Score and policy are asked anew each time.
 */
#include "config.h"

#include <string.h>

#include "libtee/trust/handshake.h"
#include "libtee/trust/hash.h"

#define RECALL_LIFETIME 900 /* seconds; AgentMesh's own */

static int
recall_key(const struct trust_verify *v, const uint8_t *public_key,
    uint8_t key[32])
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
	return trust_hash_end(&h, key);
}

/*
 * DID and key: where the one stands for many of the other, they do not all
 * lie at one spot.
 */
static uint64_t
spot_of(const struct trust_verify *v, const uint8_t *public_key)
{
	uint8_t name[TEE_PUBLIC_KEY_SIZE + TRUST_DID_MAX];

	memcpy(name, public_key, TEE_PUBLIC_KEY_SIZE);
	memcpy(name + TEE_PUBLIC_KEY_SIZE, v->peer->did, v->peer->did_size);
	return trust_cache_spot(v->trust->cache, name,
	    TEE_PUBLIC_KEY_SIZE + v->peer->did_size);
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
	const struct tee_bytes did = { v->peer->did, v->peer->did_size };
	uint8_t key[32], peer[32];
	uint64_t spot;

	if (claims == NULL || v->require.fresh_evidence ||
	    recall_key(v, v->key, key) != 0 ||
	    trust_peer_digest(did, peer) != 0)
		return;
	if (claims->expires != 0 &&
	    (tee_instant)claims->expires * TEE_SECOND < end)
		end = (tee_instant)claims->expires * TEE_SECOND;
	spot = spot_of(v, v->key);
	trust_cache_put_at(v->trust->cache, spot, key, peer, claims, end,
	    v->now, v->born);
}

static bool
look_up(struct trust_verify *v, uint64_t spot, const uint8_t key[32])
{
	struct trust_cache *cache = v->trust->cache;

	switch (
	    trust_cache_begin_at(cache, spot, key, v->now, &v->out->claims)) {
	case TRUST_HIT:
		v->out->cached = true;
		return trust_verify_standing(v);
	case TRUST_MISS_YOURS:
		trust_cache_end_at(cache, spot, key, NULL, NULL, 0);
		break;
	case TRUST_FULL:
		break;
	}
	return trust_refuse(v, TRUST_NOT_CACHED, "");
}

/* Memory answers twice, while the key and the rest are made ready. */
static bool
recall(struct trust_verify *v)
{
	struct trust_cache *cache = v->trust->cache;
	const uint8_t *public_key = v->peer->public_key;
	uint64_t spot = 0;
	uint8_t key[32];

	if (public_key != NULL) {
		spot = spot_of(v, public_key);
		trust_cache_expect(cache, spot);
		v->error = recall_key(v, public_key, key);
		trust_cache_expect_entry(cache, spot);
	}
	if (v->error == 0)
		v->error = trust_verify_begin(v);
	if (v->error != 0)
		return false;
	if (public_key == NULL)
		return trust_refuse(v, TRUST_PUBLIC_KEY_UNKNOWN, "");
	/* There is no challenge here that evidence could be bound to. */
	if (v->require.fresh_evidence)
		return trust_refuse(v, TRUST_NOT_CACHED, "");
	return look_up(v, spot, key);
}

int
tee_handshake_recall(struct tee_trust *trust, const struct tee_peer *peer,
    struct tee_handshake **out)
{
	struct trust_verify v;

	if (out == NULL)
		return TEE_E_ARGUMENT;
	*out = NULL;
	v.error = trust_verify_ask(&v, trust, peer);
	if (v.error == 0 && recall(&v))
		v.out->reason = TRUST_GRANTED;
	return trust_verify_end(&v, out);
}
