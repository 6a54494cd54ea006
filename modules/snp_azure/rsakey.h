/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rsakey: a private RSA key in the caller's locked memory, as OpenSSL's
 * provider takes it.  Neither OpenSSL's encoders nor its decoders wipe what
 * they copy, so private keys pass by them: taken apart and put together here.
 */
#ifndef TEE_AZURE_RSAKEY_H
#define TEE_AZURE_RSAKEY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <openssl/evp.h>

#define AZURE_RSA_PART 512 /* bytes: 4096 bits */

/* n, e, d, p, q, d mod p-1, d mod q-1, q^-1 mod p (RFC 8017, A.1.2). */
enum azure_rsa_part {
	AZURE_RSA_N = 0,
	AZURE_RSA_E,
	AZURE_RSA_D,
	AZURE_RSA_P,
	AZURE_RSA_Q,
	AZURE_RSA_DP,
	AZURE_RSA_DQ,
	AZURE_RSA_QI,
	AZURE_RSA_PARTS
};

/* To be wiped by whoever owns the memory. */
struct azure_rsa {
	uint8_t part[AZURE_RSA_PARTS][AZURE_RSA_PART]; /* big-endian, minimal */
	size_t size[AZURE_RSA_PARTS];
};

/* A new key of 2048 bits; false soon after `stop`, which may be NULL, is. */
bool tee_azure_rsa_generate(struct azure_rsa *, const atomic_bool *stop);
/* The one key that PKCS #8 (RFC 5208) bytes hold; 2048 to 4096 bits. */
bool tee_azure_rsa_pkcs8(struct azure_rsa *, const uint8_t *der, size_t size);
/* NULL where the parts do not make a key. */
EVP_PKEY *tee_azure_rsa_open(const struct azure_rsa *);

#endif
