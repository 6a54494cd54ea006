/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_tls: see testlib_tls.h. */
#include "config.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include "tests/testlib_tls.h"

#define DAY (24L * 60 * 60)

struct tls_ca {
	EVP_PKEY *key;
	X509 *cert;
	char pem[4096];
};

static void
to_text(BIO *bio, char *out, size_t size)
{
	int n = BIO_read(bio, out, (int)size - 1);

	ck_assert_int_gt(n, 0);
	out[n] = '\0';
	BIO_free(bio);
}

static void
cert_text(X509 *cert, char *out, size_t size)
{
	BIO *bio = BIO_new(BIO_s_mem());

	ck_assert_int_eq(PEM_write_bio_X509(bio, cert), 1);
	to_text(bio, out, size);
}

static void
extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ck_assert_ptr_nonnull(e);
	ck_assert_int_eq(X509_add_ext(cert, e, -1), 1);
	X509_EXTENSION_free(e);
}

static X509 *
begin(const char *name, EVP_PKEY *key, long from, long until)
{
	static long serial = 1;
	X509 *cert = X509_new();
	X509_NAME *subject = X509_get_subject_name(cert);

	X509_set_version(cert, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), serial++);
	X509_gmtime_adj(X509_getm_notBefore(cert), from);
	X509_gmtime_adj(X509_getm_notAfter(cert), until);
	ck_assert_int_eq(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
			     (const unsigned char *)name, -1, -1, 0),
	    1);
	X509_set_pubkey(cert, key);
	return cert;
}

struct tls_ca *
tls_ca_new(const char *name)
{
	struct tls_ca *ca = calloc(1, sizeof(*ca));

	ca->key = EVP_EC_gen("P-256");
	ca->cert = begin(name, ca->key, -30 * DAY, DAY);
	X509_set_issuer_name(ca->cert, X509_get_subject_name(ca->cert));
	extension(ca->cert, ca->cert, NID_basic_constraints,
	    "critical,CA:TRUE");
	extension(ca->cert, ca->cert, NID_key_usage, "critical,keyCertSign");
	extension(ca->cert, ca->cert, NID_subject_key_identifier, "hash");
	ck_assert_int_gt(X509_sign(ca->cert, ca->key, EVP_sha256()), 0);
	cert_text(ca->cert, ca->pem, sizeof(ca->pem));
	return ca;
}

void
tls_ca_free(struct tls_ca **ca)
{
	EVP_PKEY_free((*ca)->key);
	X509_free((*ca)->cert);
	free(*ca);
	*ca = NULL;
}

const char *
tls_ca_pem(const struct tls_ca *ca)
{
	return ca->pem;
}

void
tls_ca_pin(const struct tls_ca *ca, uint8_t out[32])
{
	unsigned char *der = NULL;
	int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(ca->cert), &der);

	ck_assert_int_gt(size, 0);
	SHA256(der, (size_t)size, out);
	OPENSSL_free(der);
}

void
tls_ca_issue(const struct tls_ca *ca, enum tls_defect defect,
    struct tls_identity *out)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	long from = defect == TLS_NOT_YET ? DAY / 2 : -DAY;
	long until = defect == TLS_EXPIRED ? -60 :
	    defect == TLS_BRIEF            ? 2 :
					     DAY;
	X509 *cert = begin("server", key, from, until);
	BIO *bio = BIO_new(BIO_s_mem());

	X509_set_issuer_name(cert, X509_get_subject_name(ca->cert));
	extension(cert, ca->cert, NID_subject_alt_name,
	    defect == TLS_WRONG_HOST ? "DNS:elsewhere.test,IP:127.0.0.2" :
				       "DNS:localhost,IP:127.0.0.1");
	extension(cert, ca->cert, NID_ext_key_usage, "serverAuth");
	ck_assert_int_gt(X509_sign(cert, ca->key, EVP_sha256()), 0);
	cert_text(cert, out->cert, sizeof(out->cert));
	ck_assert_int_eq(PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL,
			     NULL),
	    1);
	to_text(bio, out->key, sizeof(out->key));
	X509_free(cert);
	EVP_PKEY_free(key);
}
