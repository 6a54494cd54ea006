/* SPDX-License-Identifier: Apache-2.0 */
/* attest: fresh evidence that answers a peer's challenge. */
#include "config.h"

#include <stdio.h>

#include "teectl/challenge.h"
#include "teectl/report.h"
#include "teectl/session.h"

enum { KEY_OUTPUT = 'o', KEY_PUBLIC = 0x300 };

struct arguments {
	struct common common;
	const char *profile;
	const char *output;
	const char *public_key;
	struct challenge challenge;
};

static const struct argp_option options[] = { CHALLENGE_OPTIONS,
	{ "output", KEY_OUTPUT, "FILE", 0,
	    "Write the evidence there, not to stdout", 0 },
	{ "public-key", KEY_PUBLIC, "FILE", 0,
	    "Write the public key there (PEM)", 0 },
	{ 0 } };

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;
	const char **const slots[] = { &a->profile, NULL };

	switch (key) {
	case ARGP_KEY_INIT:
		return command_parse_init(state);
	case KEY_OUTPUT:
		command_set(state, "output", &a->output, arg);
		return 0;
	case KEY_PUBLIC:
		command_set(state, "public-key", &a->public_key, arg);
		return 0;
	case ARGP_KEY_ARG:
		return command_parse_word(state, arg, slots);
	case ARGP_KEY_END:
		if (a->profile == NULL)
			argp_error(state, "PROFILE is missing");
		if (!challenge_given(state, &a->challenge))
			argp_error(state,
			    "--challenge-id and --nonce are "
			    "needed");
		return 0;
	default:
		return challenge_parse(key, arg, state, &a->challenge);
	}
}

static int
attest(const struct arguments *a, struct session *s)
{
	struct tee_challenge challenge = challenge_value(&a->challenge);
	struct tee_evidence *evidence = NULL;
	int error = tee_attest(s->tee, s->key, &challenge, &evidence);
	int status;

	if (error != 0)
		return report_error(s->common, "attest", s->profile, error);
	status = session_write_evidence(s, evidence,
	    a->output != NULL ? a->output : "-");
	tee_evidence_free(&evidence);
	if (status == STATUS_DONE && a->public_key != NULL &&
	    !session_write_public_key(s, a->public_key))
		status = STATUS_USAGE;
	if (status == STATUS_DONE && a->common.json && a->output != NULL)
		status = report_json(session_key_json(s));
	return status;
}

int
command_attest(const struct command *self, int argc, char **argv)
{
	struct arguments a = { 0 };
	struct session s = { .common = &a.common };
	int status;

	command_parse(self, argc, argv, options, parse, &a.common);
	s.profile = a.profile;
	status = session_acquire(&s, self->name);
	if (status == STATUS_DONE)
		status = attest(&a, &s);
	session_close(&s);
	return status;
}
