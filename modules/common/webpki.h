/* SPDX-License-Identifier: Apache-2.0 */
/*
 * webpki: a certificate chain that came inside an answer (x5c), judged like a
 * TLS server's: up to the system's roots, or those given, for a host name, at
 * a time.
 */
#ifndef TEE_COMMON_WEBPKI_H
#define TEE_COMMON_WEBPKI_H

#include <stdbool.h>
#include <time.h>
#include <openssl/x509.h>

#define TEE_WEBPKI_CERTS 8
#define TEE_WEBPKI_WHY 160
#define TEE_WEBPKI_NAME 258 /* a DNS name with "*." before it */

struct tee_webpki {
	X509_STORE *roots; /* NULL: the system's */
	time_t now;
};

/*
 * chain[0] is the leaf, for server authentication.  False with a sentence in
 * `why`.
 */
bool tee_webpki_chain(const struct tee_webpki *, STACK_OF(X509) * chain,
    char why[TEE_WEBPKI_WHY]);
/* Whether the leaf is one for this DNS name or IP address. */
bool tee_webpki_host(X509 *leaf, const char *host);
/* Whether the leaf is one for every name directly below this: "*." host. */
bool tee_webpki_names_below(X509 *leaf, const char *host);

#endif
