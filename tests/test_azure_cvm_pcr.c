/* SPDX-License-Identifier: Apache-2.0 */
/* Rows about the PCRs: what the quote selects, what is given, their digest. */
#include "config.h"

#include <string.h>
#include <check.h>

#include "tests/test_azure_cvm_rows.h"

static TPMS_PCR_SELECTION *
selection(struct cvm_evidence *e)
{
	return &e->attest.attested.quote.pcrSelect.pcrSelections[0];
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
digest_last_bit(struct cvm_evidence *e)
{
	e->attest.attested.quote.pcrDigest.buffer[31] ^= 1;
	cvm_quote(e);
}

static void
digest_empty(struct cvm_evidence *e)
{
	e->attest.attested.quote.pcrDigest.size = 0;
	cvm_quote(e);
}

/* A digest that ends with zero, so that its first 31 bytes say it all. */
static void
ends_with_zero(struct cvm_evidence *e)
{
	uint8_t digest[32];

	for (unsigned i = 0; i < 65536; i++) {
		e->pcr[22][0] = (uint8_t)i;
		e->pcr[22][1] = (uint8_t)(i >> 8);
		ck_assert(EVP_Digest(e->pcr, sizeof(e->pcr), digest, NULL,
		    EVP_sha256(), NULL));
		if (digest[31] == 0)
			return;
	}
	ck_abort_msg("no such digest");
}

static void
digest_short(struct cvm_evidence *e)
{
	e->attest.attested.quote.pcrDigest.size = 31;
	cvm_quote(e);
}

static void
digest_long(struct cvm_evidence *e)
{
	e->attest.attested.quote.pcrDigest.size = 33;
	cvm_quote(e);
}

static void
pcr_missing(struct cvm_evidence *e)
{
	e->pcrs_given &= ~(UINT32_C(1) << 11);
}

/* What is not given reads as zeros, and so does this one. */
static void
zero_pcr_missing(struct cvm_evidence *e)
{
	memset(e->pcr[11], 0, AZURE_PCR_SIZE);
	pcr_missing(e);
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
add_bank(struct cvm_evidence *e, TPMI_ALG_HASH hash, uint8_t octets,
    uint8_t bits)
{
	TPML_PCR_SELECTION *list = &e->attest.attested.quote.pcrSelect;
	TPMS_PCR_SELECTION *bank = &list->pcrSelections[list->count++];

	bank->hash = hash;
	bank->sizeofSelect = octets;
	memset(bank->pcrSelect, bits, octets);
	cvm_quote(e);
}

static void
empty_sha1_bank(struct cvm_evidence *e)
{
	add_bank(e, TPM2_ALG_SHA1, 3, 0);
}

static void
banks_of_any_width(struct cvm_evidence *e)
{
	add_bank(e, TPM2_ALG_SHA1, 0, 0);
	add_bank(e, TPM2_ALG_SHA256, 1, 0);
	add_bank(e, TPM2_ALG_SHA384, 4, 0);
}

static void
empty_bank_first(struct cvm_evidence *e)
{
	TPMS_PCR_SELECTION bank;

	add_bank(e, TPM2_ALG_SHA384, 3, 0);
	bank = selection(e)[0];
	selection(e)[0] = selection(e)[1];
	selection(e)[1] = bank;
	cvm_quote(e);
}

static void
sixteen_banks(struct cvm_evidence *e)
{
	for (unsigned i = 1; i < TPM2_NUM_PCR_BANKS; i++)
		add_bank(e, TPM2_ALG_SHA1, 3, 0);
}

static void
sha1_bank_with_bits(struct cvm_evidence *e)
{
	add_bank(e, TPM2_ALG_SHA1, 3, 1);
}

static void
sha1_bank_after_empty(struct cvm_evidence *e)
{
	memset(selection(e)->pcrSelect, 0, 3);
	add_bank(e, TPM2_ALG_SHA1, 3, 0xff);
}

static void
two_empty_banks(struct cvm_evidence *e)
{
	memset(selection(e)->pcrSelect, 0, 3);
	add_bank(e, TPM2_ALG_SHA1, 3, 0);
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
PCRS(pcrs_colon, "{\"7\":\"" CVM_HEX32 "\",\"1:\":\"" CVM_HEX32 "\"}")
PCRS(pcrs_slash, "{\"7\":\"" CVM_HEX32 "\",\"1/\":\"" CVM_HEX32 "\"}")
PCRS(pcrs_long, "{\"7\":\"" CVM_HEX32 "00\"}")
PCRS(pcrs_short, "{\"7\":\"001122\"}")
PCRS(pcrs_no_hex, "{\"7\":\"" CVM_HEX32 "\",\"8\":\"" CVM_HEX32 "g\"}")
PCRS(pcrs_digit,
    "{\"7\":\"g"
    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeef\"}")
PCRS(pcrs_number, "{\"7\":7}")
PCRS(pcrs_array, "[\"" CVM_HEX32 "\"]")
PCRS(pcrs_empty, "{}")
PCRS(pcrs_no_json, "7=" CVM_HEX32)

static void
pcrs_no_bytes(struct cvm_evidence *e)
{
	e->item[CVM_PCRS].size = 0;
}

const struct cvm_row cvm_pcr_rows[] = { ROW("no PCRs", NULL, "quote.pcrs",
					    .after = no_pcrs),
	ROW("a PCR changed", "quote.pcrs", .after = pcr_changed),
	ROW("two PCRs swapped", "quote.pcrs", .after = pcrs_swapped),
	ROW("digest changed", "quote.pcrs", .after = digest_bit),
	ROW("the last bit of the digest", "quote.pcrs",
	    .after = digest_last_bit),
	ROW("digest empty", "quote.pcrs", .after = digest_empty),
	ROW("digest that ends with zero", .before = ends_with_zero),
	ROW("digest short", "quote.pcrs", .before = ends_with_zero,
	    .after = digest_short),
	ROW("digest long", "quote.pcrs", .after = digest_long),
	ROW("zeros not given", "quote.pcrs", .before = zero_pcr_missing),
	ROW("a PCR not given", "quote.pcrs", .before = pcr_missing),
	ROW("PCRs 0 to 7", .before = pcrs_0_to_7),
	ROW("more than quoted", .before = pcrs_more_than_quoted),
	ROW("none selected", "quote.pcrs", .before = pcrs_none_selected),
	ROW("no bank", "quote.pcrs", .after = pcrs_no_bank),
	ROW("two banks", "quote.pcrs", .after = pcrs_two_banks),
	ROW("another bank without bits", .after = empty_sha1_bank),
	ROW("several, of any width", .after = banks_of_any_width),
	ROW("a bank without bits first", .after = empty_bank_first),
	ROW("sixteen banks", .after = sixteen_banks),
	ROW("another bank with bits", "quote.pcrs",
	    .after = sha1_bank_with_bits),
	ROW("bits in another bank alone", "quote.pcrs",
	    .after = sha1_bank_after_empty),
	ROW("banks without bits alone", "quote.pcrs", .after = two_empty_banks),
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
	ROW("PCR 1:", "quote.pcrs", .before = only_pcr_7, .after = pcrs_colon),
	ROW("PCR 1/", "quote.pcrs", .before = only_pcr_7, .after = pcrs_slash),
	ROW("33 bytes", "quote.pcrs", .before = only_pcr_7, .after = pcrs_long),
	ROW("3 bytes", "quote.pcrs", .before = only_pcr_7, .after = pcrs_short),
	ROW("65 digits", "quote.pcrs", .before = only_pcr_7,
	    .after = pcrs_no_hex),
	ROW("a letter among the digits", "quote.pcrs", .before = only_pcr_7,
	    .after = pcrs_digit),
	ROW("a number", "quote.pcrs", .before = only_pcr_7,
	    .after = pcrs_number),
	ROW("a list", "quote.pcrs", .before = only_pcr_7, .after = pcrs_array),
	ROW("no members", "quote.pcrs", .before = only_pcr_7,
	    .after = pcrs_empty),
	ROW("no JSON", "quote.pcrs", .before = only_pcr_7,
	    .after = pcrs_no_json),
	ROW("no bytes of JSON", "quote.pcrs", .before = only_pcr_7,
	    .after = pcrs_no_bytes),
	{ .name = NULL } };
