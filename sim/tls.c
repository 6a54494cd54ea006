/* SPDX-License-Identifier: Apache-2.0 */
/* tls: see tls.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "sim/keyset.h"
#include "sim/tls.h"

#define DAY (24 * 60 * 60)

/*
 * An EC key where nothing else is needed, because RSA keys take long.  The
 * vault's names are those by which Key Vault signs (facts of a real release),
 * beside the ones by which it can be reached here.
 */
static const struct {
	const char *key;
	unsigned rsa_bits;
	const char *cn;
	const char *names; /* NULL: an authority */
} roles[SIM_TLS_ROLES] = { [SIM_TLS_ROOT] = { "tls-root", 0, "teesim TLS Root",
			       NULL },
	[SIM_TLS_CA] = { "tls-ca", 0, "teesim TLS CA 02", NULL },
	[SIM_TLS_SERVICE] = { "tls-service", 0, "localhost",
	    "DNS:localhost,IP:127.0.0.1" },
	[SIM_TLS_VAULT] = { "tls-vault", 2048, "vault.azure.net",
	    "DNS:localhost,IP:127.0.0.1,DNS:vault.azure.net,"
	    "DNS:*.vault.azure.net,DNS:*.vaultcore.azure.net" } };

static bool
add(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *ext;
	bool ok;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ok = ext != NULL && X509_add_ext(cert, ext, -1) == 1;
	X509_EXTENSION_free(ext);
	return ok;
}

static bool
extend(X509 *cert, X509 *issuer, enum sim_tls_role role, const char *names)
{
	if (!add(cert, issuer, NID_subject_key_identifier, "hash") ||
	    !add(cert, issuer, NID_authority_key_identifier, "keyid:always"))
		return false;
	if (roles[role].names != NULL)
		return add(cert, issuer, NID_basic_constraints,
			   "critical,CA:FALSE") &&
		    add(cert, issuer, NID_key_usage,
			"critical,digitalSignature,keyEncipherment") &&
		    add(cert, issuer, NID_ext_key_usage,
			"serverAuth,clientAuth") &&
		    add(cert, issuer, NID_subject_alt_name, names);
	return add(cert, issuer, NID_basic_constraints,
		   role == SIM_TLS_ROOT ? "critical,CA:TRUE" :
					  "critical,CA:TRUE,pathlen:0") &&
	    add(cert, issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
}

static bool
name(X509 *cert, const char *cn, X509 *issuer)
{
	X509_NAME *subject = X509_get_subject_name(cert);

	return X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_ASC,
		   (const unsigned char *)"teesim", -1, -1, 0) == 1 &&
	    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
		(const unsigned char *)cn, -1, -1, 0) == 1 &&
	    X509_set_issuer_name(cert, X509_get_subject_name(issuer)) == 1;
}

static bool
number(X509 *cert)
{
	uint8_t serial[16];
	BIGNUM *n = NULL;
	bool ok = RAND_bytes(serial, sizeof(serial)) == 1;

	serial[0] &= 0x7f;
	if (ok)
		n = BN_bin2bn(serial, sizeof(serial), NULL);
	ok = n != NULL &&
	    BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert)) != NULL;
	BN_free(n);
	return ok;
}

static X509 *
mint(struct sim_tls *tls, enum sim_tls_role role, enum sim_tls_fault fault)
{
	enum sim_tls_role by = role == SIM_TLS_CA ? SIM_TLS_ROOT : SIM_TLS_CA;
	bool leaf = roles[role].names != NULL;
	const char *names = leaf && fault == SIM_TLS_OTHER_NAME ?
	    "DNS:other.example" :
	    roles[role].names;
	long end = leaf && fault == SIM_TLS_EXPIRED ? -60 : 30 * DAY;
	X509 *cert = X509_new(), *issuer;

	if (role == SIM_TLS_ROOT)
		by = SIM_TLS_ROOT;
	issuer = role == SIM_TLS_ROOT ? cert : tls->cert[by];
	if (cert != NULL && X509_set_version(cert, X509_VERSION_3) == 1 &&
	    number(cert) && name(cert, roles[role].cn, issuer) &&
	    X509_gmtime_adj(X509_getm_notBefore(cert), -DAY) != NULL &&
	    X509_gmtime_adj(X509_getm_notAfter(cert), end) != NULL &&
	    X509_set_pubkey(cert, tls->key[role]) == 1 &&
	    extend(cert, issuer, role, names) &&
	    X509_sign(cert, tls->key[by], EVP_sha256()) != 0)
		return cert;
	X509_free(cert);
	return NULL;
}

X509 *
tee_sim_tls_leaf(struct sim_tls *tls, enum sim_tls_role role,
    enum sim_tls_fault fault)
{
	return mint(tls, role, fault);
}

/* Servers of another authority: a root that ca.pem does not show. */
static bool
swap_root(struct sim_tls *tls, int dir)
{
	X509 *shown = tls->cert[SIM_TLS_ROOT];
	EVP_PKEY *key = tls->key[SIM_TLS_ROOT];

	tls->key[SIM_TLS_ROOT] = tee_sim_keyset_kept(dir, "tls-other", 0);
	if (tls->key[SIM_TLS_ROOT] != NULL)
		tls->cert[SIM_TLS_ROOT] = mint(tls, SIM_TLS_ROOT, SIM_TLS_OK);
	X509_free(tls->cert[SIM_TLS_CA]);
	tls->cert[SIM_TLS_CA] = tls->key[SIM_TLS_ROOT] == NULL ?
	    NULL :
	    mint(tls, SIM_TLS_CA, SIM_TLS_OK);
	X509_free(tls->cert[SIM_TLS_ROOT]);
	EVP_PKEY_free(tls->key[SIM_TLS_ROOT]);
	tls->cert[SIM_TLS_ROOT] = shown;
	tls->key[SIM_TLS_ROOT] = key;
	return tls->cert[SIM_TLS_CA] != NULL;
}

bool
tee_sim_tls_open(struct sim_tls *tls, int dir, enum sim_tls_fault fault)
{
	bool ok = true;

	memset(tls, 0, sizeof(*tls));
	for (unsigned i = 0; ok && i < SIM_TLS_ROLES; i++) {
		tls->key[i] =
		    tee_sim_keyset_kept(dir, roles[i].key, roles[i].rsa_bits);
		ok = tls->key[i] != NULL;
	}
	for (unsigned i = 0; ok && i < SIM_TLS_ROLES; i++) {
		tls->cert[i] = mint(tls, (enum sim_tls_role)i, fault);
		ok = tls->cert[i] != NULL;
		if (ok && i == SIM_TLS_CA && fault == SIM_TLS_OTHER_CA)
			ok = swap_root(tls, dir);
	}
	if (!ok)
		tee_sim_tls_close(tls);
	return ok;
}

void
tee_sim_tls_close(struct sim_tls *tls)
{
	for (unsigned i = 0; i < SIM_TLS_ROLES; i++) {
		EVP_PKEY_free(tls->key[i]);
		X509_free(tls->cert[i]);
	}
	memset(tls, 0, sizeof(*tls));
}

/* Appends what was written, with terminator; frees the BIO. */
static bool
take(BIO *bio, bool ok, struct sim_blob *out)
{
	char *text = NULL;
	long size = bio != NULL ? BIO_get_mem_data(bio, &text) : 0;

	ok = ok && size > 0 && tee_sim_blob_append(out, text, (size_t)size) &&
	    tee_sim_blob_append(out, "", 1);
	BIO_free(bio);
	return ok;
}

bool
tee_sim_tls_chain(const struct sim_tls *tls, enum sim_tls_role role,
    struct sim_blob *out)
{
	BIO *bio = BIO_new(BIO_s_mem());
	bool ok = bio != NULL && PEM_write_bio_X509(bio, tls->cert[role]) == 1;

	if (ok && roles[role].names != NULL)
		ok = PEM_write_bio_X509(bio, tls->cert[SIM_TLS_CA]) == 1;
	return take(bio, ok, out);
}

bool
tee_sim_tls_key(const struct sim_tls *tls, enum sim_tls_role role,
    struct sim_blob *out)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	bool ok = bio != NULL &&
	    PEM_write_bio_PKCS8PrivateKey(bio, tls->key[role], NULL, NULL, 0,
		NULL, NULL) == 1;

	return take(bio, ok, out);
}

bool
tee_sim_tls_pin(const struct sim_tls *tls, char out[65])
{
	uint8_t digest[32], *der = NULL;
	int size =
	    i2d_X509_PUBKEY(X509_get_X509_PUBKEY(tls->cert[SIM_TLS_ROOT]),
		&der);
	bool ok = size > 0 &&
	    EVP_Digest(der, (size_t)size, digest, NULL, EVP_sha256(), NULL) ==
		1;

	OPENSSL_free(der);
	for (unsigned i = 0; ok && i < sizeof(digest); i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
	return ok;
}
