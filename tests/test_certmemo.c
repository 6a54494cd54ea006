/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates that were decoded before: the same bytes give the same one,
 * and nothing else gives it.
 */
#include "config.h"

#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "modules/common/cert.h"
#include "modules/common/certmemo.h"
#include "tests/testlib_tls.h"

#define MANY (2 * TEE_CERTMEMO_CERTS)

struct der {
	uint8_t *data;
	size_t size;
};

static struct tls_ca *ca;

static void
set_up(void)
{
	ca = tls_ca_new("test CA");
}

static void
tear_down(void)
{
	tls_ca_free(&ca);
}

static struct der
issue(enum tls_defect defect)
{
	struct tls_identity identity;
	struct der der = { NULL, 0 };
	BIO *bio;
	X509 *cert;
	int n;

	tls_ca_issue(ca, defect, &identity);
	bio = BIO_new_mem_buf(identity.cert, -1);
	cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	n = i2d_X509(cert, &der.data);
	ck_assert_int_gt(n, 0);
	der.size = (size_t)n;
	X509_free(cert);
	BIO_free(bio);
	return der;
}

/* What `cert` says is what the bytes say. */
static void
is(X509 *cert, const struct der *der)
{
	unsigned char *again = NULL;
	int n;

	ck_assert_ptr_nonnull(cert);
	n = i2d_X509(cert, &again);
	ck_assert_int_eq(n, (int)der->size);
	ck_assert_mem_eq(again, der->data, der->size);
	OPENSSL_free(again);
}

START_TEST(same_bytes)
{
	struct der der = issue(TLS_GOOD);
	X509 *first = tee_certmemo_parse(der.data, der.size);
	X509 *second = tee_certmemo_parse(der.data, der.size);

	is(first, &der);
	ck_assert_ptr_eq(first, second);
	X509_free(first);
	X509_free(second);
	/* It is the memo's as well. */
	first = tee_certmemo_parse(der.data, der.size);
	ck_assert_ptr_eq(first, second);
	X509_free(first);
	OPENSSL_free(der.data);
}
END_TEST

/* Each byte counts: of another certificate only the signature may differ. */
START_TEST(other_bytes)
{
	struct der der = issue(TLS_GOOD);
	X509 *good = tee_certmemo_parse(der.data, der.size), *other;

	ck_assert_ptr_nonnull(good);
	for (size_t i = 0; i < der.size; i++) {
		der.data[i] ^= 1;
		other = tee_certmemo_parse(der.data, der.size);
		ck_assert_ptr_ne(good, other);
		if (other != NULL && i + 8 > der.size)
			is(other, &der);
		X509_free(other);
		der.data[i] ^= 1;
	}
	X509_free(good);
	OPENSSL_free(der.data);
}
END_TEST

START_TEST(not_one_certificate)
{
	struct der der = issue(TLS_GOOD);
	uint8_t *longer = malloc(der.size + 1);
	X509 *good = tee_certmemo_parse(der.data, der.size);

	ck_assert_ptr_nonnull(good);
	ck_assert_ptr_null(tee_certmemo_parse(der.data, der.size - 1));
	ck_assert_ptr_null(tee_certmemo_parse(der.data, 0));
	memcpy(longer, der.data, der.size);
	longer[der.size] = 0;
	ck_assert_ptr_null(tee_certmemo_parse(longer, der.size + 1));
	ck_assert_ptr_null(tee_certmemo_parse((const uint8_t *)"hello", 5));
	X509_free(good);
	free(longer);
	OPENSSL_free(der.data);
}
END_TEST

/* An end is the bytes', and whoever asks looks at the clock himself. */
START_TEST(expired_stays_expired)
{
	struct der der = issue(TLS_EXPIRED);

	for (unsigned i = 0; i < 2; i++) {
		X509 *cert = tee_certmemo_parse(der.data, der.size);

		ck_assert_int_lt(X509_cmp_current_time(
				     X509_get0_notAfter(cert)),
		    0);
		X509_free(cert);
	}
	OPENSSL_free(der.data);
}
END_TEST

START_TEST(bounded)
{
	struct der der[MANY];
	X509 *first, *again;

	for (size_t i = 0; i < MANY; i++)
		der[i] = issue(TLS_GOOD);
	first = tee_certmemo_parse(der[0].data, der[0].size);
	for (size_t i = 1; i < MANY; i++)
		X509_free(tee_certmemo_parse(der[i].data, der[i].size));
	again = tee_certmemo_parse(der[0].data, der[0].size);
	ck_assert_ptr_ne(first, again);
	is(first, &der[0]);
	is(again, &der[0]);
	X509_free(first);
	X509_free(again);
	for (size_t i = 0; i < MANY; i++)
		OPENSSL_free(der[i].data);
}
END_TEST

static struct der shared[MANY];

static void *
parse_all(void *user)
{
	for (size_t i = 0; i < 5 * MANY; i++) {
		const struct der *der = &shared[i % MANY];
		X509 *cert = tee_certmemo_parse(der->data, der->size);
		unsigned char *again = NULL;
		int n = i2d_X509(cert, &again);

		if (n != (int)der->size ||
		    memcmp(again, der->data, der->size) != 0 ||
		    X509_check_purpose(cert, X509_PURPOSE_SSL_SERVER, 0) != 1)
			user = NULL;
		OPENSSL_free(again);
		X509_free(cert);
	}
	return user;
}

START_TEST(threads)
{
	pthread_t thread[4];
	void *good;

	for (size_t i = 0; i < MANY; i++)
		shared[i] = issue(TLS_GOOD);
	for (size_t i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, parse_all,
				     shared),
		    0);
	for (size_t i = 0; i < 4; i++) {
		pthread_join(thread[i], &good);
		ck_assert_ptr_nonnull(good);
	}
	for (size_t i = 0; i < MANY; i++)
		OPENSSL_free(shared[i].data);
}
END_TEST

/* One of the process, as long as somebody has it. */
START_TEST(pki_is_shared)
{
	struct tee_pki *one = tee_pki_new(), *two = tee_pki_new();
	uint8_t digest[32];

	ck_assert_ptr_nonnull(one);
	ck_assert_ptr_eq(one, two);
	tee_pki_free(&one);
	ck_assert_ptr_null(one);
	ck_assert(tee_pki_sha256(two, "abc", 3, digest));
	ck_assert_uint_eq(digest[0], 0xba);
	tee_pki_free(&two);
	one = tee_pki_new();
	ck_assert(tee_pki_sha256(one, "abc", 3, digest));
	tee_pki_free(&one);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("certmemo");
	TCase *tcase = tcase_create("certmemo");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 30);
	tcase_add_test(tcase, same_bytes);
	tcase_add_test(tcase, other_bytes);
	tcase_add_test(tcase, not_one_certificate);
	tcase_add_test(tcase, expired_stays_expired);
	tcase_add_test(tcase, bounded);
	tcase_add_test(tcase, threads);
	tcase_add_test(tcase, pki_is_shared);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
