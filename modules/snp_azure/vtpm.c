/* SPDX-License-Identifier: Apache-2.0 */
/* vtpm: opening, errors, and handles; see vtpm.h and tpm.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>
#include <tss2/tss2_mu.h>
#include <tss2/tss2_rc.h>
#include <tss2/tss2_tctildr.h>

#include "modules/snp_azure/tpm.h"

#define DEVICE "device:"
#define TRIES 5

/* libtss2 would say it on standard error alone, and not what to do. */
static bool
reachable(struct tee_call *call, const char *tcti)
{
	const char *path = tcti + strlen(DEVICE);

	if (strncmp(tcti, DEVICE, strlen(DEVICE)) != 0 ||
	    faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) == 0)
		return true;
	if (errno == ENOENT || errno == ENOTDIR)
		tee_call_log(call, LOG_ERR, "vtpm_open",
		    "vTPM: %s: %s: not a confidential VM, or its TPM driver "
		    "is not loaded",
		    path, strerror(errno));
	else
		tee_call_log(call, LOG_ERR, "vtpm_open",
		    "vTPM: %s: %s: give the agent's user access to it (group "
		    "tss, or udev)",
		    path, strerror(errno));
	return false;
}

static TSS2_RC
connect_to(struct azure_vtpm *t, const char *tcti)
{
	TSS2_TCTI_CONTEXT *inner = NULL;
	TSS2_RC rc = Tss2_TctiLdr_Initialize(tcti, &inner);

	if (rc != TSS2_RC_SUCCESS)
		return rc;
	tee_azure_tcti_init(&t->tcti, t->call, inner);
	return Esys_Initialize(&t->esys, (TSS2_TCTI_CONTEXT *)&t->tcti, NULL);
}

enum tee_verdict
tee_azure_vtpm_open(struct tee_call *call, const char *tcti,
    struct azure_vtpm **out)
{
	struct azure_vtpm *t;
	enum tee_verdict verdict;
	TSS2_RC rc;

	*out = NULL;
	if (!reachable(call, tcti))
		return TEE_UNAVAILABLE;
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return TEE_UNAVAILABLE;
	t->call = call;
	rc = connect_to(t, tcti);
	if (rc != TSS2_RC_SUCCESS) {
		verdict = tee_azure_tpm_failed(t, "vtpm_open", tcti, rc);
		tee_azure_vtpm_close(&t);
		return verdict;
	}
	*out = t;
	return TEE_OK;
}

void
tee_azure_vtpm_close(struct azure_vtpm **vtpm)
{
	struct azure_vtpm *t = *vtpm;

	*vtpm = NULL;
	if (t == NULL)
		return;
	Esys_Finalize(&t->esys);
	Tss2_TctiLdr_Finalize(&t->tcti.inner);
	free(t);
}

TSS2_RC
tee_azure_tpm_code(TSS2_RC rc)
{
	TSS2_RC layer = rc & TSS2_RC_LAYER_MASK;

	if (layer != TSS2_TPM_RC_LAYER && layer != TSS2_RESMGR_TPM_RC_LAYER)
		return rc;
	rc &= ~(TSS2_RC)TSS2_RC_LAYER_MASK;
	/* Bits 6 and 8-11 tell which handle, parameter or session it was. */
	return (rc & TPM2_RC_FMT1) != 0 ? rc & 0xbf : rc;
}

enum tee_verdict
tee_azure_tpm_failed(struct azure_vtpm *t, const char *reason, const char *what,
    TSS2_RC rc)
{
	const char *advice = "see the TPM's code, and dmesg";

	if (t->tcti.late) {
		reason = "vtpm_timeout";
		advice = "no answer within the line's budget: raise its "
			 "timeout, or see what keeps the TPM busy";
	} else if (t->tcti.again > 0) {
		reason = "vtpm_busy";
		advice = "it kept asking to try again; try later";
	} else if (tee_azure_tpm_code(rc) == TPM2_RC_LOCKOUT) {
		advice = "the TPM is locked out after failed authorizations";
	} else if (tee_azure_tpm_code(rc) == TPM2_RC_AUTH_FAIL ||
	    tee_azure_tpm_code(rc) == TPM2_RC_BAD_AUTH) {
		advice = "somebody set a password where Azure has none";
	}
	tee_call_log(t->call, LOG_ERR, reason, "vTPM: %s: %s (0x%x): %s", what,
	    Tss2_RC_Decode(rc), rc, advice);
	return TEE_UNAVAILABLE;
}

TSS2_SYS_CONTEXT *
tee_azure_tpm_sys(struct azure_vtpm *t)
{
	TSS2_SYS_CONTEXT *sys = NULL;

	return Esys_GetSysContext(t->esys, &sys) == TSS2_RC_SUCCESS ? sys :
								      NULL;
}

bool
tee_azure_tpm_again(const struct azure_vtpm *t)
{
	return !t->tcti.late && t->tcti.again > 0 && t->tcti.again < TRIES;
}

void
tee_azure_tpm_passwords(TSS2L_SYS_AUTH_COMMAND *auth, uint16_t count)
{
	memset(auth, 0, sizeof(*auth));
	auth->count = count;
	for (uint16_t i = 0; i < count; i++)
		auth->auths[i].sessionHandle = TPM2_RH_PW;
}

void
tee_azure_tpm_flush(struct azure_vtpm *t, TPM2_HANDLE *handle)
{
	TSS2_RC rc;

	if (*handle == 0)
		return;
	t->tcti.ending = true;
	do
		rc = Tss2_Sys_FlushContext(tee_azure_tpm_sys(t), *handle);
	while (tee_azure_tpm_again(t));
	t->tcti.ending = false;
	if (rc != TSS2_RC_SUCCESS)
		tee_call_log(t->call, LOG_NOTICE, "vtpm_flush",
		    "vTPM: an object or a session could not be flushed");
	*handle = 0;
}

enum tee_verdict
tee_azure_tpm_ak(struct azure_vtpm *t, ESYS_TR *ak)
{
	TSS2_RC rc;

	*ak = ESYS_TR_NONE;
	rc = Esys_TR_FromTPMPublic(t->esys, AZURE_AK, ESYS_TR_NONE,
	    ESYS_TR_NONE, ESYS_TR_NONE, ak);
	if (rc == TSS2_RC_SUCCESS)
		return TEE_OK;
	if (tee_azure_tpm_code(rc) != TPM2_RC_HANDLE)
		return tee_azure_tpm_failed(t, "vtpm_ak", "attestation key",
		    rc);
	tee_call_log(t->call, LOG_ERR, "vtpm_ak",
	    "vTPM: no attestation key at 0x%x: not an Azure confidential VM, "
	    "or its TPM was cleared",
	    AZURE_AK);
	return TEE_UNAVAILABLE;
}

void
tee_azure_tpm_forget(struct azure_vtpm *t, ESYS_TR *handle)
{
	if (*handle != ESYS_TR_NONE)
		(void)Esys_TR_Close(t->esys, handle);
	*handle = ESYS_TR_NONE;
}
