/* SPDX-License-Identifier: Apache-2.0 */
/* cvm_quote: from the AK to the quote's extraData and the PCRs. */
#include "config.h"

#include <stdio.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "modules/common/cert.h"
#include "modules/common/certmemo.h"
#include "modules/snp_azure/cvm_case.h"

/* An item, or its check is not done: that is no grant. */
static const uint8_t *
item(struct azure_cvm_case *c, const char *check, const char *type,
    size_t *size)
{
	const uint8_t *data = tee_call_item(c->call, type, size);

	if (data == NULL)
		tee_call_check(c->call, check, TEE_CHECK_NOT_DONE,
		    "the evidence has no %s", type);
	return data;
}

static bool
judge_format(struct azure_cvm_case *c)
{
	size_t size;
	const uint8_t *data = item(c, "quote.format", "tpm.quote", &size);
	bool parsed, quote;

	if (data == NULL)
		return false;
	parsed = tee_azure_attest_parse(&c->quote, data, size);
	quote = tee_azure_attest_is_quote(&c->quote);
	AZURE_JUDGE(c, "quote.format", quote, "%s",
	    quote      ? "TPMS_ATTEST of a quote" :
		parsed ? "a certified key in the place of a quote" :
			 c->quote.error);
	return quote;
}

static bool
judge_signature(struct azure_cvm_case *c)
{
	struct azure_signature signature;
	size_t size;
	const uint8_t *data =
	    item(c, "quote.signature", "tpm.quote-signature", &size);
	bool ok;

	if (data == NULL)
		return false;
	if (!tee_azure_signature_parse(&signature, data, size)) {
		AZURE_JUDGE(c, "quote.signature", false, "%s", signature.error);
		return false;
	}
	if (c->ak == NULL) {
		tee_call_check(c->call, "quote.signature", TEE_CHECK_NOT_DONE,
		    "there is no AK to verify it with");
		return false;
	}
	ok = tee_azure_attest_signed_by(&c->quote, &signature, c->ak);
	AZURE_JUDGE(c, "quote.signature", ok, "%s",
	    ok ? "by HCLAkPub" : "not made by HCLAkPub over this quote");
	return ok;
}

/* A quote without qualifying data was made for nobody, at any time. */
static bool
judge_nonce(struct azure_cvm_case *c)
{
	size_t size;

	(void)tee_azure_attest_extra(&c->quote, &size);
	if (size == 0)
		AZURE_JUDGE(c, "quote.nonce", false,
		    "extraData is empty: bound to nothing");
	else
		AZURE_JUDGE(c, "quote.nonce", true, "%zu bytes", size);
	return size > 0;
}

/* The first PCR that is selected and not given, or -1. */
static int
missing(const struct azure_cvm_case *c)
{
	uint32_t absent = c->selection & ~c->pcrs.present;

	for (int i = 0; i < AZURE_PCRS; i++)
		if ((absent >> i & 1) != 0)
			return i;
	return -1;
}

static bool
judge_pcrs(struct azure_cvm_case *c)
{
	static const char name[] = "quote.pcrs";
	size_t size;
	const uint8_t *data = item(c, name, "tpm.pcrs", &size);
	bool ok;

	if (data == NULL)
		return false;
	if (!tee_azure_quote_selection(&c->quote, &c->selection)) {
		AZURE_JUDGE(c, name, false,
		    "not a selection of PCRs 0 to 23, SHA-256 bank");
		return false;
	}
	if (!tee_azure_pcrs_parse(&c->pcrs, data, size)) {
		AZURE_JUDGE(c, name, false, "tpm.pcrs: %s", c->pcrs.error);
		return false;
	}
	if (missing(c) >= 0) {
		AZURE_JUDGE(c, name, false, "PCR %d is quoted and not given",
		    missing(c));
		return false;
	}
	ok = tee_azure_quote_covers(&c->quote, c->selection, c->pcrs.value);
	AZURE_JUDGE(c, name, ok, "%s (selection 0x%06x)",
	    ok ? "their digest is the quote's" :
		 "their digest is not the quote's",
	    c->selection);
	return ok;
}

static void
judge_references(struct azure_cvm_case *c)
{
	const struct azure_pcr_references *want = &c->policy->pcrs;
	int differs;

	if (want->count == 0) {
		tee_call_check(c->call, "pcrs", TEE_CHECK_NOT_ASKED,
		    "no reference values");
		return;
	}
	if (!c->pcrs_hold) {
		tee_call_check(c->call, "pcrs", TEE_CHECK_NOT_DONE,
		    "no PCRs that a quote covers");
		return;
	}
	differs = tee_azure_pcr_references_differ(want, &c->pcrs, c->selection);
	if (differs < 0)
		AZURE_JUDGE(c, "pcrs", true, "as the line names them");
	else
		AZURE_JUDGE(c, "pcrs", false, "PCR %d %s", differs,
		    (c->selection >> differs & 1) != 0 ?
			"has a value that the line does not name" :
			"is named and not quoted");
}

static void
compare_certificate(struct azure_cvm_case *c, const X509 *cert)
{
	bool same = EVP_PKEY_eq(X509_get0_pubkey(cert), c->ak) == 1;
	size_t size = 0;
	const char *issuer =
	    tee_cert_common_name(X509_get_issuer_name(cert), &size);

	AZURE_JUDGE(c, "quote.ak-cert", same,
	    "%s; issuer %.*s reported, not judged",
	    same ? "its key is HCLAkPub" : "its key is not HCLAkPub", (int)size,
	    issuer != NULL ? issuer : "");
}

/* As it lies in the vTPM: what is behind it in the NV index are zeros. */
static X509 *
padded_certificate(const uint8_t *data, size_t size)
{
	size_t used = size <= TEE_CERT_MAX ? tee_cert_der_size(data, size) : 0;

	for (size_t i = used; i < size; i++)
		if (data[i] != 0)
			return NULL;
	return used > 0 ? tee_certmemo_parse(data, used) : NULL;
}

/* Which CA may certify an AK is not established, so its key alone counts. */
static void
judge_certificate(struct azure_cvm_case *c)
{
	size_t size;
	const uint8_t *data = tee_call_item(c->call, "tpm.ak-cert", &size);
	X509 *cert;

	if (data == NULL) {
		tee_call_check(c->call, "quote.ak-cert", TEE_CHECK_NOT_ASKED,
		    "the evidence has no tpm.ak-cert");
		return;
	}
	cert = padded_certificate(data, size);
	if (cert == NULL)
		AZURE_JUDGE(c, "quote.ak-cert", false,
		    "not one certificate in DER, with zeros behind it at most");
	else if (c->ak == NULL)
		tee_call_check(c->call, "quote.ak-cert", TEE_CHECK_NOT_DONE,
		    "there is no AK to compare it with");
	else
		compare_certificate(c, cert);
	X509_free(cert);
	ERR_clear_error();
}

static void
not_done(struct azure_cvm_case *c)
{
	static const char *const names[] = { "quote.signature", "quote.nonce",
		"quote.pcrs" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		tee_call_check(c->call, names[i], TEE_CHECK_NOT_DONE,
		    "there is no quote");
}

void
tee_azure_cvm_judge_quote(struct azure_cvm_case *c)
{
	bool is_signed, nonce;

	if (judge_format(c)) {
		is_signed = judge_signature(c);
		nonce = judge_nonce(c);
		c->quote_holds = is_signed && nonce;
		c->pcrs_hold = judge_pcrs(c) && is_signed;
	} else {
		not_done(c);
	}
	judge_references(c);
	judge_certificate(c);
}
