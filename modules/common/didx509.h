/* SPDX-License-Identifier: Apache-2.0 */
/*
 * didx509: did:x509:0:sha256:FINGERPRINT::eku:OID, a name for whoever holds a
 * certificate with that extended key usage below that root.  The chain that
 * comes with a signature is the document: it is judged at the time of signing,
 * because what a certificate signed outlives it.
 */
#ifndef TEE_COMMON_DIDX509_H
#define TEE_COMMON_DIDX509_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#include <openssl/x509.h>

#define TEE_DIDX509_MAX 256

struct tee_didx509 {
	uint8_t root[32]; /* SHA-256 of the root's DER */
	ASN1_OBJECT *eku;
};

/* False where it is anything but that form; free it either way. */
bool tee_didx509_parse(struct tee_didx509 *, const char *did);
void tee_didx509_free(struct tee_didx509 *);
/*
 * Whether the chain, leaf first and root last, is one that this name stands
 * for at that time; else *why is a sentence.
 */
bool tee_didx509_judge(const struct tee_didx509 *, STACK_OF(X509) * chain,
    time_t at, const char **why);

#endif
