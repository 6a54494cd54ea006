/* SPDX-License-Identifier: Apache-2.0 */
/* vaultkey: see vaultkey.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include "modules/common/base64.h"
#include "modules/common/json.h"
#include "teectl/file.h"
#include "teectl/text.h"
#include "teectl/vaultkey.h"

#define FILE_MAX (64u * 1024)
#define BITS_LEAST 2048
#define BITS_MOST 8192
#define EXPONENT_LEAST 65537

/* Key Vault's tools write either alphabet. */
static BIGNUM *
number(const json_t *jwk, const char *name)
{
	const char *text = tee_json_text(jwk, name);
	size_t size = 0;
	uint8_t *bytes = text != NULL ?
	    tee_b64_decode(TEE_BASE64_ANY, text, strlen(text), &size) :
	    NULL;
	BIGNUM *n = bytes != NULL && size > 0 && size <= BITS_MOST / 8 + 1 ?
	    BN_bin2bn(bytes, (int)size, NULL) :
	    NULL;

	free(bytes);
	return n;
}

static EVP_PKEY *
from_numbers(const BIGNUM *n, const BIGNUM *e)
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM *params = NULL;
	EVP_PKEY *key = NULL;

	if (build != NULL && ctx != NULL &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e) == 1)
		params = OSSL_PARAM_BLD_to_param(build);
	if (params == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/* NULL, or what is wrong with it. */
static const char *
from_jwk(struct vaultkey *v, const json_t *root)
{
	const json_t *inner = tee_json_member(root, "key");
	const json_t *jwk = inner != NULL ? inner : root;
	const char *kid = tee_json_text(jwk, "kid");
	BIGNUM *n, *e;

	if (json_object_get(jwk, "d") != NULL ||
	    json_object_get(jwk, "k") != NULL)
		return "holds a private key: give the public half alone";
	if (!tee_json_is(jwk, "kty", "RSA") &&
	    !tee_json_is(jwk, "kty", "RSA-HSM"))
		return "is no RSA key: a seed can be sealed to no other";
	n = number(jwk, "n");
	e = number(jwk, "e");
	if (n != NULL && e != NULL)
		v->key = from_numbers(n, e);
	BN_free(n);
	BN_free(e);
	if (v->key == NULL)
		return "is no JWK of an RSA key";
	v->kid = kid != NULL ? strdup(kid) : NULL;
	return kid != NULL && v->kid == NULL ? "no memory" : NULL;
}

static const char *
from_pem(struct vaultkey *v, const char *data, size_t size)
{
	BIO *bio = BIO_new_mem_buf(data, (int)size);

	if (strstr(data, "PRIVATE KEY-----") != NULL) {
		BIO_free(bio);
		return "holds a private key: give the public half alone";
	}
	v->key =
	    bio != NULL ? PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL) : NULL;
	BIO_free(bio);
	return v->key != NULL ? NULL : "is neither a PEM public key nor a JWK";
}

static const char *
unfit(EVP_PKEY *key)
{
	BIGNUM *e = NULL;
	bool exponent;

	if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)
		return "is no RSA key: a seed can be sealed to no other";
	if (EVP_PKEY_get_bits(key) < BITS_LEAST ||
	    EVP_PKEY_get_bits(key) > BITS_MOST)
		return "has fewer than 2048 or more than 8192 bits";
	exponent = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) == 1 &&
	    BN_is_odd(e) && BN_num_bits(e) <= 64 &&
	    BN_get_word(e) >= EXPONENT_LEAST;
	BN_free(e);
	return exponent ? NULL : "has an exponent that encrypts nothing";
}

bool
vaultkey_read(struct vaultkey *v, const char *path)
{
	const char *wrong = NULL;
	json_t *root;
	char *data;
	size_t size;

	memset(v, 0, sizeof(*v));
	if (!file_read(path, FILE_MAX, &data, &size))
		return false;
	root = tee_json_object(data, size, NULL);
	wrong = root != NULL ? from_jwk(v, root) : from_pem(v, data, size);
	if (wrong == NULL)
		wrong = unfit(v->key);
	json_decref(root);
	free(data);
	ERR_clear_error();
	if (wrong == NULL)
		return true;
	fprintf(stderr, "teectl: ");
	text_print(stderr, path);
	fprintf(stderr, ": %s\n", wrong);
	return false;
}

void
vaultkey_clear(struct vaultkey *v)
{
	EVP_PKEY_free(v->key);
	free(v->kid);
	memset(v, 0, sizeof(*v));
}
