/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key: what one service holds: a key in custody, whose it is, its lease, and
 * the documents that were granted with it.  What a worker reports is checked
 * against the profile before any of it is believed.
 */
#ifndef TEED_KEY_H
#define TEED_KEY_H

#include <time.h>

#include "libtee/keyring.h"
#include "libtee/profile.h"
#include "teed/handover.h"

struct teed_key {
	struct tee_custody *custody; /* NULL: there is no key */
	struct tee_standing standing;
	uint32_t generation; /* counts leases, also over keys */
	unsigned lifetime;   /* seconds, of this lease */
	time_t began;
	time_t expires;
	char *claims;   /* tee_claims_to_json */
	char *evidence; /* AttestationEvidence, or NULL */
};

/*
 * The first lease, by a report of an acquire and the seed beside it.  0 or
 * TEE_E_*, with *why a constant; then there is no key.  What the report
 * holds moves into the key; the seed is wiped either way, before anybody is
 * told of it.
 */
int teed_key_begin(struct teed_key *, const struct tee *plan,
    struct tee_bench *, struct teed_report *, uint8_t *seed,
    const char **why) TEE_MUST_USE;
/* The next lease of the same key; on failure the old one stands. */
int teed_key_renew(struct teed_key *, const struct tee *plan,
    struct teed_report *, const char **why) TEE_MUST_USE;
/* Destroys it at once; the generation goes on counting. */
void teed_key_end(struct teed_key *);

#endif
