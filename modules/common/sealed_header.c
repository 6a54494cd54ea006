/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sealed, the part that is no secret: the header, and the file's five parts.
 *
 *   {"alg":"RSA-OAEP-256","enc":"A256GCM","typ":"tee-sealed","ver":1,
 *    "kid":"https://...","did":"...","pub":"<base64url of 32 bytes>"}
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modules/common/base64.h"
#include "modules/common/json.h"
#include "modules/common/sealed_header.h"

#define KID_MAX 512

static bool
say(char why[TEE_SEALED_WHY], const char *sentence)
{
	snprintf(why, TEE_SEALED_WHY, "%s", sentence);
	return false;
}

char *
tee_sealed_header_make(const char *kid, const char *did, size_t did_size,
    const uint8_t public_key[TEE_PUBLIC_KEY_SIZE])
{
	char *pub =
	    tee_b64_encode(TEE_BASE64_URL, public_key, TEE_PUBLIC_KEY_SIZE);
	char *text = NULL, *out = NULL;
	json_t *root = NULL;

	if (pub != NULL && strlen(kid) <= KID_MAX && did_size > 0 &&
	    did_size <= TEE_SEALED_DID_MAX)
		/* clang-format off */
		root = json_pack("{s:s, s:s, s:s, s:i, s:s, s:s%, s:s}",
		    "alg", "RSA-OAEP-256",
		    "enc", "A256GCM",
		    "typ", "tee-sealed",
		    "ver", TEE_SEALED_VERSION,
		    "kid", kid,
		    "did", did, did_size,
		    "pub", pub);
	/* clang-format on */
	if (root != NULL)
		text = json_dumps(root, JSON_COMPACT);
	if (text != NULL)
		out = tee_b64_encode(TEE_BASE64_URL, text, strlen(text));
	json_decref(root);
	free(text);
	free(pub);
	return out;
}

/* A DID may hold anything; no other text holds a NUL that would end it. */
static bool
texts_whole(json_t *root)
{
	const char *name;
	json_t *value;

	json_object_foreach(root, name, value)
	{
		if (json_is_string(value) && strcmp(name, "did") != 0 &&
		    strlen(json_string_value(value)) !=
			json_string_length(value))
			return false;
	}
	return true;
}

static bool
read_public_key(struct tee_sealed *s, const json_t *root)
{
	const char *text = tee_json_text(root, "pub");
	size_t size = 0;
	uint8_t *pub = text != NULL ?
	    tee_b64_decode(TEE_BASE64_URL, text, strlen(text), &size) :
	    NULL;
	bool ok = pub != NULL && size == sizeof(s->public_key);

	if (ok)
		memcpy(s->public_key, pub, size);
	free(pub);
	return ok;
}

/* Everything that is said is understood: the file is ours alone. */
static bool
read_members(struct tee_sealed *s, const json_t *root, char why[TEE_SEALED_WHY])
{
	const json_t *did = json_object_get(root, "did");
	const char *kid = tee_json_text(root, "kid");
	int64_t version = 0;

	if (!tee_json_is(root, "typ", "tee-sealed"))
		return say(why, "not a sealed file (typ)");
	if (!json_is_integer(json_object_get(root, "ver")) ||
	    !tee_json_integer(root, "ver", &version) ||
	    version != TEE_SEALED_VERSION)
		return say(why, "another version of the format (ver)");
	if (!tee_json_is(root, "alg", "RSA-OAEP-256") ||
	    !tee_json_is(root, "enc", "A256GCM"))
		return say(why, "not RSA-OAEP-256 with A256GCM (alg, enc)");
	if (kid == NULL || strlen(kid) > KID_MAX)
		return say(why, "does not name the vault's key (kid)");
	if (json_string_length(did) == 0 ||
	    json_string_length(did) > TEE_SEALED_DID_MAX)
		return say(why, "does not say whose it is (did)");
	if (!read_public_key(s, root))
		return say(why, "has no public key of 32 bytes (pub)");
	if (json_object_size(root) != 7)
		return say(why, "its header says more than this version knows");
	s->kid = strdup(kid);
	s->did_size = json_string_length(did);
	s->did = malloc(s->did_size);
	if (s->kid == NULL || s->did == NULL)
		return say(why, "out of memory");
	memcpy(s->did, json_string_value(did), s->did_size);
	return true;
}

static json_t *
load(const char *text, size_t size)
{
	uint8_t *raw;
	size_t raw_size = 0;
	json_t *root;

	raw = tee_b64_decode(TEE_BASE64_URL, text, size, &raw_size);
	if (raw == NULL)
		return NULL;
	root = json_loadb((const char *)raw, raw_size,
	    JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	free(raw);
	return root;
}

static bool
read_header(struct tee_sealed *s, const char *text, size_t size,
    char why[TEE_SEALED_WHY])
{
	tee_auto_json *root = load(text, size);

	if (!json_is_object(root) || !texts_whole(root))
		return say(why, "its first part is no header");
	s->header = strndup(text, size);
	return s->header != NULL && read_members(s, root, why);
}

/* A part of exactly `size` bytes. */
static bool
read_part(const char *text, size_t text_size, uint8_t *out, size_t size)
{
	size_t n = 0;
	uint8_t *raw = tee_b64_decode(TEE_BASE64_URL, text, text_size, &n);
	bool ok = raw != NULL && n == size;

	if (ok)
		memcpy(out, raw, size);
	free(raw);
	return ok;
}

bool
tee_sealed_parse(struct tee_sealed *s, const void *data, size_t size,
    char why[TEE_SEALED_WHY])
{
	const char *part[5], *p = data, *end = p + size;
	size_t length[5];
	unsigned n = 0;

	memset(s, 0, sizeof(*s));
	if (size > TEE_SEALED_MAX)
		return say(why, "larger than a sealed file can be");
	while (end > p && strchr(" \t\r\n", end[-1]) != NULL && end[-1] != '\0')
		end--;
	for (; n < 5; n++) {
		const char *dot = memchr(p, '.', (size_t)(end - p));

		part[n] = p;
		length[n] = (size_t)((dot != NULL ? dot : end) - p);
		if ((dot == NULL) != (n == 4))
			return say(why, "not five parts with dots between");
		p = dot != NULL ? dot + 1 : end;
	}
	if (!read_header(s, part[0], length[0], why))
		return false;
	s->key =
	    tee_b64_decode(TEE_BASE64_URL, part[1], length[1], &s->key_size);
	if (s->key == NULL || s->key_size < 256 ||
	    !read_part(part[2], length[2], s->iv, sizeof(s->iv)) ||
	    !read_part(part[3], length[3], s->seed, sizeof(s->seed)) ||
	    !read_part(part[4], length[4], s->tag, sizeof(s->tag)))
		return say(why,
		    "a part of it has another length than its "
		    "algorithm gives");
	return true;
}
