/* SPDX-License-Identifier: Apache-2.0 */
/* remote: see remote.h. */
#include "config.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "libtee/held.h"
#include "libtee/line.h"
#include "libtee/remote_ask.h"
#include "libtee/transaction.h"

#define SIGN_MS 10000
#define ATTEST_MS 120000

void
tee_remote_event(void *user, enum tee_wire_event event)
{
	struct tee_remote *r = user;

	switch (event) {
	case TEE_WIRE_GENERATION:
		/* Perhaps of another key: reassure() asks. */
		r->unsure = true;
		r->gone = 0;
		break;
	case TEE_WIRE_DENIED:
		r->gone = TEE_E_KEY_GONE;
		break;
	case TEE_WIRE_REVOKED:
		r->gone = TEE_E_KEY_REVOKED;
		break;
	case TEE_WIRE_EXPIRED:
		r->gone = TEE_E_KEY_EXPIRED;
		break;
	}
}

void
tee_remote_free(struct tee_remote **remote)
{
	struct tee_remote *r = *remote;

	if (r == NULL)
		return;
	*remote = NULL;
	tee_line_close(&r->line);
	if (r->pid == getpid())
		pthread_mutex_destroy(&r->lock);
	free(r->path);
	free(r);
}

/*
 * A forked child talks for itself; two on one connection would mix.  One of
 * its threads sees to that, and others that come meanwhile wait: a lock that
 * the parent's threads left behind is none to wait for.
 */
static void
become_own(struct tee_remote *r)
{
	static const struct timespec moment = { .tv_nsec = 1000000 };
	const pid_t own = getpid();
	pid_t whose;

	while ((whose = atomic_load(&r->pid)) != own) {
		if (whose == -own) {
			nanosleep(&moment, NULL);
		} else if (atomic_compare_exchange_strong(&r->pid, &whose,
			       -own)) {
			pthread_mutex_init(&r->lock, NULL);
			tee_line_close(&r->line);
			atomic_store(&r->pid, own);
		}
	}
}

void
tee_remote_enter(struct tee_remote *r)
{
	become_own(r);
	pthread_mutex_lock(&r->lock);
}

/* What KEY or RENEW answered; another key than before is none of ours. */
static int
take_key(struct tee_remote *r, const uint8_t *payload, size_t size,
    struct tee_wire_key *out)
{
	if (!tee_wire_read_key(payload, size, out))
		return TEE_E_TEED;
	if (r->known &&
	    memcmp(r->public_key, out->public_key, sizeof(r->public_key)) !=
		0) {
		tee_log_line(&r->log, LOG_ERR,
		    "teed: %s: it holds another key than it did", r->path);
		r->foreign = true;
		return TEE_E_KEY_GONE;
	}
	r->known = true;
	r->unsure = false;
	memcpy(r->public_key, out->public_key, sizeof(r->public_key));
	r->serial = out->serial;
	r->expires = (time_t)out->expires;
	r->gone = 0;
	return 0;
}

static int
reconnect(struct tee_remote *r)
{
	struct tee_wire_key key;
	uint8_t *answer = NULL;
	size_t size = 0;
	char why[256];
	int error;

	if (r->inherited)
		return TEE_E_TEED;
	error = tee_line_connect(&r->line, r->path, &r->log);
	if (error != 0 || !r->known)
		return error;
	error = tee_line_ask(&r->line, TEE_WIRE_KEY, NULL, 0, r->patience,
	    &answer, &size, why);
	if (error == 0)
		error = take_key(r, answer, size, &key);
	/* The same key; on what claims is not known. */
	r->unsure = true;
	free(answer);
	return error;
}

static int
ask(struct tee_remote *r, enum tee_wire_verb verb, const void *payload,
    size_t size, unsigned patience, uint8_t **answer, size_t *answer_size)
{
	bool fresh = r->line.fd < 0;
	char why[256] = "";
	int error = fresh ? reconnect(r) : 0;

	if (error == 0)
		error = tee_line_ask(&r->line, verb, payload, size, patience,
		    answer, answer_size, why);
	/* teed went and came again since the last call. */
	if (error == TEE_E_TEED && r->line.fd < 0 && !fresh) {
		error = reconnect(r);
		if (error == 0)
			error = tee_line_ask(&r->line, verb, payload, size,
			    patience, answer, answer_size, why);
	}
	if (error != 0)
		tee_log_line(&r->log, LOG_ERR, "teed: %s: %s", r->path,
		    why[0] != '\0' ? why : tee_strerror(error));
	return error;
}

int
tee_remote_ask_key(struct tee_remote *r, enum tee_wire_verb verb,
    unsigned patience, struct tee_wire_key *key, uint8_t **answer)
{
	size_t size = 0;
	int error = ask(r, verb, NULL, 0, patience, answer, &size);

	return error == 0 ? take_key(r, *answer, size, key) : error;
}

int
tee_remote_ask_held(struct tee_remote *r, struct tee_held *held)
{
	uint8_t *answer = NULL;
	size_t size = 0;
	int error = ask(r, TEE_WIRE_STATUS, NULL, 0, SIGN_MS, &answer, &size);

	if (error == 0)
		error = tee_held_read(answer, size, held);
	/* Between two answers teed may have come to another key. */
	if (error == 0 &&
	    memcmp(held->public_key, r->public_key, sizeof(r->public_key)) != 0)
		error = TEE_E_TEED;
	free(answer);
	return error;
}

bool
tee_remote_is_below(const struct tee_remote *r, const struct tee_claims *claims)
{
	return claims->verdict != TEE_OK || claims->level < r->level ||
	    (claims->simulated && !r->allow_simulated);
}

/* Which key it is now, and whether its claims are enough for the caller. */
static int
reassure(struct tee_remote *r)
{
	struct tee_held held = { .claims = NULL };
	struct tee_wire_key key;
	uint8_t *answer = NULL;
	int error = tee_remote_ask_key(r, TEE_WIRE_KEY, SIGN_MS, &key, &answer);

	if (error == 0)
		error = tee_remote_ask_held(r, &held);
	r->unsure = r->unsure || error != 0;
	if (error == 0 && tee_remote_is_below(r, held.claims)) {
		tee_log_line(&r->log, LOG_ERR,
		    "teed: %s: claims of the new lease are below the floor",
		    r->path);
		r->below = true;
	}
	tee_claims_free(&held.claims);
	free(answer);
	return error;
}

static bool
is_lost(const struct tee_remote *r)
{
	return r->foreign || r->below;
}

/*
 * What was answered counts only for the key that is known: events come before
 * the answers that they concern, so it is asked afterwards.
 */
static int
conclude(struct tee_remote *r, int error)
{
	if (error == 0 && !is_lost(r) && r->unsure)
		error = reassure(r);
	if (is_lost(r))
		return TEE_E_KEY_GONE;
	return error != 0 && error != TEE_E_TEED && r->gone != 0 ? r->gone :
								   error;
}

int
tee_remote_sign(struct tee_remote *r, enum tee_wire_form form,
    const void *message, size_t size, uint8_t signature[TEE_SIGNATURE_SIZE])
{
	uint8_t payload[TEE_WIRE_PAYLOAD];
	uint8_t *answer = NULL;
	size_t n = 0;
	int error = 0;

	if (size > TEE_WIRE_MESSAGE)
		return TEE_E_MESSAGE;
	payload[0] = (uint8_t)form;
	if (size > 0)
		memcpy(payload + 1, message, size);
	tee_remote_enter(r);
	if (!is_lost(r))
		error = ask(r, TEE_WIRE_SIGN, payload, size + 1, SIGN_MS,
		    &answer, &n);
	error = conclude(r, error);
	pthread_mutex_unlock(&r->lock);
	if (error == 0 && n != TEE_SIGNATURE_SIZE)
		error = TEE_E_TEED;
	if (error == 0)
		memcpy(signature, answer, TEE_SIGNATURE_SIZE);
	free(answer);
	return error;
}

/* Nothing but white space is no evidence. */
int
tee_remote_ask_evidence(struct tee_remote *r, const void *payload, size_t size,
    struct tee_evidence **out)
{
	uint8_t *answer = NULL;
	size_t n = 0;
	int error =
	    ask(r, TEE_WIRE_ATTEST, payload, size, ATTEST_MS, &answer, &n);

	if (error == 0 && n > 0)
		error = tee_evidence_from_json((const char *)answer, n, out);
	free(answer);
	return error;
}

int
tee_remote_attest(struct tee_remote *r, const struct tee_challenge *challenge,
    struct tee_evidence **out)
{
	uint8_t payload[TEE_WIRE_PAYLOAD];
	size_t n =
	    tee_wire_write_challenge(challenge, payload, sizeof(payload));
	int error = 0;

	if (n == 0)
		return TEE_E_BINDING;
	tee_remote_enter(r);
	if (!is_lost(r))
		error = tee_remote_ask_evidence(r, payload, n, out);
	error = conclude(r, error);
	pthread_mutex_unlock(&r->lock);
	if (error == 0 && *out == NULL)
		error = TEE_E_TEED;
	if (error != 0)
		tee_evidence_free(out);
	return error;
}

int
tee_remote_revoke(struct tee_remote *r)
{
	int error = 0;

	tee_remote_enter(r);
	/* What teed holds in its place is not this handle's to end. */
	if (!r->foreign) {
		error = ask(r, TEE_WIRE_REVOKE, NULL, 0, SIGN_MS, NULL, NULL);
		if (error == 0)
			r->gone = TEE_E_KEY_REVOKED;
	}
	pthread_mutex_unlock(&r->lock);
	return error;
}

int32_t
tee_remote_serial(struct tee_remote *r)
{
	int32_t serial;

	tee_remote_enter(r);
	serial = r->serial;
	pthread_mutex_unlock(&r->lock);
	return serial;
}

time_t
tee_remote_expires(struct tee_remote *r)
{
	return r->expires;
}
