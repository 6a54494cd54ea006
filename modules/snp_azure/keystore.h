/* SPDX-License-Identifier: Apache-2.0 */
/* keystore: the inside of struct azure_keystore. */
#ifndef TEE_AZURE_KEYSTORE_H
#define TEE_AZURE_KEYSTORE_H

#include "modules/snp_azure/ahead.h"
#include "modules/snp_azure/facility.h"
#include "modules/snp_azure/place.h"
#include "modules/snp_azure/seed.h"
#include "modules/snp_azure/vault.h"

struct azure_keystore {
	struct azure_place place;
	struct azure_vault vault;
	struct azure_seed seed;
	struct azure_ahead *ahead; /* NULL: keys are made when needed */
};

/*
 * From the vault's answer to the seed delivered; the wrapping key is the one
 * that prepare() made in this transaction.
 */
enum tee_verdict tee_azure_release_take(struct tee_call *,
    const struct azure_keystore *, const char *nonce,
    const struct tee_http_response *);

#endif
