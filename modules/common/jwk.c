/* SPDX-License-Identifier: Apache-2.0 */
/* jwk: see jwk.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jose/jwk.h>
#include <jose/openssl.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "modules/common/base64.h"
#include "modules/common/certmemo.h"
#include "modules/common/json.h"
#include "modules/common/jwk.h"
#include "modules/common/quiet.h"

#define BITS_LEAST 2048
#define BITS_MOST 8192
#define EXPONENT_LEAST 65537
#define EXPONENT_BITS 64
#define CERT_TEXT_MAX 16384
/* In a JWKS: MAA's own evidence may stand in its certificate, 30 KB of it. */
#define KEY_CERT_TEXT_MAX (96 * 1024)
#define NUMBER_TEXT_MAX (BITS_MOST / 6 + 8)

static EVP_PKEY *
refuse(char why[TEE_JWK_WHY], const char *sentence)
{
	ERR_clear_error();
	snprintf(why, TEE_JWK_WHY, "%s", sentence);
	return NULL;
}

static const json_t *
x5c_text(const json_t *object, size_t index)
{
	return json_array_get(json_object_get(object, "x5c"), index);
}

static unsigned char *
x5c_within(const json_t *text, size_t most, size_t *size)
{
	size_t length = json_string_length(text);

	if (length == 0 || length > most)
		return NULL;
	return tee_b64_decode(TEE_BASE64_STANDARD, json_string_value(text),
	    length, size);
}

unsigned char *
tee_jwk_x5c(const json_t *object, size_t index, size_t *size)
{
	return x5c_within(x5c_text(object, index), CERT_TEXT_MAX, size);
}

/* The key of the first certificate, which nothing follows. */
static EVP_PKEY *
from_x5c(const json_t *jwk)
{
	size_t size = 0;
	unsigned char *der =
	    x5c_within(x5c_text(jwk, 0), KEY_CERT_TEXT_MAX, &size);
	X509 *cert = der != NULL ? tee_certmemo_parse(der, size) : NULL;
	EVP_PKEY *key = cert != NULL ? X509_get_pubkey(cert) : NULL;

	X509_free(cert);
	free(der);
	return key;
}

/*
 * libjose takes numbers that no encoder would have written; they are refused
 * before it sees them.
 */
static bool
number_strict(const json_t *jwk, const char *name)
{
	const json_t *text = json_object_get(jwk, name);
	size_t length = json_string_length(text), size;
	uint8_t *bytes;

	if (length == 0 || length > NUMBER_TEXT_MAX)
		return false;
	bytes = tee_b64_decode(TEE_BASE64_URL, json_string_value(text), length,
	    &size);
	free(bytes);
	return bytes != NULL;
}

/* A JWK of those two alone, so that no other member can say anything. */
static EVP_PKEY *
from_numbers(const json_t *jwk)
{
	jose_cfg_auto_t *cfg = tee_quiet_jose();
	tee_auto_json *bare = NULL;

	if (cfg == NULL || !number_strict(jwk, "n") || !number_strict(jwk, "e"))
		return NULL;
	bare = json_pack("{s:s,s:O,s:O}", "kty", "RSA", "n",
	    json_object_get(jwk, "n"), "e", json_object_get(jwk, "e"));
	return bare != NULL ? jose_openssl_jwk_to_EVP_PKEY(cfg, bare) : NULL;
}

static bool
exponent_fits(const EVP_PKEY *key)
{
	BIGNUM *e = NULL;
	bool ok = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) == 1 &&
	    BN_is_odd(e) && BN_num_bits(e) <= EXPONENT_BITS &&
	    BN_get_word(e) >= EXPONENT_LEAST;

	BN_free(e);
	return ok;
}

static const char *
unfit(const EVP_PKEY *key)
{
	if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)
		return "not an RSA key";
	if (EVP_PKEY_get_bits(key) < BITS_LEAST ||
	    EVP_PKEY_get_bits(key) > BITS_MOST)
		return "an RSA key of fewer than 2048 or more than 8192 bits";
	return exponent_fits(key) ? NULL :
				    "a public exponent that is even, "
				    "below 65537 or beyond 64 bits";
}

/* From both sources where both are there; false: they do not say one thing. */
static bool
either(const json_t *jwk, EVP_PKEY **out)
{
	bool has_numbers = json_object_get(jwk, "n") != NULL ||
	    json_object_get(jwk, "e") != NULL;
	bool has_cert = json_object_get(jwk, "x5c") != NULL;
	EVP_PKEY *numbers = has_numbers ? from_numbers(jwk) : NULL;
	EVP_PKEY *cert = has_cert ? from_x5c(jwk) : NULL;
	bool agree = true;

	if (has_numbers && has_cert)
		agree = numbers != NULL && cert != NULL &&
		    EVP_PKEY_eq(numbers, cert) == 1;
	*out = agree ? (numbers != NULL ? numbers : cert) : NULL;
	if (*out != numbers)
		EVP_PKEY_free(numbers);
	if (*out != cert)
		EVP_PKEY_free(cert);
	return agree;
}

EVP_PKEY *
tee_jwk_rsa(const json_t *jwk, char why[TEE_JWK_WHY])
{
	EVP_PKEY *key = NULL;
	const char *wrong;

	if (!tee_json_is(jwk, "kty", "RSA") &&
	    !tee_json_is(jwk, "kty", "RSA-HSM"))
		return refuse(why, "kty is not RSA");
	if (json_string_length(x5c_text(jwk, 0)) > KEY_CERT_TEXT_MAX)
		return refuse(why, "x5c[0] has more than 96 KiB of text");
	if (!either(jwk, &key))
		return refuse(why, "n, e and x5c[0] are not the same key");
	if (key == NULL)
		return refuse(why, "neither n and e nor x5c[0] can be read");
	wrong = unfit(key);
	if (wrong != NULL) {
		EVP_PKEY_free(key);
		return refuse(why, wrong);
	}
	return key;
}

/* DER of one number; its size, 0 where there is none. */
static size_t
integer(const EVP_PKEY *key, const char *param, unsigned char **der)
{
	BIGNUM *n = NULL;
	ASN1_INTEGER *a = EVP_PKEY_get_bn_param(key, param, &n) == 1 ?
	    BN_to_ASN1_INTEGER(n, NULL) :
	    NULL;
	int size = a != NULL ? i2d_ASN1_INTEGER(a, der) : 0;

	ASN1_INTEGER_free(a);
	BN_free(n);
	return size > 0 ? (size_t)size : 0;
}

/* RSAPublicKey (RFC 8017, A.1.1): OPENSSL_malloc'd, or NULL. */
static unsigned char *
public_der(const EVP_PKEY *rsa, int *size)
{
	unsigned char *n = NULL, *e = NULL, *out = NULL, *p;
	size_t n_size = integer(rsa, OSSL_PKEY_PARAM_RSA_N, &n);
	size_t e_size = integer(rsa, OSSL_PKEY_PARAM_RSA_E, &e);
	int inner = (int)(n_size + e_size);

	*size = ASN1_object_size(1, inner, V_ASN1_SEQUENCE);
	if (n_size > 0 && e_size > 0 && *size > 0)
		out = OPENSSL_malloc((size_t)*size);
	if (out != NULL) {
		p = out;
		ASN1_put_object(&p, 1, inner, V_ASN1_SEQUENCE,
		    V_ASN1_UNIVERSAL);
		memcpy(p, n, n_size);
		memcpy(p + n_size, e, e_size);
	}
	OPENSSL_free(n);
	OPENSSL_free(e);
	return out;
}

/* Without OpenSSL 3's encoders, which all are asked for each key. */
bool
tee_jwk_spki_sha256(const EVP_PKEY *rsa, uint8_t out[32])
{
	int size = 0;
	unsigned char *der = public_der(rsa, &size), *spki = NULL;
	X509_PUBKEY *pub = X509_PUBKEY_new();
	bool ok = der != NULL && pub != NULL &&
	    X509_PUBKEY_set0_param(pub, OBJ_nid2obj(NID_rsaEncryption),
		V_ASN1_NULL, NULL, der, size) == 1;

	if (!ok)
		OPENSSL_free(der);
	size = ok ? i2d_X509_PUBKEY(pub, &spki) : 0;
	ok = size > 0 &&
	    EVP_Digest(spki, (size_t)size, out, NULL, EVP_sha256(), NULL) == 1;
	OPENSSL_free(spki);
	X509_PUBKEY_free(pub);
	ERR_clear_error();
	return ok;
}

/* Unsigned, big-endian, as short as it can be (RFC 7518 section 2). */
static char *
number(const EVP_PKEY *key, const char *param)
{
	uint8_t bytes[BITS_MOST / 8];
	BIGNUM *n = NULL;
	char *text = NULL;

	if (EVP_PKEY_get_bn_param(key, param, &n) == 1 &&
	    BN_num_bytes(n) <= (int)sizeof(bytes))
		text = tee_b64_encode(TEE_BASE64_URL, bytes,
		    (size_t)BN_bn2bin(n, bytes));
	BN_free(n);
	return text;
}

json_t *
tee_jwk_public(EVP_PKEY *rsa)
{
	json_t *jwk = NULL;
	char *n, *e;

	if (EVP_PKEY_get_base_id(rsa) != EVP_PKEY_RSA)
		return NULL;
	n = number(rsa, OSSL_PKEY_PARAM_RSA_N);
	e = number(rsa, OSSL_PKEY_PARAM_RSA_E);
	if (n != NULL && e != NULL)
		jwk = json_pack("{s:s,s:s,s:s}", "kty", "RSA", "n", n, "e", e);
	free(n);
	free(e);
	return jwk;
}

static json_t *
thumbprint(const json_t *jwk)
{
	jose_cfg_auto_t *cfg = tee_quiet_jose();

	return cfg != NULL ? jose_jwk_thp(cfg, jwk, "S256") : NULL;
}

json_t *
tee_jwk_wrapping(EVP_PKEY *rsa, const char *kid)
{
	json_t *jwk = tee_jwk_public(rsa);

	if (jwk == NULL)
		return NULL;
	if (json_object_set_new(jwk, "kid",
		kid != NULL ? json_string(kid) : thumbprint(jwk)) == 0 &&
	    json_object_set_new(jwk, "key_ops", json_pack("[s]", "encrypt")) ==
		0)
		return jwk;
	json_decref(jwk);
	return NULL;
}
