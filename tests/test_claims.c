/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Claims meet, never join: over every combination of small values and up to
 * three verifiers, in every order.  Each dimension of the claims is swept by
 * itself; they do not touch each other.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <check.h>

#include "libtee/claims.h"

#define VOICES 3
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What one verifier says, drawn from one sweep's values by its number. */
struct sweep {
	const char *name;
	unsigned values;
	void (*say)(struct tee_claims *, unsigned value);
};

static void
say_tee(struct tee_claims *c, unsigned value)
{
	static const enum tee_confidential_level levels[] = {
		TEE_LEVEL_STANDARD, TEE_LEVEL_TEE_VM, TEE_LEVEL_TEE_HARDWARE
	};
	unsigned level = value % 4, debug = value / 4;

	if (level < 3) {
		c->level = levels[level];
		c->asserted |= TEE_ASSERTED_LEVEL;
	}
	if (debug < 2) {
		c->debug_disabled = debug == 1;
		c->asserted |= TEE_ASSERTED_DEBUG;
	}
}

static void
say_tcb(struct tee_claims *c, unsigned value)
{
	static const uint8_t tcbs[][8] = { { 0 }, { 9, 1, 0, 0, 0, 0, 4, 8 },
		{ 1, 9, 0, 0, 0, 0, 8, 4 } };
	unsigned status = value % 4, tcb = value / 4;

	if (status < 3) {
		c->tcb_status = (enum tee_tcb_status)status;
		c->asserted |= TEE_ASSERTED_TCB_STATUS;
	}
	if (tcb < 3) {
		memcpy(c->tcb, tcbs[tcb], 8);
		c->asserted |= TEE_ASSERTED_TCB;
	}
}

static void
say_names(struct tee_claims *c, unsigned value)
{
	static const char *const values[] = { "a", "b", "ab" };

	if (value % 3 < 2)
		tee_claims_name(c, &c->measurements, "launch",
		    values[value % 3], 1);
	if (value / 3 % 3 < 2)
		tee_claims_name(c, &c->texts, "platform",
		    values[value / 3 % 3 * 2], value / 3 % 3 + 1);
	/* A name that nobody else uses. */
	if (value / 9 == 1)
		tee_claims_name(c, &c->measurements, "extra", "x", 1);
}

static void
say_rest(struct tee_claims *c, unsigned value)
{
	static const time_t expires[] = { 0, 1000, 2000 };

	c->expires = expires[value % 3];
	c->simulated = value / 3 % 2;
	c->binding_seen = value / 6 % 3 > 0;
	c->binding_match = value / 6 % 3 > 1;
}

static const struct sweep sweeps[] = {
	{ "level and debug", 12, say_tee },
	{ "TCB", 16, say_tcb },
	{ "measurements and texts", 18, say_names },
	{ "lifetime, simulated, binding", 18, say_rest },
};

static struct tee_claims *
said(const struct sweep *s, unsigned value)
{
	struct tee_claims *c = tee_claims_new();

	ck_assert_ptr_nonnull(c);
	s->say(c, value);
	ck_assert(!c->broken);
	return c;
}

struct result {
	enum tee_verdict verdict;
	struct tee_claims *claims;
};

static struct result
meet(const struct tee_voice *voices, size_t count)
{
	struct result r = { TEE_DENY, tee_claims_new() };
	const char *why = NULL;

	r.verdict = tee_claims_meet(voices, count, r.claims, &why);
	ck_assert(r.verdict == TEE_OK || r.verdict == TEE_DENY);
	ck_assert_ptr_nonnull(why);
	return r;
}

static void
drop(struct result *r)
{
	tee_claims_free(&r->claims);
}

/* Every name of a is in b with the same value. */
static bool
names_within(const struct tee_named_list *a, const struct tee_named_list *b)
{
	size_t i;

	for (i = 0; i < a->count; i++) {
		const struct tee_named *n = tee_named_find(b, a->entry[i].name);

		if (n == NULL || n->size != a->entry[i].size ||
		    memcmp(n->data, a->entry[i].data, n->size) != 0)
			return false;
	}
	return true;
}

static bool
lives_within(time_t a, time_t b)
{
	return b == 0 || (a != 0 && a <= b);
}

/* a says no more than b, in no dimension. */
static bool
within(const struct tee_claims *a, const struct tee_claims *b)
{
	size_t k;

	for (k = 0; k < sizeof(a->tcb); k++)
		if (a->tcb[k] > b->tcb[k])
			return false;
	return (a->asserted & ~b->asserted) == 0 && a->level <= b->level &&
	    a->debug_disabled <= b->debug_disabled &&
	    a->tcb_status <= b->tcb_status &&
	    names_within(&a->texts, &b->texts) &&
	    names_within(&a->measurements, &b->measurements) &&
	    a->simulated >= b->simulated &&
	    lives_within(a->expires, b->expires) &&
	    a->binding_seen <= b->binding_seen &&
	    a->binding_match <= b->binding_match;
}

/* After a deny the set means nothing. */
static bool
same(const struct result *a, const struct result *b)
{
	return a->verdict == b->verdict &&
	    (a->verdict != TEE_OK ||
		(within(a->claims, b->claims) && within(b->claims, a->claims)));
}

/* Two verifiers, with every authority that matters to the sweep or none. */
static void
pair(const struct sweep *s, unsigned x, unsigned y)
{
	static const unsigned authorities[] = { TEE_AUTHORITY_ALL, 0,
		TEE_AUTHORITY_TEE, TEE_AUTHORITY_TCB,
		TEE_AUTHORITY_MEASUREMENT };
	struct tee_claims *a = said(s, x), *b = said(s, y);
	size_t i, j;

	for (i = 0; i < COUNT(authorities); i++)
		for (j = 0; j < COUNT(authorities); j++) {
			struct tee_voice ab[] = { { a, authorities[i] },
				{ b, authorities[j] } };
			struct tee_voice ba[] = { ab[1], ab[0] };
			struct result r = meet(ab, 2), q = meet(ba, 2);

			ck_assert_msg(same(&r, &q), "%s: %u, %u", s->name, x,
			    y);
			drop(&r);
			drop(&q);
		}
	tee_claims_free(&a);
	tee_claims_free(&b);
}

START_TEST(commutative)
{
	const struct sweep *s = &sweeps[_i];
	unsigned x, y;

	for (x = 0; x < s->values; x++)
		for (y = 0; y <= x; y++)
			pair(s, x, y);
}
END_TEST

/*
 * Adding c to a and b, all of full authority: never more than either had,
 * and never an end to their contradiction.
 */
static void
adding(const struct sweep *s, const struct tee_voice v[VOICES])
{
	struct result two = meet(v, 2), three = meet(v, 3);

	if (three.verdict == TEE_OK) {
		size_t i;

		ck_assert_msg(two.verdict == TEE_OK, "%s", s->name);
		ck_assert_msg(within(three.claims, two.claims), "%s", s->name);
		for (i = 0; i < VOICES; i++)
			ck_assert_msg(within(three.claims, v[i].claims), "%s",
			    s->name);
	}
	drop(&two);
	drop(&three);
}

/*
 * Met two by two or at once: the same, except that a contradiction about a
 * name which the first two do not share is only seen at once.
 */
static void
nesting(const struct sweep *s, const struct tee_voice v[VOICES])
{
	struct result two = meet(v, 2), three = meet(v, 3);
	struct tee_voice nested[] = { { two.claims, TEE_AUTHORITY_ALL }, v[2] };
	struct result r;

	if (two.verdict == TEE_OK) {
		r = meet(nested, 2);
		ck_assert_msg(three.verdict != TEE_OK || same(&r, &three), "%s",
		    s->name);
		if (s->say != say_names)
			ck_assert(same(&r, &three));
		drop(&r);
	} else {
		ck_assert_int_eq(three.verdict, TEE_DENY);
	}
	drop(&two);
	drop(&three);
}

static void
permuting(const struct sweep *s, const struct tee_voice v[VOICES])
{
	static const unsigned orders[][VOICES] = { { 0, 2, 1 }, { 1, 0, 2 },
		{ 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
	struct result r = meet(v, VOICES);
	size_t i;

	for (i = 0; i < COUNT(orders); i++) {
		struct tee_voice w[] = { v[orders[i][0]], v[orders[i][1]],
			v[orders[i][2]] };
		struct result q = meet(w, VOICES);

		ck_assert_msg(same(&r, &q), "%s", s->name);
		drop(&q);
	}
	drop(&r);
}

START_TEST(three_voices)
{
	const struct sweep *s = &sweeps[_i];
	unsigned x, y, z, k;

	for (x = 0; x < s->values; x++)
		for (y = 0; y < s->values; y++)
			for (z = 0; z < s->values; z++) {
				struct tee_voice v[VOICES] = {
					{ said(s, x), TEE_AUTHORITY_ALL },
					{ said(s, y), TEE_AUTHORITY_ALL },
					{ said(s, z), TEE_AUTHORITY_ALL }
				};
				struct tee_claims *mine[VOICES] = {
					(void *)(uintptr_t)v[0].claims,
					(void *)(uintptr_t)v[1].claims,
					(void *)(uintptr_t)v[2].claims
				};

				adding(s, v);
				nesting(s, v);
				if (x <= y && y <= z)
					permuting(s, v);
				for (k = 0; k < VOICES; k++)
					tee_claims_free(&mine[k]);
			}
}
END_TEST

/* Whatever it says and may say beside one that has authority already. */
START_TEST(adding_any_authority)
{
	const struct sweep *s = &sweeps[_i];
	unsigned x, y, authority;

	for (x = 0; x < s->values; x++)
		for (y = 0; y < s->values; y++)
			for (authority = 0; authority < 8; authority++) {
				struct tee_claims *a = said(s, x);
				struct tee_claims *b = said(s, y);
				struct tee_voice v[] = {
					{ a, TEE_AUTHORITY_ALL },
					{ b, authority }
				};
				struct result one = meet(v, 1);
				struct result two = meet(v, 2);

				ck_assert_int_eq(one.verdict, TEE_OK);
				if (two.verdict == TEE_OK)
					ck_assert_msg(within(two.claims,
							  one.claims),
					    "%s", s->name);
				drop(&one);
				drop(&two);
				tee_claims_free(&a);
				tee_claims_free(&b);
			}
}
END_TEST

START_TEST(idempotent)
{
	const struct sweep *s = &sweeps[_i];
	unsigned x;

	for (x = 0; x < s->values; x++) {
		struct tee_claims *a = said(s, x);
		struct tee_voice v[] = { { a, TEE_AUTHORITY_ALL },
			{ a, TEE_AUTHORITY_ALL } };
		struct result one = meet(v, 1), two = meet(v, 2);
		struct result itself = { TEE_OK, a };

		ck_assert(same(&one, &two));
		ck_assert_msg(same(&one, &itself), "%s: %u", s->name, x);
		drop(&one);
		drop(&two);
		tee_claims_free(&a);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("claims");
	TCase *tcase = tcase_create("meet");
	SRunner *runner;
	int failed, count = (int)COUNT(sweeps);

	tcase_set_timeout(tcase, 180);
	tcase_add_loop_test(tcase, commutative, 0, count);
	tcase_add_loop_test(tcase, three_voices, 0, count);
	tcase_add_loop_test(tcase, adding_any_authority, 0, count);
	tcase_add_loop_test(tcase, idempotent, 0, count);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
