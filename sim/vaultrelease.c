/* SPDX-License-Identifier: Apache-2.0 */
/* vaultrelease: see vaultrelease.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jose/b64.h>
#include <jose/openssl.h>

#include "sim/vaultrelease.h"
#include "sim/wrap.h"

static bool
encrypts(const json_t *jwk)
{
	const char *use = json_string_value(json_object_get(jwk, "use"));
	const json_t *op;
	size_t i;

	if (use == NULL)
		use = json_string_value(json_object_get(jwk, "key_use"));
	if (use != NULL && strcmp(use, "enc") == 0)
		return true;
	json_array_foreach(json_object_get(jwk, "key_ops"), i, op)
	{
		if (json_is_string(op) &&
		    strcmp(json_string_value(op), "encrypt") == 0)
			return true;
	}
	return false;
}

const json_t *
tee_sim_release_target(const json_t *claims)
{
	const json_t *keys =
	    json_object_get(json_object_get(claims, "x-ms-runtime"), "keys");
	const json_t *jwk;
	size_t i;

	json_array_foreach(keys, i, jwk)
	{
		if (encrypts(jwk))
			return jwk;
	}
	return NULL;
}

/* Of another key the same number of bytes, for the fault. */
static bool
secret_of(const struct sim_release *r, struct sim_blob *out)
{
	struct sim_vault_key other = *r->key;
	bool ok;

	if (!r->fault.other_key)
		return tee_sim_vault_key_export(r->key, out);
	if (other.pkey == NULL)
		return tee_sim_blob_append(out,
		    "another key of 32 bytes length", r->key->oct.size);
	other.pkey = EVP_RSA_gen(2048);
	ok = other.pkey != NULL && tee_sim_vault_key_export(&other, out);
	EVP_PKEY_free(other.pkey);
	return ok;
}

static bool
wrapped(const struct sim_release *r, const json_t *jwk, struct sim_blob *out)
{
	EVP_PKEY *rsa = jose_openssl_jwk_to_EVP_PKEY(NULL, jwk);
	const EVP_MD *md = tee_sim_wrap_digest(r->enc);
	struct sim_blob secret = { NULL, 0 };
	bool ok = rsa != NULL && EVP_PKEY_get_base_id(rsa) == EVP_PKEY_RSA &&
	    md != NULL && secret_of(r, &secret) &&
	    tee_sim_wrap(rsa, md, secret.data, secret.size, out);

	if (ok && r->fault.flip_ciphertext)
		out->data[out->size - 1] ^= 1;
	if (ok && r->fault.trailing_zero)
		ok = tee_sim_blob_append(out, "", 1);
	tee_sim_blob_free(&secret);
	EVP_PKEY_free(rsa);
	return ok;
}

/* base64url of a JSON text. */
static json_t *
encoded(json_t *object)
{
	char *text = object != NULL ? json_dumps(object, JSON_COMPACT) : NULL;
	json_t *out = text != NULL ? jose_b64_enc(text, strlen(text)) : NULL;

	free(text);
	json_decref(object);
	return out;
}

static json_t *
key_hsm(const struct sim_release *r)
{
	const json_t *jwk = tee_sim_release_target(r->claims);
	const char *kid = json_string_value(json_object_get(jwk, "kid"));
	struct sim_blob ciphertext = { NULL, 0 };
	json_t *out = NULL;

	if (kid != NULL && wrapped(r, jwk, &ciphertext))
		out = json_pack("{s:s, s:{s:s, s:s, s:s}, s:o}",
		    "schema_version", "1.0", "header", "kid",
		    r->fault.header_kid ? "another-key" : kid, "alg", "dir",
		    "enc", r->fault.header_enc ? "CKM_ANOTHER" : r->enc,
		    "ciphertext",
		    jose_b64_enc(ciphertext.data, ciphertext.size));
	tee_sim_blob_free(&ciphertext);
	return encoded(out);
}

static json_t *
request_part(const struct sim_release *r)
{
	char kid[512];

	snprintf(kid, sizeof(kid), "%s%s%s", r->base, r->path,
	    r->fault.request_kid ? "x" : "");
	return json_pack("{s:s, s:s, s:s, s:s*}", "api-version", r->api_version,
	    "enc", r->fault.request_enc ? "CKM_ANOTHER" : r->enc, "kid", kid,
	    "nonce",
	    r->nonce == NULL   ? NULL :
		r->fault.nonce ? "another nonce" :
				 r->nonce);
}

static json_t *
response_part(const struct sim_release *r, json_t *hsm)
{
	json_t *jwk = tee_sim_vault_key_jwk(r->key, r->base);

	if (r->fault.no_key_hsm) {
		json_decref(hsm);
		hsm = NULL;
	}
	if (r->fault.kty)
		json_object_set_new(jwk, "kty", json_string("OKP"));
	if (hsm != NULL)
		json_object_set_new(jwk, "key_hsm", hsm);
	return json_pack("{s:{s:o, s:{s:b, s:I, s:I, s:s, s:i, s:b}, "
			 "s:{s:o, s:b}}}",
	    "key", "key", jwk, "attributes", "enabled", 1, "created",
	    (json_int_t)r->key->created, "updated", (json_int_t)r->key->created,
	    "recoveryLevel", "CustomizedRecoverable+Purgeable",
	    "recoverableDays", 7, "exportable", 1, "release_policy", "data",
	    encoded(json_incref(r->key->policy)), "immutable",
	    r->key->immutable);
}

static json_t *
thumbprint(const unsigned char *der, int size, const EVP_MD *md, bool hex)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	char text[2 * EVP_MAX_MD_SIZE + 1];

	if (EVP_Digest(der, (size_t)size, digest, &n, md, NULL) != 1)
		return NULL;
	if (!hex)
		return jose_b64_enc(digest, n);
	for (unsigned i = 0; i < n; i++)
		snprintf(text + 2 * i, 3, "%02X", digest[i]);
	return json_string(text);
}

/* x5c is standard base64 (RFC 7515, 4.1.6). */
static json_t *
x5c(STACK_OF(X509) * chain)
{
	json_t *list = json_array();

	for (int i = 0; i < sk_X509_num(chain); i++) {
		unsigned char *der = NULL;
		int size = i2d_X509(sk_X509_value(chain, i), &der);
		size_t room = size > 0 ? (size_t)size / 3 * 4 + 8 : 0;
		char *text = room > 0 ? malloc(room) : NULL;

		if (text != NULL &&
		    EVP_EncodeBlock((unsigned char *)text, der, size) > 0)
			json_array_append_new(list, json_string(text));
		free(text);
		OPENSSL_free(der);
	}
	return list;
}

static json_t *
header(STACK_OF(X509) * chain)
{
	unsigned char *der = NULL;
	int size = i2d_X509(sk_X509_value(chain, 0), &der);
	json_t *out = size <= 0 ?
	    NULL :
	    json_pack("{s:s, s:o, s:o, s:s, s:o, s:o}", "alg", "RS256", "kid",
		thumbprint(der, size, EVP_sha1(), true), "x5t",
		thumbprint(der, size, EVP_sha1(), false), "typ", "JWT",
		"x5t#S256", thumbprint(der, size, EVP_sha256(), false), "x5c",
		x5c(chain));

	OPENSSL_free(der);
	return out;
}

static json_t *
sign(const struct sim_release *r, const char *input)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char signature[1024];
	size_t size = sizeof(signature);
	json_t *out = NULL;

	if (ctx != NULL &&
	    EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL,
		r->fault.other_signer ? r->other : r->signer) == 1 &&
	    EVP_DigestSign(ctx, signature, &size, (const unsigned char *)input,
		strlen(input)) == 1) {
		signature[0] ^= r->fault.signature;
		out = jose_b64_enc(signature, size);
	}
	EVP_MD_CTX_free(ctx);
	return out;
}

/* Three texts with dots between; the references are taken. */
static char *
join(json_t *a, json_t *b, json_t *c)
{
	const char *x = json_string_value(a), *y = json_string_value(b);
	const char *z = c != NULL ? json_string_value(c) : "";
	size_t room;
	char *out = NULL;

	if (x != NULL && y != NULL && z != NULL) {
		room = strlen(x) + strlen(y) + strlen(z) + 3;
		out = malloc(room);
		if (out != NULL)
			snprintf(out, room, "%s.%s%s%s", x, y,
			    c != NULL ? "." : "", z);
	}
	json_decref(a);
	json_decref(b);
	json_decref(c);
	return out;
}

char *
tee_sim_release(const struct sim_release *r)
{
	json_t *hsm = key_hsm(r), *head, *body, *signature;
	char *input, *out = NULL;

	if (hsm == NULL)
		return NULL;
	head = encoded(header(r->chain));
	body = encoded(json_pack("{s:o, s:o}", "request", request_part(r),
	    "response", response_part(r, hsm)));
	input = join(json_incref(head), json_incref(body), NULL);
	signature = input != NULL ? sign(r, input) : NULL;
	if (signature != NULL)
		out = join(json_incref(head), json_incref(body), signature);
	json_decref(head);
	json_decref(body);
	free(input);
	return out;
}
