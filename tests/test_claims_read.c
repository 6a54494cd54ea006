/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Claims come out of JSON as they went in: every member by itself, at every
 * value that it has, and all of them at once.  Whatever else stands there
 * refuses the whole.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>
#include <jansson.h>

#include "libtee/claims_read.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
fill_level(struct tee_claims *c, unsigned i)
{
	c->level = (enum tee_confidential_level)i;
}

static void
fill_origin(struct tee_claims *c, unsigned i)
{
	c->key_origin = (enum tee_key_origin)i;
}

static void
fill_tcb_status(struct tee_claims *c, unsigned i)
{
	c->tcb_status = (enum tee_tcb_status)i;
}

static void
fill_verdict(struct tee_claims *c, unsigned i)
{
	static const enum tee_verdict verdicts[] = { TEE_DENY, TEE_UNAVAILABLE,
		TEE_OK };

	c->verdict = verdicts[i % 3];
	c->incomplete = i == 3;
}

static void
fill_flags(struct tee_claims *c, unsigned i)
{
	c->debug_disabled = i & 1;
	c->simulated = i & 2;
	c->binding_seen = i & 4;
	c->binding_match = i & 8;
}

static void
fill_tcb(struct tee_claims *c, unsigned i)
{
	if (i > 0)
		c->asserted |= TEE_ASSERTED_TCB;
	memset(c->tcb, i == 2 ? 0xff : 0, sizeof(c->tcb));
	c->tcb[0] = i == 2 ? 3 : 0;
}

static void
fill_times(struct tee_claims *c, unsigned i)
{
	static const tee_instant instants[] = { 0, 1, TEE_SECOND,
		1767268800 * TEE_SECOND + 123456, 1767268800 * TEE_SECOND };

	c->verified_at = instants[i];
	c->expires = (time_t)(instants[i] / TEE_SECOND);
}

static void
fill_residency(struct tee_claims *c, unsigned i)
{
	static const char *const words[] = { NULL, "process", "teed" };

	c->residency = words[i];
}

static void
fill_texts(struct tee_claims *c, unsigned i)
{
	if (i > 0)
		tee_claims_name(c, &c->texts, "platform", "sev-snp", 7);
	if (i > 1)
		tee_claims_name(c, &c->texts, "azure.x\"\\", "\xc3\xa9\n", 3);
	if (i > 2)
		tee_claims_name(c, &c->texts, "empty", "", 0);
}

static void
fill_measurements(struct tee_claims *c, unsigned i)
{
	static const uint8_t big[4096] = { 0xde, 0xad };

	if (i > 0)
		tee_claims_name(c, &c->measurements, "launch", big, 48);
	if (i > 1)
		tee_claims_name(c, &c->measurements, "big", big, sizeof(big));
}

static void
fill_checks(struct tee_claims *c, unsigned i)
{
	static const enum tee_check_result results[] = { TEE_CHECK_FAIL,
		TEE_CHECK_NOT_DONE, TEE_CHECK_PASS };
	unsigned n = i == 4 ? TEE_CHECKS_MAX : i;

	for (unsigned k = 0; k < n; k++)
		tee_claims_check(c, k % 2 == 0 ? "snp.signature" : "binding",
		    results[k % 3], k % 5 == 0 ? "" : "it \"is\" so");
}

static const struct {
	const char *what;
	unsigned values;
	void (*fill)(struct tee_claims *, unsigned);
} members[] = {
	{ "level", TEE_LEVEL_TEE_HARDWARE + 1, fill_level },
	{ "origin", TEE_ORIGIN_GENERATED + 1, fill_origin },
	{ "tcb_status", 3, fill_tcb_status },
	{ "verdict", 4, fill_verdict },
	{ "flags", 16, fill_flags },
	{ "tcb", 3, fill_tcb },
	{ "times", 5, fill_times },
	{ "residency", 3, fill_residency },
	{ "texts", 4, fill_texts },
	{ "measurements", 3, fill_measurements },
	{ "checks", 5, fill_checks },
};

static char *
written(const struct tee_claims *c)
{
	char *text = NULL;

	ck_assert(!c->broken);
	ck_assert_int_eq(tee_claims_to_json(c, &text), 0);
	return text;
}

static void
goes_both_ways(const char *what, unsigned value, struct tee_claims *c)
{
	char *first = written(c), *second;
	struct tee_claims *again = NULL;

	ck_assert_msg(tee_claims_from_json(first, strlen(first), &again) == 0,
	    "%s %u: %s", what, value, first);
	second = written(again);
	ck_assert_msg(strcmp(first, second) == 0, "%s %u:\n%s\n%s", what, value,
	    first, second);
	/* What others decide by, and not by its text. */
	ck_assert_int_eq(again->verdict == TEE_OK && !again->incomplete,
	    c->verdict == TEE_OK && !c->incomplete);
	ck_assert_int_eq(again->binding_seen && again->binding_match,
	    c->binding_seen && c->binding_match);
	free(first);
	free(second);
	tee_claims_free(&again);
	tee_claims_free(&c);
}

START_TEST(one_member)
{
	for (unsigned i = 0; i < members[_i].values; i++) {
		struct tee_claims *c = tee_claims_new();

		members[_i].fill(c, i);
		goes_both_ways(members[_i].what, i, c);
	}
}
END_TEST

START_TEST(all_members)
{
	for (unsigned i = 0; i < 64; i++) {
		struct tee_claims *c = tee_claims_new();

		for (size_t k = 0; k < COUNT(members); k++)
			members[k].fill(c,
			    (i + (unsigned)k) % members[k].values);
		goes_both_ways("all", i, c);
	}
}
END_TEST

/* A value of another kind than a member has. */
static const char *const kinds[] = { "null", "true", "7", "\"moon\"", "[]",
	"{}", "{\"a\": 1}", "[1]" };
static const struct {
	const char *where; /* claims, or texts, or "" for the whole */
	const char *name;
	const char *allowed; /* one of the kinds, or none */
	bool derived;        /* from others, so never read */
} parts[] = {
	{ "", "verdict", NULL, false },
	{ "", "checks", "[]", false },
	{ "", "claims", NULL, false },
	{ "claims", "platform", NULL, true },
	{ "claims", "confidential_level", NULL, false },
	{ "claims", "key_origin", NULL, false },
	{ "claims", "key_bound_to_tee", NULL, true },
	{ "claims", "platform_verified", NULL, true },
	{ "claims", "report_data_match", "true", false },
	{ "claims", "tcb_status", NULL, false },
	{ "claims", "runtime_measurements", "{}", false },
	{ "claims", "verified_at", "null", false },
	{ "claims", "expires_at", "null", false },
	{ "claims", "claims", NULL, false },
	{ "texts", "debug", NULL, false },
	{ "texts", "simulated", NULL, false },
	{ "texts", "residency", NULL, false },
	{ "texts", "tcb", NULL, false },
	{ "texts", "anything", "\"moon\"", false },
};

static json_t *
good_document(void)
{
	struct tee_claims *c = tee_claims_new();
	char *text;
	json_t *root;

	for (size_t k = 0; k < COUNT(members); k++)
		members[k].fill(c, 1);
	c->verdict = TEE_OK;
	text = written(c);
	root = json_loads(text, 0, NULL);
	free(text);
	tee_claims_free(&c);
	return root;
}

static json_t *
part_of(json_t *root, const char *where)
{
	json_t *claims = json_object_get(root, "claims");

	if (where[0] == '\0')
		return root;
	return strcmp(where, "claims") == 0 ? claims :
					      json_object_get(claims, "claims");
}

static bool
is_read(json_t *root)
{
	char *text = json_dumps(root, 0);
	struct tee_claims *c;
	int error = tee_claims_from_json(text, strlen(text), &c);

	ck_assert_int_eq(error == 0, c != NULL);
	ck_assert(error == 0 || error == TEE_E_EVIDENCE);
	free(text);
	tee_claims_free(&c);
	json_decref(root);
	return error == 0;
}

static void
put(json_t *root, const char *where, const char *name, const char *value)
{
	json_t *v = json_loads(value, JSON_DECODE_ANY, NULL);

	ck_assert_ptr_nonnull(v);
	json_object_set_new(part_of(root, where), name, v);
}

START_TEST(kind)
{
	const char *name = parts[_i].name, *allowed = parts[_i].allowed;

	for (size_t k = 0; k < COUNT(kinds) && !parts[_i].derived; k++) {
		json_t *root = good_document();

		put(root, parts[_i].where, name, kinds[k]);
		ck_assert_msg(is_read(root) ==
			(allowed != NULL && strcmp(kinds[k], allowed) == 0),
		    "%s is %s", name, kinds[k]);
	}
}
END_TEST

/* tcb, residency and further texts are not always there; all others are. */
START_TEST(missing)
{
	json_t *root = good_document();
	const char *name = parts[_i].name;
	bool may_miss = strcmp(name, "tcb") == 0 ||
	    strcmp(name, "residency") == 0 || strcmp(name, "anything") == 0;

	json_object_del(part_of(root, parts[_i].where), name);
	ck_assert_msg(is_read(root) == (may_miss || parts[_i].derived), "%s",
	    name);
}
END_TEST

static const struct {
	const char *what, *where, *name, *value;
} wrong[] = {
	{ "a verdict in capitals", "", "verdict", "\"OK\"" },
	{ "a check without a name", "", "checks",
	    "[{\"result\": \"pass\", \"detail\": \"\"}]" },
	{ "a check without a detail", "", "checks",
	    "[{\"name\": \"a\", \"result\": \"pass\"}]" },
	{ "a check that is no word", "", "checks",
	    "[{\"name\": \"a\", \"result\": \"ok\", \"detail\": \"\"}]" },
	{ "an odd digit", "claims", "runtime_measurements",
	    "{\"a\": \"123\"}" },
	{ "no digit", "claims", "runtime_measurements", "{\"a\": \"1g\"}" },
	{ "no such day", "claims", "expires_at", "\"2026-02-30T00:00:00Z\"" },
	{ "a short TCB", "texts", "tcb", "\"00010203040506\"" },
	{ "a long TCB", "texts", "tcb", "\"000102030405060708\"" },
	{ "debug in capitals", "texts", "debug", "\"False\"" },
	{ "no simulated", "texts", "simulated", "\"\"" },
	{ "a residency of another day", "texts", "residency", "\"hsm\"" },
};

START_TEST(refused)
{
	json_t *root = good_document();

	put(root, wrong[_i].where, wrong[_i].name, wrong[_i].value);
	ck_assert_msg(!is_read(root), "%s", wrong[_i].what);
}
END_TEST

/* What is more than there is room for is not read in part. */
START_TEST(limits)
{
	json_t *root = good_document(), *checks, *object;
	char name[16];

	checks = json_object_get(root, "checks");
	while (json_array_size(checks) <= TEE_CHECKS_MAX)
		json_array_append(checks, json_array_get(checks, 0));
	ck_assert(!is_read(root));

	root = good_document();
	object = json_object_get(json_object_get(root, "claims"),
	    "runtime_measurements");
	for (int i = 0; i <= TEE_NAMED_MAX; i++) {
		snprintf(name, sizeof(name), "m%d", i);
		json_object_set_new(object, name, json_string("00"));
	}
	ck_assert(!is_read(root));
}
END_TEST

START_TEST(cut_off)
{
	static const char twice[] = "{\"verdict\": \"ok\", \"verdict\": \"ok\"";
	json_t *root = good_document();
	char *text = json_dumps(root, JSON_COMPACT), *both;
	struct tee_claims *c;
	size_t size;

	for (size_t n = 0; n < strlen(text); n++)
		ck_assert_int_eq(tee_claims_from_json(text, n, &c),
		    TEE_E_EVIDENCE);
	/* The whole once more, with a member that stands there twice. */
	json_object_del(root, "verdict");
	free(text);
	text = json_dumps(root, JSON_COMPACT);
	size = sizeof(twice) + strlen(text);
	both = malloc(size);
	ck_assert_ptr_nonnull(both);
	snprintf(both, size, "%s,%s", twice, text + 1);
	ck_assert_int_eq(tee_claims_from_json(both, strlen(both), &c),
	    TEE_E_EVIDENCE);
	free(both);
	free(text);
	json_decref(root);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("claims_read");
	TCase *c = tcase_create("claims_read");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(c, one_member, 0, (int)COUNT(members));
	tcase_add_test(c, all_members);
	tcase_add_loop_test(c, kind, 0, (int)COUNT(parts));
	tcase_add_loop_test(c, missing, 0, (int)COUNT(parts));
	tcase_add_loop_test(c, refused, 0, (int)COUNT(wrong));
	tcase_add_test(c, limits);
	tcase_add_test(c, cut_off);
	suite_add_tcase(suite, c);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
