/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the keeper takes a worker's report for: each thing that does not fit
 * the profile leaves no key, or the lease as it was.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <check.h>

#include "libtee/signer.h"
#include "teed/key.h"

static struct tee plan;
static struct tee_bench *bench;
static struct teed_key held;
static struct teed_report report;
static uint8_t seed[TEE_SEED_SIZE];

static void
write_report(void)
{
	struct tee_release *r = &report.release;

	teed_report_clear(&report);
	memset(seed, 0x42, sizeof(seed));
	ck_assert_int_eq(tee_signer_public(seed, r->standing.public_key), 0);
	r->standing.did = strdup("did:mesh:a");
	r->standing.did_size = strlen(r->standing.did);
	r->standing.platform = strdup("mock");
	r->lifetime = 60;
	r->claims_json = strdup("{}");
}

static void
set_up(void)
{
	plan = (struct tee){ .name = (char *)(uintptr_t) "teed-key-test",
		.did = (char *)(uintptr_t) "did:mesh:a",
		.lifetime = 60,
		.operators = (gid_t)-1 };
	ck_assert_int_eq(tee_bench_new(&bench), 0);
	write_report();
}

static void
tear_down(void)
{
	teed_key_end(&held);
	teed_report_clear(&report);
	tee_bench_free(&bench);
}

static int
begin(const uint8_t *with)
{
	const char *why = NULL;
	int error = teed_key_begin(&held, &plan, bench, &report,
	    (uint8_t *)(uintptr_t)with, &why);

	ck_assert_int_eq(error == 0, why == NULL);
	ck_assert_int_eq(error == 0, held.custody != NULL);
	return error;
}

static void
other_did(void)
{
	report.release.standing.did[9] = 'b';
}

static void
shorter_did(void)
{
	report.release.standing.did_size--;
}

static void
no_claims(void)
{
	free(report.release.claims_json);
	report.release.claims_json = NULL;
}

static void
no_lease(void)
{
	report.release.lifetime = 0;
}

static void
long_lease(void)
{
	report.release.lifetime = 61;
}

static void
other_key(void)
{
	report.release.standing.public_key[0] ^= 1;
}

static void
underived_did(void)
{
	plan.did = (char *)(uintptr_t) "auto";
}

static void (*const spoils[])(void) = { other_did, shorter_did, no_claims,
	no_lease, long_lease, other_key, underived_did };
#define SPOILS ((int)(sizeof(spoils) / sizeof(spoils[0])))

START_TEST(refused)
{
	spoils[_i]();
	ck_assert_int_ne(begin(seed), 0);
	ck_assert_uint_eq(held.generation, 0);
	/* The seed is in no memory of the keeper's, taken or not. */
	for (size_t i = 0; i < sizeof(seed); i++)
		ck_assert_uint_eq(seed[i], 0);
}
END_TEST

START_TEST(no_seed)
{
	ck_assert_int_ne(begin(NULL), 0);
}
END_TEST

static const struct {
	void (*spoil)(void);
	bool good;
} renewals[] = { { NULL, true }, { no_claims, false }, { no_lease, false },
	{ long_lease, false } };

START_TEST(renewed)
{
	const char *why = NULL;
	time_t expires;
	int error;

	ck_assert_int_eq(begin(seed), 0);
	ck_assert_uint_eq(held.generation, 1);
	expires = held.expires;
	write_report();
	if (renewals[_i].spoil != NULL)
		renewals[_i].spoil();
	error = teed_key_renew(&held, &plan, &report, &why);
	ck_assert_int_eq(error == 0, renewals[_i].good);
	ck_assert_uint_eq(held.generation, renewals[_i].good ? 2 : 1);
	if (!renewals[_i].good)
		ck_assert_int_eq(held.expires, expires);
	ck_assert_ptr_nonnull(held.custody);
	/* Generations count on over keys. */
	teed_key_end(&held);
	ck_assert_ptr_null(held.custody);
	ck_assert_uint_eq(held.generation, renewals[_i].good ? 2 : 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("teed_key");
	TCase *c = tcase_create("teed_key");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_loop_test(c, refused, 0, SPOILS);
	tcase_add_test(c, no_seed);
	tcase_add_loop_test(c, renewed, 0, 4);
	suite_add_tcase(suite, c);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
