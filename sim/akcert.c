/* SPDX-License-Identifier: Apache-2.0 */
/* akcert: see akcert.h. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "sim/akcert.h"

#define KEY_FILE "vtpm-ca.key"
#define CERT_FILE "vtpm-ca.pem"
#define CA_NAME "Global Virtual TPM CA - 03"
#define PEM_MAX 16384
#define DAY (24L * 60 * 60)
#define YEAR (365 * DAY)
#define OID_EXT_KEY_USAGE "2.5.29.37"

static EVP_PKEY *
load_key(int dir)
{
	struct sim_blob pem;
	EVP_PKEY *key = NULL;
	BIO *bio;

	if (!tee_sim_blob_read(&pem, dir, KEY_FILE, PEM_MAX))
		return NULL;
	bio = BIO_new_mem_buf(pem.data, (int)pem.size);
	if (bio != NULL)
		key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	BIO_free(bio);
	tee_sim_blob_free(&pem);
	return key;
}

static EVP_PKEY *
make_key(int dir)
{
	EVP_PKEY *key = EVP_RSA_gen(2048);
	BIO *bio = BIO_new(BIO_s_secmem());
	char *pem;
	long size;
	bool ok = key != NULL && bio != NULL &&
	    PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL,
		NULL) == 1;

	if (ok) {
		size = BIO_get_mem_data(bio, &pem);
		ok = size > 0 &&
		    tee_sim_blob_write(pem, (size_t)size, dir, KEY_FILE, 0600);
	}
	BIO_free(bio);
	if (!ok) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	return key;
}

/* RSASSA-PKCS1-v1_5 with SHA-256, and names of one part. */
static void
start(struct sim_cert_spec *spec, const char *subject, EVP_PKEY *ca, time_t now)
{
	memset(spec, 0, sizeof(*spec));
	spec->version = 3;
	spec->serial = 1;
	spec->subject = (struct sim_name){ .cn = subject };
	spec->issuer = (struct sim_name){ .cn = CA_NAME };
	spec->not_before = now - DAY;
	spec->not_after = now - DAY + YEAR;
	spec->issuer_key = ca;
	spec->signature =
	    (struct sim_signature){ .pkcs1 = true, .digest = "SHA256" };
	spec->pathlen = -1;
	spec->key_usage = KU_DIGITAL_SIGNATURE;
	spec->key_ids = true;
}

static bool
publish(int dir, EVP_PKEY *ca, time_t now)
{
	struct sim_cert_spec spec;
	X509 *cert;
	BIO *bio = BIO_new(BIO_s_mem());
	char *pem;
	long size;
	bool ok;

	start(&spec, CA_NAME, ca, now);
	spec.not_after = now + 24 * YEAR;
	spec.key = ca;
	spec.basic_constraints = true;
	spec.ca = true;
	spec.key_usage = KU_KEY_CERT_SIGN | KU_CRL_SIGN;
	cert = tee_sim_cert_mint(&spec);
	ok = cert != NULL && bio != NULL && PEM_write_bio_X509(bio, cert) == 1;
	if (ok) {
		size = BIO_get_mem_data(bio, &pem);
		ok = size > 0 &&
		    tee_sim_blob_write(pem, (size_t)size, dir, CERT_FILE, 0644);
	}
	BIO_free(bio);
	X509_free(cert);
	return ok;
}

EVP_PKEY *
tee_sim_akcert_ca(int dir, const struct sim_platform *platform)
{
	EVP_PKEY *ca = load_key(dir);

	if (ca == NULL && errno == ENOENT)
		ca = make_key(dir);
	if (ca != NULL && !publish(dir, ca, platform->now)) {
		EVP_PKEY_free(ca);
		ca = NULL;
	}
	return ca;
}

/* Of the machine, not of its key: a renewed certificate keeps the name. */
static void
subject_of(const struct sim_keyset *keys, char out[64])
{
	static const uint8_t label[] = "vtpm name";
	uint8_t id[32] = { 0 };

	HMAC(EVP_sha256(), keys->chip, sizeof(keys->chip), label,
	    sizeof(label) - 1, id, NULL);
	snprintf(out, 64,
	    "%02x%02x%02x%02x%02x%02x.ConfidentialVM.Azure.windows.net", id[0],
	    id[1], id[2], id[3], id[4], id[5]);
}

static bool
random_serial(int64_t *serial)
{
	if (RAND_bytes((uint8_t *)serial, sizeof(*serial)) != 1)
		return false;
	*serial = *serial == INT64_MIN ? 1 : *serial < 0 ? -*serial : *serial;
	return true;
}

bool
tee_sim_akcert_make(const struct sim_keyset *keys, EVP_PKEY *ca, EVP_PKEY *ak,
    time_t now, struct sim_blob *der)
{
	/* Microsoft's 1.3.6.1.4.1.311.10.3.12 and TCG's AIK 2.23.133.8.3 */
	static const uint8_t usage[] = { 0x30, 0x13, 0x06, 0x0a, 0x2b, 0x06,
		0x01, 0x04, 0x01, 0x82, 0x37, 0x0a, 0x03, 0x0c, 0x06, 0x05,
		0x67, 0x81, 0x05, 0x08, 0x03 };
	struct sim_cert_spec spec;
	unsigned char *bytes = NULL;
	char subject[64];
	X509 *cert = NULL;
	int size = 0;
	bool ok;

	subject_of(keys, subject);
	start(&spec, subject, ca, now);
	spec.key = ak;
	if (random_serial(&spec.serial) &&
	    tee_sim_cert_ext_add(&spec, OID_EXT_KEY_USAGE, usage,
		sizeof(usage)))
		cert = tee_sim_cert_mint(&spec);
	if (cert != NULL)
		size = i2d_X509(cert, &bytes);
	ok = size > 0 && tee_sim_blob_append(der, bytes, (size_t)size);
	OPENSSL_free(bytes);
	X509_free(cert);
	return ok;
}
