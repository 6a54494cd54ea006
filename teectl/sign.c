/* SPDX-License-Identifier: Apache-2.0 */
/* sign: one message, signed with the profile's key by the kernel keyring. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "teectl/file.h"
#include "teectl/report.h"
#include "teectl/session.h"
#include "teectl/text.h"

enum { KEY_OUTPUT = 'o', KEY_RAW = 0x300, KEY_HEX, KEY_BASE64, KEY_PUBLIC };

struct arguments {
	struct common common;
	const char *profile;
	const char *file;
	const char *output;
	const char *public_key;
	int encoding; /* one of the keys above; 0: raw */
};

static const struct argp_option options[] = {
	{ "output", KEY_OUTPUT, "FILE", 0,
	    "Write the signature there, not to stdout", 0 },
	{ "raw", KEY_RAW, NULL, 0, "As 64 bytes (the default)", 0 },
	{ "hex", KEY_HEX, NULL, 0, "As one line of hex", 0 },
	{ "base64", KEY_BASE64, NULL, 0, "As one line of base64", 0 },
	{ "public-key", KEY_PUBLIC, "FILE", 0,
	    "Write the public key there (PEM)", 0 },
	{ 0 }
};

static void
check_arguments(struct argp_state *state, const struct arguments *a)
{
	if (a->profile == NULL)
		argp_error(state, "PROFILE is missing");
	if (a->output == NULL && !a->common.json && isatty(STDOUT_FILENO) &&
	    (a->encoding == 0 || a->encoding == KEY_RAW))
		argp_error(state,
		    "64 raw bytes are no use on a terminal: add "
		    "--hex, --base64 or --output FILE");
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;
	const char **const slots[] = { &a->profile, &a->file, NULL };

	switch (key) {
	case ARGP_KEY_INIT:
		return command_parse_init(state);
	case KEY_OUTPUT:
		command_set(state, "output", &a->output, arg);
		return 0;
	case KEY_PUBLIC:
		command_set(state, "public-key", &a->public_key, arg);
		return 0;
	case KEY_RAW:
	case KEY_HEX:
	case KEY_BASE64:
		if (a->encoding != 0 && a->encoding != key)
			argp_error(state,
			    "--raw, --hex and --base64 exclude each other");
		a->encoding = key;
		return 0;
	case ARGP_KEY_ARG:
		return command_parse_word(state, arg, slots);
	case ARGP_KEY_END:
		check_arguments(state, a);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The signature in the asked encoding; text ends in a newline. */
static bool
write_signature(const struct arguments *a,
    const uint8_t signature[TEE_SIGNATURE_SIZE])
{
	const char *path = a->output != NULL ? a->output : "-";
	char hex[2 * TEE_SIGNATURE_SIZE + 1], line[sizeof(hex) + 1];
	char *base64;

	if (a->encoding == KEY_HEX) {
		text_hex(signature, TEE_SIGNATURE_SIZE, hex);
		snprintf(line, sizeof(line), "%s\n", hex);
	} else if (a->encoding == KEY_BASE64) {
		base64 = text_base64(signature, TEE_SIGNATURE_SIZE, false);
		if (base64 == NULL)
			return false;
		snprintf(line, sizeof(line), "%s\n", base64);
		free(base64);
	} else {
		return file_write(path, signature, TEE_SIGNATURE_SIZE);
	}
	return file_write(path, line, strlen(line));
}

static int
show_json(const struct session *s, const uint8_t signature[TEE_SIGNATURE_SIZE])
{
	json_t *root = session_key_json(s);
	char *base64 = text_base64(signature, TEE_SIGNATURE_SIZE, false);

	if (root != NULL) {
		json_object_set_new(root, "algorithm", json_string("Ed25519"));
		json_object_set_new(root, "signature", json_string(base64));
	}
	free(base64);
	return report_json(root);
}

static int
sign(const struct arguments *a, struct session *s)
{
	uint8_t signature[TEE_SIGNATURE_SIZE];
	char *message;
	size_t size;
	int error;

	if (!file_read(a->file != NULL ? a->file : "-", FILE_MESSAGE_MAX,
		&message, &size))
		return STATUS_USAGE;
	error = tee_sign(s->key, message, size, signature);
	free(message);
	if (error != 0)
		return report_error(s->common, "sign", s->profile, error);
	if (a->public_key != NULL &&
	    !session_write_public_key(s, a->public_key))
		return STATUS_USAGE;
	if ((!a->common.json || a->output != NULL) &&
	    !write_signature(a, signature))
		return STATUS_USAGE;
	return a->common.json ? show_json(s, signature) : STATUS_DONE;
}

int
command_sign(const struct command *self, int argc, char **argv)
{
	struct arguments a = { 0 };
	struct session s = { .common = &a.common };
	int status;

	command_parse(self, argc, argv, options, parse, &a.common);
	s.profile = a.profile;
	status = session_acquire(&s, self->name);
	if (status == STATUS_DONE)
		status = sign(&a, &s);
	session_close(&s);
	return status;
}
