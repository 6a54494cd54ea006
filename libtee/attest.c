/* SPDX-License-Identifier: Apache-2.0 */
/* attest: an agent with a key answers a challenge, or renews its lease. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "libtee/transaction.h"

static int
collect(struct tee_transaction *t)
{
	struct tee_outcome outcome;
	enum tee_verdict verdict;

	if (t->tee->collector.count == 0)
		tee_transaction_reason(t, "no_collector",
		    "the profile has none to ask");
	verdict = tee_transaction_run(t, &t->tee->collector, false, &outcome);
	if (verdict != TEE_OK)
		tee_transaction_refuse(t, "attest", verdict);
	return tee_verdict_error(verdict);
}

int
tee_transaction_answer(struct tee_transaction *t,
    const struct tee_standing *key, const struct tee_challenge *challenge)
{
	uint8_t key_hash[32];
	int error = tee_binding_key_hash(key->public_key, key_hash);

	if (error == 0)
		error = tee_evidence_bind(t->evidence,
		    (struct tee_bytes){ key->did, key->did_size }, challenge,
		    key_hash);
	if (error == 0)
		error = collect(t);
	if (error == 0)
		tee_transaction_stamp(t, key->origin, key->platform);
	return error;
}

int
tee_attest(struct tee *tee, const struct tee_key *key,
    const struct tee_challenge *challenge, struct tee_evidence **out)
{
	struct tee_transaction t;
	int error;

	if (tee == NULL || key == NULL || challenge == NULL || out == NULL)
		return TEE_E_ARGUMENT;
	*out = NULL;
	if (key->remote != NULL)
		return tee_remote_attest(key->remote, challenge, out);
	error = tee_custody_probe(key->custody);
	if (error != 0)
		return error;
	error = tee_transaction_begin(&t, tee);
	if (error == 0)
		error = tee_transaction_answer(&t, &key->standing, challenge);
	if (error == 0) {
		*out = t.evidence;
		t.evidence = NULL;
	}
	tee_transaction_end(&t);
	return error;
}

/*
 * What the key was granted on must hold again, for the same public key and
 * under a new nonce.  A key that fell back to `local` is not attested now
 * either: that would promise what it cannot have.
 */
enum tee_verdict
tee_transaction_stand(struct tee_transaction *t, const struct tee_standing *key)
{
	enum tee_key_origin origin = key->origin;
	enum tee_verdict verdict;

	t->local_only = t->tee->assurance == TEE_ASSURANCE_PREFER_TEE &&
	    !tee_origin_is_tee(origin);
	memcpy(t->public_key, key->public_key, sizeof(t->public_key));
	if (tee_transaction_bind(t,
		(struct tee_bytes){ key->did, key->did_size }) != 0)
		return TEE_UNAVAILABLE;
	if (t->local_only) {
		snprintf(t->because, sizeof(t->because), "renewal");
		return TEE_OK;
	}
	verdict = tee_transaction_attest(t);
	if (verdict == TEE_OK)
		verdict = tee_reference_origin(&t->tee->floor,
		    t->tee->assurance, origin, t->claims);
	if (verdict == TEE_OK && tee_origin_is_tee(origin) &&
	    t->claims->level < TEE_LEVEL_TEE_VM)
		verdict = TEE_DENY;
	if (verdict == TEE_OK && tee_transaction_lease(t) == 0) {
		tee_transaction_reason(t, "expired",
		    "what the claims rest on has expired");
		verdict = TEE_DENY;
	}
	if (verdict == TEE_DENY && t->reason[0] == '\0')
		tee_transaction_check_reason(t);
	return verdict;
}

void
tee_transaction_renewed(const struct tee_transaction *t, int32_t serial,
    unsigned lifetime)
{
	if (t->local_only)
		tee_transaction_downgrade(t);
	tee_log_event(&t->tee->log, TEE_EVENT_RENEW,
	    "txn=%s profile=%s key=%d "
	    "lifetime=%u",
	    t->id, t->tee->name, serial, lifetime);
}

/* Of two renewals at once the later lease wins, with its own claims. */
static int
take_lease(struct tee_transaction *t, struct tee_key *key, unsigned lifetime)
{
	int error;

	pthread_mutex_lock(&key->lock);
	error = tee_custody_renew(key->custody, lifetime);
	if (error == 0) {
		key->expires =
		    (time_t)(tee_clock_now() / TEE_SECOND) + (time_t)lifetime;
		tee_transaction_hand_over(t, key);
	}
	pthread_mutex_unlock(&key->lock);
	return error;
}

static int
renew(struct tee_transaction *t, struct tee_key *key)
{
	enum tee_verdict verdict = tee_transaction_stand(t, &key->standing);
	unsigned lifetime = tee_transaction_lease(t);
	int error = tee_verdict_error(verdict);

	if (error == TEE_E_DENIED) {
		tee_transaction_refuse(t, "renew", TEE_DENY);
		(void)tee_key_revoke(key);
		return error;
	}
	if (error == 0)
		error = take_lease(t, key, lifetime);
	if (error != 0) {
		if (verdict == TEE_OK)
			tee_transaction_reason(t, tee_error_word(error),
			    tee_explain(error));
		tee_transaction_refuse(t, "renew", TEE_UNAVAILABLE);
		return error;
	}
	tee_transaction_renewed(t, tee_key_serial(key), lifetime);
	return 0;
}

/* The same profile, and the same floor of the caller's. */
static bool
granted_by(const struct tee_key *key, const struct tee *tee)
{
	return memcmp(tee->digest, key->plan, sizeof(key->plan)) == 0 &&
	    tee->caller_level == key->caller_level &&
	    tee->floor.allow_simulated == key->allow_simulated;
}

int
tee_renew(struct tee *tee, struct tee_key *key)
{
	struct tee_transaction t;
	int error;

	if (tee == NULL || key == NULL || !granted_by(key, tee))
		return TEE_E_ARGUMENT;
	if (key->remote != NULL)
		return tee_remote_renew(tee, key);
	/* A forked child may find the lock taken by a thread it lacks. */
	if (tee_custody_probe(key->custody) == TEE_E_KEY_FOREIGN)
		return TEE_E_KEY_FOREIGN;
	error = tee_transaction_begin(&t, tee);
	if (error == 0)
		error = renew(&t, key);
	tee_transaction_end(&t);
	return error;
}
