/* SPDX-License-Identifier: Apache-2.0 */
/* held: what teed's STATUS says of a key that it holds, teed_protocol(7). */
#ifndef LIBTEE_HELD_H
#define LIBTEE_HELD_H

#include <stddef.h>
#include <stdint.h>

#include "libtee/claims.h"

struct tee_held {
	uint8_t digest[32]; /* of the profile that is served */
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
	struct tee_claims *claims; /* the caller's to free */
};

/* 0; TEE_E_TEED where it does not tell of a key; or MEMORY. */
int tee_held_read(const uint8_t *json, size_t size,
    struct tee_held *out) TEE_MUST_USE;

#endif
