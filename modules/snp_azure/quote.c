/* SPDX-License-Identifier: Apache-2.0 */
/* quote: see quote.h. */
#include "config.h"

#include <string.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <tss2/tss2_mu.h>

#include "modules/common/reader.h"
#include "modules/snp_azure/quote.h"

static void
skip_sized(struct tee_reader *r)
{
	(void)tee_reader_bytes(r, tee_reader_be16(r));
}

/*
 * A quote with more than tpm2-tss has room for would be refused by it, too,
 * but not without a line on standard error; a library is silent.
 */
static bool
selections_fit(const void *data, size_t size)
{
	struct tee_reader r;
	uint32_t count;

	tee_reader_init(&r, data, size);
	(void)tee_reader_be32(&r); /* magic */
	if (tee_reader_be16(&r) != TPM2_ST_ATTEST_QUOTE)
		return true;
	skip_sized(&r);                            /* qualifiedSigner */
	skip_sized(&r);                            /* extraData */
	(void)tee_reader_bytes(&r, 8 + 4 + 4 + 1); /* clockInfo */
	(void)tee_reader_bytes(&r, 8);             /* firmwareVersion */
	count = tee_reader_be32(&r);
	if (count > TPM2_NUM_PCR_BANKS)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		uint8_t octets;

		(void)tee_reader_be16(&r); /* bank */
		octets = tee_reader_u8(&r);
		if (octets > TPM2_PCR_SELECT_MAX)
			return false;
		(void)tee_reader_bytes(&r, octets);
	}
	return !r.bad;
}

/* tpm2-tss unmarshals any magic number and leaves bytes behind unread. */
static const char *
wrong_attest(const TPMS_ATTEST *a, size_t used, size_t size)
{
	if (a->magic != TPM2_GENERATED_VALUE)
		return "not made by a TPM: wrong magic number";
	if (a->type != TPM2_ST_ATTEST_QUOTE &&
	    a->type != TPM2_ST_ATTEST_CERTIFY)
		return "neither a quote nor a certified key";
	if (used != size)
		return "bytes behind its end";
	return NULL;
}

bool
tee_azure_attest_parse(struct azure_attest *a, const void *data, size_t size)
{
	size_t used = 0;

	memset(a, 0, sizeof(*a));
	a->raw = data;
	a->raw_size = size;
	if (!selections_fit(data, size) ||
	    Tss2_MU_TPMS_ATTEST_Unmarshal(data, size, &used, &a->value) !=
		TSS2_RC_SUCCESS)
		a->error = "not a TPMS_ATTEST";
	else
		a->error = wrong_attest(&a->value, used, size);
	return a->error == NULL;
}

bool
tee_azure_attest_is_quote(const struct azure_attest *a)
{
	return a->error == NULL && a->value.type == TPM2_ST_ATTEST_QUOTE;
}

bool
tee_azure_attest_is_certify(const struct azure_attest *a)
{
	return a->error == NULL && a->value.type == TPM2_ST_ATTEST_CERTIFY;
}

const uint8_t *
tee_azure_attest_extra(const struct azure_attest *a, size_t *size)
{
	*size = a->value.extraData.size;
	return a->value.extraData.buffer;
}

/* False where the bank has no room for what it says. */
static bool
bank_bits(const TPMS_PCR_SELECTION *bank, uint32_t *out)
{
	*out = 0;
	if (bank->sizeofSelect > sizeof(bank->pcrSelect))
		return false;
	for (unsigned i = 0; i < bank->sizeofSelect; i++)
		*out |= (uint32_t)bank->pcrSelect[i] << 8 * i;
	return true;
}

/* A TPM lists banks without bits as it was asked: they select nothing. */
bool
tee_azure_quote_selection(const struct azure_attest *a, uint32_t *out)
{
	const TPML_PCR_SELECTION *list = &a->value.attested.quote.pcrSelect;

	*out = 0;
	if (!tee_azure_attest_is_quote(a) || list->count > TPM2_NUM_PCR_BANKS)
		return false;
	for (uint32_t i = 0; i < list->count; i++) {
		const TPMS_PCR_SELECTION *bank = &list->pcrSelections[i];
		uint32_t bits;

		if (!bank_bits(bank, &bits))
			return false;
		if (bits == 0)
			continue;
		if (*out != 0 || bank->hash != TPM2_ALG_SHA256)
			return false;
		*out = bits;
	}
	return *out != 0 && *out >> AZURE_PCRS == 0;
}

bool
tee_azure_quote_covers(const struct azure_attest *a, uint32_t selection,
    const uint8_t (*pcr)[AZURE_PCR_SIZE])
{
	const TPM2B_DIGEST *want = &a->value.attested.quote.pcrDigest;
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	uint8_t digest[32];
	bool ok = tee_azure_attest_is_quote(a) && md != NULL &&
	    EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1;

	for (unsigned i = 0; ok && i < AZURE_PCRS; i++)
		if ((selection >> i & 1) != 0)
			ok = EVP_DigestUpdate(md, pcr[i], sizeof(pcr[i])) == 1;
	ok = ok && EVP_DigestFinal_ex(md, digest, NULL) == 1 &&
	    want->size == sizeof(digest) &&
	    CRYPTO_memcmp(want->buffer, digest, sizeof(digest)) == 0;
	EVP_MD_CTX_free(md);
	return ok;
}

bool
tee_azure_signature_parse(struct azure_signature *s, const void *data,
    size_t size)
{
	TPMT_SIGNATURE value;
	size_t used = 0;

	memset(s, 0, sizeof(*s));
	memset(&value, 0, sizeof(value));
	if (Tss2_MU_TPMT_SIGNATURE_Unmarshal(data, size, &used, &value) !=
	    TSS2_RC_SUCCESS)
		s->error = "not a TPMT_SIGNATURE";
	else if (value.sigAlg != TPM2_ALG_RSASSA ||
	    value.signature.rsassa.hash != TPM2_ALG_SHA256)
		s->error = "not RSASSA with SHA-256";
	else if (used != size)
		s->error = "bytes behind its end";
	else
		s->rsa = value.signature.rsassa.sig;
	return s->error == NULL;
}

static bool
verify(EVP_MD_CTX *md, EVP_PKEY *key, const struct azure_signature *s,
    const struct azure_attest *a)
{
	EVP_PKEY_CTX *settings;

	return EVP_DigestVerifyInit(md, &settings, EVP_sha256(), NULL, key) ==
	    1 &&
	    EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PADDING) == 1 &&
	    EVP_DigestVerify(md, s->rsa.buffer, s->rsa.size, a->raw,
		a->raw_size) == 1;
}

bool
tee_azure_attest_signed_by(const struct azure_attest *a,
    const struct azure_signature *s, EVP_PKEY *key)
{
	EVP_MD_CTX *md;
	bool ok;

	if (a->error != NULL || s->error != NULL || key == NULL ||
	    !EVP_PKEY_is_a(key, "RSA"))
		return false;
	md = EVP_MD_CTX_new();
	ok = md != NULL && verify(md, key, s, a);
	EVP_MD_CTX_free(md);
	ERR_clear_error();
	return ok;
}
