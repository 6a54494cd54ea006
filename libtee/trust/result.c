/* SPDX-License-Identifier: Apache-2.0 */
/*
 * result: a handshake as callers see it, and as AgentMesh's HandshakeResult.
 * What the peer said of itself (capabilities, user_context, its score) is in
 * the response for whoever wants it; no signature covers it, and here it does
 * not appear.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <jansson.h>

#include "libtee/error.h"
#include "libtee/text.h"
#include "libtee/trust/handshake.h"

bool
tee_handshake_verified(const struct tee_handshake *h)
{
	return h != NULL && h->reason == TRUST_GRANTED;
}

const char *
tee_handshake_reason(const struct tee_handshake *h)
{
	return trust_reason_word(h != NULL ? h->reason : TRUST_REFUSED);
}

bool
tee_handshake_cached(const struct tee_handshake *h)
{
	return h != NULL && h->cached;
}

const struct tee_claims *
tee_handshake_claims(const struct tee_handshake *h)
{
	return tee_handshake_verified(h) ? h->claims : NULL;
}

const struct tee_score *
tee_handshake_score(const struct tee_handshake *h)
{
	return h != NULL ? &h->score : NULL;
}

void
tee_handshake_free(struct tee_handshake **h)
{
	if (h == NULL || *h == NULL)
		return;
	tee_claims_free(&(*h)->claims);
	free((*h)->did);
	free(*h);
	*h = NULL;
}

static json_t *
instant(tee_instant at)
{
	char text[TEE_INSTANT_TEXT];

	tee_instant_format(at, text);
	return json_string(text);
}

/* AttestationClaims and the check report; null where nothing was judged. */
static json_t *
claims_json(const struct tee_handshake *h)
{
	char *text = NULL;
	json_t *root = NULL;

	if (h->claims != NULL && tee_claims_to_json(h->claims, &text) == 0)
		root = json_loads(text, JSON_ALLOW_NUL, NULL);
	free(text);
	return root;
}

static json_t *
score_json(const struct tee_score *s)
{
	/* clang-format off */
	return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}",
	    "base", s->base, "environment", s->environment,
	    "level", s->level, "origin", s->origin, "tcb", s->tcb,
	    "debug", s->debug, "simulated", s->simulated,
	    "ceiling", s->ceiling, "effective", s->effective);
	/* clang-format on */
}

/* AgentMesh's members, in its order. */
static json_t *
members(const struct tee_handshake *h)
{
	bool ok = tee_handshake_verified(h);
	int score = !ok                      ? 0 :
	    h->score.base < h->score.ceiling ? h->score.base :
					       h->score.ceiling;

	/* clang-format off */
	return json_pack("{s:b, s:s%, s:n, s:i, s:s, s:[], s:n, s:o, s:o,"
	    " s:I, s:s?, s:n, s:b}",
	    "verified", ok,
	    "peer_did", h->did, h->did_size,
	    "peer_name",
	    "trust_score", score,
	    "trust_level", tee_score_trust_level(score),
	    "capabilities",
	    "user_context",
	    "handshake_started", instant(h->started),
	    "handshake_completed", instant(h->completed),
	    "latency_ms", (json_int_t)(h->micros / 1000),
	    "rejection_reason", ok ? NULL : trust_reason_word(h->reason),
	    "external_identity",
	    "attestation_verified", ok && h->claims != NULL);
	/* clang-format on */
}

/* What libtee adds; readers of AgentMesh's form pass over it. */
static int
add_own(const struct tee_handshake *h, json_t *root, const json_t *claims)
{
	bool ok = tee_handshake_verified(h);
	const char *detail =
	    h->detail[0] != '\0' ? h->detail : trust_reason_text(h->reason);
	json_t *checks = json_object_get(claims, "checks");

	if (json_object_set_new(root, "cached", json_boolean(h->cached)) != 0)
		return -1;
	if (h->scored &&
	    json_object_set_new(root, "score", score_json(&h->score)) != 0)
		return -1;
	if (!ok &&
	    json_object_set_new(root, "rejection_detail",
		json_string(detail)) != 0)
		return -1;
	if (h->used[0] != '\0' &&
	    json_object_set_new(root, "policy",
		json_pack("{s:s, s:s}", "rule", h->rule, "used", h->used)) != 0)
		return -1;
	return checks == NULL ?
	    0 :
	    json_object_set(root, "attestation_checks", checks);
}

int
tee_handshake_to_json(const struct tee_handshake *h, char **json)
{
	bool ok = tee_handshake_verified(h);
	json_t *root, *claims, *shown = NULL;

	if (json == NULL)
		return TEE_E_ARGUMENT;
	*json = NULL;
	if (h == NULL)
		return TEE_E_ARGUMENT;
	root = members(h);
	claims = claims_json(h);
	if (ok && claims != NULL)
		shown = json_object_get(claims, "claims");
	if (root != NULL && (h->claims == NULL || claims != NULL) &&
	    json_object_set_new(root, "attestation_claims",
		shown != NULL ? json_incref(shown) : json_null()) == 0 &&
	    json_object_set_new(root, "key_origin",
		shown != NULL ?
		    json_string(tee_origin_word(h->claims->key_origin)) :
		    json_null()) == 0 &&
	    add_own(h, root, claims) == 0)
		*json = json_dumps(root, JSON_INDENT(2));
	json_decref(claims);
	json_decref(root);
	return *json != NULL ? 0 : TEE_E_MEMORY;
}
