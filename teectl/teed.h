/* SPDX-License-Identifier: Apache-2.0 */
/*
 * teed: one question to the custody daemon over a profile's socket,
 * teed_protocol(7).  Nothing that it answers is believed without a look at
 * its size and form.
 */
#ifndef TEECTL_TEED_H
#define TEECTL_TEED_H

#include <stdbool.h>
#include <stddef.h>

#include "libtee/wire.h"
#include "teectl/command.h"

#define TEED_PATIENCE 10        /* seconds */
#define TEED_PATIENCE_RENEW 130 /* a transaction's own patience, and some */

/* Where to ask, and for how long: options that several commands take. */
enum { KEY_RUN_DIR = 0x280, KEY_TIMEOUT };
#define TEED_RUN_DIR_OPTION \
	{ \
		"run-dir", KEY_RUN_DIR, "DIR", 0, "Where teed's sockets are", \
		    3 \
	}
#define TEED_OPTIONS \
	TEED_RUN_DIR_OPTION, \
	{ \
		"timeout", KEY_TIMEOUT, "SECONDS", 0, \
		    "How long teed may take to answer", 3 \
	}

struct teed_place {
	const char *run_dir;
	const char *timeout;
	unsigned patience;
};

/* ARGP_ERR_UNKNOWN where the key is another option's. */
error_t teed_place_parse(int key, char *arg, struct argp_state *,
    struct teed_place *, unsigned patience);

struct teed_answer {
	char *path;    /* of the socket */
	char *profile; /* its name: the file's, without .sock */
	int error;     /* 0, or what teed or the way there said */
	bool absent;   /* there is no such socket, or nobody listens at it */
	char *detail;  /* of an error: one line */
	char *data;    /* NUL-terminated behind its last byte */
	size_t size;
};

/*
 * `target` is a profile's name, or its socket's path where it has a slash.
 * The answer is the caller's to clear, whatever it says.
 */
void teed_ask(const struct teed_place *, const char *target, enum tee_wire_verb,
    struct teed_answer *);
/* It answered, but not what was asked: TEE_E_TEED. */
void teed_answer_fail(struct teed_answer *, const char *detail);
void teed_answer_clear(struct teed_answer *);
/* One that went wrong, for --json and for people. */
json_t *teed_error_json(const struct teed_answer *);
enum status teed_explain(const struct teed_answer *, const char *what);

/* Names of all sockets in the directory, in order; false with errno. */
bool teed_list(const char *run_dir, char ***names, size_t *count);
void teed_list_clear(char ***names, size_t *count);

/* The document of STATUS; NULL where it is none: the answer says so then. */
json_t *teed_status(const struct teed_place *, const char *target,
    struct teed_answer *);

#endif
