/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handshake: the relying party's side.  In this order, the cheap before the
 * dear, and nothing of the response is believed before a signature covers it:
 *
 *   response's shape, challenge id, time, DID, key, freshness, signature
 *   attested.c: the evidence's shape, binding, age, second signature; the
 *               challenge is used up; verifiers and floor; key origin
 *   judge.c:    trust score, policy
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <openssl/crypto.h>

#include "libtee/error.h"
#include "libtee/profile.h"
#include "libtee/text.h"
#include "libtee/trust/handshake.h"
#include "libtee/trust/misfit.h"

bool
trust_refuse(struct trust_verify *v, enum trust_reason reason,
    const char *detail)
{
	struct tee_handshake *h = v->out;

	h->reason = reason;
	snprintf(h->detail, sizeof(h->detail), "%s", detail);
	tee_text_plain(h->detail);
	return false;
}

static uint64_t
monotonic_micros(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static bool
is_score(int n)
{
	return n >= 0 && n <= 1000;
}

/* Why the member that it names does not fit, or NULL. */
static const char *
peer_misfit(const struct tee_peer *p, const char **argument)
{
	*argument = "peer";
	if (p == NULL || p->size != sizeof(*p))
		return "not of this version's size";
	*argument = "did";
	if (!trust_did_valid((struct tee_bytes){ p->did, p->did_size }))
		return "no DID such as did:mesh:agent-1";
	*argument = "trust_score, trust_ceiling";
	if (!is_score(p->trust_score) || !is_score(p->trust_ceiling))
		return "not 0 to 1000";
	*argument = "context";
	if (!trust_context_fits(p->context))
		return "no JSON object, or one too large";
	*argument = "at";
	return tee_clock_has(p->at) ? NULL : "no time that this clock has";
}

int
trust_verify_ask(struct trust_verify *v, struct tee_trust *trust,
    const struct tee_peer *peer)
{
	const char *argument, *wrong;

	memset(v, 0, sizeof(*v));
	if (trust == NULL)
		return TEE_E_ARGUMENT;
	wrong = peer_misfit(peer, &argument);
	if (wrong != NULL)
		return trust_misfit(&trust->tee->log, trust->tee->name,
		    "handshake", argument, wrong);
	v->trust = trust;
	v->peer = peer;
	v->require = trust_require(trust, &peer->require);
	return 0;
}

int
trust_verify_begin(struct trust_verify *v)
{
	const struct tee_peer *peer = v->peer;
	struct tee_handshake *h = v->out = calloc(1, sizeof(*h));

	if (h == NULL)
		return TEE_E_MEMORY;
	h->started = tee_clock_now();
	h->micros = monotonic_micros();
	v->now =
	    peer->at != 0 ? (tee_instant)peer->at * TEE_SECOND : h->started;
	v->born = trust_cache_clock(v->trust->cache);
	h->did = malloc(peer->did_size);
	if (h->did == NULL)
		return TEE_E_MEMORY;
	memcpy(h->did, peer->did, peer->did_size);
	h->did_size = peer->did_size;
	return 0;
}

int
trust_verify_end(struct trust_verify *v, struct tee_handshake **out)
{
	struct tee_handshake *h = v->out;

	trust_response_clear(&v->response);
	trust_signer_clear(&v->signer);
	if (v->error != 0) {
		tee_handshake_free(&v->out);
		return v->error;
	}
	h->completed = tee_clock_now();
	h->micros = monotonic_micros() - h->micros;
	*out = h;
	if (h->reason == TRUST_GRANTED)
		return 0;
	return h->reason == TRUST_UNAVAILABLE ? TEE_E_UNAVAILABLE :
						TEE_E_DENIED;
}

static struct tee_bytes
peer_did(const struct trust_verify *v)
{
	return (struct tee_bytes){ v->peer->did, v->peer->did_size };
}

/* The registry's key; without one the DID itself must say which it is. */
static bool
find_key(struct trust_verify *v)
{
	const uint8_t *known = v->peer->public_key;

	if (known == NULL) {
		known = v->response.public_key;
		if (!trust_did_certifies(peer_did(v), known))
			return trust_refuse(v, TRUST_PUBLIC_KEY_UNKNOWN, "");
	}
	memcpy(v->key, known, sizeof(v->key));
	return true;
}

static bool
check_challenge(struct trust_verify *v)
{
	const struct trust_response *r = &v->response;

	if (!trust_same((struct tee_bytes){ r->challenge_id,
			    r->challenge_id_size },
		(struct tee_bytes){ v->challenge.id, strlen(v->challenge.id) }))
		return trust_refuse(v, TRUST_CHALLENGE_ID, "");
	switch (trust_challenge_time(&v->challenge, v->now, 0)) {
	case TRUST_VALID:
		return true;
	case TRUST_FUTURE:
		return trust_refuse(v, TRUST_CHALLENGE_FUTURE, "");
	case TRUST_EXPIRED:
		break;
	}
	return trust_refuse(v, TRUST_CHALLENGE_EXPIRED, "");
}

static bool
check_identity(struct trust_verify *v)
{
	const struct trust_response *r = &v->response;
	char message[TRUST_MESSAGE_MAX];
	size_t size;

	if (!trust_same(r->did, peer_did(v)))
		return trust_refuse(v, TRUST_AGENT_DID, "");
	if (!find_key(v))
		return false;
	/* The signed text alone cannot tell a nonce from the end of a DID. */
	if (strcmp(r->freshness, v->challenge.freshness) != 0)
		return trust_refuse(v, TRUST_FRESHNESS_NONCE, "");
	size = trust_response_message(&v->challenge, r->nonce, r->did, message);
	if (size == 0 ||
	    !trust_signer_signed(&v->signer, v->key, message, size,
		r->signature))
		return trust_refuse(v, TRUST_SIGNATURE, "");
	if (CRYPTO_memcmp(r->public_key, v->key, sizeof(v->key)) != 0)
		return trust_refuse(v, TRUST_PUBLIC_KEY, "");
	return true;
}

static void
verify(struct trust_verify *v, const char *response, size_t size)
{
	const char *wrong = trust_response_read(response, size, &v->response);

	if (wrong != NULL)
		trust_refuse(v, TRUST_RESPONSE_MALFORMED, wrong);
	else if (check_challenge(v) && check_identity(v) &&
	    trust_verify_attestation(v) && trust_verify_standing(v)) {
		trust_remember(v);
		v->out->reason = TRUST_GRANTED;
	}
}

static void
log_end(const struct trust_verify *v)
{
	const struct tee_handshake *h = v->out;
	const struct tee *tee = v->trust->tee;
	char did[160];

	tee_text_printable(h->did, h->did_size, did, sizeof(did));
	if (h->reason == TRUST_GRANTED)
		tee_log_event(&tee->log, TEE_EVENT_GRANT,
		    "profile=%s call=handshake did=%s origin=%s attested=%s "
		    "simulated=%s cached=%s",
		    tee->name, did,
		    tee_origin_word(h->claims != NULL ? h->claims->key_origin :
							TEE_ORIGIN_LOCAL),
		    h->claims != NULL ? "true" : "false",
		    h->claims != NULL && h->claims->simulated ? "true" :
								"false",
		    h->cached ? "true" : "false");
	else
		tee_log_event(&tee->log, TEE_EVENT_DENY,
		    "profile=%s call=handshake did=%s verdict=%s reason=%s "
		    "detail=\"%s\"",
		    tee->name, did,
		    h->reason == TRUST_UNAVAILABLE ? "unavailable" : "deny",
		    trust_reason_word(h->reason),
		    h->detail[0] != '\0' ? h->detail :
					   trust_reason_text(h->reason));
}

static int
read_challenge(struct trust_verify *v, const char *challenge, size_t size)
{
	const struct tee *tee = v->trust->tee;
	const char *wrong =
	    trust_challenge_read(challenge, size, &v->challenge);

	return wrong == NULL ?
	    0 :
	    trust_misfit(&tee->log, tee->name, "handshake", "challenge", wrong);
}

int
tee_handshake_verify(struct tee_trust *trust, const char *challenge,
    size_t challenge_size, const char *response, size_t response_size,
    const struct tee_peer *peer, struct tee_handshake **out)
{
	struct trust_verify v;

	if (out == NULL)
		return TEE_E_ARGUMENT;
	*out = NULL;
	if (challenge == NULL || response == NULL)
		return TEE_E_ARGUMENT;
	v.error = trust_verify_ask(&v, trust, peer);
	if (v.error == 0)
		v.error = trust_verify_begin(&v);
	if (v.error == 0)
		v.error = read_challenge(&v, challenge, challenge_size);
	if (v.error == 0)
		verify(&v, response, response_size);
	if (v.error == 0)
		log_end(&v);
	return trust_verify_end(&v, out);
}
