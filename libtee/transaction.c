/* SPDX-License-Identifier: Apache-2.0 */
/* transaction: see transaction.h. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <openssl/crypto.h>

#include "libtee/text.h"
#include "libtee/signer.h"
#include "libtee/transaction.h"

#define KEYSTORE_STACK (256 * 1024)
#define EVIDENCE_LIFETIME (300 * TEE_SECOND)
#define DOWNGRADE_LIFETIME 900	/* seconds; a fallback's lease is short */

static int
random_hex(char *out, size_t bytes)
{
	uint8_t raw[32];

	if (getrandom(raw, bytes, 0) != (ssize_t)bytes)
		return TEE_E_SYSTEM;
	tee_hex_encode(raw, bytes, out);
	return 0;
}

static int
begin(struct tee_transaction *t, const struct tee *tee)
{
	char id[17];
	int error;

	memset(t, 0, sizeof(*t));
	t->tee = tee;
	t->now = tee_clock_now();
	t->evidence = tee_evidence_new();
	t->claims = tee_claims_new();
	if (t->evidence == NULL || t->claims == NULL)
		return TEE_E_MEMORY;
	error = random_hex(t->id, 8);
	if (error == 0)
		error = random_hex(id, 8);
	if (error == 0)
		error = random_hex(t->nonce, 32);
	/* The shape AgentMesh gives its own challenges. */
	snprintf(t->challenge_id, sizeof(t->challenge_id), "challenge_%s",
	    id);
	return error;
}

static void
end(struct tee_transaction *t)
{
	size_t i;

	for (i = 0; i < TEE_STAGE_LINES; i++) {
		tee_claims_free(&t->line_claims[i]);
		tee_slot_clear(&t->slots[i]);
	}
	tee_claims_free(&t->claims);
	tee_evidence_free(&t->evidence);
	free(t->did);
}

/* One stage of this transaction: which stack, which entry point. */
struct step {
	struct tee_transaction *t;
	const struct tee_stack *stack;
	bool release;		/* keystores: release rather than prepare */
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
run_keystore(struct tee_call *call,
    enum tee_verdict (*entry)(struct tee_call *, void *), void *state)
{
	struct private_call p = { call, entry, state, TEE_DENY };
	struct tee_stack_memory stack;

	if (tee_stack_alloc(&stack, KEYSTORE_STACK) != 0) {
		tee_call_log(call, LOG_ERR, "memory", "%s",
		    tee_explain(TEE_E_MEMORY));
		return TEE_UNAVAILABLE;
	}
	tee_stack_call(&stack, run_private, &p);
	tee_stack_free(&stack);
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
		return run_keystore(call, s->release ? m->release : m->prepare,
		    line->state);
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
	    "verdict=%s ms=%llu%s%s%s%s%s", t->id, t->tee->name,
	    tee_facility_word(line->facility), line->source_line,
	    tee_control_word(rule->control), line->loaded.module->name,
	    tee_verdict_word(verdict),
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
		.may_put = line->facility == TEE_COLLECTOR ||
		    (line->facility == TEE_KEYSTORE && !s->release),
		.binding = t->evidence->binding,
		.binding_size = TEE_BINDING_SIZE,
		.now = (time_t)(t->now / TEE_SECOND),
		.deadline = started + (uint64_t)line->timeout * 1000,
	};
	enum tee_verdict verdict;

	/* Before the binding exists nobody is handed 32 zero bytes. */
	if (line->facility == TEE_KEYSTORE && !s->release)
		call.binding = NULL;
	if (line->facility == TEE_KEYSTORE) {
		if (t->local_only &&
		    line->loaded.module->ceiling != TEE_ORIGIN_LOCAL)
			return TEE_UNAVAILABLE;
		/* Released is only what was prepared. */
		if (s->release && !t->slots[index].has_public_key)
			return TEE_UNAVAILABLE;
		call.slot = &t->slots[index];
	}
	if (line->facility == TEE_VERIFIER) {
		t->line_claims[index] = tee_claims_new();
		if (t->line_claims[index] == NULL)
			return TEE_UNAVAILABLE;
		call.claims = t->line_claims[index];
	}
	verdict = run_entry(s, line, &call);
	if (call.claims != NULL)
		apply_ceiling(line, call.claims);
	log_run(s, line, &s->stack->rule[index], &call, verdict, started);
	return verdict;
}

static enum tee_verdict
run_stage(struct tee_transaction *t, const struct tee_stack *stack,
    bool release, struct tee_outcome *out)
{
	struct step s = { t, stack, release };
	size_t i;

	tee_stage_run(stack->rule, stack->count, ask, &s, out);
	if (out->verdict != TEE_OK)
		return out->verdict;
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

static void
give_reason(struct tee_transaction *t, const char *reason, const char *detail)
{
	snprintf(t->reason, sizeof(t->reason), "%s", reason);
	snprintf(t->detail, sizeof(t->detail), "%s", detail);
}

/* The first failed check of the meet explains a floor's deny. */
static void
give_check_reason(struct tee_transaction *t)
{
	size_t i;

	for (i = 0; i < t->claims->check_count; i++) {
		const struct tee_check *k = &t->claims->checks[i];

		if (k->result == TEE_CHECK_FAIL) {
			give_reason(t, k->name, k->detail);
			return;
		}
	}
}

/* Runs the verifiers and meets what they say; the floor comes after. */
static enum tee_verdict
verify(struct tee_transaction *t)
{
	const struct tee_stack *stack = &t->tee->verifier;
	struct tee_voice voices[TEE_STAGE_LINES];
	struct tee_outcome out;
	enum tee_verdict verdict = run_stage(t, stack, false, &out);
	const char *why;
	size_t i, n = 0;
	char prefix[48];

	for (i = 0; i < stack->count; i++) {
		if (t->line_claims[i] == NULL)
			continue;
		if (stack->rule[i].control == TEE_ADVISORY)
			continue;
		snprintf(prefix, sizeof(prefix), "%s%s",
		    stack->count > 1 ? stack->line[i].loaded.module->name : "",
		    stack->count > 1 ? ":" : "");
		tee_claims_append_checks(t->claims, prefix, t->line_claims[i]);
		if (tee_stage_spoke(stack->rule, &out, i))
			voices[n++] = (struct tee_voice){ t->line_claims[i],
				stack->line[i].authority };
	}
	if (verdict != TEE_OK)
		return verdict;
	verdict = tee_claims_meet(voices, n, t->claims, &why);
	if (verdict != TEE_OK)
		give_reason(t, "claims", why);
	else if (!t->claims->binding_match) {
		give_reason(t, "binding", "a verifier saw another binding");
		verdict = TEE_DENY;
	}
	return verdict;
}

static enum tee_verdict
floor_claims(struct tee_transaction *t)
{
	enum tee_verdict verdict = tee_reference_claims(&t->tee->floor,
	    t->claims);

	if (verdict != TEE_OK)
		give_check_reason(t);
	return verdict;
}

/* did:mesh:<first 32 hex of SHA-256(public key)>, AgentMesh's registry. */
static int
derive_did(struct tee_transaction *t, const uint8_t key_hash[32])
{
	char hex[65], did[48];

	if (strcmp(t->tee->did, "auto") != 0) {
		t->did = strdup(t->tee->did);
	} else {
		tee_hex_encode(key_hash, 32, hex);
		snprintf(did, sizeof(did), "did:mesh:%.32s", hex);
		t->did = strdup(did);
	}
	t->did_size = t->did != NULL ? strlen(t->did) : 0;
	return t->did != NULL ? 0 : TEE_E_MEMORY;
}

static int
bind(struct tee_transaction *t)
{
	struct tee_challenge c = { t->challenge_id, strlen(t->challenge_id),
		t->nonce, strlen(t->nonce) };
	uint8_t key_hash[32];
	int error = tee_binding_key_hash(t->public_key, key_hash);

	free(t->did);
	t->did = NULL;
	if (error == 0)
		error = derive_did(t, key_hash);
	if (error == 0)
		error = tee_evidence_bind(t->evidence,
		    (struct tee_bytes){ t->did, t->did_size }, &c, key_hash);
	return error;
}

/* All keystores that spoke must mean the same key. */
static enum tee_verdict
prepare(struct tee_transaction *t)
{
	const struct tee_stack *stack = &t->tee->keystore;
	struct tee_outcome out;
	enum tee_verdict verdict = run_stage(t, stack, false, &out);
	bool have = false;
	size_t i;

	for (i = 0; verdict == TEE_OK && i < stack->count; i++) {
		const struct tee_slot *slot = &t->slots[i];

		if (!tee_stage_spoke(stack->rule, &out, i))
			continue;
		if (!slot->has_public_key || (have && memcmp(t->public_key,
		    slot->public_key, TEE_PUBLIC_KEY_SIZE) != 0)) {
			give_reason(t, "public_key", slot->has_public_key ?
			    "keystores prepared different keys" :
			    "a keystore did not say which key it delivers");
			return TEE_DENY;
		}
		memcpy(t->public_key, slot->public_key, TEE_PUBLIC_KEY_SIZE);
		have = true;
	}
	return verdict;
}

/*
 * Runs release() and finds the delivered seed.  The key's origin is the
 * least of what each releasing module may vouch for.
 */
static enum tee_verdict
release(struct tee_transaction *t, const uint8_t **seed,
    enum tee_key_origin *origin)
{
	const struct tee_stack *stack = &t->tee->keystore;
	struct tee_outcome out;
	enum tee_verdict verdict = run_stage(t, stack, true, &out);
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
	bool have = false;
	size_t i;

	for (i = 0; verdict == TEE_OK && i < stack->count; i++) {
		struct tee_slot *slot = &t->slots[i];
		enum tee_key_origin ceiling =
		    stack->line[i].loaded.module->ceiling;

		if (!tee_stage_spoke(stack->rule, &out, i))
			continue;
		if (!slot->delivered ||
		    tee_signer_public(slot->seed.data, public_key) != 0 ||
		    CRYPTO_memcmp(public_key, t->public_key,
		    sizeof(public_key)) != 0) {
			give_reason(t, "public_key", "a keystore delivered "
			    "another key than it prepared");
			return TEE_DENY;
		}
		*seed = slot->seed.data;
		if (!have || !tee_origin_is_tee(ceiling))
			*origin = ceiling;
		have = true;
	}
	if (t->claims->level < TEE_LEVEL_TEE_VM)
		*origin = TEE_ORIGIN_LOCAL;
	return verdict;
}

/* Collect and verify this agent's own platform, where the profile says so. */
static enum tee_verdict
attest_self(struct tee_transaction *t)
{
	struct tee_outcome out;
	enum tee_verdict verdict;

	if (t->tee->verifier.count == 0)
		return TEE_OK;
	verdict = run_stage(t, &t->tee->collector, false, &out);
	if (verdict == TEE_OK)
		verdict = verify(t);
	if (verdict == TEE_OK)
		verdict = floor_claims(t);
	return verdict;
}

/*
 * "prefer-tee" after an outage: an empty claim set, and only keystores that
 * vouch for nothing.  A deny never comes here.
 */
static enum tee_verdict
fall_back(struct tee_transaction *t)
{
	char because[64];
	enum tee_verdict verdict;
	size_t i;

	snprintf(because, sizeof(because), "%s", t->reason);
	for (i = 0; i < TEE_STAGE_LINES; i++)
		tee_slot_clear(&t->slots[i]);
	tee_claims_free(&t->claims);
	tee_evidence_free(&t->evidence);
	t->claims = tee_claims_new();
	t->evidence = tee_evidence_new();
	if (t->claims == NULL || t->evidence == NULL)
		return TEE_DENY;
	t->local_only = true;
	t->grantors[0] = '\0';
	verdict = prepare(t);
	tee_log_event(&t->tee->log, TEE_EVENT_DOWNGRADE, "txn=%s profile=%s "
	    "requested=tee effective=local because=%s", t->id, t->tee->name,
	    because);
	if (verdict == TEE_OK && bind(t) != 0)
		verdict = TEE_DENY;
	return verdict;
}

static enum tee_verdict
grant(struct tee_transaction *t, const uint8_t **seed,
    enum tee_key_origin *origin)
{
	bool prefer = t->tee->assurance == TEE_ASSURANCE_PREFER_TEE;
	enum tee_verdict verdict = prepare(t);

	if (verdict == TEE_OK && bind(t) != 0)
		return TEE_DENY;
	if (verdict == TEE_OK)
		verdict = attest_self(t);
	if (verdict == TEE_OK)
		verdict = release(t, seed, origin);
	if (verdict == TEE_UNAVAILABLE && prefer) {
		verdict = fall_back(t);
		if (verdict == TEE_OK)
			verdict = release(t, seed, origin);
	} else if (verdict == TEE_OK && prefer &&
	    !tee_origin_is_tee(*origin)) {
		t->local_only = true;
		tee_log_event(&t->tee->log, TEE_EVENT_DOWNGRADE, "txn=%s "
		    "profile=%s requested=tee effective=local "
		    "because=keystore", t->id, t->tee->name);
	}
	if (verdict == TEE_OK)
		verdict = tee_reference_origin(&t->tee->floor,
		    t->tee->assurance, *origin, t->claims);
	if (verdict == TEE_DENY && t->reason[0] == '\0')
		give_check_reason(t);
	return verdict;
}

static void
log_refusal(const struct tee_transaction *t, const char *what,
    enum tee_verdict verdict)
{
	tee_log_event(&t->tee->log, TEE_EVENT_DENY, "txn=%s profile=%s "
	    "call=%s verdict=%s reason=%s detail=\"%s\"", t->id, t->tee->name,
	    what, tee_verdict_word(verdict), t->reason[0] ? t->reason : "none",
	    t->detail);
}

static int
store(struct tee_transaction *t, struct tee_key *key, const uint8_t *seed,
    enum tee_key_origin origin)
{
	unsigned lifetime = t->tee->lifetime;
	char did[512], description[1024];
	struct tee_custody_spec spec;
	int64_t left;

	if (t->local_only && lifetime > DOWNGRADE_LIFETIME)
		lifetime = DOWNGRADE_LIFETIME;
	left = t->claims->expires - (int64_t)(t->now / TEE_SECOND);
	if (t->claims->expires != 0 && left < lifetime)
		lifetime = left > 0 ? (unsigned)left : 0;
	if (lifetime == 0)
		return TEE_E_DENIED;
	tee_text_printable(t->did, t->did_size, did, sizeof(did));
	snprintf(description, sizeof(description), "tee:%s:%s:%s",
	    tee_origin_word(origin), t->tee->name, did);
	spec = (struct tee_custody_spec){
		.description = description,
		.seed = seed,
		.public_key = t->public_key,
		.lifetime = lifetime,
		.operators = t->tee->operators,
	};
	key->expires = (time_t)(tee_clock_now() / TEE_SECOND) + lifetime;
	return tee_custody_store(&spec, &key->custody);
}

/* Evidence that a peer may be shown: what was collected, and until when. */
static void
stamp_evidence(struct tee_transaction *t, enum tee_key_origin origin,
    const struct tee_claims *claims)
{
	const struct tee_named *platform = claims == NULL ? NULL :
	    tee_named_find(&claims->texts, "platform");

	free(t->evidence->platform);
	t->evidence->platform = strdup(platform != NULL ?
	    (const char *)platform->data : "tee");
	t->evidence->key_origin = origin;
	t->evidence->issued = t->now;
	t->evidence->expires = t->now + EVIDENCE_LIFETIME;
}

static int
make_key(struct tee_transaction *t, const uint8_t *seed,
    enum tee_key_origin origin, struct tee_key **out)
{
	struct tee_key *key = calloc(1, sizeof(*key));
	int error = TEE_E_MEMORY;

	if (key == NULL)
		return error;
	key->log = t->tee->log;
	t->claims->key_origin = origin;
	t->claims->verified_at = t->now;
	t->claims->verdict = TEE_OK;
	t->claims->residency = "process";
	memcpy(key->public_key, t->public_key, sizeof(key->public_key));
	key->profile = strdup(t->tee->name);
	if (key->profile != NULL)
		error = store(t, key, seed, origin);
	if (error != 0) {
		tee_key_free(&key);
		return error;
	}
	if (t->evidence->item_count > 0) {
		stamp_evidence(t, origin, t->claims);
		key->evidence = t->evidence;
		t->evidence = NULL;
	}
	key->claims = t->claims;
	t->claims = NULL;
	key->did = t->did;
	key->did_size = t->did_size;
	t->did = NULL;
	*out = key;
	return 0;
}

int
tee_acquire(struct tee *tee, struct tee_key **out)
{
	enum tee_key_origin origin = TEE_ORIGIN_LOCAL;
	const uint8_t *seed = NULL;
	struct tee_transaction t;
	enum tee_verdict verdict;
	int error;

	if (tee == NULL || out == NULL)
		return TEE_E_ARGUMENT;
	*out = NULL;
	if (tee->did == NULL)
		return TEE_E_ARGUMENT;
	if (tee->residency != TEE_RESIDENCY_PROCESS) {
		tee_log_line(&tee->log, LOG_ERR, "%s:1: %s", tee->file,
		    tee_explain(TEE_E_RESIDENCY));
		return TEE_E_RESIDENCY;
	}
	error = begin(&t, tee);
	if (error == 0) {
		verdict = grant(&t, &seed, &origin);
		error = tee_verdict_error(verdict);
		if (error != 0)
			log_refusal(&t, "acquire", verdict);
	}
	if (error == 0) {
		error = seed != NULL ? make_key(&t, seed, origin, out) :
		    TEE_E_DENIED;
		if (error != 0) {
			give_reason(&t, tee_error_word(error),
			    tee_explain(error));
			log_refusal(&t, "acquire", TEE_DENY);
		} else {
			char digest[65];

			tee_hex_encode(tee->digest, 32, digest);
			tee_log_event(&tee->log, TEE_EVENT_GRANT,
			    "txn=%s profile=%s origin=%s simulated=%s key=%d "
			    "grantors=%s plan=sha256:%s", t.id, tee->name,
			    tee_origin_word(origin),
			    (*out)->claims->simulated ? "true" : "false",
			    tee_key_serial(*out), t.grantors, digest);
		}
	}
	end(&t);
	return error;
}

int
tee_attest(struct tee *tee, const struct tee_key *key,
    const struct tee_challenge *challenge, struct tee_evidence **out)
{
	struct tee_transaction t;
	struct tee_outcome outcome;
	enum tee_verdict verdict;
	uint8_t key_hash[32];
	int error;

	if (tee == NULL || key == NULL || challenge == NULL || out == NULL)
		return TEE_E_ARGUMENT;
	*out = NULL;
	error = begin(&t, tee);
	if (error == 0)
		error = tee_binding_key_hash(key->public_key, key_hash);
	if (error == 0)
		error = tee_evidence_bind(t.evidence,
		    (struct tee_bytes){ key->did, key->did_size }, challenge,
		    key_hash);
	if (error == 0) {
		verdict = run_stage(&t, &tee->collector, false, &outcome);
		error = tee_verdict_error(verdict);
		if (error != 0)
			log_refusal(&t, "attest", verdict);
	}
	if (error == 0) {
		stamp_evidence(&t, key->claims->key_origin, key->claims);
		*out = t.evidence;
		t.evidence = NULL;
	}
	end(&t);
	return error;
}

static bool
same_bytes(const char *a, size_t a_size, const char *b, size_t b_size)
{
	return a_size == b_size && memcmp(a, b, a_size) == 0;
}

/* What the caller knows must be what the evidence says it is bound to. */
static enum tee_verdict
expect(struct tee_transaction *t, const struct tee_evidence *e,
    const struct tee_expected *x)
{
	uint8_t key_hash[32];
	const char *wrong = NULL;

	if (x->challenge == NULL) {
		if (!x->unsolicited)
			wrong = "no challenge to compare with";
	} else if (!same_bytes(e->challenge_id, e->challenge_id_size,
	    x->challenge->id, x->challenge->id_size)) {
		wrong = "answers another challenge";
	} else if (!same_bytes(e->nonce, e->nonce_size,
	    x->challenge->nonce, x->challenge->nonce_size)) {
		wrong = "carries another nonce";
	}
	if (x->did != NULL && !same_bytes(e->did, e->did_size, x->did,
	    x->did_size))
		wrong = "names another DID";
	if (x->public_key != NULL &&
	    (tee_binding_key_hash(x->public_key, key_hash) != 0 ||
	    CRYPTO_memcmp(key_hash, e->key_hash, 32) != 0))
		wrong = "is bound to another public key";
	tee_claims_check(t->claims, "evidence.expected", wrong == NULL ?
	    TEE_CHECK_PASS : TEE_CHECK_FAIL, wrong != NULL ? wrong :
	    "the evidence answers what was asked");
	return wrong == NULL ? TEE_OK : TEE_DENY;
}

/*
 * A peer's word on where its key came from is worth what the measured guest
 * is worth that says it: nothing, unless the profile pins its launch
 * measurement and names the origin.
 */
static enum tee_key_origin
established_origin(const struct tee *tee, const struct tee_evidence *e,
    const struct tee_claims *c)
{
	if (c->level < TEE_LEVEL_TEE_VM ||
	    !tee_reference_pins(&tee->floor, "launch") ||
	    !(tee->floor.origins & (1u << e->key_origin)))
		return TEE_ORIGIN_LOCAL;
	return e->key_origin;
}

static struct tee_evidence *
evidence_copy(const struct tee_evidence *from)
{
	struct tee_evidence *e = NULL;
	char *json = NULL;

	if (tee_evidence_to_json(from, &json) == 0 &&
	    tee_evidence_from_json(json, strlen(json), &e) != 0)
		e = NULL;
	free(json);
	return e;
}

static enum tee_verdict
judge_evidence(struct tee_transaction *t, const struct tee_expected *x)
{
	const struct tee *tee = t->tee;
	enum tee_verdict verdict = expect(t, t->evidence, x);

	if (tee_reference_age(&tee->floor, t->evidence, t->now, t->claims) !=
	    TEE_OK)
		verdict = TEE_DENY;
	if (verdict != TEE_OK) {
		give_check_reason(t);
		return verdict;
	}
	verdict = verify(t);
	if (verdict == TEE_OK)
		verdict = floor_claims(t);
	if (verdict != TEE_OK)
		return verdict;
	t->claims->key_origin = established_origin(tee, t->evidence,
	    t->claims);
	if (tee->floor.origins != 0)
		verdict = tee_reference_origin(&tee->floor,
		    TEE_ASSURANCE_LOCAL, t->claims->key_origin, t->claims);
	if (verdict != TEE_OK)
		give_check_reason(t);
	return verdict;
}

int
tee_appraise(struct tee *tee, const struct tee_evidence *evidence,
    const struct tee_expected *expected, struct tee_claims **out)
{
	static const struct tee_expected nothing;
	struct tee_transaction t;
	int error;

	if (tee == NULL || evidence == NULL || out == NULL)
		return TEE_E_ARGUMENT;
	*out = NULL;
	if (tee->verifier.count == 0)
		return TEE_E_ARGUMENT;
	if (expected == NULL)
		expected = &nothing;
	error = begin(&t, tee);
	if (error == 0) {
		tee_evidence_free(&t.evidence);
		t.evidence = evidence_copy(evidence);
		if (t.evidence == NULL)
			error = TEE_E_MEMORY;
	}
	if (error == 0) {
		if (expected->at != 0)
			t.now = (tee_instant)expected->at * TEE_SECOND;
		t.claims->verdict = judge_evidence(&t, expected);
		t.claims->verified_at = t.now;
		if (t.claims->expires == 0 || t.claims->expires >
		    t.evidence->expires / TEE_SECOND)
			t.claims->expires = t.evidence->expires / TEE_SECOND;
		error = tee_verdict_error(t.claims->verdict);
		if (error != 0)
			log_refusal(&t, "appraise", t.claims->verdict);
		*out = t.claims;
		t.claims = NULL;
	}
	end(&t);
	return error;
}
