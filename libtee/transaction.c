/* SPDX-License-Identifier: Apache-2.0 */
/* transaction: see transaction.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "libtee/text.h"
#include "libtee/transaction.h"

#define EVIDENCE_LIFETIME (300 * TEE_SECOND)
#define PRIVATE_STACK (256 * 1024)

static int
random_hex(char *out, size_t bytes)
{
	uint8_t raw[32];

	if (getrandom(raw, bytes, 0) != (ssize_t)bytes)
		return TEE_E_SYSTEM;
	tee_hex_encode(raw, bytes, out);
	return 0;
}

int
tee_transaction_begin(struct tee_transaction *t, const struct tee *tee)
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
	snprintf(t->challenge_id, sizeof(t->challenge_id), "challenge_%s", id);
	return error;
}

void
tee_transaction_end(struct tee_transaction *t)
{
	size_t i;

	for (i = 0; i < TEE_STAGE_LINES; i++) {
		tee_claims_free(&t->line_claims[i]);
		tee_slot_clear(&t->slots[i]);
	}
	tee_claims_free(&t->claims);
	tee_evidence_free(&t->evidence);
	tee_stack_free(&t->stack);
	free(t->did);
}

struct tee_stack_memory *
tee_transaction_stack(struct tee_transaction *t)
{
	if (t->stack.memory.map == NULL &&
	    tee_stack_alloc(&t->stack, PRIVATE_STACK) != 0)
		return NULL;
	return &t->stack;
}

void
tee_transaction_reason(struct tee_transaction *t, const char *reason,
    const char *detail)
{
	snprintf(t->reason, sizeof(t->reason), "%s", reason);
	snprintf(t->detail, sizeof(t->detail), "%s", detail);
}

/* The first failed check of the meet explains a floor's deny. */
void
tee_transaction_check_reason(struct tee_transaction *t)
{
	size_t i;

	for (i = 0; i < t->claims->check_count; i++) {
		const struct tee_check *k = &t->claims->checks[i];

		if (k->result == TEE_CHECK_FAIL) {
			tee_transaction_reason(t, k->name, k->detail);
			return;
		}
	}
}

int
tee_transaction_bind(struct tee_transaction *t, struct tee_bytes did)
{
	struct tee_challenge c = { t->challenge_id, strlen(t->challenge_id),
		t->nonce, strlen(t->nonce) };
	uint8_t key_hash[32];
	int error = tee_binding_key_hash(t->public_key, key_hash);

	return error != 0 ? error :
			    tee_evidence_bind(t->evidence, did, &c, key_hash);
}

void
tee_transaction_refuse(const struct tee_transaction *t, const char *what,
    enum tee_verdict verdict)
{
	tee_log_event(&t->tee->log, TEE_EVENT_DENY,
	    "txn=%s profile=%s "
	    "call=%s verdict=%s reason=%s detail=\"%s\"",
	    t->id, t->tee->name, what, tee_verdict_word(verdict),
	    t->reason[0] ? t->reason : "none", t->detail);
}

void
tee_transaction_downgrade(const struct tee_transaction *t)
{
	tee_log_event(&t->tee->log, TEE_EVENT_DOWNGRADE,
	    "txn=%s profile=%s "
	    "requested=tee effective=local because=%s",
	    t->id, t->tee->name, t->because);
}

const char *
tee_transaction_platform(const struct tee_transaction *t)
{
	const struct tee_named *platform =
	    tee_named_find(&t->claims->texts, "platform");

	return platform != NULL ? (const char *)platform->data : "tee";
}

/* Evidence that a peer may be shown: what was collected, and until when. */
void
tee_transaction_stamp(struct tee_transaction *t, enum tee_key_origin origin,
    const char *platform)
{
	tee_evidence_forget_private(t->evidence);
	free(t->evidence->platform);
	t->evidence->platform = strdup(platform);
	t->evidence->key_origin = origin;
	t->evidence->issued = t->now;
	t->evidence->expires = t->now + EVIDENCE_LIFETIME;
}
