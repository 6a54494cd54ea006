/* SPDX-License-Identifier: Apache-2.0 */
/* lease: how a service comes to its key, keeps it and loses it. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "libtee/error.h"
#include "teed/service.h"

#define ASKS 5000 /* ms between transactions that clients ask for */
#define SLACK 10  /* seconds that a worker may take beside its lines */

const char *
teed_state_word(enum teed_state state)
{
	static const char *const words[] = { "unavailable", "acquiring", "held",
		"denied", "expired", "revoked" };

	return words[state];
}

static int64_t
now_of(const struct teed_service *s)
{
	return teed_loop_now(s->house->loop);
}

/* The next try, or the end of what is held, whichever comes first. */
static void
set_timer(struct teed_service *s)
{
	int64_t due = teed_renewal_due(&s->renewal);
	bool busy = teed_workers_has(&s->lease);

	if (s->state == TEED_DENIED || s->state == TEED_REVOKED ||
	    (busy && s->state != TEED_HELD)) {
		teed_loop_cancel(s->house->loop, &s->timer);
		return;
	}
	if (s->state == TEED_HELD && (busy || s->renewal.ends < due))
		due = s->renewal.ends;
	if (s->state == TEED_HELD && teed_renewal_warning(&s->renewal) < due)
		due = teed_renewal_warning(&s->renewal);
	(void)teed_loop_set(s->house->loop, &s->timer, due);
}

static void
tell_clients(struct teed_service *s, enum tee_wire_event event,
    const char *text)
{
	for (struct teed_client *c = s->clients; c != NULL; c = c->next)
		teed_client_event(c, event, text);
}

static void
note(struct teed_service *s, const struct teed_report *report)
{
	s->outcome.at = (time_t)(tee_clock_now() / TEE_SECOND);
	s->outcome.error = report->error;
	memcpy(s->outcome.reason, report->release.reason,
	    sizeof(s->outcome.reason));
	memcpy(s->outcome.detail, report->release.detail,
	    sizeof(s->outcome.detail));
	if (report->error == TEE_E_DENIED)
		s->tally.denies++;
	else if (report->error != 0)
		s->tally.unavailable++;
}

static void
note_misfit(struct teed_service *s, struct teed_report *report, int error,
    const char *why)
{
	report->error = error;
	snprintf(report->release.reason, sizeof(report->release.reason), "%s",
	    tee_error_word(error));
	snprintf(report->release.detail, sizeof(report->release.detail), "%s",
	    why);
	tee_log_line(&s->house->log, LOG_ERR,
	    "teed profile=%s reason=%s detail=\"%s\"", s->plan->name,
	    report->release.reason, why);
}

void
teed_lease_end(struct teed_service *s, enum teed_state state, const char *why)
{
	static const enum tee_wire_event events[] = {
		[TEED_DENIED] = TEE_WIRE_DENIED,
		[TEED_EXPIRED] = TEE_WIRE_EXPIRED,
		[TEED_REVOKED] = TEE_WIRE_REVOKED,
	};

	int32_t key =
	    s->key.custody != NULL ? tee_custody_serial(s->key.custody) : 0;

	/* What was begun for this key must not be taken for the next one. */
	teed_workers_drop(&s->lease);
	s->state = state;
	teed_answer_attests(s);
	teed_key_end(&s->key);
	tee_log_event(&s->house->log, TEE_EVENT_REVOKE,
	    "profile=%s key=%d result=ok state=%s generation=%u "
	    "detail=\"%s\"",
	    s->plan->name, key, teed_state_word(state), s->key.generation, why);
	if (state == TEED_EXPIRED)
		teed_renewal_failed(&s->renewal, now_of(s));
	tell_clients(s, events[state], why);
	set_timer(s);
	teed_answer_waiting(s);
}

/* What GRANT and RENEW of its worker could not know. */
static void
say_held(const struct teed_service *s)
{
	tee_log_line(&s->house->log, LOG_NOTICE,
	    "teed profile=%s key=%d generation=%u lifetime=%u", s->plan->name,
	    tee_custody_serial(s->key.custody), s->key.generation,
	    s->key.lifetime);
}

/* A first lease; the report's seed is the key. */
static void
acquired(struct teed_service *s, struct teed_report *report, uint8_t *seed)
{
	const char *why = NULL;
	bool fallback = s->plan->assurance == TEE_ASSURANCE_PREFER_TEE &&
	    report->error == 0 &&
	    !tee_origin_is_tee(report->release.standing.origin);

	if (report->error == 0) {
		report->error = teed_key_begin(&s->key, s->plan,
		    s->house->bench, report, seed, &why);
		if (report->error != 0)
			note_misfit(s, report, report->error, why);
	}
	note(s, report);
	if (report->error == 0) {
		s->state = TEED_HELD;
		s->tally.grants++;
		teed_renewal_granted(&s->renewal, now_of(s), s->key.lifetime);
		if (fallback)
			teed_tally_downgrade(&s->tally,
			    report->release.reason[0] != '\0' ?
				report->release.reason :
				"unavailable");
		say_held(s);
		tell_clients(s, TEE_WIRE_GENERATION, "");
	} else if (report->error == TEE_E_DENIED) {
		s->state = TEED_DENIED;
	} else {
		if (s->state == TEED_ACQUIRING)
			s->state = TEED_UNAVAILABLE;
		teed_renewal_failed(&s->renewal, now_of(s));
	}
}

static void
warn(struct teed_service *s)
{
	if (teed_renewal_warns(&s->renewal, now_of(s)))
		tee_log_line(&s->house->log, LOG_WARNING,
		    "teed profile=%s reason=lease_ends in=%llds "
		    "detail=\"renewal has failed %u times: %s\"",
		    s->plan->name,
		    (long long)(s->renewal.ends - now_of(s)) / 1000,
		    s->renewal.failures, s->outcome.reason);
}

static void
renewed(struct teed_service *s, struct teed_report *report)
{
	const char *why = NULL;
	int error = report->error;

	if (error == 0) {
		error = teed_key_renew(&s->key, s->plan, report, &why);
		if (error != 0)
			note_misfit(s, report, error, why);
	}
	note(s, report);
	if (error == 0) {
		s->tally.renewals++;
		teed_renewal_granted(&s->renewal, now_of(s), s->key.lifetime);
		say_held(s);
		tell_clients(s, TEE_WIRE_GENERATION, "");
		return;
	}
	if (error == TEE_E_DENIED) {
		teed_lease_end(s, TEED_DENIED, s->outcome.reason);
		return;
	}
	/* Somebody ended it by keyctl meanwhile. */
	if (error == TEE_E_KEY_REVOKED || error == TEE_E_KEY_GONE) {
		teed_lease_end(s, TEED_REVOKED, "ended in the keyring");
		return;
	}
	teed_renewal_failed(&s->renewal, now_of(s));
}

static void
done(struct teed_job *job, struct teed_report *report, uint8_t *seed)
{
	struct teed_service *s = job->owner;

	if (job->errand.kind == TEED_ACQUIRE)
		acquired(s, report, seed);
	else
		renewed(s, report);
	set_timer(s);
	teed_answer_waiting(s);
}

/* Every line may use up its own time. */
static unsigned
budget_of(const struct tee *plan)
{
	const struct tee_stack *const stacks[] = { &plan->collector,
		&plan->verifier, &plan->keystore, &plan->keystore };
	unsigned seconds = SLACK;

	for (size_t k = 0; k < 4; k++)
		for (size_t i = 0; i < stacks[k]->count; i++)
			seconds += stacks[k]->line[i].timeout;
	return seconds < 3600 ? seconds * 1000 : 3600 * 1000;
}

void
teed_lease_errand(struct teed_service *s, enum teed_errand_kind kind,
    struct teed_job *job)
{
	job->errand = (struct teed_errand){ .kind = kind,
		.path = s->plan->file,
		.standing = s->key.standing };
	memcpy(job->errand.digest, s->plan->digest, sizeof(job->errand.digest));
	job->budget = budget_of(s->plan);
	job->owner = s;
}

static void
try_now(struct teed_service *s)
{
	if (teed_workers_has(&s->lease))
		return;
	if (s->key.custody == NULL)
		s->state =
		    s->state == TEED_EXPIRED ? TEED_EXPIRED : TEED_ACQUIRING;
	teed_lease_errand(s, s->key.custody != NULL ? TEED_RENEW : TEED_ACQUIRE,
	    &s->lease);
	s->lease.done = done;
	/* Where it cannot even start it is done at once, and sets the timer. */
	teed_workers_start(s->house->workers, &s->lease);
	if (teed_workers_has(&s->lease))
		set_timer(s);
}

static void
ring(struct teed_timer *timer)
{
	struct teed_service *s =
	    (struct teed_service *)(void *)((uint8_t *)timer -
		offsetof(struct teed_service, timer));

	if (s->state == TEED_HELD && now_of(s) >= s->renewal.ends) {
		teed_lease_end(s, TEED_EXPIRED, "it was not renewed in time");
		return;
	}
	if (s->state == TEED_HELD)
		warn(s);
	if (s->state != TEED_HELD || now_of(s) >= teed_renewal_due(&s->renewal))
		try_now(s);
	set_timer(s);
}

void
teed_lease_start(struct teed_service *s)
{
	s->timer.ring = ring;
	s->asked = s->asked_by_operator = now_of(s) - ASKS;
	teed_renewal_granted(&s->renewal, now_of(s), 0);
	try_now(s);
}

int
teed_lease_ask(struct teed_service *s, const struct teed_client *client)
{
	int64_t *asked;

	if (s->state == TEED_REVOKED && !client->may_operate)
		return TEE_E_KEY_REVOKED;
	if (teed_workers_has(&s->lease))
		return 0;
	asked = client->may_operate ? &s->asked_by_operator : &s->asked;
	if (now_of(s) - *asked < ASKS)
		return TEE_E_LIMIT;
	*asked = now_of(s);
	try_now(s);
	return 0;
}

void
teed_lease_stop(struct teed_service *s)
{
	teed_loop_cancel(s->house->loop, &s->timer);
	teed_workers_drop(&s->lease);
	teed_workers_drop(&s->attest);
	teed_key_end(&s->key);
}
