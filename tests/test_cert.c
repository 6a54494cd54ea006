/* SPDX-License-Identifier: Apache-2.0 */
/* What is taken for a certificate, for its dates, its name and its key. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <check.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>

#include "modules/common/cert.h"

static struct tee_pki *pki;
static EVP_PKEY *key;

static void
setup(void)
{
	pki = tee_pki_new();
	key = EVP_EC_gen("P-384");
	ck_assert(pki != NULL && key != NULL);
}

static void
teardown(void)
{
	tee_pki_free(&pki);
	EVP_PKEY_free(key);
}

/* A certificate with these dates, or NULL; some zeros behind it. */
static struct tee_cert *
parsed(const char *from, const char *until, size_t zeros)
{
	uint8_t der[TEE_CERT_MAX] = { 0 }, *p = der;
	X509 *x = X509_new();
	int size;

	ck_assert(X509_set_version(x, X509_VERSION_3) &&
	    ASN1_TIME_set(X509_getm_notBefore(x), 0) != NULL &&
	    ASN1_TIME_set(X509_getm_notAfter(x), 0) != NULL &&
	    ASN1_STRING_set(X509_getm_notBefore(x), from, -1) &&
	    ASN1_STRING_set(X509_getm_notAfter(x), until, -1) &&
	    X509_set_pubkey(x, key));
	ck_assert_int_gt(X509_sign(x, key, EVP_sha384()), 0);
	size = i2d_X509(x, &p);
	ck_assert_int_gt(size, 0);
	X509_free(x);
	return tee_cert_parse(pki, der, (size_t)size + zeros,
	    (const uint8_t[32]){ 0 });
}

START_TEST(dates)
{
	static const struct {
		const char *from, *until;
		bool taken;
	} rows[] = {
		{ "260101000000Z", "270101000000Z", true },
		{ "260101000000", "270101000000Z", false },
		{ "260101000000Z", "270101000000", false },
		{ "261301000000Z", "270101000000Z", false },
		{ "260101000000Z", "270132000000Z", false },
		{ "today", "270101000000Z", false },
		{ "260101000000Z", "", false },
		/* A second before 1970, which timegm cannot tell from none. */
		{ "691231235959Z", "270101000000Z", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tee_cert *cert = parsed(rows[i].from, rows[i].until, 0);

		ck_assert_msg((cert != NULL) == rows[i].taken, "%s %s",
		    rows[i].from, rows[i].until);
		if (cert != NULL) {
			ck_assert_int_eq(cert->not_before, 1767225600);
			ck_assert_int_eq(cert->not_after, 1798761600);
			ck_assert_int_eq(cert->key_kind, TEE_CERT_KEY_P384);
		}
		tee_cert_free(&cert);
	}
}
END_TEST

START_TEST(bytes)
{
	static const uint8_t none[32];

	ck_assert_ptr_null(parsed("260101000000Z", "270101000000Z", 1));
	ck_assert_ptr_null(tee_cert_parse(pki, none, 0, none));
	ck_assert_ptr_null(tee_cert_parse(pki, none, sizeof(none), none));
}
END_TEST

START_TEST(sizes)
{
	static const struct {
		const char *der;
		size_t size, want;
	} rows[] = {
		{ "\x30\x01x", 3, 3 },
		{ "\x30\x01xyz", 5, 3 },
		{ "\x30\x82\x00\x01x", 5, 5 },
		{ "", 0, 0 },
		{ "\x30", 1, 0 },
		{ "\x30\x02x", 3, 0 },
		{ "\x30\x80\0\0", 4, 0 },
		{ "\x31\x01x", 3, 0 },
		{ "\x04\x01x", 3, 0 },
		{ "\xb0\x01x", 3, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(tee_cert_der_size((const uint8_t *)rows[i].der,
				  rows[i].size) == rows[i].want,
		    "row %zu", i);
}
END_TEST

static void
add(X509_NAME *name, const char *kind, const char *text)
{
	ck_assert_int_eq(X509_NAME_add_entry_by_txt(name, kind, MBSTRING_ASC,
			     (const unsigned char *)text, -1, -1, 0),
	    1);
}

START_TEST(names)
{
	X509_NAME *name = X509_NAME_new();
	size_t size = 0;

	add(name, "O", "AMD");
	ck_assert_ptr_null(tee_cert_common_name(name, &size));
	add(name, "CN", "ARK-Milan");
	ck_assert_int_eq(memcmp(tee_cert_common_name(name, &size), "ARK-Milan",
			     9),
	    0);
	ck_assert_uint_eq(size, 9);
	add(name, "CN", "ARK-Milan");
	ck_assert_ptr_null(tee_cert_common_name(name, &size));
	X509_NAME_free(name);
}
END_TEST

/* A point of the curve, in the one form that AMD writes. */
START_TEST(points)
{
	uint8_t point[97];
	size_t size = 0;
	EVP_PKEY *got;

	ck_assert(EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY,
	    point, sizeof(point), &size));
	ck_assert_uint_eq(size, sizeof(point));
	got = tee_pki_p384(pki, point, size);
	ck_assert_int_eq(EVP_PKEY_eq(got, key), 1);
	EVP_PKEY_free(got);
	ck_assert_ptr_null(tee_pki_p384(pki, point, size - 1));
	point[96] ^= 1;
	ck_assert_msg(tee_pki_p384(pki, point, size) == NULL, "off the curve");
	point[96] ^= 1;
	/* The hybrid form of the same point, and half of the compressed. */
	point[0] = (uint8_t)(6 | (point[96] & 1));
	ck_assert_ptr_null(tee_pki_p384(pki, point, size));
	point[0] = (uint8_t)(2 | (point[96] & 1));
	ck_assert_ptr_null(tee_pki_p384(pki, point, 49));
}
END_TEST

static X509 *
signed_by_pss(EVP_PKEY *rsa)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pss;
	X509 *x = X509_new();

	ck_assert(X509_set_version(x, X509_VERSION_3) &&
	    X509_gmtime_adj(X509_getm_notBefore(x), 0) != NULL &&
	    X509_gmtime_adj(X509_getm_notAfter(x), 3600) != NULL &&
	    X509_set_pubkey(x, rsa) &&
	    EVP_DigestSignInit(ctx, &pss, EVP_sha384(), NULL, rsa) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(pss, RSA_PKCS1_PSS_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(pss, 48) == 1 &&
	    X509_sign_ctx(x, ctx) > 0);
	EVP_MD_CTX_free(ctx);
	return x;
}

static size_t
put(uint8_t *at, const void *from, size_t size)
{
	memcpy(at, from, size);
	return size;
}

/*
 * The certificate again; or, with its trailer field written out behind the
 * signed part alone, which says the same in other bytes.
 */
static struct tee_cert *
assembled(X509 *x, bool written_out)
{
	static const uint8_t trailer[] = { 0xa3, 3, 2, 1, 1 };
	const ASN1_BIT_STRING *signature;
	const X509_ALGOR *algor;
	uint8_t der[4096] = { 0x30, 0x82 }, *tbs = NULL, *alg = NULL;
	size_t n = 4, tbs_size, alg_size;

	X509_get0_signature(&signature, &algor, x);
	tbs_size = (size_t)i2d_re_X509_tbs(x, &tbs);
	alg_size = (size_t)i2d_X509_ALGOR(algor, &alg);
	n += put(der + n, tbs, tbs_size);
	if (written_out) {
		/* SEQUENCE, its OID of 11 bytes, the parameters' SEQUENCE. */
		alg[1] = (uint8_t)(alg[1] + sizeof(trailer));
		alg[14] = (uint8_t)(alg[14] + sizeof(trailer));
	}
	n += put(der + n, alg, alg_size);
	n += put(der + n, trailer, written_out ? sizeof(trailer) : 0);
	n += put(der + n, "\x03\x82\x01\x01\x00", 5);
	n += put(der + n, ASN1_STRING_get0_data(signature), 256);
	der[2] = (uint8_t)((n - 4) >> 8);
	der[3] = (uint8_t)(n - 4);
	OPENSSL_free(tbs);
	OPENSSL_free(alg);
	return tee_cert_parse(pki, der, n, (const uint8_t[32]){ 0 });
}

/* Inside and outside it is signed by one algorithm, in the same bytes. */
START_TEST(two_algorithms)
{
	EVP_PKEY *rsa = EVP_RSA_gen(2048);
	X509 *x = signed_by_pss(rsa);

	for (unsigned i = 0; i < 2; i++) {
		struct tee_cert *cert = assembled(x, i == 1);
		const X509_ALGOR *outer;

		ck_assert_ptr_nonnull(cert);
		X509_get0_signature(NULL, &outer, cert->x509);
		ck_assert(tee_cert_pss_sha384(outer));
		ck_assert(tee_cert_signed_by(pki, cert, cert) == (i == 0));
		tee_cert_free(&cert);
	}
	X509_free(x);
	EVP_PKEY_free(rsa);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("cert");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_unchecked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, dates);
	tcase_add_test(tcase, bytes);
	tcase_add_test(tcase, sizes);
	tcase_add_test(tcase, names);
	tcase_add_test(tcase, points);
	tcase_add_test(tcase, two_algorithms);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
