/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scan of test_memory finds keys where there are any: in the middle of a
 * signature of the library's own, and in programs that hold or import keys
 * as one usually does.
 */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <check.h>

#include "tests/test_memory_scene.h"

#define STOPS 40 /* random stops of the signing loop */

static void
pause_at_random(void)
{
	nanosleep(&(struct timespec){ 0, 1000000 + random() % 977 * 1000 },
	    NULL);
}

/* The library's own signature, stopped in its middle: there it is. */
START_TEST(control_mid_signature)
{
	struct victim v;
	struct memscan_hits hits, all = { .total = 0 };
	struct memscan_key *key;
	unsigned i, k, stops = 0, registers = 0;

	scene_profile("module = \"generated\";");
	v = victim_start("loop", NULL);
	victim_at(&v, VICTIM_ACQUIRED);
	victim_go(&v);
	victim_at(&v, VICTIM_REVEALED);
	key = scene_patterns(v.page);
	victim_go(&v);
	victim_at(&v, VICTIM_LOOPING);
	victim_go(&v);
	for (i = 0; i < STOPS; i++) {
		struct memscan_copy *copy;

		pause_at_random();
		copy = victim_copy(&v);
		memscan_search(copy, key, &hits);
		memscan_copy_free(&copy);
		stops += hits.total > 0;
		registers += hits.in_registers > 0;
		for (k = 0; k < MEMSCAN_KINDS; k++)
			all.of[k] += hits.of[k];
	}
	victim_end(&v, SIGKILL);
	printf("control: %u of %u stops mid-signature show the key, %u in "
	       "registers:",
	    stops, STOPS, registers);
	for (k = 0; k < MEMSCAN_KINDS; k++)
		if (all.of[k] > 0)
			printf(" %s x%u",
			    memscan_kind_word((enum memscan_kind)k), all.of[k]);
	printf("\n");
	ck_assert_uint_gt(stops, STOPS / 4);
	ck_assert_uint_gt(all.of[MEMSCAN_SEED], 0);
	ck_assert_uint_gt(all.of[MEMSCAN_SCALAR], 0);
	ck_assert_uint_gt(all.of[MEMSCAN_PREFIX], 0);
	memscan_key_free(&key);
}
END_TEST

static void
control(const char *mode, enum victim_step step, struct memscan_hits *hits)
{
	uint8_t seed[32];
	struct memscan_copy *copy;
	struct memscan_key *key;
	struct victim v;

	scene_seed(seed);
	key = scene_patterns(seed);
	v = victim_start(mode, seed);
	victim_at(&v, step);
	copy = victim_copy(&v);
	memscan_search(copy, key, hits);
	memscan_copy_free(&copy);
	memscan_key_free(&key);
	victim_end(&v, SIGKILL);
	printf("control: %s: %s\n", mode, hits->where);
}

START_TEST(control_held_key)
{
	struct memscan_hits hits;

	control("hold", VICTIM_HELD, &hits);
	/* Thirty-two bytes in a row have twenty-five windows. */
	ck_assert_uint_ge(hits.of[MEMSCAN_SEED], 25);
}
END_TEST

START_TEST(control_dead_stack)
{
	struct memscan_hits hits;

	control("sloppy", VICTIM_SLOPPY, &hits);
	ck_assert_uint_ge(hits.of[MEMSCAN_SEED_SCHEDULE], 1);
}
END_TEST

int
main(void)
{
	TCase *tcase = tcase_create("control");

	tcase_add_test(tcase, control_mid_signature);
	tcase_add_test(tcase, control_held_key);
	tcase_add_test(tcase, control_dead_stack);
	return scene_main(tcase);
}
