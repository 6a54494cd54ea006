/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cose: a COSE_Sign1 (RFC 9052) signed with PS384, tag 18 optional, with the
 * payload inside.  Only what is protected is ever read; a header that stands
 * in both places, or that its writer calls critical, is refused.
 */
#ifndef TEE_COMMON_COSE_H
#define TEE_COMMON_COSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <openssl/x509.h>

#include "modules/common/cbor.h"

#define TEE_COSE_MAX (64 * 1024)
#define TEE_COSE_CHAIN 6
#define TEE_COSE_PS384 (-38)

/* Labels of the COSE header parameters that are read. */
enum tee_cose_label {
	TEE_COSE_ALGORITHM = 1,
	TEE_COSE_CRITICAL = 2,
	TEE_COSE_CONTENT_TYPE = 3,
	TEE_COSE_CWT_CLAIMS = 15, /* RFC 9597 */
	TEE_COSE_X5CHAIN = 33,    /* RFC 9360 */
	TEE_COSE_X5T = 34,
	TEE_COSE_PAYLOAD_HASH = 258, /* hash envelope */
	TEE_COSE_PREIMAGE_TYPE = 259
};

struct tee_cose {
	cbor_item_t *message;
	cbor_item_t *header; /* protected, a map */
	const uint8_t *protected;
	size_t protected_size;
	const uint8_t *payload;
	size_t payload_size;
	const uint8_t *signature;
	size_t signature_size;
	STACK_OF(X509) * chain; /* x5chain, leaf first; NULL: none */
	const char *error;      /* of parsing; NULL: none */
};

/* False with ->error; free it either way. */
bool tee_cose_parse(struct tee_cose *, const void *data, size_t size);
void tee_cose_free(struct tee_cose *);
/* RSASSA-PSS, SHA-384, salt of 48; `key` of at least 2048 bits. */
bool tee_cose_verify(const struct tee_cose *, EVP_PKEY *key);

#endif
