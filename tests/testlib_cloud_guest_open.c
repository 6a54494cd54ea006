/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_cloud_guest_open: AzureGuest's encrypted answer, see testlib_cloud_guest.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/rsa.h>

#include "tests/testlib_cloud_guest.h"

#define KEY 32
#define IV 12
#define TAG 16
#define AAD "Transport Key"

/* Standard base64, which libcrypto reads with its padding in the length. */
static uint8_t *
take(const json_t *object, const char *name, size_t *size)
{
	const char *text = json_string_value(json_object_get(object, name));
	size_t length = text != NULL ? strlen(text) : 0;
	uint8_t *out = calloc(1, length + 1);
	int n;

	ck_assert_msg(length > 0, "%s", name);
	n = EVP_DecodeBlock(out, (const uint8_t *)text, (int)length);
	ck_assert_int_gt(n, 2);
	*size =
	    (size_t)n - (text[length - 1] == '=') - (text[length - 2] == '=');
	return out;
}

static bool
unwrap(const json_t *root, EVP_PKEY *enckey, uint8_t key[KEY])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(enckey, NULL);
	uint8_t out[256];
	size_t in_size, size = sizeof(out);
	uint8_t *in = take(root, "EncryptedInnerKey", &in_size);
	bool ok = EVP_PKEY_decrypt_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
	    EVP_PKEY_decrypt(ctx, out, &size, in, in_size) == 1 && size == KEY;

	if (ok)
		memcpy(key, out, KEY);
	free(in);
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

static bool
decrypt(const json_t *root, const uint8_t key[KEY], char **text)
{
	const json_t *params = json_object_get(root, "EncryptionParams");
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	size_t iv_size, tag_size, size;
	uint8_t *iv = take(params, "Iv", &iv_size);
	uint8_t *tag = take(root, "AuthenticationData", &tag_size);
	uint8_t *in = take(root, "Jwt", &size), *out = calloc(1, size + 1);
	int n;
	bool ok = iv_size == IV && tag_size == TAG &&
	    EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, iv) == 1 &&
	    EVP_DecryptUpdate(ctx, NULL, &n, (const uint8_t *)AAD,
		sizeof(AAD) - 1) == 1 &&
	    EVP_DecryptUpdate(ctx, out, &n, in, (int)size) == 1 &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG, tag) == 1 &&
	    EVP_DecryptFinal_ex(ctx, out + n, &n) == 1;

	EVP_CIPHER_CTX_free(ctx);
	free(iv);
	free(tag);
	free(in);
	if (ok)
		*text = (char *)out;
	else
		free(out);
	return ok;
}

char *
guest_open(const char *sealed, EVP_PKEY *enckey)
{
	char *text = jwt_text(sealed, 0), *token = NULL;
	json_t *root = json_loads(text, 0, NULL);
	uint8_t key[KEY];

	ck_assert_ptr_nonnull(root);
	if (!unwrap(root, enckey, key) || !decrypt(root, key, &token))
		token = NULL;
	json_decref(root);
	free(text);
	return token;
}
