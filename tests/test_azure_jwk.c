/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys as others name them. */
#include "config.h"

#include <check.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "modules/common/jwk.h"

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

int
main(void)
{
	Suite *suite = suite_create("azure_jwk");
	TCase *tcase = tcase_create("azure_jwk");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, spki);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
