/* SPDX-License-Identifier: Apache-2.0 */
/*
 * response: AgentMesh's HandshakeResponse, and the two texts that are signed
 * in it.
 *
 *   identity   {challenge_id}:{nonce}:{response_nonce}:{agent_did}
 *              and, where the challenge has one, :{freshness_nonce}
 *   layer 2    SHA-256("agentmesh-layer2-v1" || lp(agent_did)
 *              || lp(verifier_did) || lp(challenge_id) || lp(nonce)
 *              || SHA-256(canonical evidence) || SHA-256(attestation key)
 *              || lp(key_origin)), lp being u16be(length) and the bytes
 *
 * Capabilities, trust_score, user_context and timestamp are signed by nobody:
 * they are checked for their shape and then not looked at.
 */
#ifndef LIBTEE_TRUST_RESPONSE_H
#define LIBTEE_TRUST_RESPONSE_H

#include <stdbool.h>
#include <jansson.h>

#include "libtee/trust/challenge.h"
#include "libtee/trust/did.h"

#define TRUST_RESPONSE_MAX (8 * 1024 * 1024) /* bytes of JSON */
#define TRUST_RESPONSE_NONCE 32
#define TRUST_MESSAGE_MAX (256 + TRUST_DID_MAX)

struct trust_response {
	json_t *root; /* owns what the pointers below point to */
	const char *challenge_id;
	size_t challenge_id_size;
	char nonce[TRUST_RESPONSE_NONCE + 1];
	struct tee_bytes did; /* any bytes, until it is the peer's */
	char freshness[TRUST_FRESHNESS + 1]; /* "": none */
	uint8_t signature[TEE_SIGNATURE_SIZE];
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
	/* Attestation; each absent or null. */
	const json_t *evidence;
	bool has_attested_signature;
	bool has_attested_key;
	bool has_attested_origin;
	uint8_t attested_signature[TEE_SIGNATURE_SIZE];
	uint8_t attested_key[TEE_PUBLIC_KEY_SIZE];
	enum tee_key_origin attested_origin;
};

/* NULL, or which member is wrong.  trust_response_clear fits both. */
const char *trust_response_read(const char *json, size_t size,
    struct trust_response *) TEE_MUST_USE;
void trust_response_clear(struct trust_response *);

/* Writes the identity text; its length. */
size_t trust_response_message(const struct trust_challenge *,
    const char response_nonce[TRUST_RESPONSE_NONCE + 1], struct tee_bytes did,
    char out[TRUST_MESSAGE_MAX]);

struct trust_layer2 {
	struct tee_bytes agent;
	struct tee_bytes verifier;
	const struct trust_challenge *challenge;
	const uint8_t *evidence; /* SHA-256 of its canonical text */
	const uint8_t *key;      /* the attestation key, 32 bytes */
	enum tee_key_origin origin;
};
/* What is signed the SHA-256 of; its length, 0 where it does not fit. */
#define TRUST_LAYER2_MAX (256 + 2 * TRUST_DID_MAX)
size_t trust_layer2_preimage(const struct trust_layer2 *,
    uint8_t out[TRUST_LAYER2_MAX]) TEE_MUST_USE;
int trust_layer2_digest(const struct trust_layer2 *,
    uint8_t out[32]) TEE_MUST_USE;

#endif
