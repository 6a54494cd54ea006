/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packed: granted claims in a few hundred bytes.  Only a grant can be packed,
 * so that whatever is unpacked is one; the check report is folded into one
 * check "cache.report".  Packed bytes may have come from another host:
 * unpacking takes what packing writes, and nothing else.
 */
#ifndef LIBTEE_TRUST_PACKED_H
#define LIBTEE_TRUST_PACKED_H

#include "libtee/claims.h"

#define TRUST_PACKED_MAX 408

/* Bytes used; 0 where the claims are no grant or need more room. */
size_t trust_pack(const struct tee_claims *,
    uint8_t out[TRUST_PACKED_MAX]) TEE_MUST_USE;
/*
 * Fills `empty`, which is fresh from tee_claims_new (or NULL, where that
 * failed), and gives it back; where the bytes are not packed claims, or
 * memory is short, it is freed, and the answer is NULL.
 */
struct tee_claims *trust_unpack(struct tee_claims *empty, const uint8_t *packed,
    size_t size) TEE_MUST_USE;

#endif
