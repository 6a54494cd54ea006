/* SPDX-License-Identifier: Apache-2.0 */
/* check: profiles and their modules, loaded and let go again. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "libtee/text.h"
#include "teectl/report.h"
#include "teectl/text.h"

struct arguments {
	struct common common;
	char **files;
	int file_count;
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	(void)arg;
	switch (key) {
	case ARGP_KEY_INIT:
		return command_parse_init(state);
	case ARGP_KEY_ARGS:
		a->files = state->argv + state->next;
		a->file_count = state->argc - state->next;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "FILE is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static json_t *
fault_json(const char *file, const char *fault)
{
	const char *message;
	unsigned line = tee_text_fault(file, fault, &message);

	return json_pack("{s:i, s:o}", "line", (int)line, "message",
	    text_json(message));
}

/*
 * As they stand in the file, which is read and checked in another order;
 * those of one line as they were found.
 */
static void
sort_faults(const char *file, struct journal *j)
{
	const char *message;
	size_t i, k;

	for (i = 1; i < j->fault_count; i++) {
		char *fault = j->faults[i];
		unsigned line = tee_text_fault(file, fault, &message);

		for (k = i; k > 0 &&
		     tee_text_fault(file, j->faults[k - 1], &message) > line;
		     k--)
			j->faults[k] = j->faults[k - 1];
		j->faults[k] = fault;
	}
}

static json_t *
file_json(const char *file, const char *result, const struct journal *j)
{
	json_t *faults = json_array();
	size_t i;

	for (i = 0; i < j->fault_count; i++)
		json_array_append_new(faults, fault_json(file, j->faults[i]));
	return json_pack("{s:o, s:s, s:o, s:I}", "file", text_json(file),
	    "result", result, "faults", faults, "unlisted",
	    (json_int_t)j->more_faults);
}

static void
print_file(const char *file, const char *result, const struct journal *j)
{
	size_t i;

	for (i = 0; i < j->fault_count; i++) {
		text_print(stderr, j->faults[i]);
		fputc('\n', stderr);
	}
	if (j->more_faults > 0) {
		text_print(stderr, file);
		fprintf(stderr, ": and %zu more\n", j->more_faults);
	}
	text_print(stdout, file);
	printf(": %s\n", result);
	fflush(stdout);
}

static bool
readable(const char *file, struct journal *j)
{
	char fault[1024];
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd >= 0) {
		close(fd);
		return true;
	}
	snprintf(fault, sizeof(fault), "%.900s:1: %s", file, strerror(errno));
	journal_line(j, LOG_ERR, fault);
	return false;
}

static int
check_file(struct common *common, const char *file, json_t *list)
{
	const struct tee_options o = { .size = sizeof(o),
		.log = journal_line,
		.log_user = &common->journal,
		.require_tee = common->require_tee,
		.refuse_simulated = common->refuse_simulated,
		.whole_plan = true };
	const char *result = "ok";
	int status = STATUS_DONE;
	struct tee *tee = NULL;

	if (!readable(file, &common->journal)) {
		status = STATUS_USAGE;
		result = "unreadable";
	} else if (tee_open_file(file, &o, &tee) != 0) {
		status = STATUS_REFUSED;
		result = "refused";
	}
	tee_close(&tee);
	sort_faults(file, &common->journal);
	if (common->json)
		json_array_append_new(list,
		    file_json(file, result, &common->journal));
	else
		print_file(file, result, &common->journal);
	journal_clear(&common->journal);
	return status;
}

int
command_check(const struct command *self, int argc, char **argv)
{
	struct arguments a = { 0 };
	json_t *list = json_array();
	int i, worst = STATUS_DONE;

	command_parse(self, argc, argv, NULL, parse, &a.common);
	for (i = 0; i < a.file_count; i++) {
		int status = check_file(&a.common, a.files[i], list);

		worst = status > worst ? status : worst;
	}
	if (a.common.json)
		report_json(json_pack("{s:O}", "files", list));
	json_decref(list);
	return worst;
}
