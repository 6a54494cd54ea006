/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence_json: AgentMesh's AttestationEvidence, read as its models read it
 * (unknown keys ignored, naive times are UTC) and refused where they refuse.
 * Its opaque `evidence` string is base64 of the JSON object {type: base64}.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <jansson.h>
#include <openssl/crypto.h>

#include "libtee/error.h"
#include "libtee/evidence_json.h"
#include "libtee/json_plain.h"
#include "libtee/text.h"

static char *
dup_string(const json_t *s, size_t *size)
{
	size_t n = json_string_length(s);
	char *p = malloc(n + 1);

	if (p != NULL) {
		memcpy(p, json_string_value(s), n);
		p[n] = '\0';
		if (size != NULL)
			*size = n;
	}
	return p;
}

/* A required, non-empty string; NULL otherwise. */
static const json_t *
text_of(const json_t *root, const char *key)
{
	const json_t *s = json_object_get(root, key);

	return json_is_string(s) && json_string_length(s) > 0 ? s : NULL;
}

/* The same, and without NUL: what is kept as a C string. */
static const json_t *
word_of(const json_t *root, const char *key)
{
	const json_t *s = text_of(root, key);

	return s != NULL &&
		strlen(json_string_value(s)) == json_string_length(s) ?
	    s :
	    NULL;
}

static bool
read_digest(const json_t *root, const char *key, uint8_t out[32])
{
	const json_t *s = text_of(root, key);

	return s != NULL &&
	    tee_hex_decode(json_string_value(s), json_string_length(s), out,
		32);
}

static bool
read_instant(const json_t *v, tee_instant absent, tee_instant *out)
{
	json_int_t n;

	if (v == NULL) {
		*out = absent;
		return true;
	}
	if (json_is_string(v))
		return tee_instant_parse(json_string_value(v),
		    json_string_length(v), out);
	if (!json_is_integer(v))
		return false;
	n = json_integer_value(v);
	if (n < 0 || n > TEE_INSTANT_MAX / TEE_SECOND)
		return false;
	*out = (tee_instant)n * TEE_SECOND;
	return true;
}

static bool
read_measurements(const json_t *v, char **out)
{
	json_t *object = (json_t *)(uintptr_t)v, *value;
	const char *key;

	if (v == NULL)
		return true;
	if (!json_is_object(v))
		return false;
	json_object_foreach(object, key, value)
	{
		if (!json_is_string(value))
			return false;
	}
	*out = json_dumps(v, JSON_COMPACT | JSON_SORT_KEYS);
	return *out != NULL;
}

static bool
read_item(struct tee_evidence *e, const char *type, const json_t *value)
{
	uint8_t *data;
	size_t size;
	bool ok;

	if (!json_is_string(value) || tee_evidence_private(type))
		return false;
	if (json_string_length(value) == 0)
		return tee_evidence_put(e, type, "", 0) == 0;
	data = tee_base64_decode(json_string_value(value),
	    json_string_length(value), &size);
	if (data == NULL)
		return false;
	ok = tee_evidence_put(e, type, data, size) == 0;
	free(data);
	return ok;
}

/*
 * Evidence that is not our object of items is another provider's: it is kept
 * as it came, and no verifier of ours will find an item in it.
 */
static bool
read_items(struct tee_evidence *e, const json_t *s)
{
	json_t *root = NULL, *value;
	const char *type;
	uint8_t *data;
	size_t size;
	bool ok = true;

	data = tee_base64_decode(json_string_value(s), json_string_length(s),
	    &size);
	if (data != NULL)
		root = tee_json_read((char *)data, size, TEE_JSON_OUTSIDE);
	free(data);
	if (!json_is_object(root)) {
		json_decref(root);
		e->opaque = dup_string(s, NULL);
		return e->opaque != NULL;
	}
	json_object_foreach(root, type, value)
	{
		ok = read_item(e, type, value);
		if (!ok)
			break;
	}
	json_decref(root);
	return ok;
}

int
tee_evidence_read_binding(struct tee_evidence *e, const json_t *root)
{
	const json_t *did = text_of(root, "agent_did");
	const json_t *id = text_of(root, "challenge_id");
	const json_t *nonce = text_of(root, "nonce");
	struct tee_challenge challenge;
	uint8_t key_hash[32], claimed[32];
	int error;

	if (did == NULL || id == NULL || nonce == NULL ||
	    !read_digest(root, "public_key_hash", key_hash) ||
	    !read_digest(root, "report_data_hash", claimed))
		return TEE_E_EVIDENCE;
	challenge = (struct tee_challenge){ json_string_value(id),
		json_string_length(id), json_string_value(nonce),
		json_string_length(nonce) };
	error = tee_evidence_bind(e,
	    (struct tee_bytes){ json_string_value(did),
		json_string_length(did) },
	    &challenge, key_hash);
	if (error != 0)
		return error;
	return CRYPTO_memcmp(claimed, e->binding, 32) == 0 ? 0 : TEE_E_EVIDENCE;
}

bool
tee_evidence_read(struct tee_evidence *e, const json_t *root)
{
	const json_t *platform = word_of(root, "platform");
	const json_t *evidence = word_of(root, "evidence");
	const json_t *origin = json_object_get(root, "key_origin");
	const json_t *boot = json_object_get(root, "secure_boot_verified");
	tee_instant now = tee_clock_now();

	if (platform == NULL || evidence == NULL)
		return false;
	if (origin != NULL &&
	    (word_of(root, "key_origin") == NULL ||
		!tee_origin_parse(json_string_value(origin), &e->key_origin)))
		return false;
	if (boot != NULL && !json_is_boolean(boot))
		return false;
	e->secure_boot = json_is_true(boot);
	e->platform = dup_string(platform, NULL);
	return e->platform != NULL && read_items(e, evidence) &&
	    read_measurements(json_object_get(root, "runtime_measurements"),
		&e->measurements) &&
	    read_instant(json_object_get(root, "timestamp"), now, &e->issued) &&
	    read_instant(json_object_get(root, "expires_at"),
		e->issued + 300 * TEE_SECOND, &e->expires) &&
	    e->expires > e->issued && e->expires <= TEE_INSTANT_MAX;
}

int
tee_evidence_from_json(const char *json, size_t size, struct tee_evidence **out)
{
	struct tee_evidence *e;
	json_t *root;
	int error = TEE_E_EVIDENCE;

	if (json == NULL || out == NULL)
		return TEE_E_ARGUMENT;
	*out = NULL;
	if (size > TEE_EVIDENCE_JSON_MAX)
		return TEE_E_EVIDENCE;
	root = tee_json_read(json, size, TEE_JSON_OUTSIDE);
	e = tee_evidence_new();
	if (e == NULL)
		error = TEE_E_MEMORY;
	else if (json_is_object(root) && tee_evidence_read(e, root))
		error = tee_evidence_read_binding(e, root);
	json_decref(root);
	if (error != 0) {
		tee_evidence_free(&e);
		return error;
	}
	*out = e;
	return 0;
}

static char *
items_text(const struct tee_evidence *e)
{
	json_t *items = json_object();
	char *text, *encoded = NULL;
	size_t i;

	for (i = 0; i < e->item_count; i++) {
		char *b64 =
		    tee_base64_encode(e->items[i].data, e->items[i].size);

		if (b64 == NULL ||
		    json_object_set_new(items, e->items[i].type,
			json_string(b64)) != 0) {
			free(b64);
			json_decref(items);
			return NULL;
		}
		free(b64);
	}
	text = json_dumps(items, JSON_COMPACT);
	json_decref(items);
	if (text != NULL)
		encoded = tee_base64_encode(text, strlen(text));
	free(text);
	return encoded;
}

static json_t *
instant_json(tee_instant at)
{
	char text[TEE_INSTANT_TEXT];

	tee_instant_format(at, text);
	return json_string(text);
}

int
tee_evidence_to_json(const struct tee_evidence *e, char **json)
{
	char key_hash[65], binding[65];
	char *items = NULL;
	json_t *root, *measurements;

	if (e == NULL || json == NULL)
		return TEE_E_ARGUMENT;
	*json = NULL;
	if (e->opaque == NULL && (items = items_text(e)) == NULL)
		return TEE_E_MEMORY;
	tee_hex_encode(e->key_hash, 32, key_hash);
	tee_hex_encode(e->binding, 32, binding);
	measurements = e->measurements != NULL ?
	    json_loads(e->measurements, JSON_ALLOW_NUL, NULL) :
	    json_object();
	/* clang-format off */
	root = json_pack("{s:s, s:s, s:s%, s:s%, s:s%, s:s, s:s, s:s, s:o,"
	    " s:b, s:o, s:o}",
	    "platform", e->platform,
	    "evidence", e->opaque != NULL ? e->opaque : items,
	    "agent_did", e->did, e->did_size,
	    "challenge_id", e->challenge_id, e->challenge_id_size,
	    "nonce", e->nonce, e->nonce_size,
	    "public_key_hash", key_hash,
	    "report_data_hash", binding,
	    "key_origin", tee_origin_word(e->key_origin),
	    "runtime_measurements", measurements,
	    "secure_boot_verified", e->secure_boot,
	    "timestamp", instant_json(e->issued),
	    "expires_at", instant_json(e->expires));
	/* clang-format on */
	free(items);
	if (root != NULL)
		*json = json_dumps(root, JSON_INDENT(2));
	json_decref(root);
	return *json != NULL ? 0 : TEE_E_MEMORY;
}
