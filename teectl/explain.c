/* SPDX-License-Identifier: Apache-2.0 */
/* explain: what a code of the library means and what to try next. */
#include "config.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "teectl/report.h"
#include "teectl/text.h"

struct arguments {
	struct common common;
	const char *code;
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;
	const char **const slots[] = { &a->code, NULL };

	switch (key) {
	case ARGP_KEY_INIT:
		return command_parse_init(state);
	case ARGP_KEY_ARG:
		return command_parse_word(state, arg, slots);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* TEE_E_KEY_GONE for "key-gone". */
static void
constant_of(const char *word, char *out, size_t size)
{
	size_t i, n;

	n = (size_t)snprintf(out, size, "TEE_E_");
	for (i = 0; word[i] != '\0' && n + 1 < size; i++)
		out[n++] = word[i] == '-' ?
		    '_' :
		    (char)toupper((unsigned char)word[i]);
	out[n] = '\0';
}

/* A number, a word or a constant; -1 where it is none of them. */
static int
code_of(const char *text)
{
	char constant[64], *end;
	long n = strtol(text, &end, 10);
	int code;

	if (end != text && *end == '\0')
		return n >= 0 && n < 1000 && tee_error_word((int)n) != NULL ?
		    (int)n :
		    -1;
	for (code = 0; tee_error_word(code) != NULL; code++) {
		constant_of(tee_error_word(code), constant, sizeof(constant));
		if (strcmp(text, tee_error_word(code)) == 0 ||
		    strcmp(text, constant) == 0)
			return code;
	}
	return -1;
}

static json_t *
code_json(int code)
{
	char constant[64];

	constant_of(tee_error_word(code), constant, sizeof(constant));
	/* clang-format off */
	return json_pack("{s:i, s:s, s:s, s:s, s:s, s:i}", "code", code,
	    "word", tee_error_word(code), "constant", constant, "message",
	    tee_strerror(code), "next", tee_explain(code), "exit_status",
	    command_status(code));
	/* clang-format on */
}

static void
print_code(int code)
{
	printf("%2d  %-15s  %s\n    %s\n", code, tee_error_word(code),
	    tee_strerror(code), tee_explain(code));
}

static int
list(bool json)
{
	json_t *codes = json_array();
	int code;

	for (code = 1; tee_error_word(code) != NULL; code++) {
		if (json)
			json_array_append_new(codes, code_json(code));
		else
			print_code(code);
	}
	if (json)
		return report_json(json_pack("{s:o}", "codes", codes));
	json_decref(codes);
	return STATUS_DONE;
}

int
command_explain(const struct command *self, int argc, char **argv)
{
	struct arguments a = { 0 };
	int code;

	command_parse(self, argc, argv, NULL, parse, &a.common);
	if (a.code == NULL)
		return list(a.common.json);
	code = code_of(a.code);
	if (code < 0) {
		fprintf(stderr, "teectl: ");
		text_print(stderr, a.code);
		fprintf(stderr,
		    ": no code of this library; `teectl explain` "
		    "lists them\n");
		return STATUS_USAGE;
	}
	if (a.common.json)
		return report_json(code_json(code));
	print_code(code);
	return STATUS_DONE;
}
