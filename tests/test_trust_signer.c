/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A key that is imported once for several signatures never stands for
 * another one; and the keyed hash that says where an entry lies.
 */
#include "config.h"

#include <string.h>
#include <check.h>

#include "libtee/trust/signature.h"
#include "libtee/trust/siphash.h"
#include "tests/test_handshake_kit.h"

static const char said[] = "what was said";

struct peer {
	struct hs_keys keys;
	uint8_t signature[TEE_SIGNATURE_SIZE];
};

static void
peer_init(struct peer *p, uint8_t seed)
{
	hs_keys(&p->keys, seed);
	hs_sign(p->keys.seed, said, sizeof(said), p->signature);
}

/* By `key`, a signature of `by`. */
static bool
signed_by(struct trust_signer *s, const struct peer *key, const struct peer *by)
{
	return trust_signer_signed(s, key->keys.public_key, said, sizeof(said),
	    by->signature);
}

START_TEST(each_key_its_own)
{
	struct trust_signer s = { .pkey = NULL };
	struct peer a, b;

	peer_init(&a, 1);
	peer_init(&b, 2);
	ck_assert(signed_by(&s, &a, &a));
	ck_assert(!signed_by(&s, &a, &b));
	ck_assert(signed_by(&s, &a, &a));
	ck_assert(!signed_by(&s, &b, &a));
	ck_assert(signed_by(&s, &b, &b));
	ck_assert(signed_by(&s, &a, &a));
	a.keys.public_key[31] ^= 1;
	ck_assert(!signed_by(&s, &a, &a));
	trust_signer_clear(&s);
	ck_assert_ptr_null(s.pkey);
	trust_signer_clear(&s);
}
END_TEST

/* Zeroed memory is no key, though a key may be all zeros. */
START_TEST(none_yet)
{
	static const struct peer nobody;
	struct trust_signer s = { .pkey = NULL };
	struct peer a;

	peer_init(&a, 1);
	ck_assert(!signed_by(&s, &nobody, &a));
	ck_assert(!signed_by(&s, &nobody, &nobody));
	ck_assert(signed_by(&s, &a, &a));
	trust_signer_clear(&s);
}
END_TEST

/* Key 00..0f, text 00, 01, ..: the first of the reference's, the paper's. */
START_TEST(siphash)
{
	static const struct {
		size_t size;
		uint64_t hash;
	} rows[] = {
		{ 0, UINT64_C(0x726fdb47dd0e0e31) },
		{ 1, UINT64_C(0x74f839c593dc67fd) },
		{ 15, UINT64_C(0xa129ca6149be45e5) },
	};
	struct trust_salt salt;
	uint8_t text[32], key[16];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)i;
	memcpy(key, text, sizeof(key));
	memcpy(&salt, key, sizeof(salt));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_uint_eq(trust_siphash_bytes(&salt, text,
				      rows[i].size),
		    rows[i].hash);
	ck_assert_uint_eq(trust_siphash(&salt, text),
	    trust_siphash_bytes(&salt, text, sizeof(text)));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("signer");
	TCase *tcase = tcase_create("signer");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, each_key_its_own);
	tcase_add_test(tcase, none_yet);
	tcase_add_test(tcase, siphash);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
