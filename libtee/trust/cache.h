/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cache: verdicts that were granted, so that a peer seen before costs less
 * than a microsecond.  Only grants are kept; whatever the cache cannot answer
 * is verified.  Its key is a SHA-256 over everything that a verdict depends
 * on: peer DID, public key, requirements, verifier-plan digest, reference-
 * value digest, evidence digest.
 *
 * An entry ends with the shortest lifetime, when its peer is forgotten, or
 * when room is needed.  Claims are kept packed (packed.h); what a hit gives
 * is the caller's own, the check report folded into one check "cache.report".
 * Any thread; no lock is held while somebody verifies.
 */
#ifndef LIBTEE_TRUST_CACHE_H
#define LIBTEE_TRUST_CACHE_H

#include "libtee/claims.h"
#include "libtee/clock.h"

struct trust_cache;
struct trust_shared;

enum trust_lookup {
	TRUST_MISS_YOURS = 0, /* verify, then trust_cache_end exactly once */
	TRUST_HIT,            /* *claims are yours to free */
	TRUST_FULL            /* verify, without trust_cache_end */
};

/*
 * 0, TEE_E_ARGUMENT, TEE_E_MEMORY or TEE_E_SYSTEM.  Memory is bounded and
 * touched as it is used: at most 512 bytes an entry where there are many.
 */
int trust_cache_new(size_t entries, struct trust_cache **out) TEE_MUST_USE;
void trust_cache_free(struct trust_cache **);

/*
 * Where to look, for who knows whom he asks for before he knows the key: two
 * steps of a hint, so that memory answers while the key is computed.  A key
 * that was kept at a spot is found at that spot alone.
 */
uint64_t trust_cache_spot(const struct trust_cache *, const void *name,
    size_t size);
void trust_cache_expect(const struct trust_cache *, uint64_t spot);
void trust_cache_expect_entry(const struct trust_cache *, uint64_t spot);

/*
 * Waits, up to ten seconds, for another thread that verifies the same key;
 * where that one fails, one of those who wait gets TRUST_MISS_YOURS.
 */
enum trust_lookup trust_cache_begin(struct trust_cache *, const uint8_t key[32],
    tee_instant now, struct tee_claims **claims) TEE_MUST_USE;
/*
 * The claims, NULL or no grant where the verification failed, stay the
 * caller's.  `peer`: SHA-256 of the peer's DID, or any 32 bytes that name it
 * to trust_cache_forget, where there are claims.  Not kept beyond `expires`
 * or what claims say.
 */
void trust_cache_end(struct trust_cache *, const uint8_t key[32],
    const uint8_t peer[32], const struct tee_claims *claims,
    tee_instant expires);
/* The same two, at a spot. */
enum trust_lookup trust_cache_begin_at(struct trust_cache *, uint64_t spot,
    const uint8_t key[32], tee_instant now,
    struct tee_claims **claims) TEE_MUST_USE;
void trust_cache_end_at(struct trust_cache *, uint64_t spot,
    const uint8_t key[32], const uint8_t peer[32],
    const struct tee_claims *claims, tee_instant expires);
/*
 * The same for who verified without trust_cache_begin, and in place of what
 * there was under this key: the last verdict counts.  `born` is what
 * trust_cache_clock said, and `now` the time, when that began.
 */
void trust_cache_put_at(struct trust_cache *, uint64_t spot,
    const uint8_t key[32], const uint8_t peer[32],
    const struct tee_claims *claims, tee_instant expires, tee_instant now,
    uint64_t born);
uint64_t trust_cache_clock(const struct trust_cache *);
/*
 * Nothing that was verified, or began to be, before this call is a hit after
 * it; NULL: of any peer.  A verification's peer must have lost what it had
 * (registry, policy) before.
 */
void trust_cache_forget(struct trust_cache *, const uint8_t *peer);

/* Another bound than ten seconds; before any lookup. */
void trust_cache_patience(struct trust_cache *, unsigned milliseconds);
/* A cache of the fleet behind this one (shared.h); before any lookup. */
void trust_cache_share(struct trust_cache *, struct trust_shared *);

#endif
