/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys as others name them, and those that are taken for none. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <check.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "modules/common/base64.h"
#include "modules/common/json.h"
#include "modules/common/jwk.h"
#include "tests/testlib_jose.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define DER_MAX 73728 /* in base64 96 KiB */

static EVP_PKEY *usual;

static void
spki_as_openssl(EVP_PKEY *rsa)
{
	unsigned char *der = NULL;
	uint8_t ours[32], theirs[32];
	int size = i2d_PUBKEY(rsa, &der);

	ck_assert_int_gt(size, 0);
	ck_assert_int_eq(EVP_Digest(der, (size_t)size, theirs, NULL,
			     EVP_sha256(), NULL),
	    1);
	ck_assert(tee_jwk_spki_sha256(rsa, ours));
	ck_assert_mem_eq(ours, theirs, 32);
	OPENSSL_free(der);
	EVP_PKEY_free(rsa);
}

/* Pins of signers are what OpenSSL and everybody else calculates. */
START_TEST(spki)
{
	static const uint32_t exponents[] = { 65537, 0x80000001, 0xffffffff };
	uint8_t digest[32];
	EVP_PKEY *rsa;

	spki_as_openssl(EVP_RSA_gen(2048));
	spki_as_openssl(EVP_RSA_gen(3072));
	for (size_t i = 0; i < 3; i++) {
		EVP_PKEY_CTX *ctx =
		    EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
		BIGNUM *e = BN_new();

		BN_set_word(e, exponents[i]);
		rsa = NULL;
		ck_assert_int_eq(EVP_PKEY_keygen_init(ctx), 1);
		EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 2048);
		EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, e);
		ck_assert_int_eq(EVP_PKEY_generate(ctx, &rsa), 1);
		BN_free(e);
		EVP_PKEY_CTX_free(ctx);
		spki_as_openssl(rsa);
	}
	rsa = EVP_EC_gen("P-256");
	ck_assert(!tee_jwk_spki_sha256(rsa, digest));
	EVP_PKEY_free(rsa);
}
END_TEST

static json_t *
with_certificate(EVP_PKEY *rsa, size_t extension, size_t *der_size)
{
	uint8_t *der =
	    jose_cert_with(rsa, "https://maa.example", extension, der_size);
	char *text = tee_b64_encode(TEE_BASE64_STANDARD, der, *der_size);
	json_t *jwk = json_pack("{s:s,s:[s]}", "kty", "RSA", "x5c", text);

	OPENSSL_free(der);
	free(text);
	return jwk;
}

static void
long_certificate(EVP_PKEY *key, size_t extension, bool fits)
{
	size_t der_size, size;
	tee_auto_json *jwk = with_certificate(key, extension, &der_size);
	tee_auto_json *numbers = tee_jwk_public(key);
	char why[TEE_JWK_WHY] = "";
	EVP_PKEY *got = tee_jwk_rsa(jwk, why);

	ck_assert_msg((got != NULL) == fits, "%zu: %s", der_size, why);
	ck_assert(fits || strstr(why, "more than 96 KiB") != NULL);
	ck_assert(!fits || EVP_PKEY_eq(got, key) == 1);
	EVP_PKEY_free(got);
	/* n and e beside it do not make it shorter. */
	json_object_update(jwk, numbers);
	got = tee_jwk_rsa(jwk, why);
	ck_assert_msg((got != NULL) == fits, "%zu: %s", der_size, why);
	ck_assert(fits || strstr(why, "more than 96 KiB") != NULL);
	EVP_PKEY_free(got);
	/* Key Vault's have no such extension, and keep their limit. */
	ck_assert_ptr_null(tee_jwk_x5c(jwk, 0, &size));
}

/* Confidential MAA's certificate carries its enclave's evidence: 30 KB. */
START_TEST(long_certificates)
{
	EVP_PKEY *key = EVP_RSA_gen(2048);
	size_t size, around;

	json_decref(with_certificate(key, 70000, &size));
	around = size - 70000;
	long_certificate(key, 30000, true);
	long_certificate(key, DER_MAX - around, true);
	long_certificate(key, DER_MAX - around + 1, false);
	long_certificate(key, 200000, false);
	EVP_PKEY_free(key);
}
END_TEST

static EVP_PKEY *
taken(const json_t *jwk, char why[TEE_JWK_WHY])
{
	EVP_PKEY *got = tee_jwk_rsa(jwk, why);

	EVP_PKEY_free(got);
	return got;
}

START_TEST(key_kinds)
{
	EVP_PKEY *small = jose_key(1024), *ec = EVP_EC_gen("P-256");
	tee_auto_json *jwk = jose_x5c_jwk(small, "k");
	tee_auto_json *curve = jose_x5c_jwk(ec, "k");
	tee_auto_json *numbers = tee_jwk_public(small);
	char why[TEE_JWK_WHY];

	ck_assert_ptr_null(tee_jwk_rsa(jwk, why));
	ck_assert_ptr_nonnull(strstr(why, "2048"));
	ck_assert_ptr_null(tee_jwk_rsa(numbers, why));
	ck_assert_ptr_nonnull(strstr(why, "2048"));
	ck_assert_ptr_null(tee_jwk_rsa(curve, why));
	ck_assert_ptr_nonnull(strstr(why, "not an RSA key"));
	ck_assert_ptr_null(tee_jwk_public(ec));
	ck_assert_ptr_null(tee_jwk_wrapping(ec, NULL));
	EVP_PKEY_free(small);
	EVP_PKEY_free(ec);
}
END_TEST

/* One number beside a certificate says something, and not the whole. */
START_TEST(half_a_key)
{
	static const char *const names[] = { "n", "e" };
	char why[TEE_JWK_WHY];

	for (size_t i = 0; i < COUNT(names); i++) {
		tee_auto_json *jwk = jose_x5c_jwk(usual, "k"),
			      *numbers = tee_jwk_public(usual);

		ck_assert_ptr_nonnull(taken(jwk, why));
		json_object_set(jwk, names[i],
		    json_object_get(numbers, names[i]));
		ck_assert_ptr_null(taken(jwk, why));
		ck_assert_ptr_nonnull(strstr(why, "not the same key"));
	}
}
END_TEST

/* A modulus of that many bytes, odd; no key that anyone made. */
static bool
takes_modulus(size_t size, char why[TEE_JWK_WHY])
{
	tee_auto_json *jwk = tee_jwk_public(usual);
	uint8_t n[2048];
	char *text;

	memset(n, 0xff, sizeof(n));
	text = tee_b64_encode(TEE_BASE64_URL, n, size);
	json_object_set_new(jwk, "n", json_string(text));
	free(text);
	return taken(jwk, why) != NULL;
}

START_TEST(longest_key)
{
	char why[TEE_JWK_WHY];

	ck_assert(takes_modulus(1024, why));
	ck_assert(!takes_modulus(1025, why));
	ck_assert_ptr_nonnull(strstr(why, "more than 8192 bits"));
	/* So long that nobody decodes it. */
	ck_assert(!takes_modulus(2048, why));
	ck_assert_ptr_nonnull(strstr(why, "can be read"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure_jwk");
	TCase *tcase = tcase_create("azure_jwk");
	SRunner *runner = srunner_create(suite);
	int failed;

	usual = jose_key(2048);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, spki);
	tcase_add_test(tcase, long_certificates);
	tcase_add_test(tcase, key_kinds);
	tcase_add_test(tcase, half_a_key);
	tcase_add_test(tcase, longest_key);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	EVP_PKEY_free(usual);
	return failed == 0 ? 0 : 1;
}
