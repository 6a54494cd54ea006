/* SPDX-License-Identifier: Apache-2.0 */
/* vaultkey: the public half of a vault's RSA key, as its owner exports it. */
#ifndef TEECTL_VAULTKEY_H
#define TEECTL_VAULTKEY_H

#include <stdbool.h>
#include <openssl/evp.h>

struct vaultkey {
	EVP_PKEY *key;
	char *kid; /* what the file calls it; NULL where it does not */
};

/*
 * A PEM public key, a JWK, or the answer of Key Vault that has one as its
 * member `key`.  Says on stderr what is wrong; clear it either way.
 */
bool vaultkey_read(struct vaultkey *, const char *path);
void vaultkey_clear(struct vaultkey *);

#endif
