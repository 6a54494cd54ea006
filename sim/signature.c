/* SPDX-License-Identifier: Apache-2.0 */
/* signature: see signature.h. */
#include "config.h"

#include <string.h>
#include <openssl/rsa.h>

#include "sim/signature.h"

static const char *
digest_name(const struct sim_signature *how)
{
	return how->digest != NULL ? how->digest : "SHA384";
}

static const EVP_MD *
mgf_digest(const struct sim_signature *how)
{
	return EVP_get_digestbyname(
	    how->mgf != NULL ? how->mgf : digest_name(how));
}

static int
salt_size(const struct sim_signature *how)
{
	if (how->salt == SIM_SALT_EMPTY)
		return 0;
	return how->salt != 0 ? how->salt : 48;
}

static X509_ALGOR *
hash_algor(const EVP_MD *md)
{
	X509_ALGOR *algor = X509_ALGOR_new();

	if (algor != NULL &&
	    X509_ALGOR_set0(algor, OBJ_nid2obj(EVP_MD_get_type(md)),
		V_ASN1_NULL, NULL) != 1) {
		X509_ALGOR_free(algor);
		algor = NULL;
	}
	return algor;
}

static X509_ALGOR *
mgf_algor(const EVP_MD *md)
{
	X509_ALGOR *hash = hash_algor(md), *algor = X509_ALGOR_new();
	ASN1_STRING *packed = NULL;
	bool ok = hash != NULL && algor != NULL &&
	    ASN1_item_pack(hash, ASN1_ITEM_rptr(X509_ALGOR), &packed) != NULL &&
	    X509_ALGOR_set0(algor, OBJ_nid2obj(NID_mgf1), V_ASN1_SEQUENCE,
		packed) == 1;

	X509_ALGOR_free(hash);
	if (!ok) {
		ASN1_STRING_free(packed);
		X509_ALGOR_free(algor);
		return NULL;
	}
	return algor;
}

static ASN1_INTEGER *
integer(long value)
{
	ASN1_INTEGER *n = ASN1_INTEGER_new();

	if (n != NULL && ASN1_INTEGER_set(n, value) != 1) {
		ASN1_INTEGER_free(n);
		n = NULL;
	}
	return n;
}

/* By hand, because libcrypto leaves the default trailerField out. */
static ASN1_STRING *
pss_parameters(const struct sim_signature *how, const EVP_MD *md)
{
	RSA_PSS_PARAMS *pss = RSA_PSS_PARAMS_new();
	ASN1_STRING *packed = NULL;

	if (pss == NULL)
		return NULL;
	pss->hashAlgorithm = hash_algor(md);
	pss->maskGenAlgorithm = mgf_algor(mgf_digest(how));
	pss->saltLength = integer(salt_size(how));
	if (!how->short_form)
		pss->trailerField = integer(1);
	if (pss->hashAlgorithm != NULL && pss->maskGenAlgorithm != NULL &&
	    pss->saltLength != NULL)
		ASN1_item_pack(pss, ASN1_ITEM_rptr(RSA_PSS_PARAMS), &packed);
	RSA_PSS_PARAMS_free(pss);
	return packed;
}

static bool
set_algor(X509_ALGOR *algor, const struct sim_signature *how, EVP_PKEY *key)
{
	const EVP_MD *md = EVP_get_digestbyname(digest_name(how));
	ASN1_STRING *pss;
	int nid;

	if (md == NULL || mgf_digest(how) == NULL)
		return false;
	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA && !how->pkcs1) {
		pss = pss_parameters(how, md);
		return pss != NULL &&
		    X509_ALGOR_set0(algor, OBJ_nid2obj(NID_rsassaPss),
			V_ASN1_SEQUENCE, pss) == 1;
	}
	return OBJ_find_sigid_by_algs(&nid, EVP_MD_get_type(md),
		   EVP_PKEY_get_base_id(key)) == 1 &&
	    X509_ALGOR_set0(algor, OBJ_nid2obj(nid),
		EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA ? V_ASN1_NULL :
							    V_ASN1_UNDEF,
		NULL) == 1;
}

static bool
set_padding(EVP_PKEY_CTX *ctx, const struct sim_signature *how)
{
	if (how->pkcs1)
		return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) ==
		    1;
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, mgf_digest(how)) == 1 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, salt_size(how)) == 1;
}

static EVP_MD_CTX *
start(const struct sim_signature *how, EVP_PKEY *key)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx;
	bool rsa = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;

	if (ctx == NULL ||
	    EVP_DigestSignInit_ex(ctx, &pctx, digest_name(how), NULL, NULL, key,
		NULL) != 1 ||
	    (rsa && !set_padding(pctx, how))) {
		EVP_MD_CTX_free(ctx);
		ctx = NULL;
	}
	return ctx;
}

static unsigned char *
sign_bytes(const struct sim_signature *how, EVP_PKEY *key,
    const unsigned char *data, size_t size, size_t *length)
{
	EVP_MD_CTX *ctx = start(how, key);
	unsigned char *out = NULL;
	bool ok = ctx != NULL &&
	    EVP_DigestSign(ctx, NULL, length, data, size) == 1 &&
	    (out = OPENSSL_malloc(*length)) != NULL &&
	    EVP_DigestSign(ctx, out, length, data, size) == 1;

	EVP_MD_CTX_free(ctx);
	if (!ok) {
		OPENSSL_free(out);
		return NULL;
	}
	return out;
}

/* libcrypto has getters only, and they are const. */
static X509_ALGOR *
writable_algor(const X509_ALGOR *algor)
{
	return (X509_ALGOR *)(uintptr_t)algor;
}

static ASN1_BIT_STRING *
writable_bits(const ASN1_BIT_STRING *bits)
{
	return (ASN1_BIT_STRING *)(uintptr_t)bits;
}

static void
corrupt(const ASN1_BIT_STRING *bits)
{
	writable_bits(bits)->data[bits->length / 2] ^= 1;
}

bool
tee_sim_sign_cert(const struct sim_signature *how, EVP_PKEY *key, X509 *cert)
{
	const ASN1_BIT_STRING *bits;
	const X509_ALGOR *outer;
	unsigned char *tbs = NULL, *value;
	size_t length;
	int size;

	X509_get0_signature(&bits, &outer, cert);
	if (!set_algor(writable_algor(outer), how, key) ||
	    !set_algor(writable_algor(X509_get0_tbs_sigalg(cert)), how, key))
		return false;
	size = i2d_re_X509_tbs(cert, &tbs);
	if (size <= 0)
		return false;
	value = sign_bytes(how, key, tbs, (size_t)size, &length);
	OPENSSL_free(tbs);
	if (value == NULL)
		return false;
	ASN1_STRING_set0(writable_bits(bits), value, (int)length);
	/* All eight bits of the last byte count. */
	writable_bits(bits)->flags &= ~7L;
	writable_bits(bits)->flags |= ASN1_STRING_FLAG_BITS_LEFT;
	if (how->corrupt)
		corrupt(bits);
	return true;
}

bool
tee_sim_sign_crl(const struct sim_signature *how, EVP_PKEY *key, X509_CRL *crl)
{
	EVP_MD_CTX *ctx = start(how, key);
	const ASN1_BIT_STRING *bits;
	bool ok = ctx != NULL && X509_CRL_sign_ctx(crl, ctx) > 0;

	EVP_MD_CTX_free(ctx);
	X509_CRL_get0_signature(crl, &bits, NULL);
	if (ok && how->corrupt)
		corrupt(bits);
	return ok;
}
