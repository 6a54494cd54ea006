/* SPDX-License-Identifier: Apache-2.0 */
/* reason: the stable words with which a handshake is refused. */
#include "config.h"

#include "libtee/trust/handshake.h"

static const struct {
	const char *word;
	const char *text;
} reasons[] = {
	[TRUST_REFUSED] = { "refused", "it was not verified to its end" },
	[TRUST_RESPONSE_MALFORMED] = { "response_malformed",
	    "the response is none that AgentMesh defines" },
	[TRUST_CHALLENGE_ID] = { "challenge_id",
	    "the response answers another challenge" },
	[TRUST_CHALLENGE_EXPIRED] = { "challenge_expired",
	    "the challenge is over" },
	[TRUST_CHALLENGE_FUTURE] = { "challenge_future",
	    "the challenge is ahead of this clock" },
	[TRUST_AGENT_DID] = { "agent_did", "the response is another DID's" },
	[TRUST_PUBLIC_KEY_UNKNOWN] = { "public_key_unknown",
	    "no key is known of this peer, and its DID certifies none" },
	[TRUST_FRESHNESS_NONCE] = { "freshness_nonce",
	    "the freshness nonce is not the challenge's" },
	[TRUST_SIGNATURE] = { "signature", "the peer's key did not sign this" },
	[TRUST_PUBLIC_KEY] = { "public_key",
	    "the response names another key than the peer's" },
	[TRUST_EVIDENCE_MISSING] = { "evidence_missing",
	    "evidence is required, and there is none" },
	[TRUST_ATTESTATION_INCOMPLETE] = { "attestation_incomplete",
	    "evidence, its signature, key and origin go together" },
	[TRUST_NO_VERIFIER] = { "no_verifier",
	    "the profile has no verifier to judge the evidence" },
	[TRUST_EVIDENCE_MALFORMED] = { "evidence_malformed",
	    "the evidence is none that AgentMesh defines" },
	[TRUST_EVIDENCE_BINDING] = { "evidence_binding",
	    "the evidence's binding is not made of what it says" },
	[TRUST_EVIDENCE_DID] = { "evidence_did",
	    "the evidence is bound to another DID" },
	[TRUST_EVIDENCE_KEY] = { "evidence_key",
	    "the evidence is bound to another key" },
	[TRUST_EVIDENCE_CHALLENGE] = { "evidence_challenge",
	    "the evidence is bound to another challenge" },
	[TRUST_EVIDENCE_NONCE] = { "evidence_nonce",
	    "the evidence is bound to another nonce" },
	[TRUST_EVIDENCE_FUTURE] = { "evidence_future",
	    "the evidence is ahead of this clock" },
	[TRUST_EVIDENCE_STALE] = { "evidence_stale",
	    "the evidence has expired or is older than the profile allows" },
	[TRUST_KEY_ORIGIN_MISMATCH] = { "key_origin_mismatch",
	    "evidence and response name different origins of the key" },
	[TRUST_ATTESTATION_SIGNATURE] = { "attestation_signature",
	    "the attested key did not sign this for this verifier" },
	[TRUST_REPLAY] = { "replay", "the challenge was answered before" },
	[TRUST_REPLAY_MEMORY_FULL] = { "replay_full",
	    "no room to remember one more challenge; try again shortly" },
	[TRUST_UNAVAILABLE] = { "unavailable",
	    "a verifier could not be asked" },
	[TRUST_EVIDENCE_REFUSED] = { "evidence_refused",
	    "the verifiers or the floor refused the evidence" },
	[TRUST_KEY_ORIGIN_UNESTABLISHED] = { "key_origin_unestablished",
	    "no verifier established the origin that the key is said to have" },
	[TRUST_KEY_NOT_TEE_BOUND] = { "key_not_tee_bound",
	    "a key bound to a TEE is required" },
	[TRUST_SCORE] = { "trust_score",
	    "the effective trust score is below what is required" },
	[TRUST_POLICY] = { "policy", "the trust policy does not allow it" },
	[TRUST_NOT_CACHED] = { "not_cached",
	    "nothing verified is remembered of this peer" },
};

static size_t
place(enum trust_reason reason)
{
	return (size_t)reason < sizeof(reasons) / sizeof(reasons[0]) ?
	    (size_t)reason :
	    TRUST_REFUSED;
}

const char *
trust_reason_word(enum trust_reason reason)
{
	return reason == TRUST_GRANTED ? "" : reasons[place(reason)].word;
}

const char *
trust_reason_text(enum trust_reason reason)
{
	return reason == TRUST_GRANTED ? "" : reasons[place(reason)].text;
}
