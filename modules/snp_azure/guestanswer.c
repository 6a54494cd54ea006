/* SPDX-License-Identifier: Apache-2.0 */
/* guestanswer: see guestanswer.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "modules/common/base64.h"
#include "modules/common/json.h"
#include "modules/common/jws.h"
#include "modules/snp_azure/guestanswer.h"

#define AAD "Transport Key"
#define KEY_SIZE 32
#define IV_SIZE 12
#define TAG_SIZE 16
#define UNWRAPPED_MAX 256

struct bytes {
	uint8_t *data;
	size_t size;
};

struct envelope {
	struct bytes inner_key, iv, tag, token;
};

static bool
read_bytes(const json_t *object, const char *name, size_t least, size_t most,
    struct bytes *out)
{
	const char *text = tee_json_text(object, name);

	if (text == NULL)
		return false;
	out->data =
	    tee_b64_decode(TEE_BASE64_STANDARD, text, strlen(text), &out->size);
	return out->data != NULL && out->size >= least && out->size <= most;
}

/* What is not said is not assumed, except PKCS7: GCM has no padding. */
static bool
read_params(const json_t *params, struct envelope *e)
{
	int64_t bits = 0;

	return tee_json_is(params, "Cipher", "AES") &&
	    tee_json_is(params, "BlockMode", "ChainingModeGCM") &&
	    tee_json_integer(params, "KeySizeInBits", &bits) && bits == 256 &&
	    read_bytes(params, "Iv", IV_SIZE, IV_SIZE, &e->iv);
}

static const char *
read_envelope(const json_t *root, struct envelope *e)
{
	if (!read_bytes(root, "EncryptedInnerKey", 1, AZURE_INNER_MAX,
		&e->inner_key))
		return "EncryptedInnerKey is absent or malformed";
	if (!read_params(tee_json_member(root, "EncryptionParams"), e))
		return "EncryptionParams are not those of AES-256-GCM with a "
		       "12-byte IV";
	if (!read_bytes(root, "AuthenticationData", TAG_SIZE, TAG_SIZE,
		&e->tag))
		return "AuthenticationData is not a 16-byte tag";
	if (!read_bytes(root, "Jwt", 1, TEE_JWS_MAX, &e->token))
		return "Jwt is absent or malformed";
	return NULL;
}

static bool
begin(EVP_CIPHER_CTX *ctx, const struct envelope *e, const uint8_t *key)
{
	int n;

	return EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, NULL, NULL) ==
	    1 &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, IV_SIZE, NULL) ==
	    1 &&
	    EVP_DecryptInit_ex(ctx, NULL, NULL, key, e->iv.data) == 1 &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE,
		e->tag.data) == 1 &&
	    EVP_DecryptUpdate(ctx, NULL, &n, (const unsigned char *)AAD,
		(int)strlen(AAD)) == 1;
}

/* Nothing of the plaintext is handed out before its tag was right. */
static char *
decrypt(const struct envelope *e, const uint8_t *key)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	size_t size = e->token.size;
	unsigned char *out = malloc(size + 1);
	int n = 0, rest = 0;
	bool ok = ctx != NULL && out != NULL && begin(ctx, e, key) &&
	    EVP_DecryptUpdate(ctx, out, &n, e->token.data, (int)size) == 1 &&
	    EVP_DecryptFinal_ex(ctx, out + n, &rest) == 1 &&
	    (size_t)(n + rest) == size && memchr(out, '\0', size) == NULL;

	EVP_CIPHER_CTX_free(ctx);
	if (ok) {
		out[size] = '\0';
		return (char *)out;
	}
	ERR_clear_error();
	if (out != NULL)
		OPENSSL_cleanse(out, size);
	free(out);
	return NULL;
}

static enum tee_verdict
open_envelope(const struct envelope *e, azure_unwrap *unwrap, void *user,
    char **token, const char **why)
{
	uint8_t key[UNWRAPPED_MAX];
	size_t size = 0;
	enum tee_verdict verdict =
	    unwrap(user, e->inner_key.data, e->inner_key.size, key, &size);

	*why = "the TPM did not decrypt the inner key";
	if (verdict == TEE_OK && size != KEY_SIZE) {
		*why = "the inner key is not one of 32 bytes";
		verdict = TEE_DENY;
	} else if (verdict == TEE_OK) {
		*token = decrypt(e, key);
		*why = "the token does not decrypt under the inner key";
		verdict = *token != NULL ? TEE_OK : TEE_DENY;
	}
	OPENSSL_cleanse(key, sizeof(key));
	return verdict;
}

static void
clear(struct envelope *e)
{
	free(e->inner_key.data);
	free(e->iv.data);
	free(e->tag.data);
	free(e->token.data);
}

enum tee_verdict
tee_azure_guest_answer(const char *text, size_t size, azure_unwrap *unwrap,
    void *user, char **token, char why[AZURE_ANSWER_WHY])
{
	struct envelope e = { .token = { NULL, 0 } };
	enum tee_verdict verdict = TEE_DENY;
	const char *wrong = "not base64url of a JSON object";
	size_t json_size = 0;
	uint8_t *json = tee_b64_decode(TEE_BASE64_ANY, text, size, &json_size);
	json_t *root =
	    json != NULL ? tee_json_object(json, json_size, NULL) : NULL;

	*token = NULL;
	if (root != NULL)
		wrong = read_envelope(root, &e);
	if (wrong == NULL)
		verdict = open_envelope(&e, unwrap, user, token, &wrong);
	snprintf(why, AZURE_ANSWER_WHY, "%s", verdict == TEE_OK ? "" : wrong);
	clear(&e);
	json_decref(root);
	free(json);
	return verdict;
}
