/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handshake: AgentMesh's trust handshake as three filters over JSON: the
 * verifier's challenge, the agent's response, the verifier's verdict.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "teectl/file.h"
#include "teectl/handshake.h"
#include "teectl/report.h"
#include "teectl/session.h"
#include "teectl/text.h"

enum {
	KEY_OUTPUT = 'o',
	KEY_FRESHNESS = 0x300,
	KEY_CHALLENGE,
	KEY_RESPONSE,
	KEY_VERIFIER,
	KEY_NO_EVIDENCE,
	KEY_STARTUP,
	KEY_CAPABILITIES,
	KEY_DID,
	KEY_PUBLIC,
	KEY_ATTESTATION,
	KEY_BOUND,
	KEY_FRESH,
	KEY_SCORE,
	KEY_CEILING,
	KEY_REQUIRED,
	KEY_POLICY,
	KEY_CONTEXT,
	KEY_AT
};

static const struct argp_option options[] = {
	{ "output", KEY_OUTPUT, "FILE", 0, "Write there, not to stdout", 0 },
	{ "freshness", KEY_FRESHNESS, NULL, 0,
	    "challenge: ask for a freshness nonce, too", 0 },
	{ "challenge", KEY_CHALLENGE, "FILE", 0,
	    "respond: the challenge, not from stdin; verify: as it was sent",
	    0 },
	{ "response", KEY_RESPONSE, "FILE", 0,
	    "verify: the response, not from stdin", 0 },
	{ "verifier", KEY_VERIFIER, "DID", 0,
	    "respond: to whom; verify: the verifier's own DID", 0 },
	{ "no-evidence", KEY_NO_EVIDENCE, NULL, 0,
	    "respond: with the identity's signature alone", 0 },
	{ "startup", KEY_STARTUP, NULL, 0,
	    "respond: with the evidence that the key was granted on", 0 },
	{ "capabilities", KEY_CAPABILITIES, "JSON", 0,
	    "respond: what the agent offers, an array of strings", 0 },
	{ "did", KEY_DID, "DID", 0, "verify: the DID that the peer must have",
	    0 },
	{ "public-key", KEY_PUBLIC, "HEX", 0,
	    "verify: its key; without, its DID must certify the key", 0 },
	{ "require-attestation", KEY_ATTESTATION, NULL, 0,
	    "verify: refuse a peer without evidence", 0 },
	{ "require-bound-key", KEY_BOUND, NULL, 0,
	    "verify: refuse a key that is not bound to a TEE", 0 },
	{ "require-fresh-evidence", KEY_FRESH, NULL, 0,
	    "verify: refuse evidence for another challenge", 0 },
	{ "trust-score", KEY_SCORE, "N", 0,
	    "verify: the peer's score in the registry (0)", 0 },
	{ "trust-ceiling", KEY_CEILING, "N", 0,
	    "verify: its ceiling there (1000)", 0 },
	{ "required-score", KEY_REQUIRED, "N", 0,
	    "verify: refuse an effective score below this (0)", 0 },
	{ "policy", KEY_POLICY, "FILE", 0, "verify: decide by this policy", 0 },
	{ "context", KEY_CONTEXT, "FILE", 0,
	    "verify: what the application knows, for the policy", 0 },
	{ "at", KEY_AT, "RFC3339", 0, "verify: as of this time", 0 }, { 0 }
};

static void
read_score(struct argp_state *state, const char *name, const char *text,
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
check_respond(struct argp_state *state, const struct handshake_arguments *a)
{
	if ((a->verifier == NULL) != a->no_evidence)
		argp_error(state,
		    "say to whom (--verifier DID), or --no-evidence");
	if (a->startup && a->no_evidence)
		argp_error(state, "--startup is evidence");
}

static void
check_verify(struct argp_state *state, struct handshake_arguments *a)
{
	if (a->challenge == NULL || a->did == NULL || a->verifier == NULL)
		argp_error(state,
		    "--challenge, --did and --verifier are needed");
	if (strcmp(a->challenge, "-") == 0 &&
	    (a->response == NULL || strcmp(a->response, "-") == 0))
		argp_error(state, "two texts cannot come from stdin");
	if (a->public_key != NULL &&
	    !text_unhex(a->public_key, a->key, sizeof(a->key)))
		argp_error(state, "--public-key takes 64 hex digits");
	if (a->at != NULL && !text_parse_time(a->at, &a->when))
		argp_error(state,
		    "--at takes a time such as 2026-01-31T12:00:00Z");
	if (a->context != NULL && a->policy == NULL)
		argp_error(state, "there is no --policy to use --context");
	read_score(state, "trust-score", a->score, &a->trust_score);
	read_score(state, "trust-ceiling", a->ceiling, &a->trust_ceiling);
	read_score(state, "required-score", a->required, &a->required_score);
}

/* What only one filter looks at is a mistake beside another. */
static bool
has_respond(const struct handshake_arguments *a)
{
	return a->no_evidence || a->startup || a->capabilities != NULL;
}

static bool
has_verify(const struct handshake_arguments *a)
{
	return a->response != NULL || a->did != NULL || a->public_key != NULL ||
	    a->score != NULL || a->ceiling != NULL || a->required != NULL ||
	    a->policy != NULL || a->context != NULL || a->at != NULL ||
	    a->require.attestation || a->require.tee_bound_key ||
	    a->require.fresh_evidence;
}

static void
check_arguments(struct argp_state *state, struct handshake_arguments *a)
{
	bool challenge, respond, verify;

	if (a->action == NULL)
		argp_error(state, "challenge, respond or verify is missing");
	challenge = strcmp(a->action, "challenge") == 0;
	respond = strcmp(a->action, "respond") == 0;
	verify = strcmp(a->action, "verify") == 0;
	if (!challenge && !respond && !verify)
		argp_error(state, "there is no \"handshake %s\"", a->action);
	if (challenge != (a->profile == NULL))
		argp_error(state,
		    challenge ? "a challenge has no profile" :
				"PROFILE is missing");
	if ((!challenge && a->freshness) || (!respond && has_respond(a)) ||
	    (!verify && has_verify(a)) ||
	    (challenge && (a->challenge != NULL || a->verifier != NULL)))
		argp_error(state, "an option of another filter is given");
	if (respond)
		check_respond(state, a);
	if (verify)
		check_verify(state, a);
}

static error_t
parse_texts(int key, char *arg, struct argp_state *state)
{
	struct handshake_arguments *a = state->input;
	const struct {
		int key;
		const char *name;
		const char **slot;
	} texts[] = {
		{ KEY_OUTPUT, "output", &a->output },
		{ KEY_CHALLENGE, "challenge", &a->challenge },
		{ KEY_RESPONSE, "response", &a->response },
		{ KEY_VERIFIER, "verifier", &a->verifier },
		{ KEY_CAPABILITIES, "capabilities", &a->capabilities },
		{ KEY_DID, "did", &a->did },
		{ KEY_PUBLIC, "public-key", &a->public_key },
		{ KEY_SCORE, "trust-score", &a->score },
		{ KEY_CEILING, "trust-ceiling", &a->ceiling },
		{ KEY_REQUIRED, "required-score", &a->required },
		{ KEY_POLICY, "policy", &a->policy },
		{ KEY_CONTEXT, "context", &a->context },
		{ KEY_AT, "at", &a->at },
	};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i].key != key)
			continue;
		command_set(state, texts[i].name, texts[i].slot, arg);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct handshake_arguments *a = state->input;
	const char **const slots[] = { &a->action, &a->profile, NULL };

	switch (key) {
	case ARGP_KEY_INIT:
		return command_parse_init(state);
	case KEY_FRESHNESS:
		a->freshness = true;
		return 0;
	case KEY_NO_EVIDENCE:
		a->no_evidence = true;
		return 0;
	case KEY_STARTUP:
		a->startup = true;
		return 0;
	case KEY_ATTESTATION:
		a->require.attestation = true;
		return 0;
	case KEY_BOUND:
		a->require.tee_bound_key = true;
		return 0;
	case KEY_FRESH:
		a->require.fresh_evidence = true;
		return 0;
	case ARGP_KEY_ARG:
		return command_parse_word(state, arg, slots);
	case ARGP_KEY_END:
		check_arguments(state, a);
		return 0;
	default:
		return parse_texts(key, arg, state);
	}
}

/* Takes the text over. */
static int
write_out(const struct handshake_arguments *a, char *text)
{
	const char *path = a->output != NULL ? a->output : "-";
	bool ok = file_write(path, text, strlen(text)) &&
	    (strcmp(path, "-") != 0 || putchar('\n') == '\n');

	free(text);
	return ok ? STATUS_DONE : STATUS_USAGE;
}

static int
challenge(const struct handshake_arguments *a)
{
	char *text = NULL;
	int error = tee_handshake_challenge(a->freshness, &text);

	return error != 0 ?
	    report_error(&a->common, "handshake", "challenge", error) :
	    write_out(a, text);
}

static int
answer(const struct handshake_arguments *a, const struct session *s)
{
	const struct tee_response_options o = {
		.size = sizeof(o),
		.capabilities = a->capabilities,
		.verifier_did = a->verifier,
		.verifier_did_size =
		    a->verifier != NULL ? strlen(a->verifier) : 0,
		.startup_evidence = a->startup,
	};
	const char *path = a->challenge != NULL ? a->challenge : "-";
	char *asked, *text = NULL;
	size_t size;
	int error;

	if (!file_read(path, FILE_JSON_MAX, &asked, &size))
		return STATUS_USAGE;
	error = tee_handshake_respond(s->tee, s->key, asked, size, &o, &text);
	free(asked);
	return error != 0 ?
	    report_error(s->common, "handshake", s->profile, error) :
	    write_out(a, text);
}

static int
respond(const struct command *self, struct handshake_arguments *a)
{
	struct session s = { .common = &a->common, .profile = a->profile };
	int status = session_acquire(&s, self->name);

	if (status == STATUS_DONE)
		status = answer(a, &s);
	session_close(&s);
	return status;
}

int
command_handshake(const struct command *self, int argc, char **argv)
{
	struct handshake_arguments a = { .trust_ceiling = 1000 };

	command_parse(self, argc, argv, options, parse, &a.common);
	if (strcmp(a.action, "challenge") == 0)
		return challenge(&a);
	return strcmp(a.action, "respond") == 0 ? respond(self, &a) :
						  handshake_verify(self, &a);
}
