/* SPDX-License-Identifier: Apache-2.0 */
/* AzureGuest's encrypted answer, sealed here and opened there. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "modules/common/base64.h"
#include "modules/common/json.h"
#include "modules/snp_azure/guestanswer.h"
#include "tests/testlib_jose.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define STD TEE_BASE64_STANDARD

static EVP_PKEY *key;

static enum tee_verdict
unwrap(void *user, const uint8_t *data, size_t size, uint8_t *out,
    size_t *out_size)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	bool ok;

	(void)user;
	*out_size = 256;
	ok = EVP_PKEY_decrypt_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
	    EVP_PKEY_decrypt(ctx, out, out_size, data, size) == 1;
	EVP_PKEY_CTX_free(ctx);
	return ok ? TEE_OK : TEE_DENY;
}

static enum tee_verdict
unwrap_absent(void *user, const uint8_t *data, size_t size, uint8_t *out,
    size_t *out_size)
{
	(void)user;
	(void)data;
	(void)size;
	(void)out;
	(void)out_size;
	return TEE_UNAVAILABLE;
}

#define TOKEN "eyJhbGciOiJSUzI1NiJ9.e30.AA"

/* What differs from an honest answer: members as JSON, "-" to leave out. */
static const struct answer_row {
	const char *name, *member, *value;
	const char *why;   /* NULL: opened */
	size_t inner_size; /* 0: 32 */
	bool nested;       /* in EncryptionParams */
} answer_rows[] = {
	{ "honest", NULL, NULL, NULL, 0, false },
	{ "more members", "Other", "1", NULL, 0, false },
	{ "no padding said", "BlockPadding", "-", NULL, 0, true },
	{ "no inner key", "EncryptedInnerKey", "-", "EncryptedInnerKey", 0,
	    false },
	{ "inner key of another", "EncryptedInnerKey", "\"AAAA\"",
	    "did not decrypt", 0, false },
	{ "inner key in base64url", "EncryptedInnerKey", "\"_-_-\"",
	    "EncryptedInnerKey", 0, false },
	{ "16-byte inner key", NULL, NULL, "32 bytes", 16, false },
	{ "33-byte inner key", NULL, NULL, "32 bytes", 33, false },
	{ "no parameters", "EncryptionParams", "-", "EncryptionParams", 0,
	    false },
	{ "CBC", "BlockMode", "\"ChainingModeCBC\"", "EncryptionParams", 0,
	    true },
	{ "no mode", "BlockMode", "-", "EncryptionParams", 0, true },
	{ "cipher", "Cipher", "\"DES\"", "EncryptionParams", 0, true },
	{ "key size", "KeySizeInBits", "128", "EncryptionParams", 0, true },
	{ "key size as text", "KeySizeInBits", "\"256\"", NULL, 0, true },
	{ "16-byte IV", "Iv", "\"AAAAAAAAAAAAAAAAAAAAAA==\"",
	    "EncryptionParams", 0, true },
	{ "another IV", "Iv", "\"AAAAAAAAAAAAAAAA\"", "does not decrypt", 0,
	    true },
	{ "no tag", "AuthenticationData", "-", "AuthenticationData", 0, false },
	{ "short tag", "AuthenticationData", "\"AAAAAAAAAAAAAAAA\"",
	    "AuthenticationData", 0, false },
	{ "another tag", "AuthenticationData", "\"AAAAAAAAAAAAAAAAAAAAAA==\"",
	    "does not decrypt", 0, false },
	{ "no token", "Jwt", "-", "Jwt", 0, false },
	{ "empty token", "Jwt", "\"\"", "Jwt", 0, false },
	{ "another token", "Jwt", "\"AAAA\"", "does not decrypt", 0, false },
};

static json_t *
standard(const void *data, size_t size)
{
	char *text = tee_b64_encode(STD, data, size);
	json_t *value = json_string(text);

	free(text);
	return value;
}

static json_t *
wrapped(const uint8_t *inner_key, size_t size)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	unsigned char out[256];
	size_t out_size = sizeof(out);

	ck_assert_int_eq(EVP_PKEY_encrypt_init(ctx), 1);
	ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING),
	    1);
	ck_assert_int_eq(EVP_PKEY_encrypt(ctx, out, &out_size, inner_key, size),
	    1);
	EVP_PKEY_CTX_free(ctx);
	return standard(out, out_size);
}

/* As the service seals it. */
static json_t *
seal(const char *token, const char *aad, size_t inner_size)
{
	uint8_t inner_key[64], iv[12], tag[16], out[256];
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n;

	RAND_bytes(inner_key, sizeof(inner_key));
	RAND_bytes(iv, sizeof(iv));
	EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, inner_key, iv);
	EVP_EncryptUpdate(ctx, NULL, &n, (const unsigned char *)aad,
	    (int)strlen(aad));
	EVP_EncryptUpdate(ctx, out, &n, (const unsigned char *)token,
	    (int)strlen(token));
	EVP_EncryptFinal_ex(ctx, out + n, &n);
	EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, sizeof(tag), tag);
	EVP_CIPHER_CTX_free(ctx);
	/* clang-format off */
	return json_pack("{s:o,s:{s:s,s:s,s:s,s:i,s:o},s:o,s:o}",
	    "EncryptedInnerKey",
	    wrapped(inner_key, inner_size != 0 ? inner_size : 32),
	    "EncryptionParams",
	    "BlockMode", "ChainingModeGCM",
	    "BlockPadding", "PKCS7",
	    "Cipher", "AES",
	    "KeySizeInBits", 256,
	    "Iv", standard(iv, sizeof(iv)),
	    "AuthenticationData", standard(tag, sizeof(tag)),
	    "Jwt", standard(out, strlen(token)));
	/* clang-format on */
}

static char *
encoded(json_t *answer)
{
	char *dump = json_dumps(answer, 0);
	char *text = tee_b64_encode(TEE_BASE64_URL, dump, strlen(dump));

	free(dump);
	json_decref(answer);
	return text;
}

START_TEST(sealed_answers)
{
	for (size_t i = 0; i < COUNT(answer_rows); i++) {
		const struct answer_row *row = &answer_rows[i];
		json_t *answer = seal(TOKEN, "Transport Key", row->inner_size);
		json_t *at = row->nested ?
		    json_object_get(answer, "EncryptionParams") :
		    answer;
		char why[AZURE_ANSWER_WHY], *token, *text;
		enum tee_verdict verdict;

		if (row->member != NULL && strcmp(row->value, "-") == 0)
			ck_assert_int_eq(json_object_del(at, row->member), 0);
		else if (row->member != NULL)
			json_object_set_new(at, row->member,
			    json_loads(row->value, JSON_DECODE_ANY, NULL));
		text = encoded(answer);
		verdict = tee_azure_guest_answer(text, strlen(text), unwrap,
		    NULL, &token, why);
		ck_assert_msg((verdict == TEE_OK) == (row->why == NULL),
		    "%s: %s", row->name, why);
		if (row->why == NULL)
			ck_assert_str_eq(token, TOKEN);
		else
			ck_assert_msg(verdict == TEE_DENY && token == NULL &&
				strstr(why, row->why) != NULL,
			    "%s: %s", row->name, why);
		free(token);
		free(text);
	}
}
END_TEST

START_TEST(sealed_edges)
{
	char why[AZURE_ANSWER_WHY], *token;
	char *other = encoded(seal(TOKEN, "Transport key", 0));
	char *good = encoded(seal(TOKEN, "Transport Key", 0));
	static const char *const none[] = { "", "e30", "W10", "AAAA", "a b",
		"{}" };

	ck_assert_int_eq(tee_azure_guest_answer(other, strlen(other), unwrap,
			     NULL, &token, why),
	    TEE_DENY);
	ck_assert_ptr_null(token);
	/* No TPM to be asked is not the answer's fault. */
	ck_assert_int_eq(tee_azure_guest_answer(good, strlen(good),
			     unwrap_absent, NULL, &token, why),
	    TEE_UNAVAILABLE);
	for (size_t i = 0; i < COUNT(none); i++)
		ck_assert_int_eq(tee_azure_guest_answer(none[i],
				     strlen(none[i]), unwrap, NULL, &token,
				     why),
		    TEE_DENY);
	free(other);
	free(good);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure_guest_answer");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	key = jose_key(2048);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, sealed_answers);
	tcase_add_test(tcase, sealed_edges);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	EVP_PKEY_free(key);
	return failed > 0;
}
