/* SPDX-License-Identifier: Apache-2.0 */
/*
 * remote_ask: what remote.c and remote_grant.c share.  Whoever asks has
 * entered: the lock is held until the answer has been judged.
 */
#ifndef LIBTEE_REMOTE_ASK_H
#define LIBTEE_REMOTE_ASK_H

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "libtee/held.h"
#include "libtee/line.h"
#include "libtee/transaction.h"

struct tee_remote {
	struct tee_log log;
	char *path;
	bool inherited; /* a connection that cannot be made anew */
	struct tee_line_end line;
	_Atomic pid_t pid; /* whose line and lock; -pid: it makes them so */
	pthread_mutex_t lock;
	unsigned patience;                 /* ms */
	enum tee_confidential_level level; /* the caller's floor */
	bool allow_simulated;
	bool known; /* public_key is the key's */
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
	int32_t serial;
	_Atomic time_t expires;
	bool unsure;  /* a lease began that nobody has asked about */
	int gone;     /* TEE_E_*: what the last event said that ended one */
	bool foreign; /* teed holds another key: ours never comes back */
	bool below;   /* the caller's floor, until a renewal is granted */
};

void tee_remote_event(void *remote, enum tee_wire_event);
void tee_remote_enter(struct tee_remote *);
/* KEY or RENEW: *answer, to be freed, has the DID. */
int tee_remote_ask_key(struct tee_remote *, enum tee_wire_verb,
    unsigned patience_ms, struct tee_wire_key *, uint8_t **answer) TEE_MUST_USE;
/* Of the key that is known, or TEE_E_TEED. */
int tee_remote_ask_held(struct tee_remote *, struct tee_held *) TEE_MUST_USE;
/* For the challenge in the payload; of the grant where there is none. */
int tee_remote_ask_evidence(struct tee_remote *, const void *payload,
    size_t size, struct tee_evidence **out) TEE_MUST_USE;
/* Of what the caller asks for beyond the profile. */
bool tee_remote_is_below(const struct tee_remote *, const struct tee_claims *);

#endif
