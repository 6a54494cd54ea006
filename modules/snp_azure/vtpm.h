/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vtpm: the virtual TPM of an Azure confidential VM, through tpm2-tss.  What
 * the paravisor keeps there (facts: NV 0x01400001 the HCL report, 0x01400002
 * the user data, 0x01C101D0 the AK certificate, 0x81000003 the AK), quotes,
 * and a key for secrets that only this TPM in this state decrypts.
 */
#ifndef TEE_AZURE_VTPM_H
#define TEE_AZURE_VTPM_H

#include <tee/module.h>

#define AZURE_HCL_MAX 8192
#define AZURE_QUOTE_MAX 1024
#define AZURE_SIGNATURE_MAX 600
#define AZURE_AK_CERT_MAX 4096
#define AZURE_ENCKEY_CONTEXT_MAX 6144
#define AZURE_QUALIFYING_MAX 50 /* where SHA-384 is the largest hash */
#define AZURE_PCRS_ALL 0xffffffU
#define AZURE_USER_DATA_SIZE 64

/* One open TPM for one call; not shared between threads. */
struct azure_vtpm;

/* `tcti` as of tpm2-tss: "device:/dev/tpmrm0".  Logs what is wrong. */
enum tee_verdict tee_azure_vtpm_open(struct tee_call *, const char *tcti,
    struct azure_vtpm **);
void tee_azure_vtpm_close(struct azure_vtpm **);

struct azure_bytes {
	size_t size;
	uint8_t data[AZURE_HCL_MAX];
};

/* The HCL report as the paravisor last made it. */
enum tee_verdict tee_azure_vtpm_hcl(struct azure_vtpm *, struct azure_bytes *);
/*
 * Writes 64 bytes of user data and waits for a report that carries them:
 * lock file, rate limit, re-reads; TEE_UNAVAILABLE with reason "stale_report"
 * where none comes.  Seconds.
 */
enum tee_verdict tee_azure_vtpm_refresh(struct azure_vtpm *,
    const uint8_t user_data[AZURE_USER_DATA_SIZE], const char *lock,
    struct azure_bytes *hcl);
/*
 * DER, cut from its padding.  TEE_UNAVAILABLE with reason
 * "ak_cert_not_provisioned" where Azure has not written one yet.
 */
enum tee_verdict tee_azure_vtpm_ak_cert(struct azure_vtpm *,
    struct azure_bytes *);
/*
 * What of these bytes is a certificate that somebody else issued; 0: none.
 * Azure begins with a self-issued one.
 */
size_t tee_azure_ak_cert_size(const uint8_t *, size_t);
/* TPM2B_PUBLIC of the AK. */
enum tee_verdict tee_azure_vtpm_ak_public(struct azure_vtpm *,
    struct azure_bytes *);

/* TPMS_ATTEST without length, TPMT_SIGNATURE, and the PCRs it covers. */
struct azure_quote {
	struct azure_bytes attest;
	struct azure_bytes signature;
	uint32_t selection; /* bit per PCR, SHA-256 bank */
	uint8_t pcr[24][32];
};
/* Qualifying data of at most AZURE_QUALIFYING_MAX bytes; MAA's has none. */
enum tee_verdict tee_azure_vtpm_quote(struct azure_vtpm *,
    const uint8_t *qualifying, size_t size, uint32_t selection,
    struct azure_quote *);

/*
 * An RSA-2048 decryption key of the null hierarchy, bound to PCRs 0-7, never
 * the same twice, certified by the AK.  `context` is the saved object: of use
 * to this TPM alone, until it restarts.
 */
struct azure_enckey {
	struct azure_bytes public;    /* TPM2B_PUBLIC */
	struct azure_bytes certify;   /* TPMS_ATTEST */
	struct azure_bytes signature; /* TPMT_SIGNATURE */
	struct azure_bytes context;   /* TPMS_CONTEXT */
};
enum tee_verdict tee_azure_vtpm_enckey(struct azure_vtpm *,
    struct azure_enckey *);

enum azure_padding {
	AZURE_RSAES = 0,
	AZURE_OAEP_SHA1,
	AZURE_OAEP_SHA256,
	AZURE_OAEP_SHA384
};
/* Into `out`, of at least 256 bytes and the caller's to wipe. */
enum tee_verdict tee_azure_vtpm_decrypt(struct azure_vtpm *,
    const uint8_t *context, size_t context_size, enum azure_padding,
    const uint8_t *data, size_t size, uint8_t *out, size_t *out_size);

#endif
