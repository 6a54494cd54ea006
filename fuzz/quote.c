/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quote: any bytes as a TPM's statement, its signature and PCRs.  What is
 * taken marshals to the very bytes it came in; only this target's own key
 * signs it, and no bit of it can change under that signature; nobody's
 * signature in the input counts.
 *
 *   2 bytes  size of the TPMS_ATTEST, big-endian
 *   2 bytes  size of the TPMT_SIGNATURE
 *   TPMS_ATTEST, TPMT_SIGNATURE, the rest: JSON of PCRs
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/rsa.h>
#include <tss2/tss2_mu.h>

#include "fuzz/fuzz.h"
#include "modules/common/reader.h"
#include "modules/snp_azure/quote.h"

const char fuzz_target[] = "quote";

static EVP_PKEY *
key(void)
{
	static EVP_PKEY *made;

	if (made == NULL)
		made = EVP_RSA_gen(2048);
	fuzz_must(made != NULL, "there is a key");
	return made;
}

static void
check_bytes(const struct azure_attest *a)
{
	uint8_t *again = malloc(sizeof(a->value) + 64);
	size_t used = 0;

	fuzz_must(again != NULL, "there is memory");
	fuzz_must(Tss2_MU_TPMS_ATTEST_Marshal(&a->value, again,
		      sizeof(a->value) + 64, &used) == TSS2_RC_SUCCESS &&
		used == a->raw_size && memcmp(again, a->raw, used) == 0,
	    "one form only");
	fuzz_must(a->raw_size > 6 &&
		memcmp(a->raw, "\xff\x54\x43\x47\x80", 5) == 0 &&
		a->raw[5] == (tee_azure_attest_is_quote(a) ? 0x18 : 0x17),
	    "magic number and type");
	fuzz_must(tee_azure_attest_is_quote(a) !=
		tee_azure_attest_is_certify(a),
	    "one of the two");
	free(again);
}

static void
sign(const struct azure_attest *a, struct azure_signature *s)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	size_t size = sizeof(s->rsa.buffer);

	memset(s, 0, sizeof(*s));
	fuzz_must(md != NULL &&
		EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, key()) == 1 &&
		EVP_DigestSign(md, s->rsa.buffer, &size, a->raw, a->raw_size) ==
		    1,
	    "the key signs");
	s->rsa.size = (UINT16)size;
	EVP_MD_CTX_free(md);
}

static void
check_signature(const struct azure_attest *a, const struct azure_signature *s)
{
	struct azure_attest other = *a;
	struct azure_signature own;
	uint8_t *copy = malloc(a->raw_size);

	fuzz_must(copy != NULL, "there is memory");
	fuzz_must(!tee_azure_attest_signed_by(a, s, key()),
	    "nobody else signs for the key");
	sign(a, &own);
	fuzz_must(tee_azure_attest_signed_by(a, &own, key()), "its own counts");
	memcpy(copy, a->raw, a->raw_size);
	copy[a->raw_size / 2] ^= 1;
	other.raw = copy;
	fuzz_must(!tee_azure_attest_signed_by(&other, &own, key()),
	    "not for another statement");
	own.rsa.size--;
	fuzz_must(!tee_azure_attest_signed_by(a, &own, key()),
	    "not a byte shorter");
	free(copy);
}

static bool
check_pcrs(const struct azure_attest *a, const uint8_t *json, size_t size)
{
	struct azure_pcrs pcrs;
	uint32_t selection;
	bool parsed = tee_azure_pcrs_parse(&pcrs, json, size);
	bool quoted = tee_azure_quote_selection(a, &selection);

	fuzz_must(parsed == (pcrs.error == NULL), "a refusal says why");
	fuzz_must(!parsed || (pcrs.present != 0 && pcrs.present >> 24 == 0),
	    "PCRs 0 to 23");
	fuzz_must(!quoted || (selection != 0 && selection >> 24 == 0),
	    "a selection of them");
	fuzz_must(!quoted || tee_azure_attest_is_quote(a), "of a quote");
	if (!parsed || !quoted)
		return false;
	(void)tee_azure_quote_covers(a, selection, pcrs.value);
	return (selection & ~pcrs.present) == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct azure_attest a;
	struct azure_signature s;
	struct tee_reader r;
	size_t sizes[2], extra;
	const uint8_t *attest, *signature;
	bool ok, signature_ok;

	tee_reader_init(&r, data, size);
	sizes[0] = tee_reader_be16(&r);
	sizes[1] = tee_reader_be16(&r);
	attest = tee_reader_bytes(&r, sizes[0]);
	signature = tee_reader_bytes(&r, sizes[1]);
	fuzz_accepted = false;
	if (r.bad)
		return 0;
	ok = tee_azure_attest_parse(&a, attest, sizes[0]);
	signature_ok = tee_azure_signature_parse(&s, signature, sizes[1]);
	fuzz_must(ok == (a.error == NULL) && signature_ok == (s.error == NULL),
	    "a refusal says why");
	if (!ok) {
		fuzz_must(!tee_azure_attest_signed_by(&a, &s, key()),
		    "what is refused is signed by nobody");
		return 0;
	}
	check_bytes(&a);
	fuzz_touch(tee_azure_attest_extra(&a, &extra), extra);
	check_signature(&a, &s);
	fuzz_accepted =
	    signature_ok && check_pcrs(&a, data + r.pos, tee_reader_left(&r));
	return 0;
}
