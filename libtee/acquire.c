/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acquire: an agent gets its key.
 *
 *   prepare, binding, collect, verify, floor, release, origin floor, custody
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>

#include "libtee/signer.h"
#include "libtee/text.h"
#include "libtee/transaction.h"

#define DOWNGRADE_LIFETIME 900 /* seconds; a fallback's lease is short */

/* All keystores that spoke must mean the same key. */
static enum tee_verdict
prepare(struct tee_transaction *t)
{
	const struct tee_stack *stack = &t->tee->keystore;
	struct tee_outcome out;
	enum tee_verdict verdict = tee_transaction_run(t, stack, false, &out);
	bool have = false;
	size_t i;

	for (i = 0; verdict == TEE_OK && i < stack->count; i++) {
		const struct tee_slot *slot = &t->slots[i];

		if (!tee_stage_spoke(stack->rule, &out, i))
			continue;
		if (!slot->has_public_key ||
		    (have &&
			memcmp(t->public_key, slot->public_key,
			    TEE_PUBLIC_KEY_SIZE) != 0)) {
			tee_transaction_reason(t, "public_key",
			    slot->has_public_key ?
				"keystores prepared different keys" :
				"a keystore did not say which key it delivers");
			return TEE_DENY;
		}
		memcpy(t->public_key, slot->public_key, TEE_PUBLIC_KEY_SIZE);
		have = true;
	}
	return verdict;
}

/* What was delivered is the private half of what was prepared. */
static bool
is_as_prepared(struct tee_transaction *t, const struct tee_slot *slot)
{
	struct tee_stack_memory *stack = tee_transaction_stack(t);
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];

	return slot->delivered && stack != NULL &&
	    tee_signer_public_on(stack, slot->seed.data, public_key) == 0 &&
	    CRYPTO_memcmp(public_key, t->public_key, sizeof(public_key)) == 0;
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
	enum tee_verdict verdict = tee_transaction_run(t, stack, true, &out);
	bool have = false;
	size_t i;

	for (i = 0; verdict == TEE_OK && i < stack->count; i++) {
		struct tee_slot *slot = &t->slots[i];
		enum tee_key_origin ceiling =
		    stack->line[i].loaded.module->ceiling;

		if (!tee_stage_spoke(stack->rule, &out, i))
			continue;
		if (!is_as_prepared(t, slot)) {
			tee_transaction_reason(t, "public_key",
			    "a keystore "
			    "delivered another key than it prepared");
			return TEE_DENY;
		}
		*seed = slot->seed.data;
		t->claims->simulated |= slot->simulated;
		if (!have || !tee_origin_is_tee(ceiling))
			*origin = ceiling;
		have = true;
	}
	if (t->claims->level < TEE_LEVEL_TEE_VM)
		*origin = TEE_ORIGIN_LOCAL;
	return verdict;
}

/* did:mesh:<first 32 hex of SHA-256(public key)>, AgentMesh's registry. */
static int
derive_did(struct tee_transaction *t)
{
	uint8_t key_hash[32];
	char hex[65], did[48];
	int error = tee_binding_key_hash(t->public_key, key_hash);

	if (error != 0)
		return error;
	tee_hex_encode(key_hash, 32, hex);
	snprintf(did, sizeof(did), "did:mesh:%.32s", hex);
	free(t->did);
	t->did = strdup(strcmp(t->tee->did, "auto") != 0 ? t->tee->did : did);
	t->did_size = t->did != NULL ? strlen(t->did) : 0;
	return t->did != NULL ? 0 : TEE_E_MEMORY;
}

static int
name_and_bind(struct tee_transaction *t)
{
	int error = derive_did(t);

	return error != 0 ?
	    error :
	    tee_transaction_bind(t, (struct tee_bytes){ t->did, t->did_size });
}

/* The keystores that spoke can vouch for nothing: the TEE's was out. */
static bool
prepared_local(const struct tee_transaction *t)
{
	const struct tee_stack *stack = &t->tee->keystore;
	size_t i;

	for (i = 0; i < stack->count; i++)
		if (t->slots[i].has_public_key &&
		    stack->line[i].loaded.module->ceiling == TEE_ORIGIN_LOCAL)
			return true;
	return false;
}

/*
 * "prefer-tee" after an outage: an empty claim set, and only keystores that
 * vouch for nothing.  A deny never comes here, and no caller's floor is met
 * here.
 */
static enum tee_verdict
fall_back(struct tee_transaction *t)
{
	enum tee_verdict verdict;
	size_t i;

	if (t->tee->caller_level > TEE_LEVEL_STANDARD)
		return TEE_UNAVAILABLE;
	snprintf(t->because, sizeof(t->because), "%s",
	    t->reason[0] != '\0' ? t->reason : "keystore");
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
	if (verdict == TEE_OK && name_and_bind(t) != 0)
		verdict = TEE_DENY;
	return verdict;
}

enum tee_verdict
tee_transaction_grant(struct tee_transaction *t, const uint8_t **seed,
    enum tee_key_origin *origin)
{
	bool prefer = t->tee->assurance == TEE_ASSURANCE_PREFER_TEE;
	enum tee_verdict verdict = prepare(t);

	/* No keystore at all: another try must not pass the verifiers by. */
	if (verdict != TEE_OK)
		return verdict;
	if (name_and_bind(t) != 0)
		return TEE_DENY;
	verdict = tee_transaction_attest(t);
	/* Asked all the same: a deny is an answer that no outage hides. */
	if (verdict == TEE_OK && prefer && prepared_local(t))
		verdict = TEE_UNAVAILABLE;
	if (verdict == TEE_OK)
		verdict = release(t, seed, origin);
	if (verdict == TEE_UNAVAILABLE && prefer) {
		verdict = fall_back(t);
		if (verdict == TEE_OK)
			verdict = release(t, seed, origin);
	}
	if (verdict == TEE_OK)
		verdict = tee_reference_origin(&t->tee->floor,
		    t->tee->assurance, *origin, t->claims);
	if (verdict == TEE_OK && prefer && !t->local_only &&
	    !tee_origin_is_tee(*origin))
		verdict = TEE_DENY;
	if (verdict == TEE_DENY && t->reason[0] == '\0')
		tee_transaction_check_reason(t);
	return verdict;
}

/*
 * The claims' own end may come before the profile's lifetime; it is counted
 * from now, not from when a transaction that took its time began.
 */
unsigned
tee_transaction_lease(const struct tee_transaction *t)
{
	unsigned lifetime = t->tee->lifetime;
	int64_t left =
	    t->claims->expires - (int64_t)(tee_clock_now() / TEE_SECOND);

	if (t->local_only && lifetime > DOWNGRADE_LIFETIME)
		lifetime = DOWNGRADE_LIFETIME;
	if (t->claims->expires != 0 && left < lifetime)
		lifetime = left > 0 ? (unsigned)left : 0;
	return lifetime;
}

static int
store(struct tee_transaction *t, struct tee_key *key, const uint8_t *seed,
    enum tee_key_origin origin)
{
	char description[TEE_CUSTODY_DESCRIPTION];
	struct tee_custody_spec spec = {
		.description = description,
		.profile = t->tee->name,
		.seed = seed,
		.public_key = t->public_key,
		.lifetime = tee_transaction_lease(t),
		.operators = t->tee->operators,
	};

	if (spec.lifetime == 0)
		return TEE_E_DENIED;
	tee_custody_describe(origin, t->tee->name, t->did, t->did_size,
	    description);
	key->expires =
	    (time_t)(tee_clock_now() / TEE_SECOND) + (time_t)spec.lifetime;
	return tee_custody_store(&spec, &key->custody);
}

void
tee_transaction_settle(struct tee_transaction *t,
    const struct tee_standing *standing, const char *residency)
{
	t->claims->key_origin = standing->origin;
	t->claims->verified_at = t->now;
	t->claims->verdict = TEE_OK;
	t->claims->residency = residency;
	if (t->evidence->item_count > 0)
		tee_transaction_stamp(t, standing->origin,
		    tee_transaction_platform(t));
	if (standing->simulated)
		t->claims->simulated = true;
}

void
tee_transaction_hand_over(struct tee_transaction *t, struct tee_key *key)
{
	tee_transaction_settle(t, &key->standing, "process");
	if (t->evidence->item_count > 0) {
		tee_evidence_free(&key->evidence);
		key->evidence = t->evidence;
		t->evidence = NULL;
	}
	/* A renewal asks no keystore: what the key came from, it stays. */
	key->standing.simulated = t->claims->simulated;
	tee_claims_free(&key->claims);
	key->claims = t->claims;
	t->claims = NULL;
}

static int
make_key(struct tee_transaction *t, const uint8_t *seed,
    enum tee_key_origin origin, struct tee_key **out)
{
	struct tee_key *key = calloc(1, sizeof(*key));
	int error = TEE_E_MEMORY;

	if (key == NULL)
		return error;
	pthread_mutex_init(&key->lock, NULL);
	key->log = t->tee->log;
	key->standing.origin = origin;
	memcpy(key->standing.public_key, t->public_key,
	    sizeof(key->standing.public_key));
	memcpy(key->plan, t->tee->digest, sizeof(key->plan));
	key->caller_level = t->tee->caller_level;
	key->allow_simulated = t->tee->floor.allow_simulated;
	key->profile = strdup(t->tee->name);
	key->standing.platform = strdup(tee_transaction_platform(t));
	if (key->profile != NULL && key->standing.platform != NULL)
		error = store(t, key, seed, origin);
	if (error != 0) {
		tee_key_free(&key);
		return error;
	}
	tee_transaction_hand_over(t, key);
	key->standing.did = t->did;
	key->standing.did_size = t->did_size;
	t->did = NULL;
	*out = key;
	return 0;
}

void
tee_transaction_granted(const struct tee_transaction *t,
    const struct tee_claims *c, int32_t serial)
{
	char digest[65];

	if (t->local_only)
		tee_transaction_downgrade(t);
	tee_hex_encode(t->tee->digest, 32, digest);
	tee_log_event(&t->tee->log, TEE_EVENT_GRANT,
	    "txn=%s profile=%s "
	    "origin=%s simulated=%s key=%d grantors=%s plan=sha256:%s",
	    t->id, t->tee->name, tee_origin_word(c->key_origin),
	    c->simulated ? "true" : "false", serial, t->grantors, digest);
}

/* Grant, then custody; whatever fails leaves its reason in the log. */
static int
acquire(struct tee_transaction *t, struct tee_key **out)
{
	enum tee_key_origin origin = TEE_ORIGIN_LOCAL;
	const uint8_t *seed = NULL;
	enum tee_verdict verdict = tee_transaction_grant(t, &seed, &origin);
	int error = tee_verdict_error(verdict);

	if (error == 0 && seed == NULL)
		error = TEE_E_DENIED;
	if (error == 0) {
		error = make_key(t, seed, origin, out);
		if (error != 0)
			tee_transaction_reason(t, tee_error_word(error),
			    tee_explain(error));
	}
	if (error == 0)
		tee_transaction_granted(t, (*out)->claims,
		    tee_key_serial(*out));
	else
		tee_transaction_refuse(t, "acquire",
		    verdict == TEE_OK ? TEE_DENY : verdict);
	return error;
}

int
tee_acquire(struct tee *tee, struct tee_key **out)
{
	struct tee_transaction t;
	int error;

	if (tee == NULL || out == NULL)
		return TEE_E_ARGUMENT;
	*out = NULL;
	if (tee->did == NULL)
		return TEE_E_ARGUMENT;
	if (tee->residency == TEE_RESIDENCY_TEED)
		return tee_remote_acquire(tee, out);
	error = tee_transaction_begin(&t, tee);
	if (error == 0)
		error = acquire(&t, out);
	tee_transaction_end(&t);
	return error;
}
