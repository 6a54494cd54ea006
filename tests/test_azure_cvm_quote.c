/* SPDX-License-Identifier: Apache-2.0 */
/* Rows about the quote: layout, signature, extraData, certificate. */
#include "config.h"

#include <string.h>
#include <check.h>

#include "tests/test_azure_cvm_rows.h"

#define NO_QUOTE "quote.signature quote.nonce quote.pcrs binding"

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

/* Behind the count of banks follow 6 bytes of selection, 34 of digest. */
static void
seventeen_banks(struct cvm_evidence *e)
{
	struct sim_blob *quote = &e->item[CVM_QUOTE];

	ck_assert_uint_eq(quote->data[quote->size - 41], 1);
	quote->data[quote->size - 41] = 17;
}

static void
wide_selection(struct cvm_evidence *e)
{
	struct sim_blob *quote = &e->item[CVM_QUOTE];

	ck_assert_uint_eq(quote->data[quote->size - 38], 3);
	quote->data[quote->size - 38] = 5;
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
ak_certificate(struct cvm_evidence *e)
{
	cvm_certify(e, cvm_ak, 0);
}

static void
other_certificate(struct cvm_evidence *e)
{
	cvm_certify(e, cvm_other_ak, 0);
}

/* AK's certificate in an NV index of that size. */
static struct sim_blob *
padded(struct cvm_evidence *e, EVP_PKEY *key, size_t nv)
{
	static const uint8_t zeros[8193];
	struct sim_blob *cert = &e->item[CVM_AK_CERT];

	cvm_certify(e, key, 0);
	ck_assert(tee_sim_blob_append(cert, zeros, nv - cert->size));
	return cert;
}

static void
certificate_padded(struct cvm_evidence *e)
{
	(void)padded(e, cvm_ak, 4096);
}

static void
other_certificate_padded(struct cvm_evidence *e)
{
	(void)padded(e, cvm_other_ak, 4096);
}

static void
certificate_one_behind(struct cvm_evidence *e)
{
	padded(e, cvm_ak, 4096)->data[4095] = 1;
}

static void
certificate_and_more(struct cvm_evidence *e)
{
	cvm_certify(e, cvm_ak, 0);
	ck_assert(tee_sim_blob_append(&e->item[CVM_AK_CERT], "x", 1));
}

static void
certificate_twice(struct cvm_evidence *e)
{
	struct sim_blob first = { NULL, 0 };

	cvm_certify(e, cvm_ak, 0);
	ck_assert(tee_sim_blob_append(&first, e->item[CVM_AK_CERT].data,
	    e->item[CVM_AK_CERT].size));
	ck_assert(
	    tee_sim_blob_append(&e->item[CVM_AK_CERT], first.data, first.size));
	tee_sim_blob_free(&first);
}

static void
certificate_padded_beyond(struct cvm_evidence *e)
{
	(void)padded(e, cvm_ak, 8193);
}

static void
certificate_zeros(struct cvm_evidence *e)
{
	struct sim_blob *cert = padded(e, cvm_ak, 4096);

	memset(cert->data, 0, cert->size);
}

/* Its own length, beyond what is there. */
static void
certificate_cut_padded(struct cvm_evidence *e)
{
	padded(e, cvm_ak, 4096)->data[2] = 0x7f;
}

static void
certificate_cut(struct cvm_evidence *e)
{
	cvm_certify(e, cvm_ak, 0);
	e->item[CVM_AK_CERT].size -= 100;
}

static void
certificate_huge(struct cvm_evidence *e)
{
	cvm_certify(e, cvm_ak, 8000);
	ck_assert_uint_gt(e->item[CVM_AK_CERT].size, 8192);
}

static void
certificate_large(struct cvm_evidence *e)
{
	cvm_certify(e, cvm_ak, 7000);
}

static void
certificate_without_ak(struct cvm_evidence *e)
{
	cvm_certify(e, cvm_ak, 0);
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
	ROW("17 banks", "quote.format", NO_QUOTE, .after = seventeen_banks),
	ROW("PCRs in 5 bytes", "quote.format", NO_QUOTE,
	    .after = wide_selection),
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
	ROW("AK's certificate", .after = ak_certificate),
	ROW("another key's", "quote.ak-cert", .after = other_certificate),
	ROW("as it lies in the vTPM", .after = certificate_padded),
	ROW("another key's, as it lies there", "quote.ak-cert",
	    .after = other_certificate_padded),
	ROW("not only zeros behind it", "quote.ak-cert",
	    .after = certificate_one_behind),
	ROW("a byte behind it", "quote.ak-cert", .after = certificate_and_more),
	ROW("twice", "quote.ak-cert", .after = certificate_twice),
	ROW("too many zeros", "quote.ak-cert",
	    .after = certificate_padded_beyond),
	ROW("zeros alone", "quote.ak-cert", .after = certificate_zeros),
	ROW("longer than it is", "quote.ak-cert",
	    .after = certificate_cut_padded),
	ROW("cut", "quote.ak-cert", .after = certificate_cut),
	ROW("large", .after = certificate_large),
	ROW("huge", "quote.ak-cert", .after = certificate_huge),
	ROW("nothing to compare it with", "hcl.runtime-hash",
	    "hcl.ak quote.signature quote.ak-cert binding",
	    .after = certificate_without_ak),
	{ .name = NULL }
};
