/* SPDX-License-Identifier: Apache-2.0 */
/* claims_read: claims from the JSON that tee_claims_to_json writes. */
#ifndef LIBTEE_CLAIMS_READ_H
#define LIBTEE_CLAIMS_READ_H

#include "libtee/claims.h"

/* 0, TEE_E_EVIDENCE where it is not exactly such a document, or MEMORY. */
int tee_claims_from_json(const char *json, size_t size,
    struct tee_claims **out) TEE_MUST_USE;

#endif
