/* SPDX-License-Identifier: Apache-2.0 */
/*
 * standing: what is known of a key without the key: whose it is and what it
 * came from.  A renewal and an attestation need no more.
 */
#ifndef LIBTEE_STANDING_H
#define LIBTEE_STANDING_H

#include <tee/tee.h>

struct tee_standing {
	char *did;
	size_t did_size;
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
	enum tee_key_origin origin;
	char *platform;
	bool simulated; /* a renewal asks no keystore: it stays so */
};

#endif
