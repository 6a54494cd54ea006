/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of the meet by name: absent is the floor, a contradiction is a
 * deny, a claim that could not be kept is a deny, nobody is a deny; and the
 * JSON that peers read.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>
#include <jansson.h>

#include "libtee/claims.h"

static struct tee_claims *
full(void)
{
	static const uint8_t tcb[8] = { 3, 0, 0, 0, 0, 0, 8, 115 };
	struct tee_claims *c = tee_claims_new();

	ck_assert_ptr_nonnull(c);
	c->asserted = TEE_ASSERTED_LEVEL | TEE_ASSERTED_DEBUG |
	    TEE_ASSERTED_TCB_STATUS | TEE_ASSERTED_TCB;
	c->level = TEE_LEVEL_TEE_VM;
	c->debug_disabled = true;
	c->tcb_status = TEE_TCB_UP_TO_DATE;
	memcpy(c->tcb, tcb, sizeof(tcb));
	c->binding_seen = c->binding_match = true;
	c->expires = 5000;
	tee_claims_name(c, &c->measurements, "launch", "\x9f\x01", 2);
	tee_claims_name(c, &c->texts, "platform", "sev-snp", 7);
	return c;
}

/* TEE_DENY or TEE_OK; *out is what came of it. */
static enum tee_verdict
meet2(const struct tee_claims *a, const struct tee_claims *b,
    struct tee_claims **out)
{
	struct tee_voice v[] = { { a, TEE_AUTHORITY_ALL },
		{ b, TEE_AUTHORITY_ALL } };
	const char *why;

	*out = tee_claims_new();
	return tee_claims_meet(v, 2, *out, &why);
}

START_TEST(nobody)
{
	struct tee_claims *out = tee_claims_new();
	const char *why = NULL;

	ck_assert_int_eq(tee_claims_meet(NULL, 0, out, &why), TEE_DENY);
	ck_assert_str_eq(why, "no verifier spoke");
	tee_claims_free(&out);
}
END_TEST

START_TEST(new_claims_are_the_floor)
{
	struct tee_claims *c = tee_claims_new();

	ck_assert_int_eq(tee_claims_level(c), TEE_LEVEL_STANDARD);
	ck_assert_int_eq(tee_claims_key_origin(c), TEE_ORIGIN_LOCAL);
	ck_assert_int_eq(tee_claims_tcb_status(c), TEE_TCB_UNKNOWN);
	ck_assert(tee_claims_debug(c));
	ck_assert(!tee_claims_key_bound(c));
	ck_assert_str_eq(tee_claims_verdict(c), "deny");
	tee_claims_free(&c);
	ck_assert_ptr_null(c);
	tee_claims_free(&c);
}
END_TEST

/* One of two with authority says nothing at all. */
START_TEST(absent_is_floor)
{
	struct tee_claims *a = full(), *b = tee_claims_new(), *out;

	ck_assert_int_eq(meet2(a, b, &out), TEE_OK);
	ck_assert_uint_eq(out->asserted, 0);
	ck_assert_int_eq(out->level, TEE_LEVEL_STANDARD);
	ck_assert(!out->debug_disabled);
	ck_assert_int_eq(out->tcb_status, TEE_TCB_UNKNOWN);
	ck_assert_mem_eq(out->tcb, "\0\0\0\0\0\0\0\0", 8);
	ck_assert_uint_eq(out->texts.count, 0);
	ck_assert_uint_eq(out->measurements.count, 0);
	ck_assert(!out->binding_match);
	ck_assert_int_eq(out->expires, 5000);
	tee_claims_free(&a);
	tee_claims_free(&b);
	tee_claims_free(&out);
}
END_TEST

/* Its silence where it has no authority costs nothing. */
START_TEST(silence_without_authority)
{
	struct tee_claims *a = full(), *b = tee_claims_new();
	struct tee_claims *out = tee_claims_new();
	struct tee_voice v[] = { { a, TEE_AUTHORITY_ALL }, { b, 0 } };
	const char *why;

	ck_assert_int_eq(tee_claims_meet(v, 2, out, &why), TEE_OK);
	ck_assert_int_eq(out->level, TEE_LEVEL_TEE_VM);
	ck_assert_int_eq(out->tcb_status, TEE_TCB_UP_TO_DATE);
	ck_assert_ptr_nonnull(tee_named_find(&out->measurements, "launch"));
	/* But nobody is excused from the binding. */
	ck_assert(!out->binding_match);
	tee_claims_free(&a);
	tee_claims_free(&b);
	tee_claims_free(&out);
}
END_TEST

/* What it says without authority is not heard. */
START_TEST(word_without_authority)
{
	struct tee_claims *a = full(), *out = tee_claims_new();
	struct tee_voice v[] = { { a, 0 } };
	const char *why;

	ck_assert_int_eq(tee_claims_meet(v, 1, out, &why), TEE_OK);
	ck_assert_uint_eq(out->asserted, 0);
	ck_assert_int_eq(out->level, TEE_LEVEL_STANDARD);
	ck_assert(!out->debug_disabled);
	ck_assert_int_eq(out->tcb_status, TEE_TCB_UNKNOWN);
	ck_assert_uint_eq(out->texts.count + out->measurements.count, 0);
	tee_claims_free(&a);
	tee_claims_free(&out);
}
END_TEST

/* Prefix, length, case and embedded NUL all count. */
START_TEST(contradiction)
{
	static const struct {
		const char *value;
		size_t size;
	} others[] = { { "\x9f\x02", 2 }, { "\x9f", 1 }, { "\x9f\x01\0", 3 },
		{ "", 0 }, { "9f01", 4 } };
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct tee_claims *a = full(), *b = tee_claims_new(), *out;

		tee_claims_name(b, &b->measurements, "launch", others[i].value,
		    others[i].size);
		ck_assert_int_eq(meet2(a, b, &out), TEE_DENY);
		tee_claims_free(&a);
		tee_claims_free(&b);
		tee_claims_free(&out);
	}
}
END_TEST

START_TEST(contradicting_platform)
{
	struct tee_claims *a = full(), *b = tee_claims_new(), *out;

	tee_claims_name(b, &b->texts, "platform", "tdx", 3);
	ck_assert_int_eq(meet2(a, b, &out), TEE_DENY);
	tee_claims_free(&a);
	tee_claims_free(&b);
	tee_claims_free(&out);
}
END_TEST

/* One voice that says two things, and one that says too much. */
START_TEST(broken_is_deny)
{
	static uint8_t large[4097];
	struct tee_claims *a = full(), *out;
	char name[16];
	size_t i;

	tee_claims_name(a, &a->measurements, "launch", "\x9f\x02", 2);
	ck_assert(a->broken);
	ck_assert_int_eq(tee_claims_checks_verdict(a), TEE_DENY);
	ck_assert_int_eq(meet2(a, a, &out), TEE_DENY);
	tee_claims_free(&a);
	tee_claims_free(&out);

	a = full();
	tee_claims_name(a, &a->texts, "large", large, sizeof(large));
	ck_assert(a->broken);
	tee_claims_free(&a);

	a = tee_claims_new();
	for (i = 0; i <= TEE_NAMED_MAX; i++) {
		ck_assert(!a->broken);
		snprintf(name, sizeof(name), "name%zu", i);
		tee_claims_name(a, &a->texts, name, "x", 1);
	}
	ck_assert(a->broken);
	tee_claims_free(&a);
}
END_TEST

START_TEST(too_many_checks)
{
	struct tee_claims *c = tee_claims_new();
	size_t i;

	for (i = 0; i < TEE_CHECKS_MAX; i++)
		tee_claims_check(c, "check", TEE_CHECK_PASS, "");
	ck_assert_int_eq(tee_claims_checks_verdict(c), TEE_OK);
	tee_claims_check(c, "one.more", TEE_CHECK_PASS, "");
	ck_assert_int_eq(tee_claims_checks_verdict(c), TEE_DENY);
	tee_claims_free(&c);
}
END_TEST

START_TEST(checks_verdict)
{
	static const struct {
		enum tee_check_result a, b;
		enum tee_verdict verdict;
	} rows[] = {
		{ TEE_CHECK_PASS, TEE_CHECK_PASS, TEE_OK },
		{ TEE_CHECK_PASS, TEE_CHECK_NOT_ASKED, TEE_OK },
		{ TEE_CHECK_PASS, TEE_CHECK_NOT_DONE, TEE_UNAVAILABLE },
		{ TEE_CHECK_NOT_DONE, TEE_CHECK_PASS, TEE_UNAVAILABLE },
		{ TEE_CHECK_FAIL, TEE_CHECK_PASS, TEE_DENY },
		{ TEE_CHECK_NOT_DONE, TEE_CHECK_FAIL, TEE_DENY },
		{ TEE_CHECK_FAIL, TEE_CHECK_NOT_DONE, TEE_DENY },
		{ TEE_CHECK_PASS, (enum tee_check_result)77, TEE_DENY },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tee_claims *c = tee_claims_new();

		tee_claims_check(c, "a", rows[i].a, "");
		tee_claims_check(c, "b", rows[i].b, "");
		ck_assert_int_eq(tee_claims_checks_verdict(c), rows[i].verdict);
		tee_claims_free(&c);
	}
}
END_TEST

START_TEST(copies)
{
	struct tee_claims *a = full(), *b;

	tee_claims_check(a, "one", TEE_CHECK_PASS, "fine");
	b = tee_claims_copy(a);
	tee_claims_free(&a);
	ck_assert_int_eq(b->level, TEE_LEVEL_TEE_VM);
	ck_assert_str_eq(b->checks[0].name, "one");
	ck_assert_mem_eq(tee_named_find(&b->measurements, "launch")->data,
	    "\x9f\x01", 2);
	tee_claims_free(&b);
}
END_TEST

/* A good verdict on nothing, or on what is bound to another, is no platform. */
START_TEST(no_platform_without_binding)
{
	struct tee_claims *c = tee_claims_new();
	char *text;

	c->verdict = TEE_OK;
	for (int i = 0; i < 3; i++) {
		c->binding_seen = i > 0;
		c->binding_match = i > 1;
		ck_assert_int_eq(tee_claims_to_json(c, &text), 0);
		ck_assert_int_eq(strstr(text, "\"platform_verified\": true") !=
			NULL,
		    i > 1);
		free(text);
	}
	tee_claims_free(&c);
}
END_TEST

/* Mirrors AgentMesh's AttestationClaims; see ADR 0010. */
START_TEST(json)
{
	struct tee_claims *c = full();
	const char *verdict, *platform, *level, *origin, *tcb, *verified;
	const char *expires, *launch, *name, *result, *detail;
	int matched, bound, trusted;
	char *text;
	json_t *root;

	c->verdict = TEE_OK;
	c->key_origin = TEE_ORIGIN_GENERATED;
	c->verified_at = INT64_C(1767268800) * TEE_SECOND;
	tee_claims_check(c, "report.signature", TEE_CHECK_PASS, "\"ok\"\n");
	ck_assert_int_eq(tee_claims_to_json(c, &text), 0);
	root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	ck_assert_ptr_nonnull(root);
	ck_assert_int_eq(
	    json_unpack(root,
		"{s:s, s:[{s:s, s:s, s:s}], s:{"
		"s:s, s:s, s:s, s:b, s:b, s:b, s:s, s:{s:s}, s:s, s:s}}",
		"verdict", &verdict, "checks", "name", &name, "result", &result,
		"detail", &detail, "claims", "platform", &platform,
		"confidential_level", &level, "key_origin", &origin,
		"key_bound_to_tee", &bound, "platform_verified", &trusted,
		"report_data_match", &matched, "tcb_status", &tcb,
		"runtime_measurements", "launch", &launch, "verified_at",
		&verified, "expires_at", &expires),
	    0);
	ck_assert_str_eq(verdict, "ok");
	ck_assert_str_eq(name, "report.signature");
	ck_assert_str_eq(result, "pass");
	ck_assert_str_eq(platform, "sev-snp");
	ck_assert_str_eq(level, "tee_vm");
	ck_assert_str_eq(origin, "tee_generated");
	ck_assert_str_eq(tcb, "up_to_date");
	ck_assert_str_eq(launch, "9f01");
	ck_assert_str_eq(verified, "2026-01-01T12:00:00Z");
	ck_assert_str_eq(expires, "1970-01-01T01:23:20Z");
	ck_assert(matched && bound && trusted);
	json_decref(root);
	free(text);
	tee_claims_free(&c);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("claims rules");
	TCase *tcase = tcase_create("rules");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, nobody);
	tcase_add_test(tcase, new_claims_are_the_floor);
	tcase_add_test(tcase, absent_is_floor);
	tcase_add_test(tcase, silence_without_authority);
	tcase_add_test(tcase, word_without_authority);
	tcase_add_test(tcase, contradiction);
	tcase_add_test(tcase, contradicting_platform);
	tcase_add_test(tcase, broken_is_deny);
	tcase_add_test(tcase, too_many_checks);
	tcase_add_test(tcase, checks_verdict);
	tcase_add_test(tcase, copies);
	tcase_add_test(tcase, no_platform_without_binding);
	tcase_add_test(tcase, json);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
