/* SPDX-License-Identifier: Apache-2.0 */
/*
 * testlib_tls: a CA and server certificates, drawn at run time, with one
 * thing wrong where asked.
 */
#ifndef TESTLIB_TLS_H
#define TESTLIB_TLS_H

#include <stddef.h>
#include <stdint.h>

struct tls_identity {
	char key[2048]; /* PEM */
	char cert[4096];
};

/* What the certificate of a server shall be. */
enum tls_defect {
	TLS_GOOD = 0, /* localhost and 127.0.0.1, for a day */
	TLS_WRONG_HOST,
	TLS_EXPIRED,
	TLS_BRIEF, /* ends in two seconds */
	TLS_NOT_YET
};

struct tls_ca;
struct tls_ca *tls_ca_new(const char *name);
void tls_ca_free(struct tls_ca **);
const char *tls_ca_pem(const struct tls_ca *);
/* SHA-256 of its SubjectPublicKeyInfo. */
void tls_ca_pin(const struct tls_ca *, uint8_t out[32]);
void tls_ca_issue(const struct tls_ca *, enum tls_defect,
    struct tls_identity *);

#endif
