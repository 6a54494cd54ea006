/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cert: one X.509 certificate with the bytes it came in, and the signature
 * rule that every AMD certificate follows: RSASSA-PSS, SHA-384, MGF1-SHA-384,
 * 48 bytes of salt.  Signatures are checked over the bytes as received.
 */
#ifndef TEE_COMMON_CERT_H
#define TEE_COMMON_CERT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <openssl/provider.h>
#include <openssl/x509.h>

#define TEE_CERT_MAX 8192 /* AMD's largest has 1674 bytes */

enum tee_cert_key {
	TEE_CERT_KEY_OTHER = 0,
	TEE_CERT_KEY_RSA,
	TEE_CERT_KEY_P384
};

/*
 * What is fetched from OpenSSL once in a process, however many lines have a
 * reference to it; shared by any number of threads.
 */
struct tee_pki {
	unsigned references; /* pki.c locks it */
	OSSL_LIB_CTX *bare;  /* a context without key decoders */
	OSSL_PROVIDER *null; /* the only provider in it */
	EVP_MD *sha256;
	EVP_MD *sha384;
	EVP_PKEY *p384; /* the curve's parameters, no key */
};

/* Immutable once made, so references may be shared between threads. */
struct tee_cert {
	atomic_uint references;
	uint8_t *der;
	size_t size;
	const uint8_t *tbs; /* the signed part, inside der */
	size_t tbs_size;
	uint8_t digest[32]; /* SHA-256 of der */
	uint8_t pin[32];    /* self-issued: SHA-256 of its SPKI */
	X509 *x509;
	EVP_PKEY *key; /* NULL where key_kind is OTHER */
	enum tee_cert_key key_kind;
	time_t not_before;
	time_t not_after;
	/* cert_use.c */
	bool is_ca;
	long path_length; /* -1: no limit */
	bool signs_certs;
	bool signs_lists;
	bool unknown_critical; /* beside basicConstraints and keyUsage */
};

struct tee_pki *tee_pki_new(void);
void tee_pki_free(struct tee_pki **);
bool tee_pki_sha256(const struct tee_pki *, const void *data, size_t size,
    uint8_t out[32]);
/* A P-384 key from its 97-byte uncompressed point; NULL where off the curve. */
EVP_PKEY *tee_pki_p384(const struct tee_pki *, const uint8_t *point,
    size_t size);

/*
 * Of the DER sequence that begins here, without what is behind it; 0: none,
 * or not all of it.
 */
size_t tee_cert_der_size(const uint8_t *data, size_t size);
/* `digest` is SHA-256 of der, which must hold one certificate exactly. */
struct tee_cert *tee_cert_parse(const struct tee_pki *, const uint8_t *der,
    size_t size, const uint8_t digest[32]);
void tee_cert_read_use(struct tee_cert *); /* done by the parse */
struct tee_cert *tee_cert_ref(struct tee_cert *);
void tee_cert_free(struct tee_cert **);

bool tee_cert_self_issued(const struct tee_cert *);
bool tee_cert_spki_sha256(const struct tee_pki *, const struct tee_cert *,
    uint8_t out[32]);
/* The one commonName of a name, or NULL; *size without terminator. */
const char *tee_cert_common_name(const X509_NAME *, size_t *size);
/* PSS parameters as above, compared by value: encodings differ in the field. */
bool tee_cert_pss_sha384(const X509_ALGOR *);
bool tee_cert_signed_by(const struct tee_pki *, const struct tee_cert *,
    const struct tee_cert *issuer);
/* false where the ASN.1 time is malformed or beyond time_t. */
bool tee_cert_time(const ASN1_TIME *, time_t *out);

#endif
