/* SPDX-License-Identifier: Apache-2.0 */
/* maaseal: AzureGuest's claims and its encrypted answer, see maaguest.h. */
#include "config.h"

#include <string.h>
#include <stdlib.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "sim/jose.h"
#include "sim/maaguest.h"

#define KEY_SIZE 32
#define IV_SIZE 12
#define TAG_SIZE 16
#define AAD "Transport Key"

/* base64 of a text, as it was. */
static json_t *
text_of(const json_t *info, const char *name)
{
	struct sim_blob blob = { NULL, 0 };
	json_t *text = NULL;

	if (tee_sim_b64_member(info, name, &blob))
		text = json_stringn((const char *)blob.data, blob.size);
	tee_sim_blob_free(&blob);
	return text;
}

static json_t *
runtime(struct sim_cloud *cloud, const json_t *info, EVP_PKEY *enckey)
{
	json_t *key = tee_sim_jwk(enckey), *claims;
	json_t *payload = json_object_get(info, "ClientPayload");

	json_object_set_new(key, "kid",
	    json_string("TpmEphemeralEncryptionKey"));
	json_object_set_new(key, "key_ops", json_pack("[s]", "encrypt"));
	claims = json_pack("{s:[o]}", "keys", key);
	if (json_is_object(payload))
		json_object_set_new(claims, "client-payload",
		    json_deep_copy(payload));
	payload = json_object_get(claims, "client-payload");
	if (payload != NULL && tee_sim_cloud_due(cloud, SIM_SW_MAA_WRONG_NONCE))
		json_object_set_new(payload, "nonce", json_string("MA=="));
	tee_sim_maa_swap_key(cloud, claims);
	return claims;
}

static json_t *
pcr_set(const json_t *info)
{
	return json_deep_copy(
	    json_object_get(json_object_get(info, "TpmInfo"), "PcrSet"));
}

/* What the boot logs of a machine in good order say. */
static void
add_boot(json_t *claims)
{
	static const struct {
		const char *name;
		bool value;
	} flags[] = { { "bootdebug-enabled", false }, { "dbvalidated", true },
		{ "dbxvalidated", true }, { "debuggersdisabled", true },
		{ "default-securebootkeysvalidated", true },
		{ "elam-enabled", false }, { "flightsigning-enabled", false },
		{ "hypervisordebug-enabled", false }, { "is-windows", false },
		{ "kerneldebug-enabled", false }, { "signingdisabled", true },
		{ "testsigning-enabled", false } };
	char name[64];

	for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		snprintf(name, sizeof(name), "x-ms-azurevm-%s", flags[i].name);
		json_object_set_new(claims, name, json_boolean(flags[i].value));
	}
	json_object_set_new(claims, "x-ms-azurevm-hvci-policy",
	    json_integer(0));
}

json_t *
tee_sim_guest_claims(struct sim_cloud *cloud, const json_t *info,
    const struct sim_guest_facts *guest)
{
	json_t *tee = tee_sim_maa_claims(cloud, &guest->facts), *claims;
	json_t *vm = json_object_get(json_object_get(guest->facts.runtime,
					 "vm-configuration"),
	    "vmUniqueId");

	/* clang-format off */
	claims = json_pack("{s:b, s:s, s:s, s:o, s:o?, s:o?, s:o?, s:O, s:O, s:O?,"
	    " s:o, s:o}",
	    "secureboot", 1,
	    "x-ms-attestation-type", "azurevm",
	    "x-ms-azurevm-attestation-protocol-ver", "2.0",
	    "x-ms-azurevm-attested-pcrs", pcr_set(info),
	    "x-ms-azurevm-osbuild", text_of(info, "OSBuild"),
	    "x-ms-azurevm-osdistro", text_of(info, "OSDistro"),
	    "x-ms-azurevm-ostype", text_of(info, "OSType"),
	    "x-ms-azurevm-osversion-major",
		json_object_get(info, "OSVersionMajor"),
	    "x-ms-azurevm-osversion-minor",
		json_object_get(info, "OSVersionMinor"),
	    "x-ms-azurevm-vmid", vm,
	    "x-ms-isolation-tee", tee,
	    "x-ms-runtime", runtime(cloud, info, guest->enckey));
	/* clang-format on */
	if (claims != NULL) {
		add_boot(claims);
		tee_sim_maa_add_policy(claims);
	}
	return claims;
}

static bool
encrypt(const char *token, size_t size, const uint8_t key[KEY_SIZE],
    const uint8_t iv[IV_SIZE], uint8_t tag[TAG_SIZE], uint8_t *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n;
	bool ok = ctx != NULL &&
	    EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, iv) == 1 &&
	    EVP_EncryptUpdate(ctx, NULL, &n, (const uint8_t *)AAD,
		sizeof(AAD) - 1) == 1 &&
	    EVP_EncryptUpdate(ctx, out, &n, (const uint8_t *)token,
		(int)size) == 1 &&
	    EVP_EncryptFinal_ex(ctx, out + n, &n) == 1 &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG_SIZE, tag) == 1;

	EVP_CIPHER_CTX_free(ctx);
	return ok;
}

/* RSAES-PKCS1-v1_5, as the TPM's client decrypts it. */
static char *
wrap(EVP_PKEY *enckey, const uint8_t key[KEY_SIZE])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(enckey, NULL);
	uint8_t out[1024];
	size_t size = sizeof(out);
	char *text = NULL;

	if (ctx != NULL && EVP_PKEY_encrypt_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
	    EVP_PKEY_encrypt(ctx, out, &size, key, KEY_SIZE) == 1)
		text = tee_sim_b64(out, size);
	EVP_PKEY_CTX_free(ctx);
	return text;
}

static char *
envelope(const char *inner, const uint8_t iv[IV_SIZE],
    const uint8_t tag[TAG_SIZE], const uint8_t *data, size_t size)
{
	char *iv_text = tee_sim_b64(iv, IV_SIZE);
	char *tag_text = tee_sim_b64(tag, TAG_SIZE);
	char *jwt = tee_sim_b64(data, size), *text, *sealed;
	/* clang-format off */
	json_t *json = json_pack("{s:s, s:{s:s, s:s, s:s, s:i, s:s}, s:s, s:s}",
	    "EncryptedInnerKey", inner,
	    "EncryptionParams",
		"BlockMode", "ChainingModeGCM",
		"BlockPadding", "PKCS7",
		"Cipher", "AES",
		"KeySizeInBits", 256,
		"Iv", iv_text,
	    "AuthenticationData", tag_text,
	    "Jwt", jwt);
	/* clang-format on */

	text = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);
	sealed = text == NULL ? NULL : tee_sim_b64url(text, strlen(text));
	free(text);
	json_decref(json);
	free(jwt);
	free(tag_text);
	free(iv_text);
	return sealed;
}

char *
tee_sim_guest_seal(struct sim_cloud *cloud, const char *token, EVP_PKEY *enckey)
{
	uint8_t key[KEY_SIZE], iv[IV_SIZE], tag[TAG_SIZE];
	size_t size = strlen(token);
	uint8_t *data = malloc(size);
	char *inner = NULL, *sealed = NULL;

	if (data != NULL && RAND_bytes(key, sizeof(key)) == 1 &&
	    RAND_bytes(iv, sizeof(iv)) == 1 &&
	    encrypt(token, size, key, iv, tag, data))
		inner = wrap(enckey, key);
	if (tee_sim_cloud_due(cloud, SIM_SW_MAA_ENVELOPE) && data != NULL)
		data[size / 2] ^= 1;
	if (inner != NULL)
		sealed = envelope(inner, iv, tag, data, size);
	OPENSSL_cleanse(key, sizeof(key));
	free(inner);
	free(data);
	return sealed;
}
