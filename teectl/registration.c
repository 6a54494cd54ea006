/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registration: see registration.h.  The key signs
 *
 *	"tee-registration-v1" || u16be(len(did)) || did ||
 *	public key (32) || SHA-256(canonical evidence)
 *
 * where the canonical evidence is the document's `evidence` member with its
 * keys sorted and no white space (null where there is none).
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>

#include "teectl/publickey.h"
#include "teectl/registration.h"
#include "teectl/report.h"
#include "teectl/text.h"

#define DOCUMENT_TYPE "tee-registration"
#define DOCUMENT_VERSION 1
#define DIGEST_SIZE 32

static const char context[] = "tee-registration-v1";

static bool
evidence_digest(const json_t *evidence, uint8_t out[DIGEST_SIZE])
{
	char *text = json_dumps(evidence,
	    JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
	bool ok = text != NULL &&
	    EVP_Digest(text, strlen(text), out, NULL, EVP_sha256(), NULL) == 1;

	free(text);
	return ok;
}

/* The text that is signed; free(3) it. */
static uint8_t *
proof_text(const char *did, size_t did_size,
    const uint8_t key[TEE_PUBLIC_KEY_SIZE], const json_t *evidence,
    size_t *size)
{
	size_t head = sizeof(context) - 1;
	uint8_t *text, *p;

	if (did_size == 0 || did_size > UINT16_MAX)
		return NULL;
	*size = head + 2 + did_size + TEE_PUBLIC_KEY_SIZE + DIGEST_SIZE;
	text = malloc(*size);
	if (text == NULL)
		return NULL;
	memcpy(text, context, head);
	p = text + head;
	*p++ = (uint8_t)(did_size >> 8);
	*p++ = (uint8_t)did_size;
	memcpy(p, did, did_size);
	p += did_size;
	memcpy(p, key, TEE_PUBLIC_KEY_SIZE);
	if (!evidence_digest(evidence, p + TEE_PUBLIC_KEY_SIZE)) {
		free(text);
		return NULL;
	}
	return text;
}

static json_t *
proof_json(const struct tee_key *key, const json_t *evidence, int *error)
{
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
	uint8_t signature[TEE_SIGNATURE_SIZE];
	char digest[2 * DIGEST_SIZE + 1];
	char *base64 = NULL;
	json_t *proof = NULL;
	const char *did;
	uint8_t *text;
	size_t did_size, size;

	did = tee_key_did(key, &did_size);
	tee_key_public(key, public_key);
	text = proof_text(did, did_size, public_key, evidence, &size);
	*error =
	    text != NULL ? tee_sign(key, text, size, signature) : TEE_E_MEMORY;
	if (*error == 0) {
		text_hex(text + size - DIGEST_SIZE, DIGEST_SIZE, digest);
		base64 = text_base64(signature, sizeof(signature), false);
		/* clang-format off */
		proof = json_pack("{s:s, s:s, s:s, s:s}", "algorithm",
		    "Ed25519", "context", context, "evidence_sha256", digest,
		    "signature", base64);
		/* clang-format on */
	}
	free(base64);
	free(text);
	return proof;
}

static json_t *
evidence_json(const struct tee_evidence *evidence)
{
	char *text = NULL;
	json_t *json = NULL;

	if (evidence == NULL)
		return json_null();
	if (tee_evidence_to_json(evidence, &text) == 0)
		json = json_loads(text, JSON_ALLOW_NUL, NULL);
	free(text);
	return json;
}

int
registration_make(const struct tee_key *key,
    const struct tee_evidence *evidence, json_t **out)
{
	json_t *e = evidence_json(evidence), *proof = NULL, *claims;
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
	char hex[2 * TEE_PUBLIC_KEY_SIZE + 1];
	const char *did;
	size_t did_size;
	int error = TEE_E_MEMORY;

	*out = NULL;
	did = tee_key_did(key, &did_size);
	tee_key_public(key, public_key);
	text_hex(public_key, sizeof(public_key), hex);
	claims = report_claims_json(tee_key_claims(key));
	if (e != NULL && claims != NULL)
		proof = proof_json(key, e, &error);
	/* clang-format off */
	if (proof != NULL)
		*out = json_pack("{s:s, s:i, s:s%, s:s, s:o, s:O, s:O?, s:O}",
		    "type", DOCUMENT_TYPE, "version", DOCUMENT_VERSION,
		    "did", did, did_size,
		    "public_key", hex, "public_key_jwk",
		    publickey_jwk(public_key, did, did_size), "evidence", e,
		    "claims", json_object_get(claims, "claims"),
		    "proof", proof);
	/* clang-format on */
	json_decref(claims);
	json_decref(proof);
	json_decref(e);
	return error != 0 ? error : *out != NULL ? 0 : TEE_E_MEMORY;
}

bool
registration_is(const json_t *root)
{
	const char *type = json_string_value(json_object_get(root, "type"));

	return type != NULL && strcmp(type, DOCUMENT_TYPE) == 0;
}

static bool
string_is(const json_t *object, const char *key, const char *value)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s != NULL && strcmp(s, value) == 0;
}

static bool
read_key(const json_t *root, struct registration *r)
{
	const char *hex =
	    json_string_value(json_object_get(root, "public_key"));
	json_t *jwk;
	bool ok;

	if (hex == NULL ||
	    !text_unhex(hex, r->public_key, sizeof(r->public_key)))
		return false;
	/* The two forms of the key say the same, or neither is believed. */
	jwk = publickey_jwk(r->public_key, r->did, r->did_size);
	ok = jwk != NULL &&
	    json_equal(jwk, json_object_get(root, "public_key_jwk"));
	json_decref(jwk);
	return ok;
}

static bool
read_evidence(const json_t *root, struct registration *r)
{
	char *text = json_dumps(json_object_get(root, "evidence"), 0);
	bool ok = text != NULL &&
	    tee_evidence_from_json(text, strlen(text), &r->evidence) == 0;

	free(text);
	return ok;
}

bool
registration_read(json_t *root, struct registration *r, const char **why)
{
	const json_t *did = json_object_get(root, "did");

	*r = (struct registration){ .root = root };
	*why = NULL;
	if (json_integer_value(json_object_get(root, "version")) !=
	    DOCUMENT_VERSION)
		*why = "version is not 1";
	else if (!json_is_string(did) || json_string_length(did) == 0)
		*why = "did is not a non-empty string";
	if (*why != NULL)
		return false;
	r->did = json_string_value(did);
	r->did_size = json_string_length(did);
	if (!read_key(root, r))
		*why = "public_key is no Ed25519 key in hex, or public_key_jwk "
		       "says another";
	else if (json_is_null(json_object_get(root, "evidence")))
		*why = "it carries no evidence";
	else if (!read_evidence(root, r))
		*why = "its evidence is malformed";
	if (*why != NULL)
		registration_clear(r);
	return *why == NULL;
}

bool
registration_proves(const struct registration *r)
{
	const json_t *proof = json_object_get(r->root, "proof");
	const char *base64 =
	    json_string_value(json_object_get(proof, "signature"));
	uint8_t signature[TEE_SIGNATURE_SIZE];
	uint8_t *text;
	size_t size;
	bool ok;

	if (!string_is(proof, "algorithm", "Ed25519") ||
	    !string_is(proof, "context", context) || base64 == NULL ||
	    !text_unbase64(base64, signature, sizeof(signature)))
		return false;
	text = proof_text(r->did, r->did_size, r->public_key,
	    json_object_get(r->root, "evidence"), &size);
	ok = text != NULL &&
	    publickey_verify(r->public_key, text, size, signature);
	free(text);
	return ok;
}

void
registration_clear(struct registration *r)
{
	tee_evidence_free(&r->evidence);
}
