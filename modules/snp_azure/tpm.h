/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tpm: what the vtpm_*.c files share: one ESAPI context whose every wait ends
 * with the budget of the call, errors that say what to try, and handles that
 * are flushed whatever happened.
 */
#ifndef TEE_AZURE_TPM_H
#define TEE_AZURE_TPM_H

#include <stdbool.h>
#include <tss2/tss2_esys.h>
#include <tss2/tss2_sys.h>

#include "modules/snp_azure/vtpm.h"

#define AZURE_NV_HCL 0x01400001
#define AZURE_NV_USER_DATA 0x01400002
#define AZURE_NV_AK_CERT 0x01C101D0
#define AZURE_AK 0x81000003
#define AZURE_POLICY_PCRS 0xffU /* 0-7, what MAA asks for */

/* A TCTI in front of the real one: see vtpm_tcti.c. */
struct azure_tcti {
	TSS2_TCTI_CONTEXT_COMMON_V2 common; /* first: ESAPI sees this */
	TSS2_TCTI_CONTEXT *inner;
	struct tee_call *call;
	unsigned again; /* "retry" answers in a row */
	bool late;      /* the budget ended before an answer came */
	bool ending;    /* cleaning up: a little beyond the budget */
};

struct azure_vtpm {
	struct tee_call *call;
	struct azure_tcti tcti;
	ESYS_CONTEXT *esys;
};

void tee_azure_tcti_init(struct azure_tcti *, struct tee_call *,
    TSS2_TCTI_CONTEXT *inner);
/* False, at once, where the budget would be over. */
bool tee_azure_pause(struct tee_call *, unsigned ms);

/* The TPM's own code without the number of handle, parameter or session. */
TSS2_RC tee_azure_tpm_code(TSS2_RC);
/* Logs and gives TEE_UNAVAILABLE; busy and late have reasons of their own. */
enum tee_verdict tee_azure_tpm_failed(struct azure_vtpm *, const char *reason,
    const char *what, TSS2_RC);
/*
 * SAPI beneath ESAPI, of keys that live for one command or two.  ESAPI checks
 * names and computes HMACs of its own, for each of which it makes a library
 * context of OpenSSL's; over a password or a policy these prove nothing.
 */
TSS2_SYS_CONTEXT *tee_azure_tpm_sys(struct azure_vtpm *);
/*
 * ESAPI asks again by itself; SAPI leaves it to its caller.  Where the budget
 * is over no command is sent, so no answer will end a loop.
 */
bool tee_azure_tpm_again(const struct azure_vtpm *);
/* The empty password, so often as a command wants it: one or two times. */
void tee_azure_tpm_passwords(TSS2L_SYS_AUTH_COMMAND *, uint16_t count);
/* An object or a session, 0 for none; also beyond the budget, for what stays
 * behind fills the TPM for everyone.  To be called on every path. */
void tee_azure_tpm_flush(struct azure_vtpm *, TPM2_HANDLE *);
/* The attestation key; give it back with tee_azure_tpm_forget. */
enum tee_verdict tee_azure_tpm_ak(struct azure_vtpm *, ESYS_TR *);
void tee_azure_tpm_forget(struct azure_vtpm *, ESYS_TR *);

/* PCRs of the SHA-256 bank, bit n of the selection is PCR n. */
void tee_azure_tpm_select(uint32_t selection, TPML_PCR_SELECTION *);
enum tee_verdict tee_azure_tpm_pcrs(struct azure_vtpm *, uint32_t selection,
    uint8_t pcr[24][32]);
/* SHA-256 over the selected ones, ascending. */
bool tee_azure_tpm_pcr_digest(uint32_t selection, uint8_t pcr[24][32],
    uint8_t out[32]);

/* What a signing command gave, as evidence carries it. */
TSS2_RC tee_azure_tpm_attested(const TPM2B_ATTEST *, const TPMT_SIGNATURE *,
    struct azure_bytes *attest, struct azure_bytes *signature);

/* *found is false where the index does not exist or was never written. */
enum tee_verdict tee_azure_nv_read(struct azure_vtpm *, TPM2_HANDLE,
    bool *found, struct azure_bytes *);
/* Makes 0x01400002 where it is absent or of another size, then writes it. */
enum tee_verdict tee_azure_nv_user_data(struct azure_vtpm *,
    const uint8_t data[AZURE_USER_DATA_SIZE]);

/* A descriptor that holds the lock until closed, or -1 with a log line. */
int tee_azure_lock(struct tee_call *, const char *path);

#endif
