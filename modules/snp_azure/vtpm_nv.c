/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vtpm_nv: the paravisor's NV indices, with owner authorization and the
 * empty password that Azure leaves there.  Read from the beginning and in
 * order: that is what makes the paravisor renew its report.
 */
#include "config.h"

#include <string.h>
#include <syslog.h>

#include "modules/snp_azure/tpm.h"

#define CHUNK 1024

static enum tee_verdict
find(struct azure_vtpm *t, TPM2_HANDLE index, ESYS_TR *nv)
{
	TSS2_RC rc;

	*nv = ESYS_TR_NONE;
	rc = Esys_TR_FromTPMPublic(t->esys, index, ESYS_TR_NONE, ESYS_TR_NONE,
	    ESYS_TR_NONE, nv);
	return rc == TSS2_RC_SUCCESS ||
		tee_azure_tpm_code(rc) == TPM2_RC_HANDLE ?
	    TEE_OK :
	    tee_azure_tpm_failed(t, "vtpm_nv", "NV_ReadPublic", rc);
}

static enum tee_verdict
size_of(struct azure_vtpm *t, ESYS_TR nv, size_t *size)
{
	TPM2B_NV_PUBLIC *public = NULL;
	TSS2_RC rc;

	rc = Esys_NV_ReadPublic(t->esys, nv, ESYS_TR_NONE, ESYS_TR_NONE,
	    ESYS_TR_NONE, &public, NULL);
	if (rc != TSS2_RC_SUCCESS)
		return tee_azure_tpm_failed(t, "vtpm_nv", "NV_ReadPublic", rc);
	*size = public->nvPublic.dataSize;
	Esys_Free(public);
	return TEE_OK;
}

/* How much the TPM gives at once; 512 where it does not say. */
static enum tee_verdict
chunk_of(struct azure_vtpm *t, uint16_t *chunk)
{
	TPMS_CAPABILITY_DATA *data = NULL;
	const TPMS_TAGGED_PROPERTY *p;
	TSS2_RC rc;

	*chunk = 512;
	rc = Esys_GetCapability(t->esys, ESYS_TR_NONE, ESYS_TR_NONE,
	    ESYS_TR_NONE, TPM2_CAP_TPM_PROPERTIES, TPM2_PT_NV_BUFFER_MAX, 1,
	    NULL, &data);
	if (rc != TSS2_RC_SUCCESS)
		return tee_azure_tpm_failed(t, "vtpm_nv", "GetCapability", rc);
	p = data->data.tpmProperties.tpmProperty;
	if (data->data.tpmProperties.count == 1 &&
	    p->property == TPM2_PT_NV_BUFFER_MAX && p->value > 0)
		*chunk = p->value < CHUNK ? (uint16_t)p->value : CHUNK;
	Esys_Free(data);
	return TEE_OK;
}

static enum tee_verdict
read_part(struct azure_vtpm *t, ESYS_TR nv, uint16_t size, bool *found,
    struct azure_bytes *out)
{
	TPM2B_MAX_NV_BUFFER *part = NULL;
	TSS2_RC rc;

	rc = Esys_NV_Read(t->esys, ESYS_TR_RH_OWNER, nv, ESYS_TR_PASSWORD,
	    ESYS_TR_NONE, ESYS_TR_NONE, size, (uint16_t)out->size, &part);
	*found = tee_azure_tpm_code(rc) != TPM2_RC_NV_UNINITIALIZED;
	if (!*found)
		return TEE_OK;
	if (rc == TSS2_RC_SUCCESS && part->size != size)
		rc = TSS2_ESYS_RC_MALFORMED_RESPONSE;
	if (rc == TSS2_RC_SUCCESS) {
		memcpy(out->data + out->size, part->buffer, size);
		out->size += size;
	}
	Esys_Free(part);
	return rc == TSS2_RC_SUCCESS ?
	    TEE_OK :
	    tee_azure_tpm_failed(t, "vtpm_nv", "NV_Read", rc);
}

static enum tee_verdict
read_all(struct azure_vtpm *t, ESYS_TR nv, bool *found, struct azure_bytes *out)
{
	enum tee_verdict verdict;
	uint16_t chunk;
	size_t size, left;

	verdict = size_of(t, nv, &size);
	if (verdict == TEE_OK)
		verdict = chunk_of(t, &chunk);
	if (verdict != TEE_OK)
		return verdict;
	if (size == 0 || size > sizeof(out->data)) {
		tee_call_log(t->call, LOG_ERR, "vtpm_nv",
		    "vTPM: an NV index of %zu bytes; at most %zu are "
		    "understood",
		    size, sizeof(out->data));
		return TEE_DENY;
	}
	*found = true;
	while (verdict == TEE_OK && *found && out->size < size) {
		left = size - out->size;
		verdict = read_part(t, nv,
		    left < chunk ? (uint16_t)left : chunk, found, out);
	}
	return verdict;
}

enum tee_verdict
tee_azure_nv_read(struct azure_vtpm *t, TPM2_HANDLE index, bool *found,
    struct azure_bytes *out)
{
	enum tee_verdict verdict;
	ESYS_TR nv;

	out->size = 0;
	*found = false;
	verdict = find(t, index, &nv);
	if (verdict == TEE_OK && nv != ESYS_TR_NONE)
		verdict = read_all(t, nv, found, out);
	tee_azure_tpm_forget(t, &nv);
	return verdict;
}

/*
 * Asked of the list of handles: that it is absent is the usual case on new
 * images, and libtss2 complains on standard error when asked for it by name.
 */
static enum tee_verdict
listed(struct azure_vtpm *t, TPM2_HANDLE index, bool *there)
{
	TPMS_CAPABILITY_DATA *data = NULL;
	TSS2_RC rc;

	rc = Esys_GetCapability(t->esys, ESYS_TR_NONE, ESYS_TR_NONE,
	    ESYS_TR_NONE, TPM2_CAP_HANDLES, index, 1, NULL, &data);
	if (rc != TSS2_RC_SUCCESS)
		return tee_azure_tpm_failed(t, "vtpm_nv", "GetCapability", rc);
	*there = data->data.handles.count == 1 &&
	    data->data.handles.handle[0] == index;
	Esys_Free(data);
	return TEE_OK;
}

static enum tee_verdict
define(struct azure_vtpm *t, ESYS_TR *nv)
{
	TPM2B_NV_PUBLIC public = { .nvPublic = { .nvIndex = AZURE_NV_USER_DATA,
				       .nameAlg = TPM2_ALG_SHA256,
				       .attributes = TPMA_NV_OWNERWRITE |
					   TPMA_NV_AUTHWRITE |
					   TPMA_NV_OWNERREAD | TPMA_NV_AUTHREAD,
				       .dataSize = AZURE_USER_DATA_SIZE } };
	TPM2B_AUTH none = { 0 };
	TSS2_RC rc;

	rc = Esys_NV_DefineSpace(t->esys, ESYS_TR_RH_OWNER, ESYS_TR_PASSWORD,
	    ESYS_TR_NONE, ESYS_TR_NONE, &none, &public, nv);
	if (rc == TSS2_RC_SUCCESS)
		return TEE_OK;
	*nv = ESYS_TR_NONE;
	/* Somebody who does not know our lock was quicker. */
	if (tee_azure_tpm_code(rc) == TPM2_RC_NV_DEFINED)
		return find(t, AZURE_NV_USER_DATA, nv);
	return tee_azure_tpm_failed(t, "vtpm_nv", "NV_DefineSpace", rc);
}

static enum tee_verdict
remove_index(struct azure_vtpm *t, ESYS_TR *nv)
{
	TSS2_RC rc;

	rc = Esys_NV_UndefineSpace(t->esys, ESYS_TR_RH_OWNER, *nv,
	    ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE);
	if (rc != TSS2_RC_SUCCESS)
		return tee_azure_tpm_failed(t, "vtpm_nv", "NV_UndefineSpace",
		    rc);
	*nv = ESYS_TR_NONE;
	return TEE_OK;
}

/* The index with its right size; *nv NONE where it has to be defined. */
static enum tee_verdict
find_user_data(struct azure_vtpm *t, ESYS_TR *nv)
{
	enum tee_verdict verdict;
	bool there = false;
	size_t size = 0;

	verdict = listed(t, AZURE_NV_USER_DATA, &there);
	if (verdict == TEE_OK && there)
		verdict = find(t, AZURE_NV_USER_DATA, nv);
	if (verdict != TEE_OK || *nv == ESYS_TR_NONE)
		return verdict;
	verdict = size_of(t, *nv, &size);
	if (verdict == TEE_OK && size != AZURE_USER_DATA_SIZE)
		verdict = remove_index(t, nv);
	return verdict;
}

/* SAPI: ESAPI would hash the index's new name, see tpm.h. */
static TSS2_RC
write_user_data(struct azure_vtpm *t, const uint8_t data[AZURE_USER_DATA_SIZE])
{
	TPM2B_MAX_NV_BUFFER buffer = { .size = AZURE_USER_DATA_SIZE };
	TSS2L_SYS_AUTH_COMMAND auth;
	TSS2L_SYS_AUTH_RESPONSE answer;
	TSS2_RC rc;

	memcpy(buffer.buffer, data, AZURE_USER_DATA_SIZE);
	tee_azure_tpm_passwords(&auth, 1);
	do {
		memset(&answer, 0, sizeof(answer));
		rc = Tss2_Sys_NV_Write(tee_azure_tpm_sys(t), TPM2_RH_OWNER,
		    AZURE_NV_USER_DATA, &auth, &buffer, 0, &answer);
	} while (tee_azure_tpm_again(t));
	return rc;
}

enum tee_verdict
tee_azure_nv_user_data(struct azure_vtpm *t,
    const uint8_t data[AZURE_USER_DATA_SIZE])
{
	ESYS_TR nv = ESYS_TR_NONE;
	enum tee_verdict verdict;
	TSS2_RC rc;

	verdict = find_user_data(t, &nv);
	if (verdict == TEE_OK && nv == ESYS_TR_NONE)
		verdict = define(t, &nv);
	if (verdict == TEE_OK) {
		rc = write_user_data(t, data);
		if (rc != TSS2_RC_SUCCESS)
			verdict =
			    tee_azure_tpm_failed(t, "vtpm_nv", "NV_Write", rc);
	}
	tee_azure_tpm_forget(t, &nv);
	return verdict;
}
