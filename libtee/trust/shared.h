/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shared: what other verifiers of the fleet granted, kept in a cache module
 * under a MAC.  It may be slow, away, or somebody else's: nothing waits for
 * it with a lock held, and what it gives is unpacked as bytes from outside.
 *
 *	0    version 1
 *	1    the cache's key (32), the peer (32)
 *	65   the entry's end (8), size of what follows (2), packed claims
 *	end  HMAC-SHA256 over all of it (32)
 *
 * The MAC key follows from the key that the profile's keystores release to
 * every verifier of the fleet, and from the profile: others can write what
 * they like, and cannot have it believed.  When that key has ended the cache
 * is neither asked nor told anything more.
 */
#ifndef LIBTEE_TRUST_SHARED_H
#define LIBTEE_TRUST_SHARED_H

#include <tee/tee.h>

#include "libtee/clock.h"

struct trust_shared;

/* The cache's line of the profile, and the key that MACs follow from. */
int trust_shared_new(const struct tee *, const struct tee_key *,
    struct trust_shared **out) TEE_MUST_USE;
void trust_shared_free(struct trust_shared **);

/*
 * *size: room, then what was used.  False: nothing that may be believed.
 * Any thread.
 */
bool trust_shared_get(struct trust_shared *, const uint8_t key[32],
    tee_instant now, uint8_t *packed, size_t *size, uint8_t peer[32],
    tee_instant *expires);
void trust_shared_put(struct trust_shared *, const uint8_t key[32],
    const uint8_t peer[32], const uint8_t *packed, size_t size,
    tee_instant expires);

#define TRUST_SHARED_MAX 1024
/* An entry both ways; its size, or false: not one under this MAC key. */
size_t trust_entry_seal(const uint8_t mac_key[32], const uint8_t key[32],
    const uint8_t peer[32], const uint8_t *packed, size_t size,
    tee_instant expires, uint8_t out[TRUST_SHARED_MAX]) TEE_MUST_USE;
bool trust_entry_open(const uint8_t mac_key[32], const uint8_t key[32],
    const uint8_t *entry, size_t entry_size, uint8_t *packed, size_t *size,
    uint8_t peer[32], tee_instant *expires) TEE_MUST_USE;

#endif
