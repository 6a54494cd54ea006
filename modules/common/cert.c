/* SPDX-License-Identifier: Apache-2.0 */
/* cert: see cert.h. */
#include "config.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "modules/common/cert.h"

#define RSA_KEY_MAX 1100 /* DER of a key of 8192 bits */

static void
decode_key(const struct tee_pki *pki, struct tee_cert *cert)
{
	ASN1_OBJECT *type;
	const ASN1_OBJECT *curve;
	const void *value;
	X509_ALGOR *algor;
	const unsigned char *bytes;
	int size, kind;

	if (X509_PUBKEY_get0_param(&type, &bytes, &size, &algor,
		X509_get_X509_PUBKEY(cert->x509)) != 1 ||
	    size <= 0)
		return;
	X509_ALGOR_get0(NULL, &kind, &value, algor);
	curve = value;
	if (OBJ_obj2nid(type) == NID_rsaEncryption && size <= RSA_KEY_MAX) {
		cert->key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &bytes, size);
		cert->key_kind = TEE_CERT_KEY_RSA;
	} else if (OBJ_obj2nid(type) == NID_X9_62_id_ecPublicKey &&
	    kind == V_ASN1_OBJECT && OBJ_obj2nid(curve) == NID_secp384r1) {
		cert->key = tee_pki_p384(pki, bytes, (size_t)size);
		cert->key_kind = TEE_CERT_KEY_P384;
	}
	if (cert->key == NULL)
		cert->key_kind = TEE_CERT_KEY_OTHER;
}

/* The signed part is the first element of the outer SEQUENCE, whole. */
static bool
find_tbs(struct tee_cert *cert)
{
	const unsigned char *p = cert->der, *tbs;
	long size;
	int tag, class;

	if (ASN1_get_object(&p, &size, &tag, &class, (long)cert->size) !=
		V_ASN1_CONSTRUCTED ||
	    tag != V_ASN1_SEQUENCE || class != V_ASN1_UNIVERSAL)
		return false;
	tbs = p;
	if (ASN1_get_object(&p, &size, &tag, &class,
		(long)(cert->der + cert->size - tbs)) != V_ASN1_CONSTRUCTED ||
	    tag != V_ASN1_SEQUENCE || class != V_ASN1_UNIVERSAL)
		return false;
	cert->tbs = tbs;
	cert->tbs_size = (size_t)(p + size - tbs);
	return true;
}

static bool
decode(const struct tee_pki *pki, struct tee_cert *cert)
{
	const unsigned char *p = cert->der;

	cert->x509 = X509_new_ex(pki->bare, NULL);
	if (cert->x509 == NULL ||
	    d2i_X509(&cert->x509, &p, (long)cert->size) == NULL ||
	    p != cert->der + cert->size || !find_tbs(cert) ||
	    !tee_cert_time(X509_get0_notBefore(cert->x509),
		&cert->not_before) ||
	    !tee_cert_time(X509_get0_notAfter(cert->x509), &cert->not_after))
		return false;
	decode_key(pki, cert);
	tee_cert_read_use(cert);
	return !tee_cert_self_issued(cert) ||
	    tee_cert_spki_sha256(pki, cert, cert->pin);
}

size_t
tee_cert_der_size(const uint8_t *data, size_t size)
{
	const unsigned char *p = data;
	long inner;
	int tag, class, ret;

	if (size == 0 || size > LONG_MAX)
		return 0;
	ERR_set_mark();
	ret = ASN1_get_object(&p, &inner, &tag, &class, (long)size);
	ERR_pop_to_mark();
	/* 0x80: malformed; 1: of indefinite length, which is not DER. */
	if ((ret & 0x81) != 0 || tag != V_ASN1_SEQUENCE ||
	    class != V_ASN1_UNIVERSAL)
		return 0;
	return (size_t)(p - data) + (size_t)inner;
}

struct tee_cert *
tee_cert_parse(const struct tee_pki *pki, const uint8_t *der, size_t size,
    const uint8_t digest[32])
{
	struct tee_cert *cert;

	if (size == 0 || size > TEE_CERT_MAX)
		return NULL;
	cert = calloc(1, sizeof(*cert));
	if (cert == NULL)
		return NULL;
	atomic_init(&cert->references, 1);
	memcpy(cert->digest, digest, sizeof(cert->digest));
	cert->der = malloc(size);
	cert->size = size;
	if (cert->der != NULL)
		memcpy(cert->der, der, size);
	if (cert->der == NULL || !decode(pki, cert))
		tee_cert_free(&cert);
	return cert;
}

struct tee_cert *
tee_cert_ref(struct tee_cert *cert)
{
	atomic_fetch_add(&cert->references, 1);
	return cert;
}

void
tee_cert_free(struct tee_cert **cert)
{
	struct tee_cert *c = *cert;

	*cert = NULL;
	if (c == NULL || atomic_fetch_sub(&c->references, 1) != 1)
		return;
	EVP_PKEY_free(c->key);
	X509_free(c->x509);
	free(c->der);
	free(c);
}

bool
tee_cert_self_issued(const struct tee_cert *cert)
{
	return X509_NAME_cmp(X509_get_subject_name(cert->x509),
		   X509_get_issuer_name(cert->x509)) == 0;
}

bool
tee_cert_spki_sha256(const struct tee_pki *pki, const struct tee_cert *cert,
    uint8_t out[32])
{
	unsigned char *der = NULL;
	int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert->x509), &der);
	bool ok = size > 0 && tee_pki_sha256(pki, der, (size_t)size, out);

	OPENSSL_free(der);
	return ok;
}

const char *
tee_cert_common_name(const X509_NAME *name, size_t *size)
{
	int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
	const ASN1_STRING *text;

	if (at < 0 || X509_NAME_get_index_by_NID(name, NID_commonName, at) >= 0)
		return NULL;
	text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
	*size = (size_t)ASN1_STRING_length(text);
	return (const char *)ASN1_STRING_get0_data(text);
}

static bool
algor_is(const X509_ALGOR *algor, int nid)
{
	const ASN1_OBJECT *type;

	if (algor == NULL)
		return false;
	X509_ALGOR_get0(&type, NULL, NULL, algor);
	return OBJ_obj2nid(type) == nid;
}

/* MGF1's own hash is an AlgorithmIdentifier inside its parameter. */
static bool
mask_is_sha384(const X509_ALGOR *mask)
{
	X509_ALGOR *hash;
	bool ok;

	if (!algor_is(mask, NID_mgf1) || mask->parameter == NULL ||
	    mask->parameter->type != V_ASN1_SEQUENCE)
		return false;
	hash = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(X509_ALGOR),
	    mask->parameter);
	ok = algor_is(hash, NID_sha384);
	X509_ALGOR_free(hash);
	return ok;
}

bool
tee_cert_pss_sha384(const X509_ALGOR *algor)
{
	RSA_PSS_PARAMS *pss;
	bool ok;

	if (!algor_is(algor, NID_rsassaPss) || algor->parameter == NULL ||
	    algor->parameter->type != V_ASN1_SEQUENCE)
		return false;
	pss = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(RSA_PSS_PARAMS),
	    algor->parameter);
	ok = pss != NULL && algor_is(pss->hashAlgorithm, NID_sha384) &&
	    mask_is_sha384(pss->maskGenAlgorithm) && pss->saltLength != NULL &&
	    ASN1_INTEGER_get(pss->saltLength) == 48 &&
	    (pss->trailerField == NULL ||
		ASN1_INTEGER_get(pss->trailerField) == 1);
	RSA_PSS_PARAMS_free(pss);
	return ok;
}

static bool
pss_verify(const struct tee_pki *pki, const struct tee_cert *cert,
    const ASN1_BIT_STRING *signature, EVP_PKEY *key)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx;
	bool ok = ctx != NULL &&
	    EVP_DigestVerifyInit(ctx, &pctx, pki->sha384, NULL, key) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md(pctx, pki->sha384) == 1 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, 48) == 1 &&
	    EVP_DigestVerify(ctx, ASN1_STRING_get0_data(signature),
		(size_t)ASN1_STRING_length(signature), cert->tbs,
		cert->tbs_size) == 1;

	EVP_MD_CTX_free(ctx);
	return ok;
}

bool
tee_cert_signed_by(const struct tee_pki *pki, const struct tee_cert *cert,
    const struct tee_cert *issuer)
{
	const ASN1_BIT_STRING *signature;
	const X509_ALGOR *outer;

	if (issuer->key_kind != TEE_CERT_KEY_RSA)
		return false;
	X509_get0_signature(&signature, &outer, cert->x509);
	if ((signature->flags & 7) != 0 || !tee_cert_pss_sha384(outer) ||
	    X509_ALGOR_cmp(outer, X509_get0_tbs_sigalg(cert->x509)) != 0)
		return false;
	return pss_verify(pki, cert, signature, issuer->key);
}

bool
tee_cert_time(const ASN1_TIME *when, time_t *out)
{
	struct tm tm;

	/* ASN1_TIME_to_tm reads NULL as "now". */
	if (when == NULL || ASN1_TIME_to_tm(when, &tm) != 1)
		return false;
	*out = timegm(&tm);
	return *out != (time_t)-1;
}
