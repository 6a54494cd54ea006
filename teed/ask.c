/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask: requests that wait for a worker: for the service's lease, or for
 * evidence of their own.  A client may go before its answer comes.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "teed/answer.h"

#define ATTESTS 16         /* of one service that may wait */
#define ATTESTS_OF_USER 12 /* of them one user's: another finds a place */

static bool
keep_ask(struct teed_client *c, const struct tee_wire *w, struct teed_ask **out)
{
	struct teed_ask *ask = calloc(1, sizeof(*ask));

	if (ask != NULL && w->size > 0) {
		ask->challenge = malloc(w->size);
		if (ask->challenge != NULL)
			memcpy(ask->challenge, w->payload, w->size);
	}
	if (ask == NULL || (w->size > 0 && ask->challenge == NULL)) {
		free(ask);
		teed_client_refuse(c, w, TEE_E_MEMORY, NULL);
		return false;
	}
	ask->client = c;
	ask->uid = c->peer->uid;
	ask->verb = w->verb;
	ask->id = w->id;
	ask->size = w->size;
	*out = ask;
	teed_client_asks(c, 1);
	return true;
}

static void
free_ask(struct teed_ask *ask)
{
	if (ask->client != NULL)
		teed_client_asks(ask->client, -1);
	free(ask->challenge);
	free(ask);
}

void
teed_ask_lease(struct teed_service *s, struct teed_client *c,
    const struct tee_wire *w)
{
	struct tee_wire bare = *w;
	struct teed_ask *ask;

	bare.size = 0;
	if (!keep_ask(c, &bare, &ask))
		return;
	ask->next = s->waiting;
	s->waiting = ask;
}

void
teed_answer_waiting(struct teed_service *s)
{
	struct teed_ask *ask = s->waiting;

	if (teed_workers_has(&s->lease))
		return;
	s->waiting = NULL;
	while (ask != NULL) {
		struct teed_ask *next = ask->next;
		struct tee_wire w = { .verb = ask->verb, .id = ask->id };

		/* A renewal that failed leaves the key, and is no success. */
		if (ask->client == NULL)
			;
		else if (ask->verb == TEE_WIRE_RENEW && s->outcome.error != 0 &&
		    s->state == TEED_HELD)
			teed_client_refuse(ask->client, &w, s->outcome.error,
			    s->outcome.detail);
		else
			teed_answer_key(s, ask->client, &w);
		free_ask(ask);
		ask = next;
	}
}

static void next_attest(struct teed_service *);

static void
attested(struct teed_job *job, struct teed_report *report, uint8_t *seed)
{
	struct teed_service *s = job->owner;
	struct teed_ask *ask = s->first;
	struct tee_wire w = { .verb = ask->verb, .id = ask->id };
	const char *json = report->release.evidence_json;

	(void)seed;
	s->first = ask->next;
	if (s->first == NULL)
		s->last = NULL;
	s->attests--;
	if (ask->client != NULL && report->error == 0 && json != NULL)
		teed_client_answer(ask->client, &w, json, strlen(json));
	else if (ask->client != NULL)
		teed_client_refuse(ask->client, &w,
		    report->error != 0 ? report->error : TEE_E_SYSTEM,
		    report->release.detail);
	free_ask(ask);
	next_attest(s);
}

/* The first ask in the row has the worker; those whose client went drop out. */
static void
next_attest(struct teed_service *s)
{
	struct tee_challenge challenge;
	struct teed_ask *ask = s->first;

	if (ask == NULL || teed_workers_has(&s->attest))
		return;
	teed_lease_errand(s, TEED_ATTEST, &s->attest);
	s->attest.done = attested;
	/* It was read once before it was kept. */
	if (!tee_wire_read_challenge((const uint8_t *)ask->challenge, ask->size,
		&challenge))
		return;
	s->attest.errand.challenge_id = (char *)(uintptr_t)challenge.id;
	s->attest.errand.challenge_id_size = challenge.id_size;
	s->attest.errand.nonce = (char *)(uintptr_t)challenge.nonce;
	s->attest.errand.nonce_size = challenge.nonce_size;
	teed_workers_start(s->house->workers, &s->attest);
}

static bool
has_place(const struct teed_service *s, uid_t uid)
{
	size_t own = 0;

	for (const struct teed_ask *ask = s->first; ask != NULL;
	     ask = ask->next)
		own += ask->uid == uid;
	return s->attests < ATTESTS && own < ATTESTS_OF_USER;
}

void
teed_ask_attest(struct teed_service *s, struct teed_client *c,
    const struct tee_wire *w)
{
	struct tee_challenge challenge;
	struct teed_ask *ask;

	if (!tee_wire_read_challenge(w->payload, w->size, &challenge)) {
		teed_client_refuse(c, w, TEE_E_BINDING, NULL);
	} else if (s->state != TEED_HELD) {
		teed_refuse_absence(s, c, w);
	} else if (challenge.id_size == 0) {
		if (s->key.evidence != NULL)
			teed_client_answer(c, w, s->key.evidence,
			    strlen(s->key.evidence));
		else
			teed_client_answer(c, w, NULL, 0);
	} else if (!has_place(s, c->peer->uid)) {
		s->tally.limited++;
		teed_client_refuse(c, w, TEE_E_LIMIT,
		    "too many challenges wait");
	} else if (keep_ask(c, w, &ask)) {
		if (s->last != NULL)
			s->last->next = ask;
		else
			s->first = ask;
		s->last = ask;
		s->attests++;
		next_attest(s);
	}
}

void
teed_answer_forget(struct teed_service *s, const struct teed_client *c)
{
	struct teed_ask *ask;

	for (ask = s->waiting; ask != NULL; ask = ask->next)
		if (ask->client == c)
			ask->client = NULL;
	for (ask = s->first; ask != NULL; ask = ask->next)
		if (ask->client == c)
			ask->client = NULL;
}

void
teed_answer_attests(struct teed_service *s)
{
	struct teed_ask *ask;

	teed_workers_drop(&s->attest);
	while ((ask = s->first) != NULL) {
		struct tee_wire w = { .verb = ask->verb, .id = ask->id };

		s->first = ask->next;
		if (ask->client != NULL)
			teed_refuse_absence(s, ask->client, &w);
		free_ask(ask);
	}
	s->last = NULL;
	s->attests = 0;
}

void
teed_answer_stop(struct teed_service *s)
{
	struct teed_ask *ask;

	teed_answer_attests(s);
	while ((ask = s->waiting) != NULL) {
		s->waiting = ask->next;
		free_ask(ask);
	}
}
