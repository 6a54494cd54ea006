/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The canonical binding: AgentMesh's own known answer, what is refused, and
 * that every input counts.
 */
#include "config.h"

#include <string.h>
#include <check.h>
#include <tee/tee.h>

#include "libtee/text.h"

static int
compute(const char *did, const char *nonce, char hex[65])
{
	struct tee_challenge c = { "challenge_123", 13, nonce, strlen(nonce) };
	uint8_t key[TEE_PUBLIC_KEY_SIZE], out[TEE_BINDING_SIZE];
	int error;

	memset(key, 1, sizeof(key));
	error = tee_binding(did, strlen(did), &c, key, out);
	if (error == 0)
		tee_hex_encode(out, sizeof(out), hex);
	return error;
}

#define KNOWN "a9beac248d1221961e3fba0ea8daca0945128b11d30b06bdf0ffe8bd837668e5"

START_TEST(known_answer)
{
	char hex[65];

	ck_assert_int_eq(compute("did:mesh:agent-1", "nonce-abc", hex), 0);
	ck_assert_str_eq(hex, KNOWN);
	ck_assert_int_eq(compute("did:mesh:agent-1", "nonce-abd", hex), 0);
	ck_assert_str_ne(hex, KNOWN);
	ck_assert_int_eq(compute("did:mesh:agent-2", "nonce-abc", hex), 0);
	ck_assert_str_ne(hex, KNOWN);
}
END_TEST

START_TEST(refusals)
{
	char hex[65];

	ck_assert_int_eq(compute("", "n", hex), TEE_E_BINDING);
	ck_assert_int_eq(compute("d", "", hex), TEE_E_BINDING);
	ck_assert_int_eq(compute("\xff", "n", hex), TEE_E_BINDING);
	ck_assert_int_eq(compute("d", "\xed\xa0\x80", hex), TEE_E_BINDING);
}
END_TEST

START_TEST(arguments)
{
	struct tee_challenge c = { "c", 1, "n", 1 }, none = { NULL, 1, "n", 1 };
	uint8_t key[TEE_PUBLIC_KEY_SIZE] = { 0 }, out[TEE_BINDING_SIZE];

	ck_assert_int_eq(tee_binding(NULL, 1, &c, key, out), TEE_E_ARGUMENT);
	ck_assert_int_eq(tee_binding("d", 1, NULL, key, out), TEE_E_ARGUMENT);
	ck_assert_int_eq(tee_binding("d", 1, &c, NULL, out), TEE_E_ARGUMENT);
	ck_assert_int_eq(tee_binding("d", 1, &c, key, NULL), TEE_E_ARGUMENT);
	ck_assert_int_eq(tee_binding("d", 1, &none, key, out), TEE_E_BINDING);
	ck_assert_int_eq(tee_binding("d", 1, &c, key, out), 0);
}
END_TEST

/* Any single bit of the key, any length of any field. */
START_TEST(every_bit_counts)
{
	struct tee_challenge c = { "ccc", 3, "nnn", 3 };
	uint8_t key[TEE_PUBLIC_KEY_SIZE] = { 0 };
	uint8_t first[TEE_BINDING_SIZE], out[TEE_BINDING_SIZE];
	size_t bit;

	ck_assert_int_eq(tee_binding("ddd", 3, &c, key, first), 0);
	for (bit = 0; bit < 256; bit++) {
		key[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert_int_eq(tee_binding("ddd", 3, &c, key, out), 0);
		ck_assert_mem_ne(out, first, sizeof(out));
		key[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	ck_assert_int_eq(tee_binding("ddd", 2, &c, key, out), 0);
	ck_assert_mem_ne(out, first, sizeof(out));
	c.id_size = 2;
	ck_assert_int_eq(tee_binding("ddd", 3, &c, key, out), 0);
	ck_assert_mem_ne(out, first, sizeof(out));
	c.id_size = 3;
	c.nonce_size = 2;
	ck_assert_int_eq(tee_binding("ddd", 3, &c, key, out), 0);
	ck_assert_mem_ne(out, first, sizeof(out));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("binding");
	TCase *tcase = tcase_create("binding");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, known_answer);
	tcase_add_test(tcase, refusals);
	tcase_add_test(tcase, arguments);
	tcase_add_test(tcase, every_bit_counts);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
