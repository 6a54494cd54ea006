/* SPDX-License-Identifier: Apache-2.0 */
/* handshake: the arguments of its three filters, for the two files of them. */
#ifndef TEECTL_HANDSHAKE_H
#define TEECTL_HANDSHAKE_H

#include <tee/trust.h>

#include "teectl/command.h"

struct handshake_arguments {
	struct common common;
	const char *action; /* "challenge", "respond" or "verify" */
	const char *profile;
	const char *output;
	const char *challenge;
	const char *response;
	const char *verifier;
	const char *capabilities;
	const char *did;
	const char *public_key;
	const char *score;
	const char *ceiling;
	const char *required;
	const char *policy;
	const char *context;
	const char *at;
	bool freshness;
	bool no_evidence;
	bool startup;
	struct tee_trust_require require;
	/* Of the texts above. */
	uint8_t key[TEE_PUBLIC_KEY_SIZE];
	int trust_score;
	int trust_ceiling;
	int required_score;
	time_t when;
};

/* Exits with STATUS_USAGE, after a message, where they do not fit. */
void handshake_check(struct argp_state *, struct handshake_arguments *);
/* A call refused: what and why are reported, the exit status is returned. */
int handshake_refused(struct handshake_arguments *, const char *subject,
    int error);
int handshake_verify(const struct command *, struct handshake_arguments *);

#endif
