/* SPDX-License-Identifier: Apache-2.0 */
/* rsakey: see rsakey.h. */
#include "config.h"

#include <string.h>
#include <openssl/asn1.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include "modules/snp_azure/rsakey.h"

#define BITS 2048

static const char *const names[AZURE_RSA_PARTS] = { OSSL_PKEY_PARAM_RSA_N,
	OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D,
	OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
	OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2,
	OSSL_PKEY_PARAM_RSA_COEFFICIENT1 };

static bool
take_number(const EVP_PKEY *key, const char *name, uint8_t *out, size_t *size)
{
	BIGNUM *n = NULL;
	bool ok = EVP_PKEY_get_bn_param(key, name, &n) == 1 &&
	    BN_num_bytes(n) <= AZURE_RSA_PART;

	if (ok)
		*size = (size_t)BN_bn2bin(n, out);
	BN_clear_free(n);
	return ok;
}

static int
go_on(EVP_PKEY_CTX *ctx)
{
	const atomic_bool *stop = EVP_PKEY_CTX_get_app_data(ctx);

	return !atomic_load(stop);
}

static EVP_PKEY *
generate(const atomic_bool *stop)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *key = NULL;

	if (ctx != NULL && EVP_PKEY_keygen_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, BITS) == 1) {
		EVP_PKEY_CTX_set_app_data(ctx, (void *)(uintptr_t)stop);
		EVP_PKEY_CTX_set_cb(ctx, stop != NULL ? go_on : NULL);
		if (EVP_PKEY_generate(ctx, &key) != 1)
			key = NULL;
	}
	EVP_PKEY_CTX_free(ctx);
	return key;
}

bool
tee_azure_rsa_generate(struct azure_rsa *rsa, const atomic_bool *stop)
{
	EVP_PKEY *key = generate(stop);
	bool ok = key != NULL;

	for (unsigned i = 0; ok && i < AZURE_RSA_PARTS; i++)
		ok = take_number(key, names[i], rsa->part[i], &rsa->size[i]);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return ok;
}

/* DER: one element of this tag, whose content begins at *p. */
static bool
enter(const uint8_t **p, const uint8_t *end, int want, long *size)
{
	int tag, class;

	return *p < end &&
	    (ASN1_get_object(p, size, &tag, &class, (long)(end - *p)) & 0x81) ==
	    0 &&
	    tag == want && class == V_ASN1_UNIVERSAL && *size <= end - *p;
}

/* The content as it is, minimal and not negative. */
static bool
take_integer(const uint8_t **p, const uint8_t *end, uint8_t *out, size_t room,
    size_t *size)
{
	const uint8_t *data = *p;
	long n;

	if (!enter(&data, end, V_ASN1_INTEGER, &n) || n < 1 ||
	    (data[0] & 0x80) != 0)
		return false;
	*p = data + n;
	if (data[0] == 0 && n > 1) {
		if ((data[1] & 0x80) == 0)
			return false;
		data++;
		n--;
	}
	if ((size_t)n > room)
		return false;
	memcpy(out, data, (size_t)n);
	*size = (size_t)n;
	return true;
}

static bool
take_version(const uint8_t **p, const uint8_t *end)
{
	uint8_t version = 1;
	size_t size;

	return take_integer(p, end, &version, 1, &size) && version == 0;
}

/* rsaEncryption with NULL parameters. */
static bool
take_algorithm(const uint8_t **p, const uint8_t *end)
{
	static const uint8_t rsa[] = { 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48,
		0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00 };

	if ((size_t)(end - *p) < sizeof(rsa) ||
	    memcmp(*p, rsa, sizeof(rsa)) != 0)
		return false;
	*p += sizeof(rsa);
	return true;
}

static bool
take_parts(struct azure_rsa *rsa, const uint8_t *p, const uint8_t *end)
{
	long size;
	bool ok = enter(&p, end, V_ASN1_SEQUENCE, &size) && p + size == end &&
	    take_version(&p, end);

	for (unsigned i = 0; ok && i < AZURE_RSA_PARTS; i++)
		ok = take_integer(&p, end, rsa->part[i], AZURE_RSA_PART,
		    &rsa->size[i]);
	return ok && p == end && rsa->size[AZURE_RSA_N] >= BITS / 8;
}

bool
tee_azure_rsa_pkcs8(struct azure_rsa *rsa, const uint8_t *der, size_t size)
{
	const uint8_t *p = der, *end = der + size;
	long n;
	bool ok = enter(&p, end, V_ASN1_SEQUENCE, &n) && p + n == end &&
	    take_version(&p, end) && take_algorithm(&p, end) &&
	    enter(&p, end, V_ASN1_OCTET_STRING, &n);

	/* Attributes may follow; Key Vault writes none. */
	ok = ok && p + n == end && take_parts(rsa, p, end);
	ERR_clear_error();
	if (!ok)
		OPENSSL_cleanse(rsa, sizeof(*rsa));
	return ok;
}

/* A number as the provider takes it: least byte first on this machine. */
static void
reverse(uint8_t *out, const uint8_t *in, size_t size)
{
	for (size_t i = 0; i < size; i++)
		out[i] = in[size - 1 - i];
}

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "OSSL_PARAM integers are in the machine's order: see reverse()"
#endif

EVP_PKEY *
tee_azure_rsa_open(const struct azure_rsa *rsa)
{
	uint8_t native[AZURE_RSA_PARTS][AZURE_RSA_PART];
	OSSL_PARAM params[AZURE_RSA_PARTS + 1];
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *key = NULL;

	for (unsigned i = 0; i < AZURE_RSA_PARTS; i++) {
		reverse(native[i], rsa->part[i], rsa->size[i]);
		params[i] =
		    OSSL_PARAM_construct_BN(names[i], native[i], rsa->size[i]);
	}
	params[AZURE_RSA_PARTS] = OSSL_PARAM_construct_end();
	if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) != 1)
		key = NULL;
	OPENSSL_cleanse(native, sizeof(native));
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return key;
}
