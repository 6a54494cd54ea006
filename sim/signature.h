/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signature: how a pretend AMD signs certificates and CRLs.  The zero value
 * is AMD's own way; every member is a way to get it wrong.
 */
#ifndef SIM_SIGNATURE_H
#define SIM_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#define SIM_SALT_EMPTY (-1) /* a salt of no bytes */

/* RSASSA-PSS, SHA-384, MGF1-SHA-384, 48 bytes of salt. */
struct sim_signature {
	bool pkcs1;         /* RSASSA-PKCS1-v1_5 */
	const char *digest; /* NULL: "SHA384" */
	const char *mgf;    /* NULL: as digest */
	int salt;           /* 0: 48 */
	bool short_form;    /* leave the default trailerField out */
	bool corrupt;       /* flip a bit of the finished signature */
};

/* An EC key signs with ECDSA and the digest. */
bool tee_sim_sign_cert(const struct sim_signature *, EVP_PKEY *, X509 *);
/* Always the short form: libcrypto gives no way to the inner identifier. */
bool tee_sim_sign_crl(const struct sim_signature *, EVP_PKEY *, X509_CRL *);

#endif
