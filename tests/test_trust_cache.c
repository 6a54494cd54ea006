/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a cache of grants gives and what it never gives: lifetimes, peers that
 * were forgotten, entries that were thrown out, and the fleet's cache behind
 * it, which may say anything.
 */
#include "config.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <tee/tee.h>

#include "libtee/trust/packed.h"
#include "libtee/trust/shared.h"
#include "tests/test_trust_kit.h"

static struct trust_cache *cache;

static void
set_up(void)
{
	ck_assert_int_eq(trust_cache_new(64, &cache), 0);
}

static void
tear_down(void)
{
	trust_cache_free(&cache);
}

START_TEST(gives_what_was_kept)
{
	struct tee_claims *c;
	uint8_t id[32];

	kit_id(1, id);
	ck_assert(!kit_hit(cache, 1, KIT_NOW));
	ck_assert(kit_verify(cache, 1, 9, KIT_NOW, KIT_NOW + KIT_MINUTE));
	ck_assert(kit_hit(cache, 1, KIT_NOW));
	ck_assert(!kit_hit(cache, 2, KIT_NOW));
	ck_assert_int_eq(trust_cache_begin(cache, id, KIT_NOW, &c), TRUST_HIT);
	ck_assert_int_eq(c->verdict, TEE_OK);
	ck_assert_int_eq(c->level, TEE_LEVEL_TEE_VM);
	ck_assert_int_eq(c->key_origin, TEE_ORIGIN_SKR);
	ck_assert_int_eq(c->tcb_status, TEE_TCB_UP_TO_DATE);
	ck_assert(c->debug_disabled && !c->simulated);
	ck_assert(c->binding_seen && c->binding_match);
	ck_assert_mem_eq(c->tcb, "\1\2\3\4\5\6\7\10", 8);
	ck_assert_str_eq((char *)tee_named_find(&c->texts, "platform")->data,
	    "amd-sev-snp");
	ck_assert_uint_eq(c->measurements.count, 2);
	ck_assert_uint_eq(c->check_count, 1);
	ck_assert_str_eq(c->checks[0].name, "cache.report");
	ck_assert_int_eq(c->checks[0].result, TEE_CHECK_PASS);
	ck_assert_str_eq(c->checks[0].detail,
	    "1 of 1 checks passed when it was verified");
	tee_claims_free(&c);
}
END_TEST

/* What a row's verification is worth, and when it is asked for. */
static const struct life {
	const char *name;
	tee_instant expires; /* seconds from now */
	time_t claims;       /* likewise; 0: no limit */
	tee_instant asked;   /* likewise */
	bool hit;
} lives[] = {
	{ "inside", 60, 0, 59, true },
	{ "at its end", 60, 0, 60, false },
	{ "past its end", 60, 0, 61, false },
	{ "claims end first, inside", 60, 30, 29, true },
	{ "claims end first", 60, 30, 30, false },
	{ "claims end later", 60, 90, 60, false },
	{ "over before it was kept", 0, 0, 0, false },
	{ "over long ago", -5, 0, -10, false },
	{ "clock set back a little", 600, 0, -60, true },
	{ "clock set back beyond what clocks differ by", 600, 0, -61, false },
};

START_TEST(ends_with_the_shortest_lifetime)
{
	const struct life *row = &lives[_i];
	struct tee_claims *c = kit_claims(1), *known;
	uint8_t id[32];

	kit_id(1, id);
	if (row->claims != 0)
		c->expires = (time_t)(KIT_NOW / TEE_SECOND) + row->claims;
	ck_assert_int_eq(trust_cache_begin(cache, id, KIT_NOW, &known),
	    TRUST_MISS_YOURS);
	trust_cache_end(cache, id, id, c, KIT_NOW + row->expires * TEE_SECOND);
	ck_assert_msg(kit_hit(cache, 1, KIT_NOW + row->asked * TEE_SECOND) ==
		row->hit,
	    "%s", row->name);
	tee_claims_free(&c);
}
END_TEST

/* Asked for an instant at which it is over, an entry is not lost for now. */
START_TEST(asking_about_later_costs_nothing)
{
	ck_assert(kit_verify(cache, 1, 9, KIT_NOW, KIT_NOW + KIT_MINUTE));
	ck_assert(!kit_hit(cache, 1, KIT_NOW + 2 * KIT_MINUTE));
	ck_assert(kit_hit(cache, 1, KIT_NOW));
}
END_TEST

static void
no_grant(struct tee_claims *c, int row)
{
	char long_text[512];

	memset(long_text, 'x', sizeof(long_text));
	switch (row) {
	case 0:
		c->verdict = TEE_DENY;
		break;
	case 1:
		c->verdict = TEE_UNAVAILABLE;
		break;
	case 2:
		c->broken = true;
		break;
	case 3:
		c->binding_match = false;
		break;
	case 4:
		tee_claims_check(c, "late", TEE_CHECK_FAIL, "");
		break;
	case 5:
		c->residency = "process";
		break;
	case 6:
		tee_claims_name(c, &c->texts, "large", long_text,
		    sizeof(long_text));
		break;
	case 7:
		c->incomplete = true;
		break;
	case 8:
		c->binding_seen = false;
		break;
	case 9: /* what cannot be shown */
		tee_claims_name(c, &c->texts, "new\nline", "x", 1);
		break;
	case 10:
		tee_claims_name(c, &c->texts, "hides", "a\0b", 3);
		break;
	case 11:
		c->expires = (time_t)(TEE_INSTANT_MAX / TEE_SECOND) + 1;
		break;
	default:
		ck_abort();
	}
}

/* Denied, contradicted, unbound, or too large: never a hit. */
START_TEST(keeps_grants_alone)
{
	struct tee_claims *c = kit_claims(1), *known;
	uint8_t id[32], packed[TRUST_PACKED_MAX];

	kit_id(1, id);
	ck_assert_uint_gt(trust_pack(c, packed), 0);
	no_grant(c, _i);
	ck_assert_uint_eq(trust_pack(c, packed), 0);
	ck_assert_int_eq(trust_cache_begin(cache, id, KIT_NOW, &known),
	    TRUST_MISS_YOURS);
	trust_cache_end(cache, id, id, c, KIT_NOW + KIT_MINUTE);
	ck_assert(!kit_hit(cache, 1, KIT_NOW));
	tee_claims_free(&c);
}
END_TEST

/* The first peer is forgotten, then whatever there is. */
START_TEST(forgets)
{
	uint8_t peer[32];

	for (uint64_t key = 1; key <= 4; key++)
		ck_assert(kit_verify(cache, key, key % 2, KIT_NOW,
		    KIT_NOW + KIT_MINUTE));
	kit_id(1, peer);
	trust_cache_forget(cache, peer);
	ck_assert(!kit_hit(cache, 1, KIT_NOW) && !kit_hit(cache, 3, KIT_NOW));
	ck_assert(kit_hit(cache, 2, KIT_NOW) && kit_hit(cache, 4, KIT_NOW));
	ck_assert(kit_verify(cache, 1, 1, KIT_NOW, KIT_NOW + KIT_MINUTE));
	ck_assert(kit_hit(cache, 1, KIT_NOW));
	trust_cache_forget(cache, NULL);
	for (uint64_t key = 1; key <= 4; key++)
		ck_assert(!kit_hit(cache, key, KIT_NOW));
	ck_assert(kit_verify(cache, 4, 0, KIT_NOW, KIT_NOW + KIT_MINUTE));
	ck_assert(kit_hit(cache, 4, KIT_NOW));
}
END_TEST

/* Forgotten while it was verified: what it came to is not kept. */
START_TEST(forgets_what_is_in_flight)
{
	struct tee_claims *c = kit_claims(1), *known;
	uint8_t id[32], peer[32], other[32];

	kit_id(1, id);
	kit_id(9, peer);
	kit_id(10, other);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(trust_cache_begin(cache, id, KIT_NOW, &known),
		    TRUST_MISS_YOURS);
		trust_cache_forget(cache,
		    i == 0     ? peer :
			i == 1 ? NULL :
				 other);
		trust_cache_end(cache, id, peer, c, KIT_NOW + KIT_MINUTE);
		ck_assert(kit_hit(cache, 1, KIT_NOW) == (i == 2));
	}
	tee_claims_free(&c);
}
END_TEST

/* Far more keys than room: misses, and never another key's claims. */
static void
overfill(size_t entries, uint64_t keys, size_t most)
{
	struct trust_cache *small;
	size_t hits = 0;

	ck_assert_int_eq(trust_cache_new(entries, &small), 0);
	for (uint64_t key = 0; key < keys; key++) {
		ck_assert(
		    kit_verify(small, key, key, KIT_NOW, KIT_NOW + KIT_MINUTE));
		ck_assert(kit_hit(small, key, KIT_NOW));
	}
	for (uint64_t key = 0; key < keys; key++)
		hits += kit_hit(small, key, KIT_NOW);
	ck_assert_uint_ge(hits, entries);
	ck_assert_uint_le(hits, most);
	trust_cache_free(&small);
}

START_TEST(full_throws_out)
{
	overfill(1, 50, 1);
	overfill(10, 1000, 10);
	/* On shelves: a share each, and four deviations more. */
	overfill(4096, 20000, 4096 + 16 * (4 * 17 + 1));
}
END_TEST

/* What is asked for stays; what ended goes before it. */
START_TEST(full_spares_what_is_wanted)
{
	struct trust_cache *c;

	ck_assert_int_eq(trust_cache_new(8, &c), 0);
	for (uint64_t key = 0; key < 8; key++)
		kit_verify(c, key, 0, KIT_NOW,
		    KIT_NOW + (key == 5 ? 1 : 60) * TEE_SECOND);
	/* After its round the hand finds nothing wanted but key 3. */
	for (uint64_t key = 100; key < 200; key++) {
		ck_assert(kit_hit(c, 3, KIT_NOW + TEE_SECOND));
		kit_verify(c, key, 0, KIT_NOW + TEE_SECOND,
		    KIT_NOW + KIT_MINUTE);
		if (key == 100)
			for (uint64_t k = 0; k < 8; k++)
				ck_assert(kit_hit(c, k, KIT_NOW + TEE_SECOND) ==
				    (k != 5));
	}
	trust_cache_free(&c);
}
END_TEST

START_TEST(refuses_no_room)
{
	struct trust_cache *c = cache;

	ck_assert_int_eq(trust_cache_new(0, &c), TEE_E_ARGUMENT);
	ck_assert_ptr_null(c);
	ck_assert_int_eq(trust_cache_new(SIZE_MAX, &c), TEE_E_ARGUMENT);
}
END_TEST

/* ---- the fleet's cache, as a test wants it ---- */

static struct fleet {
	bool away;
	uint8_t packed[TRUST_PACKED_MAX], peer[32], key[32];
	size_t size;
	tee_instant expires;
	unsigned asked, put;
	const uint8_t *forget; /* while it is asked */
} fleet;

bool __wrap_trust_shared_get(struct trust_shared *, const uint8_t key[32],
    tee_instant now, uint8_t *packed, size_t *size, uint8_t peer[32],
    tee_instant *expires);
void __wrap_trust_shared_put(struct trust_shared *, const uint8_t key[32],
    const uint8_t peer[32], const uint8_t *packed, size_t size,
    tee_instant expires);

bool
__wrap_trust_shared_get(struct trust_shared *s, const uint8_t key[32],
    tee_instant now, uint8_t *packed, size_t *size, uint8_t peer[32],
    tee_instant *expires)
{
	(void)now;
	ck_assert_ptr_eq(s, &fleet);
	fleet.asked++;
	if (fleet.forget != NULL)
		trust_cache_forget(cache, fleet.forget);
	if (fleet.away || memcmp(key, fleet.key, 32) != 0)
		return false;
	ck_assert_uint_ge(*size, TRUST_PACKED_MAX);
	memcpy(packed, fleet.packed, sizeof(fleet.packed));
	memcpy(peer, fleet.peer, 32);
	*size = fleet.size;
	*expires = fleet.expires;
	return true;
}

void
__wrap_trust_shared_put(struct trust_shared *s, const uint8_t key[32],
    const uint8_t peer[32], const uint8_t *packed, size_t size,
    tee_instant expires)
{
	ck_assert_ptr_eq(s, &fleet);
	fleet.put++;
	memcpy(fleet.key, key, 32);
	memcpy(fleet.peer, peer, 32);
	memcpy(fleet.packed, packed, size);
	fleet.size = size;
	fleet.expires = expires;
}

static void
set_up_fleet(void)
{
	struct tee_claims *c = kit_claims(1);

	set_up();
	memset(&fleet, 0, sizeof(fleet));
	trust_cache_share(cache, (struct trust_shared *)(void *)&fleet);
	fleet.size = trust_pack(c, fleet.packed);
	fleet.expires = KIT_NOW + KIT_MINUTE;
	kit_id(1, fleet.key);
	kit_id(9, fleet.peer);
	tee_claims_free(&c);
}

START_TEST(takes_from_the_fleet)
{
	ck_assert(kit_hit(cache, 1, KIT_NOW));
	ck_assert_uint_eq(fleet.asked, 1);
	/* Kept here from now on; forgotten like what is one's own. */
	ck_assert(kit_hit(cache, 1, KIT_NOW));
	ck_assert_uint_eq(fleet.asked, 1);
	ck_assert(!kit_hit(cache, 1, KIT_NOW + KIT_MINUTE));
	fleet.away = true;
	trust_cache_forget(cache, fleet.peer);
	ck_assert(!kit_hit(cache, 1, KIT_NOW));
	ck_assert_uint_eq(fleet.put, 0);
}
END_TEST

START_TEST(gives_to_the_fleet)
{
	uint8_t name[32];

	fleet.away = true;
	ck_assert(kit_verify(cache, 2, 7, KIT_NOW, KIT_NOW + KIT_MINUTE));
	ck_assert_uint_eq(fleet.put, 1);
	kit_id(7, name);
	ck_assert_mem_eq(fleet.peer, name, 32);
	ck_assert_int_eq(fleet.expires, KIT_NOW + KIT_MINUTE);
	/* Another host's cache. */
	fleet.away = false;
	tear_down();
	set_up();
	trust_cache_share(cache, (struct trust_shared *)(void *)&fleet);
	ck_assert(kit_hit(cache, 2, KIT_NOW));
	/* A failure is nobody's. */
	ck_assert(!kit_hit(cache, 3, KIT_NOW));
	ck_assert_uint_eq(fleet.put, 1);
}
END_TEST

/* Each makes the fleet's answer one that is not believed. */
START_TEST(doubts_the_fleet)
{
	uint8_t nine[32];

	kit_id(9, nine);
	switch (_i) {
	case 0:
		fleet.away = true;
		break;
	case 1:
		fleet.packed[0] ^= 1;
		break;
	case 2:
		fleet.size--;
		break;
	case 3:
		fleet.size = TRUST_PACKED_MAX + 1;
		break;
	case 4:
		fleet.size = 0;
		break;
	case 5:
		fleet.expires = KIT_NOW;
		break;
	case 6: /* verified before its peer was forgotten here */
		trust_cache_forget(cache, nine);
		break;
	case 7:
		trust_cache_forget(cache, NULL);
		break;
	case 8: /* forgotten while the fleet was asked */
		fleet.forget = nine;
		break;
	default:
		fleet.packed[2] &= (uint8_t)~4u; /* no binding */
		break;
	}
	ck_assert(!kit_hit(cache, 1, KIT_NOW));
	ck_assert_uint_eq(fleet.asked, 1);
	/* It is verified here, as if there were no fleet. */
	fleet.forget = NULL;
	fleet.away = true;
	ck_assert(kit_verify(cache, 1, 9, KIT_NOW, KIT_NOW + KIT_MINUTE));
	ck_assert(kit_hit(cache, 1, KIT_NOW));
}
END_TEST

/* Seconds, by this host's clock; the verifier read its own. */
static const struct {
	bool forgotten; /* at 0 */
	int verified;
	int asked;
	bool believed;
} clocks[] = {
	{ false, -50, 0, true },
	{ false, 59, 0, true },
	{ false, 61, 0, false },  /* from the future */
	{ true, -1, 100, false }, /* before it was forgotten */
	{ true, 30, 100, false }, /* or so, by a clock that is ahead */
	{ true, 62, 100, true },
};

START_TEST(other_clocks)
{
	struct tee_claims *c = kit_claims(1);
	tee_instant zero;

	if (clocks[_i].forgotten)
		trust_cache_forget(cache, fleet.peer);
	zero = tee_clock_now();
	c->verified_at = zero + clocks[_i].verified * TEE_SECOND;
	fleet.size = trust_pack(c, fleet.packed);
	fleet.expires = zero + 200 * TEE_SECOND;
	ck_assert(kit_hit(cache, 1, zero + clocks[_i].asked * TEE_SECOND) ==
	    clocks[_i].believed);
	tee_claims_free(&c);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("trust_cache");
	TCase *own = tcase_create("own"), *shared = tcase_create("fleet");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(own, set_up, tear_down);
	tcase_add_test(own, gives_what_was_kept);
	tcase_add_loop_test(own, ends_with_the_shortest_lifetime, 0,
	    sizeof(lives) / sizeof(lives[0]));
	tcase_add_test(own, asking_about_later_costs_nothing);
	tcase_add_loop_test(own, keeps_grants_alone, 0, 12);
	tcase_add_test(own, forgets);
	tcase_add_test(own, forgets_what_is_in_flight);
	tcase_add_test(own, full_throws_out);
	tcase_add_test(own, full_spares_what_is_wanted);
	tcase_add_test(own, refuses_no_room);
	suite_add_tcase(s, own);
	tcase_add_checked_fixture(shared, set_up_fleet, tear_down);
	tcase_add_test(shared, takes_from_the_fleet);
	tcase_add_test(shared, gives_to_the_fleet);
	tcase_add_loop_test(shared, doubts_the_fleet, 0, 10);
	tcase_add_loop_test(shared, other_clocks, 0,
	    sizeof(clocks) / sizeof(clocks[0]));
	suite_add_tcase(s, shared);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
