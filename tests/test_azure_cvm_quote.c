/* SPDX-License-Identifier: Apache-2.0 */
/* Rows about the quote: layout, signature, extraData, PCRs, certificate. */
#include "config.h"

#include <string.h>
#include <check.h>

#include "tests/test_azure_cvm_rows.h"

#define NO_QUOTE "quote.signature quote.nonce quote.pcrs binding"

static TPMS_PCR_SELECTION *
selection(struct cvm_evidence *e)
{
	return &e->attest.attested.quote.pcrSelect.pcrSelections[0];
}

static void
no_quote(struct cvm_evidence *e)
{
	cvm_drop(e, CVM_QUOTE);
}

static void
quote_empty(struct cvm_evidence *e)
{
	e->item[CVM_QUOTE].size = 0;
}

static void
quote_cut(struct cvm_evidence *e)
{
	e->item[CVM_QUOTE].size--;
}

static void
quote_longer(struct cvm_evidence *e)
{
	ck_assert(tee_sim_blob_append(&e->item[CVM_QUOTE], "", 1));
}

/* TPM2B_ATTEST: the same with its length in front. */
static void
quote_with_length(struct cvm_evidence *e)
{
	struct sim_blob quote = e->item[CVM_QUOTE];
	uint8_t length[2] = { (uint8_t)(quote.size >> 8), (uint8_t)quote.size };

	e->item[CVM_QUOTE] = (struct sim_blob){ NULL, 0 };
	cvm_put(e, CVM_QUOTE, length, sizeof(length));
	ck_assert(
	    tee_sim_blob_append(&e->item[CVM_QUOTE], quote.data, quote.size));
	tee_sim_blob_free(&quote);
}

/* Data that the TPM's user chose may look like a quote, but for its magic. */
static void
wrong_magic(struct cvm_evidence *e)
{
	e->attest.magic = 0x00544347;
}

/* The AK certifies keys, too: that is no quote. */
static void
certification(struct cvm_evidence *e)
{
	memset(&e->attest.attested, 0, sizeof(e->attest.attested));
	e->attest.type = TPM2_ST_ATTEST_CERTIFY;
	e->attest.attested.certify.name.size = 34;
	cvm_quote(e);
}

static void
time_attest(struct cvm_evidence *e)
{
	memset(&e->attest.attested, 0, sizeof(e->attest.attested));
	e->attest.type = TPM2_ST_ATTEST_TIME;
	cvm_quote(e);
}

static void
no_signature(struct cvm_evidence *e)
{
	cvm_drop(e, CVM_SIGNATURE);
}

static void
signature_bit(struct cvm_evidence *e)
{
	e->item[CVM_SIGNATURE].data[100] ^= 1;
}

/* RSASSA over the same, without the six bytes that say so. */
static void
signature_raw(struct cvm_evidence *e)
{
	memmove(e->item[CVM_SIGNATURE].data, e->item[CVM_SIGNATURE].data + 6,
	    256);
	e->item[CVM_SIGNATURE].size = 256;
}

static void
signature_longer(struct cvm_evidence *e)
{
	ck_assert(tee_sim_blob_append(&e->item[CVM_SIGNATURE], "", 1));
}

static void
signature_cut(struct cvm_evidence *e)
{
	e->item[CVM_SIGNATURE].size--;
}

static void
signature_empty(struct cvm_evidence *e)
{
	e->item[CVM_SIGNATURE].size = 0;
}

/* A signature of no bytes, well-formed. */
static void
signature_of_nothing(struct cvm_evidence *e)
{
	static const uint8_t none[] = { 0x00, 0x14, 0x00, 0x0b, 0x00, 0x00 };

	cvm_put(e, CVM_SIGNATURE, none, sizeof(none));
}

static void
signature_null(struct cvm_evidence *e)
{
	static const uint8_t none[] = { 0x00, 0x10 };

	cvm_put(e, CVM_SIGNATURE, none, sizeof(none));
}

/* RSAPSS in the header, whatever the bytes are. */
static void
signature_says_pss(struct cvm_evidence *e)
{
	e->item[CVM_SIGNATURE].data[1] = 0x16;
}

static void
signature_sha1(struct cvm_evidence *e)
{
	e->digest = "SHA1";
}

static void
signature_says_sha1(struct cvm_evidence *e)
{
	e->item[CVM_SIGNATURE].data[3] = 0x04;
}

static void
other_ak(struct cvm_evidence *e)
{
	e->signer = cvm_other_ak;
}

/* A pair that belongs together, of another VM. */
static void
other_quote(struct cvm_evidence *e)
{
	e->attest.clockInfo.clock++;
	e->signer = cvm_other_ak;
	cvm_quote(e);
}

/* A signature of this AK, over an earlier quote. */
static void
earlier_signature(struct cvm_evidence *e)
{
	struct sim_blob kept = e->item[CVM_SIGNATURE];

	e->item[CVM_SIGNATURE] = (struct sim_blob){ NULL, 0 };
	e->attest.clockInfo.clock++;
	cvm_quote(e);
	tee_sim_blob_free(&e->item[CVM_SIGNATURE]);
	e->item[CVM_SIGNATURE] = kept;
}

static void
empty_nonce(struct cvm_evidence *e)
{
	e->attest.extraData.size = 0;
}

static void
other_nonce(struct cvm_evidence *e)
{
	e->attest.extraData.buffer[31] ^= 1;
}

static void
nonce_cut(struct cvm_evidence *e)
{
	e->attest.extraData.size = 31;
}

static void
nonce_padded(struct cvm_evidence *e)
{
	e->attest.extraData.size = 48;
}

static void
nonce_and_more(struct cvm_evidence *e)
{
	e->attest.extraData.size = 33;
	e->attest.extraData.buffer[32] = 1;
}

static void
nobody_knows_binding(struct cvm_evidence *e)
{
	e->snp.binding_size = 0;
}

static void
no_pcrs(struct cvm_evidence *e)
{
	cvm_drop(e, CVM_PCRS);
}

static void
pcr_changed(struct cvm_evidence *e)
{
	char *at = strstr((char *)e->item[CVM_PCRS].data, "\"23\":\"18");

	ck_assert_ptr_nonnull(at);
	at[6] = '2';
}

static void
pcrs_swapped(struct cvm_evidence *e)
{
	char *data = (char *)e->item[CVM_PCRS].data;
	char *one = strstr(data, "\"1\":"), *two = strstr(data, "\"2\":");

	one[1] = '2';
	two[1] = '1';
}

static void
digest_bit(struct cvm_evidence *e)
{
	e->attest.attested.quote.pcrDigest.buffer[0] ^= 1;
	cvm_quote(e);
}

static void
digest_empty(struct cvm_evidence *e)
{
	e->attest.attested.quote.pcrDigest.size = 0;
	cvm_quote(e);
}

static void
digest_short(struct cvm_evidence *e)
{
	e->attest.attested.quote.pcrDigest.size = 31;
	cvm_quote(e);
}

static void
pcr_missing(struct cvm_evidence *e)
{
	e->pcrs_given &= ~(UINT32_C(1) << 11);
}

static void
pcrs_0_to_7(struct cvm_evidence *e)
{
	memset(selection(e)->pcrSelect, 0, 3);
	selection(e)->pcrSelect[0] = 0xff;
	e->pcrs_given = 0xff;
}

static void
pcrs_more_than_quoted(struct cvm_evidence *e)
{
	pcrs_0_to_7(e);
	e->pcrs_given = 0xffff;
}

static void
pcrs_none_selected(struct cvm_evidence *e)
{
	memset(selection(e)->pcrSelect, 0, 3);
}

static void
pcrs_no_bank(struct cvm_evidence *e)
{
	e->attest.attested.quote.pcrSelect.count = 0;
	cvm_quote(e);
}

static void
pcrs_two_banks(struct cvm_evidence *e)
{
	e->attest.attested.quote.pcrSelect.count = 2;
	selection(e)[1] = selection(e)[0];
	cvm_quote(e);
}

static void
pcrs_sha1_bank(struct cvm_evidence *e)
{
	selection(e)->hash = TPM2_ALG_SHA1;
}

static void
pcr_31(struct cvm_evidence *e)
{
	selection(e)->sizeofSelect = 4;
	selection(e)->pcrSelect[3] = 0x80;
	cvm_quote(e);
}

static void
put_pcrs(struct cvm_evidence *e, const char *text)
{
	cvm_put(e, CVM_PCRS, text, strlen(text));
}

static void
only_pcr_7(struct cvm_evidence *e)
{
	memset(selection(e)->pcrSelect, 0, 3);
	selection(e)->pcrSelect[0] = 0x80;
	ck_assert_int_eq(OPENSSL_hexstr2buf_ex(e->pcr[7], AZURE_PCR_SIZE,
			     &(size_t){ 0 }, CVM_HEX32, '\0'),
	    1);
}

#define PCRS(name, text) \
	static void name(struct cvm_evidence *e) \
	{ \
		put_pcrs(e, text); \
	}

PCRS(pcrs_7, "{\"7\":\"" CVM_HEX32 "\"}")
PCRS(pcrs_twice, "{\"7\":\"" CVM_HEX32 "\",\"7\":\"" CVM_HEX32 "\"}")
PCRS(pcrs_07, "{\"7\":\"" CVM_HEX32 "\",\"07\":\"" CVM_HEX32 "\"}")
PCRS(pcrs_24, "{\"7\":\"" CVM_HEX32 "\",\"24\":\"" CVM_HEX32 "\"}")
PCRS(pcrs_no_name, "{\"7\":\"" CVM_HEX32 "\",\"\":\"" CVM_HEX32 "\"}")
PCRS(pcrs_named, "{\"7\":\"" CVM_HEX32 "\",\"x\":\"" CVM_HEX32 "\"}")
PCRS(pcrs_long, "{\"7\":\"" CVM_HEX32 "00\"}")
PCRS(pcrs_short, "{\"7\":\"001122\"}")
PCRS(pcrs_no_hex, "{\"7\":\"" CVM_HEX32 "\",\"8\":\"" CVM_HEX32 "g\"}")
PCRS(pcrs_number, "{\"7\":7}")
PCRS(pcrs_array, "[\"" CVM_HEX32 "\"]")
PCRS(pcrs_empty, "{}")
PCRS(pcrs_no_json, "7=" CVM_HEX32)

static void
pcrs_no_bytes(struct cvm_evidence *e)
{
	e->item[CVM_PCRS].size = 0;
}

static void
ak_certificate(struct cvm_evidence *e)
{
	cvm_certify(e, cvm_ak);
}

static void
other_certificate(struct cvm_evidence *e)
{
	cvm_certify(e, cvm_other_ak);
}

static void
certificate_padded(struct cvm_evidence *e)
{
	uint8_t zeros[64] = { 0 };

	cvm_certify(e, cvm_ak);
	ck_assert(tee_sim_blob_append(&e->item[CVM_AK_CERT], zeros, 64));
}

static void
certificate_cut(struct cvm_evidence *e)
{
	cvm_certify(e, cvm_ak);
	e->item[CVM_AK_CERT].size -= 100;
}

static void
certificate_huge(struct cvm_evidence *e)
{
	static uint8_t zeros[8192];

	cvm_put(e, CVM_AK_CERT, zeros, sizeof(zeros));
	ck_assert(tee_sim_blob_append(&e->item[CVM_AK_CERT], zeros, 1));
}

static void
certificate_without_ak(struct cvm_evidence *e)
{
	cvm_certify(e, cvm_ak);
	e->item[CVM_HCL].data[1228] = 2;
}

const struct cvm_row cvm_quote_rows[] = {
	ROW("no quote", NULL, "quote.format " NO_QUOTE, .after = no_quote),
	ROW("no bytes", "quote.format", NO_QUOTE, .after = quote_empty),
	ROW("a byte short", "quote.format", NO_QUOTE, .after = quote_cut),
	ROW("a byte long", "quote.format", NO_QUOTE, .after = quote_longer),
	ROW("with its length", "quote.format", NO_QUOTE,
	    .after = quote_with_length),
	ROW("not of a TPM", "quote.format", NO_QUOTE, .before = wrong_magic),
	ROW("a certified key", "quote.format", NO_QUOTE,
	    .after = certification),
	ROW("TPM's time", "quote.format", NO_QUOTE, .after = time_attest),
	ROW("no signature", NULL, "quote.signature binding",
	    .after = no_signature),
	ROW("a bit of it", "quote.signature", "binding",
	    .after = signature_bit),
	ROW("raw signature", "quote.signature", "binding",
	    .after = signature_raw),
	ROW("a byte behind it", "quote.signature", "binding",
	    .after = signature_longer),
	ROW("a byte less", "quote.signature", "binding",
	    .after = signature_cut),
	ROW("no bytes of signature", "quote.signature", "binding",
	    .after = signature_empty),
	ROW("signature of no bytes", "quote.signature", "binding",
	    .after = signature_of_nothing),
	ROW("no algorithm", "quote.signature", "binding",
	    .after = signature_null),
	ROW("PSS", "quote.signature", "binding", .after = signature_says_pss),
	ROW("SHA-1", "quote.signature", "binding", .before = signature_sha1),
	ROW("says SHA-1", "quote.signature", "binding",
	    .after = signature_says_sha1),
	ROW("another AK", "quote.signature", "binding", .before = other_ak),
	ROW("another VM's quote", "quote.signature", "binding",
	    .after = other_quote),
	ROW("an earlier quote's signature", "quote.signature", "binding",
	    .after = earlier_signature),
	ROW("empty nonce", "quote.nonce", "binding", .before = empty_nonce),
	ROW("bound to something else", "binding", .before = other_nonce),
	ROW("bound to less", "binding", .before = nonce_cut),
	ROW("bound to more", "binding", .before = nonce_and_more),
	ROW("zeros behind the binding", .before = nonce_padded),
	ROW("nobody said what to expect", NULL, "binding",
	    .after = nobody_knows_binding),
	ROW("no PCRs", NULL, "quote.pcrs", .after = no_pcrs),
	ROW("a PCR changed", "quote.pcrs", .after = pcr_changed),
	ROW("two PCRs swapped", "quote.pcrs", .after = pcrs_swapped),
	ROW("digest changed", "quote.pcrs", .after = digest_bit),
	ROW("digest empty", "quote.pcrs", .after = digest_empty),
	ROW("digest short", "quote.pcrs", .after = digest_short),
	ROW("a PCR not given", "quote.pcrs", .before = pcr_missing),
	ROW("PCRs 0 to 7", .before = pcrs_0_to_7),
	ROW("more than quoted", .before = pcrs_more_than_quoted),
	ROW("none selected", "quote.pcrs", .before = pcrs_none_selected),
	ROW("no bank", "quote.pcrs", .after = pcrs_no_bank),
	ROW("two banks", "quote.pcrs", .after = pcrs_two_banks),
	ROW("SHA-1 bank", "quote.pcrs", .before = pcrs_sha1_bank),
	ROW("PCR 31", "quote.pcrs", .after = pcr_31),
	ROW("PCR 7 alone", .before = only_pcr_7, .after = pcrs_7),
	ROW("a PCR twice", "quote.pcrs", .before = only_pcr_7,
	    .after = pcrs_twice),
	ROW("leading zero", "quote.pcrs", .before = only_pcr_7,
	    .after = pcrs_07),
	ROW("PCR 24", "quote.pcrs", .before = only_pcr_7, .after = pcrs_24),
	ROW("PCR without number", "quote.pcrs", .before = only_pcr_7,
	    .after = pcrs_no_name),
	ROW("PCR x", "quote.pcrs", .before = only_pcr_7, .after = pcrs_named),
	ROW("33 bytes", "quote.pcrs", .before = only_pcr_7, .after = pcrs_long),
	ROW("3 bytes", "quote.pcrs", .before = only_pcr_7, .after = pcrs_short),
	ROW("65 digits", "quote.pcrs", .before = only_pcr_7,
	    .after = pcrs_no_hex),
	ROW("a number", "quote.pcrs", .before = only_pcr_7,
	    .after = pcrs_number),
	ROW("a list", "quote.pcrs", .before = only_pcr_7, .after = pcrs_array),
	ROW("no members", "quote.pcrs", .before = only_pcr_7,
	    .after = pcrs_empty),
	ROW("no JSON", "quote.pcrs", .before = only_pcr_7,
	    .after = pcrs_no_json),
	ROW("no bytes of JSON", "quote.pcrs", .before = only_pcr_7,
	    .after = pcrs_no_bytes),
	ROW("AK's certificate", .after = ak_certificate),
	ROW("another key's", "quote.ak-cert", .after = other_certificate),
	ROW("bytes behind it", "quote.ak-cert", .after = certificate_padded),
	ROW("cut", "quote.ak-cert", .after = certificate_cut),
	ROW("huge", "quote.ak-cert", .after = certificate_huge),
	ROW("nothing to compare it with", "hcl.runtime-hash",
	    "hcl.ak quote.signature quote.ak-cert binding",
	    .after = certificate_without_ak),
	{ .name = NULL }
};
