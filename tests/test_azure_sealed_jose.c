/* SPDX-License-Identifier: Apache-2.0 */
/* Any JOSE library opens a sealed file, and makes one that opens here. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>
#include <jose/jwe.h>
#include <openssl/rsa.h>

#include "modules/common/base64.h"
#include "modules/common/json.h"
#include "modules/common/quiet.h"
#include "modules/common/sealed.h"
#include "tests/testlib_jose.h"

#define KID "https://v.vault.azure.net/keys/agent-kek/0123"
#define DID "did:mesh:agent-1"

static EVP_PKEY *key;
static const uint8_t seed[TEE_SEED_SIZE] = "a seed that is thirty-two bytes";
static const uint8_t public_key[TEE_PUBLIC_KEY_SIZE] = { 7, 8, 9 };

static json_t *
general(const char *text)
{
	static const char *const names[] = { "protected", "encrypted_key", "iv",
		"ciphertext", "tag" };
	json_t *out = json_object();

	for (unsigned i = 0; i < 5; i++) {
		size_t n = strcspn(text, ".");

		json_object_set_new(out, names[i], json_stringn(text, n));
		text += n + (i < 4);
	}
	return out;
}

/* RSA-OAEP with SHA-256 (RFC 7518 section 4.3); libjose's fails with OpenSSL
 * 3, so that the test does this half itself. */
static void
oaep(bool encrypt, const uint8_t *in, size_t size, uint8_t out[256],
    size_t *out_size)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);

	*out_size = 256;
	ck_assert_int_eq(encrypt ? EVP_PKEY_encrypt_init(ctx) :
				   EVP_PKEY_decrypt_init(ctx),
	    1);
	EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING);
	EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256());
	ck_assert_int_eq(encrypt ?
		EVP_PKEY_encrypt(ctx, out, out_size, in, size) :
		EVP_PKEY_decrypt(ctx, out, out_size, in, size),
	    1);
	EVP_PKEY_CTX_free(ctx);
}

static json_t *
oct(const uint8_t *data, size_t size)
{
	char *text = tee_b64_encode(TEE_BASE64_URL, data, size);
	json_t *jwk = json_pack("{s:s,s:s}", "kty", "oct", "k", text);

	free(text);
	return jwk;
}

START_TEST(opened_by_libjose)
{
	jose_cfg_auto_t *cfg = tee_quiet_jose();
	char *text =
	    tee_sealed_make(key, KID, DID, strlen(DID), public_key, seed);
	tee_auto_json *jwe = general(text), *cek = NULL;
	const char *wrapped = tee_json_text(jwe, "encrypted_key");
	size_t size = 0;
	uint8_t *raw =
	    tee_b64_decode(TEE_BASE64_URL, wrapped, strlen(wrapped), &size);
	uint8_t block[256], *plain;

	oaep(false, raw, size, block, &size);
	ck_assert_uint_eq(size, 32);
	cek = oct(block, size);
	size = 0; /* libjose adds to it */
	plain = jose_jwe_dec_cek(cfg, jwe, cek, &size);
	ck_assert_ptr_nonnull(plain);
	ck_assert_uint_eq(size, sizeof(seed));
	ck_assert_mem_eq(plain, seed, sizeof(seed));
	free(plain);
	free(raw);
	free(text);
}
END_TEST

START_TEST(made_by_libjose)
{
	jose_cfg_auto_t *cfg = tee_quiet_jose();
	/* clang-format off */
	tee_auto_json *jwe = json_pack("{s:{s:s,s:s,s:i,s:s,s:s,s:s,s:s}}",
	    "protected", "pub", "BwgJAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	    "did", DID, "ver", 1, "kid", KID, "typ", "tee-sealed",
	    "enc", "A256GCM", "alg", "RSA-OAEP-256");
	/* clang-format on */
	static const uint8_t secret[32] = "a content encryption key of ours";
	tee_auto_json *cek = oct(secret, sizeof(secret));
	char text[TEE_SEALED_MAX], why[TEE_SEALED_WHY], *wrapped;
	uint8_t out[TEE_SEED_SIZE];
	struct tee_sealed s;
	uint8_t block[256];
	size_t size;

	ck_assert(jose_jwe_enc_cek(cfg, jwe, cek, seed, sizeof(seed)));
	oaep(true, secret, sizeof(secret), block, &size);
	wrapped = tee_b64_encode(TEE_BASE64_URL, block, size);
	snprintf(text, sizeof(text), "%s.%s.%s.%s.%s",
	    tee_json_text(jwe, "protected"), wrapped, tee_json_text(jwe, "iv"),
	    tee_json_text(jwe, "ciphertext"), tee_json_text(jwe, "tag"));
	ck_assert_msg(tee_sealed_parse(&s, text, strlen(text), why), "%s", why);
	ck_assert_msg(tee_sealed_open(&s, key, out), "%s", text);
	ck_assert_mem_eq(out, seed, sizeof(out));
	tee_sealed_free(&s);
	free(wrapped);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure_sealed_jose");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	key = jose_key(2048);
	tcase_add_test(tcase, opened_by_libjose);
	tcase_add_test(tcase, made_by_libjose);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	EVP_PKEY_free(key);
	return failed > 0;
}
