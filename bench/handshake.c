/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handshake: what a relying party pays for one peer.
 *
 *   uncached  tee_handshake_verify of evidence for this very challenge, in
 *             pairs with the bare Ed25519 checks of the same response: as
 *             many, over texts as long, of a key that is 32 bytes until it
 *             is imported, as it is for whoever has it from the wire
 *   cached    the same where the evidence was judged before: signatures alone
 *   recall    tee_handshake_recall among 10, 1,000 and 1,000,000 peers, in
 *             turn, each time another peer drawn at random
 *
 * and what a peer remembered costs in memory, and a challenge used up in time.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <openssl/evp.h>

#include "bench/bench.h"
#include "libtee/profile.h"
#include "libtee/trust/canonical.h"
#include "libtee/trust/handshake.h"
#include "tests/test_handshake_kit.h"

#define MEETINGS 1500
#define RECALLS 30000
#define TAKES 2000000

static const struct script pinned =
    HS_PROFILE("tee", HS_PINNED, "verdict = 'ok';");

/* What one response carries: two keys' signatures, each over its text. */
struct meeting {
	char *challenge, *response;
	struct {
		uint8_t text[512], signature[TEE_SIGNATURE_SIZE];
		size_t size;
	} signed_by[2];
};

struct meetings {
	struct hs_scene scene;
	struct meeting one[MEETINGS];
	size_t next, bare;
};

static struct meetings uncached, cached;

static void
say_nothing(void *user, int priority, const char *line)
{
	(void)user;
	(void)priority;
	(void)line;
}

static double
micros(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
print(const char *name, double value, const char *unit, double goal)
{
	printf("{\"name\": \"%s\", \"value\": %.3f, \"unit\": \"%s\", ", name,
	    value, unit);
	if (goal > 0)
		printf("\"goal\": %.2f}\n", goal);
	else
		printf("\"goal\": null}\n");
}

static double
quantile(double *values, size_t count, double q)
{
	qsort(values, count, sizeof(*values), by_value);
	return values[(size_t)((double)(count - 1) * q)];
}

/* ---- messages ---- */

static void
open_party(struct hs_scene *s, size_t entries)
{
	struct tee_trust_options o = hs_options();

	o.cache_entries = entries;
	hs_open(s, &pinned, &o);
	s->party.tee->log.fn = say_nothing;
}

/* As long as what is signed on the wire is; hashing them is next to nothing. */
static void
sign_bare(struct meeting *m, const uint8_t seed[TEE_SEED_SIZE])
{
	const size_t sizes[] = { 180, 32 };

	for (size_t i = 0; i < 2; i++) {
		m->signed_by[i].size = sizes[i];
		memset(m->signed_by[i].text, 'a' + (int)i, sizes[i]);
		hs_sign(seed, m->signed_by[i].text, sizes[i],
		    m->signed_by[i].signature);
	}
}

static void
prepare(struct meetings *all, enum hs_shape shape)
{
	struct hs_scene *s = &all->scene;
	struct trust_challenge bound;
	tee_instant issued = 0;

	open_party(s, 0);
	for (size_t i = 0; i < MEETINGS; i++) {
		struct meeting *m = &all->one[i];

		hs_begin(s, shape);
		if (i == 0) {
			bound = s->recipe.bound;
			issued = s->recipe.issued;
		} else if (shape != HS_CHALLENGE) {
			s->recipe.bound = bound;
			s->recipe.issued = issued;
			s->recipe.expires = issued + 300 * TEE_SECOND;
		}
		hs_answer(s);
		m->challenge = trust_challenge_write(&s->challenge);
		m->response = json_dumps(s->response, JSON_COMPACT);
		bench_must(m->challenge != NULL && m->response != NULL, "text");
		sign_bare(m, s->agent.seed);
		hs_end(s);
	}
}

static void
dispose(struct meetings *all)
{
	for (size_t i = 0; i < MEETINGS; i++) {
		free(all->one[i].challenge);
		free(all->one[i].response);
	}
	hs_close(&all->scene);
}

static void
verify(void *data)
{
	struct meetings *all = data;
	const struct meeting *m = &all->one[all->next];
	struct tee_handshake *h = NULL;

	bench_must(all->next < MEETINGS, "a meeting left");
	bench_must(tee_handshake_verify(all->scene.trust, m->challenge,
		       strlen(m->challenge), m->response, strlen(m->response),
		       &all->scene.peer, &h) == 0,
	    "verification");
	bench_must(tee_handshake_cached(h) == (all == &cached && all->next > 0),
	    "cached or not");
	all->next++;
	tee_handshake_free(&h);
}

/* One key signs both, as libtee's agents do: it is imported once. */
static void
check_bare(void *data)
{
	struct meetings *all = data;
	const struct meeting *m = &all->one[all->bare++ % MEETINGS];
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
	    all->scene.agent.public_key, TEE_PUBLIC_KEY_SIZE);

	for (size_t i = 0; i < 2; i++) {
		EVP_MD_CTX *md = EVP_MD_CTX_new();

		bench_must(EVP_DigestVerifyInit(md, NULL, NULL, NULL, key) ==
			    1 &&
			EVP_DigestVerify(md, m->signed_by[i].signature,
			    TEE_SIGNATURE_SIZE, m->signed_by[i].text,
			    m->signed_by[i].size) == 1,
		    "bare signature");
		EVP_MD_CTX_free(md);
	}
	EVP_PKEY_free(key);
}

/* What is left of the meetings, one by one. */
static void
spread(struct meetings *all, const char *name)
{
	static double us[MEETINGS];
	char line[64];
	size_t n = 0;

	while (all->next < MEETINGS) {
		double start = micros();

		verify(all);
		us[n++] = micros() - start;
	}
	snprintf(line, sizeof(line), "handshake_%s_p50", name);
	print(line, quantile(us, n, 0.50), "us", 0);
	snprintf(line, sizeof(line), "handshake_%s_p99", name);
	print(line, quantile(us, n, 0.99), "us", 0);
}

static void
messages(void)
{
	const struct bench list[] = {
		{ "handshake_uncached_over_signatures", 1.15, 200, 5, verify,
		    check_bare, &uncached },
		{ "handshake_cached_over_signatures", 0, 200, 5, verify,
		    check_bare, &cached },
	};

	prepare(&uncached, HS_CHALLENGE);
	bench_run(&list[0]);
	spread(&uncached, "uncached");
	dispose(&uncached);
	prepare(&cached, HS_ACQUIRED);
	bench_run(&list[1]);
	spread(&cached, "cached");
	dispose(&cached);
}

/* ---- recall ---- */

struct crowd {
	struct hs_scene scene;
	size_t peers;
	double us[RECALLS];
	const char *name;
};

static size_t
resident(void)
{
	long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	bench_must(f != NULL && fscanf(f, "%*d %ld", &pages) == 1, "statm");
	fclose(f);
	return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* A peer by number: its DID, and a key that only has to be its own. */
static struct tee_peer
peer_at(size_t number, char did[42], uint8_t key[TEE_PUBLIC_KEY_SIZE])
{
	memset(key, 0, TEE_PUBLIC_KEY_SIZE);
	memcpy(key, &number, sizeof(number));
	snprintf(did, 42, "did:mesh:%032zx", number);
	return (struct tee_peer){ .size = sizeof(struct tee_peer),
		.did = did,
		.did_size = strlen(did),
		.public_key = key,
		.trust_score = 500,
		.trust_ceiling = 1000 };
}

/* Claims of the size that an SNP guest's are. */
static struct tee_claims *
grant(void)
{
	static const uint8_t digest[48] = { 1, 2, 3 };
	struct tee_claims *c = tee_claims_new();

	bench_must(c != NULL, "claims");
	c->verdict = TEE_OK;
	c->level = TEE_LEVEL_TEE_VM;
	c->key_origin = TEE_ORIGIN_SKR;
	c->tcb_status = TEE_TCB_UP_TO_DATE;
	c->binding_seen = c->binding_match = true;
	c->verified_at = tee_clock_now();
	c->expires = time(NULL) + 900;
	tee_claims_name(c, &c->texts, "platform", "amd-sev-snp", 11);
	tee_claims_name(c, &c->measurements, "launch", digest, 48);
	tee_claims_name(c, &c->measurements, "host_data", digest, 32);
	tee_claims_name(c, &c->measurements, "id_key_digest", digest, 48);
	tee_claims_name(c, &c->measurements, "author_key_digest", digest, 48);
	tee_claims_name(c, &c->measurements, "report_id", digest, 32);
	for (int i = 0; i < 30; i++)
		tee_claims_check(c, "snp.check", TEE_CHECK_PASS, "as it is");
	return c;
}

/* By the very function that a verification ends with. */
static void
remember(struct crowd *crowd, size_t number, struct tee_claims *claims)
{
	struct tee_handshake h = { .claims = claims };
	struct trust_verify v = { .trust = crowd->scene.trust, .out = &h };
	uint8_t key[TEE_PUBLIC_KEY_SIZE];
	struct tee_peer peer;
	char did[42];

	peer = peer_at(number, did, key);
	memcpy(v.key, key, sizeof(v.key));
	v.peer = &peer;
	v.now = tee_clock_now();
	v.require.attestation = true;
	trust_remember(&v);
}

static void
gather(struct crowd *crowd)
{
	struct tee_claims *claims = grant();
	size_t before;

	open_party(&crowd->scene, crowd->peers);
	before = resident();
	for (size_t i = 0; i < crowd->peers; i++)
		remember(crowd, i, claims);
	if (crowd->peers >= 1000000)
		print("handshake_cache_bytes_per_entry",
		    (double)(resident() - before) / (double)crowd->peers,
		    "bytes", 512);
	tee_claims_free(&claims);
}

static void
recall(struct crowd *crowd, size_t number, double *us)
{
	uint8_t key[TEE_PUBLIC_KEY_SIZE];
	struct tee_handshake *h = NULL;
	struct tee_peer peer;
	char did[42];
	double start;
	int error;

	peer = peer_at(number, did, key);
	start = micros();
	error = tee_handshake_recall(crowd->scene.trust, &peer, &h);
	*us = micros() - start;
	/* Where each has its own room, a few of a million were thrown out. */
	bench_must(error == 0 || crowd->peers > 1000, "recall");
	if (error != 0)
		*us = -1;
	tee_handshake_free(&h);
}

static uint64_t
drawn(void)
{
	static uint64_t x = UINT64_C(0x9e3779b97f4a7c15);

	x ^= x << 13;
	x ^= x >> 7;
	return x ^= x << 17;
}

/* What was not a hit does not count, and may not be more than a few. */
static double
typical(struct crowd *crowd, double q)
{
	size_t hits = 0;

	for (size_t i = 0; i < RECALLS; i++)
		if (crowd->us[i] >= 0)
			crowd->us[hits++] = crowd->us[i];
	bench_must(hits > RECALLS - RECALLS / 100, "hits");
	for (size_t i = hits; i < RECALLS; i++)
		crowd->us[i] = crowd->us[0];
	return quantile(crowd->us, hits, q);
}

static void
recalls(void)
{
	static struct crowd crowd[] = { { .peers = 10, .name = "10" },
		{ .peers = 1000, .name = "1000" },
		{ .peers = 1000000, .name = "1000000" } };
	double p50[3];
	char line[64];

	for (size_t i = 0; i < 3; i++)
		gather(&crowd[i]);
	for (size_t n = 0; n < RECALLS; n++)
		for (size_t i = 0; i < 3; i++)
			recall(&crowd[i], drawn() % crowd[i].peers,
			    &crowd[i].us[n]);
	for (size_t i = 0; i < 3; i++) {
		snprintf(line, sizeof(line), "handshake_recall_%s_p50",
		    crowd[i].name);
		print(line, p50[i] = typical(&crowd[i], 0.50), "us", 5);
		snprintf(line, sizeof(line), "handshake_recall_%s_p99",
		    crowd[i].name);
		print(line, typical(&crowd[i], 0.99), "us", 0);
		hs_close(&crowd[i].scene);
	}
	print("handshake_recall_1000000_over_10", p50[2] / p50[0], "ratio",
	    1.3);
}

/* ---- replay ---- */

static void
takes(void)
{
	struct trust_replay *replay;
	tee_instant now = tee_clock_now();
	double start;
	uint8_t id[32] = { 0 };

	bench_must(trust_replay_new(400000, &replay) == 0, "replay");
	start = micros();
	for (uint64_t i = 0; i < TAKES; i++) {
		memcpy(id, &i, sizeof(i));
		now += 100;
		bench_must(trust_replay_take(replay, id, now,
			       now + 30 * TEE_SECOND) == TRUST_FRESH,
		    "take");
	}
	print("replay_takes_per_second", TAKES / (micros() - start) * 1e6,
	    "per second", 0);
	trust_replay_free(&replay);
}

START_TEST(measure)
{
	messages();
	recalls();
	takes();
}
END_TEST

/* The kit's assertions want a suite around them. */
int
main(void)
{
	Suite *suite = suite_create("bench");
	TCase *tcase = tcase_create("handshake");
	SRunner *runner = srunner_create(suite);
	int failed;

	bench_pin();
	tcase_set_timeout(tcase, 0);
	tcase_add_test(tcase, measure);
	suite_add_tcase(suite, tcase);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
