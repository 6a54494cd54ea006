/* SPDX-License-Identifier: Apache-2.0 */
/* binding: ADR 0010's canonical hash, for whoever compares by hand. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "teectl/challenge.h"
#include "teectl/report.h"
#include "teectl/text.h"

enum { KEY_DID = 0x300, KEY_PUBLIC };

struct arguments {
	struct common common;
	const char *did;
	const char *public_key;
	struct challenge challenge;
	uint8_t key[TEE_PUBLIC_KEY_SIZE];
};

static const struct argp_option options[] = {
	{ "did", KEY_DID, "DID", 0, "The agent's DID", 0 }, CHALLENGE_OPTIONS,
	{ "public-key", KEY_PUBLIC, "HEX", 0, "The agent's Ed25519 key", 0 },
	{ 0 }
};

static void
check_arguments(struct argp_state *state, struct arguments *a)
{
	if (!challenge_given(state, &a->challenge) || a->did == NULL ||
	    a->public_key == NULL)
		argp_error(state,
		    "--did, --challenge-id, --nonce and "
		    "--public-key are needed");
	if (!text_unhex(a->public_key, a->key, sizeof(a->key)))
		argp_error(state, "--public-key takes 64 hex digits");
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		return command_parse_init(state);
	case KEY_DID:
		command_set(state, "did", &a->did, arg);
		return 0;
	case KEY_PUBLIC:
		command_set(state, "public-key", &a->public_key, arg);
		return 0;
	case ARGP_KEY_END:
		check_arguments(state, a);
		return 0;
	default:
		return challenge_parse(key, arg, state, &a->challenge);
	}
}

int
command_binding(const struct command *self, int argc, char **argv)
{
	struct arguments a = { 0 };
	struct tee_challenge challenge;
	uint8_t binding[TEE_BINDING_SIZE];
	char hex[2 * TEE_BINDING_SIZE + 1];
	int error;

	command_parse(self, argc, argv, options, parse, &a.common);
	challenge = challenge_value(&a.challenge);
	error = tee_binding(a.did, strlen(a.did), &challenge, a.key, binding);
	if (error != 0)
		return report_error(&a.common, self->name, a.did, error);
	text_hex(binding, sizeof(binding), hex);
	if (a.common.json)
		return report_json(json_pack("{s:s}", "binding", hex));
	puts(hex);
	return STATUS_DONE;
}
