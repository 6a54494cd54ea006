/* SPDX-License-Identifier: Apache-2.0 */
/*
 * startup: the evidence inside a response, in the shapes that it may have.
 *
 *   per challenge  ADR 0010's binding over this handshake's own challenge
 *   acquired       the same over the challenge of tee_acquire: it speaks for
 *                  the key, the layer 2 signature for this handshake
 *   startup        challenge_id and nonce null; binding_hash is SHA-256(
 *                  "agentmesh-attest-v1-startup" || u16be(len(did)) || did
 *                  || SHA-256(key)), upstream's proposal
 *
 * No DID that is taken is long enough to let one binding pass for the other:
 * "-s", read as a length, is 11635.
 */
#ifndef LIBTEE_TRUST_STARTUP_H
#define LIBTEE_TRUST_STARTUP_H

#include <jansson.h>

#include "libtee/evidence.h"

int trust_startup_binding(struct tee_bytes did, const uint8_t key_hash[32],
    uint8_t out[TEE_BINDING_SIZE]) TEE_MUST_USE;

/*
 * Every binding is recomputed: TEE_E_BINDING where it is another one,
 * TEE_E_EVIDENCE where the text does not fit.  A startup's challenge is
 * absent in *out.
 */
int trust_evidence_read(const json_t *root,
    struct tee_evidence **out) TEE_MUST_USE;
bool trust_evidence_is_startup(const struct tee_evidence *);

#endif
