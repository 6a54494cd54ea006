/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AzureGuest against a server of the test and a soft TPM: the key that the
 * answer is sealed to, and what becomes of it where something is missing.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "modules/common/base64.h"
#include "modules/common/json.h"
#include "modules/snp_azure/facility.h"
#include "tests/testlib_maa_server.h"
#include "tests/testlib_snp.h"
#include "tests/testlib_vtpm.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static json_t *
standard(const void *data, size_t size)
{
	char *text = tee_b64_encode(TEE_BASE64_STANDARD, data, size);
	json_t *value = json_string(text);

	free(text);
	return value;
}

/* As AzureGuest seals an answer to the TPM's key. */
static char *
sealed(const char *token)
{
	uint8_t inner[32], iv[12], tag[16], wrapped[256];
	uint8_t *out = malloc(strlen(token));
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	EVP_PKEY_CTX *rsa = EVP_PKEY_CTX_new(maa_other, NULL);
	size_t size = sizeof(wrapped);
	char *dump, *text;
	json_t *body;
	int n;

	RAND_bytes(inner, sizeof(inner));
	RAND_bytes(iv, sizeof(iv));
	EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, inner, iv);
	EVP_EncryptUpdate(ctx, NULL, &n, (const unsigned char *)"Transport Key",
	    13);
	EVP_EncryptUpdate(ctx, out, &n, (const unsigned char *)token,
	    (int)strlen(token));
	EVP_EncryptFinal_ex(ctx, out + n, &n);
	EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, sizeof(tag), tag);
	EVP_PKEY_encrypt_init(rsa);
	EVP_PKEY_CTX_set_rsa_padding(rsa, RSA_PKCS1_PADDING);
	ck_assert_int_eq(EVP_PKEY_encrypt(rsa, wrapped, &size, inner,
			     sizeof(inner)),
	    1);
	/* clang-format off */
	body = json_pack("{s:o,s:{s:s,s:s,s:s,s:i,s:o},s:o,s:o}",
	    "EncryptedInnerKey", standard(wrapped, size),
	    "EncryptionParams",
	    "BlockMode", "ChainingModeGCM",
	    "BlockPadding", "PKCS7",
	    "Cipher", "AES",
	    "KeySizeInBits", 256,
	    "Iv", standard(iv, sizeof(iv)),
	    "AuthenticationData", standard(tag, sizeof(tag)),
	    "Jwt", standard(out, strlen(token)));
	/* clang-format on */
	dump = json_dumps(body, 0);
	text = tee_b64_encode(TEE_BASE64_URL, dump, strlen(dump));
	EVP_CIPHER_CTX_free(ctx);
	EVP_PKEY_CTX_free(rsa);
	json_decref(body);
	free(dump);
	free(out);
	return text;
}

static void
serve_sealed(struct maa_scene *s)
{
	char *token = maa_token(s), *text = sealed(token);

	maa_serve(s, 200, maa_in_token(text), 200, NULL);
	free(token);
	free(text);
}

static void
key_items(struct maa_scene *s)
{
	static const uint8_t signature[] = { 0, 0x14, 0, 0x0b, 0, 1, 9 };

	maa_item(s, "tpm.enc-key", "kept", 4);
	maa_item(s, "tpm.enc-key-certify", "certify", 7);
	maa_item(s, "tpm.enc-key-signature", signature, sizeof(signature));
	maa_item(s, "private.tpm-enc-key-context", "kept before", 11);
}

START_TEST(guest)
{
	struct maa_scene s;
	struct tee_claims *claims;

	maa_serve_start(&s, MAA_GUEST);
	key_items(&s);
	serve_sealed(&s);
	claims = maa_server_judge(&s, "tcti=swtpm:port=1");
	snp_expect("guest", claims, NULL, NULL);
	ck_assert_uint_eq(maa_asked(MAA_GUEST_URL), 1);
	ck_assert_uint_eq(maa_asked(MAA_SNP), 0);
	ck_assert_str_eq(testlib_vtpm.tcti, "swtpm:port=1");
	ck_assert_uint_eq(testlib_vtpm.made, 0);
	ck_assert_uint_eq(testlib_vtpm.opened, 1);
	ck_assert_uint_eq(testlib_vtpm.closed, 1);
	ck_assert_uint_eq(testlib_vtpm.qualifying, 0);
	ck_assert_uint_eq(testlib_vtpm.selection, 0xff);
	ck_assert_mem_eq(testlib_vtpm.context, "kept before", 12);
	ck_assert(maa_left(&s, "maa.token"));
	tee_claims_free(&claims);
	maa_free(&s);
}
END_TEST

START_TEST(guest_own_key)
{
	struct maa_scene s;
	struct tee_claims *claims;

	maa_serve_start(&s, MAA_GUEST);
	serve_sealed(&s);
	claims = maa_server_judge(&s, "attest=azureguest");
	snp_expect("made here", claims, NULL, NULL);
	ck_assert_str_eq(testlib_vtpm.tcti, "device:/dev/tpmrm0");
	ck_assert_uint_eq(testlib_vtpm.made, 1);
	ck_assert_mem_eq(testlib_vtpm.context, "made here", 10);
	tee_claims_free(&claims);
	maa_free(&s);
	/* By name, no TPM is asked even for a key to be released. */
	maa_serve_start(&s, MAA_VM);
	key_items(&s);
	maa_serve_token(&s);
	claims = maa_server_judge(&s, "attest=sevsnpvm");
	snp_expect("sevsnpvm", claims, NULL, NULL);
	ck_assert_uint_eq(maa_asked(MAA_GUEST_URL), 0);
	tee_claims_free(&claims);
	maa_free(&s);
}
END_TEST

/*
 * A peer shows the HCL report of the very machine that judges it, or of one
 * whose TPM that machine can use.  What this machine then writes into the
 * client payload, and decrypts, says nothing about who sent the evidence.
 */
START_TEST(guest_of_a_peer)
{
	struct maa_scene s;
	struct tee_claims *claims;

	maa_serve_start(&s, MAA_GUEST);
	maa_set(&s, "tee/x-ms-runtime/user-data");
	serve_sealed(&s);
	claims = maa_server_judge(&s, "attest=azureguest");
	snp_expect("payload alone", claims, "token.binding", "binding");
	tee_claims_free(&claims);
	maa_free(&s);
	/* The peer's own quote over the binding says it. */
	maa_serve_start(&s, MAA_GUEST);
	maa_set(&s, "tee/x-ms-runtime/user-data");
	maa_quote(&s, maa_ak, s.binding, sizeof(s.binding));
	serve_sealed(&s);
	claims = maa_server_judge(&s, "attest=azureguest");
	snp_expect("quote", claims, NULL, NULL);
	tee_claims_free(&claims);
	maa_free(&s);
}
END_TEST

/* What this line sent comes back as it sent it: other forms are not it. */
START_TEST(guest_other_form)
{
	struct maa_scene s;
	struct tee_claims *claims;

	maa_serve_start(&s, MAA_GUEST);
	maa_set(&s,
	    "x-ms-runtime/client-payload/nonce="
	    "\"sbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbE=\"");
	serve_sealed(&s);
	claims = maa_server_judge(&s, "attest=azureguest");
	snp_expect("encoded once", claims, "token.client-payload", NULL);
	tee_claims_free(&claims);
	maa_free(&s);
}
END_TEST

static const struct guest_row {
	const char *name;
	struct testlib_vtpm tpm;
	const char *fails, *not_done;
	enum tee_verdict verdict;
	bool plain;  /* the answer is not encrypted */
	bool halved; /* the key came without its context */
} guest_rows[] = {
	{ "no TPM", { .absent = true }, NULL, "binding", TEE_UNAVAILABLE, false,
	    false },
	{ "AK not provisioned", { .no_cert = true }, NULL, "binding",
	    TEE_UNAVAILABLE, false, false },
	{ "RSAPSS", { .other_signature = true }, NULL, "binding", TEE_DENY,
	    false, false },
	{ "TPM refuses", { .wrong_padding = true }, "maa.answer", "binding",
	    TEE_DENY, false, false },
	{ "not encrypted", { .absent = false }, "maa.answer", "binding",
	    TEE_DENY, true, false },
	{ "key without context", { .absent = false }, NULL, "binding", TEE_DENY,
	    false, true },
};

START_TEST(guest_refusals)
{
	for (size_t i = 0; i < COUNT(guest_rows); i++) {
		const struct guest_row *row = &guest_rows[i];
		struct maa_scene s;
		struct tee_claims *claims;

		maa_serve_start(&s, MAA_GUEST);
		if (row->halved)
			maa_item(&s, "tpm.enc-key", "kept", 4);
		if (row->plain)
			maa_serve_token(&s);
		else
			serve_sealed(&s);
		testlib_vtpm = row->tpm;
		testlib_vtpm.ak = maa_ak;
		testlib_vtpm.enc = maa_other;
		claims = maa_server_judge(&s, "attest=azureguest");
		ck_assert_msg(claims->verdict == row->verdict, "%s: %#x",
		    row->name, (unsigned)claims->verdict);
		for (size_t k = 0; k < claims->check_count; k++) {
			const struct tee_check *c = &claims->checks[k];

			ck_assert_msg(c->result != TEE_CHECK_FAIL ||
				snp_word(row->fails, c->name),
			    "%s: %s", row->name, c->name);
		}
		ck_assert_uint_eq(testlib_vtpm.opened, testlib_vtpm.closed);
		ck_assert(!maa_left(&s, "maa.token"));
		tee_claims_free(&claims);
		maa_free(&s);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure_maa_guest");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	maa_keys_open();
	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, maa_set_up, maa_tear_down);
	tcase_add_test(tcase, guest);
	tcase_add_test(tcase, guest_own_key);
	tcase_add_test(tcase, guest_of_a_peer);
	tcase_add_test(tcase, guest_other_form);
	tcase_add_test(tcase, guest_refusals);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	maa_keys_close();
	return failed > 0;
}
