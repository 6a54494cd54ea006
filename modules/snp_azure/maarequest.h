/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maarequest: the bodies of MAA's two calls, and the token out of the answer.
 *
 *   /attest/SevSnpVm    the report, its certificates, the data that
 *                       REPORT_DATA is the hash of, endorsements
 *   /attest/AzureGuest  the same beside a TPM's quote, and a key of that TPM
 *                       which the answer is encrypted to (guestanswer.h)
 *
 * A client payload has text values and they travel as base64.  Ours is the
 * nonce, whose text is the base64 of the binding: so it is base64 twice, on
 * the wire and in the token alike.
 */
#ifndef TEE_AZURE_MAAREQUEST_H
#define TEE_AZURE_MAAREQUEST_H

#include <stddef.h>
#include <stdint.h>

#define AZURE_PATH_SNP "/attest/SevSnpVm?api-version=2022-08-01"
#define AZURE_PATH_GUEST "/attest/AzureGuest?api-version=2020-10-01"
#define AZURE_PATH_KEYS "/certs"
#define AZURE_GUEST_PCRS 8 /* 0 to 7; more of them MAA gets wrong */

/* Borrowed; data NULL: there is none. */
struct azure_span {
	const uint8_t *data;
	size_t size;
};

struct azure_snp_request {
	struct azure_span report;  /* 1184 bytes */
	struct azure_span certs;   /* PEM: VCEK, ASK, ARK */
	struct azure_span runtime; /* JSON, its exact bytes */
	struct azure_span uvm;     /* COSE_Sign1 */
};
/* malloc'd text, or NULL: no memory. */
char *tee_azure_snp_request(const struct azure_snp_request *);

struct azure_guest_request {
	struct azure_span report, certs, runtime;
	struct azure_span binding;
	struct azure_span tcg_log;
	struct azure_span ak_cert;         /* DER */
	struct azure_span ak_public;       /* TPM2B_PUBLIC */
	struct azure_span quote;           /* TPMS_ATTEST */
	struct azure_span quote_signature; /* TPMT_SIGNATURE */
	struct azure_span enckey;          /* TPM2B_PUBLIC */
	struct azure_span certify;         /* TPMS_ATTEST */
	struct azure_span certify_signature;
	const uint8_t (*pcr)[32]; /* AZURE_GUEST_PCRS of them */
	const char *distribution; /* as os-release has it */
	unsigned major, minor;
};
/* NULL too where a signature is not RSASSA with SHA-256 of that many bytes. */
char *tee_azure_guest_request(const struct azure_guest_request *);

/* The member `token`, malloc'd; NULL where there is none. */
char *tee_azure_maa_answer_token(const void *answer, size_t size);

#endif
