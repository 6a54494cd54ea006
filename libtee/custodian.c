/* SPDX-License-Identifier: Apache-2.0 */
/* custodian: see custodian.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>

#include "libtee/custodian.h"
#include "libtee/stack.h"
#include "libtee/transaction.h"

/* The keeper asks for no floor of its own; one would be forgotten here. */
static bool
takes(const struct tee_options *o)
{
	return o->size == sizeof(*o) && !o->require_tee &&
	    !o->refuse_simulated && o->min_level == TEE_LEVEL_STANDARD;
}

int
tee_custodian_open(const char *path, const uint8_t digest[32],
    const struct tee_options *options, struct tee **out)
{
	struct tee *tee;
	int error;

	*out = NULL;
	if (options != NULL && !takes(options))
		return TEE_E_ARGUMENT;
	tee = tee_profile_new(options, path, TEE_MODULE_DIR);
	if (tee == NULL)
		return TEE_E_MEMORY;
	error = tee_profile_read(tee);
	if (error == 0 &&
	    memcmp(tee->digest, digest, sizeof(tee->digest)) != 0) {
		tee_log_line(&tee->log, LOG_ERR,
		    "%s:1: the file changed since teed read it; "
		    "reload teed",
		    tee->file);
		error = TEE_E_PROFILE;
	}
	if (error == 0)
		error = tee_plan_open(tee);
	if (error != 0)
		tee_profile_free(&tee);
	*out = tee;
	return error;
}

static int
refused(const struct tee_transaction *t, const char *what,
    enum tee_verdict verdict, struct tee_release *out)
{
	memcpy(out->reason, t->reason, sizeof(out->reason));
	memcpy(out->detail, t->detail, sizeof(out->detail));
	tee_transaction_refuse(t, what, verdict);
	return tee_verdict_error(verdict);
}

/* What may be shown of it: claims, and evidence where there is any. */
static int
document(struct tee_transaction *t, struct tee_release *out)
{
	int error;

	tee_transaction_settle(t, &out->standing, "teed");
	out->standing.simulated = t->claims->simulated;
	out->lifetime = tee_transaction_lease(t);
	if (t->local_only)
		memcpy(out->reason, t->because, sizeof(t->because));
	error = tee_claims_to_json(t->claims, &out->claims_json);
	if (error == 0 && t->evidence->item_count > 0)
		error = tee_evidence_to_json(t->evidence, &out->evidence_json);
	return error;
}

static int
acquire(struct tee_transaction *t, uint8_t seed[TEE_SEED_SIZE],
    struct tee_release *out)
{
	struct tee_standing *standing = &out->standing;
	const uint8_t *delivered = NULL;
	enum tee_verdict verdict =
	    tee_transaction_grant(t, &delivered, &standing->origin);
	int error;

	if (verdict == TEE_OK &&
	    (delivered == NULL || tee_transaction_lease(t) == 0))
		verdict = TEE_DENY;
	if (verdict != TEE_OK)
		return refused(t, "acquire", verdict, out);
	memcpy(standing->public_key, t->public_key,
	    sizeof(standing->public_key));
	standing->platform = strdup(tee_transaction_platform(t));
	standing->did = t->did;
	standing->did_size = t->did_size;
	t->did = NULL;
	error = standing->platform != NULL ? document(t, out) : TEE_E_MEMORY;
	if (error != 0)
		return error;
	tee_transaction_granted(t, t->claims, 0);
	memcpy(seed, delivered, TEE_SEED_SIZE);
	tee_stack_wipe_vectors();
	return 0;
}

int
tee_custodian_acquire(struct tee *tee, uint8_t seed[TEE_SEED_SIZE],
    struct tee_release *out)
{
	struct tee_transaction t;
	int error;

	*out = (struct tee_release){ 0 };
	if (tee->did == NULL)
		return TEE_E_ARGUMENT;
	error = tee_transaction_begin(&t, tee);
	if (error == 0)
		error = acquire(&t, seed, out);
	if (error != 0)
		OPENSSL_cleanse(seed, TEE_SEED_SIZE);
	tee_transaction_end(&t);
	return error;
}

/* A copy that the release owns. */
static int
keep(struct tee_release *out, const struct tee_standing *s)
{
	out->standing = *s;
	out->standing.platform = strdup(s->platform);
	out->standing.did = malloc(s->did_size + 1);
	if (out->standing.did == NULL || out->standing.platform == NULL)
		return TEE_E_MEMORY;
	memcpy(out->standing.did, s->did, s->did_size);
	out->standing.did[s->did_size] = '\0';
	return 0;
}

static int
renew(struct tee_transaction *t, struct tee_release *out)
{
	enum tee_verdict verdict = tee_transaction_stand(t, &out->standing);
	int error;

	if (verdict != TEE_OK)
		return refused(t, "renew", verdict, out);
	error = document(t, out);
	if (error == 0)
		tee_transaction_renewed(t, 0, out->lifetime);
	return error;
}

int
tee_custodian_renew(struct tee *tee, const struct tee_standing *standing,
    struct tee_release *out)
{
	struct tee_transaction t;
	int error;

	*out = (struct tee_release){ 0 };
	error = keep(out, standing);
	if (error != 0)
		return error;
	error = tee_transaction_begin(&t, tee);
	if (error == 0)
		error = renew(&t, out);
	tee_transaction_end(&t);
	return error;
}

int
tee_custodian_attest(struct tee *tee, const struct tee_standing *standing,
    const struct tee_challenge *challenge, struct tee_release *out)
{
	struct tee_transaction t;
	int error;

	*out = (struct tee_release){ 0 };
	error = keep(out, standing);
	if (error != 0)
		return error;
	error = tee_transaction_begin(&t, tee);
	if (error == 0)
		error = tee_transaction_answer(&t, standing, challenge);
	if (error == 0)
		error = tee_evidence_to_json(t.evidence, &out->evidence_json);
	memcpy(out->reason, t.reason, sizeof(out->reason));
	memcpy(out->detail, t.detail, sizeof(out->detail));
	tee_transaction_end(&t);
	return error;
}

void
tee_release_clear(struct tee_release *r)
{
	free(r->standing.did);
	free(r->standing.platform);
	free(r->claims_json);
	free(r->evidence_json);
	*r = (struct tee_release){ 0 };
}
