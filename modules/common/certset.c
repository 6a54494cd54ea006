/* SPDX-License-Identifier: Apache-2.0 */
/* certset: see certset.h. */
#include "config.h"

#include <limits.h>
#include <string.h>
#include <openssl/pem.h>

#include "modules/common/certset.h"
#include "modules/common/reader.h"

#define BEGIN "-----BEGIN "
#define END "-----END "
#define DASHES "-----"
#define LABEL_MAX 32

void
tee_certset_init(struct tee_certset *set, const struct tee_pki *pki,
    tee_certset_known *known, void *user)
{
	memset(set, 0, sizeof(*set));
	set->pki = pki;
	set->known = known;
	set->known_user = user;
}

void
tee_certset_free(struct tee_certset *set)
{
	for (size_t i = 0; i < set->cert_count; i++)
		tee_cert_free(&set->certs[i]);
	for (size_t i = 0; i < set->crl_count; i++)
		X509_CRL_free(set->crls[i]);
	set->cert_count = set->crl_count = 0;
}

static bool
failed(struct tee_certset *set, const char *why)
{
	set->error = why;
	return false;
}

static bool
holds(const struct tee_certset *set, const uint8_t digest[32])
{
	for (size_t i = 0; i < set->cert_count; i++)
		if (memcmp(set->certs[i]->digest, digest, 32) == 0)
			return true;
	return false;
}

bool
tee_certset_add_cert(struct tee_certset *set, struct tee_cert *cert)
{
	if (holds(set, cert->digest))
		return true;
	if (set->cert_count == TEE_CERTSET_CERTS)
		return failed(set, "more than 16 certificates");
	set->certs[set->cert_count++] = tee_cert_ref(cert);
	return true;
}

static bool
add_cert_der(struct tee_certset *set, const uint8_t *der, size_t size)
{
	struct tee_cert *cert = NULL;
	uint8_t digest[32];
	bool ok;

	if (size > TEE_CERT_MAX)
		return failed(set, "a certificate of more than 8 KiB");
	if (set->known != NULL)
		cert = set->known(set->known_user, der, size);
	if (cert == NULL && !tee_pki_sha256(set->pki, der, size, digest))
		return failed(set, "SHA-256 failed");
	if (cert == NULL)
		cert = tee_cert_parse(set->pki, der, size, digest);
	if (cert == NULL)
		return failed(set, "not a well-formed certificate");
	ok = tee_certset_add_cert(set, cert);
	tee_cert_free(&cert);
	return ok;
}

static bool
add_crl_der(struct tee_certset *set, const uint8_t *der, size_t size)
{
	const unsigned char *p = der;
	X509_CRL *crl;

	if (size > TEE_CERTSET_CRL_MAX)
		return failed(set, "a revocation list of more than 256 KiB");
	if (set->crl_count == TEE_CERTSET_CRLS)
		return failed(set, "more than 8 revocation lists");
	crl = d2i_X509_CRL(NULL, &p, (long)size);
	if (crl == NULL || p != der + size) {
		X509_CRL_free(crl);
		return failed(set, "not a well-formed revocation list");
	}
	set->crls[set->crl_count++] = crl;
	return true;
}

/*
 * A TBSCertificate begins with its version [0] or, in version 1, with two
 * integers; a TBSCertList with one integer or none, then a SEQUENCE.  AMD's
 * certificates are version 3, so [0] tells the two apart.
 */
static bool
is_cert(const uint8_t *der, size_t size)
{
	const unsigned char *p = der, *end = der + size;
	long inner;
	int tag, class;

	for (int depth = 0; depth < 2; depth++)
		if ((ASN1_get_object(&p, &inner, &tag, &class,
			 (long)(end - p)) &
			0x80) != 0)
			return false;
	return p < end && *p == 0xa0;
}

static bool
add_der(struct tee_certset *set, const uint8_t *der, size_t size)
{
	return is_cert(der, size) ? add_cert_der(set, der, size) :
				    add_crl_der(set, der, size);
}

/* The length of the DER element that begins here; 0 where it does not fit. */
static size_t
der_size(const uint8_t *data, size_t size)
{
	const unsigned char *p = data;
	long inner;
	int tag, class, ret;

	if (size > LONG_MAX)
		return 0;
	ret = ASN1_get_object(&p, &inner, &tag, &class, (long)size);
	if ((ret & 0x80) != 0 || (ret & 1) != 0 || tag != V_ASN1_SEQUENCE)
		return 0;
	return (size_t)(p - data) + (size_t)inner;
}

static const uint8_t *
find(const uint8_t *data, size_t size, const char *text)
{
	return memmem(data, size, text, strlen(text));
}

/* The PEM block that begins here, up to and with its END line's dashes. */
static size_t
pem_size(const uint8_t *data, size_t size)
{
	const uint8_t *end = find(data, size, END), *tail;
	size_t after;

	if (end == NULL)
		return 0;
	end += strlen(END);
	after = size - (size_t)(end - data);
	tail = find(end, after, DASHES);
	if (tail == NULL || tail - end > LABEL_MAX)
		return 0;
	return (size_t)(tail - data) + strlen(DASHES);
}

static bool
add_pem(struct tee_certset *set, const uint8_t *data, size_t size)
{
	char *label = NULL, *header = NULL;
	unsigned char *der = NULL;
	long der_len = 0;
	bool ok;
	BIO *bio = size > INT_MAX ? NULL : BIO_new_mem_buf(data, (int)size);

	if (bio == NULL ||
	    PEM_read_bio(bio, &label, &header, &der, &der_len) != 1)
		ok = failed(set, "a PEM block that does not decode");
	else if (strcmp(label, PEM_STRING_X509) == 0)
		ok = add_cert_der(set, der, (size_t)der_len);
	else if (strcmp(label, PEM_STRING_X509_CRL) == 0)
		ok = add_crl_der(set, der, (size_t)der_len);
	else
		ok = failed(set,
		    "a PEM block that is neither CERTIFICATE nor "
		    "X509 CRL");
	OPENSSL_free(label);
	OPENSSL_free(header);
	OPENSSL_free(der);
	BIO_free(bio);
	return ok;
}

/* White space between blocks, and the zero bytes that pad some blobs. */
static void
skip_blank(struct tee_reader *r)
{
	while (r->pos < r->size &&
	    (r->data[r->pos] == '\0' ||
		strchr(" \t\r\n", r->data[r->pos]) != NULL))
		r->pos++;
}

static bool
starts_pem(const uint8_t *data, size_t size)
{
	return size >= strlen(BEGIN) && memcmp(data, BEGIN, strlen(BEGIN)) == 0;
}

/*
 * What "openssl x509 -text" and browsers write before a BEGIN line; 0 where
 * there is no such line, or anything but text before it.
 */
static size_t
text_size(const uint8_t *data, size_t size)
{
	bool line = true;

	for (size_t i = 0; i < size; i++) {
		uint8_t c = data[i];

		if (line && starts_pem(data + i, size - i))
			return i;
		line = c == '\n' || c == '\r';
		if ((c < ' ' && c != '\t' && !line) || c == 0x7f)
			return 0;
	}
	return 0;
}

static bool
no_form(struct tee_certset *set, const uint8_t *data)
{
	return failed(set,
	    data[0] == '{' ?
		"JSON: THIM's holds certificates; give its vcekCert and "
		"certificateChain as PEM" :
		"neither PEM nor DER");
}

static bool
add_one(struct tee_certset *set, struct tee_reader *r)
{
	size_t text = text_size(r->data + r->pos, tee_reader_left(r));
	const uint8_t *data = r->data + r->pos + text;
	size_t left = tee_reader_left(r) - text, size;
	bool pem = starts_pem(data, left);

	(void)tee_reader_bytes(r, text);
	if (!pem && data[0] != (V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED))
		return no_form(set, data);
	size = pem ? pem_size(data, left) : der_size(data, left);
	if (tee_reader_bytes(r, size) == NULL || size == 0)
		return failed(set, "a block that is cut short");
	return pem ? add_pem(set, data, size) : add_der(set, data, size);
}

bool
tee_certset_add(struct tee_certset *set, const uint8_t *data, size_t size)
{
	struct tee_reader r;

	tee_reader_init(&r, data, size);
	for (skip_blank(&r); tee_reader_left(&r) > 0; skip_blank(&r))
		if (!add_one(set, &r))
			return false;
	return true;
}

/* A sequence in a sequence that fits: both are, and other bytes hardly. */
static bool
starts_der(const uint8_t *data, size_t size)
{
	const unsigned char *p = data;
	size_t whole = size > 0 ? der_size(data, size) : 0;
	long inner;
	int tag, class;

	if (whole == 0 || whole > size)
		return false;
	(void)ASN1_get_object(&p, &inner, &tag, &class, (long)size);
	return p < data + whole && *p == (V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED);
}

bool
tee_certset_looks_like(const uint8_t *data, size_t size)
{
	struct tee_reader r;

	tee_reader_init(&r, data, size);
	while (r.pos < r.size && strchr(" \t\r\n", r.data[r.pos]) != NULL &&
	    r.data[r.pos] != '\0')
		r.pos++;
	return starts_pem(r.data + r.pos, tee_reader_left(&r)) ||
	    text_size(r.data + r.pos, tee_reader_left(&r)) > 0 ||
	    starts_der(data, size);
}
