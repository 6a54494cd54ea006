/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vtpm_decrypt: opening a secret with a key of vtpm_enckey.c.  Plaintext
 * passes through ESAPI's buffers; they are wiped before anything else is
 * asked of the TPM.
 */
#include "config.h"

#include <string.h>
#include <syslog.h>
#include <openssl/crypto.h>
#include <tss2/tss2_mu.h>
#include <tss2/tss2_sys.h>

#include "modules/snp_azure/tpm.h"

#define CIPHERTEXT_SIZE 256 /* RSA-2048 */
#define STACK_WIPED (64 * 1024)

static const struct {
	TPMI_ALG_RSA_DECRYPT scheme;
	TPMI_ALG_HASH hash;
} paddings[] = {
	[AZURE_RSAES] = { TPM2_ALG_RSAES, TPM2_ALG_NULL },
	[AZURE_OAEP_SHA1] = { TPM2_ALG_OAEP, TPM2_ALG_SHA1 },
	[AZURE_OAEP_SHA256] = { TPM2_ALG_OAEP, TPM2_ALG_SHA256 },
	[AZURE_OAEP_SHA384] = { TPM2_ALG_OAEP, TPM2_ALG_SHA384 },
};

static enum tee_verdict
load(struct azure_vtpm *t, const uint8_t *data, size_t size, ESYS_TR *key)
{
	TPMS_CONTEXT context;
	size_t offset = 0;
	TSS2_RC rc;

	rc = size > AZURE_ENCKEY_CONTEXT_MAX ?
	    TSS2_MU_RC_BAD_SIZE :
	    Tss2_MU_TPMS_CONTEXT_Unmarshal(data, size, &offset, &context);
	if (rc != TSS2_RC_SUCCESS || offset != size) {
		tee_call_log(t->call, LOG_ERR, "vtpm_context",
		    "vTPM: not the saved context of a key");
		return TEE_DENY;
	}
	rc = Esys_ContextLoad(t->esys, &context, key);
	return rc == TSS2_RC_SUCCESS ?
	    TEE_OK :
	    tee_azure_tpm_failed(t, "vtpm_context",
		"ContextLoad (a key of before the TPM's last restart?)", rc);
}

static enum tee_verdict
authorize(struct azure_vtpm *t, ESYS_TR *session)
{
	TPMT_SYM_DEF symmetric = { .algorithm = TPM2_ALG_NULL };
	TPML_PCR_SELECTION selection;
	TPM2B_DIGEST as_they_are = { 0 };
	TSS2_RC rc;

	rc = Esys_StartAuthSession(t->esys, ESYS_TR_NONE, ESYS_TR_NONE,
	    ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, NULL, TPM2_SE_POLICY,
	    &symmetric, TPM2_ALG_SHA256, session);
	if (rc != TSS2_RC_SUCCESS)
		return tee_azure_tpm_failed(t, "vtpm_session",
		    "StartAuthSession", rc);
	/* Kept beyond its use, so that one flush fits every path. */
	rc = Esys_TRSess_SetAttributes(t->esys, *session,
	    TPMA_SESSION_CONTINUESESSION, TPMA_SESSION_CONTINUESESSION);
	tee_azure_tpm_select(AZURE_POLICY_PCRS, &selection);
	if (rc == TSS2_RC_SUCCESS)
		rc = Esys_PolicyPCR(t->esys, *session, ESYS_TR_NONE,
		    ESYS_TR_NONE, ESYS_TR_NONE, &as_they_are, &selection);
	return rc == TSS2_RC_SUCCESS ?
	    TEE_OK :
	    tee_azure_tpm_failed(t, "vtpm_session", "PolicyPCR", rc);
}

/* The response's parameters as they lie in ESAPI's own buffer. */
static void
wipe_response(struct azure_vtpm *t)
{
	TSS2_SYS_CONTEXT *sys = NULL;
	const uint8_t *parameters = NULL;
	size_t size = 0;

	if (Esys_GetSysContext(t->esys, &sys) == TSS2_RC_SUCCESS &&
	    Tss2_Sys_GetRpBuffer(sys, &size, &parameters) == TSS2_RC_SUCCESS)
		OPENSSL_cleanse((void *)(uintptr_t)parameters, size);
}

/*
 * The stack below the caller.  A call that the dynamic linker binds late saves
 * the vector registers there, and with them what was just copied.
 */
static void __attribute__((noinline)) wipe_stack(void)
{
	uint8_t below[STACK_WIPED];

	OPENSSL_cleanse(below, sizeof(below));
}

static enum tee_verdict
refused(struct azure_vtpm *t, TSS2_RC rc)
{
	TSS2_RC code = tee_azure_tpm_code(rc);

	if (code == TPM2_RC_POLICY_FAIL || code == TPM2_RC_PCR_CHANGED) {
		tee_call_log(t->call, LOG_ERR, "pcr_changed",
		    "vTPM: PCRs 0-7 are not what they were when the key was "
		    "made; ask again");
		return TEE_DENY;
	}
	if (code == TPM2_RC_VALUE || code == TPM2_RC_SIZE ||
	    code == TPM2_RC_FAILURE) {
		tee_call_log(t->call, LOG_ERR, "vtpm_decrypt",
		    "vTPM: not encrypted to this key in this way (0x%x)", rc);
		return TEE_DENY;
	}
	return tee_azure_tpm_failed(t, "vtpm_decrypt", "RSA_Decrypt", rc);
}

static enum tee_verdict
decrypt(struct azure_vtpm *t, ESYS_TR key, ESYS_TR session,
    enum azure_padding padding, const TPM2B_PUBLIC_KEY_RSA *ciphertext,
    uint8_t *out, size_t *out_size)
{
	TPMT_RSA_DECRYPT scheme = { .scheme = paddings[padding].scheme };
	TPM2B_DATA label = { 0 };
	TPM2B_PUBLIC_KEY_RSA *plain = NULL;
	TSS2_RC rc;

	scheme.details.oaep.hashAlg = paddings[padding].hash;
	rc = Esys_RSA_Decrypt(t->esys, key, session, ESYS_TR_NONE, ESYS_TR_NONE,
	    ciphertext, &scheme, &label, &plain);
	if (rc != TSS2_RC_SUCCESS)
		return refused(t, rc);
	wipe_response(t);
	*out_size = plain->size <= CIPHERTEXT_SIZE ? plain->size : 0;
	memcpy(out, plain->buffer, *out_size);
	OPENSSL_cleanse(plain, sizeof(*plain));
	Esys_Free(plain);
	return TEE_OK;
}

enum tee_verdict
tee_azure_vtpm_decrypt(struct azure_vtpm *t, const uint8_t *context,
    size_t context_size, enum azure_padding padding, const uint8_t *data,
    size_t size, uint8_t *out, size_t *out_size)
{
	TPM2B_PUBLIC_KEY_RSA ciphertext = { .size = CIPHERTEXT_SIZE };
	ESYS_TR key = ESYS_TR_NONE, session = ESYS_TR_NONE;
	enum tee_verdict verdict;

	*out_size = 0;
	if (size != CIPHERTEXT_SIZE ||
	    (size_t)padding >= sizeof(paddings) / sizeof(paddings[0])) {
		tee_call_log(t->call, LOG_ERR, "vtpm_decrypt",
		    "vTPM: %zu bytes of ciphertext; RSA-2048 has %d", size,
		    CIPHERTEXT_SIZE);
		return TEE_DENY;
	}
	memcpy(ciphertext.buffer, data, size);
	verdict = load(t, context, context_size, &key);
	if (verdict == TEE_OK)
		verdict = authorize(t, &session);
	if (verdict == TEE_OK)
		verdict = decrypt(t, key, session, padding, &ciphertext, out,
		    out_size);
	wipe_stack();
	tee_azure_tpm_flush(t, &session);
	tee_azure_tpm_flush(t, &key);
	return verdict;
}
