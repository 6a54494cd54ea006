/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inspect: one verifier over evidence files, outside any transaction.  Every
 * check is shown; the exit status says whether all of them were passed.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "teectl/file.h"
#include "teectl/report.h"
#include "teectl/text.h"

#define ITEMS 32
#define ITEM_MAX (1024u * 1024)

enum {
	KEY_VERIFIER = 0x300,
	KEY_ITEM,
	KEY_REPORT_DATA,
	KEY_AT,
	KEY_OPTION,
	KEY_ROOT
};

struct pair {
	char *name;
	const char *value;
};

struct arguments {
	struct common common;
	const char *verifier;
	const char *report_data;
	const char *at;
	const char *root;
	struct pair items[ITEMS];
	size_t item_count;
	struct pair options[ITEMS];
	size_t option_count;
	uint8_t data[64];
	size_t data_size;
	uint8_t root_digest[TEE_SPKI_DIGEST_SIZE];
	time_t when;
};

static const struct argp_option options[] = {
	{ "verifier", KEY_VERIFIER, "NAME", 0, "The verifier module", 0 },
	{ "item", KEY_ITEM, "TYPE=FILE", 0,
	    "An item of the evidence, as often as needed", 0 },
	{ "report-data", KEY_REPORT_DATA, "HEX", 0,
	    "What the evidence must be bound to (1 to 64 bytes)", 0 },
	{ "at", KEY_AT, "RFC3339", 0, "Appraise as of this time", 0 },
	{ "option", KEY_OPTION, "NAME=VALUE", 0,
	    "An option of the verifier, as in a profile", 0 },
	{ "root", KEY_ROOT, "HEX", 0,
	    "SHA-256 of a simulator's root key, trusted beside the built-in "
	    "ones",
	    0 },
	{ 0 }
};

static void
add_pair(struct argp_state *state, const char *option, struct pair *pairs,
    size_t *count, const char *arg)
{
	const char *equals = strchr(arg, '=');
	size_t i;

	if (equals == NULL || equals == arg)
		argp_error(state, "--%s takes NAME=VALUE: %s", option, arg);
	if (*count == ITEMS)
		argp_error(state, "more than %d times --%s", ITEMS, option);
	pairs[*count].name = strndup(arg, (size_t)(equals - arg));
	pairs[*count].value = equals + 1;
	if (pairs[*count].name == NULL)
		argp_failure(state, STATUS_UNAVAILABLE, 0, "no memory");
	for (i = 0; i < *count; i++)
		if (strcmp(pairs[i].name, pairs[*count].name) == 0)
			argp_error(state, "--%s %s is given twice", option,
			    pairs[i].name);
	(*count)++;
}

static void
check_arguments(struct argp_state *state, struct arguments *a)
{
	if (a->verifier == NULL || a->item_count == 0)
		argp_error(state, "--verifier and an --item are needed");
	if (a->report_data != NULL &&
	    !text_unhex_any(a->report_data, a->data, sizeof(a->data),
		&a->data_size))
		argp_error(state, "--report-data takes 2 to 128 hex digits");
	if (a->root != NULL &&
	    !text_unhex(a->root, a->root_digest, sizeof(a->root_digest)))
		argp_error(state, "--root takes 64 hex digits");
	if (a->at != NULL && !text_parse_time(a->at, &a->when))
		argp_error(state,
		    "--at takes a time such as "
		    "2026-01-31T12:00:00Z");
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		return command_parse_init(state);
	case KEY_VERIFIER:
		command_set(state, "verifier", &a->verifier, arg);
		return 0;
	case KEY_ITEM:
		add_pair(state, "item", a->items, &a->item_count, arg);
		return 0;
	case KEY_REPORT_DATA:
		command_set(state, "report-data", &a->report_data, arg);
		return 0;
	case KEY_AT:
		command_set(state, "at", &a->at, arg);
		return 0;
	case KEY_OPTION:
		add_pair(state, "option", a->options, &a->option_count, arg);
		return 0;
	case KEY_ROOT:
		command_set(state, "root", &a->root, arg);
		return 0;
	case ARGP_KEY_END:
		check_arguments(state, a);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int
verdict_status(const char *verdict)
{
	if (strcmp(verdict, "ok") == 0)
		return STATUS_DONE;
	if (strcmp(verdict, "unavailable") == 0)
		return STATUS_UNAVAILABLE;
	return strcmp(verdict, "incomplete") == 0 ? STATUS_INCOMPLETE :
						    STATUS_REFUSED;
}

static int
show(const struct common *common, const struct tee_claims *claims)
{
	json_t *root = report_claims_json(claims);

	if (root == NULL || common->json) {
		if (report_json(root) != STATUS_DONE)
			return STATUS_UNAVAILABLE;
	} else {
		report_appraisal(root);
		json_decref(root);
	}
	return verdict_status(tee_claims_verdict(claims));
}

/* Here the profile is the command line: what it got wrong is its usage. */
static int
refuse(const struct arguments *a, int error)
{
	int status = report_error(&a->common, "inspect", a->verifier, error);

	return status == STATUS_REFUSED ? STATUS_USAGE : status;
}

static int
inspect(struct arguments *a, const struct tee_inspection_item *items)
{
	struct tee_inspection_option chosen[ITEMS];
	const struct tee_options log = { .size = sizeof(log),
		.log = journal_line,
		.log_user = &a->common.journal };
	const struct tee_inspection in = {
		.verifier = a->verifier,
		.items = items,
		.item_count = a->item_count,
		.options = chosen,
		.option_count = a->option_count,
		.report_data = a->report_data != NULL ? a->data : NULL,
		.report_data_size = a->data_size,
		.root = a->root != NULL ? a->root_digest : NULL,
		.at = a->when,
	};
	struct tee_claims *claims = NULL;
	size_t i;
	int error, status;

	for (i = 0; i < a->option_count; i++)
		chosen[i] = (struct tee_inspection_option){ a->options[i].name,
			a->options[i].value };
	error = tee_inspect(&in, &log, &claims);
	status = error == 0 ? show(&a->common, claims) : refuse(a, error);
	tee_claims_free(&claims);
	return status;
}

static int
read_and_inspect(struct arguments *a)
{
	struct tee_inspection_item items[ITEMS] = { { 0 } };
	char *data[ITEMS] = { NULL };
	int status = STATUS_DONE;
	size_t i;

	for (i = 0; status == STATUS_DONE && i < a->item_count; i++) {
		items[i].type = a->items[i].name;
		if (!file_read(a->items[i].value, ITEM_MAX, &data[i],
			&items[i].size))
			status = STATUS_USAGE;
		items[i].data = (uint8_t *)data[i];
	}
	if (status == STATUS_DONE)
		status = inspect(a, items);
	for (i = 0; i < a->item_count; i++)
		free(data[i]);
	return status;
}

int
command_inspect(const struct command *self, int argc, char **argv)
{
	struct arguments a = { 0 };
	int status;
	size_t i;

	command_parse(self, argc, argv, options, parse, &a.common);
	status = read_and_inspect(&a);
	for (i = 0; i < a.item_count; i++)
		free(a.items[i].name);
	for (i = 0; i < a.option_count; i++)
		free(a.options[i].name);
	journal_clear(&a.common.journal);
	return status;
}
