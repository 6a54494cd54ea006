/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quote: what a TPM says under its attestation key (TPM 2.0 Library, part 2,
 * 10.12): TPMS_ATTEST of a quote or of a certified key, and the TPMT_SIGNATURE
 * over it.  Both must fill their bytes; what is signed are the bytes as they
 * came.
 */
#ifndef TEE_AZURE_QUOTE_H
#define TEE_AZURE_QUOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <openssl/evp.h>
#include <tss2/tss2_tpm2_types.h>

#include "modules/snp_azure/pcrs.h"

struct azure_attest {
	const uint8_t *raw; /* borrowed */
	size_t raw_size;
	TPMS_ATTEST value;
	const char *error; /* NULL: made by a TPM, of a type known here */
};

/* A quote or a certification, by its magic number and type. */
bool tee_azure_attest_parse(struct azure_attest *, const void *data,
    size_t size);
bool tee_azure_attest_is_quote(const struct azure_attest *);
bool tee_azure_attest_is_certify(const struct azure_attest *);
/* The qualifying data that the TPM was given. */
const uint8_t *tee_azure_attest_extra(const struct azure_attest *,
    size_t *size);
/*
 * Of a quote: a bit per PCR.  False where it covers no PCR, one beyond 23, or
 * any of another bank than SHA-256.
 */
bool tee_azure_quote_selection(const struct azure_attest *, uint32_t *out);
/* Of a quote: SHA-256 over the values of these PCRs, ascending. */
bool tee_azure_quote_covers(const struct azure_attest *, uint32_t selection,
    const uint8_t (*pcr)[AZURE_PCR_SIZE]);

struct azure_signature {
	TPM2B_PUBLIC_KEY_RSA rsa;
	const char *error;
};

/* RSASSA-PKCS1-v1_5 with SHA-256 and nothing else. */
bool tee_azure_signature_parse(struct azure_signature *, const void *data,
    size_t size);
bool tee_azure_attest_signed_by(const struct azure_attest *,
    const struct azure_signature *, EVP_PKEY *key);

#endif
