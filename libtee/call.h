/* SPDX-License-Identifier: Apache-2.0 */
/*
 * call: one module, one entry point, one transaction; what a module can
 * reach of the core (the tee_call_* services of <tee/module.h>).
 */
#ifndef LIBTEE_CALL_H
#define LIBTEE_CALL_H

#include <tee/module.h>

#include "libtee/claims.h"
#include "libtee/evidence.h"
#include "libtee/profile.h"
#include "libtee/secret.h"

#define TEE_CALL_SECRET_MAX (64 * 1024)

/* What one keystore line holds from prepare() to the end. */
struct tee_slot {
	struct tee_secret scratch;
	bool has_scratch;
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
	bool has_public_key;
	struct tee_secret seed;
	bool delivered;
	bool simulated;
};

struct tee_call {
	/* Set by the caller. */
	struct tee_log log;
	const char *transaction; /* id, for the log */
	const char *module;
	enum tee_facility facility;
	const struct tee_reference *floor;
	struct tee_evidence *evidence;
	bool may_put;    /* all but releasing keystores */
	const char *did; /* NULL: not known yet */
	size_t did_size;
	const uint8_t *binding; /* NULL: not known */
	size_t binding_size;
	time_t now;
	uint64_t deadline;         /* monotonic milliseconds */
	struct tee_claims *claims; /* verifiers */
	struct tee_slot *slot;     /* keystores */
	/* Found by the call. */
	bool simulated; /* a keystore stands on a root of the simulator */
	char reason[64];
	char detail[512];
};

/*
 * Runs the entry point and folds its verdict: late is unavailable (deny for
 * a keystore), and a verifier's checks, binding and budget overrule its ok.
 */
enum tee_verdict tee_call_run(struct tee_call *,
    enum tee_verdict (*entry)(struct tee_call *, void *), void *state);

/*
 * Records the core's own check "binding" from what the verifier saw.  Not
 * seen, or nothing to compare with, is not done: never a pass.
 */
void tee_call_judge_binding(struct tee_call *);

void tee_slot_clear(struct tee_slot *);

#endif
