/* SPDX-License-Identifier: Apache-2.0 */
/* signature: see signature.h. */
#include "config.h"

#include <string.h>
#include <openssl/evp.h>

#include "libtee/trust/signature.h"

void
trust_base64_write(const uint8_t *data, size_t size, char *out)
{
	EVP_EncodeBlock((unsigned char *)out, data, (int)size);
}

/*
 * Decoders pass over bits that they do not use: several texts would mean the
 * same bytes.  Encoded again, only one of them is itself.
 */
bool
trust_base64_read(const json_t *v, uint8_t *out, size_t size)
{
	uint8_t data[TRUST_BASE64(TEE_SIGNATURE_SIZE)];
	char again[TRUST_BASE64(TEE_SIGNATURE_SIZE)];
	size_t length = TRUST_BASE64(size) - 1;

	if (!json_is_string(v) || size > TEE_SIGNATURE_SIZE ||
	    json_string_length(v) != length ||
	    EVP_DecodeBlock(data, (const unsigned char *)json_string_value(v),
		(int)length) < (int)size)
		return false;
	trust_base64_write(data, size, again);
	if (memcmp(again, json_string_value(v), length) != 0)
		return false;
	memcpy(out, data, size);
	return true;
}

void
trust_signer_clear(struct trust_signer *s)
{
	EVP_PKEY_free(s->pkey);
	s->pkey = NULL;
}

static bool
import(struct trust_signer *s, const uint8_t key[TEE_PUBLIC_KEY_SIZE])
{
	if (s->pkey != NULL && memcmp(s->key, key, sizeof(s->key)) == 0)
		return true;
	trust_signer_clear(s);
	memcpy(s->key, key, sizeof(s->key));
	s->pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key,
	    TEE_PUBLIC_KEY_SIZE);
	return s->pkey != NULL;
}

bool
trust_signer_signed(struct trust_signer *s,
    const uint8_t key[TEE_PUBLIC_KEY_SIZE], const void *message, size_t size,
    const uint8_t signature[TEE_SIGNATURE_SIZE])
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool ok = md != NULL && import(s, key) &&
	    EVP_DigestVerifyInit(md, NULL, NULL, NULL, s->pkey) == 1 &&
	    EVP_DigestVerify(md, signature, TEE_SIGNATURE_SIZE, message,
		size) == 1;

	EVP_MD_CTX_free(md);
	return ok;
}

bool
trust_signature_valid(const uint8_t key[TEE_PUBLIC_KEY_SIZE],
    const void *message, size_t size,
    const uint8_t signature[TEE_SIGNATURE_SIZE])
{
	struct trust_signer s = { .pkey = NULL };
	bool ok = trust_signer_signed(&s, key, message, size, signature);

	trust_signer_clear(&s);
	return ok;
}
