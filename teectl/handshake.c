/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handshake: AgentMesh's trust handshake as three filters over JSON: the
 * verifier's challenge, the agent's response, the verifier's verdict.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

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
		handshake_check(state, a);
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

int
handshake_refused(struct handshake_arguments *a, const char *subject, int error)
{
	struct journal *j = &a->common.journal;
	char source[512];
	size_t i, count = j->fault_count;

	for (i = 0; error == TEE_E_ARGUMENT && i < count; i++) {
		if (strncmp(j->faults[i], "challenge: ", 11) != 0)
			continue;
		snprintf(source, sizeof(source),
		    "read from %.400s: give the challenge as it was sent; "
		    "`teectl handshake challenge` writes one",
		    a->challenge != NULL && strcmp(a->challenge, "-") != 0 ?
			a->challenge :
			"standard input");
		journal_line(j, LOG_ERR, source);
	}
	return report_error(&a->common, "handshake", subject, error);
}

static int
challenge(struct handshake_arguments *a)
{
	char *text = NULL;
	int error = tee_handshake_challenge(a->freshness, &text);

	return error != 0 ? handshake_refused(a, "challenge", error) :
			    write_out(a, text);
}

static int
answer(struct handshake_arguments *a, const struct session *s,
    const char *asked, size_t size)
{
	const struct tee_response_options o = {
		.size = sizeof(o),
		.capabilities = a->capabilities,
		.verifier_did = a->verifier,
		.verifier_did_size =
		    a->verifier != NULL ? strlen(a->verifier) : 0,
		.startup_evidence = a->startup,
	};
	char *text = NULL;
	int error =
	    tee_handshake_respond(s->tee, s->key, asked, size, &o, &text);

	return error != 0 ? handshake_refused(a, s->profile, error) :
			    write_out(a, text);
}

/* A challenge that cannot be read needs no key. */
static int
respond(const struct command *self, struct handshake_arguments *a)
{
	struct session s = { .common = &a->common, .profile = a->profile };
	char *asked;
	size_t size;
	int status;

	if (!file_read(a->challenge != NULL ? a->challenge : "-", FILE_JSON_MAX,
		&asked, &size))
		return STATUS_USAGE;
	status = session_acquire(&s, self->name);
	if (status == STATUS_DONE)
		status = answer(a, &s, asked, size);
	free(asked);
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
