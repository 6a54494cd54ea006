/* SPDX-License-Identifier: Apache-2.0 */
/*
 * remote_kit: a teed that says what the test wants it to say, at the other
 * end of an inherited connection, and a profile that leaves its key to it.
 * It signs with 64 bytes that are the first of its public key, so that a test
 * sees which key signed.
 */
#ifndef TESTS_TEST_REMOTE_KIT_H
#define TESTS_TEST_REMOTE_KIT_H

#include <check.h>

#include "libtee/transaction.h"
#include "tests/test_profile_kit.h"

#define DID "did:mesh:agent-1"

struct said {
	/* What is answered; 0 and NULL: as a good teed does. */
	const char *status;              /* instead of its whole document */
	int refuse[TEE_WIRE_REVOKE + 1]; /* by verb; a status */
	const char *digest;              /* of another profile */
	const char *did;                 /* of another agent */
	const char *evidence;            /* instead of good evidence */
	size_t signature_less;           /* bytes that a signature lacks */
	size_t key_less;                 /* bytes that KEY's answer lacks */
	enum tee_confidential_level level;
	enum tee_verdict verdict;
	bool simulated;
	bool other_claims; /* STATUS tells of another key than KEY did */
	/* Before the next answer to this verb: events, and what is changed. */
	enum tee_wire_verb at;
	const char *events; /* "\1\4": a byte each */
	uint8_t key;        /* the first byte of the new key, not 0 */
	enum tee_confidential_level new_level;
};

extern struct said said;
extern struct trace trace;
extern struct tee *tee;
/* How often each verb was asked. */
extern unsigned asked[TEE_WIRE_REVOKE + 1];

/* said is good again, and teed begins to listen. */
void remote_begin(void);
/* Opens the profile with the options, acquires through that connection. */
int remote_acquire(struct tee_options, struct tee_key **);
/* TEE_E_*, or 0 and which key signed. */
int remote_sign(const struct tee_key *, uint8_t *by);
int remote_attest(const struct tee_key *);
void remote_end(struct tee_key **);

#endif
