/* SPDX-License-Identifier: Apache-2.0 */
/* call: see call.h and <tee/module.h>. */
#include "config.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <openssl/crypto.h>

#include "libtee/call.h"
#include "libtee/signer.h"
#include "libtee/text.h"

/* Where the module gave no reason, the first check that refuses is it. */
static void
give_check_reason(struct tee_call *call, enum tee_check_result result)
{
	const struct tee_claims *c = call->claims;
	size_t i;

	for (i = 0; i < c->check_count && call->reason[0] == '\0'; i++) {
		if (c->checks[i].result != result)
			continue;
		snprintf(call->reason, sizeof(call->reason), "%s",
		    c->checks[i].name);
		snprintf(call->detail, sizeof(call->detail), "%s",
		    c->checks[i].detail);
	}
}

/* A verifier's checks overrule its ok. */
static enum tee_verdict
fold_checks(struct tee_call *call, enum tee_verdict verdict)
{
	enum tee_verdict checks;

	tee_call_judge_binding(call);
	checks = tee_claims_checks_verdict(call->claims);
	if (checks == TEE_OK)
		return verdict;
	give_check_reason(call, TEE_CHECK_FAIL);
	if (checks == TEE_DENY)
		return TEE_DENY;
	if (verdict != TEE_DENY)
		give_check_reason(call, TEE_CHECK_NOT_DONE);
	return verdict == TEE_OK ? TEE_UNAVAILABLE : verdict;
}

enum tee_verdict
tee_call_run(struct tee_call *call,
    enum tee_verdict (*entry)(struct tee_call *, void *), void *state)
{
	enum tee_verdict verdict = tee_verdict_normal(entry(call, state));

	if (tee_clock_monotonic_ms() > call->deadline) {
		snprintf(call->reason, sizeof(call->reason), "timeout");
		snprintf(call->detail, sizeof(call->detail),
		    "the line's time budget is over");
		if (verdict == TEE_OK)
			verdict = call->facility == TEE_KEYSTORE ?
			    TEE_DENY :
			    TEE_UNAVAILABLE;
	}
	return call->claims != NULL ? fold_checks(call, verdict) : verdict;
}

void
tee_call_judge_binding(struct tee_call *call)
{
	struct tee_claims *c = call->claims;

	if (!c->binding_seen)
		tee_claims_check(c, "binding", TEE_CHECK_NOT_DONE,
		    "the verifier did not say what the evidence is bound to");
	else if (call->binding == NULL)
		tee_claims_check(c, "binding", TEE_CHECK_NOT_DONE,
		    "nothing to compare with: give the expected report data");
	else
		tee_claims_check(c, "binding",
		    c->binding_match ? TEE_CHECK_PASS : TEE_CHECK_FAIL,
		    c->binding_match ?
			"the evidence carries the expected binding" :
			"the evidence is bound to something else (other nonce, "
			"key, challenge or DID)");
}

void
tee_slot_clear(struct tee_slot *slot)
{
	if (slot->has_scratch)
		tee_secret_free(&slot->scratch);
	if (slot->delivered)
		tee_secret_free(&slot->seed);
	memset(slot, 0, sizeof(*slot));
}

void
tee_call_log(struct tee_call *call, int priority, const char *reason,
    const char *fmt, ...)
{
	char detail[sizeof(call->detail)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(detail, sizeof(detail), fmt, ap);
	va_end(ap);
	tee_text_plain(detail);
	/* The last word at warning or worse explains the verdict. */
	if (priority <= LOG_WARNING) {
		snprintf(call->reason, sizeof(call->reason), "%s", reason);
		snprintf(call->detail, sizeof(call->detail), "%s", detail);
	}
	tee_log_line(&call->log, priority,
	    "tee txn=%s facility=%s module=%s reason=%s detail=\"%s\"",
	    call->transaction, tee_facility_word(call->facility), call->module,
	    reason, detail);
}

unsigned
tee_call_remaining_ms(const struct tee_call *call)
{
	uint64_t now = tee_clock_monotonic_ms();
	uint64_t left = now < call->deadline ? call->deadline - now : 0;

	return left < UINT_MAX ? (unsigned)left : UINT_MAX;
}

time_t
tee_call_now(const struct tee_call *call)
{
	return call->now;
}

const uint8_t *
tee_call_binding(const struct tee_call *call, size_t *size)
{
	*size = call->binding != NULL ? call->binding_size : 0;
	return call->binding;
}

const char *
tee_call_did(const struct tee_call *call, size_t *size)
{
	*size = call->did != NULL ? call->did_size : 0;
	return call->did;
}

int
tee_call_put_item(struct tee_call *call, const char *type, const void *data,
    size_t size)
{
	if (!call->may_put)
		return -1;
	return tee_evidence_put(call->evidence, type, data, size) == 0 ? 0 : -1;
}

const uint8_t *
tee_call_item(const struct tee_call *call, const char *type, size_t *size)
{
	const struct tee_item *item = tee_evidence_item(call->evidence, type);

	*size = item != NULL ? item->size : 0;
	return item != NULL ? item->data : NULL;
}

void
tee_call_check(struct tee_call *call, const char *name,
    enum tee_check_result result, const char *fmt, ...)
{
	char detail[512];
	va_list ap;

	if (call->claims == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(detail, sizeof(detail), fmt, ap);
	va_end(ap);
	tee_text_plain(detail);
	tee_claims_check(call->claims, name, result, detail);
	if (result == TEE_CHECK_FAIL && call->reason[0] == '\0') {
		snprintf(call->reason, sizeof(call->reason), "%s", name);
		snprintf(call->detail, sizeof(call->detail), "%s", detail);
	}
}

/* Equal to our own copy, and zero beyond it. */
static bool
field_matches(const struct tee_call *call, const uint8_t *field, size_t size)
{
	uint8_t expected[256] = { 0 };

	if (call->binding == NULL || size > sizeof(expected) ||
	    call->binding_size == 0 || call->binding_size > size)
		return false;
	memcpy(expected, call->binding, call->binding_size);
	return CRYPTO_memcmp(expected, field, size) == 0;
}

void
tee_call_saw_binding(struct tee_call *call, const uint8_t *field, size_t size)
{
	struct tee_claims *c = call->claims;
	bool match;

	if (c == NULL)
		return;
	match = field_matches(call, field, size);
	c->binding_match = match && (!c->binding_seen || c->binding_match);
	c->binding_seen = true;
}

bool
tee_call_extra_root(struct tee_call *call,
    const uint8_t spki_sha256[TEE_SPKI_DIGEST_SIZE])
{
	size_t i;

	if (call->floor == NULL || !call->floor->allow_simulated)
		return false;
	for (i = 0; i < call->floor->root_count; i++) {
		if (memcmp(call->floor->roots[i], spki_sha256,
			TEE_SPKI_DIGEST_SIZE) == 0) {
			call->simulated = true;
			if (call->claims != NULL)
				call->claims->simulated = true;
			return true;
		}
	}
	return false;
}

void
tee_call_claim_platform(struct tee_call *call, const char *platform)
{
	tee_call_claim_text(call, "platform", platform);
}

void
tee_call_claim_level(struct tee_call *call, enum tee_confidential_level level)
{
	if (call->claims == NULL)
		return;
	/* A level that does not exist is no claim above all others. */
	if (level > TEE_LEVEL_TEE_HARDWARE)
		call->claims->broken = true;
	call->claims->level = level;
	call->claims->asserted |= TEE_ASSERTED_LEVEL;
}

void
tee_call_claim_debug(struct tee_call *call, bool debug)
{
	if (call->claims == NULL)
		return;
	call->claims->debug_disabled = !debug;
	call->claims->asserted |= TEE_ASSERTED_DEBUG;
}

void
tee_call_claim_tcb_status(struct tee_call *call, enum tee_tcb_status status)
{
	if (call->claims == NULL)
		return;
	if (status > TEE_TCB_UP_TO_DATE)
		call->claims->broken = true;
	call->claims->tcb_status = status;
	call->claims->asserted |= TEE_ASSERTED_TCB_STATUS;
}

void
tee_call_claim_tcb(struct tee_call *call, const uint8_t tcb[8])
{
	if (call->claims == NULL)
		return;
	memcpy(call->claims->tcb, tcb, sizeof(call->claims->tcb));
	call->claims->asserted |= TEE_ASSERTED_TCB;
}

void
tee_call_claim_measurement(struct tee_call *call, const char *name,
    const uint8_t *data, size_t size)
{
	if (call->claims != NULL)
		tee_claims_name(call->claims, &call->claims->measurements, name,
		    data, size);
}

void
tee_call_claim_text(struct tee_call *call, const char *name, const char *value)
{
	char plain[1024];

	if (call->claims == NULL)
		return;
	snprintf(plain, sizeof(plain), "%s", value);
	tee_text_plain(plain);
	tee_claims_name(call->claims, &call->claims->texts, name, plain,
	    strlen(plain));
}

void
tee_call_claim_expires(struct tee_call *call, time_t not_after)
{
	struct tee_claims *c = call->claims;

	if (not_after < 1)
		not_after = 1; /* 0 would say that there is no limit */
	if (c != NULL && (c->expires == 0 || not_after < c->expires))
		c->expires = not_after;
}

uint8_t *
tee_call_secret(struct tee_call *call, size_t size)
{
	struct tee_slot *slot = call->slot;

	if (slot == NULL || size == 0 || size > TEE_CALL_SECRET_MAX)
		return NULL;
	if (!slot->has_scratch) {
		if (tee_secret_alloc(&slot->scratch, size) != 0)
			return NULL;
		slot->has_scratch = true;
	}
	return size <= slot->scratch.size ? slot->scratch.data : NULL;
}

void
tee_call_public_key(struct tee_call *call,
    const uint8_t key[TEE_PUBLIC_KEY_SIZE])
{
	if (call->slot == NULL)
		return;
	memcpy(call->slot->public_key, key, TEE_PUBLIC_KEY_SIZE);
	call->slot->has_public_key = true;
}

int
tee_call_seed_public(const uint8_t seed[TEE_SEED_SIZE],
    uint8_t key[TEE_PUBLIC_KEY_SIZE])
{
	return tee_signer_public(seed, key) == 0 ? 0 : -1;
}

int
tee_call_deliver(struct tee_call *call, const uint8_t seed[TEE_SEED_SIZE])
{
	struct tee_slot *slot = call->slot;

	if (slot == NULL || slot->delivered ||
	    tee_secret_alloc(&slot->seed, TEE_SEED_SIZE) != 0)
		return -1;
	memcpy(slot->seed.data, seed, TEE_SEED_SIZE);
	slot->delivered = true;
	return 0;
}
