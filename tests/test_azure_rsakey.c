/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private RSA keys that pass by OpenSSL's decoders: what is read is the same
 * key, and bytes that an encoder would not have written are no key.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <check.h>
#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "modules/snp_azure/rsakey.h"
#include "sim/blob.h"
#include "tests/testlib_jose.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static EVP_PKEY *key;
static struct azure_rsa parts;

/* PKCS #8 as OpenSSL writes it; free(3) it. */
static uint8_t *
pkcs8(EVP_PKEY *pkey, size_t *size)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(pkey);
	uint8_t *der = NULL;
	int n = i2d_PKCS8_PRIV_KEY_INFO(info, &der);

	ck_assert_int_gt(n, 0);
	*size = (size_t)n;
	PKCS8_PRIV_KEY_INFO_free(info);
	return der;
}

static void
is_key(const struct azure_rsa *rsa, EVP_PKEY *pkey)
{
	EVP_PKEY *opened = tee_azure_rsa_open(rsa);
	BIGNUM *a = NULL, *b = NULL;

	ck_assert_ptr_nonnull(opened);
	ck_assert_int_eq(EVP_PKEY_eq(opened, pkey), 1);
	ck_assert_int_eq(EVP_PKEY_get_bn_param(opened, OSSL_PKEY_PARAM_RSA_D,
			     &a),
	    1);
	ck_assert_int_eq(EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_D, &b),
	    1);
	ck_assert_int_eq(BN_cmp(a, b), 0);
	BN_free(a);
	BN_free(b);
	EVP_PKEY_free(opened);
}

START_TEST(sizes)
{
	static const unsigned rows[] = { 2048, 3072, 4096 };

	for (size_t i = 0; i < COUNT(rows); i++) {
		EVP_PKEY *pkey = jose_key(rows[i]);
		size_t size;
		uint8_t *der = pkcs8(pkey, &size);

		ck_assert(tee_azure_rsa_pkcs8(&parts, der, size));
		ck_assert_uint_eq(parts.size[AZURE_RSA_N], rows[i] / 8);
		is_key(&parts, pkey);
		OPENSSL_free(der);
		EVP_PKEY_free(pkey);
	}
}
END_TEST

START_TEST(generated)
{
	struct azure_rsa *a = calloc(2, sizeof(*a));
	EVP_PKEY *first, *second;

	ck_assert(tee_azure_rsa_generate(&a[0], NULL));
	ck_assert(tee_azure_rsa_generate(&a[1], NULL));
	first = tee_azure_rsa_open(&a[0]);
	second = tee_azure_rsa_open(&a[1]);
	ck_assert_int_eq(EVP_PKEY_get_bits(first), 2048);
	is_key(&a[0], first);
	ck_assert_int_ne(EVP_PKEY_eq(first, second), 1);
	EVP_PKEY_free(first);
	EVP_PKEY_free(second);
	free(a);
}
END_TEST

static bool
refused(const uint8_t *der, size_t size)
{
	static const struct azure_rsa none;
	bool ok = tee_azure_rsa_pkcs8(&parts, der, size);

	if (!ok)
		ck_assert_msg(memcmp(&parts, &none, sizeof(none)) == 0,
		    "what was read before the fault is still there");
	return !ok;
}

/* Every length but the right one. */
START_TEST(lengths)
{
	size_t size;
	uint8_t *der = pkcs8(key, &size), *more = malloc(size + 1);

	for (size_t i = 0; i < size; i++)
		ck_assert_msg(refused(der, i), "%zu", i);
	memcpy(more, der, size);
	more[size] = 0;
	ck_assert(refused(more, size + 1));
	ck_assert(!refused(more, size));
	free(more);
	OPENSSL_free(der);
}
END_TEST

/* The frame around the numbers: each byte of it matters. */
START_TEST(frame)
{
	static const uint8_t bits[] = { 0x01, 0x40, 0x80 };
	size_t size;
	uint8_t *der = pkcs8(key, &size);

	/* SEQUENCE, version, algorithm, OCTET STRING, SEQUENCE, version. */
	for (size_t i = 0; i < 4 + 3 + 15 + 4 + 4 + 3; i++)
		for (size_t b = 0; b < COUNT(bits); b++) {
			der[i] ^= bits[b];
			ck_assert_msg(refused(der, size), "byte %zu, bit %02x",
			    i, bits[b]);
			der[i] ^= bits[b];
		}
	ck_assert(!refused(der, size));
	OPENSSL_free(der);
}
END_TEST

static void
add_number(struct sim_blob *b, const uint8_t *data, size_t size)
{
	uint8_t head[4] = { 0x02, 0x82, (uint8_t)(size >> 8), (uint8_t)size };

	if (size < 128)
		head[1] = (uint8_t)size;
	ck_assert(tee_sim_blob_append(b, head, size < 128 ? 2 : 4));
	ck_assert(tee_sim_blob_append(b, data, size));
}

static void
put_frame(struct sim_blob *b, uint8_t tag, const void *front, size_t front_size,
    const struct sim_blob *body)
{
	size_t size = front_size + body->size;
	uint8_t head[4] = { tag, 0x82, (uint8_t)(size >> 8), (uint8_t)size };

	ck_assert(tee_sim_blob_append(b, head, 4));
	ck_assert(tee_sim_blob_append(b, front, front_size));
	ck_assert(tee_sim_blob_append(b, body->data, body->size));
}

/* What stands behind the last number, the inner SEQUENCE, the octets. */
enum behind { BEHIND_NUMBERS = 0, BEHIND_INNER, BEHIND_OCTETS, BEHIND_NONE };

static void
put_behind(struct sim_blob *b, enum behind where, enum behind here)
{
	if (where == here)
		ck_assert(tee_sim_blob_append(b, "\5\0", 2));
}

/* PKCS #8 of the usual key, one number of it replaced, or a NULL added. */
static void
forged_with(unsigned which, const uint8_t *data, size_t size, enum behind where,
    struct sim_blob *out)
{
	static const uint8_t front[] = { 0x02, 0x01, 0x00, 0x30, 0x0d, 0x06,
		0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01,
		0x05, 0x00 };
	static struct azure_rsa good;
	struct sim_blob numbers = { 0 }, inner = { 0 }, octets = { 0 };
	size_t der_size;
	uint8_t *der = pkcs8(key, &der_size), sign[AZURE_RSA_PART + 1] = { 0 };

	ck_assert(tee_azure_rsa_pkcs8(&good, der, der_size));
	for (unsigned i = 0; i < AZURE_RSA_PARTS; i++) {
		bool high = good.part[i][0] >= 0x80;

		memcpy(sign + 1, good.part[i], good.size[i]);
		if (i == which)
			add_number(&numbers, data, size);
		else
			add_number(&numbers, sign + !high, good.size[i] + high);
	}
	put_behind(&numbers, where, BEHIND_NUMBERS);
	put_frame(&inner, 0x30, "\2\1\0", 3, &numbers);
	put_behind(&inner, where, BEHIND_INNER);
	put_frame(&octets, 0x04, "", 0, &inner);
	put_behind(&octets, where, BEHIND_OCTETS);
	put_frame(out, 0x30, front, sizeof(front), &octets);
	tee_sim_blob_free(&numbers);
	tee_sim_blob_free(&inner);
	tee_sim_blob_free(&octets);
	OPENSSL_free(der);
}

static void
forged(unsigned which, const uint8_t *data, size_t size, struct sim_blob *out)
{
	forged_with(which, data, size, BEHIND_NONE, out);
}

START_TEST(nothing_behind)
{
	for (unsigned where = BEHIND_NUMBERS; where <= BEHIND_NONE; where++) {
		struct sim_blob der = { 0 };

		forged_with(AZURE_RSA_PARTS, NULL, 0, (enum behind)where, &der);
		ck_assert_msg(refused(der.data, der.size) ==
			(where != BEHIND_NONE),
		    "%u", where);
		tee_sim_blob_free(&der);
	}
}
END_TEST

START_TEST(numbers)
{
	static const uint8_t e[] = { 1, 0, 1 }, zero_before[] = { 0, 1, 0, 1 };
	static const uint8_t minus[] = { 0x81, 0, 1 };
	static uint8_t large[AZURE_RSA_PART + 1] = { 1 };
	static uint8_t small[128] = { 1 };
	static const struct {
		unsigned which;
		const uint8_t *data;
		size_t size;
		bool ok;
	} rows[] = {
		{ AZURE_RSA_E, e, sizeof(e), true },
		{ AZURE_RSA_E, zero_before, sizeof(zero_before), false },
		{ AZURE_RSA_E, minus, sizeof(minus), false },
		{ AZURE_RSA_E, e, 0, false },
		{ AZURE_RSA_D, large, sizeof(large), false },
		{ AZURE_RSA_N, small, sizeof(small), false },
		{ AZURE_RSA_QI, minus, sizeof(minus), false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sim_blob b = { 0 };

		forged(rows[i].which, rows[i].data, rows[i].size, &b);
		ck_assert_msg(refused(b.data, b.size) == !rows[i].ok, "row %zu",
		    i);
		tee_sim_blob_free(&b);
	}
}
END_TEST

START_TEST(other_kinds)
{
	EVP_PKEY *ec = EVP_EC_gen("P-256"), *small = jose_key(1024);
	EVP_PKEY *ed = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	EVP_PKEY *const rows[] = { ec, ed, small };

	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t size;
		uint8_t *der = pkcs8(rows[i], &size);

		ck_assert_msg(refused(der, size), "row %zu", i);
		OPENSSL_free(der);
	}
	EVP_PKEY_free(ec);
	EVP_PKEY_free(ed);
	EVP_PKEY_free(small);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure_rsakey");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	key = jose_key(2048);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, sizes);
	tcase_add_test(tcase, generated);
	tcase_add_test(tcase, lengths);
	tcase_add_test(tcase, frame);
	tcase_add_test(tcase, nothing_behind);
	tcase_add_test(tcase, numbers);
	tcase_add_test(tcase, other_kinds);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	EVP_PKEY_free(key);
	return failed > 0;
}
