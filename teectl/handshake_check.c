/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handshake_check: what of the arguments does not fit, said before anything
 * is done: which one it is, why, and what to give.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <jansson.h>

#include "libtee/text.h"
#include "libtee/trust/did.h"
#include "teectl/handshake.h"
#include "teectl/text.h"

enum filter { CHALLENGE = 1, RESPOND = 2, VERIFY = 4 };

static const struct {
	const char *word;
	enum filter filter;
} filters[] = { { "challenge", CHALLENGE }, { "respond", RESPOND },
	{ "verify", VERIFY } };

static void
check_score(struct argp_state *state, const char *name, const char *text,
    int *out)
{
	char *end;
	long n;

	if (text == NULL)
		return;
	n = strtol(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || n > 1000)
		argp_error(state, "--%s takes 0 to 1000", name);
	*out = (int)n;
}

static void
check_did(struct argp_state *state, const char *name, const char *text)
{
	char shown[65];

	if (text == NULL ||
	    trust_did_valid((struct tee_bytes){ text, strlen(text) }))
		return;
	snprintf(shown, sizeof(shown), "%s", text);
	tee_text_ascii(shown);
	argp_error(state,
	    "--%s: \"%s\" is no DID; give one such as did:mesh:agent-1", name,
	    shown);
}

static void
check_capabilities(struct argp_state *state, const char *text)
{
	json_t *list = text != NULL ? json_loads(text, 0, NULL) : NULL;
	bool ok = text == NULL || json_is_array(list);
	size_t i;

	for (i = 0; ok && i < json_array_size(list); i++)
		ok = json_is_string(json_array_get(list, i));
	json_decref(list);
	if (!ok)
		argp_error(state,
		    "--capabilities takes a JSON array of strings, such as "
		    "'[\"read:data\"]'");
}

static void
check_respond(struct argp_state *state, const struct handshake_arguments *a)
{
	if (a->verifier == NULL && !a->no_evidence)
		argp_error(state,
		    "--verifier is missing: the DID of whoever sent the "
		    "challenge; or give --no-evidence");
	if (a->verifier != NULL && a->no_evidence)
		argp_error(state,
		    "--verifier and --no-evidence exclude each other: only "
		    "evidence is signed for a verifier");
	if (a->startup && a->no_evidence)
		argp_error(state,
		    "--startup and --no-evidence exclude each other: "
		    "--startup is evidence");
	check_did(state, "verifier", a->verifier);
	check_capabilities(state, a->capabilities);
}

static void
check_missing(struct argp_state *state, const struct handshake_arguments *a)
{
	if (a->challenge == NULL || a->did == NULL || a->verifier == NULL)
		argp_error(state, "missing:%s%s%s",
		    a->challenge == NULL ?
			" --challenge, the file of the challenge as it was "
			"sent;" :
			"",
		    a->did == NULL ?
			" --did, the DID that the peer must have;" :
			"",
		    a->verifier == NULL ? " --verifier, your own DID;" : "");
}

static void
check_verify(struct argp_state *state, struct handshake_arguments *a)
{
	check_missing(state, a);
	check_did(state, "did", a->did);
	check_did(state, "verifier", a->verifier);
	if (strcmp(a->challenge, "-") == 0 &&
	    (a->response == NULL || strcmp(a->response, "-") == 0))
		argp_error(state,
		    "--challenge and the response cannot both come from "
		    "stdin: give a file for one of them");
	if (a->public_key != NULL &&
	    !text_unhex(a->public_key, a->key, sizeof(a->key)))
		argp_error(state, "--public-key takes 64 hex digits");
	if (a->at != NULL && !text_parse_time(a->at, &a->when))
		argp_error(state,
		    "--at takes a time such as 2026-01-31T12:00:00Z");
	if (a->context != NULL && a->policy == NULL)
		argp_error(state, "there is no --policy to use --context");
	check_score(state, "trust-score", a->score, &a->trust_score);
	check_score(state, "trust-ceiling", a->ceiling, &a->trust_ceiling);
	check_score(state, "required-score", a->required, &a->required_score);
}

/* What only another filter looks at is a mistake. */
static void
check_options(struct argp_state *state, const struct handshake_arguments *a,
    enum filter filter)
{
	const struct {
		const char *name;
		bool given;
		unsigned filters;
	} options[] = {
		{ "freshness", a->freshness, CHALLENGE },
		{ "challenge", a->challenge != NULL, RESPOND | VERIFY },
		{ "verifier", a->verifier != NULL, RESPOND | VERIFY },
		{ "no-evidence", a->no_evidence, RESPOND },
		{ "startup", a->startup, RESPOND },
		{ "capabilities", a->capabilities != NULL, RESPOND },
		{ "response", a->response != NULL, VERIFY },
		{ "did", a->did != NULL, VERIFY },
		{ "public-key", a->public_key != NULL, VERIFY },
		{ "require-attestation", a->require.attestation, VERIFY },
		{ "require-bound-key", a->require.tee_bound_key, VERIFY },
		{ "require-fresh-evidence", a->require.fresh_evidence, VERIFY },
		{ "trust-score", a->score != NULL, VERIFY },
		{ "trust-ceiling", a->ceiling != NULL, VERIFY },
		{ "required-score", a->required != NULL, VERIFY },
		{ "policy", a->policy != NULL, VERIFY },
		{ "context", a->context != NULL, VERIFY },
		{ "at", a->at != NULL, VERIFY },
	};
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].given && !(options[i].filters & filter))
			argp_error(state,
			    "--%s is no option of \"handshake %s\"",
			    options[i].name, a->action);
}

static enum filter
find_filter(struct argp_state *state, const char *word)
{
	size_t i;

	if (word == NULL)
		argp_error(state, "challenge, respond or verify is missing");
	for (i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
		if (strcmp(filters[i].word, word) == 0)
			return filters[i].filter;
	argp_error(state,
	    "there is no \"handshake %s\", but challenge, respond and verify",
	    word);
	return CHALLENGE;
}

void
handshake_check(struct argp_state *state, struct handshake_arguments *a)
{
	enum filter filter = find_filter(state, a->action);

	if ((filter == CHALLENGE) != (a->profile == NULL))
		argp_error(state,
		    filter == CHALLENGE ?
			"a challenge has no profile" :
			"PROFILE is missing: its name, or a path with a slash");
	check_options(state, a, filter);
	switch (filter) {
	case CHALLENGE:
		break;
	case RESPOND:
		check_respond(state, a);
		break;
	case VERIFY:
		check_verify(state, a);
		break;
	}
}
