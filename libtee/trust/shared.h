/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shared: what other verifiers of the fleet granted, kept in a cache module
 * under a MAC.  It may be slow, away, or somebody else's: nothing waits for
 * it with a lock held, and what it gives is unpacked as bytes from outside.
 */
#ifndef LIBTEE_TRUST_SHARED_H
#define LIBTEE_TRUST_SHARED_H

#include "libtee/clock.h"

struct trust_shared; /* MACed entries in a cache module */

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

#endif
