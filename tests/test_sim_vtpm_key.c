/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Raw commands to keys: the AK and its quotes, and the ephemeral key of the
 * null hierarchy that MAA wraps its token to (facts 2.2).
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "tests/test_sim_guest.h"
#include "tests/test_sim_vtpm.h"
#include "tests/testlib_tpm.h"

#define NONCE "1122334455667788112233445566778811223344556677881122334455667788"
#define SELECT_07 "00000001 000b 03 ff0000"
#define PCRS 8

START_TEST(ak)
{
	int fd = tpm_open(0);

	tpm_do(fd, "8001 00000000 00000173 81000003");
	ck_assert(tpm_has(12,
	    "0001 000b 00050072 0000 0010 0014 000b 0800 00000000 0100"));
	tpm_do(fd, "8001 00000000 00000173 81010001");
	ck_assert(tpm_has(12, "0001 000b 000300b2 0020 837197674484b3f8"));
	close(fd);
}
END_TEST

START_TEST(quote)
{
	int fd = tpm_open(0);

	tpm_do(fd,
	    "8002 00000000 00000158 81000003 " TPM_PW " 0020 " NONCE
	    " 0010 00000001 000b 03 ffffff");
	ck_assert_uint_eq(tpm_u32(10), 409);
	ck_assert(tpm_has(14, "0091 ff544347 8018 0022 000b"));
	ck_assert(tpm_has(58, "0020 " NONCE));
	ck_assert(tpm_has(16 + 0x91, "0014 000b 0100"));
	ck_assert(tpm_has(tpm_answer.size - 5, "0000 01 0000"));
	close(fd);
}
END_TEST

static void
hex_of(const uint8_t *data, size_t size, char *out)
{
	for (size_t i = 0; i < size; i++)
		snprintf(out + 2 * i, 3, "%02x", data[i]);
}

/* SHA-256 of PCRs 0 to 7, and the policy that wants them so. */
static void
policy_of(int fd, char pcrs_hex[65], char policy_hex[65])
{
	uint8_t values[PCRS * 32], in[32 + 4 + 10 + 32] = { 0 }, digest[32];

	tpm_do(fd, "8001 00000000 0000017e " SELECT_07);
	ck_assert(tpm_has(14, SELECT_07 "00000008 0020"));
	for (size_t i = 0; i < PCRS; i++)
		memcpy(values + 32 * i, tpm_answer.data + 28 + 34 * i + 2, 32);
	EVP_Digest(values, sizeof(values), digest, NULL, EVP_sha256(), NULL);
	hex_of(digest, sizeof(digest), pcrs_hex);
	tpm_hex("0000017f " SELECT_07, in + 32, 14);
	memcpy(in + 46, digest, sizeof(digest));
	EVP_Digest(in, sizeof(in), digest, NULL, EVP_sha256(), NULL);
	hex_of(digest, sizeof(digest), policy_hex);
}

static EVP_PKEY *
key_of(const uint8_t *modulus)
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	BIGNUM *n = BN_bin2bn(modulus, 256, NULL);
	OSSL_PARAM *params;
	EVP_PKEY *key = NULL;

	OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n);
	OSSL_PARAM_BLD_push_uint(build, OSSL_PKEY_PARAM_RSA_E, 65537);
	params = OSSL_PARAM_BLD_to_param(build);
	ck_assert_int_eq(EVP_PKEY_fromdata_init(ctx), 1);
	ck_assert_int_eq(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY,
			     params),
	    1);
	OSSL_PARAM_free(params);
	BN_free(n);
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_BLD_free(build);
	return key;
}

static void
encrypt(EVP_PKEY *key, int padding, const char *digest, const char *text,
    char hex[513])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	uint8_t out[256];
	size_t size = sizeof(out);

	ck_assert_int_eq(EVP_PKEY_encrypt_init(ctx), 1);
	ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(ctx, padding), 1);
	if (digest != NULL)
		ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_oaep_md(ctx,
				     EVP_get_digestbyname(digest)),
		    1);
	ck_assert_int_eq(EVP_PKEY_encrypt(ctx, out, &size,
			     (const uint8_t *)text, strlen(text)),
	    1);
	hex_of(out, size, hex);
	EVP_PKEY_CTX_free(ctx);
}

static uint32_t
policy_session(int fd, const char *pcrs)
{
	uint32_t session;

	tpm_do(fd,
	    "8001 00000000 00000176 40000007 40000007 0020 " NONCE
	    " 0000 01 0010 000b");
	session = tpm_u32(10);
	tpm_do(fd, "8001 00000000 0000017f %08x 0020 %s " SELECT_07, session,
	    pcrs);
	return session;
}

static void
decrypt(int fd, uint32_t handle, const char *pcrs, EVP_PKEY *key, int padding,
    const char *digest, const char *scheme)
{
	static const char text[] = "what nobody else reads";
	char hex[513];

	encrypt(key, padding, digest, text, hex);
	tpm_do(fd,
	    "8002 00000000 00000159 %08x 00000009 %08x 0000 00 0000 0100 %s "
	    "%s 0000",
	    handle, policy_session(fd, pcrs), hex, scheme);
	ck_assert_uint_eq(tpm_u16(14), strlen(text));
	ck_assert_mem_eq(tpm_answer.data + 16, text, strlen(text));
}

START_TEST(ephemeral)
{
	char pcrs[65], policy[65];
	int fd = tpm_open(0);
	uint32_t handle;
	EVP_PKEY *key;

	policy_of(fd, pcrs, policy);
	tpm_do(fd,
	    "8002 00000000 00000131 40000007 " TPM_PW " 0004 00000000"
	    " 0036 0001 000b 00020432 0020 %s 0010 0010 0800 00000000 0000"
	    " 0000 00000000",
	    policy);
	handle = tpm_u32(10);
	ck_assert_uint_eq(handle, 0x80ffffff);
	/* TPM2B_PUBLIC: what was asked for, and a modulus. */
	ck_assert(tpm_has(18, "0136 0001 000b 00020432 0020"));
	key = key_of(tpm_answer.data + 20 + 0x136 - 256);
	tpm_do(fd,
	    "8002 00000000 00000148 %08x 81000003 00000012"
	    " 40000009 0000 00 0000 40000009 0000 00 0000 0000 0010",
	    handle);
	ck_assert(tpm_has(16, "ff544347 8017"));
	decrypt(fd, handle, pcrs, key, RSA_PKCS1_PADDING, NULL, "0015");
	decrypt(fd, handle, pcrs, key, RSA_PKCS1_OAEP_PADDING, "SHA1",
	    "0017 0004");
	decrypt(fd, handle, pcrs, key, RSA_PKCS1_OAEP_PADDING, "SHA256",
	    "0017 000b");
	decrypt(fd, handle, pcrs, key, RSA_PKCS1_OAEP_PADDING, "SHA384",
	    "0017 000c");
	EVP_PKEY_free(key);
	close(fd);
}
END_TEST

void
add_key_wire_tests(TCase *tcase)
{
	tcase_add_test(tcase, ak);
	tcase_add_test(tcase, quote);
	tcase_add_test(tcase, ephemeral);
}
