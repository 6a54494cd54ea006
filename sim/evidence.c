/* SPDX-License-Identifier: Apache-2.0 */
/* evidence: see evidence.h. */
#include "config.h"

#include <string.h>
#include <openssl/ecdsa.h>
#include <openssl/pem.h>

#include "sim/evidence.h"

#define SIGNATURE_AT 0x2a0
#define NUMBER_SIZE 72 /* of r and s, little-endian */
#define CERTS 3        /* VCEK, ASK, ARK */

/* SHA-256 of the SubjectPublicKeyInfo of AMD's ARKs. */
static const uint8_t amd[SIM_PRODUCTS][32] = {
	[SIM_MILAN] = { 0x9f, 0x05, 0x6b, 0xee, 0x44, 0x37, 0x7e, 0x29, 0x30,
	    0x8c, 0xb5, 0xff, 0xa8, 0x95, 0xbd, 0xfb, 0x62, 0xd1, 0x88, 0x81,
	    0xfa, 0x6b, 0xed, 0x8d, 0x6f, 0x07, 0x5b, 0x02, 0x04, 0x08, 0x9c,
	    0xb9 },
	[SIM_GENOA] = { 0x42, 0x9a, 0x69, 0xc9, 0x42, 0x2a, 0xa2, 0x58, 0xee,
	    0x4d, 0x8d, 0xb5, 0xfc, 0xda, 0x9c, 0x64, 0x70, 0xef, 0x15, 0xf8,
	    0xcd, 0x5a, 0x9c, 0xeb, 0xd6, 0xcb, 0xc7, 0xd9, 0x0b, 0x86, 0x38,
	    0x31 },
	[SIM_TURIN] = { 0x4f, 0x12, 0x54, 0x10, 0x56, 0x3a, 0x2a, 0xb9, 0xa5,
	    0x03, 0x56, 0xf9, 0x24, 0x3f, 0x6f, 0xe0, 0xb6, 0xf7, 0x3d, 0xe9,
	    0x86, 0x03, 0xf5, 0x3f, 0x90, 0x33, 0x9c, 0x70, 0xe9, 0xd7, 0xad,
	    0x08 }
};

bool
tee_sim_sha256(const void *data, size_t size, uint8_t out[32])
{
	return EVP_Digest(data, size, out, NULL, EVP_sha256(), NULL) == 1;
}

bool
tee_sim_spki(const X509 *cert, uint8_t out[32])
{
	unsigned char *der = NULL;
	int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der);
	bool ok = size > 0 && tee_sim_sha256(der, (size_t)size, out);

	OPENSSL_free(der);
	return ok;
}

bool
tee_sim_rs256(EVP_PKEY *key, const void *data, size_t size,
    const struct sim_blob *signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx != NULL && EVP_PKEY_is_a(key, "RSA") &&
	    EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
	    EVP_DigestVerify(ctx, signature->data, signature->size, data,
		size) == 1;

	EVP_MD_CTX_free(ctx);
	return ok;
}

/* Leaf first; false where there are more or fewer than three. */
static bool
read_chain(const struct sim_blob *pem, X509 *cert[CERTS])
{
	BIO *bio = BIO_new_mem_buf(pem->data, (int)pem->size);
	X509 *next;
	unsigned n = 0;

	while (bio != NULL &&
	    (next = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		if (n < CERTS)
			cert[n] = next;
		else
			X509_free(next);
		n++;
	}
	BIO_free(bio);
	return n == CERTS;
}

/* Whose root it is tells the product. */
static bool
known_root(const struct sim_cloud *cloud, const X509 *ark,
    enum sim_product *product)
{
	uint8_t spki[32], own[32];

	if (!tee_sim_spki(ark, spki) ||
	    !tee_sim_spki(cloud->asp->chain.cert[SIM_ARK], own))
		return false;
	if (memcmp(spki, own, sizeof(own)) == 0) {
		*product = cloud->asp->platform.product;
		return true;
	}
	for (unsigned i = 0; i < SIM_PRODUCTS; i++)
		if (memcmp(spki, amd[i], sizeof(spki)) == 0) {
			*product = (enum sim_product)i;
			return true;
		}
	return false;
}

static bool
signed_by(X509 *cert, X509 *issuer)
{
	return X509_cmp_current_time(X509_get0_notBefore(cert)) < 0 &&
	    X509_cmp_current_time(X509_get0_notAfter(cert)) > 0 &&
	    X509_verify(cert, X509_get0_pubkey(issuer)) == 1;
}

/* The value of AMD's extension, whole. */
static bool
extension(const X509 *cert, const char *oid, const uint8_t **value,
    size_t *size)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	int at = object == NULL ? -1 : X509_get_ext_by_OBJ(cert, object, -1);
	const ASN1_OCTET_STRING *octets =
	    at < 0 ? NULL : X509_EXTENSION_get_data(X509_get_ext(cert, at));

	ASN1_OBJECT_free(object);
	if (octets == NULL)
		return false;
	*value = ASN1_STRING_get0_data(octets);
	*size = (size_t)ASN1_STRING_length(octets);
	return true;
}

/* INTEGER of one byte: 02 01 n, or 02 02 00 n from 128 on. */
static bool
part_is(const X509 *cert, const char *oid, uint8_t expected)
{
	const uint8_t *v;
	size_t size;

	if (!extension(cert, oid, &v, &size))
		return false;
	if (size == 3)
		return v[0] == 2 && v[1] == 1 && v[2] == expected &&
		    expected < 0x80;
	return size == 4 && v[0] == 2 && v[1] == 2 && v[2] == 0 &&
	    v[3] == expected;
}

static bool
tcb_matches(const X509 *vcek, enum sim_product product,
    const struct sim_tcb *tcb)
{
	return part_is(vcek, SIM_OID_BL, tcb->bl) &&
	    part_is(vcek, SIM_OID_TEE, tcb->tee) &&
	    part_is(vcek, SIM_OID_SNP, tcb->snp) &&
	    part_is(vcek, SIM_OID_UCODE, tcb->ucode) &&
	    (product != SIM_TURIN || part_is(vcek, SIM_OID_FMC, tcb->fmc));
}

/* Raw or wrapped as OCTET STRING: the last bytes either way. */
static bool
chip_matches(const X509 *vcek, enum sim_product product, const uint8_t *report)
{
	size_t wanted = tee_sim_product(product)->hwid_size, size;
	const uint8_t *value;

	return extension(vcek, SIM_OID_HWID, &value, &size) && size >= wanted &&
	    memcmp(value + size - wanted,
		report + tee_sim_field("chip_id")->offset, wanted) == 0;
}

static bool
signature_holds(EVP_PKEY *key, const uint8_t *report)
{
	const uint8_t *at = report + SIGNATURE_AT;
	BIGNUM *r = BN_lebin2bn(at, NUMBER_SIZE, NULL);
	BIGNUM *s = BN_lebin2bn(at + NUMBER_SIZE, NUMBER_SIZE, NULL);
	ECDSA_SIG *pair = ECDSA_SIG_new();
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t *der = NULL;
	int size = 0;
	bool ok = false;

	if (pair != NULL && r != NULL && s != NULL &&
	    ECDSA_SIG_set0(pair, r, s) == 1) {
		r = s = NULL;
		size = i2d_ECDSA_SIG(pair, &der);
	}
	if (size > 0 && ctx != NULL && EVP_PKEY_is_a(key, "EC"))
		ok = EVP_DigestVerifyInit(ctx, NULL, EVP_sha384(), NULL, key) ==
			1 &&
		    EVP_DigestVerify(ctx, der, (size_t)size, report,
			SIM_REPORT_SIGNED) == 1;
	OPENSSL_free(der);
	EVP_MD_CTX_free(ctx);
	ECDSA_SIG_free(pair);
	BN_free(r);
	BN_free(s);
	return ok;
}

static const char *
judge(struct sim_evidence *evidence, const struct sim_cloud *cloud,
    X509 *const cert[CERTS])
{
	const uint8_t *report = evidence->report;

	if (!known_root(cloud, cert[2], &evidence->product))
		return "VcekCertChain does not end at a known root";
	if (!signed_by(cert[2], cert[2]) || !signed_by(cert[1], cert[2]) ||
	    !signed_by(cert[0], cert[1]))
		return "VcekCertChain is no valid chain";
	evidence->tcb = tee_sim_tcb_decode(evidence->product,
	    report + tee_sim_field("reported_tcb")->offset);
	if (!chip_matches(cert[0], evidence->product, report))
		return "the VCEK is another chip's";
	if (!tcb_matches(cert[0], evidence->product, &evidence->tcb))
		return "the VCEK is of another TCB than the report";
	if (!signature_holds(X509_get0_pubkey(cert[0]), report))
		return "the report's signature is not valid";
	if (tee_sim_report_get(report, "vmpl") > 3)
		return "the report was not asked for by a guest";
	return NULL;
}

const char *
tee_sim_evidence_judge(struct sim_evidence *evidence,
    const struct sim_cloud *cloud, const struct sim_blob *report,
    const struct sim_blob *chain_pem)
{
	X509 *cert[CERTS] = { NULL };
	const char *wrong;

	if (report->size != SIM_REPORT_SIZE)
		return "SnpReport is not of 1184 bytes";
	memcpy(evidence->report, report->data, SIM_REPORT_SIZE);
	if (!read_chain(chain_pem, cert))
		wrong = "VcekCertChain is not three certificates";
	else
		wrong = judge(evidence, cloud, cert);
	for (unsigned i = 0; i < CERTS; i++)
		X509_free(cert[i]);
	return wrong;
}
