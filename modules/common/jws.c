/* SPDX-License-Identifier: Apache-2.0 */
/* jws: see jws.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>

#include "modules/common/base64.h"
#include "modules/common/json.h"
#include "modules/common/jws.h"

#define RSA_MIN_BITS 2048

enum part { HEADER = 0, PAYLOAD, SIGNATURE, PARTS };

struct parts {
	const char *text[PARTS];
	size_t size[PARTS];
};

static bool
refuse(char why[TEE_JWS_WHY], const char *what, const char *sentence)
{
	snprintf(why, TEE_JWS_WHY, "%s%s", what, sentence);
	return false;
}

static bool
split(const char *text, size_t size, struct parts *out)
{
	const char *end = text + size;

	for (unsigned i = 0; i < PARTS; i++) {
		const char *dot = memchr(text, '.', (size_t)(end - text));

		if ((dot == NULL) != (i == PARTS - 1))
			return false;
		out->text[i] = text;
		out->size[i] = (size_t)((dot != NULL ? dot : end) - text);
		if (out->size[i] == 0)
			return false;
		text = dot != NULL ? dot + 1 : end;
	}
	return true;
}

static json_t *
object(const struct parts *parts, enum part part, char why[TEE_JWS_WHY])
{
	static const char *const names[PARTS] = { "header: ", "payload: ",
		"signature: " };
	char error[TEE_JSON_WHY];
	size_t size;
	uint8_t *bytes = tee_b64_decode(TEE_BASE64_URL, parts->text[part],
	    parts->size[part], &size);
	json_t *root = NULL;

	if (bytes == NULL) {
		refuse(why, names[part], "not unpadded base64url");
		return NULL;
	}
	root = tee_json_object(bytes, size, error);
	if (root == NULL)
		snprintf(why, TEE_JWS_WHY, "%s%.140s", names[part], error);
	free(bytes);
	return root;
}

static bool
header_fits(const json_t *header, char why[TEE_JWS_WHY])
{
	const char *alg = tee_json_text(header, "alg");

	if (alg == NULL || strcmp(alg, "RS256") != 0) {
		snprintf(why, TEE_JWS_WHY, "header: alg is %.20s, not RS256",
		    alg != NULL ? alg : "absent");
		return false;
	}
	if (json_object_get(header, "crit") != NULL)
		return refuse(why, "header: ",
		    "crit names what nobody here "
		    "understands");
	return true;
}

static bool
signature_fits(const struct parts *parts, char why[TEE_JWS_WHY])
{
	size_t size;
	uint8_t *bytes = tee_b64_decode(TEE_BASE64_URL, parts->text[SIGNATURE],
	    parts->size[SIGNATURE], &size);

	free(bytes);
	return bytes != NULL ||
	    refuse(why, "signature: ", "not unpadded base64url");
}

bool
tee_jws_parse(struct tee_jws *jws, const char *text, size_t size,
    char why[TEE_JWS_WHY])
{
	struct parts parts;

	memset(jws, 0, sizeof(*jws));
	if (size > TEE_JWS_MAX)
		return refuse(why, "", "longer than 64 KiB");
	if (!split(text, size, &parts))
		return refuse(why, "", "not three parts with dots between");
	if (!signature_fits(&parts, why))
		return false;
	jws->header = object(&parts, HEADER, why);
	if (jws->header == NULL || !header_fits(jws->header, why))
		return false;
	jws->payload = object(&parts, PAYLOAD, why);
	if (jws->payload == NULL)
		return false;
	jws->text = malloc(size + 1);
	if (jws->text == NULL)
		return refuse(why, "", "no memory");
	memcpy(jws->text, text, size);
	jws->text[size] = '\0';
	jws->size = size;
	return true;
}

void
tee_jws_free(struct tee_jws *jws)
{
	free(jws->text);
	json_decref(jws->header);
	json_decref(jws->payload);
	memset(jws, 0, sizeof(*jws));
}

static bool
verify(EVP_PKEY *key, const struct parts *p, const uint8_t *signature,
    size_t size)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t signed_size = p->size[HEADER] + 1 + p->size[PAYLOAD];
	bool ok = ctx != NULL &&
	    EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
	    EVP_DigestVerify(ctx, signature, size,
		(const uint8_t *)p->text[HEADER], signed_size) == 1;

	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}

/*
 * OpenSSL alone, which knows no algorithm but the one that it is told: JOSE
 * libraries choose by key or header, and copy the text several times over.
 */
bool
tee_jws_verify(const struct tee_jws *jws, EVP_PKEY *key)
{
	struct parts p;
	size_t size;
	uint8_t *signature;
	bool ok;

	if (key == NULL || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA ||
	    EVP_PKEY_get_bits(key) < RSA_MIN_BITS || jws->text == NULL ||
	    !split(jws->text, jws->size, &p))
		return false;
	signature = tee_b64_decode(TEE_BASE64_URL, p.text[SIGNATURE],
	    p.size[SIGNATURE], &size);
	ok = signature != NULL && verify(key, &p, signature, size);
	free(signature);
	return ok;
}
