/* SPDX-License-Identifier: Apache-2.0 */
/* main: the table of subcommands, and what happens before and after one. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "teectl/command.h"
#include "teectl/process.h"

static const struct command commands[] = {
	{ "check", command_check, "FILE...", "Check profiles and their modules",
	    true },
	{ "dump", command_dump, "PROFILE", "Show a profile's effective plan",
	    true },
	{ "acquire", command_acquire, "PROFILE",
	    "Run the transaction, show what was granted", true },
	{ "sign", command_sign, "PROFILE [FILE]",
	    "Sign a file, or standard input", true },
	{ "attest", command_attest, "PROFILE",
	    "Collect evidence for a challenge", true },
	{ "register", command_register, "PROFILE",
	    "Write the agent's registration document", true },
	{ "appraise", command_appraise, "PROFILE EVIDENCE",
	    "Judge a peer's evidence or registration", true },
	{ "inspect", command_inspect, "",
	    "Run every check of a verifier over files", false },
	{ "binding", command_binding, "", "Print the canonical binding hash",
	    false },
	{ "seal", command_seal, "", "Seal an agent's seed to a vault's key",
	    false },
	{ "policy", command_policy, "test|eval FILE...",
	    "Check trust policies, or decide by them", true },
	{ "handshake", command_handshake, "ACTION [PROFILE]",
	    "Ask, answer or verify a trust handshake", true },
	{ "status", command_status_keys, "[PROFILE...]",
	    "Show the keys that teed and processes hold", false },
	{ "renew", command_renew, "PROFILE", "Have teed renew a key's lease",
	    false },
	{ "revoke", command_revoke, "SERIAL|PROFILE",
	    "Destroy teed's or another process's key", false },
	{ "explain", command_explain, "[CODE]", "Say what an error code means",
	    false },
	{ "doctor", command_doctor, "",
	    "Look for what stands in an agent's way", false },
	{ "version", command_version, "",
	    "Print versions, directories and modules", false },
	{ NULL, NULL, NULL, NULL, false }
};

struct choice {
	const struct command *command;
	int argc;
	char **argv;
};

static const struct command *
find(const char *name)
{
	const struct command *c;

	for (c = commands; c->name != NULL; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

/* The first word is the command; what follows is the command's own. */
static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct choice *choice = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		choice->command = find(arg);
		if (choice->command == NULL)
			argp_error(state, "there is no command \"%s\"", arg);
		choice->argc = state->argc - state->next + 1;
		choice->argv = state->argv + state->next - 1;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_END:
		if (choice->command == NULL)
			argp_error(state, "COMMAND is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The table as help; argp frees what it is given when it prints it. */
static char *
list_commands(int key, const char *text, void *input)
{
	const struct command *c;
	char *list = NULL;
	size_t size = 0;
	FILE *f;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)(uintptr_t)text;
	f = open_memstream(&list, &size);
	if (f == NULL)
		return NULL;
	fprintf(f, "Commands:\n");
	for (c = commands; c->name != NULL; c++)
		fprintf(f, "  %-10s %-17s %s\n", c->name, c->args, c->summary);
	fprintf(f,
	    "\nPROFILE is a name below " TEE_PROFILE_DIR ", or a path "
	    "where it has a slash.\n`teectl COMMAND --help` has the "
	    "command's options, teectl(1) the exit statuses.");
	return fclose(f) == 0 ? list : NULL;
}

static bool
stdout_fails(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return false;
	fprintf(stderr, "teectl: standard output: %s\n", strerror(errno));
	return true;
}

int
main(int argc, char **argv)
{
	static const struct argp argp = { NULL, parse, "COMMAND [ARGUMENT...]",
		"The operator's command of libtee: PAM for workload identity."
		"\v",
		NULL, list_commands, NULL };
	struct choice choice = { NULL, 0, NULL };
	int status;

	argp_err_exit_status = STATUS_USAGE;
	argp_program_version = "teectl " PACKAGE_VERSION;
	if (!process_harden()) {
		fprintf(stderr, "teectl: cannot become non-dumpable: %s\n",
		    strerror(errno));
		return STATUS_UNAVAILABLE;
	}
	/* The TPM's libraries write to stderr; our own messages name the hop. */
	setenv("TSS2_LOG", "all+NONE", 0);
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &choice);
	status = choice.command->run(choice.command, choice.argc, choice.argv);
	return stdout_fails() && status == STATUS_DONE ? STATUS_UNAVAILABLE :
							 status;
}
