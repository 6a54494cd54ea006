/* SPDX-License-Identifier: Apache-2.0 */
/* sealed_header: the protected header of a sealed file, both ways. */
#ifndef TEE_COMMON_SEALED_HEADER_H
#define TEE_COMMON_SEALED_HEADER_H

#include "modules/common/sealed.h"

/* base64url of the JSON, malloc'd; NULL where a value has no place in it. */
char *tee_sealed_header_make(const char *kid, const char *did, size_t did_size,
    const uint8_t public_key[TEE_PUBLIC_KEY_SIZE]);

#endif
