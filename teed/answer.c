/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answer: what clients ask of a service, verb by verb (wire.h).  What can be
 * answered from memory is answered at once; the rest waits for a worker while
 * the client goes on.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <openssl/evp.h>

#include "libtee/error.h"
#include "teed/answer.h"

uint64_t
teed_nanoseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Why there is no key to sign with. */
static int
absence(const struct teed_service *s)
{
	switch (s->state) {
	case TEED_HELD:
		return 0;
	case TEED_DENIED:
		return TEE_E_DENIED;
	case TEED_EXPIRED:
		return TEE_E_KEY_EXPIRED;
	case TEED_REVOKED:
		return TEE_E_KEY_REVOKED;
	case TEED_UNAVAILABLE:
	case TEED_ACQUIRING:
		break;
	}
	return TEE_E_UNAVAILABLE;
}

void
teed_refuse_absence(struct teed_service *s, struct teed_client *c,
    const struct tee_wire *w)
{
	char detail[640];

	snprintf(detail, sizeof(detail), "profile %s is %s%s%s%s%s",
	    s->plan->name, teed_state_word(s->state),
	    s->outcome.reason[0] != '\0' ? ", " : "", s->outcome.reason,
	    s->outcome.detail[0] != '\0' ? ": " : "", s->outcome.detail);
	teed_client_refuse(c, w, absence(s), detail);
}

void
teed_answer_key(struct teed_service *s, struct teed_client *c,
    const struct tee_wire *w)
{
	uint8_t payload[TEE_WIRE_PAYLOAD];
	struct tee_wire_key key = { .generation = s->key.generation,
		.expires = (uint64_t)s->key.expires,
		.did = s->key.standing.did,
		.did_size = s->key.standing.did_size };

	if (s->state != TEED_HELD) {
		teed_refuse_absence(s, c, w);
		return;
	}
	key.serial = tee_custody_serial(s->key.custody);
	memcpy(key.public_key, s->key.standing.public_key,
	    sizeof(key.public_key));
	teed_client_answer(c, w, payload,
	    tee_wire_write_key(&key, payload, sizeof(payload)));
}

/* A key under way is worth waiting for; one that failed is tried again. */
static void
on_key(struct teed_service *s, struct teed_client *c, const struct tee_wire *w)
{
	if (s->state == TEED_UNAVAILABLE || s->state == TEED_EXPIRED)
		(void)teed_lease_ask(s, c);
	if (s->state != TEED_HELD && teed_workers_has(&s->lease))
		teed_ask_lease(s, c, w);
	else
		teed_answer_key(s, c, w);
}

static void
on_renew(struct teed_service *s, struct teed_client *c,
    const struct tee_wire *w)
{
	int error = teed_lease_ask(s, c);

	if (error != 0)
		teed_client_refuse(c, w, error,
		    error == TEE_E_LIMIT ?
			"one transaction in five seconds" :
			"an operator revoked it; an operator may renew it");
	else if (teed_workers_has(&s->lease))
		teed_ask_lease(s, c, w);
	else
		teed_answer_key(s, c, w);
}

static void
on_revoke(struct teed_service *s, struct teed_client *c,
    const struct tee_wire *w)
{
	if (!c->may_operate) {
		teed_client_refuse(c, w, TEE_E_PEER,
		    "operators alone may revoke");
		return;
	}
	if (s->state != TEED_REVOKED)
		teed_lease_end(s, TEED_REVOKED, "an operator revoked it");
	teed_client_answer(c, w, NULL, 0);
}

static void
on_status(struct teed_service *s, struct teed_client *c,
    const struct tee_wire *w)
{
	char *json = teed_status(s);

	if (json != NULL)
		teed_client_answer(c, w, json, strlen(json));
	else
		teed_client_refuse(c, w, TEE_E_MEMORY, NULL);
	free(json);
}

/* Signatures of one turn: what may be signed, in one visit to the key. */
struct batch {
	struct tee_sign_job job[TEED_BATCH];
	uint8_t digest[TEED_BATCH][32];
	uint8_t signature[TEED_BATCH][TEE_SIGNATURE_SIZE];
	struct tee_wire answer[TEED_BATCH];
	size_t count;
};

static bool
may_be_signed(const struct teed_service *s, const struct tee_wire *w,
    struct batch *b)
{
	struct tee_message_key key = { s->key.standing.public_key,
		s->key.standing.did, s->key.standing.did_size,
		tee_clock_now() };
	const uint8_t *message = w->payload + 1;
	size_t size = w->size - 1;
	struct tee_sign_job *job = &b->job[b->count];

	*job = (struct tee_sign_job){ .message = message,
		.size = size,
		.signature = b->signature[b->count] };
	switch (w->payload[0]) {
	case TEE_WIRE_MESSAGE_FORM:
		return tee_message_allows(&s->plan->sign, &key, message,
			   size) != TEE_MESSAGE_NONE;
	case TEE_WIRE_LAYER2:
		job->message = b->digest[b->count];
		job->size = sizeof(b->digest[0]);
		return tee_message_allows_layer2(&s->plan->sign, &key, message,
			   size) != TEE_MESSAGE_NONE &&
		    EVP_Digest(message, size, b->digest[b->count], NULL,
			EVP_sha256(), NULL) == 1;
	default:
		return false;
	}
}

/* A flood costs its sender alone. */
static bool
within_rate(struct teed_service *s, struct teed_client *c,
    const struct tee_wire *w)
{
	unsigned wait;

	if (teed_limit_take(&c->peer->limit, teed_loop_now(c->loop), &wait))
		return true;
	s->tally.limited++;
	teed_client_refuse(c, w, TEE_E_LIMIT, "custody.rate of the profile");
	teed_client_pause(c, wait);
	return false;
}

/* Who may not and what may not: each is told apart. */
static bool
admit(struct teed_service *s, struct teed_client *c, const struct tee_wire *w,
    struct batch *b)
{
	if (!c->may_sign) {
		teed_client_refuse(c, w, TEE_E_PEER,
		    "custody.users of the profile does not name it");
		return false;
	}
	if (s->state != TEED_HELD) {
		teed_refuse_absence(s, c, w);
		return false;
	}
	if (w->size < 1 || !may_be_signed(s, w, b)) {
		s->tally.refused++;
		teed_client_refuse(c, w, TEE_E_MESSAGE,
		    "custody.sign of the profile has no class for it");
		return false;
	}
	return true;
}

void
teed_answer_lost(struct teed_service *s, int error)
{
	if (error == TEE_E_KEY_EXPIRED)
		teed_lease_end(s, TEED_EXPIRED, "the kernel ended it");
	else if (error == TEE_E_KEY_REVOKED || error == TEE_E_KEY_GONE)
		teed_lease_end(s, TEED_REVOKED, "ended in the keyring");
}

static void
sign(struct teed_service *s, struct teed_client *c, struct batch *b,
    uint64_t began)
{
	int error = 0;

	if (b->count == 0)
		return;
	error = tee_custody_sign_many(s->key.custody, b->job, b->count);
	for (size_t i = 0; i < b->count; i++) {
		b->answer[i].status = TEE_WIRE_OK;
		b->answer[i].payload = b->signature[i];
		b->answer[i].size = sizeof(b->signature[i]);
	}
	if (error == 0) {
		teed_client_answers(c, b->answer, b->count);
		c->signatures += b->count;
		teed_tally_signed(&s->tally, b->count,
		    teed_nanoseconds() - began);
	}
	for (size_t i = 0; i < b->count && error != 0; i++)
		teed_client_refuse(c, &b->answer[i], error, NULL);
	b->count = 0;
	teed_answer_lost(s, error);
}

static void
on_other(struct teed_service *s, struct teed_client *c,
    const struct tee_wire *w)
{
	switch (w->verb) {
	case TEE_WIRE_KEY:
		on_key(s, c, w);
		break;
	case TEE_WIRE_ATTEST:
		teed_ask_attest(s, c, w);
		break;
	case TEE_WIRE_STATUS:
		on_status(s, c, w);
		break;
	case TEE_WIRE_RENEW:
		on_renew(s, c, w);
		break;
	case TEE_WIRE_REVOKE:
		on_revoke(s, c, w);
		break;
	default:
		teed_client_refuse(c, w, TEE_E_ARGUMENT,
		    "there is no such verb in version 1");
	}
}

/* In their order: what came before another verb is signed before it. */
static void
on_packets(struct teed_client *c, const struct tee_wire *w, size_t count)
{
	struct teed_service *s = c->service;
	struct batch b = { .count = 0 };
	uint64_t began = teed_nanoseconds();

	for (size_t i = 0; i < count && !c->ended; i++) {
		if (!within_rate(s, c, &w[i]))
			continue;
		if (w[i].verb != TEE_WIRE_SIGN) {
			sign(s, c, &b, began);
			on_other(s, c, &w[i]);
		} else if (admit(s, c, &w[i], &b)) {
			b.answer[b.count] =
			    (struct tee_wire){ .verb = w[i].verb,
				    .id = w[i].id };
			b.count++;
		}
	}
	sign(s, c, &b, began);
}

/* One client of a service in a turn: many of them are not more of it. */
static bool
admits(struct teed_client *c)
{
	struct teed_service *s = c->service;
	uint64_t turn = teed_loop_turn(c->loop) + 1;

	if (s->turn == turn)
		return false;
	s->turn = turn;
	return true;
}

const struct teed_client_owner teed_answers = { admits, on_packets,
	teed_answer_ssh, teed_service_leave };
