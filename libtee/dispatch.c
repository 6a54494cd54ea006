/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dispatch: one stack of one transaction.  Gives each line its call, folds
 * what the stage makes of the answers, and leaves one log line per run.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "libtee/transaction.h"

/* One stage of this transaction: which stack, which entry point. */
struct step {
	struct tee_transaction *t;
	const struct tee_stack *stack;
	bool release; /* keystores: release rather than prepare */
};

struct private_call {
	struct tee_call *call;
	enum tee_verdict (*entry)(struct tee_call *, void *);
	void *state;
	enum tee_verdict verdict;
};

static void
run_private(void *arg)
{
	struct private_call *p = arg;

	p->verdict = tee_call_run(p->call, p->entry, p->state);
}

/* Keystores run on a locked stack that is wiped behind them. */
static enum tee_verdict
run_keystore(struct tee_transaction *t, struct tee_call *call,
    enum tee_verdict (*entry)(struct tee_call *, void *), void *state)
{
	struct private_call p = { call, entry, state, TEE_DENY };
	struct tee_stack_memory *stack = tee_transaction_stack(t);

	if (stack == NULL) {
		tee_call_log(call, LOG_ERR, "memory", "%s",
		    tee_explain(TEE_E_MEMORY));
		return TEE_UNAVAILABLE;
	}
	tee_stack_visit(stack, run_private, &p);
	return p.verdict;
}

static enum tee_verdict
run_entry(struct step *s, const struct tee_line *line, struct tee_call *call)
{
	const struct tee_module *m = line->loaded.module;

	switch (line->facility) {
	case TEE_COLLECTOR:
		return tee_call_run(call, m->collect, line->state);
	case TEE_VERIFIER:
		return tee_call_run(call, m->verify, line->state);
	case TEE_KEYSTORE:
		return run_keystore(s->t, call,
		    s->release ? m->release : m->prepare, line->state);
	case TEE_CACHE:
		break; /* no stack has one */
	}
	return TEE_DENY;
}

/* No module can vouch above its ceiling: a local one for no TEE at all. */
static void
apply_ceiling(const struct tee_line *line, struct tee_claims *claims)
{
	if (line->loaded.module->ceiling == TEE_ORIGIN_LOCAL &&
	    claims->level > TEE_LEVEL_STANDARD)
		claims->level = TEE_LEVEL_STANDARD;
}

static void
log_run(struct step *s, const struct tee_line *line,
    const struct tee_rule *rule, struct tee_call *call,
    enum tee_verdict verdict, uint64_t started)
{
	struct tee_transaction *t = s->t;

	tee_log_line(&t->tee->log, verdict == TEE_OK ? LOG_INFO : LOG_WARNING,
	    "tee txn=%s profile=%s facility=%s line=%u control=%s module=%s "
	    "verdict=%s ms=%llu%s%s%s%s%s",
	    t->id, t->tee->name, tee_facility_word(line->facility),
	    line->source_line, tee_control_word(rule->control),
	    line->loaded.module->name, tee_verdict_word(verdict),
	    (unsigned long long)(tee_clock_monotonic_ms() - started),
	    call->reason[0] ? " reason=" : "", call->reason,
	    call->detail[0] ? " detail=\"" : "", call->detail,
	    call->detail[0] ? "\"" : "");
	if (verdict != TEE_OK && rule->control != TEE_ADVISORY) {
		snprintf(t->reason, sizeof(t->reason), "%s",
		    call->reason[0] ? call->reason : tee_verdict_word(verdict));
		snprintf(t->detail, sizeof(t->detail), "%s", call->detail);
	}
}

/* What prepare() may know of it: "auto" waits for the key. */
static void
know_did(const struct tee_transaction *t, struct tee_call *call)
{
	bool known = strcmp(t->tee->did, "auto") != 0;

	call->did = known ? t->tee->did : NULL;
	call->did_size = known ? strlen(t->tee->did) : 0;
}

/* A fallback is local; released is only what was prepared. */
static bool
may_ask(struct step *s, size_t index, struct tee_call *call)
{
	struct tee_transaction *t = s->t;

	if (t->local_only &&
	    s->stack->line[index].loaded.module->ceiling != TEE_ORIGIN_LOCAL)
		return false;
	if (s->release && !t->slots[index].has_public_key)
		return false;
	/* Before the binding exists nobody is handed 32 zero bytes. */
	if (!s->release) {
		call->binding = NULL;
		know_did(t, call);
	}
	call->slot = &t->slots[index];
	return true;
}

static enum tee_verdict
ask(void *ctx, size_t index)
{
	struct step *s = ctx;
	struct tee_transaction *t = s->t;
	const struct tee_line *line = &s->stack->line[index];
	uint64_t started = tee_clock_monotonic_ms();
	struct tee_call call = {
		.log = t->tee->log,
		.transaction = t->id,
		.module = line->loaded.module->name,
		.facility = line->facility,
		.floor = &t->tee->floor,
		.evidence = t->evidence,
		.may_put = !s->release,
		.did = t->evidence->did,
		.did_size = t->evidence->did_size,
		.binding = t->evidence->binding,
		.binding_size = TEE_BINDING_SIZE,
		.now = (time_t)(t->now / TEE_SECOND),
		.deadline = started + (uint64_t)line->timeout * 1000,
	};
	size_t items = t->evidence->item_count;
	enum tee_verdict verdict;

	if (line->facility == TEE_KEYSTORE && !may_ask(s, index, &call))
		return TEE_UNAVAILABLE;
	if (line->facility == TEE_VERIFIER) {
		t->line_claims[index] = tee_claims_new();
		if (t->line_claims[index] == NULL)
			return TEE_UNAVAILABLE;
		call.claims = t->line_claims[index];
	}
	verdict = run_entry(s, line, &call);
	/* What an advisory or a failed line brought is nobody's evidence. */
	if (verdict != TEE_OK || s->stack->rule[index].control == TEE_ADVISORY)
		tee_evidence_forget(t->evidence, items);
	if (call.slot != NULL)
		call.slot->simulated |= call.simulated;
	if (call.claims != NULL)
		apply_ceiling(line, call.claims);
	log_run(s, line, &s->stack->rule[index], &call, verdict, started);
	return verdict;
}

enum tee_verdict
tee_transaction_run(struct tee_transaction *t, const struct tee_stack *stack,
    bool release, struct tee_outcome *out)
{
	struct step s = { t, stack, release };
	size_t i;

	tee_stage_run(stack->rule, stack->count, ask, &s, out);
	if (out->verdict != TEE_OK)
		return out->verdict;
	/* An outage that a group got over explains nothing that follows. */
	tee_transaction_reason(t, "", "");
	for (i = 0; i < stack->count; i++) {
		size_t n = strlen(t->grantors);

		if (tee_stage_spoke(stack->rule, out, i) &&
		    !(stack == &t->tee->keystore && !release))
			snprintf(t->grantors + n, sizeof(t->grantors) - n,
			    "%s%s:%s", n > 0 ? "," : "",
			    tee_facility_word(stack->line[i].facility),
			    stack->line[i].loaded.module->name);
	}
	return TEE_OK;
}
