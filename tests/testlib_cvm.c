/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_cvm: see testlib_cvm.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <tss2/tss2_mu.h>

#include "modules/common/jwk.h"
#include "tests/testlib_cvm.h"

EVP_PKEY *cvm_ak, *cvm_other_ak;

void
cvm_keys_open(void)
{
	snp_keys_open();
	cvm_ak = EVP_RSA_gen(2048);
	cvm_other_ak = EVP_RSA_gen(2048);
	if (cvm_ak == NULL || cvm_other_ak == NULL)
		exit(1);
}

void
cvm_keys_close(void)
{
	EVP_PKEY_free(cvm_ak);
	EVP_PKEY_free(cvm_other_ak);
	snp_keys_close();
}

const char *
cvm_jwk(EVP_PKEY *key, const char *kid)
{
	static char text[2048];
	json_t *public = tee_jwk_public(key);

	ck_assert_ptr_nonnull(public);
	snprintf(text, sizeof(text),
	    "{\"kid\":\"%s\",\"key_ops\":[\"sign\"],\"kty\":\"RSA\","
	    "\"e\":\"%s\",\"n\":\"%s\"}",
	    kid, json_string_value(json_object_get(public, "e")),
	    json_string_value(json_object_get(public, "n")));
	json_decref(public);
	return text;
}

/* Members in the paravisor's order, on one line. */
static void
write_runtime(struct cvm_evidence *e)
{
	char hex[2 * TEE_USER_DATA_SIZE + 1];
	uint8_t user_data[TEE_USER_DATA_SIZE] = { 0 };
	size_t at, size;

	memcpy(user_data, e->snp.binding, e->snp.binding_size);
	ck_assert_int_eq(OPENSSL_buf2hexstr_ex(hex, sizeof(hex), &size,
			     user_data, sizeof(user_data), '\0'),
	    1);
	at = (size_t)snprintf(e->runtime, sizeof(e->runtime), "{\"keys\":[%s,",
	    cvm_jwk(cvm_ak, "HCLAkPub"));
	at += (size_t)snprintf(e->runtime + at, sizeof(e->runtime) - at,
	    "%s],\"vm-configuration\":{\"console-enabled\":true,"
	    "\"secure-boot\":true,\"tpm-enabled\":true,\"vmUniqueId\":"
	    "\"6F0C6A57-1F3A-4B1C-9E0D-0123456789AB\"},"
	    "\"user-data\":\"%s\"}",
	    cvm_jwk(cvm_other_ak, "HCLEkPub"), hex);
	ck_assert_uint_lt(at, sizeof(e->runtime));
}

static void
fill_attest(struct cvm_evidence *e)
{
	TPMS_ATTEST *a = &e->attest;
	TPMS_PCR_SELECTION *s = &a->attested.quote.pcrSelect.pcrSelections[0];

	memset(a, 0, sizeof(*a));
	a->magic = TPM2_GENERATED_VALUE;
	a->type = TPM2_ST_ATTEST_QUOTE;
	a->qualifiedSigner.size = 34;
	a->clockInfo.clock = 1234567;
	a->clockInfo.safe = TPM2_YES;
	a->firmwareVersion = 0x20160511;
	a->attested.quote.pcrSelect.count = 1;
	s->hash = TPM2_ALG_SHA256;
	s->sizeofSelect = 3;
	memset(s->pcrSelect, 0xff, 3);
	e->pcrs_given = 0xffffff;
	for (unsigned i = 0; i < AZURE_PCRS; i++)
		memset(e->pcr[i], (int)(i + 1), AZURE_PCR_SIZE);
}

void
cvm_set_binding(struct cvm_evidence *e, const void *binding, size_t size)
{
	memset(e->snp.binding, 0, sizeof(e->snp.binding));
	memcpy(e->snp.binding, binding, size);
	e->snp.binding_size = size;
	e->attest.extraData.size = (UINT16)size;
	memcpy(e->attest.extraData.buffer, binding, size);
	write_runtime(e);
}

void
cvm_start(struct cvm_evidence *e)
{
	uint8_t binding[32];

	memset(e, 0, sizeof(*e));
	memset(binding, 0xb1, sizeof(binding));
	snp_evidence_start(&e->snp, SIM_MILAN, SIM_SIGNER_VCEK, 0);
	fill_attest(e);
	e->signer = cvm_ak;
	e->digest = "SHA256";
	cvm_set_binding(e, binding, sizeof(binding));
}

void
cvm_runtime_edit(struct cvm_evidence *e, const char *from, const char *to)
{
	char *at = strstr(e->runtime, from);
	char rest[CVM_RUNTIME_MAX];

	ck_assert_msg(at != NULL, "\"%s\" is not in the runtime data", from);
	strcpy(rest, at + strlen(from));
	ck_assert_uint_lt((size_t)(at - e->runtime) + strlen(to) + strlen(rest),
	    sizeof(e->runtime));
	strcpy(at, to);
	strcat(at, rest);
}

void
cvm_put(struct cvm_evidence *e, enum cvm_item item, const void *data,
    size_t size)
{
	cvm_drop(e, item);
	ck_assert(tee_sim_blob_append(&e->item[item], data, size));
}

void
cvm_drop(struct cvm_evidence *e, enum cvm_item item)
{
	tee_sim_blob_free(&e->item[item]);
}

static void
put32(uint8_t *at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

/* As facts of the NV index have it, offsets written a second time. */
static void
mint_hcl(struct cvm_evidence *e)
{
	uint8_t nv[CVM_NV_SIZE] = { 'H', 'C', 'L', 'A' };
	uint32_t size = (uint32_t)strlen(e->runtime);

	ck_assert_uint_le(1236 + size, sizeof(nv));
	put32(nv + 4, 1);
	put32(nv + 8, 32 + 1184 + 20 + size);
	put32(nv + 12, 2);
	memcpy(nv + 32, e->snp.report, SIM_REPORT_SIZE);
	put32(nv + 1216, 20 + size);
	put32(nv + 1220, 1);
	put32(nv + 1224, 2);
	put32(nv + 1228, 1);
	put32(nv + 1232, size);
	memcpy(nv + 1236, e->runtime, size);
	cvm_put(e, CVM_HCL, nv, sizeof(nv));
}

void
cvm_put_pcrs(struct cvm_evidence *e)
{
	char text[AZURE_PCRS * 80] = "{", one[80], hex[65];
	size_t size;

	for (unsigned i = 0; i < AZURE_PCRS; i++) {
		if ((e->pcrs_given >> i & 1) == 0)
			continue;
		ck_assert_int_eq(OPENSSL_buf2hexstr_ex(hex, sizeof(hex), &size,
				     e->pcr[i], AZURE_PCR_SIZE, '\0'),
		    1);
		snprintf(one, sizeof(one), "%s\"%u\":\"%s\"",
		    text[1] != '\0' ? "," : "", i, hex);
		strcat(text, one);
	}
	strcat(text, "}");
	cvm_put(e, CVM_PCRS, text, strlen(text));
}

static void
mint_digest(struct cvm_evidence *e)
{
	TPMS_QUOTE_INFO *q = &e->attest.attested.quote;
	const TPMS_PCR_SELECTION *s = &q->pcrSelect.pcrSelections[0];
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	unsigned size;

	ck_assert(EVP_DigestInit_ex(md, EVP_sha256(), NULL));
	for (unsigned i = 0; i < AZURE_PCRS; i++)
		if ((s->pcrSelect[i / 8] >> i % 8 & 1) != 0)
			ck_assert(
			    EVP_DigestUpdate(md, e->pcr[i], AZURE_PCR_SIZE));
	ck_assert(EVP_DigestFinal_ex(md, q->pcrDigest.buffer, &size));
	q->pcrDigest.size = (UINT16)size;
	EVP_MD_CTX_free(md);
}

static void
sign(struct cvm_evidence *e)
{
	const struct sim_blob *quote = &e->item[CVM_QUOTE];
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	TPMT_SIGNATURE s = { .sigAlg = TPM2_ALG_RSASSA };
	TPMS_SIGNATURE_RSA *rsa = &s.signature.rsassa;
	uint8_t bytes[sizeof(s) + 16];
	size_t size = sizeof(rsa->sig.buffer), used = 0;

	rsa->hash =
	    strcmp(e->digest, "SHA1") == 0 ? TPM2_ALG_SHA1 : TPM2_ALG_SHA256;
	ck_assert(EVP_DigestSignInit_ex(md, NULL, e->digest, NULL, NULL,
		      e->signer, NULL) == 1 &&
	    EVP_DigestSign(md, rsa->sig.buffer, &size, quote->data,
		quote->size) == 1);
	rsa->sig.size = (UINT16)size;
	ck_assert_uint_eq(Tss2_MU_TPMT_SIGNATURE_Marshal(&s, bytes,
			      sizeof(bytes), &used),
	    0);
	cvm_put(e, CVM_SIGNATURE, bytes, used);
	EVP_MD_CTX_free(md);
}

void
cvm_quote(struct cvm_evidence *e)
{
	uint8_t bytes[sizeof(TPMS_ATTEST) + 64];
	size_t used = 0;

	ck_assert_uint_eq(Tss2_MU_TPMS_ATTEST_Marshal(&e->attest, bytes,
			      sizeof(bytes), &used),
	    0);
	cvm_put(e, CVM_QUOTE, bytes, used);
	sign(e);
}

void
cvm_mint(struct cvm_evidence *e)
{
	if (!e->report_data_given)
		ck_assert(EVP_Digest(e->runtime, strlen(e->runtime),
		    e->report_data, NULL, EVP_sha256(), NULL));
	tee_sim_report_bytes(e->snp.report, "report_data", e->report_data, 64);
	snp_evidence_mint(&e->snp);
	mint_hcl(e);
	mint_digest(e);
	cvm_put_pcrs(e);
	cvm_quote(e);
}

static void
add_comment(X509 *cert, size_t size)
{
	ASN1_IA5STRING *text = ASN1_IA5STRING_new();
	char *comment = malloc(size + 1);

	ck_assert_ptr_nonnull(comment);
	memset(comment, 'c', size);
	ck_assert(ASN1_STRING_set(text, comment, (int)size) &&
	    X509_add1_ext_i2d(cert, NID_netscape_comment, text, 0, 0) == 1);
	ASN1_IA5STRING_free(text);
	free(comment);
}

void
cvm_certify(struct cvm_evidence *e, EVP_PKEY *key, size_t comment)
{
	X509 *cert = X509_new();
	X509_NAME *name = X509_get_subject_name(cert);
	unsigned char *der = NULL;
	int size;

	ck_assert(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
	    (const unsigned char *)"An AK", -1, -1, 0));
	ck_assert(X509_set_version(cert, 2));
	if (comment > 0)
		add_comment(cert, comment);
	ck_assert(X509_set_issuer_name(cert, name) &&
	    X509_gmtime_adj(X509_getm_notBefore(cert), 0) != NULL &&
	    X509_gmtime_adj(X509_getm_notAfter(cert), 3600) != NULL &&
	    X509_set_pubkey(cert, key) &&
	    X509_sign(cert, key, EVP_sha256()) > 0);
	size = i2d_X509(cert, &der);
	ck_assert_int_gt(size, 0);
	cvm_put(e, CVM_AK_CERT, der, (size_t)size);
	OPENSSL_free(der);
	X509_free(cert);
}

void
cvm_free(struct cvm_evidence *e)
{
	for (unsigned i = 0; i < CVM_ITEMS; i++)
		tee_sim_blob_free(&e->item[i]);
	snp_evidence_free(&e->snp);
}
