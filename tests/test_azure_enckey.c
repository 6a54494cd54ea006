/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A key that only this TPM in this state decrypts with: never the same twice,
 * certified by the AK, open to every padding that the services use, closed
 * when a register changed; and nothing stays in the TPM, whatever happened.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <tss2/tss2_mu.h>

#include "modules/snp_azure/vtpm.h"
#include "tests/azure_tpm_kit.h"

#define BUDGET 20000

static const uint8_t secret[32] = "a wrapping key of thirty-two b.";

static struct azure_vtpm *
open_tpm(struct tee_call *call)
{
	struct azure_vtpm *t;

	ck_assert_int_eq(tee_azure_vtpm_open(call, tpm_socket(), &t), TEE_OK);
	return t;
}

static struct azure_enckey *
make_key(void)
{
	static struct azure_enckey key;
	struct azure_vtpm *t = open_tpm(tpm_call(BUDGET));

	ck_assert_int_eq(tee_azure_vtpm_enckey(t, &key), TEE_OK);
	tee_azure_vtpm_close(&t);
	ck_assert_uint_eq(tpm_leftovers(), 0);
	return &key;
}

/* Seen through a connection of its own, as release() comes after prepare(). */
static enum tee_verdict
decrypt(const struct azure_enckey *key, enum azure_padding padding,
    const uint8_t *data, size_t size, uint8_t *out, size_t *out_size,
    struct tee_call *call)
{
	struct azure_vtpm *t = open_tpm(call);
	enum tee_verdict verdict = tee_azure_vtpm_decrypt(t, key->context.data,
	    key->context.size, padding, data, size, out, out_size);

	tee_azure_vtpm_close(&t);
	ck_assert_uint_eq(tpm_leftovers(), 0);
	return verdict;
}

static TPM2B_PUBLIC
public_of(const struct azure_enckey *key)
{
	return tpm_public(key->public.data, key->public.size);
}

static const EVP_MD *
hash_of(enum azure_padding padding)
{
	return padding == AZURE_OAEP_SHA1 ? EVP_sha1() :
	    padding == AZURE_OAEP_SHA256  ? EVP_sha256() :
					    EVP_sha384();
}

static void
encrypt(const struct azure_enckey *key, enum azure_padding padding,
    uint8_t out[256])
{
	TPM2B_PUBLIC public = public_of(key);
	EVP_PKEY *rsa = tpm_rsa(&public);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(rsa, NULL);
	size_t size = 256;

	ck_assert_int_eq(EVP_PKEY_encrypt_init(ctx), 1);
	if (padding == AZURE_RSAES) {
		EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING);
	} else {
		EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING);
		EVP_PKEY_CTX_set_rsa_oaep_md(ctx, hash_of(padding));
		EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, hash_of(padding));
	}
	ck_assert_int_eq(EVP_PKEY_encrypt(ctx, out, &size, secret,
			     sizeof(secret)),
	    1);
	ck_assert_uint_eq(size, 256);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(rsa);
}

/* Facts of the template: attributes 0x00020432, policy, no scheme. */
START_TEST(shape)
{
	struct azure_enckey *key;
	TPM2B_PUBLIC public;

	tpm_make_ak();
	key = make_key();
	public = public_of(key);
	ck_assert_uint_eq(public.publicArea.objectAttributes, 0x00020432);
	ck_assert_uint_eq(public.publicArea.authPolicy.size, 32);
	ck_assert_uint_eq(public.publicArea.parameters.rsaDetail.scheme.scheme,
	    TPM2_ALG_NULL);
	ck_assert_uint_eq(public.publicArea.parameters.rsaDetail.keyBits, 2048);
	ck_assert_uint_le(key->context.size, AZURE_ENCKEY_CONTEXT_MAX);
}
END_TEST

START_TEST(never_twice)
{
	TPM2B_PUBLIC a, b;

	tpm_make_ak();
	a = public_of(make_key());
	b = public_of(make_key());
	ck_assert_mem_ne(a.publicArea.unique.rsa.buffer,
	    b.publicArea.unique.rsa.buffer, 256);
}
END_TEST

/* The certification names exactly this key. */
START_TEST(certified)
{
	struct azure_enckey *key;
	TPM2B_PUBLIC public;
	TPMS_ATTEST attest;
	TPMT_SIGNATURE signature;
	uint8_t area[1024], name[34] = { 0, 0x0b };
	size_t size = 0, offset = 0;

	tpm_make_ak();
	key = make_key();
	public = public_of(key);
	ck_assert_uint_eq(Tss2_MU_TPMS_ATTEST_Unmarshal(key->certify.data,
			      key->certify.size, &offset, &attest),
	    0);
	ck_assert_uint_eq(attest.type, TPM2_ST_ATTEST_CERTIFY);
	ck_assert_uint_eq(Tss2_MU_TPMT_PUBLIC_Marshal(&public.publicArea, area,
			      sizeof(area), &size),
	    0);
	EVP_Digest(area, size, name + 2, NULL, EVP_sha256(), NULL);
	ck_assert_uint_eq(attest.attested.certify.name.size, sizeof(name));
	ck_assert_mem_eq(attest.attested.certify.name.name, name, sizeof(name));
	offset = 0;
	ck_assert_uint_eq(Tss2_MU_TPMT_SIGNATURE_Unmarshal(key->signature.data,
			      key->signature.size, &offset, &signature),
	    0);
	ck_assert_uint_eq(offset, key->signature.size);
	ck_assert_uint_eq(signature.sigAlg, TPM2_ALG_RSASSA);
}
END_TEST

START_TEST(every_padding)
{
	struct azure_enckey *key;
	uint8_t data[256], out[256];
	size_t size;

	tpm_make_ak();
	key = make_key();
	encrypt(key, (enum azure_padding)_i, data);
	ck_assert_int_eq(decrypt(key, (enum azure_padding)_i, data,
			     sizeof(data), out, &size, tpm_call(BUDGET)),
	    TEE_OK);
	ck_assert_uint_eq(size, sizeof(secret));
	ck_assert_mem_eq(out, secret, sizeof(secret));
}
END_TEST

/*
 * Its second half: free() writes over the first.  Compared through a mask, so
 * that the search leaves no copy to find.
 */
#define TAIL 16
static bool
is_secret(const volatile uint8_t *p)
{
	static const uint8_t mask = 0x5a;

	for (size_t i = 0; i < TAIL; i++)
		if ((p[i] ^ mask) != (secret[sizeof(secret) - TAIL + i] ^ mask))
			return false;
	return true;
}

/* How often this process's writable memory holds the secret. */
static unsigned
copies(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long from, to;
	unsigned found = 0;
	char line[512], mode[8];

	ck_assert_ptr_nonnull(maps);
	while (fgets(line, sizeof(line), maps) != NULL) {
		if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) != 3 ||
		    strncmp(mode, "rw", 2) != 0)
			continue;
		for (; from + TAIL <= to; from++)
			found += is_secret((const volatile uint8_t *)from);
	}
	fclose(maps);
	return found;
}

/* Not in ESAPI's buffers, not in freed memory, nowhere but where asked. */
START_TEST(plaintext)
{
	struct azure_enckey *key;
	uint8_t data[256], out[256];
	size_t size;

	tpm_make_ak();
	key = make_key();
	encrypt(key, AZURE_OAEP_SHA256, data);
	ck_assert_uint_eq(copies(), 0);
	ck_assert_int_eq(decrypt(key, AZURE_OAEP_SHA256, data, sizeof(data),
			     out, &size, tpm_call(BUDGET)),
	    TEE_OK);
	ck_assert_uint_eq(copies(), 1);
	OPENSSL_cleanse(out, sizeof(out));
	ck_assert_uint_eq(copies(), 0);
}
END_TEST

/* A flipped bit and another padding are refusals, not outages. */
START_TEST(not_for_this_key)
{
	struct tee_call *call;
	struct azure_enckey *key;
	uint8_t data[256], out[256];
	size_t size;

	tpm_make_ak();
	key = make_key();
	encrypt(key, AZURE_OAEP_SHA256, data);
	call = tpm_call(BUDGET);
	ck_assert_int_eq(decrypt(key, AZURE_OAEP_SHA1, data, 256, out, &size,
			     call),
	    TEE_DENY);
	ck_assert_str_eq(call->reason, "vtpm_decrypt");
	data[200] ^= 1;
	call = tpm_call(BUDGET);
	ck_assert_int_eq(decrypt(key, AZURE_OAEP_SHA256, data, 256, out, &size,
			     call),
	    TEE_DENY);
	ck_assert_str_eq(call->reason, "vtpm_decrypt");
	ck_assert_int_eq(decrypt(key, AZURE_OAEP_SHA256, data, 255, out, &size,
			     tpm_call(BUDGET)),
	    TEE_DENY);
	ck_assert_uint_eq(size, 0);
}
END_TEST

START_TEST(other_pcrs)
{
	struct tee_call *call = tpm_call(BUDGET);
	struct azure_enckey *key;
	uint8_t data[256], out[256];
	size_t size;

	tpm_make_ak();
	key = make_key();
	encrypt(key, AZURE_OAEP_SHA256, data);
	tpm_extend(7);
	call = tpm_call(BUDGET);
	ck_assert_int_eq(decrypt(key, AZURE_OAEP_SHA256, data, 256, out, &size,
			     call),
	    TEE_DENY);
	ck_assert_str_eq(call->reason, "pcr_changed");
	ck_assert_uint_eq(size, 0);
}
END_TEST

/* A register beside the policy's does not matter. */
START_TEST(free_pcr)
{
	struct azure_enckey *key;
	uint8_t data[256], out[256];
	size_t size;

	tpm_make_ak();
	key = make_key();
	encrypt(key, AZURE_OAEP_SHA256, data);
	tpm_extend(16);
	ck_assert_int_eq(decrypt(key, AZURE_OAEP_SHA256, data, 256, out, &size,
			     tpm_call(BUDGET)),
	    TEE_OK);
}
END_TEST

START_TEST(context_garbage)
{
	struct tee_call *call;
	struct azure_enckey *key;
	uint8_t data[256] = { 0 }, out[256];
	size_t size;

	tpm_make_ak();
	key = make_key();
	key->context.size--;
	call = tpm_call(BUDGET);
	ck_assert_int_eq(decrypt(key, AZURE_RSAES, data, 256, out, &size, call),
	    TEE_DENY);
	ck_assert_str_eq(call->reason, "vtpm_context");
	key->context.size += 2;
	ck_assert_int_eq(decrypt(key, AZURE_RSAES, data, 256, out, &size,
			     tpm_call(BUDGET)),
	    TEE_DENY);
}
END_TEST

START_TEST(no_ak)
{
	static struct azure_enckey key;
	struct tee_call *call = tpm_call(BUDGET);
	struct azure_vtpm *t;

	tpm_remove_ak();
	t = open_tpm(call);
	ck_assert_int_eq(tee_azure_vtpm_enckey(t, &key), TEE_UNAVAILABLE);
	ck_assert_str_eq(call->reason, "vtpm_ak");
	tee_azure_vtpm_close(&t);
	ck_assert_uint_eq(tpm_leftovers(), 0);
}
END_TEST

/* Whichever command fails, nothing stays behind. */
static const uint32_t steps[] = { TPM2_CC_PCR_Read, TPM2_CC_CreatePrimary,
	TPM2_CC_Certify, TPM2_CC_ContextSave };

START_TEST(fails_in_between)
{
	static struct azure_enckey key;
	struct tee_call *call = tpm_call(BUDGET);
	struct azure_vtpm *t;

	tpm_make_ak();
	t = open_tpm(call);
	tpm_faults.fails = steps[_i];
	tpm_faults.fails_with = TPM2_RC_FAILURE;
	ck_assert_int_eq(tee_azure_vtpm_enckey(t, &key), TEE_UNAVAILABLE);
	ck_assert_str_eq(call->reason, _i == 0 ? "vtpm_pcrs" : "vtpm_enckey");
	tee_azure_vtpm_close(&t);
	ck_assert_uint_eq(tpm_leftovers(), 0);
}
END_TEST

/* Each is asked again where the TPM says so, and not for ever. */
START_TEST(busy_in_between)
{
	static struct azure_enckey key;
	struct tee_call *call = tpm_call(BUDGET);
	struct azure_vtpm *t;
	unsigned once;

	tpm_make_ak();
	t = open_tpm(call);
	tpm_faults.only = steps[_i];
	tpm_faults.retries = 3;
	ck_assert_int_eq(tee_azure_vtpm_enckey(t, &key), TEE_OK);
	ck_assert_uint_eq(tpm_faults.retries, 0);
	once = tpm_count(steps[_i]);
	tpm_faults.retries = 1000;
	ck_assert_int_eq(tee_azure_vtpm_enckey(t, &key), TEE_UNAVAILABLE);
	ck_assert_str_eq(call->reason, "vtpm_busy");
	ck_assert_uint_lt(tpm_count(steps[_i]) - once, 10);
	tpm_faults.retries = 0;
	tee_azure_vtpm_close(&t);
	ck_assert_uint_eq(tpm_leftovers(), 0);
}
END_TEST

static const uint32_t uses[] = { TPM2_CC_ContextLoad, TPM2_CC_StartAuthSession,
	TPM2_CC_PolicyPCR };

START_TEST(fails_in_use)
{
	struct azure_enckey *key;
	uint8_t data[256], out[256];
	size_t size;

	tpm_make_ak();
	key = make_key();
	encrypt(key, AZURE_RSAES, data);
	tpm_faults.fails = uses[_i];
	tpm_faults.fails_with = TPM2_RC_FAILURE;
	ck_assert_int_eq(decrypt(key, AZURE_RSAES, data, 256, out, &size,
			     tpm_call(BUDGET)),
	    TEE_UNAVAILABLE);
}
END_TEST

/* Each is asked again where the TPM says so, and not for ever. */
static const uint32_t busy[] = { TPM2_CC_ContextLoad, TPM2_CC_StartAuthSession,
	TPM2_CC_PolicyPCR, TPM2_CC_RSA_Decrypt, TPM2_CC_FlushContext };

START_TEST(busy_in_use)
{
	struct tee_call *call = tpm_call(BUDGET);
	struct azure_enckey *key;
	uint8_t data[256], out[256];
	size_t size;

	tpm_make_ak();
	key = make_key();
	encrypt(key, AZURE_RSAES, data);
	tpm_faults.only = busy[_i];
	tpm_faults.retries = 3;
	ck_assert_int_eq(decrypt(key, AZURE_RSAES, data, 256, out, &size, call),
	    TEE_OK);
	ck_assert_mem_eq(out, secret, sizeof(secret));
	ck_assert_uint_eq(tpm_faults.retries, 0);
}
END_TEST

START_TEST(always_busy)
{
	struct tee_call *call;
	struct azure_enckey *key;
	uint8_t data[256], out[256];
	size_t size;

	tpm_make_ak();
	key = make_key();
	encrypt(key, AZURE_RSAES, data);
	call = tpm_call(BUDGET);
	tpm_faults.only = busy[_i];
	tpm_faults.retries = 1000;
	ck_assert_int_eq(decrypt(key, AZURE_RSAES, data, 256, out, &size, call),
	    TEE_UNAVAILABLE);
	ck_assert_str_eq(call->reason, "vtpm_busy");
	ck_assert_uint_lt(1000 - tpm_faults.retries, 10);
}
END_TEST

/* The budget ends before the TPM is ready: given up, and cleaned up. */
START_TEST(busy_beyond_budget)
{
	struct tee_call *call;
	struct azure_enckey *key;
	uint8_t data[256], out[256];
	size_t size;

	tpm_make_ak();
	key = make_key();
	encrypt(key, AZURE_RSAES, data);
	call = tpm_call(300);
	tpm_faults.only = busy[_i];
	tpm_faults.retries = 1000;
	ck_assert_int_eq(decrypt(key, AZURE_RSAES, data, 256, out, &size, call),
	    TEE_UNAVAILABLE);
	ck_assert_str_eq(call->reason, "vtpm_timeout");
	ck_assert_uint_lt(1000 - tpm_faults.retries, 10);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, shape);
	tcase_add_test(tc, never_twice);
	tcase_add_test(tc, certified);
	tcase_add_loop_test(tc, every_padding, AZURE_RSAES,
	    AZURE_OAEP_SHA384 + 1);
	/* Its shadow has terabytes, and holes. */
	if (!UNDER_ASAN)
		tcase_add_test(tc, plaintext);
	tcase_add_test(tc, not_for_this_key);
	tcase_add_test(tc, other_pcrs);
	tcase_add_test(tc, free_pcr);
	tcase_add_test(tc, context_garbage);
	tcase_add_test(tc, no_ak);
	tcase_add_loop_test(tc, fails_in_between, 0, 4);
	tcase_add_loop_test(tc, busy_in_between, 0, 4);
	tcase_add_loop_test(tc, fails_in_use, 0, 3);
	tcase_add_loop_test(tc, busy_in_use, 0, 5);
	tcase_add_loop_test(tc, always_busy, 0, 4);
	tcase_add_loop_test(tc, busy_beyond_budget, 1, 4);
}

int
main(void)
{
	return tpm_main("azure_enckey", add);
}
