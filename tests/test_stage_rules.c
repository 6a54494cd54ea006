/* SPDX-License-Identifier: Apache-2.0 */
/* stage_rules: see test_stage_rules.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <check.h>

#include "tests/test_stage_rules.h"

const enum tee_verdict verdicts[VERDICTS] = { TEE_DENY, TEE_UNAVAILABLE,
	TEE_OK };

struct tee_rule
rule_of(unsigned kind)
{
	static const struct tee_rule rules[] = { { TEE_REQUIRED, 0 },
		{ TEE_REQUISITE, 0 }, { TEE_ONEOF, 0 }, { TEE_ONEOF, 1 },
		{ TEE_ADVISORY, 0 }, { TEE_ONEOF, 2 } };

	return rules[kind];
}

bool
passes(struct stack *s, tee_stage_ask *ask, struct tee_outcome *out)
{
	struct tee_rule rules[LINES + 1];
	size_t i;

	for (i = 0; i < s->count; i++)
		rules[i] = rule_of(s->kind[i]);
	tee_stage_run(rules, s->count, ask, s, out);
	return out->verdict == TEE_OK;
}

static void
grant_is_earned(const struct stack *s, const struct tee_outcome *out)
{
	bool positive = false, seen[3] = { false }, ok[3] = { false };
	size_t i;

	for (i = 0; i < s->count; i++) {
		struct tee_rule r = rule_of(s->kind[i]);
		bool yes = s->verdict[i] == TEE_OK;

		if (r.control == TEE_ADVISORY)
			continue;
		positive = positive || yes;
		if (r.control == TEE_ONEOF) {
			seen[r.group] = true;
			ok[r.group] = ok[r.group] || yes;
		} else {
			ck_assert_msg(yes, "grant with a failed line");
			ck_assert_int_eq(out->answer[i], TEE_ANSWERED);
		}
		if (out->answer[i] == TEE_ANSWERED)
			ck_assert_int_ne(s->verdict[i], TEE_DENY);
	}
	ck_assert_msg(positive, "grant without a positive");
	for (i = 0; i < 3; i++)
		ck_assert_msg(!seen[i] || ok[i], "grant with a failed group");
}

static void
lowering_never_grants(const struct stack *s, tee_stage_ask *ask)
{
	struct tee_outcome out;
	struct stack t = *s;
	size_t i, v;

	for (i = 0; i < s->count; i++, t = *s)
		for (v = 0; verdicts[v] != s->verdict[i]; v++) {
			t.verdict[i] = verdicts[v];
			ck_assert(!passes(&t, ask, &out));
		}
}

struct stack
with_line(const struct stack *s, size_t at, unsigned kind,
    enum tee_verdict verdict)
{
	struct stack t = *s;

	memmove(t.kind + at + 1, t.kind + at,
	    (s->count - at) * sizeof(t.kind[0]));
	memmove(t.verdict + at + 1, t.verdict + at,
	    (s->count - at) * sizeof(t.verdict[0]));
	t.kind[at] = kind;
	t.verdict[at] = verdict;
	t.count++;
	return t;
}

/* Only for stacks that could be loaded: with a line that can vote. */
static void
adding_never_grants(const struct stack *s, tee_stage_ask *ask)
{
	static const unsigned kinds[] = { 0, 1, 4, 5 };
	struct tee_outcome out;
	size_t i, k, v;
	bool votes = false;

	for (i = 0; i < s->count; i++)
		votes = votes || rule_of(s->kind[i]).control != TEE_ADVISORY;
	for (i = 0; votes && i <= s->count; i++)
		for (k = 0; k < 4; k++)
			for (v = 0; v < VERDICTS; v++) {
				struct stack t =
				    with_line(s, i, kinds[k], verdicts[v]);

				ck_assert(!passes(&t, ask, &out));
			}
}

static void
advisory_is_mute(const struct stack *s, tee_stage_ask *ask, bool pass)
{
	struct stack t = { .count = 0 };
	struct tee_outcome out;
	size_t i;

	for (i = 0; i < s->count; i++)
		if (rule_of(s->kind[i]).control != TEE_ADVISORY)
			t = with_line(&t, t.count, s->kind[i], s->verdict[i]);
	ck_assert_int_eq(passes(&t, ask, &out), pass);
}

static void
garbage_is_deny(const struct stack *s, tee_stage_ask *ask,
    const struct tee_outcome *was)
{
	static const int codes[] = { 1, 2, -1, 77, TEE_OK + 1 };
	struct tee_outcome out;
	struct stack t = *s;
	size_t i, k;

	for (i = 0; i < s->count; i++, t = *s) {
		if (s->verdict[i] != TEE_DENY)
			continue;
		for (k = 0; k < sizeof(codes) / sizeof(codes[0]); k++) {
			t.verdict[i] = (enum tee_verdict)codes[k];
			passes(&t, ask, &out);
			ck_assert_int_eq(out.verdict, was->verdict);
		}
	}
}

/* "prefer-tee" rests on this: unavailable means that nobody denied. */
static void
unavailable_means_no_deny(const struct stack *s, const struct tee_outcome *out)
{
	bool denied = false;
	size_t i;

	for (i = 0; i < s->count; i++)
		denied = denied ||
		    (out->answer[i] == TEE_ANSWERED &&
			rule_of(s->kind[i]).control != TEE_ADVISORY &&
			s->verdict[i] == TEE_DENY);
	ck_assert_int_eq(denied && out->verdict == TEE_UNAVAILABLE, 0);
}

unsigned long
every_stack(struct stack *s, tee_stage_ask *ask, size_t count)
{
	struct tee_outcome out;
	unsigned long n = 0;
	bool pass;
	unsigned k, v;

	if (s->count < count) {
		for (k = 0; k < KINDS; k++)
			for (v = 0; v < VERDICTS; v++) {
				struct stack t =
				    with_line(s, s->count, k, verdicts[v]);

				n += every_stack(&t, ask, count);
			}
		return n;
	}
	pass = passes(s, ask, &out);
	if (pass)
		grant_is_earned(s, &out);
	else
		lowering_never_grants(s, ask);
	if (!pass && count < LINES)
		adding_never_grants(s, ask);
	advisory_is_mute(s, ask, pass);
	garbage_is_deny(s, ask, &out);
	unavailable_means_no_deny(s, &out);
	return 1;
}
