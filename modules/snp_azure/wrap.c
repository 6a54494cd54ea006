/* SPDX-License-Identifier: Apache-2.0 */
/* wrap: see wrap.h. */
#include "config.h"

#include <string.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include "modules/snp_azure/wrap.h"

#define BLOCK 8

const char *const tee_azure_enc_words[] = { "RSA_AES_KEY_WRAP_256",
	"RSA_AES_KEY_WRAP_384", "CKM_RSA_AES_KEY_WRAP", NULL };

static const EVP_MD *
digest(enum azure_enc enc)
{
	switch (enc) {
	case AZURE_ENC_256:
		return EVP_sha256();
	case AZURE_ENC_384:
		return EVP_sha384();
	case AZURE_ENC_SHA1:
		return EVP_sha1();
	}
	return NULL;
}

bool
tee_azure_unwrap_kek(EVP_PKEY *rsa, enum azure_enc enc, const uint8_t *data,
    size_t size, uint8_t kek[AZURE_KEK_SIZE])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(rsa, NULL);
	const EVP_MD *md = digest(enc);
	uint8_t plain[AZURE_RSA_MAX];
	size_t n = sizeof(plain);
	bool ok;

	ok = ctx != NULL && md != NULL &&
	    EVP_PKEY_get_size(rsa) <= AZURE_RSA_MAX &&
	    size == (size_t)EVP_PKEY_get_size(rsa) &&
	    EVP_PKEY_decrypt_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_rsa_oaep_md(ctx, md) == 1 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, md) == 1 &&
	    EVP_PKEY_decrypt(ctx, plain, &n, data, size) == 1 &&
	    n == AZURE_KEK_SIZE;
	if (ok)
		memcpy(kek, plain, AZURE_KEK_SIZE);
	else
		OPENSSL_cleanse(kek, AZURE_KEK_SIZE);
	OPENSSL_cleanse(plain, sizeof(plain));
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}

bool
tee_azure_unwrap_key(const uint8_t kek[AZURE_KEK_SIZE], const uint8_t *data,
    size_t size, uint8_t *out, size_t room, size_t *out_size)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0;
	bool ok;

	/* OpenSSL writes whole blocks before it knows the length. */
	ok = ctx != NULL && size >= 2 * BLOCK && size % BLOCK == 0 &&
	    size <= room && size <= AZURE_RELEASED_MAX;
	if (ok)
		EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	ok = ok &&
	    EVP_DecryptInit_ex(ctx, EVP_aes_256_wrap_pad(), NULL, kek, NULL) ==
		1 &&
	    EVP_DecryptUpdate(ctx, out, &n, data, (int)size) == 1 && n > 0;
	EVP_CIPHER_CTX_free(ctx);
	ERR_clear_error();
	if (!ok) {
		OPENSSL_cleanse(out, room);
		return false;
	}
	*out_size = (size_t)n;
	return true;
}
