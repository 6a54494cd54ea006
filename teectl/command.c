/* SPDX-License-Identifier: Apache-2.0 */
/* command: see command.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "teectl/command.h"

enum { KEY_JSON = 0x100, KEY_REQUIRE_TEE, KEY_REFUSE_SIMULATED };

static error_t
parse_common(int key, char *arg, struct argp_state *state)
{
	struct common *common = state->input;

	(void)arg;
	switch (key) {
	case KEY_JSON:
		common->json = true;
		return 0;
	case 'v':
		common->journal.verbose = true;
		return 0;
	case KEY_REQUIRE_TEE:
		common->require_tee = true;
		return 0;
	case KEY_REFUSE_SIMULATED:
		common->refuse_simulated = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option output_options[] = { { "json", KEY_JSON, NULL,
							 0, "Print JSON", 0 },
	{ "verbose", 'v', NULL, 0, "Show the library's log on stderr", 0 },
	{ 0 } };

static const struct argp_option floor_options[] = {
	{ "require-tee", KEY_REQUIRE_TEE, NULL, 0,
	    "Refuse a profile with less than assurance \"tee\"", 0 },
	{ "refuse-simulated", KEY_REFUSE_SIMULATED, NULL, 0,
	    "Refuse simulated platforms whatever the profile allows", 0 },
	{ 0 }
};

static const struct argp output_argp = { output_options, parse_common, NULL,
	NULL, NULL, NULL, NULL };
static const struct argp floor_argp = { floor_options, parse_common, NULL, NULL,
	NULL, NULL, NULL };

void
command_parse(const struct command *command, int argc, char **argv,
    const struct argp_option *options, argp_parser_t parser,
    struct common *common)
{
	const struct argp_child children[] = { { &output_argp, 0,
						   "Output:", 1 },
		{ command->floor ? &floor_argp : NULL, 0,
		    "Requirements, beside the profile's:", 2 },
		{ 0 } };
	const struct argp argp = { options, parser, command->args,
		command->summary, children, NULL, NULL };
	char name[32];

	snprintf(name, sizeof(name), "teectl %s", command->name);
	argv[0] = name;
	argp_parse(&argp, argc, argv, 0, NULL, common);
	/* `name` dies here; nobody looks at argv[0] again. */
	argv[0] = NULL;
}

error_t
command_parse_init(struct argp_state *state)
{
	const struct argp_child *child = state->root_argp->children;
	size_t i;

	for (i = 0; child[i].argp != NULL; i++)
		state->child_inputs[i] = state->input;
	return 0;
}

error_t
command_parse_word(struct argp_state *state, char *arg,
    const char **const *slots)
{
	unsigned i;

	for (i = 0; slots[i] != NULL; i++) {
		if (i == state->arg_num) {
			*slots[i] = arg;
			return 0;
		}
	}
	argp_error(state, "one argument too many: %s", arg);
	return EINVAL;
}

void
command_set(struct argp_state *state, const char *name, const char **slot,
    const char *value)
{
	if (*slot != NULL)
		argp_error(state, "--%s is given twice", name);
	*slot = value;
}

enum status
command_status(int error)
{
	switch ((enum tee_error)error) {
	case TEE_E_DENIED:
	case TEE_E_PROFILE:
	case TEE_E_MODULE:
	case TEE_E_EVIDENCE:
	case TEE_E_CRYPTO:
	case TEE_E_KEY_EXPIRED:
	case TEE_E_KEY_REVOKED:
	case TEE_E_KEY_GONE:
	case TEE_E_KEY_FOREIGN:
	case TEE_E_MESSAGE:
	case TEE_E_PEER:
		return STATUS_REFUSED;
	case TEE_E_ARGUMENT:
	case TEE_E_BINDING:
		return STATUS_USAGE;
	case TEE_E_UNAVAILABLE:
	case TEE_E_MEMORY:
	case TEE_E_SYSTEM:
	case TEE_E_KEYRING_DENIED:
	case TEE_E_KEYRING_MISSING:
	case TEE_E_KEYRING_QUOTA:
	case TEE_E_LIMIT:
	case TEE_E_TEED:
		return STATUS_UNAVAILABLE;
	}
	return error == 0 ? STATUS_DONE : STATUS_REFUSED;
}
