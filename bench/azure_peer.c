/* SPDX-License-Identifier: Apache-2.0 */
/*
 * azure_peer: a relying party judges an Azure agent.
 *
 *   azure_peer SHAPE AGENT OFFLINE PASSPORT     (profiles)
 *
 *   appraise   fresh evidence, offline, by a chain that was seen before
 *   passport   MAA's token by keys that were fetched before
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <tee/tee.h>

#include "bench/bench.h"

#define ROUNDS 300

static const struct tee_challenge challenge = { "challenge_1", 11, "nonce", 5 };

struct peer {
	struct tee *tee;
	const struct tee_evidence *evidence;
	struct tee_expected expected;
};

static void
on_line(void *user, int priority, const char *line)
{
	(void)user;
	if (priority <= 4)
		fprintf(stderr, "%s\n", line);
}

static struct tee *
open_profile(const char *path)
{
	struct tee_options options = { .size = sizeof(options),
		.log = on_line };
	struct tee *tee;

	bench_must(tee_open_file(path, &options, &tee) == 0, path);
	return tee;
}

static void
appraise(void *data)
{
	struct peer *p = data;
	struct tee_claims *claims;

	bench_must(tee_appraise(p->tee, p->evidence, &p->expected, &claims) ==
		0,
	    "tee_appraise");
	tee_claims_free(&claims);
}

static void
run(const char *shape, const char *what, struct peer *p)
{
	char name[64];
	struct bench b = { name, 0, ROUNDS, 1, appraise, NULL, p };

	snprintf(name, sizeof(name), "azure_%s_%s", shape, what);
	bench_run(&b);
	tee_close(&p->tee);
}

int
main(int argc, char **argv)
{
	struct tee_evidence *fresh;
	struct tee_key *key;
	struct tee *agent;

	bench_must(argc == 5, "azure_peer SHAPE AGENT OFFLINE PASSPORT");
	agent = open_profile(argv[2]);
	bench_must(tee_acquire(agent, &key) == 0, "tee_acquire");
	bench_must(tee_attest(agent, key, &challenge, &fresh) == 0,
	    "tee_attest");
	bench_pin();
	run(argv[1], "appraise",
	    &(struct peer){ open_profile(argv[3]), fresh,
		{ .challenge = &challenge } });
	run(argv[1], "passport",
	    &(struct peer){ open_profile(argv[4]), tee_key_evidence(key),
		{ .unsolicited = true } });
	tee_evidence_free(&fresh);
	tee_key_free(&key);
	tee_close(&agent);
	return 0;
}
