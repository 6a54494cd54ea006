/* SPDX-License-Identifier: Apache-2.0 */
/*
 * azure: an agent of Azure against the simulated one, split per hop.
 *
 *   azure SHAPE PROFILE HANDSHAKES ACQUIRES FIRSTS RESTED HOP=PATH|PORT...
 *
 *   handshake      tee_attest by a key that is held: a peer waits for it
 *   acquire        tee_acquire by a handle that has acquired before
 *   acquire_first  tee_acquire by a handle that was just opened: everything
 *                  is asked for, the HCL report, certificates, keys, tokens
 *   acquire_rested tee_acquire by a handle that has acquired a while ago, so
 *                  that a keystore line had time to make its next key; the
 *                  agent signs meanwhile, as one that works does
 *
 * Started by azure.sh, which knows where the machine and its cloud are.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tee/tee.h>

#include "bench/bench.h"
#include "bench/meter.h"

#define HANDSHAKE_GOAL 1.0 /* milliseconds of libtee's own, ADR 0003's 200 */
#define ACQUIRE_GOAL 5.0
#define REST_SIGNATURES 12000 /* most of a second */

struct scene {
	const char *shape, *profile;
	struct tee_options options;
	struct tee *tee;
	struct tee_key *key;
	struct tee_evidence *evidence;
};

static void
on_line(void *user, int priority, const char *line)
{
	(void)user;
	meter_line(line);
	if (priority <= 4)
		fprintf(stderr, "%s\n", line);
}

static void
open_profile(struct scene *s, struct tee **tee)
{
	bench_must(tee_open_file(s->profile, &s->options, tee) == 0,
	    "tee_open_file");
}

static void
handshake(struct scene *s, struct meter_time out[METER_HOPS])
{
	static unsigned number;
	char nonce[33];
	struct tee_challenge challenge = { "challenge_bench", 15, nonce, 32 };
	struct tee_evidence *evidence;

	snprintf(nonce, sizeof(nonce), "%032x", number++);
	meter_start();
	bench_must(tee_attest(s->tee, s->key, &challenge, &evidence) == 0,
	    "tee_attest");
	meter_stop(out);
	tee_evidence_free(&evidence);
}

static void
acquire_by(struct tee *tee, struct meter_time out[METER_HOPS])
{
	struct tee_key *key;

	meter_start();
	bench_must(tee_acquire(tee, &key) == 0, "tee_acquire");
	meter_stop(out);
	tee_key_free(&key);
}

static void
acquire(struct scene *s, struct meter_time out[METER_HOPS])
{
	acquire_by(s->tee, out);
}

static void
acquire_rested(struct scene *s, struct meter_time out[METER_HOPS])
{
	uint8_t signature[TEE_SIGNATURE_SIZE];

	for (unsigned i = 0; i < REST_SIGNATURES; i++)
		bench_must(tee_sign(s->key, "a message", 9, signature) == 0,
		    "tee_sign");
	acquire_by(s->tee, out);
}

static void
acquire_first(struct scene *s, struct meter_time out[METER_HOPS])
{
	struct tee *tee;

	open_profile(s, &tee);
	acquire_by(tee, out);
	tee_close(&tee);
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of one clock of one hop, or of all hops together. */
enum clock { WALL, WAITED, OWN, CPU };

static double
of_hop(const struct meter_time *t, enum clock clock)
{
	switch (clock) {
	case WALL:
		return t->wall;
	case WAITED:
		return t->waited;
	case OWN:
		return t->wall - t->waited;
	case CPU:
		return t->cpu;
	}
	return 0;
}

struct samples {
	struct meter_time (*run)[METER_HOPS];
	unsigned count;
	double *sorted;
};

#define BIT(hop) (1U << (hop))
#define ALL (BIT(METER_HOPS) - 1)

/* Each run's sum over these hops. */
static void
sort(struct samples *s, unsigned hops, enum clock clock)
{
	for (unsigned i = 0; i < s->count; i++) {
		s->sorted[i] = 0;
		for (unsigned h = 0; h < METER_HOPS; h++)
			if ((hops & BIT(h)) != 0)
				s->sorted[i] += of_hop(&s->run[i][h], clock);
	}
	qsort(s->sorted, s->count, sizeof(double), by_value);
}

/* The nearest rank. */
static double
rank(const struct samples *s, unsigned percent)
{
	return s->sorted[(s->count * percent + 99) / 100 - 1];
}

static void
print_ranks(struct samples *s, const char *name)
{
	printf("\"%s\": {\"p50\": %.3f, \"p99\": %.3f}", name, rank(s, 50),
	    rank(s, 99));
}

static void
print_clocks(struct samples *s, unsigned hops)
{
	static const char *const names[] = { "wall", "waited", "own", "cpu" };

	for (unsigned c = WALL; c <= CPU; c++) {
		sort(s, hops, (enum clock)c);
		printf("%s", c > 0 ? ", " : "");
		print_ranks(s, names[c]);
	}
}

static void
print_hops(struct samples *s)
{
	const char *comma = "";

	for (unsigned h = 0; h < METER_HOPS; h++) {
		sort(s, BIT(h), WALL);
		if (s->sorted[s->count - 1] == 0)
			continue;
		printf("%s\"%s\": {", comma, meter_names[h]);
		print_clocks(s, BIT(h));
		printf(", \"calls\": %u}", s->run[s->count - 1][h].calls);
		comma = ", ";
	}
}

static void
print(struct samples *s, const char *shape, const char *name, double goal)
{
	double own;

	sort(s, ALL, OWN);
	own = rank(s, 50);
	printf("{\"name\": \"azure_%s_%s\", \"value\": %.3f, \"unit\": \"ms\", "
	       "\"goal\": %.2f, \"met\": %s, \"p99_met\": %s, \"runs\": %u, ",
	    shape, name, own, goal, own <= goal ? "true" : "false",
	    rank(s, 99) <= goal ? "true" : "false", s->count);
	print_clocks(s, ALL);
	/* In a container prepare() makes an RSA key, which draws its time. */
	printf(", \"without_prepare\": {");
	print_clocks(s, ALL & ~BIT(METER_PREPARE));
	printf("}, \"hops\": {");
	print_hops(s);
	printf("}}\n");
	fflush(stdout);
}

static void
measure(struct scene *s, const char *name, unsigned count, double goal,
    void (*run)(struct scene *, struct meter_time[METER_HOPS]))
{
	struct samples all = { calloc(count, sizeof(*all.run)), count,
		calloc(count, sizeof(double)) };

	bench_must(all.run != NULL && all.sorted != NULL, "malloc");
	for (unsigned i = 0; i < count; i++)
		run(s, all.run[i]);
	if (count > 0)
		print(&all, s->shape, name, goal);
	free(all.run);
	free(all.sorted);
}

int
main(int argc, char **argv)
{
	struct scene s = { .options = { .size = sizeof(s.options),
			       .log = on_line } };

	bench_must(argc > 6,
	    "azure SHAPE PROFILE HANDSHAKES ACQUIRES FIRSTS RESTED");
	s.shape = argv[1];
	s.profile = argv[2];
	for (int i = 7; i < argc; i++)
		bench_must(meter_place(argv[i]), argv[i]);
	open_profile(&s, &s.tee);
	bench_must(tee_acquire(s.tee, &s.key) == 0, "tee_acquire");
	measure(&s, "handshake", (unsigned)atoi(argv[3]), HANDSHAKE_GOAL,
	    handshake);
	measure(&s, "acquire", (unsigned)atoi(argv[4]), ACQUIRE_GOAL, acquire);
	measure(&s, "acquire_first", (unsigned)atoi(argv[5]), ACQUIRE_GOAL,
	    acquire_first);
	measure(&s, "acquire_rested", (unsigned)atoi(argv[6]), ACQUIRE_GOAL,
	    acquire_rested);
	tee_key_free(&s.key);
	tee_close(&s.tee);
	return 0;
}
