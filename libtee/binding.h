/* SPDX-License-Identifier: Apache-2.0 */
/*
 * binding: the canonical report-data hash of ADR 0010,
 *   SHA-256("agentmesh-attest-v1" || u16be(len(did)) || did
 *           || u16be(len(challenge_id)) || challenge_id || nonce
 *           || SHA-256(public key))
 * computed by the core alone.  The DID is hashed byte for byte.
 */
#ifndef LIBTEE_BINDING_H
#define LIBTEE_BINDING_H

#include <tee/tee.h>

struct tee_bytes {
	const char *data;
	size_t size;
};

int tee_binding_compute(struct tee_bytes did, struct tee_bytes challenge_id,
    struct tee_bytes nonce, const uint8_t key_hash[32],
    uint8_t out[TEE_BINDING_SIZE]) TEE_MUST_USE;
int tee_binding_key_hash(const uint8_t public_key[TEE_PUBLIC_KEY_SIZE],
    uint8_t out[32]) TEE_MUST_USE;

#endif
