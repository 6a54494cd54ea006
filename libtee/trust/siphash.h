/* SPDX-License-Identifier: Apache-2.0 */
/*
 * siphash: SipHash-2-4 (Aumasson and Bernstein, 2012).
 * Keys of caches are digests, and anybody can search for digests that begin
 * alike; under a random salt nobody can choose which of them share a chain.
 */
#ifndef LIBTEE_TRUST_SIPHASH_H
#define LIBTEE_TRUST_SIPHASH_H

#include <stdint.h>
#include <tee/types.h>

struct trust_salt {
	uint64_t k[2];
};

/* 0, or TEE_E_SYSTEM where the kernel gives no randomness. */
int trust_salt_draw(struct trust_salt *) TEE_MUST_USE;
uint64_t trust_siphash(const struct trust_salt *, const uint8_t id[32]);
uint64_t trust_siphash_bytes(const struct trust_salt *, const void *data,
    size_t size);

#endif
