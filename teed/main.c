/* SPDX-License-Identifier: Apache-2.0 */
/* main: teed's options, and the order in which it becomes what it is. */
#include "config.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "teed/activation.h"
#include "teed/keeper.h"
#include "teed/record.h"
#include "teed/sandbox.h"
#include "teed/supervise.h"

enum { KEY_RUN_DIR = 0x300, KEY_PROFILE_DIR, KEY_METRICS, KEY_LOG, KEY_WORKER };

static const struct argp_option options[] = {
	{ "profile-dir", KEY_PROFILE_DIR, "DIR", 0,
	    "Serve the profiles there [" TEE_PROFILE_DIR "]", 0 },
	{ "run-dir", KEY_RUN_DIR, "DIR", 0,
	    "Put the sockets there [" TEE_RUN_DIR "]", 0 },
	{ "metrics", KEY_METRICS, "FILE", 0,
	    "Write Prometheus text there every 15 seconds", 0 },
	{ "log", KEY_LOG, "WHERE", 0,
	    "stderr, journal, or auto: the journal where stderr is its own "
	    "[auto]",
	    0 },
	{ "worker", KEY_WORKER, "PROGRAM", OPTION_HIDDEN, NULL, 0 }, { 0 }
};

struct arguments {
	struct teed_settings set;
	const char *log;
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case KEY_RUN_DIR:
		a->set.run_dir = arg;
		return 0;
	case KEY_PROFILE_DIR:
		a->set.profile_dir = arg;
		return 0;
	case KEY_METRICS:
		a->set.metrics = arg;
		return 0;
	case KEY_LOG:
		if (strcmp(arg, "auto") != 0 && strcmp(arg, "stderr") != 0 &&
		    strcmp(arg, "journal") != 0)
			argp_error(state, "--log is auto, stderr or journal");
		a->log = arg;
		return 0;
	case KEY_WORKER:
		a->set.worker = arg;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "%s: teed takes options alone", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = { options, parse, NULL,
	"Hold the keys of agents and sign for them, one socket per profile.\v"
	"SIGHUP reads the profiles again. See teed(8).",
	NULL, NULL, NULL };

static bool
open_record(const char *where)
{
	bool journal = strcmp(where, "journal") == 0 ||
	    (strcmp(where, "auto") == 0 && teed_record_is_journal());

	if (teed_record_open(
		journal ? TEED_RECORD_JOURNAL : TEED_RECORD_STDERR))
		return true;
	/* auto: the journal reads stderr all the same. */
	return strcmp(where, "auto") == 0;
}

static bool
is_absolute(const char *option, const char *path)
{
	if (path == NULL || path[0] == '/')
		return true;
	fprintf(stderr, "teed: %s must be an absolute path: %s\n", option,
	    path);
	return false;
}

int
main(int argc, char **argv)
{
	struct arguments a = { .set = { .profile_dir = TEE_PROFILE_DIR,
				   .run_dir = TEE_RUN_DIR,
				   .worker = TEE_WORKER,
				   .log = teed_record_line },
		.log = "auto" };
	int supervisor;

	if (teed_sandbox_begin() != 0) {
		perror("teed: cannot give up core files and new privileges");
		return 1;
	}
	umask(022);
	/* Set, not defined: what is hidden here libc would not see. */
	argp_program_version = "teed " PACKAGE_VERSION;
	argp_err_exit_status = 2;
	argp_parse(&argp, argc, argv, 0, NULL, &a);
	if (!is_absolute("--run-dir", a.set.run_dir) ||
	    !is_absolute("--profile-dir", a.set.profile_dir) ||
	    !is_absolute("--metrics", a.set.metrics) ||
	    !is_absolute("--worker", a.set.worker))
		return 2;
	if (!open_record(a.log)) {
		fprintf(stderr,
		    "teed: the journal cannot be reached; "
		    "try --log stderr\n");
		return 1;
	}
	teed_activation_begin(getpid());
	supervisor = teed_supervise(a.set.worker);
	if (supervisor < 0) {
		perror("teed: cannot fork");
		return 1;
	}
	return teed_keeper(&a.set, supervisor);
}
