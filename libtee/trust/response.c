/* SPDX-License-Identifier: Apache-2.0 */
/* response: see response.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "libtee/digest.h"
#include "libtee/error.h"
#include "libtee/evidence_json.h"
#include "libtee/json_plain.h"
#include "libtee/trust/response.h"
#include "libtee/trust/signature.h"

/* NULL where it is absent or null. */
static const json_t *
member(const json_t *root, const char *key)
{
	const json_t *v = json_object_get(root, key);

	return json_is_null(v) ? NULL : v;
}

static bool
read_texts(struct trust_response *r)
{
	const json_t *id = member(r->root, "challenge_id");
	const json_t *did = member(r->root, "agent_did");

	if (!json_is_string(id) || !json_is_string(did))
		return false;
	r->challenge_id = json_string_value(id);
	r->challenge_id_size = json_string_length(id);
	r->did = (struct tee_bytes){ json_string_value(did),
		json_string_length(did) };
	return true;
}

static bool
read_capabilities(const json_t *v)
{
	size_t i;

	if (v != NULL && !json_is_array(v))
		return false;
	for (i = 0; i < json_array_size(v); i++)
		if (!json_is_string(json_array_get(v, i)))
			return false;
	return true;
}

/* Unsigned, of no weight; yet what AgentMesh would not read is no answer. */
static const char *
read_unsigned(const json_t *root)
{
	const json_t *score = member(root, "trust_score");
	const json_t *at = member(root, "timestamp");
	const json_t *user = member(root, "user_context");
	tee_instant when;

	if (!read_capabilities(member(root, "capabilities")))
		return "capabilities";
	if (score != NULL &&
	    (!json_is_integer(score) || json_integer_value(score) < 0 ||
		json_integer_value(score) > 1000))
		return "trust_score";
	if (at != NULL &&
	    (!json_is_string(at) ||
		!tee_instant_parse(json_string_value(at),
		    json_string_length(at), &when)))
		return "timestamp";
	return user == NULL || json_is_object(user) ? NULL : "user_context";
}

static const char *
read_identity(struct trust_response *r)
{
	const json_t *freshness = member(r->root, "freshness_nonce");

	if (!read_texts(r))
		return "challenge_id, agent_did";
	if (!trust_hex_read(member(r->root, "response_nonce"),
		TRUST_RESPONSE_NONCE, r->nonce))
		return "response_nonce";
	if (freshness != NULL &&
	    !trust_hex_read(freshness, TRUST_FRESHNESS, r->freshness))
		return "freshness_nonce";
	if (!trust_base64_read(member(r->root, "signature"), r->signature,
		sizeof(r->signature)))
		return "signature";
	if (!trust_base64_read(member(r->root, "public_key"), r->public_key,
		sizeof(r->public_key)))
		return "public_key";
	return read_unsigned(r->root);
}

static bool
read_origin(const json_t *v, enum tee_key_origin *out)
{
	return json_is_string(v) &&
	    strlen(json_string_value(v)) == json_string_length(v) &&
	    tee_origin_parse(json_string_value(v), out);
}

static const char *
read_attestation(struct trust_response *r)
{
	const json_t *signature = member(r->root, "attestation_signature");
	const json_t *key = member(r->root, "attestation_public_key");
	const json_t *origin = member(r->root, "attestation_key_origin");

	r->evidence = member(r->root, "attestation_evidence");
	r->has_attested_signature = signature != NULL;
	r->has_attested_key = key != NULL;
	r->has_attested_origin = origin != NULL;
	if (r->evidence != NULL && !json_is_object(r->evidence))
		return "attestation_evidence";
	if (signature != NULL &&
	    !trust_base64_read(signature, r->attested_signature,
		sizeof(r->attested_signature)))
		return "attestation_signature";
	if (key != NULL &&
	    !trust_base64_read(key, r->attested_key, sizeof(r->attested_key)))
		return "attestation_public_key";
	if (origin != NULL && !read_origin(origin, &r->attested_origin))
		return "attestation_key_origin";
	return NULL;
}

const char *
trust_response_read(const char *json, size_t size, struct trust_response *r)
{
	const char *wrong;

	memset(r, 0, sizeof(*r));
	if (size > TRUST_RESPONSE_MAX)
		return "its size";
	r->root = tee_json_read(json, size, TEE_JSON_OUTSIDE);
	if (!json_is_object(r->root))
		return "its JSON";
	wrong = read_identity(r);
	return wrong != NULL ? wrong : read_attestation(r);
}

void
trust_response_clear(struct trust_response *r)
{
	json_decref(r->root);
	memset(r, 0, sizeof(*r));
}

size_t
trust_response_message(const struct trust_challenge *c,
    const char response_nonce[TRUST_RESPONSE_NONCE + 1], struct tee_bytes did,
    char out[TRUST_MESSAGE_MAX])
{
	int n = snprintf(out, TRUST_MESSAGE_MAX, "%s:%s:%s:%.*s%s%s", c->id,
	    c->nonce, response_nonce, (int)did.size, did.data,
	    c->freshness[0] != '\0' ? ":" : "", c->freshness);

	return n > 0 && n < TRUST_MESSAGE_MAX ? (size_t)n : 0;
}

static struct tee_bytes
word(const char *s)
{
	return (struct tee_bytes){ s, strlen(s) };
}

static void
add_bytes(uint8_t *out, size_t *at, const void *bytes, size_t size)
{
	if (*at == 0 || size > TRUST_LAYER2_MAX - *at) {
		*at = 0;
		return;
	}
	memcpy(out + *at, bytes, size);
	*at += size;
}

static void
add_text(uint8_t *out, size_t *at, struct tee_bytes text)
{
	const uint8_t head[2] = { (uint8_t)(text.size >> 8),
		(uint8_t)text.size };

	add_bytes(out, at, head, sizeof(head));
	add_bytes(out, at, text.data, text.size);
}

size_t
trust_layer2_preimage(const struct trust_layer2 *l,
    uint8_t out[TRUST_LAYER2_MAX])
{
	static const char context[] = "agentmesh-layer2-v1";
	size_t at = sizeof(context) - 1;
	uint8_t key_hash[32];

	if (tee_binding_key_hash(l->key, key_hash) != 0)
		return 0;
	memcpy(out, context, at);
	add_text(out, &at, l->agent);
	add_text(out, &at, l->verifier);
	add_text(out, &at, word(l->challenge->id));
	add_text(out, &at, word(l->challenge->nonce));
	add_bytes(out, &at, l->evidence, 32);
	add_bytes(out, &at, key_hash, sizeof(key_hash));
	add_text(out, &at, word(tee_origin_word(l->origin)));
	return at;
}

int
trust_layer2_digest(const struct trust_layer2 *l, uint8_t out[32])
{
	uint8_t preimage[TRUST_LAYER2_MAX];
	size_t size = trust_layer2_preimage(l, preimage);

	return size != 0 ? tee_digest(preimage, size, out) : TEE_E_CRYPTO;
}
