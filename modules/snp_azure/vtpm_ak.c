/* SPDX-License-Identifier: Apache-2.0 */
/* vtpm_ak: the attestation key's public part, and its certificate. */
#include "config.h"

#include <string.h>
#include <syslog.h>
#include <openssl/x509.h>
#include <tss2/tss2_mu.h>

#include "modules/common/cert.h"
#include "modules/common/certmemo.h"
#include "modules/snp_azure/tpm.h"

enum tee_verdict
tee_azure_vtpm_ak_public(struct azure_vtpm *t, struct azure_bytes *out)
{
	TPM2B_PUBLIC *public = NULL;
	enum tee_verdict verdict;
	TSS2_RC rc;
	ESYS_TR ak;

	out->size = 0;
	verdict = tee_azure_tpm_ak(t, &ak);
	if (verdict != TEE_OK)
		return verdict;
	rc = Esys_ReadPublic(t->esys, ak, ESYS_TR_NONE, ESYS_TR_NONE,
	    ESYS_TR_NONE, &public, NULL, NULL);
	if (rc == TSS2_RC_SUCCESS)
		rc = Tss2_MU_TPM2B_PUBLIC_Marshal(public, out->data,
		    sizeof(out->data), &out->size);
	if (rc != TSS2_RC_SUCCESS)
		verdict = tee_azure_tpm_failed(t, "vtpm_ak", "ReadPublic", rc);
	Esys_Free(public);
	tee_azure_tpm_forget(t, &ak);
	return verdict;
}

size_t
tee_azure_ak_cert_size(const uint8_t *data, size_t size)
{
	size_t used =
	    size <= AZURE_AK_CERT_MAX ? tee_cert_der_size(data, size) : 0;
	X509 *cert = used > 0 ? tee_certmemo_parse(data, used) : NULL;
	bool issued = cert != NULL &&
	    X509_NAME_cmp(X509_get_subject_name(cert),
		X509_get_issuer_name(cert)) != 0;

	X509_free(cert);
	return issued ? used : 0;
}

enum tee_verdict
tee_azure_vtpm_ak_cert(struct azure_vtpm *t, struct azure_bytes *out)
{
	enum tee_verdict verdict;
	bool found;

	verdict = tee_azure_nv_read(t, AZURE_NV_AK_CERT, &found, out);
	if (verdict != TEE_OK)
		return verdict;
	out->size = found ? tee_azure_ak_cert_size(out->data, out->size) : 0;
	if (out->size > 0)
		return TEE_OK;
	tee_call_log(t->call, LOG_NOTICE, "ak_cert_not_provisioned",
	    "vTPM: no certificate of the attestation key at NV 0x%x yet; Azure "
	    "writes it some time after the VM was made",
	    AZURE_NV_AK_CERT);
	return TEE_UNAVAILABLE;
}
