/* SPDX-License-Identifier: Apache-2.0 */
/*
 * respond: the agent's side.  One key signs twice: as the identity that it
 * is, and, where the verifier is known, as the key that the evidence is
 * about.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "libtee/error.h"
#include "libtee/evidence_json.h"
#include "libtee/text.h"
#include "libtee/transaction.h"
#include "libtee/trust/canonical.h"
#include "libtee/trust/challenge.h"
#include "libtee/trust/misfit.h"
#include "libtee/trust/response.h"
#include "libtee/trust/signature.h"
#include "libtee/trust/startup.h"
#include <tee/trust.h>

struct answer {
	struct tee *tee;
	const struct tee_key *key;
	const struct tee_response_options *options;
	struct trust_challenge challenge;
	struct tee_bytes did;
	char nonce[TRUST_RESPONSE_NONCE + 1];
	uint8_t signature[TEE_SIGNATURE_SIZE];
	json_t *evidence; /* NULL: none */
	enum tee_key_origin origin;
	uint8_t attested[TEE_SIGNATURE_SIZE];
};

/*
 * A renewal in another thread replaces the key's evidence.  A key that was
 * granted without any has none to show: what that is worth is the peer's to
 * say.
 */
static int
key_evidence(const struct tee_key *key, struct tee_evidence **out)
{
	struct tee_key *k = (struct tee_key *)(uintptr_t)key;
	int error = key->remote != NULL ? 0 : tee_custody_probe(key->custody);
	bool has;

	if (error != 0)
		return error;
	pthread_mutex_lock(&k->lock);
	has = k->evidence != NULL;
	*out = has ? tee_evidence_copy(k->evidence) : NULL;
	pthread_mutex_unlock(&k->lock);
	if (!has)
		tee_log_line(&key->log, LOG_WARNING,
		    "tee profile=%s call=respond reason=no_evidence "
		    "detail=\"the key was granted without evidence\"",
		    key->profile);
	return !has || *out != NULL ? 0 : TEE_E_MEMORY;
}

/* The member as it goes out, with the null that upstream's model has. */
static json_t *
evidence_json(const struct tee_evidence *e)
{
	char *text = NULL;
	json_t *root = NULL;

	if (tee_evidence_to_json(e, &text) == 0)
		root = json_loads(text, TEE_JSON_OUTSIDE, NULL);
	free(text);
	if (root != NULL &&
	    json_object_set_new(root, "binding_hash", json_null()) != 0) {
		json_decref(root);
		root = NULL;
	}
	return root;
}

static int
sign_evidence(struct answer *a, const struct tee_evidence *e)
{
	const struct tee_response_options *o = a->options;
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE], evidence[32];
	uint8_t preimage[TRUST_LAYER2_MAX];
	const struct trust_layer2 l = { a->did,
		{ o->verifier_did, o->verifier_did_size }, &a->challenge,
		evidence, public_key, e->key_origin };
	size_t size;
	int error;

	tee_key_public(a->key, public_key);
	a->origin = e->key_origin;
	a->evidence = evidence_json(e);
	if (a->evidence == NULL)
		return TEE_E_MEMORY;
	error = trust_canonical_evidence(a->evidence, e, evidence);
	if (error != 0)
		return error;
	size = trust_layer2_preimage(&l, preimage);
	return size == 0 ?
	    TEE_E_ARGUMENT :
	    tee_key_sign_layer2(a->key, preimage, size, a->attested);
}

static int
attest(struct answer *a)
{
	const struct tee_response_options *o = a->options;
	const struct tee_challenge c = trust_challenge_value(&a->challenge);
	struct tee_evidence *e = NULL;
	int error;

	if (o->verifier_did == NULL)
		return 0;
	error = o->startup_evidence ? key_evidence(a->key, &e) :
				      tee_attest(a->tee, a->key, &c, &e);
	if (error == 0 && e != NULL)
		error = sign_evidence(a, e);
	tee_evidence_free(&e);
	return error;
}

static int
identify(struct answer *a)
{
	char message[TRUST_MESSAGE_MAX];
	int error = trust_random_hex(a->nonce, TRUST_RESPONSE_NONCE / 2);
	size_t size;

	if (error != 0)
		return error;
	size = trust_response_message(&a->challenge, a->nonce, a->did, message);
	return size == 0 ? TEE_E_ARGUMENT :
			   tee_sign(a->key, message, size, a->signature);
}

static json_t *
capabilities_of(const struct answer *a)
{
	const char *text = a->options->capabilities;
	json_t *list = text == NULL ? json_array() :
				      json_loads(text, TEE_JSON_OUTSIDE, NULL);
	bool ok = json_is_array(list);
	size_t i;

	for (i = 0; ok && i < json_array_size(list); i++)
		ok = json_is_string(json_array_get(list, i));
	if (!ok) {
		json_decref(list);
		return NULL;
	}
	return list;
}

/* AgentMesh's members, in its order; trust_score claims nothing. */
static json_t *
pack(const struct answer *a, json_t *capabilities)
{
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
	char key[TRUST_BASE64(TEE_PUBLIC_KEY_SIZE)];
	char signature[TRUST_BASE64(TEE_SIGNATURE_SIZE)];
	char attested[TRUST_BASE64(TEE_SIGNATURE_SIZE)];
	char at[TEE_INSTANT_TEXT];
	bool has = a->evidence != NULL;

	tee_key_public(a->key, public_key);
	trust_base64_write(public_key, sizeof(public_key), key);
	trust_base64_write(a->signature, TEE_SIGNATURE_SIZE, signature);
	trust_base64_write(a->attested, TEE_SIGNATURE_SIZE, attested);
	tee_instant_format(tee_clock_now(), at);
	/* clang-format off */
	return json_pack("{s:s, s:s, s:s%, s:O, s:i, s:s, s:s, s:s?, s:O?,"
	    " s:s?, s:s?, s:s?, s:n, s:s}",
	    "challenge_id", a->challenge.id,
	    "response_nonce", a->nonce,
	    "agent_did", a->did.data, a->did.size,
	    "capabilities", capabilities,
	    "trust_score", 0,
	    "signature", signature,
	    "public_key", key,
	    "freshness_nonce", a->challenge.freshness[0] != '\0' ?
	    a->challenge.freshness : NULL,
	    "attestation_evidence", a->evidence,
	    "attestation_signature", has ? attested : NULL,
	    "attestation_public_key", has ? key : NULL,
	    "attestation_key_origin", has ? tee_origin_word(a->origin) : NULL,
	    "user_context",
	    "timestamp", at);
	/* clang-format on */
}

static int
respond(struct answer *a, char **json)
{
	json_t *capabilities = capabilities_of(a), *root = NULL;
	int error = capabilities != NULL ?
	    identify(a) :
	    trust_misfit(&a->key->log, a->key->profile, "respond",
		"capabilities", "no JSON array of strings");

	if (error == 0)
		error = attest(a);
	if (error == 0) {
		root = pack(a, capabilities);
		*json = root != NULL ? json_dumps(root, JSON_INDENT(2)) : NULL;
		error = *json != NULL ? 0 : TEE_E_MEMORY;
	}
	json_decref(root);
	json_decref(capabilities);
	json_decref(a->evidence);
	return error;
}

/* Why the argument that it names does not fit, or NULL; reads the challenge. */
static const char *
misfit(struct answer *a, const char *challenge, size_t size,
    const char **argument)
{
	const struct tee_response_options *o = a->options;

	*argument = "options";
	if (o == NULL || o->size != sizeof(*o))
		return "not of this version's size";
	*argument = "verifier_did";
	if (o->verifier_did != NULL && a->tee == NULL)
		return "without a handle there is no evidence to sign for it";
	if (o->verifier_did != NULL &&
	    !trust_did_valid(
		(struct tee_bytes){ o->verifier_did, o->verifier_did_size }))
		return "no DID such as did:mesh:agent-1";
	*argument = "agent.did of the profile";
	if (!trust_did_valid(a->did))
		return "no DID such as did:mesh:agent-1";
	*argument = "challenge";
	return trust_challenge_read(challenge, size, &a->challenge);
}

int
tee_handshake_respond(struct tee *tee, const struct tee_key *key,
    const char *challenge, size_t size,
    const struct tee_response_options *options, char **json)
{
	struct answer a = { .tee = tee, .key = key, .options = options };
	const char *argument, *wrong;

	if (json == NULL)
		return TEE_E_ARGUMENT;
	*json = NULL;
	if (key == NULL || challenge == NULL)
		return TEE_E_ARGUMENT;
	a.did.data = tee_key_did(key, &a.did.size);
	wrong = misfit(&a, challenge, size, &argument);
	if (wrong != NULL)
		return trust_misfit(&key->log, key->profile, "respond",
		    argument, wrong);
	/* Two machines' clocks: the verifier's alone decides to the second. */
	if (trust_challenge_time(&a.challenge, tee_clock_now(),
		TEE_CLOCK_SKEW) != TRUST_VALID) {
		tee_log_line(&key->log, LOG_WARNING,
		    "tee profile=%s call=respond reason=challenge_expired "
		    "detail=\"its time is not this clock's: ask the peer for "
		    "another\"",
		    key->profile);
		return TEE_E_DENIED;
	}
	return respond(&a, json);
}

int
tee_handshake_challenge(bool freshness, char **json)
{
	struct trust_challenge c;
	int error;

	if (json == NULL)
		return TEE_E_ARGUMENT;
	*json = NULL;
	error = trust_challenge_draw(&c, freshness, tee_clock_now());
	if (error == 0) {
		*json = trust_challenge_write(&c);
		error = *json != NULL ? 0 : TEE_E_MEMORY;
	}
	return error;
}
