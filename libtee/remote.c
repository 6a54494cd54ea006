/* SPDX-License-Identifier: Apache-2.0 */
/* remote: see remote.h. */
#include "config.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <jansson.h>

#include "libtee/claims_read.h"
#include "libtee/line.h"
#include "libtee/remote.h"
#include "libtee/text.h"
#include "libtee/transaction.h"

#define SIGN_MS 10000
#define ATTEST_MS 120000
#define PATIENCE 120 /* seconds, at most */

struct tee_remote {
	struct tee_log log;
	char *path;
	bool inherited; /* a connection that cannot be made anew */
	struct tee_line_end line;
	pid_t pid;
	pthread_mutex_t lock;
	unsigned patience; /* ms */
	bool known;        /* public_key is the key's */
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
	int32_t serial;
	_Atomic time_t expires;
	int gone; /* TEE_E_*: teed said that the key is no more */
};

static void
on_event(void *user, enum tee_wire_event event)
{
	struct tee_remote *r = user;

	switch (event) {
	case TEE_WIRE_GENERATION:
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
	r->line = (struct tee_line_end){ -1, 0, on_event, r };
	r->pid = getpid();
	r->patience = patience_of(tee);
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

/* A forked child talks for itself; two on one connection would mix. */
static void
enter(struct tee_remote *r)
{
	if (r->pid != getpid()) {
		r->pid = getpid();
		pthread_mutex_init(&r->lock, NULL);
		tee_line_close(&r->line);
	}
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
		r->gone = TEE_E_KEY_GONE;
		return TEE_E_KEY_GONE;
	}
	r->known = true;
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
tee_remote_sign(struct tee_remote *r, enum tee_wire_form form,
    const void *message, size_t size, uint8_t signature[TEE_SIGNATURE_SIZE])
{
	uint8_t payload[TEE_WIRE_PAYLOAD];
	uint8_t *answer = NULL;
	size_t n = 0;
	int error;

	if (size > TEE_WIRE_MESSAGE)
		return TEE_E_MESSAGE;
	payload[0] = (uint8_t)form;
	if (size > 0)
		memcpy(payload + 1, message, size);
	enter(r);
	error = r->gone;
	if (error == 0)
		error = ask(r, TEE_WIRE_SIGN, payload, size + 1, SIGN_MS,
		    &answer, &n);
	pthread_mutex_unlock(&r->lock);
	if (error == 0 && n != TEE_SIGNATURE_SIZE)
		error = TEE_E_TEED;
	if (error == 0)
		memcpy(signature, answer, TEE_SIGNATURE_SIZE);
	free(answer);
	return error;
}

/* Nothing but white space is no evidence. */
static int
ask_evidence(struct tee_remote *r, const void *payload, size_t size,
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
	int error;

	if (n == 0)
		return TEE_E_BINDING;
	enter(r);
	error = r->gone;
	if (error == 0)
		error = ask_evidence(r, payload, n, out);
	pthread_mutex_unlock(&r->lock);
	return error == 0 && *out == NULL ? TEE_E_TEED : error;
}

int
tee_remote_revoke(struct tee_remote *r)
{
	int error;

	enter(r);
	error = ask(r, TEE_WIRE_REVOKE, NULL, 0, SIGN_MS, NULL, NULL);
	if (error == 0)
		r->gone = TEE_E_KEY_REVOKED;
	pthread_mutex_unlock(&r->lock);
	return error;
}

int32_t
tee_remote_serial(struct tee_remote *r)
{
	int32_t serial;

	enter(r);
	serial = r->serial;
	pthread_mutex_unlock(&r->lock);
	return serial;
}

time_t
tee_remote_expires(struct tee_remote *r)
{
	return r->expires;
}

/* ---- a key handle ---------------------------------------------------- */

/* The claims as teed established them, and under which profile. */
static int
read_status(const struct tee *tee, const uint8_t *text, size_t size,
    struct tee_claims **claims)
{
	json_t *root =
	    json_loadb((const char *)text, size, JSON_REJECT_DUPLICATES, NULL);
	const char *digest = json_string_value(json_object_get(root, "digest"));
	char *report, hex[65];
	int error = TEE_E_TEED;

	tee_hex_encode(tee->digest, sizeof(tee->digest), hex);
	if (digest == NULL || strcmp(digest, hex) != 0) {
		tee_log_line(&tee->log, LOG_ERR,
		    "%s:1: teed serves another version of this profile; "
		    "reload it",
		    tee->file);
		json_decref(root);
		return TEE_E_PROFILE;
	}
	report = json_dumps(json_object_get(root, "claims_report"), 0);
	if (report != NULL)
		error = tee_claims_from_json(report, strlen(report), claims);
	free(report);
	json_decref(root);
	return error == TEE_E_EVIDENCE ? TEE_E_TEED : error;
}

/* The profile's DID, and what the caller asked for beyond the profile. */
static int
check_grant(const struct tee *tee, const struct tee_wire_key *key,
    const struct tee_claims *claims)
{
	const char *why = NULL;

	if (strcmp(tee->did, "auto") != 0 &&
	    (key->did_size != strlen(tee->did) ||
		memcmp(key->did, tee->did, key->did_size) != 0))
		why = "teed's key is of another DID than the profile's";
	else if (claims->verdict != TEE_OK)
		why = "teed's claims grant nothing";
	else if (claims->level < tee->caller_level ||
	    (claims->simulated && !tee->floor.allow_simulated))
		why = "teed's claims are below the floor";
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
	uint8_t *answer = NULL, *status = NULL;
	size_t size = 0, status_size = 0;
	struct tee_claims *claims = NULL;
	struct tee_evidence *evidence = NULL;
	struct tee_wire_key wire;
	int error = ask(r, verb, NULL, 0, r->patience, &answer, &size);

	if (error == 0)
		error = take_key(r, answer, size, &wire);
	if (error == 0)
		error = ask(r, TEE_WIRE_STATUS, NULL, 0, SIGN_MS, &status,
		    &status_size);
	if (error == 0)
		error = read_status(tee, status, status_size, &claims);
	if (error == 0)
		error = check_grant(tee, &wire, claims);
	if (error == 0)
		error = ask_evidence(r, NULL, 0, &evidence);
	if (error == 0)
		error = adopt(key, &wire, &claims, &evidence);
	tee_claims_free(&claims);
	tee_evidence_free(&evidence);
	free(answer);
	free(status);
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
		enter(key->remote);
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
	int error;

	enter(key->remote);
	error = take_grant(tee, key, TEE_WIRE_RENEW);
	if (error == TEE_E_DENIED)
		key->remote->gone = TEE_E_KEY_GONE;
	pthread_mutex_unlock(&key->remote->lock);
	return error;
}
