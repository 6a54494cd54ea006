/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tee/trust.h: what a relying party calls beside tee.h: AgentMesh's trust
 * policy, its scores and its handshake with attestation.  Messages are JSON in
 * memory; how they travel is the caller's.  Same rules as tee.h: opaque
 * handles, 0 or TEE_E_*, any thread until freed.  Everything refuses by
 * default, and requirements only tighten.
 */
#ifndef TEE_TRUST_H
#define TEE_TRUST_H

#include <tee/tee.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- policy: AgentMesh's trust-policy documents ---------------------- */

struct tee_policy; /* documents in the order they were added; then constant */

enum tee_policy_action {
	TEE_POLICY_DENY = 0,
	TEE_POLICY_REQUIRE_APPROVAL, /* no grant either */
	TEE_POLICY_WARN,             /* no grant either */
	TEE_POLICY_ALLOW = 0x2d
};

struct tee_decision {
	enum tee_policy_action action; /* a grant is TEE_POLICY_ALLOW alone */
	char rule[128];                /* "" where no rule decided */
	char reason[256];              /* one line of printable ASCII */
	char used[512]; /* "key_origin=skr tcb_status=(absent)"; the decider
			 * first, "..." where there was no room */
};

/*
 * A document is taken whole or not at all; what is wrong and where goes into
 * *why (may be NULL).  Unknown and repeated keys, operators, actions and
 * patterns that cannot be matched refuse it.  Errors: ARGUMENT (a pointer),
 * PROFILE (the document), MEMORY.  Not while another thread decides.
 */
#define TEE_POLICY_WHY 256
TEE_EXPORT int tee_policy_new(struct tee_policy **out) TEE_MUST_USE;
TEE_EXPORT int tee_policy_add_json(struct tee_policy *, const char *json,
    size_t size, char why[TEE_POLICY_WHY]) TEE_MUST_USE;
TEE_EXPORT void tee_policy_free(struct tee_policy **);

/*
 * `context` is a JSON object of what the application itself knows
 * (trust_score, delegation_depth, agent.namespace, ...); NULL: {}.  The four
 * attributes of the environment (key_origin, key_bound_to_tee,
 * confidential_level, tcb_status) come from `claims` alone, whatever the
 * context says; claims that are NULL or not "ok" leave them absent, and a
 * rule over an absent one denies.  Lowest priority number first; the first
 * match decides, else the first document's defaults; no document: deny.
 * 0 with a decision, or ARGUMENT (the context, too), MEMORY with a deny.
 */
TEE_EXPORT int tee_policy_decide(const struct tee_policy *,
    const struct tee_claims *claims, const char *context, size_t size,
    struct tee_decision *out) TEE_MUST_USE;
TEE_EXPORT const char *tee_policy_action_word(enum tee_policy_action);
/*
 * Where a result can differ from AgentMesh's own evaluator, as a JSON array
 * of {policy, rule, field, difference, upstream, here}; *json is free(3)d.
 */
TEE_EXPORT int tee_policy_differences(const struct tee_policy *,
    char **json) TEE_MUST_USE;

/* ---- score: beside AgentMesh's, never inside ------------------------- */

struct tee_score_rules {
	size_t size; /* sizeof(struct tee_score_rules) */
	/* Added for each, -1000 to 1000: a penalty is negative. */
	int level[5];  /* by enum tee_confidential_level */
	int origin[3]; /* by enum tee_key_origin */
	int tcb[3];    /* by enum tee_tcb_status */
	/* Penalties alone, -1000 to 0. */
	int debug; /* where debug is not known to be off */
	int simulated;
};

struct tee_score {
	int base;        /* as given, 0 to 1000: AgentMesh's own */
	int environment; /* the sum of the five below */
	int level, origin, tcb, debug, simulated;
	int ceiling;   /* as given, 0 to 1000 */
	int effective; /* base + environment, at least 0, at most ceiling */
};

/* No bonus, no penalty; a member changed is a rule given. */
TEE_EXPORT void tee_score_rules_init(struct tee_score_rules *);
/*
 * rules NULL: none.  Claims that are NULL or not "ok" count as the least
 * trusting.  ARGUMENT, with all of *out 0, where a number is out of range.
 */
TEE_EXPORT int tee_score_environment(const struct tee_score_rules *,
    const struct tee_claims *, int base, int ceiling,
    struct tee_score *out) TEE_MUST_USE;
/*
 * AgentMesh's risk score (higher is safer) of four components, each taken
 * within 0 to 100, and its level: "minimal", "low", "medium", "high",
 * "critical".  The words of a trust score: its tier ("verified_partner",
 * "trusted", "standard", "probationary", "untrusted") and a handshake's
 * trust_level, which has no "probationary" and starts "standard" at 400.
 */
TEE_EXPORT int tee_score_risk(int identity, int behavior, int network,
    int compliance, const char **level);
TEE_EXPORT const char *tee_score_tier(int score);
TEE_EXPORT const char *tee_score_trust_level(int score);

/* ---- handshake: AgentMesh's, with attestation ------------------------ */

struct tee_trust;     /* a relying party: profile, policy, cache, memory */
struct tee_handshake; /* what one verification came to */

/* What may only be added to; each given here or for one call holds. */
struct tee_trust_require {
	bool attestation;    /* a profile of assurance "tee" asks it, too */
	bool tee_bound_key;  /* implies attestation */
	bool fresh_evidence; /* bound to this very challenge; likewise */
};

struct tee_trust_options {
	size_t size;     /* sizeof(struct tee_trust_options) */
	const char *did; /* the verifier's own; the second layer binds it */
	size_t did_size;
	struct tee_trust_require require;
	int required_score;              /* 0 to 1000, of the effective score */
	const struct tee_policy *policy; /* NULL: none; borrowed */
	const struct tee_score_rules *rules; /* NULL: none; copied */
	size_t cache_entries;                /* 0: 10000 */
	size_t replay_entries;               /* 0: 100000 */
	/* Where the profile has a cache: what its entries' MACs follow from,
	 * a key of the verifier's own that all of its fleet are released. */
	const struct tee_key *key;
};

/* The verifiers and the floor are the profile's; `tee` is borrowed. */
TEE_EXPORT int tee_trust_open(struct tee *tee, const struct tee_trust_options *,
    struct tee_trust **out) TEE_MUST_USE;
TEE_EXPORT void tee_trust_close(struct tee_trust **);
/* Forget what was verified of this peer (it was revoked); NULL: of all. */
TEE_EXPORT void tee_trust_forget(struct tee_trust *, const char *did,
    size_t size);

/*
 * HandshakeChallenge, good for 30 seconds; *json is free(3)d.  The caller
 * keeps it: what a peer sends back as its challenge proves nothing.
 */
TEE_EXPORT int tee_handshake_challenge(bool freshness,
    char **json) TEE_MUST_USE;

struct tee_response_options {
	size_t size;              /* sizeof(struct tee_response_options) */
	const char *capabilities; /* JSON array of strings; NULL: [] */
	const char *verifier_did; /* NULL: no second layer, no evidence */
	size_t verifier_did_size;
	/* Evidence of tee_acquire or tee_renew, so that only signatures stand
	 * on the path; else evidence is collected for this challenge. */
	bool startup_evidence;
};
/* HandshakeResponse, signed by the key; *json is free(3)d. */
TEE_EXPORT int tee_handshake_respond(struct tee *, const struct tee_key *,
    const char *challenge, size_t size, const struct tee_response_options *,
    char **json) TEE_MUST_USE;

/* What the verifier's registry says of the peer, never the peer itself. */
struct tee_peer {
	size_t size; /* sizeof(struct tee_peer) */
	const char *did;
	size_t did_size;
	const uint8_t *public_key; /* NULL: its DID must certify its key */
	int trust_score;
	int trust_ceiling;   /* 1000: none */
	const char *context; /* JSON object for the policy; NULL: {} */
	struct tee_trust_require require;
	time_t at; /* 0: now */
};
/*
 * 0, DENIED with a reason, or UNAVAILABLE where a verifier could not be
 * asked: *out is given with these three.  A challenge is used once; only
 * where nobody could be asked may the same answer be presented again.
 */
TEE_EXPORT int tee_handshake_verify(struct tee_trust *, const char *challenge,
    size_t challenge_size, const char *response, size_t response_size,
    const struct tee_peer *, struct tee_handshake **out) TEE_MUST_USE;
/*
 * The same without a message: this peer and key were verified with evidence
 * under these requirements, and what that rested on has not ended.  Not that
 * whoever is on the line is this peer.  DENIED "not_cached" otherwise.
 */
TEE_EXPORT int tee_handshake_recall(struct tee_trust *, const struct tee_peer *,
    struct tee_handshake **out) TEE_MUST_USE;

/* Of NULL: not verified, "refused", not cached, no claims, no score. */
TEE_EXPORT bool tee_handshake_verified(const struct tee_handshake *);
/* A stable word of tee_handshake_verify(3); "" where it was verified. */
TEE_EXPORT const char *tee_handshake_reason(const struct tee_handshake *);
TEE_EXPORT bool tee_handshake_cached(const struct tee_handshake *);
/* Borrowed; NULL unless it was verified, with evidence. */
TEE_EXPORT const struct tee_claims *tee_handshake_claims(
    const struct tee_handshake *);
TEE_EXPORT const struct tee_score *tee_handshake_score(
    const struct tee_handshake *);
/* HandshakeResult with attestation; *json is free(3)d. */
TEE_EXPORT int tee_handshake_to_json(const struct tee_handshake *,
    char **json) TEE_MUST_USE;
TEE_EXPORT void tee_handshake_free(struct tee_handshake **);

#ifdef __cplusplus
}
#endif

#endif
