/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record: where log lines go: to the journal with its own fields (PRIORITY,
 * MESSAGE_ID, TEE_PROFILE), by systemd's native protocol, or to stderr with
 * sd-daemon(3)'s level in front where the journal reads that, plain
 * otherwise.  Nothing is waited for.
 */
#ifndef TEED_RECORD_H
#define TEED_RECORD_H

#include <stdbool.h>

enum teed_record_to { TEED_RECORD_STDERR, TEED_RECORD_JOURNAL };

/* Once, before anything is given up.  False: no journal can be reached. */
bool teed_record_open(enum teed_record_to);
/* True where stderr is the journal's, by $JOURNAL_STREAM. */
bool teed_record_is_journal(void);
/* A tee_log_fn. */
void teed_record_line(void *user, int priority, const char *line);

#endif
