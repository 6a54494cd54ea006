/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journal: the library's log lines of one run, kept so that a failure can be
 * explained: which hop said no, for what reason, and what to try next.
 */
#ifndef TEECTL_JOURNAL_H
#define TEECTL_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>

#define JOURNAL_FAULTS 64

struct journal {
	bool verbose;    /* every line goes to stderr, too */
	char *hop;       /* the last line of a stack that was not ok */
	char *denial;    /* the last DENY event */
	char *downgrade; /* the last DOWNGRADE event */
	char *faults[JOURNAL_FAULTS]; /* what else was wrong: file:line */
	size_t fault_count;
	size_t more_faults; /* beyond those that are kept */
};

/* The library's log callback; user is a struct journal. */
void journal_line(void *user, int priority, const char *line);
/* " name=value" or ` name="value"` of a line; false where it is absent. */
bool journal_field(const char *line, const char *name, char *out, size_t size);
/* What went wrong: one object for --json, some lines on stderr otherwise. */
json_t *journal_error_json(const struct journal *, int error);
void journal_explain(const struct journal *, const char *what,
    const char *subject, int error);
void journal_clear(struct journal *);

#endif
