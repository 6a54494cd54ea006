/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tee/trust.h: what a relying party calls beside tee.h: AgentMesh's trust
 * policy and its scores.  Same rules as tee.h: opaque handles, 0 or TEE_E_*,
 * any thread until freed.  Everything refuses by default.
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

#ifdef __cplusplus
}
#endif

#endif
