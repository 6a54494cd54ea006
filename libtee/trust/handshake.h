/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handshake: what one verification came to.  Refused until it was verified;
 * the reason is a constant word of the table in reason.c.
 */
#ifndef LIBTEE_TRUST_HANDSHAKE_H
#define LIBTEE_TRUST_HANDSHAKE_H

#include "libtee/trust/challenge.h"
#include "libtee/trust/response.h"
#include "libtee/trust/signature.h"
#include "libtee/trust/trust.h"

/* In the order in which they are looked for. */
enum trust_reason {
	TRUST_REFUSED = 0, /* nobody got as far as a reason */
	TRUST_RESPONSE_MALFORMED,
	TRUST_CHALLENGE_ID,
	TRUST_CHALLENGE_EXPIRED,
	TRUST_CHALLENGE_FUTURE,
	TRUST_AGENT_DID,
	TRUST_PUBLIC_KEY_UNKNOWN,
	TRUST_FRESHNESS_NONCE,
	TRUST_SIGNATURE,
	TRUST_PUBLIC_KEY,
	TRUST_EVIDENCE_MISSING,
	TRUST_ATTESTATION_INCOMPLETE,
	TRUST_NO_VERIFIER,
	TRUST_EVIDENCE_MALFORMED,
	TRUST_EVIDENCE_BINDING,
	TRUST_EVIDENCE_DID,
	TRUST_EVIDENCE_KEY,
	TRUST_EVIDENCE_CHALLENGE,
	TRUST_EVIDENCE_NONCE,
	TRUST_EVIDENCE_FUTURE,
	TRUST_EVIDENCE_STALE,
	TRUST_KEY_ORIGIN_MISMATCH,
	TRUST_ATTESTATION_SIGNATURE,
	TRUST_REPLAY,
	TRUST_REPLAY_MEMORY_FULL,
	TRUST_UNAVAILABLE,
	TRUST_EVIDENCE_REFUSED,
	TRUST_KEY_ORIGIN_UNESTABLISHED,
	TRUST_KEY_NOT_TEE_BOUND,
	TRUST_SCORE,
	TRUST_POLICY,
	TRUST_NOT_CACHED,
	TRUST_GRANTED = 0x4d
};
const char *trust_reason_word(enum trust_reason);
/* What it means, for people. */
const char *trust_reason_text(enum trust_reason);

struct tee_handshake {
	enum trust_reason reason;
	char detail[256]; /* printable; "" where the reason says it all */
	bool cached;
	bool scored;
	struct tee_claims *claims; /* of evidence that was judged, or NULL */
	struct tee_score score;
	char rule[128]; /* of the policy's decision; "" where none was asked */
	char used[512];
	char *did;
	size_t did_size;
	tee_instant started;
	tee_instant completed;
	uint64_t micros; /* by a clock that nobody sets */
};

/* What one verification has in its hands. */
struct trust_verify {
	struct tee_trust *trust;
	const struct tee_peer *peer;
	struct tee_trust_require require;
	tee_instant now;
	uint64_t born; /* the cache's clock when it began */
	struct trust_challenge challenge;
	struct trust_response response;
	uint8_t key[TEE_PUBLIC_KEY_SIZE]; /* the peer's, as the registry says */
	struct trust_signer signer;       /* often of both signatures */
	struct tee_handshake *out;
	int error; /* TEE_E_* that is no verdict: nothing is given out */
};

/* Records why not; false, so that a check can return it. */
bool trust_refuse(struct trust_verify *, enum trust_reason, const char *detail);

/* attested.c: the evidence inside the response, and the challenge used up. */
bool trust_verify_attestation(struct trust_verify *);
/* recall.c: what was verified is remembered for tee_handshake_recall. */
void trust_remember(const struct trust_verify *);
/* judge.c: score and policy, over claims that may be absent. */
bool trust_verify_standing(struct trust_verify *);
bool trust_context_fits(const char *context);

/*
 * handshake.c: what is asked, whatever v held before; then begins and ends a
 * verification; log line and times.
 */
int trust_verify_ask(struct trust_verify *, struct tee_trust *,
    const struct tee_peer *) TEE_MUST_USE;
int trust_verify_begin(struct trust_verify *) TEE_MUST_USE;
int trust_verify_end(struct trust_verify *, struct tee_handshake **out);

#endif
