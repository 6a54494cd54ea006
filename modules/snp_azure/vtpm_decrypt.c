/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vtpm_decrypt: opening a secret with a key of vtpm_enckey.c.  Plaintext
 * passes through SAPI's buffer; it is wiped before anything else is asked of
 * the TPM.
 */
#include "config.h"

#include <string.h>
#include <syslog.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <tss2/tss2_mu.h>

#include "modules/snp_azure/tpm.h"

#define CIPHERTEXT_SIZE 256 /* RSA-2048 */
#define STACK_WIPED (64 * 1024)
#define NONCE_SIZE 32

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
load(struct azure_vtpm *t, const uint8_t *data, size_t size, TPM2_HANDLE *key)
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
	do
		rc = Tss2_Sys_ContextLoad(tee_azure_tpm_sys(t), &context, key);
	while (tee_azure_tpm_again(t));
	if (rc == TSS2_RC_SUCCESS)
		return TEE_OK;
	*key = 0;
	return tee_azure_tpm_failed(t, "vtpm_context",
	    "ContextLoad (a key of before the TPM's last restart?)", rc);
}

static TSS2_RC
start_session(struct azure_vtpm *t, TSS2_SYS_CONTEXT *sys,
    TPMI_SH_AUTH_SESSION *session)
{
	TPMT_SYM_DEF symmetric = { .algorithm = TPM2_ALG_NULL };
	TPM2B_NONCE ours = { .size = NONCE_SIZE }, theirs;
	TPM2B_ENCRYPTED_SECRET salt = { 0 };
	TSS2_RC rc;

	if (RAND_bytes(ours.buffer, NONCE_SIZE) != 1)
		return TSS2_SYS_RC_GENERAL_FAILURE;
	do {
		theirs = (TPM2B_NONCE){ .size = sizeof(theirs.buffer) };
		rc = Tss2_Sys_StartAuthSession(sys, TPM2_RH_NULL, TPM2_RH_NULL,
		    NULL, &ours, &salt, TPM2_SE_POLICY, &symmetric,
		    TPM2_ALG_SHA256, session, &theirs, NULL);
	} while (tee_azure_tpm_again(t));
	return rc;
}

static enum tee_verdict
authorize(struct azure_vtpm *t, TSS2_SYS_CONTEXT *sys,
    TPMI_SH_AUTH_SESSION *session)
{
	TPML_PCR_SELECTION selection;
	TPM2B_DIGEST as_they_are = { 0 };
	TSS2_RC rc = start_session(t, sys, session);

	if (rc != TSS2_RC_SUCCESS) {
		*session = 0;
		return tee_azure_tpm_failed(t, "vtpm_session",
		    "StartAuthSession", rc);
	}
	tee_azure_tpm_select(AZURE_POLICY_PCRS, &selection);
	do
		rc = Tss2_Sys_PolicyPCR(sys, *session, NULL, &as_they_are,
		    &selection, NULL);
	while (tee_azure_tpm_again(t));
	return rc == TSS2_RC_SUCCESS ?
	    TEE_OK :
	    tee_azure_tpm_failed(t, "vtpm_session", "PolicyPCR", rc);
}

/*
 * The plaintext as it lies in SAPI's own buffer, which has room for more; how
 * long the parameters are is the TPM's word, and SAPI does not check it.
 */
static void
wipe_response(TSS2_SYS_CONTEXT *sys)
{
	const uint8_t *parameters = NULL;
	size_t size = 0;

	if (Tss2_Sys_GetRpBuffer(sys, &size, &parameters) != TSS2_RC_SUCCESS)
		return;
	if (size > sizeof(TPM2B_PUBLIC_KEY_RSA))
		size = sizeof(TPM2B_PUBLIC_KEY_RSA);
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

/* Kept beyond its use, so that one flush fits every path. */
static TSS2_RC
ask(struct azure_vtpm *t, TSS2_SYS_CONTEXT *sys, TPMI_DH_OBJECT key,
    TPMI_SH_AUTH_SESSION session, enum azure_padding padding,
    const TPM2B_PUBLIC_KEY_RSA *ciphertext, TPM2B_PUBLIC_KEY_RSA *plain)
{
	TSS2L_SYS_AUTH_COMMAND auth = { .count = 1,
		.auths = { { .sessionHandle = session,
		    .sessionAttributes = TPMA_SESSION_CONTINUESESSION } } };
	TSS2L_SYS_AUTH_RESPONSE answer = { .count = 1 };
	TPMT_RSA_DECRYPT scheme = { .scheme = paddings[padding].scheme };
	TPM2B_DATA label = { 0 };
	TSS2_RC rc;

	scheme.details.oaep.hashAlg = paddings[padding].hash;
	do {
		plain->size = sizeof(plain->buffer);
		rc = Tss2_Sys_RSA_Decrypt(sys, key, &auth, ciphertext, &scheme,
		    &label, plain, &answer);
	} while (tee_azure_tpm_again(t));
	wipe_response(sys);
	return rc;
}

static enum tee_verdict
decrypt(struct azure_vtpm *t, TPM2_HANDLE key, enum azure_padding padding,
    const TPM2B_PUBLIC_KEY_RSA *ciphertext, uint8_t *out, size_t *out_size)
{
	TSS2_SYS_CONTEXT *sys = tee_azure_tpm_sys(t);
	TPMI_SH_AUTH_SESSION session = 0;
	TPM2B_PUBLIC_KEY_RSA plain = { 0 };
	enum tee_verdict verdict = authorize(t, sys, &session);
	TSS2_RC rc;

	if (verdict == TEE_OK) {
		rc = ask(t, sys, key, session, padding, ciphertext, &plain);
		if (rc != TSS2_RC_SUCCESS)
			verdict = refused(t, rc);
	}
	if (verdict == TEE_OK && plain.size <= CIPHERTEXT_SIZE) {
		memcpy(out, plain.buffer, plain.size);
		*out_size = plain.size;
	}
	OPENSSL_cleanse(&plain, sizeof(plain));
	tee_azure_tpm_flush(t, &session);
	return verdict;
}

enum tee_verdict
tee_azure_vtpm_decrypt(struct azure_vtpm *t, const uint8_t *context,
    size_t context_size, enum azure_padding padding, const uint8_t *data,
    size_t size, uint8_t *out, size_t *out_size)
{
	TPM2B_PUBLIC_KEY_RSA ciphertext = { .size = CIPHERTEXT_SIZE };
	TPM2_HANDLE key = 0;
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
		verdict = decrypt(t, key, padding, &ciphertext, out, out_size);
	wipe_stack();
	tee_azure_tpm_flush(t, &key);
	return verdict;
}
