/* SPDX-License-Identifier: Apache-2.0 */
/* remote_grant: a key handle on what teed granted, and grants again. */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libtee/remote_ask.h"

#define PATIENCE 120 /* seconds, at most */

static unsigned
patience_of(const struct tee *tee)
{
	const struct tee_stack *const stacks[] = { &tee->collector,
		&tee->verifier, &tee->keystore, &tee->keystore };
	unsigned seconds = 10;

	for (size_t k = 0; k < 4; k++)
		for (size_t i = 0; i < stacks[k]->count; i++)
			seconds += stacks[k]->line[i].timeout;
	return (seconds < PATIENCE ? seconds : PATIENCE) * 1000;
}

static int
remote_new(const struct tee *tee, struct tee_remote **out)
{
	struct tee_remote *r = calloc(1, sizeof(*r));
	char path[256];

	*out = r;
	if (r == NULL)
		return TEE_E_MEMORY;
	pthread_mutex_init(&r->lock, NULL);
	r->log = tee->log;
	r->line = (struct tee_line_end){ -1, 0, tee_remote_event, r };
	r->pid = getpid();
	r->patience = patience_of(tee);
	r->level = tee->caller_level;
	r->allow_simulated = tee->floor.allow_simulated;
	snprintf(path, sizeof(path), "%s/%s.sock", TEE_RUN_DIR, tee->name);
	r->path = strdup(tee->socket != NULL ? tee->socket : path);
	if (r->path == NULL)
		return TEE_E_MEMORY;
	if (tee->custody_fd > 0) {
		r->inherited = true;
		r->line.fd = fcntl(tee->custody_fd, F_DUPFD_CLOEXEC, 3);
		return r->line.fd >= 0 ? 0 : TEE_E_ARGUMENT;
	}
	return 0;
}

/* Under which profile teed established what it says. */
static int
check_profile(const struct tee *tee, const struct tee_held *held)
{
	if (memcmp(tee->digest, held->digest, sizeof(held->digest)) == 0)
		return 0;
	tee_log_line(&tee->log, LOG_ERR,
	    "%s:1: teed serves another version of this profile; reload it",
	    tee->file);
	return TEE_E_PROFILE;
}

/* The profile's DID, and what the caller asked for beyond the profile. */
static int
check_grant(const struct tee *tee, struct tee_remote *r,
    const struct tee_wire_key *key, const struct tee_claims *claims)
{
	const char *why = NULL;

	if (strcmp(tee->did, "auto") != 0 &&
	    (key->did_size != strlen(tee->did) ||
		memcmp(key->did, tee->did, key->did_size) != 0))
		why = "teed's key is of another DID than the profile's";
	else if (claims->verdict != TEE_OK)
		why = "teed's claims grant nothing";
	else if (tee_remote_is_below(r, claims))
		why = "teed's claims are below the floor";
	r->below = why != NULL;
	if (why == NULL)
		return 0;
	tee_log_event(&tee->log, TEE_EVENT_DENY,
	    "profile=%s call=acquire verdict=deny reason=teed detail=\"%s\"",
	    tee->name, why);
	return TEE_E_DENIED;
}

/* Who it is never changes; what it rests on does, with every renewal. */
static int
adopt(struct tee_key *key, const struct tee_wire_key *wire,
    struct tee_claims **claims, struct tee_evidence **evidence)
{
	struct tee_standing *s = &key->standing;
	const struct tee_named *platform =
	    tee_named_find(&(*claims)->texts, "platform");

	if (s->did == NULL) {
		s->did = strndup(wire->did, wire->did_size);
		s->platform = strdup(
		    platform != NULL ? (const char *)platform->data : "tee");
		if (s->did == NULL || s->platform == NULL)
			return TEE_E_MEMORY;
		s->did_size = wire->did_size;
		s->origin = (*claims)->key_origin;
		memcpy(s->public_key, wire->public_key, sizeof(s->public_key));
	}
	pthread_mutex_lock(&key->lock);
	tee_claims_free(&key->claims);
	key->claims = *claims;
	*claims = NULL;
	s->simulated = key->claims->simulated;
	if (*evidence != NULL) {
		tee_evidence_free(&key->evidence);
		key->evidence = *evidence;
		*evidence = NULL;
	}
	pthread_mutex_unlock(&key->lock);
	return 0;
}

static int
take_grant(const struct tee *tee, struct tee_key *key, enum tee_wire_verb verb)
{
	struct tee_remote *r = key->remote;
	struct tee_held held = { .claims = NULL };
	struct tee_evidence *evidence = NULL;
	struct tee_wire_key wire;
	uint8_t *answer = NULL;
	int error = tee_remote_ask_key(r, verb, r->patience, &wire, &answer);

	if (error == 0)
		error = tee_remote_ask_held(r, &held);
	if (error == 0)
		error = check_profile(tee, &held);
	if (error == 0)
		error = check_grant(tee, r, &wire, held.claims);
	if (error == 0)
		error = tee_remote_ask_evidence(r, NULL, 0, &evidence);
	if (error == 0)
		error = adopt(key, &wire, &held.claims, &evidence);
	tee_claims_free(&held.claims);
	tee_evidence_free(&evidence);
	free(answer);
	return error;
}

int
tee_remote_acquire(const struct tee *tee, struct tee_key **out)
{
	struct tee_key *key = calloc(1, sizeof(*key));
	int error;

	if (key == NULL)
		return TEE_E_MEMORY;
	pthread_mutex_init(&key->lock, NULL);
	key->log = tee->log;
	memcpy(key->plan, tee->digest, sizeof(key->plan));
	key->caller_level = tee->caller_level;
	key->allow_simulated = tee->floor.allow_simulated;
	key->profile = strdup(tee->name);
	error = remote_new(tee, &key->remote);
	if (error == 0 && key->profile == NULL)
		error = TEE_E_MEMORY;
	if (error == 0) {
		tee_remote_enter(key->remote);
		error = take_grant(tee, key, TEE_WIRE_KEY);
		pthread_mutex_unlock(&key->remote->lock);
	}
	if (error != 0)
		tee_key_free(&key);
	*out = key;
	return error;
}

int
tee_remote_renew(const struct tee *tee, struct tee_key *key)
{
	struct tee_remote *r = key->remote;
	int error = TEE_E_KEY_GONE;

	tee_remote_enter(r);
	if (!r->foreign)
		error = take_grant(tee, key, TEE_WIRE_RENEW);
	if (error == TEE_E_DENIED)
		r->gone = TEE_E_KEY_GONE;
	pthread_mutex_unlock(&r->lock);
	return error;
}
