/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command: what every subcommand shares: the exit statuses, the options that
 * each of them takes, and how its arguments are parsed.
 */
#ifndef TEECTL_COMMAND_H
#define TEECTL_COMMAND_H

#include <argp.h>
#include <stdbool.h>
#include <tee/tee.h>

#include "teectl/journal.h"

/* teectl(1) prints this table. */
enum status {
	STATUS_DONE = 0,
	STATUS_REFUSED = 1,     /* denied, failed, refused */
	STATUS_USAGE = 2,       /* wrong arguments or unreadable input */
	STATUS_UNAVAILABLE = 3, /* something could not be asked or done */
	STATUS_INCOMPLETE = 4   /* nothing failed, not everything was done */
};

struct command {
	const char *name; /* NULL ends the table */
	int (*run)(const struct command *, int argc, char **argv);
	const char *args;    /* positional arguments, for --help */
	const char *summary; /* one line */
	bool floor;          /* takes --require-tee, --refuse-simulated */
};

/* The first member of every subcommand's arguments. */
struct common {
	bool json;
	bool require_tee;
	bool refuse_simulated;
	struct journal journal;
};

/* Exits with STATUS_USAGE, after a message, where the arguments do not fit. */
void command_parse(const struct command *, int argc, char **argv,
    const struct argp_option *, argp_parser_t, struct common *);
/* What every parser does for ARGP_KEY_INIT. */
error_t command_parse_init(struct argp_state *);
/* For ARGP_KEY_ARG: stores the next positional argument, or complains. */
error_t command_parse_word(struct argp_state *, char *arg,
    const char **const *slots);
/* Refuses a second --NAME: the last one winning would hide a mistake. */
void command_set(struct argp_state *, const char *name, const char **slot,
    const char *value);

enum status command_status(int error);

int command_check(const struct command *, int argc, char **argv);
int command_dump(const struct command *, int argc, char **argv);
int command_acquire(const struct command *, int argc, char **argv);
int command_sign(const struct command *, int argc, char **argv);
int command_attest(const struct command *, int argc, char **argv);
int command_register(const struct command *, int argc, char **argv);
int command_appraise(const struct command *, int argc, char **argv);
int command_inspect(const struct command *, int argc, char **argv);
int command_binding(const struct command *, int argc, char **argv);
int command_seal(const struct command *, int argc, char **argv);
int command_policy(const struct command *, int argc, char **argv);
int command_handshake(const struct command *, int argc, char **argv);
int command_status_keys(const struct command *, int argc, char **argv);
int command_renew(const struct command *, int argc, char **argv);
int command_revoke(const struct command *, int argc, char **argv);
int command_explain(const struct command *, int argc, char **argv);
int command_doctor(const struct command *, int argc, char **argv);
int command_version(const struct command *, int argc, char **argv);

#endif
