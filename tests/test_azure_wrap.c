/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Key Vault wraps a key in: every recorded vector opens, and nothing that
 * was changed, cut, lengthened or wrapped in another way does.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "modules/common/json.h"
#include "modules/snp_azure/rsakey.h"
#include "modules/snp_azure/wrap.h"
#include "sim/wrap.h"
#include "tests/testlib_jose.h"
#include "tests/testlib_vector.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define VECTORS "azure/synthetic/skr-wrap-vectors.json"
#define VECTOR_KEY "azure/cleanroom/insecure-virtual/encryption/priv_key.pem"

static EVP_PKEY *key, *other;

struct opened {
	uint8_t kek[AZURE_KEK_SIZE];
	uint8_t data[AZURE_RELEASED_MAX];
	size_t size;
};

static bool
open_with(EVP_PKEY *rsa, enum azure_enc enc, const struct sim_blob *in,
    struct opened *o)
{
	size_t head = (size_t)EVP_PKEY_get_size(rsa);

	return in->size > head &&
	    tee_azure_unwrap_kek(rsa, enc, in->data, head, o->kek) &&
	    tee_azure_unwrap_key(o->kek, in->data + head, in->size - head,
		o->data, sizeof(o->data), &o->size);
}

static bool
is_zero(const uint8_t *p, size_t size)
{
	while (size > 0 && p[size - 1] == 0)
		size--;
	return size == 0;
}

static void
wrap(EVP_PKEY *rsa, enum azure_enc enc, const void *data, size_t size,
    struct sim_blob *out)
{
	ck_assert(tee_sim_wrap(rsa,
	    tee_sim_wrap_digest(tee_azure_enc_words[enc]), data, size, out));
}

START_TEST(sizes)
{
	static const size_t rows[] = { 1, 7, 8, 9, 16, 31, 32, 33, 138, 1217,
		2373, 8176 };
	static uint8_t plain[AZURE_RELEASED_MAX];
	static struct opened o;

	for (size_t i = 0; i < sizeof(plain); i++)
		plain[i] = (uint8_t)(i * 7);
	for (unsigned enc = AZURE_ENC_256; enc <= AZURE_ENC_SHA1; enc++) {
		for (size_t i = 0; i < COUNT(rows); i++) {
			struct sim_blob b = { 0 };

			wrap(key, enc, plain, rows[i], &b);
			ck_assert_msg(open_with(key, enc, &b, &o), "%zu",
			    rows[i]);
			ck_assert_uint_eq(o.size, rows[i]);
			ck_assert_mem_eq(o.data, plain, rows[i]);
			ck_assert(!open_with(other, enc, &b, &o));
			for (unsigned e = 0; e <= AZURE_ENC_SHA1; e++)
				ck_assert(
				    open_with(key, e, &b, &o) == (e == enc));
			tee_sim_blob_free(&b);
		}
	}
}
END_TEST

/* A plaintext that ends in zeros, whose zeros are the key's. */
START_TEST(zeros)
{
	static const uint8_t plain[32] = { 1, 2, 3 };
	static struct opened o;
	struct sim_blob b = { 0 };

	wrap(key, AZURE_ENC_256, plain, sizeof(plain), &b);
	ck_assert(open_with(key, AZURE_ENC_256, &b, &o));
	ck_assert_uint_eq(o.size, sizeof(plain));
	tee_sim_blob_free(&b);
}
END_TEST

/* One bit of any byte, and every length but the right one. */
START_TEST(damage)
{
	static struct opened o;
	struct sim_blob b = { 0 };
	size_t whole;

	wrap(key, AZURE_ENC_256, "0123456789abcdef0123456789abcdef", 32, &b);
	whole = b.size;
	ck_assert_uint_eq(whole, 256 + 40);
	for (size_t i = 0; i < whole; i++) {
		b.data[i] ^= 1;
		ck_assert_msg(!open_with(key, AZURE_ENC_256, &b, &o),
		    "byte %zu", i);
		ck_assert(is_zero(o.data, sizeof(o.data)) || i < 256);
		b.data[i] ^= 1;
	}
	for (size_t size = 0; size < whole; size++) {
		b.size = size;
		ck_assert_msg(!open_with(key, AZURE_ENC_256, &b, &o),
		    "%zu bytes", size);
	}
	b.size = whole;
	for (size_t i = 0; i < 24; i++) {
		ck_assert(tee_sim_blob_append(&b, "", 1));
		ck_assert_msg(!open_with(key, AZURE_ENC_256, &b, &o),
		    "%zu zeros behind", i + 1);
	}
	b.size = whole;
	ck_assert(open_with(key, AZURE_ENC_256, &b, &o));
	tee_sim_blob_free(&b);
}
END_TEST

/* What was there before a failure does not stay there. */
START_TEST(failures_wipe)
{
	uint8_t kek[AZURE_KEK_SIZE], out[64], in[256] = { 1 };
	size_t n = 7;

	memset(kek, 0x5a, sizeof(kek));
	ck_assert(
	    !tee_azure_unwrap_kek(key, AZURE_ENC_256, in, sizeof(in), kek));
	ck_assert(is_zero(kek, sizeof(kek)));
	memset(out, 0x5a, sizeof(out));
	ck_assert(!tee_azure_unwrap_key(kek, in, 40, out, sizeof(out), &n));
	ck_assert(is_zero(out, sizeof(out)));
	ck_assert_uint_eq(n, 7);
}
END_TEST

/*
 * OpenSSL writes whole blocks: less room than that is refused, although the
 * key would fit; and so is a key that is longer than any.
 */
START_TEST(room)
{
	static uint8_t plain[AZURE_RELEASED_MAX], out[AZURE_RELEASED_MAX + 16];
	uint8_t kek[AZURE_KEK_SIZE];
	struct sim_blob b = { 0 };
	size_t n = 7;

	wrap(key, AZURE_ENC_256, plain, 32, &b);
	ck_assert(tee_azure_unwrap_kek(key, AZURE_ENC_256, b.data, 256, kek));
	out[39] = 0x5a;
	ck_assert(!tee_azure_unwrap_key(kek, b.data + 256, 40, out, 39, &n));
	ck_assert_uint_eq(out[39], 0x5a);
	ck_assert_uint_eq(n, 7);
	ck_assert(tee_azure_unwrap_key(kek, b.data + 256, 40, out, 40, &n));
	ck_assert_uint_eq(n, 32);
	tee_sim_blob_free(&b);
	for (size_t over = 0; over < 2; over++) {
		wrap(key, AZURE_ENC_256, plain, sizeof(plain) - 8 + over, &b);
		ck_assert(
		    tee_azure_unwrap_kek(key, AZURE_ENC_256, b.data, 256, kek));
		ck_assert(tee_azure_unwrap_key(kek, b.data + 256, b.size - 256,
			      out, sizeof(out), &n) == (over == 0));
		tee_sim_blob_free(&b);
	}
}
END_TEST

/* The block that holds the KEK is as long as the modulus. */
START_TEST(block_of_kek)
{
	uint8_t kek[AZURE_KEK_SIZE], longer[257] = { 0 };
	struct sim_blob b = { 0 };

	/* Until one begins with a zero, which RSA would not miss. */
	do {
		tee_sim_blob_free(&b);
		wrap(key, AZURE_ENC_256, "0123456789abcdef", 16, &b);
	} while (b.data[0] != 0);
	ck_assert(tee_azure_unwrap_kek(key, AZURE_ENC_256, b.data, 256, kek));
	ck_assert(
	    !tee_azure_unwrap_kek(key, AZURE_ENC_256, b.data + 1, 255, kek));
	memcpy(longer + 1, b.data, 256);
	ck_assert(!tee_azure_unwrap_kek(key, AZURE_ENC_256, longer, 257, kek));
	tee_sim_blob_free(&b);
}
END_TEST

/* An OAEP block that holds something other than an AES-256 key. */
START_TEST(other_keks)
{
	static const size_t rows[] = { 0, 16, 24, 31, 33, 64 };
	uint8_t block[256], kek[AZURE_KEK_SIZE], plain[64] = { 9 };

	for (size_t i = 0; i < COUNT(rows); i++) {
		EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
		size_t n = sizeof(block);

		ck_assert_int_eq(EVP_PKEY_encrypt_init(ctx), 1);
		EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING);
		EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256());
		EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256());
		ck_assert_int_eq(EVP_PKEY_encrypt(ctx, block, &n, plain,
				     rows[i]),
		    1);
		EVP_PKEY_CTX_free(ctx);
		ck_assert_msg(!tee_azure_unwrap_kek(key, AZURE_ENC_256, block,
				  n, kek),
		    "%zu bytes", rows[i]);
	}
}
END_TEST

static void
unhex(const json_t *object, const char *name, struct sim_blob *out)
{
	const char *text = tee_json_text(object, name);
	long n = 0;
	uint8_t *bytes;

	ck_assert_msg(text != NULL, "%s", name);
	bytes = OPENSSL_hexstr2buf(text, &n);
	ck_assert_ptr_nonnull(bytes);
	ck_assert(tee_sim_blob_append(out, bytes, (size_t)n));
	OPENSSL_free(bytes);
}

static EVP_PKEY *
vector_key(void)
{
	struct sim_blob pem = { 0 };
	EVP_PKEY *rsa;
	BIO *bio;

	vector_load(VECTOR_KEY, &pem);
	bio = BIO_new_mem_buf(pem.data, (int)pem.size);
	rsa = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	ck_assert_ptr_nonnull(rsa);
	BIO_free(bio);
	tee_sim_blob_free(&pem);
	return rsa;
}

static json_t *
vectors(void)
{
	struct sim_blob text = { 0 };
	json_t *root;

	vector_load(VECTORS, &text);
	root = json_loadb((char *)text.data, text.size, 0, NULL);
	ck_assert_ptr_nonnull(root);
	tee_sim_blob_free(&text);
	return root;
}

static enum azure_enc
enc_of(const json_t *row)
{
	for (unsigned i = 0; tee_azure_enc_words[i] != NULL; i++)
		if (tee_json_is(row, "enc", tee_azure_enc_words[i]))
			return (enum azure_enc)i;
	ck_abort_msg("an enc that is not known");
	return AZURE_ENC_256;
}

static void
opens_as_recorded(EVP_PKEY *rsa, const json_t *row)
{
	struct sim_blob in = { 0 }, kek = { 0 }, plain = { 0 };
	static struct opened o;
	static struct azure_rsa parts;

	unhex(row, "ciphertext_hex", &in);
	unhex(row, "kek_hex", &kek);
	unhex(row, "plaintext_hex", &plain);
	ck_assert(open_with(rsa, enc_of(row), &in, &o));
	ck_assert_mem_eq(o.kek, kek.data, sizeof(o.kek));
	ck_assert_uint_eq(o.size, plain.size);
	ck_assert_mem_eq(o.data, plain.data, plain.size);
	ck_assert(tee_azure_rsa_pkcs8(&parts, o.data, o.size) ==
	    tee_json_is(row, "kty", "RSA-HSM"));
	tee_sim_blob_free(&in);
	tee_sim_blob_free(&kek);
	tee_sim_blob_free(&plain);
}

START_TEST(recorded)
{
	json_t *root, *row;
	EVP_PKEY *rsa;
	size_t i;

	if (vector_root() == NULL)
		return;
	root = vectors();
	rsa = vector_key();
	ck_assert_uint_eq(json_array_size(json_object_get(root, "vectors")),
	    12);
	json_array_foreach(json_object_get(root, "vectors"), i, row)
	    opens_as_recorded(rsa, row);
	EVP_PKEY_free(rsa);
	json_decref(root);
}
END_TEST

/* RFC 5649 section 6 has 192-bit keys: the same cipher one size down. */
START_TEST(rfc5649)
{
	json_t *root, *row;
	size_t i, n = 0;

	if (vector_root() == NULL)
		return;
	root = vectors();
	json_array_foreach(json_object_get(root, "rfc5649"), i, row)
	{
		struct sim_blob kek = { 0 }, in = { 0 }, plain = { 0 };
		EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
		uint8_t out[64];
		int size = 0;

		unhex(row, "kek", &kek);
		unhex(row, "ct", &in);
		unhex(row, "pt", &plain);
		ck_assert_uint_eq(kek.size, 24);
		EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
		ck_assert_int_eq(EVP_DecryptInit_ex(ctx, EVP_aes_192_wrap_pad(),
				     NULL, kek.data, NULL),
		    1);
		ck_assert_int_eq(EVP_DecryptUpdate(ctx, out, &size, in.data,
				     (int)in.size),
		    1);
		ck_assert_uint_eq((size_t)size, plain.size);
		ck_assert_mem_eq(out, plain.data, plain.size);
		EVP_CIPHER_CTX_free(ctx);
		tee_sim_blob_free(&kek);
		tee_sim_blob_free(&in);
		tee_sim_blob_free(&plain);
		n++;
	}
	ck_assert_uint_ge(n, 2);
	json_decref(root);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure_wrap");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	key = jose_key(2048);
	other = jose_key(2048);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, sizes);
	tcase_add_test(tcase, zeros);
	tcase_add_test(tcase, damage);
	tcase_add_test(tcase, failures_wipe);
	tcase_add_test(tcase, room);
	tcase_add_test(tcase, block_of_kek);
	tcase_add_test(tcase, other_keks);
	tcase_add_test(tcase, recorded);
	tcase_add_test(tcase, rfc5649);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
	if (vector_root() == NULL)
		puts("recorded vectors: skipped (no TEE_VECTORS)");
	return failed > 0;
}
