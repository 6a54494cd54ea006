/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vtpm_enckey: a decryption key for one release (the template that MAA's
 * AzureGuest accepts).  It lives in the null hierarchy, so it dies with the
 * TPM's next restart; it may be used under PCRs 0-7 as they are now, and by
 * no password.
 */
#include "config.h"

#include <string.h>
#include <syslog.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <tss2/tss2_mu.h>

#include "modules/snp_azure/tpm.h"

/*
 * What PolicyPCR makes of a fresh session (TPM 2.0 Part 3, 23.7):
 * SHA-256(32 zeros || TPM_CC_PolicyPCR || selection || digest of the PCRs).
 */
static bool
policy_of(uint8_t pcr[24][32], TPM2B_DIGEST *policy)
{
	uint8_t data[128] = { 0 };
	size_t size = 32, limit = sizeof(data) - 32;
	TPML_PCR_SELECTION selection;

	tee_azure_tpm_select(AZURE_POLICY_PCRS, &selection);
	policy->size = 32;
	return Tss2_MU_UINT32_Marshal(TPM2_CC_PolicyPCR, data, limit, &size) ==
	    TSS2_RC_SUCCESS &&
	    Tss2_MU_TPML_PCR_SELECTION_Marshal(&selection, data, limit,
		&size) == TSS2_RC_SUCCESS &&
	    tee_azure_tpm_pcr_digest(AZURE_POLICY_PCRS, pcr, data + size) &&
	    EVP_Digest(data, size + 32, policy->buffer, NULL, EVP_sha256(),
		NULL) == 1;
}

/*
 * The same template gives the same primary key; a random `unique` gives one
 * that nobody has seen before.
 */
static bool
template_of(const TPM2B_DIGEST *policy, TPM2B_PUBLIC *out)
{
	TPMT_PUBLIC *p = &out->publicArea;

	memset(out, 0, sizeof(*out));
	p->type = TPM2_ALG_RSA;
	p->nameAlg = TPM2_ALG_SHA256;
	p->objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT |
	    TPMA_OBJECT_SENSITIVEDATAORIGIN | TPMA_OBJECT_NODA |
	    TPMA_OBJECT_DECRYPT;
	p->authPolicy = *policy;
	p->parameters.rsaDetail.symmetric.algorithm = TPM2_ALG_NULL;
	p->parameters.rsaDetail.scheme.scheme = TPM2_ALG_NULL;
	p->parameters.rsaDetail.keyBits = 2048;
	p->unique.rsa.size = 256;
	return RAND_bytes(p->unique.rsa.buffer, 256) == 1;
}

static enum tee_verdict
create(struct azure_vtpm *t, ESYS_TR *key, struct azure_enckey *out)
{
	TPM2B_SENSITIVE_CREATE sensitive = { 0 };
	TPM2B_DATA outside = { 0 };
	TPML_PCR_SELECTION creation = { 0 };
	TPM2B_DIGEST policy;
	TPM2B_PUBLIC template, *made = NULL;
	uint8_t pcr[24][32];
	enum tee_verdict verdict;
	TSS2_RC rc;

	verdict = tee_azure_tpm_pcrs(t, AZURE_POLICY_PCRS, pcr);
	if (verdict != TEE_OK)
		return verdict;
	if (!policy_of(pcr, &policy) || !template_of(&policy, &template)) {
		tee_call_log(t->call, LOG_ERR, "crypto",
		    "no policy digest or no random bytes");
		return TEE_UNAVAILABLE;
	}
	rc = Esys_CreatePrimary(t->esys, ESYS_TR_RH_NULL, ESYS_TR_PASSWORD,
	    ESYS_TR_NONE, ESYS_TR_NONE, &sensitive, &template, &outside,
	    &creation, key, &made, NULL, NULL, NULL);
	if (rc == TSS2_RC_SUCCESS)
		rc = Tss2_MU_TPM2B_PUBLIC_Marshal(made, out->public.data,
		    sizeof(out->public.data), &out->public.size);
	Esys_Free(made);
	return rc == TSS2_RC_SUCCESS ?
	    TEE_OK :
	    tee_azure_tpm_failed(t, "vtpm_enckey", "CreatePrimary", rc);
}

/* The key's policy binds its use; its (empty) password may certify it. */
static enum tee_verdict
certify(struct azure_vtpm *t, ESYS_TR key, ESYS_TR ak, struct azure_enckey *out)
{
	TPM2B_DATA qualifying = { 0 };
	TPMT_SIG_SCHEME scheme = { .scheme = TPM2_ALG_NULL };
	TPM2B_ATTEST *attest = NULL;
	TPMT_SIGNATURE *signature = NULL;
	TSS2_RC rc;

	rc = Esys_Certify(t->esys, key, ak, ESYS_TR_PASSWORD, ESYS_TR_PASSWORD,
	    ESYS_TR_NONE, &qualifying, &scheme, &attest, &signature);
	if (rc == TSS2_RC_SUCCESS)
		rc = tee_azure_tpm_attested(attest, signature, &out->certify,
		    &out->signature);
	Esys_Free(attest);
	Esys_Free(signature);
	return rc == TSS2_RC_SUCCESS ?
	    TEE_OK :
	    tee_azure_tpm_failed(t, "vtpm_enckey", "Certify", rc);
}

static enum tee_verdict
save(struct azure_vtpm *t, ESYS_TR key, struct azure_bytes *out)
{
	TPMS_CONTEXT *context = NULL;
	TSS2_RC rc;

	rc = Esys_ContextSave(t->esys, key, &context);
	if (rc == TSS2_RC_SUCCESS)
		rc = Tss2_MU_TPMS_CONTEXT_Marshal(context, out->data,
		    AZURE_ENCKEY_CONTEXT_MAX, &out->size);
	Esys_Free(context);
	return rc == TSS2_RC_SUCCESS ?
	    TEE_OK :
	    tee_azure_tpm_failed(t, "vtpm_enckey", "ContextSave", rc);
}

enum tee_verdict
tee_azure_vtpm_enckey(struct azure_vtpm *t, struct azure_enckey *out)
{
	ESYS_TR key = ESYS_TR_NONE, ak;
	enum tee_verdict verdict = tee_azure_tpm_ak(t, &ak);

	memset(out, 0, sizeof(*out));
	if (verdict == TEE_OK)
		verdict = create(t, &key, out);
	if (verdict == TEE_OK)
		verdict = certify(t, key, ak, out);
	if (verdict == TEE_OK)
		verdict = save(t, key, &out->context);
	tee_azure_tpm_flush(t, &key);
	tee_azure_tpm_forget(t, &ak);
	return verdict;
}
