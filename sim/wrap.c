/* SPDX-License-Identifier: Apache-2.0 */
/* wrap: see wrap.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "sim/wrap.h"

#define KEK_SIZE 32
#define RSA_MAX 1024

const EVP_MD *
tee_sim_wrap_digest(const char *enc)
{
	if (enc == NULL || strcmp(enc, "CKM_RSA_AES_KEY_WRAP") == 0)
		return EVP_sha1();
	if (strcmp(enc, "RSA_AES_KEY_WRAP_256") == 0)
		return EVP_sha256();
	if (strcmp(enc, "RSA_AES_KEY_WRAP_384") == 0)
		return EVP_sha384();
	return NULL;
}

static bool
oaep(EVP_PKEY *rsa, const EVP_MD *md, const uint8_t kek[KEK_SIZE],
    struct sim_blob *out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(rsa, NULL);
	uint8_t block[RSA_MAX];
	size_t size = sizeof(block);
	bool ok;

	ok = ctx != NULL && EVP_PKEY_encrypt_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_rsa_oaep_md(ctx, md) == 1 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, md) == 1 &&
	    EVP_PKEY_encrypt(ctx, block, &size, kek, KEK_SIZE) == 1 &&
	    tee_sim_blob_append(out, block, size);
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

static bool
key_wrap(const uint8_t kek[KEK_SIZE], const void *key, size_t size,
    struct sim_blob *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t *wrapped = malloc(size + 32);
	int n = 0, tail = 0;
	bool ok;

	if (ctx != NULL)
		EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	ok = ctx != NULL && wrapped != NULL &&
	    EVP_EncryptInit_ex(ctx, EVP_aes_256_wrap_pad(), NULL, kek, NULL) ==
		1 &&
	    EVP_EncryptUpdate(ctx, wrapped, &n, key, (int)size) == 1 &&
	    EVP_EncryptFinal_ex(ctx, wrapped + n, &tail) == 1 &&
	    tee_sim_blob_append(out, wrapped, (size_t)(n + tail));
	free(wrapped);
	EVP_CIPHER_CTX_free(ctx);
	return ok;
}

bool
tee_sim_wrap(EVP_PKEY *rsa, const EVP_MD *md, const void *key, size_t size,
    struct sim_blob *out)
{
	uint8_t kek[KEK_SIZE];

	return size <= 64 * 1024 && RAND_bytes(kek, sizeof(kek)) == 1 &&
	    oaep(rsa, md, kek, out) && key_wrap(kek, key, size, out);
}
