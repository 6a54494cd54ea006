/* SPDX-License-Identifier: Apache-2.0 */
/*
 * testlib_vtpm: what modules/snp_azure/vtpm.h declares, by two RSA keys of the
 * test instead of a TPM, linked in its place.
 */
#ifndef TESTLIB_VTPM_H
#define TESTLIB_VTPM_H

#include <stdbool.h>
#include <openssl/evp.h>

#include "modules/snp_azure/vtpm.h"

/* Borrowed keys, what to refuse, and what was seen. */
extern struct testlib_vtpm {
	EVP_PKEY *ak, *enc;
	bool absent;          /* no TPM at all */
	bool no_cert;         /* the AK certificate is not provisioned */
	bool wrong_padding;   /* decrypt() refuses */
	bool other_signature; /* the TPM signs by RSAPSS */
	unsigned opened, closed, made;
	size_t qualifying; /* bytes that the last quote carried */
	uint32_t selection;
	char tcti[64];
	uint8_t context[16]; /* of the last decryption */
} testlib_vtpm;

#endif
