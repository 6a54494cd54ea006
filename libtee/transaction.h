/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transaction: the one place that knows the order of events.
 *
 *   acquire  prepare, binding, collect, verify, floor, release, origin
 *            floor, custody
 *   attest   binding, collect
 *   appraise binding recomputed, verify, floor
 *
 * Single use: it pins the nonce and dies with the call that made it.
 */
#ifndef LIBTEE_TRANSACTION_H
#define LIBTEE_TRANSACTION_H

#include "libtee/call.h"
#include "libtee/keyring.h"

struct tee_key {
	struct tee_log log;
	struct tee_custody *custody;
	struct tee_claims *claims;
	struct tee_evidence *evidence;
	char *did;
	size_t did_size;
	char *profile;
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
	time_t expires;
};

struct tee_transaction {
	const struct tee *tee;
	char id[17];
	struct tee_evidence *evidence;
	struct tee_claims *claims;	/* the meet, then the floor */
	struct tee_claims *line_claims[TEE_STAGE_LINES];
	struct tee_slot slots[TEE_STAGE_LINES];
	char *did;
	size_t did_size;
	char challenge_id[27];
	char nonce[65];
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
	tee_instant now;
	bool local_only;	/* the fallback of "prefer-tee" */
	char reason[64];	/* of the line that decided */
	char detail[512];
	char grantors[256];	/* which lines carried it */
};

#endif
