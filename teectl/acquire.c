/* SPDX-License-Identifier: Apache-2.0 */
/* acquire: a whole transaction, shown; with --hold the key is kept. */
#include "config.h"

#include <stdio.h>

#include "teectl/report.h"
#include "teectl/session.h"

enum { KEY_HOLD = 0x300, KEY_PUBLIC, KEY_EVIDENCE };

struct arguments {
	struct common common;
	const char *profile;
	const char *public_key;
	const char *evidence;
	bool hold;
};

static const struct argp_option options[] = {
	{ "hold", KEY_HOLD, NULL, 0,
	    "Keep the key until SIGINT, SIGTERM or the lease's end", 0 },
	{ "public-key", KEY_PUBLIC, "FILE", 0,
	    "Write the public key there (PEM)", 0 },
	{ "evidence", KEY_EVIDENCE, "FILE", 0,
	    "Write the evidence there (JSON)", 0 },
	{ 0 }
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;
	const char **const slots[] = { &a->profile, NULL };

	switch (key) {
	case ARGP_KEY_INIT:
		return command_parse_init(state);
	case KEY_HOLD:
		a->hold = true;
		return 0;
	case KEY_PUBLIC:
		command_set(state, "public-key", &a->public_key, arg);
		return 0;
	case KEY_EVIDENCE:
		command_set(state, "evidence", &a->evidence, arg);
		return 0;
	case ARGP_KEY_ARG:
		return command_parse_word(state, arg, slots);
	case ARGP_KEY_END:
		if (a->profile == NULL)
			argp_error(state, "PROFILE is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int
show(const struct session *s)
{
	json_t *root = session_json(s);

	if (s->common->json)
		return report_json(root);
	session_key_print(s);
	putchar('\n');
	report_appraisal(root);
	json_decref(root);
	return STATUS_DONE;
}

int
command_acquire(const struct command *self, int argc, char **argv)
{
	struct arguments a = { 0 };
	struct session s = { .common = &a.common };
	int status;

	command_parse(self, argc, argv, options, parse, &a.common);
	s.profile = a.profile;
	status = session_acquire(&s, self->name);
	if (status == STATUS_DONE && a.public_key != NULL &&
	    !session_write_public_key(&s, a.public_key))
		status = STATUS_USAGE;
	if (status == STATUS_DONE && a.evidence != NULL)
		status = session_write_evidence(&s, tee_key_evidence(s.key),
		    a.evidence);
	if (status == STATUS_DONE)
		status = a.hold ? session_hold(&s) : show(&s);
	session_close(&s);
	return status;
}
