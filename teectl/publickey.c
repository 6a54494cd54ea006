/* SPDX-License-Identifier: Apache-2.0 */
/* publickey: see publickey.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "teectl/file.h"
#include "teectl/publickey.h"
#include "teectl/text.h"

static EVP_PKEY *
to_pkey(const uint8_t key[TEE_PUBLIC_KEY_SIZE])
{
	return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key,
	    TEE_PUBLIC_KEY_SIZE);
}

bool
publickey_write_pem(const char *path, const uint8_t key[TEE_PUBLIC_KEY_SIZE])
{
	EVP_PKEY *pkey = to_pkey(key);
	BIO *bio = BIO_new(BIO_s_mem());
	char *pem = NULL;
	bool ok = false;
	long size;

	if (pkey != NULL && bio != NULL && PEM_write_bio_PUBKEY(bio, pkey)) {
		size = BIO_get_mem_data(bio, &pem);
		ok = size > 0 && file_write(path, pem, (size_t)size);
	} else {
		fprintf(stderr, "teectl: the public key cannot be encoded\n");
	}
	BIO_free(bio);
	EVP_PKEY_free(pkey);
	return ok;
}

json_t *
publickey_jwk(const uint8_t key[TEE_PUBLIC_KEY_SIZE], const char *did,
    size_t did_size)
{
	char *x = text_base64(key, TEE_PUBLIC_KEY_SIZE, true);
	/* clang-format off */
	json_t *jwk = json_pack("{s:s, s:s, s:s?, s:o, s:s}", "kty", "OKP",
	    "crv", "Ed25519", "x", x, "kid", text_json_bytes(did, did_size),
	    "use", "sig");
	/* clang-format on */

	free(x);
	return jwk;
}

bool
publickey_verify(const uint8_t key[TEE_PUBLIC_KEY_SIZE], const void *message,
    size_t size, const uint8_t signature[TEE_SIGNATURE_SIZE])
{
	EVP_PKEY *pkey = to_pkey(key);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool ok = pkey != NULL && md != NULL &&
	    EVP_DigestVerifyInit(md, NULL, NULL, NULL, pkey) == 1 &&
	    EVP_DigestVerify(md, signature, TEE_SIGNATURE_SIZE, message,
		size) == 1;

	EVP_MD_CTX_free(md);
	EVP_PKEY_free(pkey);
	return ok;
}
