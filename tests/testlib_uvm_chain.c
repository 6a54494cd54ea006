/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_uvm_chain: see testlib_uvm_chain.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>
#include <openssl/x509v3.h>

#include "modules/common/base64.h"
#include "tests/testlib_uvm_chain.h"

static const char *const names[UVM_CERTS] = { "Test UVM builder",
	"Test supply chain CA", "Test supply chain root" };

static EVP_PKEY *keys[UVM_CERTS], *other, *small, *elliptic;
static char issuer[128];
/* The last chain, by its specification: signatures are what costs. */
static struct {
	struct uvm_cert_spec spec[UVM_CERTS];
	EVP_PKEY *key[UVM_CERTS];
	struct sim_blob der[UVM_CERTS];
} made;

static void
extend(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *ext;

	if (value == NULL)
		return;
	ext = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	ck_assert_ptr_nonnull(ext);
	ck_assert_int_eq(X509_add_ext(cert, ext, -1), 1);
	X509_EXTENSION_free(ext);
}

static void
set_name(X509_NAME *name, const char *text)
{
	ck_assert_int_eq(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
			     (const unsigned char *)text, -1, -1, 0),
	    1);
}

static void
mint(const struct uvm_spec *s, unsigned which, struct sim_blob *out)
{
	const struct uvm_cert_spec *spec = &s->cert[which];
	unsigned above = which == UVM_ROOT ? UVM_ROOT : which + 1;
	X509 *cert = X509_new();
	unsigned char *der = NULL;
	int size;

	ck_assert_int_eq(X509_set_version(cert, 2), 1);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), (long)which + 1);
	set_name(X509_get_subject_name(cert), names[which]);
	set_name(X509_get_issuer_name(cert),
	    spec->issuer != NULL ? spec->issuer : names[above]);
	ASN1_TIME_set(X509_getm_notBefore(cert), UVM_AT + spec->from);
	ASN1_TIME_set(X509_getm_notAfter(cert), UVM_AT + spec->until);
	ck_assert_int_eq(X509_set_pubkey(cert, s->key[which]), 1);
	extend(cert, NID_basic_constraints, spec->constraints);
	extend(cert, NID_key_usage, spec->usage);
	extend(cert, NID_ext_key_usage, spec->eku);
	ck_assert_int_gt(X509_sign(cert,
			     spec->signer != NULL ? spec->signer :
						    s->key[above],
			     spec->sha1 ? EVP_sha1() : EVP_sha384()),
	    0);
	size = i2d_X509(cert, &der);
	ck_assert_int_gt(size, 0);
	ck_assert(tee_sim_blob_append(out, der, (size_t)size));
	OPENSSL_free(der);
	X509_free(cert);
}

static void
chain(const struct uvm_spec *s)
{
	if (memcmp(made.spec, s->cert, sizeof(made.spec)) == 0 &&
	    memcmp(made.key, s->key, sizeof(made.key)) == 0)
		return;
	memcpy(made.spec, s->cert, sizeof(made.spec));
	memcpy(made.key, s->key, sizeof(made.key));
	for (unsigned i = 0; i < UVM_CERTS; i++) {
		tee_sim_blob_free(&made.der[i]);
		mint(s, i, &made.der[i]);
	}
}

void
uvm_chain_start(struct uvm_spec *s)
{
	static const struct uvm_cert_spec good[UVM_CERTS] = {
		[UVM_LEAF] = { .eku = "1.3.6.1.4.1.311.76.59.1.1," UVM_EKU,
		    .usage = "critical,digitalSignature",
		    .constraints = "critical,CA:FALSE",
		    .from = -180 * UVM_DAY,
		    .until = 185 * UVM_DAY },
		[UVM_CA] = { .usage = "critical,keyCertSign,cRLSign",
		    .constraints = "critical,CA:TRUE",
		    .from = -1000 * UVM_DAY,
		    .until = 6000 * UVM_DAY },
		[UVM_ROOT] = { .usage = "critical,keyCertSign,cRLSign",
		    .constraints = "critical,CA:TRUE",
		    .from = -1000 * UVM_DAY,
		    .until = 8000 * UVM_DAY },
	};

	memcpy(s->cert, good, sizeof(good));
	memcpy(s->key, keys, sizeof(keys));
	s->certs = UVM_CERTS;
	for (unsigned i = 0; i < UVM_CERTS; i++)
		s->order[i] = i;
}

void
uvm_chain_write(const struct uvm_spec *s, struct sim_blob *out)
{
	chain(s);
	if (s->certs != 1)
		cb_head(out, 4, s->certs);
	for (size_t i = 0; i < s->certs; i++) {
		const struct sim_blob *der = &made.der[s->order[i % UVM_CERTS]];

		cb_bytes(out, der->data, der->size);
	}
}

void
uvm_chain_thumbprint(const struct uvm_spec *s, struct sim_blob *out)
{
	int64_t by = s->thumbprint_by != 0 ? s->thumbprint_by : s->thumbprint;
	const EVP_MD *hash = by == -14 ? EVP_sha1() :
	    by == -43                  ? EVP_sha384() :
	    by == -44                  ? EVP_sha512() :
					 EVP_sha256();
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned size;

	chain(s);
	ck_assert_int_eq(EVP_Digest(made.der[s->order[0]].data,
			     made.der[s->order[0]].size, digest, &size, hash,
			     NULL),
	    1);
	digest[size - 1] ^= (uint8_t)s->wrong_thumbprint;
	cb_head(out, 4, 2);
	cb_int(out, s->thumbprint);
	cb_bytes(out, digest, size);
}

static void
name_issuer(void)
{
	struct uvm_spec s = { .certs = UVM_CERTS };
	uint8_t digest[32];
	char *text;

	uvm_chain_start(&s);
	chain(&s);
	ck_assert_int_eq(EVP_Digest(made.der[UVM_ROOT].data,
			     made.der[UVM_ROOT].size, digest, NULL,
			     EVP_sha256(), NULL),
	    1);
	text = tee_b64_encode(TEE_BASE64_URL, digest, sizeof(digest));
	ck_assert_ptr_nonnull(text);
	snprintf(issuer, sizeof(issuer), "did:x509:0:sha256:%s::eku:" UVM_EKU,
	    text);
	free(text);
}

void
uvm_open(void)
{
	for (unsigned i = 0; i < UVM_CERTS; i++)
		keys[i] = EVP_RSA_gen(2048);
	other = EVP_RSA_gen(2048);
	small = EVP_RSA_gen(1024);
	elliptic = EVP_EC_gen("P-384");
	ck_assert(keys[0] != NULL && keys[1] != NULL && keys[2] != NULL &&
	    other != NULL && small != NULL && elliptic != NULL);
	name_issuer();
}

void
uvm_close(void)
{
	for (unsigned i = 0; i < UVM_CERTS; i++) {
		EVP_PKEY_free(keys[i]);
		tee_sim_blob_free(&made.der[i]);
	}
	EVP_PKEY_free(other);
	EVP_PKEY_free(small);
	EVP_PKEY_free(elliptic);
}

EVP_PKEY *
uvm_other_key(void)
{
	return other;
}

EVP_PKEY *
uvm_short_key(void)
{
	return small;
}

EVP_PKEY *
uvm_ec_key(void)
{
	return elliptic;
}

const char *
uvm_issuer(void)
{
	return issuer;
}
