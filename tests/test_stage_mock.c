/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dispatcher again, the verdicts now from the real mock module: over all
 * 54,240 stacks through the loader, its options and tee_call_run, and over
 * every stack of one to three lines through whole profiles and tee_appraise.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>

#include "libtee/call.h"
#include "tests/test_profile_kit.h"
#include "tests/test_stage_rules.h"

static const char *const words[] = { "deny", "unavailable", "ok", "garbage" };
#define WORDS (sizeof(words) / sizeof(words[0]))

static const struct tee_module *mock;
static void *scripts[WORDS];

static const char *
word_of(enum tee_verdict verdict)
{
	size_t i;

	for (i = 0; i < VERDICTS; i++)
		if (verdicts[i] == verdict)
			return words[i];
	return "garbage";
}

static enum tee_verdict
ask_mock(void *ctx, size_t index)
{
	const char *word = word_of(((struct stack *)ctx)->verdict[index]);
	struct tee_call call = { .facility = TEE_COLLECTOR,
		.module = "mock",
		.transaction = "none",
		.deadline = UINT64_MAX };
	size_t i = 0;

	while (words[i] != word)
		i++;
	return tee_call_run(&call, mock->collect, scripts[i]);
}

static void
load_mock(void)
{
	static struct tee_config configs[WORDS];
	struct tee_loader loader = { .dir = TEE_MODULE_DIR };
	struct tee_loaded loaded;
	char why[TEE_LOADER_WHY] = "";
	size_t i;

	ck_assert_msg(tee_loader_load(&loader, "mock", TEE_COLLECTOR, &loaded,
			  why) == 0,
	    "%s", why);
	mock = loaded.module;
	for (i = 0; i < WORDS; i++) {
		configs[i].facility = TEE_COLLECTOR;
		ck_assert_int_eq(tee_config_add(&configs[i], "verdict",
				     words[i], 1),
		    0);
		ck_assert_int_eq(tee_config_check(&configs[i], mock), 0);
		ck_assert_int_eq(mock->open(&configs[i], &scripts[i]), TEE_OK);
		tee_config_clear(&configs[i]);
	}
}

static void
unload_mock(void)
{
	size_t i;

	for (i = 0; i < WORDS; i++)
		mock->close(scripts[i]);
}

START_TEST(exhaustive)
{
	unsigned long n = 0;
	size_t count;

	load_mock();
	for (count = 1; count <= LINES; count++) {
		struct stack s = { .count = 0 };

		n += every_stack(&s, ask_mock, count);
	}
	unload_mock();
	ck_assert_uint_eq(n, 54240);
}
END_TEST

/* A silent or mistyped script never says yes. */
START_TEST(mock_defaults_to_deny)
{
	struct tee_call call = { .facility = TEE_COLLECTOR,
		.deadline = UINT64_MAX };
	struct tee_config config = { .facility = TEE_COLLECTOR };
	void *state = NULL;

	load_mock();
	ck_assert_int_eq(mock->open(&config, &state), TEE_OK);
	ck_assert_int_eq(tee_call_run(&call, mock->collect, state), TEE_DENY);
	mock->close(state);
	ck_assert_int_eq(tee_config_add(&config, "verdict", "okay", 1), 0);
	ck_assert_int_ne(mock->open(&config, &state), TEE_OK);
	tee_config_clear(&config);
	unload_mock();
}
END_TEST

static const char *const control_words[KINDS] = { "control = \"required\"",
	"control = \"requisite\"", "control = \"oneof\"; group = \"a\"",
	"control = \"oneof\"; group = \"b\"", "control = \"advisory\"" };

static void
write_profile(const struct stack *s, char *out, size_t size)
{
	size_t i,
	    n = (size_t)snprintf(out, size,
		"assurance = \"local\";\nrequire = { debug = true; };\n"
		"verifier = (\n");

	for (i = 0; i < s->count; i++)
		n += (size_t)snprintf(out + n, size - n,
		    "{ %s; module = "
		    "\"mock\"; options = { verdict = \"%s\"; }; }%s\n",
		    control_words[s->kind[i]], word_of(s->verdict[i]),
		    i + 1 < s->count ? "," : "");
	snprintf(out + n, size - n, ");\n");
}

static struct tee_evidence *
bound_evidence(void)
{
	static const struct tee_challenge challenge = { "c", 1, "n", 1 };
	static const uint8_t key_hash[32];
	struct tee_evidence *e = tee_evidence_new();

	ck_assert_int_eq(tee_evidence_bind(e, (struct tee_bytes){ "d", 1 },
			     &challenge, key_hash),
	    0);
	ck_assert_int_eq(tee_evidence_put(e, "mock.report", e->binding,
			     sizeof(e->binding)),
	    0);
	e->platform = strdup("mock");
	e->issued = tee_clock_now();
	e->expires = e->issued + 300 * TEE_SECOND;
	return e;
}

/* What the whole library answers is what the truth table answers. */
static int
appraise(const struct stack *s, const struct tee_evidence *evidence)
{
	struct tee_expected expected = { .unsolicited = true };
	struct tee_claims *claims = NULL;
	struct trace trace;
	struct tee *tee = NULL;
	char text[1024];
	int error;

	write_profile(s, text, sizeof(text));
	error = kit_load("stack.conf", text, NULL, &trace, &tee);
	if (error == 0)
		error = tee_appraise(tee, evidence, &expected, &claims);
	ck_assert(error != 0 || strcmp(tee_claims_verdict(claims), "ok") == 0);
	tee_claims_free(&claims);
	tee_close(&tee);
	return error;
}

static enum tee_verdict
ask_table(void *ctx, size_t index)
{
	return ((const struct stack *)ctx)->verdict[index];
}

static unsigned long
every_profile(const struct stack *s, size_t count,
    const struct tee_evidence *evidence)
{
	struct stack t = *s;
	struct tee_outcome out;
	unsigned long n = 0;
	bool votes = false;
	unsigned k, v;
	size_t i;

	for (k = 0; s->count < count && k < KINDS; k++)
		for (v = 0; v < VERDICTS; v++) {
			t = with_line(s, s->count, k, verdicts[v]);
			n += every_profile(&t, count, evidence);
		}
	if (s->count < count)
		return n;
	for (i = 0; i < s->count; i++)
		votes = votes || rule_of(s->kind[i]).control != TEE_ADVISORY;
	passes(&t, ask_table, &out);
	ck_assert_int_eq(appraise(s, evidence),
	    votes ? tee_verdict_error(out.verdict) : TEE_E_PROFILE);
	return 1;
}

START_TEST(whole_profiles)
{
	struct tee_evidence *evidence = bound_evidence();
	unsigned long n = 0;
	size_t count;

	for (count = 1; count <= 3; count++) {
		struct stack s = { .count = 0 };

		n += every_profile(&s, count, evidence);
	}
	tee_evidence_free(&evidence);
	ck_assert_uint_eq(n, 3615);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("stage_mock");
	TCase *tcase = tcase_create("stage_mock");

	if (!kit_begin("stage_mock"))
		return 77;
	tcase_set_timeout(tcase, 300);
	tcase_add_test(tcase, exhaustive);
	tcase_add_test(tcase, mock_defaults_to_deny);
	tcase_add_test(tcase, whole_profiles);
	suite_add_tcase(suite, tcase);
	return kit_run(suite);
}
