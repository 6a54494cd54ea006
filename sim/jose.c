/* SPDX-License-Identifier: Apache-2.0 */
/* jose: see jose.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jose/b64.h>
#include <jose/openssl.h>

#include "sim/jose.h"

#define TEXT_MAX (1024 * 1024)

char *
tee_sim_b64url(const void *data, size_t size)
{
	size_t length = jose_b64_enc_buf(data, size, NULL, 0);
	char *text = length > TEXT_MAX ? NULL : calloc(1, length + 1);

	if (text != NULL && size > 0 &&
	    jose_b64_enc_buf(data, size, text, length) != length) {
		free(text);
		text = NULL;
	}
	return text;
}

char *
tee_sim_b64(const void *data, size_t size)
{
	char *text = size > TEXT_MAX ? NULL : calloc(1, 4 * (size / 3 + 1) + 1);

	if (text != NULL)
		EVP_EncodeBlock((unsigned char *)text, data, (int)size);
	return text;
}

/* To the URL alphabet without padding, which libjose reads strictly. */
static char *
plain(const char *text, size_t *size)
{
	char *copy = malloc(*size + 1);

	if (copy == NULL)
		return NULL;
	memcpy(copy, text, *size);
	for (unsigned i = 0; i < 2 && *size % 4 == 0 && *size > 0; i++)
		if (copy[*size - 1 - i] != '=')
			break;
		else
			copy[*size - 1 - i] = '\0';
	copy[*size] = '\0';
	*size = strlen(copy);
	for (char *c = copy; *c != '\0'; c++)
		*c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
	return copy;
}

bool
tee_sim_b64_read(const char *text, size_t size, struct sim_blob *out)
{
	char *copy = size > TEXT_MAX ? NULL : plain(text, &size);
	size_t length =
	    copy == NULL ? SIZE_MAX : jose_b64_dec_buf(copy, size, NULL, 0);
	uint8_t *bytes = length > TEXT_MAX ? NULL : calloc(1, length + 1);
	bool ok = bytes != NULL &&
	    (size == 0 ||
		jose_b64_dec_buf(copy, size, bytes, length) == length) &&
	    tee_sim_blob_append(out, bytes, length);

	free(bytes);
	free(copy);
	return ok;
}

bool
tee_sim_b64_member(const json_t *object, const char *name, struct sim_blob *out)
{
	const json_t *text = json_object_get(object, name);

	return json_is_string(text) &&
	    tee_sim_b64_read(json_string_value(text), json_string_length(text),
		out);
}

static char *
sign(EVP_PKEY *key, const char *text)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t signature[1024];
	size_t size = sizeof(signature);
	bool ok = ctx != NULL &&
	    EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
	    EVP_DigestSign(ctx, signature, &size, (const uint8_t *)text,
		strlen(text)) == 1;

	EVP_MD_CTX_free(ctx);
	return ok ? tee_sim_b64url(signature, size) : NULL;
}

char *
tee_sim_jws(const char *header, const char *payload, EVP_PKEY *key)
{
	char *first = tee_sim_b64url(header, strlen(header));
	char *second = tee_sim_b64url(payload, strlen(payload));
	char *text = NULL, *third = NULL, *jws = NULL;

	if (first != NULL && second != NULL &&
	    asprintf(&text, "%s.%s", first, second) > 0)
		third = key != NULL ? sign(key, text) : strdup("");
	if (third != NULL && asprintf(&jws, "%s.%s", text, third) < 0)
		jws = NULL;
	free(third);
	free(text);
	free(second);
	free(first);
	return jws;
}

static bool
verify(EVP_PKEY *key, const char *text, size_t size, const char *signature)
{
	struct sim_blob blob = { NULL, 0 };
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx != NULL && EVP_PKEY_is_a(key, "RSA") &&
	    tee_sim_b64_read(signature, strlen(signature), &blob) &&
	    EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
	    EVP_DigestVerify(ctx, blob.data, blob.size, (const uint8_t *)text,
		size) == 1;

	EVP_MD_CTX_free(ctx);
	tee_sim_blob_free(&blob);
	return ok;
}

static json_t *
part(const char *text, size_t size)
{
	struct sim_blob blob = { NULL, 0 };
	json_t *json = NULL;

	if (tee_sim_b64_read(text, size, &blob))
		json = json_loadb((const char *)blob.data, blob.size,
		    JSON_REJECT_DUPLICATES, NULL);
	tee_sim_blob_free(&blob);
	return json;
}

json_t *
tee_sim_jws_read(const char *jws, EVP_PKEY *key)
{
	const char *dot = strchr(jws, '.'),
		   *last = dot != NULL ? strchr(dot + 1, '.') : NULL;
	json_t *header = NULL, *payload = NULL;
	const char *alg;

	if (last == NULL)
		return NULL;
	header = part(jws, (size_t)(dot - jws));
	alg = json_string_value(json_object_get(header, "alg"));
	if (alg != NULL && strcmp(alg, "RS256") == 0 &&
	    verify(key, jws, (size_t)(last - jws), last + 1))
		payload = part(dot + 1, (size_t)(last - dot - 1));
	json_decref(header);
	if (json_is_object(payload))
		return payload;
	json_decref(payload);
	return NULL;
}

json_t *
tee_sim_jwk(EVP_PKEY *key)
{
	json_t *full = jose_openssl_jwk_from_EVP_PKEY(NULL, key), *jwk;

	jwk = json_pack("{s:s, s:O, s:O}", "kty", "RSA", "n",
	    json_object_get(full, "n"), "e", json_object_get(full, "e"));
	json_decref(full);
	return jwk;
}

char *
tee_sim_x5c(const X509 *cert)
{
	unsigned char *der = NULL;
	int size = i2d_X509(cert, &der);
	char *text = size > 0 ? tee_sim_b64(der, (size_t)size) : NULL;

	OPENSSL_free(der);
	return text;
}
