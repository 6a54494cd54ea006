/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy: AgentMesh's trust-policy documents, compiled: rules in the order in
 * which they are asked, each field once, however many rules look at it.
 */
#ifndef LIBTEE_TRUST_POLICY_H
#define LIBTEE_TRUST_POLICY_H

#include <tee/trust.h>

#include "libtee/trust/condition.h"

#define TEE_POLICY_SIZE_MAX (1024 * 1024) /* bytes of a document */
#define TEE_CONTEXT_SIZE_MAX (64 * 1024)
#define TEE_POLICY_DOCUMENTS_MAX 64
#define TEE_POLICY_RULES_MAX 4096
#define TEE_POLICY_NAME_MAX 127

/* What the defaults look at comes first among a policy's fields. */
enum tee_policy_field {
	TEE_FIELD_SCORE = 0,
	TEE_FIELD_DEPTH,
	TEE_FIELD_AGENT,
	TEE_FIELD_AGENT_NAMESPACE, /* agent.namespace */
	TEE_FIELD_NAMESPACE, /* agent_namespace, where there is no agent */
	TEE_FIELD_DEFAULTS
};

struct tee_rule {
	const char *name;
	const char *description; /* NULL: none */
	const char *document;    /* its name */
	enum tee_policy_action action;
	int64_t priority;
	size_t order; /* of adding: decides between equal priorities */
	size_t field; /* of the policy's */
	struct tee_condition condition;
};

/* What the first document asks where no rule decided. */
struct tee_policy_defaults {
	int64_t min_trust_score;
	int64_t max_delegation_depth;
	const json_t *namespaces; /* NULL: any */
};

struct tee_document {
	json_t *json; /* owns every text of its rules */
	const char *name;
	struct tee_policy_defaults defaults;
};

struct tee_policy {
	struct tee_document documents[TEE_POLICY_DOCUMENTS_MAX];
	size_t document_count;
	struct tee_rule *rules; /* by priority, then by order of adding */
	size_t rule_count;
	struct tee_field *fields;
	size_t field_count;
};

/* Takes over `json`, also where it fails. */
int tee_policy_add(struct tee_policy *, json_t *json, char *why);
/*
 * Reads one document into the policy, its rules unsorted behind the others;
 * what was added stays on failure, for the caller to take back.
 */
int tee_policy_read(struct tee_policy *, struct tee_document *, char *why);
/* The field's place among the policy's; what is wrong, "" for no memory. */
const char *tee_policy_field_add(struct tee_policy *, const char *path,
    size_t *out);
void tee_policy_clear_rules(struct tee_policy *, size_t from);
/* tee_policy_decide over a context that was parsed already; NULL: {}. */
int tee_policy_judge(const struct tee_policy *, const struct tee_claims *,
    const json_t *context, struct tee_decision *out) TEE_MUST_USE;

#endif
