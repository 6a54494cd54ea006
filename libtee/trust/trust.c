/* SPDX-License-Identifier: Apache-2.0 */
/* trust: see trust.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "libtee/profile.h"
#include "libtee/trust/hash.h"
#include "libtee/trust/misfit.h"
#include "libtee/trust/shared.h"
#include "libtee/trust/trust.h"

#define CACHE_ENTRIES 10000
#define REPLAY_ENTRIES 100000

/*
 * What the verdicts of this handle depend on beside peer and evidence.  The
 * profile's bytes name verifiers and reference values; the caller's floor
 * was given when it was opened.
 */
static int
digest_plan(struct tee_trust *t)
{
	const struct tee *tee = t->tee;
	const uint8_t floor[] = { (uint8_t)tee->caller_level,
		(uint8_t)tee->floor.min_level, tee->floor.allow_simulated };
	struct trust_hash h;

	trust_hash_begin(&h, "tee-trust-plan-v1");
	trust_hash_add(&h, tee->digest, sizeof(tee->digest));
	trust_hash_add(&h, floor, sizeof(floor));
	return trust_hash_end(&h, t->plan);
}

struct tee_trust_require
trust_require(const struct tee_trust *t, const struct tee_trust_require *call)
{
	const struct tee_trust_require *own = &t->require;
	struct tee_trust_require r = {
		.tee_bound_key = own->tee_bound_key || call->tee_bound_key,
		.fresh_evidence = own->fresh_evidence || call->fresh_evidence,
	};

	r.attestation = own->attestation || call->attestation ||
	    r.tee_bound_key || r.fresh_evidence ||
	    t->tee->assurance == TEE_ASSURANCE_TEE;
	return r;
}

int
trust_peer_digest(struct tee_bytes did, uint8_t out[32])
{
	struct trust_hash h;

	trust_hash_begin(&h, "tee-trust-peer-v1");
	trust_hash_text(&h, did);
	return trust_hash_end(&h, out);
}

static bool
rules_fit(const struct tee_score_rules *rules)
{
	struct tee_score score;

	return rules == NULL ||
	    (rules->size == sizeof(*rules) &&
		tee_score_environment(rules, NULL, 0, 0, &score) == 0);
}

/* Why the option that it names does not fit, or NULL. */
static const char *
options_misfit(const struct tee_trust_options *o, const char **argument)
{
	*argument = "options";
	if (o == NULL || o->size != sizeof(*o))
		return "not of this version's size";
	*argument = "did";
	if (!trust_did_valid((struct tee_bytes){ o->did, o->did_size }))
		return "no DID such as did:mesh:agent-1";
	*argument = "required_score";
	if (o->required_score < 0 || o->required_score > 1000)
		return "not 0 to 1000";
	*argument = "rules";
	return rules_fit(o->rules) ? NULL : "none that can be scored by";
}

static int
fill(struct tee_trust *t, const struct tee_trust_options *o)
{
	static const struct tee_trust_require nothing;
	int error;

	t->required_score = o->required_score;
	t->require = o->require;
	t->policy = o->policy;
	tee_score_rules_init(&t->rules);
	if (o->rules != NULL)
		t->rules = *o->rules;
	/* What could never be verified is refused here, not at each peer. */
	if (t->tee->verifier.count == 0 &&
	    trust_require(t, &nothing).attestation)
		return trust_misfit(&t->tee->log, t->tee->name, "handshake",
		    "require",
		    "evidence is required, and the profile has no verifier");
	t->did = malloc(o->did_size);
	if (t->did == NULL)
		return TEE_E_MEMORY;
	memcpy(t->did, o->did, o->did_size);
	t->did_size = o->did_size;
	error = digest_plan(t);
	if (error == 0)
		error =
		    trust_cache_new(o->cache_entries != 0 ? o->cache_entries :
							    CACHE_ENTRIES,
			&t->cache);
	if (error == 0 && t->tee->cache.count > 0)
		error = trust_shared_new(t->tee, o->key, &t->shared);
	if (error == 0)
		trust_cache_share(t->cache, t->shared);
	if (error == 0)
		error = trust_replay_new(o->replay_entries != 0 ?
			o->replay_entries :
			REPLAY_ENTRIES,
		    &t->replay);
	return error;
}

int
tee_trust_open(struct tee *tee, const struct tee_trust_options *options,
    struct tee_trust **out)
{
	const char *argument, *wrong;
	struct tee_trust *t;
	int error;

	if (out == NULL)
		return TEE_E_ARGUMENT;
	*out = NULL;
	if (tee == NULL)
		return TEE_E_ARGUMENT;
	wrong = options_misfit(options, &argument);
	if (wrong != NULL)
		return trust_misfit(&tee->log, tee->name, "handshake", argument,
		    wrong);
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return TEE_E_MEMORY;
	t->tee = tee;
	error = fill(t, options);
	if (error != 0)
		tee_trust_close(&t);
	*out = t;
	return error;
}

void
tee_trust_close(struct tee_trust **trust)
{
	if (trust == NULL || *trust == NULL)
		return;
	trust_cache_free(&(*trust)->cache);
	trust_shared_free(&(*trust)->shared);
	trust_replay_free(&(*trust)->replay);
	free((*trust)->did);
	free(*trust);
	*trust = NULL;
}

void
tee_trust_forget(struct tee_trust *t, const char *did, size_t size)
{
	uint8_t peer[32];

	if (t == NULL)
		return;
	/* A digest that fails must not leave a revoked peer remembered. */
	if (did == NULL ||
	    trust_peer_digest((struct tee_bytes){ did, size }, peer) != 0)
		trust_cache_forget(t->cache, NULL);
	else
		trust_cache_forget(t->cache, peer);
}
