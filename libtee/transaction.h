/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transaction: what the orders of events are made of.  The orders themselves
 * stand in the files of those who call:
 *
 *   acquire.c   prepare, binding, collect, verify, floor, release, origin
 *               floor, custody
 *   attest.c    binding, collect; renewal: the same, then verify, floor
 *   appraise.c  binding recomputed, verify, floor
 *
 * Single use: it pins the nonce and dies with the call that made it.
 */
#ifndef LIBTEE_TRANSACTION_H
#define LIBTEE_TRANSACTION_H

#include <pthread.h>

#include "libtee/call.h"
#include "libtee/keyring.h"
#include "libtee/remote.h"
#include "libtee/stack.h"
#include "libtee/standing.h"

/* What the lock does not stand before never changes: any thread reads it. */
struct tee_key {
	struct tee_log log;
	struct tee_custody *custody; /* in this process, or ... */
	struct tee_remote *remote;   /* ... with teed: one of them */
	struct tee_standing standing;
	char *profile;
	/* The profile it was granted by, and what the caller added to it. */
	uint8_t plan[32];
	enum tee_confidential_level caller_level;
	bool allow_simulated;
	_Atomic time_t expires;
	pthread_mutex_t lock; /* one renewal at a time replaces these */
	struct tee_claims *claims;
	struct tee_evidence *evidence;
};

struct tee_transaction {
	const struct tee *tee;
	char id[17];
	struct tee_evidence *evidence;
	struct tee_claims *claims; /* the meet, then the floor */
	struct tee_claims *line_claims[TEE_STAGE_LINES];
	struct tee_slot slots[TEE_STAGE_LINES];
	struct tee_stack_memory stack; /* tee_transaction_stack's */
	char *did;
	size_t did_size;
	char challenge_id[27];
	char nonce[65];
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
	tee_instant now;
	bool local_only;  /* the fallback of "prefer-tee" */
	char because[64]; /* of the fallback */
	char reason[64];  /* of the line that decided */
	char detail[512];
	char grantors[256]; /* which lines carried it */
};

/* Call tee_transaction_end whatever it returns. */
int tee_transaction_begin(struct tee_transaction *,
    const struct tee *) TEE_MUST_USE;
void tee_transaction_end(struct tee_transaction *);
/* Where seeds may be handled, until the end; NULL: no memory to be locked. */
struct tee_stack_memory *tee_transaction_stack(struct tee_transaction *);
/* Binds the evidence to this DID, this transaction's nonce and public_key. */
int tee_transaction_bind(struct tee_transaction *,
    struct tee_bytes did) TEE_MUST_USE;

/* tee.c: signs the SHA-256 of AgentMesh's second layer. */
int tee_key_sign_layer2(const struct tee_key *, const void *preimage,
    size_t size, uint8_t signature[TEE_SIGNATURE_SIZE]) TEE_MUST_USE;

/* dispatch.c: one stack; for keystores release() rather than prepare(). */
enum tee_verdict tee_transaction_run(struct tee_transaction *,
    const struct tee_stack *, bool release, struct tee_outcome *);
/* verify.c: the verifiers' checks, and the meet of their claims. */
enum tee_verdict tee_transaction_verify(struct tee_transaction *);
enum tee_verdict tee_transaction_floor(struct tee_transaction *);
/* Collect, verify, floor; ok where the profile has no verifier ("local"). */
enum tee_verdict tee_transaction_attest(struct tee_transaction *);

void tee_transaction_reason(struct tee_transaction *, const char *reason,
    const char *detail);
/* The first failed check explains a floor's deny. */
void tee_transaction_check_reason(struct tee_transaction *);
/* The DENY event of this transaction; `what` is the public call. */
void tee_transaction_refuse(const struct tee_transaction *, const char *what,
    enum tee_verdict);
/* The DOWNGRADE event; each time that the fallback is granted or renewed. */
void tee_transaction_downgrade(const struct tee_transaction *);
/* Evidence that a peer may be shown: platform, origin, times. */
void tee_transaction_stamp(struct tee_transaction *, enum tee_key_origin,
    const char *platform);
/* Which platform the claims name; "tee" where they name none. */
const char *tee_transaction_platform(const struct tee_transaction *);

/*
 * acquire.c: prepare to origin floor.  The seed is a slot's: it lives as long
 * as the transaction.  Whatever fails leaves its reason there.
 */
enum tee_verdict tee_transaction_grant(struct tee_transaction *,
    const uint8_t **seed, enum tee_key_origin *);
/* attest.c: what the key was granted on holds again; likewise. */
enum tee_verdict tee_transaction_stand(struct tee_transaction *,
    const struct tee_standing *);
/* attest.c: evidence for a challenge; 0 or TEE_E_*, logged. */
int tee_transaction_answer(struct tee_transaction *,
    const struct tee_standing *, const struct tee_challenge *);

/* acquire.c: the lease that profile, origin and claims allow; 0: none. */
unsigned tee_transaction_lease(const struct tee_transaction *);
/* What was established becomes what claims and evidence say. */
void tee_transaction_settle(struct tee_transaction *,
    const struct tee_standing *, const char *residency);
/* The GRANT event, after one of a downgrade; serial 0: not in this keyring. */
void tee_transaction_granted(const struct tee_transaction *,
    const struct tee_claims *, int32_t serial);
/* attest.c: the RENEW event; likewise. */
void tee_transaction_renewed(const struct tee_transaction *, int32_t serial,
    unsigned lifetime);
/* t->claims and evidence move to the key. */
void tee_transaction_hand_over(struct tee_transaction *, struct tee_key *);

#endif
