/* SPDX-License-Identifier: Apache-2.0 */
/* key: see key.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>

#include "libtee/binding.h"
#include "libtee/clock.h"
#include "libtee/text.h"
#include "teed/key.h"

/* did:mesh:<first 32 hex of SHA-256(public key)> where the profile derives. */
static bool
did_fits(const struct tee *plan, const struct tee_standing *s)
{
	uint8_t hash[32];
	char hex[65], derived[48];
	const char *did = plan->did;

	if (strcmp(did, "auto") == 0) {
		if (tee_binding_key_hash(s->public_key, hash) != 0)
			return false;
		tee_hex_encode(hash, sizeof(hash), hex);
		snprintf(derived, sizeof(derived), "did:mesh:%.32s", hex);
		did = derived;
	}
	return s->did_size == strlen(did) &&
	    memcmp(s->did, did, s->did_size) == 0;
}

static const char *
lease_misfit(const struct tee *plan, const struct tee_release *r)
{
	return r->lifetime == 0 || r->lifetime > plan->lifetime ?
	    "the worker reports a lease that the profile does not allow" :
	    NULL;
}

static const char *
misfit(const struct tee *plan, const struct tee_release *r, const uint8_t *seed)
{
	if (seed == NULL || r->claims_json == NULL || r->standing.did == NULL ||
	    r->standing.platform == NULL)
		return "the worker's report is incomplete";
	if (!did_fits(plan, &r->standing))
		return "the worker reports another DID than the profile's";
	return lease_misfit(plan, r);
}

static void
take_lease(struct teed_key *key, struct tee_release *r)
{
	key->lifetime = r->lifetime;
	key->began = (time_t)(tee_clock_now() / TEE_SECOND);
	key->expires = key->began + (time_t)r->lifetime;
	key->generation++;
	free(key->claims);
	key->claims = r->claims_json;
	r->claims_json = NULL;
	/* Under "local" a renewal collects nothing: what was, stays. */
	if (r->evidence_json != NULL) {
		free(key->evidence);
		key->evidence = r->evidence_json;
		r->evidence_json = NULL;
	}
}

static int
begin(struct teed_key *key, const struct tee *plan, struct tee_bench *bench,
    struct teed_report *report, const uint8_t *seed, const char **why)
{
	struct tee_release *r = &report->release;
	char description[TEE_CUSTODY_DESCRIPTION];
	struct tee_custody_spec spec = {
		.description = description,
		.profile = plan->name,
		.seed = seed,
		.public_key = r->standing.public_key,
		.lifetime = r->lifetime,
		.operators = plan->operators,
		.bench = bench,
		.extendable = true,
	};
	int error;

	*why = misfit(plan, r, seed);
	if (*why != NULL)
		return TEE_E_DENIED;
	tee_custody_describe(r->standing.origin, plan->name, r->standing.did,
	    r->standing.did_size, description);
	error = tee_custody_store(&spec, &key->custody);
	if (error != 0) {
		*why = tee_explain(error);
		return error;
	}
	key->standing = r->standing;
	r->standing = (struct tee_standing){ 0 };
	take_lease(key, r);
	return 0;
}

int
teed_key_begin(struct teed_key *key, const struct tee *plan,
    struct tee_bench *bench, struct teed_report *report, uint8_t *seed,
    const char **why)
{
	int error = begin(key, plan, bench, report, seed, why);

	if (seed != NULL)
		OPENSSL_cleanse(seed, TEE_SEED_SIZE);
	return error;
}

int
teed_key_renew(struct teed_key *key, const struct tee *plan,
    struct teed_report *report, const char **why)
{
	struct tee_release *r = &report->release;
	int error;

	*why = r->claims_json == NULL ? "the worker's report is incomplete" :
					lease_misfit(plan, r);
	if (*why != NULL)
		return TEE_E_SYSTEM;
	error = tee_custody_renew(key->custody, r->lifetime);
	if (error != 0) {
		*why = tee_explain(error);
		return error;
	}
	take_lease(key, r);
	return 0;
}

void
teed_key_end(struct teed_key *key)
{
	uint32_t generation = key->generation;

	tee_custody_free(&key->custody);
	free(key->standing.did);
	free(key->standing.platform);
	free(key->claims);
	free(key->evidence);
	*key = (struct teed_key){ .generation = generation };
}
