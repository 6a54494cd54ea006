/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_jose: see testlib_jose.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <check.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "modules/common/base64.h"
#include "tests/testlib_jose.h"

EVP_PKEY *
jose_key(unsigned bits)
{
	EVP_PKEY *key = EVP_RSA_gen(bits);

	if (key == NULL)
		abort(); /* may be called before any test runs */
	return key;
}

char *
jose_part(const char *text)
{
	return tee_b64_encode(TEE_BASE64_URL, text, strlen(text));
}

static char *
signature(const char *text, EVP_PKEY *key, const EVP_MD *md)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char bytes[1024];
	size_t size = sizeof(bytes);

	ck_assert_int_eq(EVP_DigestSignInit(ctx, NULL, md, NULL, key), 1);
	ck_assert_int_eq(EVP_DigestSign(ctx, bytes, &size,
			     (const unsigned char *)text, strlen(text)),
	    1);
	EVP_MD_CTX_free(ctx);
	return tee_b64_encode(TEE_BASE64_URL, bytes, size);
}

char *
jose_sign(const char *header, const char *payload, EVP_PKEY *key,
    const EVP_MD *md)
{
	char *h = jose_part(header), *p = jose_part(payload), *s;
	size_t size = strlen(h) + strlen(p) + 2;
	char *text = malloc(size + 2048);

	ck_assert_ptr_nonnull(text);
	strcpy(text, h);
	strcat(text, ".");
	strcat(text, p);
	s = signature(text, key, md);
	strcat(text, ".");
	strcat(text, s);
	free(h);
	free(p);
	free(s);
	return text;
}

/* MAA's evidence about its own enclave, as far as its size goes. */
static void
extend(X509 *cert, size_t extension)
{
	ASN1_OBJECT *oid = OBJ_txt2obj("1.3.6.1.4.1.311.105.1000.1", 1);
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	uint8_t *data = calloc(1, extension);
	X509_EXTENSION *one;

	ck_assert_int_eq(ASN1_OCTET_STRING_set(value, data, (int)extension), 1);
	one = X509_EXTENSION_create_by_OBJ(NULL, oid, 0, value);
	ck_assert_int_eq(X509_add_ext(cert, one, -1), 1);
	X509_EXTENSION_free(one);
	ASN1_OCTET_STRING_free(value);
	ASN1_OBJECT_free(oid);
	free(data);
}

uint8_t *
jose_cert(EVP_PKEY *key, const char *name, size_t *size)
{
	return jose_cert_with(key, name, 0, size);
}

uint8_t *
jose_cert_with(EVP_PKEY *key, const char *name, size_t extension, size_t *size)
{
	X509 *cert = X509_new();
	X509_NAME *subject = X509_get_subject_name(cert);
	uint8_t *der = NULL;
	int length;

	ck_assert_int_eq(X509_set_version(cert, X509_VERSION_3), 1);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	X509_gmtime_adj(X509_getm_notBefore(cert), 0);
	X509_gmtime_adj(X509_getm_notAfter(cert), 86400);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
	    (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(cert, subject);
	X509_set_pubkey(cert, key);
	if (extension > 0)
		extend(cert, extension);
	ck_assert_int_gt(X509_sign(cert, key, EVP_sha256()), 0);
	length = i2d_X509(cert, &der);
	ck_assert_int_gt(length, 0);
	*size = (size_t)length;
	X509_free(cert);
	return der;
}

char *
jose_cert_text(EVP_PKEY *key, const char *name)
{
	size_t size;
	uint8_t *der = jose_cert(key, name, &size);
	char *text = tee_b64_encode(TEE_BASE64_STANDARD, der, size);

	OPENSSL_free(der);
	return text;
}

json_t *
jose_x5c_jwk(EVP_PKEY *key, const char *kid)
{
	char *cert = jose_cert_text(key, "https://maa.example");
	json_t *jwk = json_pack("{s:s,s:s,s:s,s:s,s:[s]}", "alg", "RS256",
	    "kid", kid, "kty", "RSA", "use", "sig", "x5c", cert);

	ck_assert_ptr_nonnull(jwk);
	free(cert);
	return jwk;
}
