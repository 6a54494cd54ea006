/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sixteen threads at one relying party: handshakes that are verified,
 * handshakes that are recalled, and peers that are forgotten meanwhile.
 * `make check-tsan` asks for a million recalled and ten thousand verified
 * ones under ThreadSanitizer; otherwise a fiftieth of that.
 */
#include "config.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "libtee/profile.h"
#include "tests/test_handshake_kit.h"

#define THREADS 16
#define VERIFIED 10000
#define RECALLED 1000000

static const struct script pinned =
    HS_PROFILE("tee", HS_PINNED, "verdict = 'ok';");

static struct hs_scene scene;
static unsigned long part; /* of the numbers above */

struct worker {
	struct hs_scene scene;
	uint8_t seed_byte;
	unsigned long verified, recalled, lost;
};

static void
say_nothing(void *user, int priority, const char *line)
{
	(void)user;
	(void)priority;
	(void)line;
}

static void
verify(struct worker *w)
{
	static const enum hs_shape shapes[] = { HS_CHALLENGE, HS_ACQUIRED,
		HS_STARTUP };

	hs_begin(&w->scene, shapes[w->verified % 3]);
	hs_answer(&w->scene);
	ck_assert_str_eq(hs_verify(&w->scene), "");
	w->verified += !tee_handshake_cached(w->scene.handshake);
	hs_end(&w->scene);
}

/* A hit is this peer's own; a miss comes only of being forgotten. */
static void
recall(struct worker *w)
{
	struct tee_handshake *h = NULL;
	int error = tee_handshake_recall(w->scene.trust, &w->scene.peer, &h);

	if (error == 0) {
		w->recalled++;
		if (tee_claims_level(tee_handshake_claims(h)) !=
			TEE_LEVEL_TEE_VM ||
		    !tee_handshake_cached(h))
			abort();
	} else if (error == TEE_E_DENIED &&
	    strcmp(tee_handshake_reason(h), "not_cached") == 0) {
		w->lost++;
		verify(w);
	} else {
		abort();
	}
	tee_handshake_free(&h);
}

static void *
work(void *argument)
{
	const unsigned long verifications = VERIFIED / part / THREADS,
			    recalls = RECALLED / part / THREADS;
	struct worker *w = argument;
	unsigned long n;

	hs_keys(&w->scene.agent, w->seed_byte);
	verify(w);
	for (n = 0; w->recalled < recalls; n++) {
		if (w->verified < verifications &&
		    n % (recalls / verifications) == 0)
			verify(w);
		recall(w);
		if (n % (recalls / 4) == 0)
			tee_trust_forget(w->scene.trust, w->scene.agent.did,
			    strlen(w->scene.agent.did));
		if (w->seed_byte == 1 && n == recalls / 2)
			tee_trust_forget(w->scene.trust, NULL, 0);
	}
	while (w->verified < verifications)
		verify(w);
	return NULL;
}

START_TEST(sixteen)
{
	static struct worker worker[THREADS];
	pthread_t thread[THREADS];
	unsigned long verified = 0, recalled = 0, lost = 0;

	part = getenv("TEE_THREADS_FULL") != NULL ? 1 : 50;
	hs_open(&scene, &pinned, NULL);
	scene.party.tee->log.fn = say_nothing;
	for (unsigned i = 0; i < THREADS; i++) {
		worker[i].scene = scene;
		worker[i].seed_byte = (uint8_t)(i + 1);
		ck_assert_int_eq(pthread_create(&thread[i], NULL, work,
				     &worker[i]),
		    0);
	}
	for (unsigned i = 0; i < THREADS; i++) {
		pthread_join(thread[i], NULL);
		verified += worker[i].verified;
		recalled += worker[i].recalled;
		lost += worker[i].lost;
	}
	ck_assert_uint_ge(verified, VERIFIED / part / THREADS * THREADS);
	ck_assert_uint_ge(recalled, RECALLED / part);
	/* Every thread forgot its peer at least four times. */
	ck_assert_uint_ge(lost, 4 * THREADS);
	hs_close(&scene);
}
END_TEST

static void
add(TCase *t)
{
	tcase_set_timeout(t, 1800);
	tcase_add_test(t, sixteen);
}

int
main(void)
{
	return txn_main("trust_threads", add);
}
