/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session: a profile opened and its key acquired, for as long as a
 * subcommand needs it.  Every failure has been reported when it returns.
 */
#ifndef TEECTL_SESSION_H
#define TEECTL_SESSION_H

#include <jansson.h>

#include "teectl/command.h"

struct session {
	struct common *common;
	const char *profile; /* a name, or a path where it has a slash */
	bool whole_plan;     /* also what teed runs */
	struct tee *tee;
	struct tee_key *key;
};

/* Both give an exit status; session_close fits whatever they gave. */
int session_open(struct session *, const char *what);
int session_acquire(struct session *, const char *what);
void session_close(struct session *);

/* Who the key is: profile, DID, public key, serial, expiry; claims apart. */
json_t *session_key_json(const struct session *);
void session_key_print(const struct session *);
/* The appraisal that the key was granted on, beside the above. */
json_t *session_json(const struct session *);

bool session_write_public_key(const struct session *, const char *path);
int session_write_evidence(const struct session *, const struct tee_evidence *,
    const char *path);
/* One ready line, then until a signal or the lease's end. */
int session_hold(struct session *);

#endif
