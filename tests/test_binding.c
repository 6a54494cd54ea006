/* SPDX-License-Identifier: Apache-2.0 */
/* The canonical binding against AgentMesh's own known answer, and refusals. */
#include "config.h"

#include <stdlib.h>
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

START_TEST(known_answer)
{
	char hex[65];

	ck_assert_int_eq(compute("did:mesh:agent-1", "nonce-abc", hex), 0);
	ck_assert_str_eq(hex, "a9beac248d1221961e3fba0ea8daca09"
	    "45128b11d30b06bdf0ffe8bd837668e5");
	ck_assert_int_eq(compute("did:mesh:agent-1", "nonce-abd", hex), 0);
	ck_assert_str_ne(hex, "a9beac248d1221961e3fba0ea8daca09"
	    "45128b11d30b06bdf0ffe8bd837668e5");
}
END_TEST

START_TEST(refusals)
{
	char hex[65];

	ck_assert_int_eq(compute("", "n", hex), TEE_E_BINDING);
	ck_assert_int_eq(compute("d", "", hex), TEE_E_BINDING);
	ck_assert_int_eq(compute("\xff", "n", hex), TEE_E_BINDING);
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
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
