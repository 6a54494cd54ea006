/* SPDX-License-Identifier: Apache-2.0 */
/*
 * did: who an agent says it is.  AgentMesh's parts disagree about the form;
 * all are taken, compared byte by byte, never normalised.
 *
 *   did:mesh:<hex>                        identity spec, registry, Python
 *   did:mesh:<uuid>                       services/api
 *   did:agentmesh:<base58>                wire spec
 *   did:agentmesh:<agent id>[:<16 hex>]   Rust, Go; TypeScript
 *   did:mcp:..., did:web:...              .NET; ADR 0007
 *
 * Two of them name the key that they belong to: the registry's, and the wire
 * spec's.  The 64 bits of TypeScript's form are too few to stand for a key.
 */
#ifndef LIBTEE_TRUST_DID_H
#define LIBTEE_TRUST_DID_H

#include <stdbool.h>

#include "libtee/binding.h"

#define TRUST_DID_MAX 1024 /* bytes */
#define TRUST_DID_REGISTRY 42

/* "did:", a method of [a-z0-9], ":", printable UTF-8 without white space. */
bool trust_did_valid(struct tee_bytes);
/* did:mesh:<first 32 hex of SHA-256(key)>, with its NUL. */
int trust_did_derive(const uint8_t key[TEE_PUBLIC_KEY_SIZE],
    char out[TRUST_DID_REGISTRY]) TEE_MUST_USE;
/* The DID is made from this key and can be no other's. */
bool trust_did_certifies(struct tee_bytes did,
    const uint8_t key[TEE_PUBLIC_KEY_SIZE]);
bool trust_same(struct tee_bytes, struct tee_bytes);

#endif
