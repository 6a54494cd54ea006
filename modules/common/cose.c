/* SPDX-License-Identifier: Apache-2.0 */
/* cose: see cose.h. */
#include "config.h"

#include <string.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "modules/common/cert.h"
#include "modules/common/certmemo.h"
#include "modules/common/cose.h"

#define TAG_SIGN1 0xd2 /* tag 18, in its one byte */
#define RSA_BITS 2048
#define SALT 48

static bool
refuse(struct tee_cose *c, const char *why)
{
	c->error = why;
	return false;
}

static bool
add_cert(struct tee_cose *c, const cbor_item_t *item)
{
	const uint8_t *der;
	size_t size;
	X509 *cert;

	if (!tee_cbor_bytes(item, &der, &size) || size > TEE_CERT_MAX)
		return false;
	cert = tee_certmemo_parse(der, size);
	if (cert == NULL || sk_X509_push(c->chain, cert) <= 0) {
		X509_free(cert);
		return false;
	}
	return true;
}

/* One certificate by itself, or an array of two and more. */
static bool
read_chain(struct tee_cose *c, const cbor_item_t *item)
{
	size_t count;

	if (item == NULL)
		return true;
	c->chain = sk_X509_new_null();
	if (c->chain == NULL)
		return false;
	if (!cbor_isa_array(item))
		return add_cert(c, item);
	count = cbor_array_size(item);
	if (count < 2 || count > TEE_COSE_CHAIN)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!add_cert(c, cbor_array_handle(item)[i]))
			return false;
	return true;
}

/* RFC 9054; SHA-1 and what is cut short identify nothing. */
static const EVP_MD *
hash_of(int64_t algorithm)
{
	switch (algorithm) {
	case -16:
		return EVP_sha256();
	case -43:
		return EVP_sha384();
	case -44:
		return EVP_sha512();
	default:
		return NULL;
	}
}

/* x5t names the leaf of the chain that stands beside it (RFC 9360). */
static bool
read_thumbprint(const struct tee_cose *c, const cbor_item_t *item)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	const uint8_t *given;
	const EVP_MD *hash;
	unsigned digest_size;
	int64_t algorithm;
	size_t size;

	if (item == NULL)
		return true;
	if (c->chain == NULL || !cbor_isa_array(item) ||
	    cbor_array_size(item) != 2 ||
	    !tee_cbor_integer(cbor_array_handle(item)[0], &algorithm))
		return false;
	hash = hash_of(algorithm);
	return hash != NULL &&
	    tee_cbor_bytes(cbor_array_handle(item)[1], &given, &size) &&
	    X509_digest(sk_X509_value(c->chain, 0), hash, digest,
		&digest_size) == 1 &&
	    size == digest_size && memcmp(given, digest, size) == 0;
}

static bool
read_header(struct tee_cose *c)
{
	int64_t algorithm;

	if (tee_cbor_at(c->header, TEE_COSE_CRITICAL) != NULL)
		return refuse(c, "a critical header that is not known here");
	if (!tee_cbor_integer(tee_cbor_at(c->header, TEE_COSE_ALGORITHM),
		&algorithm) ||
	    algorithm != TEE_COSE_PS384)
		return refuse(c, "the algorithm is not PS384");
	if (!read_chain(c, tee_cbor_at(c->header, TEE_COSE_X5CHAIN)))
		return refuse(c, "x5chain is no list of certificates");
	if (!read_thumbprint(c, tee_cbor_at(c->header, TEE_COSE_X5T)))
		return refuse(c,
		    "x5t is not the leaf's SHA-256, SHA-384 or SHA-512");
	return true;
}

/* protected, unprotected, payload, signature */
static bool
read_parts(struct tee_cose *c, cbor_item_t **part)
{
	cbor_item_t *unprotected = tee_cbor_map(part[1]);

	if (!tee_cbor_bytes(part[0], &c->protected, &c->protected_size))
		return refuse(c, "the protected header is no byte string");
	c->header = tee_cbor_load(c->protected, c->protected_size);
	if (c->header == NULL)
		return refuse(c,
		    "the protected header is not one CBOR item of definite "
		    "lengths");
	if (tee_cbor_map(c->header) == NULL)
		return refuse(c,
		    "the protected header is no map by integers and texts, or "
		    "has a key twice");
	if (unprotected == NULL)
		return refuse(c, "the unprotected header is no map");
	if (tee_cbor_overlap(c->header, unprotected))
		return refuse(c, "a header is both protected and not");
	if (!tee_cbor_bytes(part[2], &c->payload, &c->payload_size))
		return refuse(c, "no payload");
	if (!tee_cbor_bytes(part[3], &c->signature, &c->signature_size))
		return refuse(c, "no signature");
	return read_header(c);
}

bool
tee_cose_parse(struct tee_cose *c, const void *data, size_t size)
{
	const uint8_t *bytes = data;

	memset(c, 0, sizeof(*c));
	if (size > TEE_COSE_MAX)
		return refuse(c, "too large");
	/* libcbor before 0.10 knows no tags from 6 to 20. */
	if (size > 0 && bytes[0] == TAG_SIGN1) {
		bytes++;
		size--;
	}
	c->message = tee_cbor_load(bytes, size);
	if (c->message == NULL)
		return refuse(c, "not one CBOR item of definite lengths");
	if (!cbor_isa_array(c->message) || cbor_array_size(c->message) != 4)
		return refuse(c, "not an array of four, under tag 18 or none");
	return read_parts(c, cbor_array_handle(c->message));
}

void
tee_cose_free(struct tee_cose *c)
{
	sk_X509_pop_free(c->chain, X509_free);
	if (c->header != NULL)
		cbor_decref(&c->header);
	if (c->message != NULL)
		cbor_decref(&c->message);
	memset(c, 0, sizeof(*c));
}

static bool
update(EVP_MD_CTX *ctx, const uint8_t *data, size_t size)
{
	unsigned char head[16];
	size_t n = cbor_encode_bytestring_start(size, head, sizeof(head));

	return n > 0 && EVP_DigestVerifyUpdate(ctx, head, n) == 1 &&
	    (size == 0 || EVP_DigestVerifyUpdate(ctx, data, size) == 1);
}

static bool
begin(EVP_MD_CTX *ctx, EVP_PKEY *key)
{
	EVP_PKEY_CTX *pctx;

	return EVP_DigestVerifyInit(ctx, &pctx, EVP_sha384(), NULL, key) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md(pctx, EVP_sha384()) == 1 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, SALT) == 1;
}

/* Over the Sig_structure: "Signature1", protected, no external data, payload */
bool
tee_cose_verify(const struct tee_cose *c, EVP_PKEY *key)
{
	static const uint8_t context[] = "\x84\x6aSignature1";
	EVP_MD_CTX *ctx;
	bool ok;

	if (key == NULL || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA ||
	    EVP_PKEY_get_bits(key) < RSA_BITS)
		return false;
	ctx = EVP_MD_CTX_new();
	ok = ctx != NULL && begin(ctx, key) &&
	    EVP_DigestVerifyUpdate(ctx, context, sizeof(context) - 1) == 1 &&
	    update(ctx, c->protected, c->protected_size) &&
	    update(ctx, NULL, 0) && update(ctx, c->payload, c->payload_size) &&
	    EVP_DigestVerifyFinal(ctx, c->signature, c->signature_size) == 1;
	EVP_MD_CTX_free(ctx);
	return ok;
}
