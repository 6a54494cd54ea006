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

static TSS2_RC
create_primary(struct azure_vtpm *t, const TPM2B_PUBLIC *template,
    TPM2_HANDLE *key, TPM2B_PUBLIC *made)
{
	TSS2L_SYS_AUTH_COMMAND auth;
	TSS2L_SYS_AUTH_RESPONSE answer;
	TPM2B_SENSITIVE_CREATE sensitive = { 0 };
	TPM2B_DATA outside = { 0 };
	TPML_PCR_SELECTION creation = { 0 };
	TPM2B_CREATION_DATA data;
	TPM2B_DIGEST hash;
	TPMT_TK_CREATION ticket;
	TPM2B_NAME name;
	TSS2_RC rc;

	tee_azure_tpm_passwords(&auth, 1);
	do {
		memset(&answer, 0, sizeof(answer));
		/* What SAPI fills says how much room it has. */
		made->size = 0;
		data.size = 0;
		hash.size = sizeof(hash.buffer);
		name.size = sizeof(name.name);
		memset(&ticket, 0, sizeof(ticket));
		ticket.digest.size = sizeof(ticket.digest.buffer);
		rc = Tss2_Sys_CreatePrimary(tee_azure_tpm_sys(t), TPM2_RH_NULL,
		    &auth, &sensitive, template, &outside, &creation, key, made,
		    &data, &hash, &ticket, &name, &answer);
	} while (tee_azure_tpm_again(t));
	return rc;
}

static enum tee_verdict
create(struct azure_vtpm *t, TPM2_HANDLE *key, struct azure_enckey *out)
{
	TPM2B_DIGEST policy;
	TPM2B_PUBLIC template, made;
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
	rc = create_primary(t, &template, key, &made);
	if (rc != TSS2_RC_SUCCESS)
		*key = 0;
	else
		rc = Tss2_MU_TPM2B_PUBLIC_Marshal(&made, out->public.data,
		    sizeof(out->public.data), &out->public.size);
	return rc == TSS2_RC_SUCCESS ?
	    TEE_OK :
	    tee_azure_tpm_failed(t, "vtpm_enckey", "CreatePrimary", rc);
}

/* The key's policy binds its use; its (empty) password may certify it. */
static enum tee_verdict
certify(struct azure_vtpm *t, TPM2_HANDLE key, struct azure_enckey *out)
{
	TSS2L_SYS_AUTH_COMMAND auth;
	TSS2L_SYS_AUTH_RESPONSE answer;
	TPM2B_DATA qualifying = { 0 };
	TPMT_SIG_SCHEME scheme = { .scheme = TPM2_ALG_NULL };
	TPM2B_ATTEST attest;
	TPMT_SIGNATURE signature;
	TSS2_RC rc;

	tee_azure_tpm_passwords(&auth, 2);
	do {
		memset(&answer, 0, sizeof(answer));
		attest.size = sizeof(attest.attestationData);
		memset(&signature, 0, sizeof(signature));
		rc = Tss2_Sys_Certify(tee_azure_tpm_sys(t), key, AZURE_AK,
		    &auth, &qualifying, &scheme, &attest, &signature, &answer);
	} while (tee_azure_tpm_again(t));
	if (rc == TSS2_RC_SUCCESS)
		rc = tee_azure_tpm_attested(&attest, &signature, &out->certify,
		    &out->signature);
	return rc == TSS2_RC_SUCCESS ?
	    TEE_OK :
	    tee_azure_tpm_failed(t, "vtpm_enckey", "Certify", rc);
}

static enum tee_verdict
save(struct azure_vtpm *t, TPM2_HANDLE key, struct azure_bytes *out)
{
	TPMS_CONTEXT context;
	TSS2_RC rc;

	do {
		memset(&context, 0, sizeof(context));
		rc = Tss2_Sys_ContextSave(tee_azure_tpm_sys(t), key, &context);
	} while (tee_azure_tpm_again(t));
	if (rc == TSS2_RC_SUCCESS)
		rc = Tss2_MU_TPMS_CONTEXT_Marshal(&context, out->data,
		    AZURE_ENCKEY_CONTEXT_MAX, &out->size);
	return rc == TSS2_RC_SUCCESS ?
	    TEE_OK :
	    tee_azure_tpm_failed(t, "vtpm_enckey", "ContextSave", rc);
}

enum tee_verdict
tee_azure_vtpm_enckey(struct azure_vtpm *t, struct azure_enckey *out)
{
	TPM2_HANDLE key = 0;
	ESYS_TR ak;
	enum tee_verdict verdict = tee_azure_tpm_ak(t, &ak);

	/* That it is there, and a sentence where it is not. */
	tee_azure_tpm_forget(t, &ak);
	memset(out, 0, sizeof(*out));
	if (verdict == TEE_OK)
		verdict = create(t, &key, out);
	if (verdict == TEE_OK)
		verdict = certify(t, key, out);
	if (verdict == TEE_OK)
		verdict = save(t, key, &out->context);
	tee_azure_tpm_flush(t, &key);
	return verdict;
}
