/* SPDX-License-Identifier: Apache-2.0 */
/*
 * azure_seed: which Ed25519 public key an agent has whose seed comes of a key
 * in the simulator's vault, reckoned without libtee.
 *
 *	azure_seed oct <NAME.json		the key's own 32 bytes
 *	azure_seed hkdf SALT LABEL <NAME.json	HKDF-SHA-256 of d; SALT in hex
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/x509.h>

#define SEED 32

/* base64url as OpenSSL reads it. */
static unsigned char *
decode(const char *text, size_t *size)
{
	size_t n = text != NULL ? strlen(text) : 0;
	unsigned char *out = malloc(n + 8);
	char *plain = malloc(n + 8);

	*size = n / 4 * 3 + (n % 4 > 0 ? n % 4 - 1 : 0);
	for (size_t i = 0; i < n; i++)
		plain[i] = text[i] == '-' ? '+' :
		    text[i] == '_'        ? '/' :
					    text[i];
	for (; n % 4 > 0; n++)
		plain[n] = '=';
	if (EVP_DecodeBlock(out, (unsigned char *)plain, (int)n) < 0)
		*size = 0;
	free(plain);
	return out;
}

static int
hkdf(const unsigned char *ikm, size_t size, const char *salt, char *label,
    unsigned char seed[SEED])
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	unsigned char key[1024], bytes[256];
	size_t n = 0;
	char sha256[] = "SHA256";
	OSSL_PARAM params[5];
	int ok = size <= sizeof(key) &&
	    OPENSSL_hexstr2buf_ex(bytes, sizeof(bytes), &n, salt, '\0') == 1;

	memcpy(key, ikm, ok ? size : 0);
	params[0] =
	    OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, sha256, 0);
	params[1] =
	    OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key, size);
	params[2] =
	    OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, bytes, n);
	params[3] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO,
	    label, strlen(label));
	params[4] = OSSL_PARAM_construct_end();
	ok = ok && EVP_KDF_derive(ctx, seed, SEED, params) == 1;
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return ok;
}

static int
of_rsa(const unsigned char *der, size_t size, const char *salt, char *label,
    unsigned char seed[SEED])
{
	EVP_PKEY *rsa = d2i_AutoPrivateKey(NULL, &der, (long)size);
	unsigned char d[1024];
	BIGNUM *bn = NULL;
	int ok = rsa != NULL &&
	    EVP_PKEY_get_bn_param(rsa, OSSL_PKEY_PARAM_RSA_D, &bn) == 1 &&
	    (size_t)BN_num_bytes(bn) <= sizeof(d) &&
	    hkdf(d, (size_t)BN_bn2bin(bn, d), salt, label, seed);

	BN_clear_free(bn);
	EVP_PKEY_free(rsa);
	return ok;
}

static int
print_public(const unsigned char seed[SEED])
{
	EVP_PKEY *key =
	    EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, SEED);
	unsigned char raw[32];
	size_t size = sizeof(raw);
	int ok =
	    key != NULL && EVP_PKEY_get_raw_public_key(key, raw, &size) == 1;

	for (size_t i = 0; ok && i < size; i++)
		printf("%02x", raw[i]);
	if (ok)
		printf("\n");
	EVP_PKEY_free(key);
	return ok;
}

int
main(int argc, char **argv)
{
	json_t *root = json_loadf(stdin, 0, NULL);
	unsigned char seed[SEED];
	size_t size = 0;
	unsigned char *secret =
	    decode(json_string_value(json_object_get(root, "secret")), &size);
	int ok = 0;

	if (argc == 2 && strcmp(argv[1], "oct") == 0 && size == SEED) {
		memcpy(seed, secret, SEED);
		ok = 1;
	} else if (argc == 4 && strcmp(argv[1], "hkdf") == 0) {
		ok = of_rsa(secret, size, argv[2], argv[3], seed);
	}
	ok = ok && print_public(seed);
	OPENSSL_cleanse(seed, sizeof(seed));
	free(secret);
	json_decref(root);
	return ok ? 0 : 1;
}
