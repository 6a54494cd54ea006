/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attest: the structures of a TPM 2.0 that an attestation carries (TCG,
 * Structures), big-endian: TPM2B_PUBLIC of RSA keys and TPMS_ATTEST of quotes
 * and certifications over SHA-256.
 */
#ifndef SIM_ATTEST_H
#define SIM_ATTEST_H

#include <stdbool.h>
#include <stdint.h>
#include <openssl/evp.h>

#include "sim/blob.h"

#define SIM_TPM_RESTRICTED (1u << 16)
#define SIM_TPM_DECRYPT (1u << 17)
#define SIM_TPM_SIGN (1u << 18)
#define SIM_TPM_FIXED_TPM (1u << 1)

#define SIM_ATTEST_QUOTE 0x8018
#define SIM_ATTEST_CERTIFY 0x8017

struct sim_tpm_public {
	uint32_t attributes;
	EVP_PKEY *key;
	uint8_t name[34]; /* hash algorithm and digest */
};

/* Exactly this TPM2B_PUBLIC; false with nothing to free. */
bool tee_sim_tpm_public(const struct sim_blob *, struct sim_tpm_public *);

struct sim_attest {
	unsigned type;
	const uint8_t *extra;
	size_t extra_size;
	uint32_t selection;    /* of a quote: bit per PCR, one SHA-256 bank */
	const uint8_t *digest; /* of a quote, 32 bytes */
	const uint8_t *name;   /* of a certification, 34 bytes */
};

/* Exactly this TPMS_ATTEST, whose bytes are borrowed. */
bool tee_sim_attest_read(const struct sim_blob *, struct sim_attest *);

#endif
