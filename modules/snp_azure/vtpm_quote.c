/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vtpm_quote: the AK's signature over fresh bytes and the PCRs.  The TPM
 * signs a digest of the PCRs, not their values; they are read beside it, and
 * both again where somebody extended one in between.
 */
#include "config.h"

#include <string.h>
#include <syslog.h>
#include <tss2/tss2_mu.h>

#include "modules/snp_azure/quote.h"
#include "modules/snp_azure/tpm.h"

#define TRIES 4

TSS2_RC
tee_azure_tpm_attested(const TPM2B_ATTEST *attest,
    const TPMT_SIGNATURE *signature, struct azure_bytes *attest_out,
    struct azure_bytes *signature_out)
{
	if (attest->size > AZURE_QUOTE_MAX)
		return TSS2_MU_RC_BAD_SIZE;
	memcpy(attest_out->data, attest->attestationData, attest->size);
	attest_out->size = attest->size;
	signature_out->size = 0;
	return Tss2_MU_TPMT_SIGNATURE_Marshal(signature, signature_out->data,
	    AZURE_SIGNATURE_MAX, &signature_out->size);
}

static enum tee_verdict
quote(struct azure_vtpm *t, ESYS_TR ak, const TPM2B_DATA *qualifying,
    struct azure_quote *q)
{
	TPMT_SIG_SCHEME scheme = { .scheme = TPM2_ALG_NULL };
	TPML_PCR_SELECTION selection;
	TPM2B_ATTEST *attest = NULL;
	TPMT_SIGNATURE *signature = NULL;
	TSS2_RC rc;

	tee_azure_tpm_select(q->selection, &selection);
	rc = Esys_Quote(t->esys, ak, ESYS_TR_PASSWORD, ESYS_TR_NONE,
	    ESYS_TR_NONE, qualifying, &scheme, &selection, &attest, &signature);
	if (rc == TSS2_RC_SUCCESS)
		rc = tee_azure_tpm_attested(attest, signature, &q->attest,
		    &q->signature);
	Esys_Free(attest);
	Esys_Free(signature);
	return rc == TSS2_RC_SUCCESS ?
	    TEE_OK :
	    tee_azure_tpm_failed(t, "vtpm_quote", "Quote", rc);
}

static bool
covers(const struct azure_quote *q)
{
	struct azure_attest attest;

	return tee_azure_attest_parse(&attest, q->attest.data,
		   q->attest.size) &&
	    tee_azure_attest_is_quote(&attest) &&
	    tee_azure_quote_covers(&attest, q->selection, q->pcr);
}

static enum tee_verdict
quote_and_read(struct azure_vtpm *t, ESYS_TR ak, const TPM2B_DATA *qualifying,
    struct azure_quote *q)
{
	enum tee_verdict verdict;

	for (unsigned i = 0; i < TRIES; i++) {
		verdict = quote(t, ak, qualifying, q);
		if (verdict == TEE_OK)
			verdict = tee_azure_tpm_pcrs(t, q->selection, q->pcr);
		if (verdict != TEE_OK || covers(q))
			return verdict;
	}
	tee_call_log(t->call, LOG_ERR, "pcrs_changing",
	    "vTPM: the PCRs were not those of the quote %d times in a row; see "
	    "what extends them, or quote fewer (quote_pcrs)",
	    TRIES);
	return TEE_UNAVAILABLE;
}

enum tee_verdict
tee_azure_vtpm_quote(struct azure_vtpm *t, const uint8_t *qualifying,
    size_t size, uint32_t selection, struct azure_quote *q)
{
	TPM2B_DATA data = { .size = (UINT16)size };
	enum tee_verdict verdict;
	ESYS_TR ak;

	memset(q, 0, sizeof(*q));
	q->selection = selection & AZURE_PCRS_ALL;
	if (size > AZURE_QUALIFYING_MAX || q->selection == 0) {
		tee_call_log(t->call, LOG_ERR, "vtpm_quote",
		    "vTPM: a quote covers at most %d bytes, and some PCR",
		    AZURE_QUALIFYING_MAX);
		return TEE_DENY;
	}
	if (size > 0)
		memcpy(data.buffer, qualifying, size);
	verdict = tee_azure_tpm_ak(t, &ak);
	if (verdict == TEE_OK)
		verdict = quote_and_read(t, ak, &data, q);
	tee_azure_tpm_forget(t, &ak);
	return verdict;
}
