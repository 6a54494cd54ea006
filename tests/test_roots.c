/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The roots that a server's chain may end in: read once, again when they
 * changed, and from nowhere else.
 */
#include "config.h"

#include <check.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/pem.h>

#include "modules/common/roots.h"
#include "tests/testlib_tls.h"

static struct tee_roots roots;
static struct tls_ca *ca, *other;
static char folder[] = "roots-XXXXXX", made[32], file[64];

static void
set_up(void)
{
	strcpy(made, folder);
	ck_assert_ptr_nonnull(mkdtemp(made));
	snprintf(file, sizeof(file), "%s/bundle.pem", made);
	pthread_mutex_init(&roots.lock, NULL);
	ca = tls_ca_new("one CA");
	other = tls_ca_new("another CA");
}

static void
tear_down(void)
{
	char command[64];

	tee_roots_clear(&roots);
	tls_ca_free(&ca);
	tls_ca_free(&other);
	snprintf(command, sizeof(command), "rm -rf %s", made);
	ck_assert_int_eq(system(command), 0);
}

static void
write_at(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static X509 *
cert_of(const struct tls_ca *of)
{
	const char *pem = tls_ca_pem(of);
	BIO *bio = BIO_new_mem_buf(pem, (int)strlen(pem));
	X509 *cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);

	BIO_free(bio);
	ck_assert_ptr_nonnull(cert);
	return cert;
}

static bool
believes(X509_STORE *store, const struct tls_ca *of)
{
	X509 *cert = cert_of(of);
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	bool ok = X509_STORE_CTX_init(ctx, store, cert, NULL) == 1 &&
	    X509_verify_cert(ctx) == 1;

	X509_STORE_CTX_free(ctx);
	X509_free(cert);
	return ok;
}

static bool
read_and_believes(const struct tls_ca *of)
{
	X509_STORE *store = tee_roots_read(&roots, file, made);
	bool ok;

	ck_assert_ptr_nonnull(store);
	ok = believes(store, of);
	X509_STORE_free(store);
	return ok;
}

START_TEST(bundle)
{
	write_at(file, tls_ca_pem(ca));
	ck_assert(read_and_believes(ca));
	ck_assert(!read_and_believes(other));
}
END_TEST

/* The name that OpenSSL gives a certificate in such a directory. */
START_TEST(hashed_name)
{
	X509 *cert = cert_of(other);
	char path[64];

	snprintf(path, sizeof(path), "%s/%08lx.0", made,
	    X509_subject_name_hash(cert));
	write_at(path, tls_ca_pem(other));
	X509_free(cert);
	ck_assert(read_and_believes(other));
	ck_assert(!read_and_believes(ca));
}
END_TEST

START_TEST(read_once)
{
	X509_STORE *a, *b;

	write_at(file, tls_ca_pem(ca));
	a = tee_roots_read(&roots, file, made);
	b = tee_roots_read(&roots, file, made);
	ck_assert_ptr_nonnull(a);
	ck_assert_ptr_eq(a, b);
	X509_STORE_free(a);
	X509_STORE_free(b);
}
END_TEST

/* A root that was withdrawn is believed no more, also under the old mtime. */
START_TEST(changed)
{
	struct timespec times[2];
	struct stat st;

	write_at(file, tls_ca_pem(ca));
	ck_assert(read_and_believes(ca));
	ck_assert_int_eq(stat(file, &st), 0);
	write_at(file, tls_ca_pem(other));
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	ck_assert_int_eq(utimensat(AT_FDCWD, file, times, 0), 0);
	ck_assert(read_and_believes(other));
	ck_assert(!read_and_believes(ca));
	ck_assert_int_eq(unlink(file), 0);
	ck_assert(!read_and_believes(other));
}
END_TEST

/* What cannot be read is no reason to go on with what was. */
START_TEST(broken)
{
	write_at(file, tls_ca_pem(ca));
	ck_assert(read_and_believes(ca));
	write_at(file, "no PEM");
	ck_assert_ptr_null(tee_roots_read(&roots, file, made));
	write_at(file, tls_ca_pem(ca));
	ck_assert(read_and_believes(ca));
}
END_TEST

START_TEST(environment)
{
	X509_STORE *store;

	write_at(file, tls_ca_pem(ca));
	setenv("SSL_CERT_FILE", file, 1);
	setenv("SSL_CERT_DIR", made, 1);
	store = tee_roots_system();
	unsetenv("SSL_CERT_FILE");
	unsetenv("SSL_CERT_DIR");
	ck_assert_ptr_nonnull(store);
	ck_assert(!believes(store, ca));
	X509_STORE_free(store);
}
END_TEST

START_TEST(pem)
{
	char both[8192];
	X509_STORE *store;

	ck_assert_ptr_null(tee_roots_pem("", 0));
	ck_assert_ptr_null(tee_roots_pem("no PEM", 6));
	snprintf(both, sizeof(both), "%s%s", tls_ca_pem(ca), tls_ca_pem(other));
	store = tee_roots_pem(both, strlen(both));
	ck_assert_ptr_nonnull(store);
	ck_assert(believes(store, ca));
	ck_assert(believes(store, other));
	X509_STORE_free(store);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("roots");
	TCase *tc = tcase_create("all");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, bundle);
	tcase_add_test(tc, hashed_name);
	tcase_add_test(tc, read_once);
	tcase_add_test(tc, changed);
	tcase_add_test(tc, broken);
	tcase_add_test(tc, environment);
	tcase_add_test(tc, pem);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
