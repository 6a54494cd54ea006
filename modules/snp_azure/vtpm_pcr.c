/* SPDX-License-Identifier: Apache-2.0 */
/* vtpm_pcr: registers of the SHA-256 bank; the TPM gives eight at a time. */
#include "config.h"

#include <string.h>
#include <syslog.h>
#include <openssl/evp.h>

#include "modules/snp_azure/tpm.h"

void
tee_azure_tpm_select(uint32_t selection, TPML_PCR_SELECTION *out)
{
	memset(out, 0, sizeof(*out));
	out->count = 1;
	out->pcrSelections[0].hash = TPM2_ALG_SHA256;
	out->pcrSelections[0].sizeofSelect = 3;
	for (unsigned i = 0; i < 3; i++)
		out->pcrSelections[0].pcrSelect[i] =
		    (selection >> (8 * i)) & 0xff;
}

static uint32_t
selected(const TPML_PCR_SELECTION *s)
{
	uint32_t mask = 0;

	if (s->count != 1 || s->pcrSelections[0].hash != TPM2_ALG_SHA256 ||
	    s->pcrSelections[0].sizeofSelect > 3)
		return 0;
	for (unsigned i = 0; i < s->pcrSelections[0].sizeofSelect; i++)
		mask |= (uint32_t)s->pcrSelections[0].pcrSelect[i] << (8 * i);
	return mask;
}

/* What one answer holds, ascending; 0 where it fits no question. */
static uint32_t
take(uint32_t asked, const TPML_PCR_SELECTION *s, const TPML_DIGEST *d,
    uint8_t pcr[24][32])
{
	uint32_t given = selected(s);
	unsigned next = 0;

	if (given == 0 || (given & ~asked) != 0)
		return 0;
	for (unsigned i = 0; i < 24; i++) {
		if ((given >> i & 1) == 0)
			continue;
		if (next >= d->count || d->digests[next].size != 32)
			return 0;
		memcpy(pcr[i], d->digests[next++].buffer, 32);
	}
	return next == d->count ? given : 0;
}

static enum tee_verdict
read_some(struct azure_vtpm *t, uint32_t asked, uint8_t pcr[24][32],
    uint32_t *given)
{
	TPML_PCR_SELECTION in, *out = NULL;
	TPML_DIGEST *digests = NULL;
	TSS2_RC rc;

	tee_azure_tpm_select(asked, &in);
	rc = Esys_PCR_Read(t->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
	    &in, NULL, &out, &digests);
	if (rc != TSS2_RC_SUCCESS)
		return tee_azure_tpm_failed(t, "vtpm_pcrs", "PCR_Read", rc);
	*given = take(asked, out, digests, pcr);
	Esys_Free(out);
	Esys_Free(digests);
	if (*given != 0)
		return TEE_OK;
	tee_call_log(t->call, LOG_ERR, "vtpm_pcrs",
	    "vTPM: PCR_Read gave none of the PCRs 0x%x: has it a SHA-256 bank?",
	    asked);
	return TEE_UNAVAILABLE;
}

enum tee_verdict
tee_azure_tpm_pcrs(struct azure_vtpm *t, uint32_t selection,
    uint8_t pcr[24][32])
{
	enum tee_verdict verdict = TEE_OK;
	uint32_t given = 0;

	while (selection != 0 && verdict == TEE_OK) {
		verdict = read_some(t, selection, pcr, &given);
		if (verdict == TEE_OK)
			selection &= ~given;
	}
	return verdict;
}

bool
tee_azure_tpm_pcr_digest(uint32_t selection, uint8_t pcr[24][32],
    uint8_t out[32])
{
	uint8_t all[24 * 32];
	size_t size = 0;

	for (unsigned i = 0; i < 24; i++) {
		if ((selection >> i & 1) == 0)
			continue;
		memcpy(all + size, pcr[i], 32);
		size += 32;
	}
	return EVP_Digest(all, size, out, NULL, EVP_sha256(), NULL) == 1;
}
