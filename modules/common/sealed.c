/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sealed: see sealed.h.  The secret side goes through OpenSSL and the
 * caller's memory alone: JSON libraries copy what they hold and wipe nothing.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "modules/common/base64.h"
#include "modules/common/sealed.h"
#include "modules/common/sealed_header.h"

#define CEK_SIZE 32
#define RSA_MIN_BITS 2048
#define RSA_MAX 1024 /* bytes */

static bool
set_oaep(EVP_PKEY_CTX *ctx)
{
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256()) == 1 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) == 1;
}

static bool
is_vault_key(EVP_PKEY *key)
{
	return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA &&
	    EVP_PKEY_get_bits(key) >= RSA_MIN_BITS &&
	    EVP_PKEY_get_size(key) <= RSA_MAX;
}

static bool
encrypt_key(EVP_PKEY *vault_key, const uint8_t cek[CEK_SIZE], uint8_t *out,
    size_t *size)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(vault_key, NULL);
	bool ok;

	*size = RSA_MAX;
	ok = ctx != NULL && EVP_PKEY_encrypt_init(ctx) == 1 && set_oaep(ctx) &&
	    EVP_PKEY_encrypt(ctx, out, size, cek, CEK_SIZE) == 1;
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

static bool
decrypt_key(const struct tee_sealed *s, EVP_PKEY *vault_key,
    uint8_t cek[CEK_SIZE])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(vault_key, NULL);
	uint8_t plain[RSA_MAX];
	size_t n = sizeof(plain);
	bool ok;

	ok = ctx != NULL &&
	    s->key_size == (size_t)EVP_PKEY_get_size(vault_key) &&
	    EVP_PKEY_decrypt_init(ctx) == 1 && set_oaep(ctx) &&
	    EVP_PKEY_decrypt(ctx, plain, &n, s->key, s->key_size) == 1 &&
	    n == CEK_SIZE;
	if (ok)
		memcpy(cek, plain, CEK_SIZE);
	OPENSSL_cleanse(plain, sizeof(plain));
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

/* The header is additional data: it cannot be exchanged. */
static bool
gcm(bool encrypt, const uint8_t cek[CEK_SIZE], const char *header,
    const uint8_t iv[12], const uint8_t in[TEE_SEED_SIZE],
    uint8_t out[TEE_SEED_SIZE], uint8_t tag[16])
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t rest[16];
	int n = 0;
	bool ok = ctx != NULL &&
	    EVP_CipherInit_ex(ctx, EVP_aes_256_gcm(), NULL, cek, iv, encrypt) ==
		1 &&
	    EVP_CipherUpdate(ctx, NULL, &n, (const uint8_t *)header,
		(int)strlen(header)) == 1 &&
	    EVP_CipherUpdate(ctx, out, &n, in, TEE_SEED_SIZE) == 1 &&
	    n == TEE_SEED_SIZE;

	if (ok && !encrypt)
		ok = EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, 16, tag) ==
		    1;
	ok = ok && EVP_CipherFinal_ex(ctx, rest, &n) == 1 && n == 0;
	if (ok && encrypt)
		ok = EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, 16, tag) ==
		    1;
	EVP_CIPHER_CTX_free(ctx);
	return ok;
}

bool
tee_sealed_open(const struct tee_sealed *s, EVP_PKEY *vault_key,
    uint8_t seed[TEE_SEED_SIZE])
{
	uint8_t cek[CEK_SIZE], tag[16];
	bool ok;

	memcpy(tag, s->tag, sizeof(tag));
	ok = is_vault_key(vault_key) && decrypt_key(s, vault_key, cek) &&
	    gcm(false, cek, s->header, s->iv, s->seed, seed, tag);
	OPENSSL_cleanse(cek, sizeof(cek));
	ERR_clear_error();
	if (!ok)
		OPENSSL_cleanse(seed, TEE_SEED_SIZE);
	return ok;
}

/* Five parts, dots between. */
static char *
join(const struct tee_sealed *s)
{
	char *key = tee_b64_encode(TEE_BASE64_URL, s->key, s->key_size);
	char *iv = tee_b64_encode(TEE_BASE64_URL, s->iv, sizeof(s->iv));
	char *seed = tee_b64_encode(TEE_BASE64_URL, s->seed, sizeof(s->seed));
	char *tag = tee_b64_encode(TEE_BASE64_URL, s->tag, sizeof(s->tag));
	char *out = malloc(TEE_SEALED_MAX);
	int n = -1;

	if (key != NULL && iv != NULL && seed != NULL && tag != NULL &&
	    out != NULL)
		n = snprintf(out, TEE_SEALED_MAX, "%s.%s.%s.%s.%s", s->header,
		    key, iv, seed, tag);
	free(key);
	free(iv);
	free(seed);
	free(tag);
	if (n > 0 && n < TEE_SEALED_MAX)
		return out;
	free(out);
	return NULL;
}

char *
tee_sealed_make(EVP_PKEY *vault_key, const char *kid, const char *did,
    size_t did_size, const uint8_t public_key[TEE_PUBLIC_KEY_SIZE],
    const uint8_t seed[TEE_SEED_SIZE])
{
	struct tee_sealed s = { 0 };
	uint8_t cek[CEK_SIZE], key[RSA_MAX];
	char *out = NULL;

	s.header = tee_sealed_header_make(kid, did, did_size, public_key);
	s.key = key;
	if (s.header != NULL && is_vault_key(vault_key) &&
	    RAND_priv_bytes(cek, sizeof(cek)) == 1 &&
	    RAND_bytes(s.iv, sizeof(s.iv)) == 1 &&
	    encrypt_key(vault_key, cek, key, &s.key_size) &&
	    gcm(true, cek, s.header, s.iv, seed, s.seed, s.tag))
		out = join(&s);
	OPENSSL_cleanse(cek, sizeof(cek));
	free(s.header);
	ERR_clear_error();
	return out;
}

void
tee_sealed_free(struct tee_sealed *s)
{
	free(s->kid);
	free(s->did);
	free(s->header);
	free(s->key);
	memset(s, 0, sizeof(*s));
}
