/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one module can reach through its call, and what it cannot: the
 * binding is compared with the core's own copy, facilities keep to their
 * own services, secrets stay in the line's memory.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libtee/call.h"
#include "tests/test_profile_kit.h"

static uint8_t binding[TEE_BINDING_SIZE];
static struct tee_claims *claims;
static struct tee_evidence *evidence;
static struct tee_slot slot;

static void
set_up(void)
{
	memset(binding, 0x5b, sizeof(binding));
	memset(&slot, 0, sizeof(slot));
	claims = tee_claims_new();
	evidence = tee_evidence_new();
}

static void
tear_down(void)
{
	tee_claims_free(&claims);
	tee_evidence_free(&evidence);
	tee_slot_clear(&slot);
}

static struct tee_call
verifier(void)
{
	struct tee_call call = { .module = "test",
		.transaction = "none",
		.facility = TEE_VERIFIER,
		.evidence = evidence,
		.binding = binding,
		.binding_size = sizeof(binding),
		.claims = claims,
		.deadline = UINT64_MAX };

	return call;
}

static enum tee_verdict
say_yes(struct tee_call *call, void *state)
{
	(void)call;
	(void)state;
	return TEE_OK;
}

static enum tee_verdict
after_seeing(const uint8_t *field, size_t size)
{
	struct tee_call call = verifier();

	tee_claims_free(&claims);
	call.claims = claims = tee_claims_new();
	tee_call_saw_binding(&call, field, size);
	return tee_call_run(&call, say_yes, NULL);
}

/* The whole field counts: our 32 bytes, and zeros beyond them. */
START_TEST(binding_field)
{
	uint8_t field[300] = { 0 };
	size_t i;

	memcpy(field, binding, sizeof(binding));
	ck_assert_int_eq(after_seeing(field, 32), TEE_OK);
	ck_assert_int_eq(after_seeing(field, 64), TEE_OK);
	ck_assert_int_eq(after_seeing(field, 31), TEE_DENY);
	ck_assert_int_eq(after_seeing(field, 0), TEE_DENY);
	ck_assert_int_eq(after_seeing(field, 300), TEE_DENY);
	for (i = 0; i < 64; i++) {
		field[i] ^= 1;
		ck_assert_int_eq(after_seeing(field, 64), TEE_DENY);
		field[i] ^= 1;
	}
	ck_assert_int_eq(after_seeing(field, 64), TEE_OK);
}
END_TEST

/* Who saw two bindings saw a wrong one, in whatever order. */
START_TEST(binding_twice)
{
	uint8_t wrong[TEE_BINDING_SIZE] = { 0 };
	struct tee_call call = verifier();

	tee_call_saw_binding(&call, wrong, sizeof(wrong));
	tee_call_saw_binding(&call, binding, sizeof(binding));
	ck_assert_int_eq(tee_call_run(&call, say_yes, NULL), TEE_DENY);
	tee_claims_free(&claims);
	call.claims = claims = tee_claims_new();
	tee_call_saw_binding(&call, binding, sizeof(binding));
	tee_call_saw_binding(&call, wrong, sizeof(wrong));
	ck_assert_int_eq(tee_call_run(&call, say_yes, NULL), TEE_DENY);
}
END_TEST

START_TEST(binding_unknown)
{
	struct tee_call call = verifier();
	size_t size = 7;

	ck_assert_int_eq(tee_call_run(&call, say_yes, NULL), TEE_UNAVAILABLE);
	tee_claims_free(&claims);
	call.claims = claims = tee_claims_new();
	call.binding = NULL;
	ck_assert_ptr_null(tee_call_binding(&call, &size));
	ck_assert_uint_eq(size, 0);
	tee_call_saw_binding(&call, binding, sizeof(binding));
	ck_assert_int_eq(tee_call_run(&call, say_yes, NULL), TEE_UNAVAILABLE);
}
END_TEST

/* A result that is none of the four fails. */
START_TEST(unknown_check_result)
{
	struct tee_call call = verifier();

	tee_call_saw_binding(&call, binding, sizeof(binding));
	tee_call_check(&call, "odd", (enum tee_check_result)77, "odd");
	ck_assert_int_eq(tee_call_run(&call, say_yes, NULL), TEE_DENY);
}
END_TEST

/* More checks than fit: none of them may vanish silently. */
START_TEST(too_many_checks)
{
	struct tee_call call = verifier();
	size_t i;

	tee_call_saw_binding(&call, binding, sizeof(binding));
	for (i = 0; i < TEE_CHECKS_MAX; i++)
		tee_call_check(&call, "fine", TEE_CHECK_PASS, "fine");
	tee_call_check(&call, "one more", TEE_CHECK_FAIL, "fails");
	ck_assert_int_eq(tee_call_run(&call, say_yes, NULL), TEE_DENY);
}
END_TEST

START_TEST(claims_that_contradict_themselves)
{
	struct tee_call call = verifier();

	tee_call_saw_binding(&call, binding, sizeof(binding));
	tee_call_claim_text(&call, "host", "a");
	tee_call_claim_text(&call, "host", "a");
	ck_assert(!claims->broken);
	tee_call_claim_text(&call, "host", "b");
	ck_assert_int_eq(tee_call_run(&call, say_yes, NULL), TEE_DENY);
}
END_TEST

START_TEST(only_verifiers_claim)
{
	struct tee_call call = verifier();

	call.facility = TEE_COLLECTOR;
	call.claims = NULL;
	tee_call_claim_level(&call, TEE_LEVEL_TEE_VM);
	tee_call_claim_debug(&call, false);
	tee_call_claim_platform(&call, "x");
	tee_call_check(&call, "x", TEE_CHECK_PASS, "x");
	tee_call_saw_binding(&call, binding, sizeof(binding));
	ck_assert_uint_eq(claims->asserted, 0);
	ck_assert(!tee_call_extra_root(&call, binding));
}
END_TEST

START_TEST(items)
{
	struct tee_call call = verifier();
	size_t size = 7;
	uint8_t *large = calloc(1, TEE_ITEM_MAX + 1);

	ck_assert_int_eq(tee_call_put_item(&call, "a", "x", 1), -1);
	call.may_put = true;
	ck_assert_int_eq(tee_call_put_item(&call, "a", "x", 1), 0);
	ck_assert_int_eq(tee_call_put_item(&call, "a", "y", 1), -1);
	ck_assert_int_eq(tee_call_put_item(&call, "A", "x", 1), -1);
	ck_assert_int_eq(tee_call_put_item(&call, "", "x", 1), -1);
	ck_assert_int_eq(tee_call_put_item(&call, "b", large, TEE_ITEM_MAX + 1),
	    -1);
	ck_assert_int_eq(tee_call_put_item(&call, "b", large, TEE_ITEM_MAX), 0);
	ck_assert_ptr_null(tee_call_item(&call, "none", &size));
	ck_assert_uint_eq(size, 0);
	free(large);
}
END_TEST

/* Collectors and verifiers have no place for secrets. */
START_TEST(secrets)
{
	struct tee_call call = verifier();
	uint8_t *first;

	ck_assert_ptr_null(tee_call_secret(&call, 32));
	ck_assert_int_eq(tee_call_deliver(&call, binding), -1);
	call.facility = TEE_KEYSTORE;
	call.slot = &slot;
	ck_assert_ptr_null(tee_call_secret(&call, 0));
	ck_assert_ptr_null(tee_call_secret(&call, TEE_CALL_SECRET_MAX + 1));
	ck_assert_ptr_null(tee_call_secret(&call, SIZE_MAX));
	first = tee_call_secret(&call, 64);
	ck_assert_ptr_nonnull(first);
	ck_assert_ptr_eq(tee_call_secret(&call, 32), first);
	ck_assert_ptr_null(tee_call_secret(&call, TEE_CALL_SECRET_MAX));
	ck_assert_int_eq(tee_call_deliver(&call, binding), 0);
	ck_assert_int_eq(tee_call_deliver(&call, binding), -1);
}
END_TEST

static enum tee_verdict
say_one(struct tee_call *call, void *state)
{
	(void)call;
	(void)state;
	return (enum tee_verdict)1;
}

START_TEST(late_and_garbled)
{
	struct tee_call call = { .facility = TEE_COLLECTOR, .deadline = 0 };

	ck_assert_uint_eq(tee_call_remaining_ms(&call), 0);
	ck_assert_int_eq(tee_call_run(&call, say_yes, NULL), TEE_UNAVAILABLE);
	call.facility = TEE_KEYSTORE;
	ck_assert_int_eq(tee_call_run(&call, say_yes, NULL), TEE_DENY);
	call.deadline = UINT64_MAX;
	ck_assert_int_eq(tee_call_run(&call, say_one, NULL), TEE_DENY);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("transaction_call");
	TCase *tcase = tcase_create("transaction_call");

	if (!kit_begin("transaction_call"))
		return 77;
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, binding_field);
	tcase_add_test(tcase, binding_twice);
	tcase_add_test(tcase, binding_unknown);
	tcase_add_test(tcase, unknown_check_result);
	tcase_add_test(tcase, too_many_checks);
	tcase_add_test(tcase, claims_that_contradict_themselves);
	tcase_add_test(tcase, only_verifiers_claim);
	tcase_add_test(tcase, items);
	tcase_add_test(tcase, secrets);
	tcase_add_test(tcase, late_and_garbled);
	suite_add_tcase(suite, tcase);
	return kit_run(suite);
}
