/* SPDX-License-Identifier: Apache-2.0 */
/*
 * teesim: the simulator's command.  Each subcommand parses its own options
 * (command.c); exit status 2 is usage, 1 a failure.
 */
#include "config.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/command.h"

/* The C library looks for it by name, past -fvisibility=hidden. */
__attribute__((visibility("default"))) const char *argp_program_version =
    "teesim (" PACKAGE_STRING ")";

static const char doc[] =
    "A pretend AMD SEV-SNP machine with roots of its own, for tests of code "
    "that must not know the difference.\v"
    "Subcommands:\n"
    "  serve   serve its device, its configfs-tsm, its vTPM, its cloud\n"
    "  set     change a machine that is being served\n"
    "  mint    write evidence to files\n"
    "  context write a confidential container's security context\n"
    "  root    print the fingerprint of its root key\n\n"
    "'teesim SUBCOMMAND --help' shows the options of each.  A profile trusts "
    "the machine only where require.roots names that fingerprint and "
    "allow_simulated is true.";

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = { { "serve", tee_sim_command_serve },
	{ "set", tee_sim_command_set }, { "context", tee_sim_command_context },
	{ "mint", tee_sim_command_mint }, { "root", tee_sim_command_root } };

/* The rest belongs to the subcommand, whose messages name it. */
static int
dispatch(struct argp_state *state, const char *name)
{
	static char full[64];
	int argc = state->argc - state->next + 1;
	char **argv = &state->argv[state->next - 1];

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(name, commands[i].name) != 0)
			continue;
		snprintf(full, sizeof(full), "teesim %s", name);
		argv[0] = full;
		return commands[i].run(argc, argv);
	}
	argp_error(state, "no subcommand '%s'", name);
	return 2;
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	int *status = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		*status = dispatch(state, arg);
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which subcommand?");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

int
main(int argc, char **argv)
{
	static const struct argp argp = { .parser = parse,
		.args_doc = "SUBCOMMAND [OPTION...]",
		.doc = doc };
	int status = 2;

	argp_err_exit_status = 2;
	if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &status) != 0)
		return 2;
	return status;
}
