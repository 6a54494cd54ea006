/* SPDX-License-Identifier: Apache-2.0 */
/* journal: see journal.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <tee/tee.h>

#include "teectl/journal.h"
#include "teectl/text.h"

#define FIELD_SIZE 1024

bool
journal_field(const char *line, const char *name, char *out, size_t size)
{
	char key[64];
	const char *start, *end;
	size_t n;

	out[0] = '\0';
	n = (size_t)snprintf(key, sizeof(key), " %s=", name);
	start = line != NULL ? strstr(line, key) : NULL;
	if (start == NULL)
		return false;
	start += n;
	if (*start == '"') {
		/* A detail may hold quotes itself; it stands last. */
		start++;
		end = strrchr(start, '"');
	} else {
		end = start + strcspn(start, " ");
	}
	if (end == NULL)
		end = start + strlen(start);
	snprintf(out, size, "%.*s", (int)(end - start), start);
	return true;
}

static bool
field_is(const char *line, const char *name, const char *value)
{
	char text[FIELD_SIZE];

	return journal_field(line, name, text, sizeof(text)) &&
	    strcmp(text, value) == 0;
}

static void
keep(char **slot, const char *line)
{
	free(*slot);
	*slot = strdup(line);
}

/* The line of one module's run in a stack; only such a line has a control. */
static bool
is_failed_run(const char *line)
{
	char verdict[16];

	return strstr(line, " control=") != NULL &&
	    !field_is(line, "control", "advisory") &&
	    journal_field(line, "verdict", verdict, sizeof(verdict)) &&
	    strcmp(verdict, "ok") != 0;
}

static void
keep_fault(struct journal *j, const char *line)
{
	if (j->fault_count == JOURNAL_FAULTS) {
		j->more_faults++;
		return;
	}
	keep(&j->faults[j->fault_count], line);
	j->fault_count += j->faults[j->fault_count] != NULL;
}

/* What a call could not do and why is for people; its fields are not. */
static void
keep_detail(struct journal *j, const char *line)
{
	char detail[FIELD_SIZE];

	if (journal_field(line, "detail", detail, sizeof(detail)))
		keep_fault(j, detail);
}

void
journal_line(void *user, int priority, const char *line)
{
	struct journal *j = user;

	if (j->verbose) {
		text_print(stderr, line);
		fputc('\n', stderr);
	}
	if (strncmp(line, "tee profile=", 12) == 0)
		keep_detail(j, line);
	else if (strncmp(line, "event=DENY ", 11) == 0)
		keep(&j->denial, line);
	else if (strncmp(line, "event=DOWNGRADE ", 16) == 0)
		keep(&j->downgrade, line);
	else if (strncmp(line, "event=", 6) == 0)
		return;
	else if (strncmp(line, "tee txn=", 8) == 0) {
		if (is_failed_run(line))
			keep(&j->hop, line);
	} else if (priority <= LOG_ERR) {
		keep_fault(j, line);
	}
}

/* Did this line's refusal end the transaction, or was it survived? */
static bool
hop_decided(const struct journal *j, const char *reason)
{
	return j->hop != NULL &&
	    (field_is(j->hop, "reason", reason) ||
		field_is(j->hop, "verdict", reason));
}

/* "verifier snp (profile line 4)", or what stands behind all the lines. */
static void
name_hop(const struct journal *j, int error, char *out, size_t size)
{
	char reason[FIELD_SIZE], facility[32], module[128], line[16];
	const char *word = tee_error_word(error);

	journal_field(j->denial, "reason", reason, sizeof(reason));
	if (!hop_decided(j, reason)) {
		snprintf(out, size, "%s",
		    word != NULL && strcmp(word, reason) == 0 ?
			"custody" :
			"the profile's requirements");
		return;
	}
	journal_field(j->hop, "facility", facility, sizeof(facility));
	journal_field(j->hop, "module", module, sizeof(module));
	journal_field(j->hop, "line", line, sizeof(line));
	snprintf(out, size, "%s %s (profile line %s)", facility, module, line);
}

json_t *
journal_error_json(const struct journal *j, int error)
{
	char hop[256], reason[FIELD_SIZE], detail[FIELD_SIZE];
	json_t *faults = json_array();
	/* clang-format off */
	json_t *e = json_pack("{s:i, s:s?, s:s, s:s, s:o}", "code", error,
	    "word", tee_error_word(error), "message", tee_strerror(error),
	    "next", tee_explain(error), "faults", faults);
	/* clang-format on */
	size_t i;

	for (i = 0; i < j->fault_count; i++)
		json_array_append_new(faults, text_json(j->faults[i]));
	if (j->denial != NULL) {
		name_hop(j, error, hop, sizeof(hop));
		journal_field(j->denial, "reason", reason, sizeof(reason));
		journal_field(j->denial, "detail", detail, sizeof(detail));
		json_object_set_new(e, "hop", text_json(hop));
		json_object_set_new(e, "reason", text_json(reason));
		json_object_set_new(e, "detail", text_json(detail));
	}
	return e;
}

static void
explain_field(const char *label, const char *value)
{
	if (value[0] == '\0')
		return;
	fprintf(stderr, "  %-7s ", label);
	text_print(stderr, value);
	fputc('\n', stderr);
}

void
journal_explain(const struct journal *j, const char *what, const char *subject,
    int error)
{
	char hop[256], reason[FIELD_SIZE], detail[FIELD_SIZE];
	size_t i;

	fprintf(stderr, "teectl: %s ", what);
	text_print(stderr, subject);
	fprintf(stderr, ": %s\n", tee_strerror(error));
	for (i = 0; i < j->fault_count; i++)
		explain_field("fault", j->faults[i]);
	if (j->denial != NULL) {
		name_hop(j, error, hop, sizeof(hop));
		journal_field(j->denial, "reason", reason, sizeof(reason));
		journal_field(j->denial, "detail", detail, sizeof(detail));
		explain_field("hop", hop);
		explain_field("reason", reason);
		explain_field("detail", detail);
	}
	explain_field("next", tee_explain(error));
}

void
journal_clear(struct journal *j)
{
	size_t i;

	free(j->hop);
	free(j->denial);
	free(j->downgrade);
	for (i = 0; i < j->fault_count; i++)
		free(j->faults[i]);
	*j = (struct journal){ .verbose = j->verbose };
}
