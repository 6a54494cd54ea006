/* SPDX-License-Identifier: Apache-2.0 */
/* register: writes the registration document of a profile's agent. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "teectl/challenge.h"
#include "teectl/file.h"
#include "teectl/registration.h"
#include "teectl/report.h"
#include "teectl/session.h"

enum { KEY_OUTPUT = 'o', KEY_HOLD = 0x300 };

struct arguments {
	struct common common;
	const char *profile;
	const char *output;
	struct challenge challenge;
	bool challenged;
	bool hold;
};

static const struct argp_option options[] = { CHALLENGE_OPTIONS,
	{ "output", KEY_OUTPUT, "FILE", 0,
	    "Write the document there, not to stdout", 0 },
	{ "hold", KEY_HOLD, NULL, 0,
	    "Keep the key until SIGINT, SIGTERM or the lease's end", 0 },
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
	case KEY_HOLD:
		a->hold = true;
		return 0;
	case ARGP_KEY_ARG:
		return command_parse_word(state, arg, slots);
	case ARGP_KEY_END:
		if (a->profile == NULL)
			argp_error(state, "PROFILE is missing");
		a->challenged = challenge_given(state, &a->challenge);
		if (a->hold && a->output == NULL)
			argp_error(state,
			    "--hold needs --output FILE: "
			    "standard output carries the ready line");
		return 0;
	default:
		return challenge_parse(key, arg, state, &a->challenge);
	}
}

static int
write_document(const struct arguments *a, const struct session *s,
    const struct tee_evidence *evidence)
{
	json_t *document;
	char *text;
	size_t n;
	bool ok;
	int error = registration_make(s->key, evidence, &document);

	if (error != 0)
		return report_error(s->common, "register", s->profile, error);
	if (a->output == NULL)
		return report_json(document);
	text = json_dumps(document, JSON_INDENT(2));
	json_decref(document);
	if (text == NULL)
		return report_error(s->common, "register", s->profile,
		    TEE_E_MEMORY);
	n = strlen(text);
	text[n] = '\n'; /* for the terminating NUL */
	ok = file_write(a->output, text, n + 1);
	free(text);
	return ok ? STATUS_DONE : STATUS_USAGE;
}

/* Without a challenge the evidence of the acquisition itself serves. */
static int
registration(const struct arguments *a, struct session *s)
{
	struct tee_evidence *fresh = NULL;
	struct tee_challenge challenge;
	int error, status;

	if (!a->challenged)
		return write_document(a, s, tee_key_evidence(s->key));
	challenge = challenge_value(&a->challenge);
	error = tee_attest(s->tee, s->key, &challenge, &fresh);
	if (error != 0)
		return report_error(s->common, "register", s->profile, error);
	status = write_document(a, s, fresh);
	tee_evidence_free(&fresh);
	return status;
}

int
command_register(const struct command *self, int argc, char **argv)
{
	struct arguments a = { 0 };
	struct session s = { .common = &a.common };
	int status;

	command_parse(self, argc, argv, options, parse, &a.common);
	s.profile = a.profile;
	status = session_acquire(&s, self->name);
	if (status == STATUS_DONE)
		status = registration(&a, &s);
	if (status == STATUS_DONE && a.hold)
		status = session_hold(&s);
	else if (status == STATUS_DONE && a.output != NULL && a.common.json)
		status = report_json(session_key_json(&s));
	session_close(&s);
	return status;
}
