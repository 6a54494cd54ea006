/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certset: certificates and revocation lists out of one or more blobs of PEM
 * and DER, in any order and mixture, with any line ends and with text before
 * a BEGIN line.  Bounded in count and size; anything that is neither is an
 * error that says what it saw.
 */
#ifndef TEE_COMMON_CERTSET_H
#define TEE_COMMON_CERTSET_H

#include "modules/common/cert.h"

#define TEE_CERTSET_CERTS 16
#define TEE_CERTSET_CRLS 8
#define TEE_CERTSET_CRL_MAX (256 * 1024)

/* A reference to a certificate of these bytes that was parsed before. */
typedef struct tee_cert *tee_certset_known(void *user, const uint8_t *der,
    size_t size);

struct tee_certset {
	const struct tee_pki *pki;
	tee_certset_known *known; /* may be NULL */
	void *known_user;
	struct tee_cert *certs[TEE_CERTSET_CERTS];
	size_t cert_count;
	X509_CRL *crls[TEE_CERTSET_CRLS];
	size_t crl_count;
	const char *error; /* why the last add failed */
};

void tee_certset_init(struct tee_certset *, const struct tee_pki *,
    tee_certset_known *, void *user);
/* Equal certificates count once.  false: see ->error; the set stays usable. */
bool tee_certset_add(struct tee_certset *, const uint8_t *data, size_t size);
bool tee_certset_add_cert(struct tee_certset *, struct tee_cert *);
/*
 * Whether PEM or a whole element of DER begins here: a table's first GUID may
 * look like the head of one.
 */
bool tee_certset_looks_like(const uint8_t *data, size_t size);
void tee_certset_free(struct tee_certset *);

#endif
