/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrapping: the key that a release is wrapped to, made anew for each
 * transaction: in memory where the guest chooses REPORT_DATA itself, in the
 * vTPM where a paravisor does.
 */
#ifndef TEE_AZURE_WRAPPING_H
#define TEE_AZURE_WRAPPING_H

#include <tee/module.h>

#include "modules/snp_azure/ahead.h"
#include "modules/snp_azure/place.h"
#include "modules/snp_azure/rsakey.h"
#include "modules/snp_azure/vtpm.h"
#include "modules/snp_azure/wrap.h"

#define AZURE_WRAPPING_KID 64

/* In locked memory; wiped by its owner. */
struct azure_wrapping {
	enum azure_shape shape;
	char kid[AZURE_WRAPPING_KID]; /* of its JWK in the attestation token */
	size_t modulus;               /* bytes */
	struct azure_rsa rsa;         /* AZURE_SHAPE_DEVICE */
	/* AZURE_SHAPE_VTPM: of use to this TPM alone. */
	uint8_t context[AZURE_ENCKEY_CONTEXT_MAX];
	size_t context_size;
};

/*
 * Makes one, or takes the one that was made ahead (NULL: none is), and puts
 * what the evidence must carry of it: azure.wrapping-key, or tpm.enc-key,
 * tpm.enc-key-certify, tpm.enc-key-signature and private.tpm-enc-key-context.
 */
enum tee_verdict tee_azure_wrapping_make(struct tee_call *,
    const struct azure_place *, struct azure_ahead *, struct azure_wrapping *);
/* Undoes RSA-OAEP: the first part of what the vault wrapped. */
enum tee_verdict tee_azure_wrapping_kek(struct tee_call *,
    const struct azure_place *, const struct azure_wrapping *, enum azure_enc,
    const uint8_t *data, size_t size, uint8_t kek[AZURE_KEK_SIZE]);

#endif
