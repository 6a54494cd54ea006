/* SPDX-License-Identifier: Apache-2.0 */
/*
 * custodian: the door of teed's worker.  A transaction runs here as it does
 * for tee_acquire, tee_renew and tee_attest, but the key goes to whoever
 * called: a process that exits once it has handed it over.  Exported under a
 * version of its own for the worker alone; no public header declares it.
 */
#ifndef LIBTEE_CUSTODIAN_H
#define LIBTEE_CUSTODIAN_H

#include "libtee/standing.h"

struct tee_release {
	struct tee_standing standing;
	unsigned lifetime;   /* seconds that profile, origin, claims allow */
	char *claims_json;   /* tee_claims_to_json, residency "teed" */
	char *evidence_json; /* NULL where none was collected */
	/* Where it was not granted, or granted by a fallback; "" otherwise. */
	char reason[64];
	char detail[512];
};

/*
 * Every line is opened, also those that tee_open leaves to teed.  The file
 * must have this SHA-256: what the keeper read is what is run.
 */
TEE_EXPORT int tee_custodian_open(const char *path, const uint8_t digest[32],
    const struct tee_options *, struct tee **out) TEE_MUST_USE;
/* The seed goes into the caller's locked memory; zeroed on any failure. */
TEE_EXPORT int tee_custodian_acquire(struct tee *, uint8_t seed[TEE_SEED_SIZE],
    struct tee_release *out) TEE_MUST_USE;
/* 0: a new lease; DENIED: the key must be destroyed; else it may stay. */
TEE_EXPORT int tee_custodian_renew(struct tee *, const struct tee_standing *,
    struct tee_release *out) TEE_MUST_USE;
TEE_EXPORT int tee_custodian_attest(struct tee *, const struct tee_standing *,
    const struct tee_challenge *, struct tee_release *out) TEE_MUST_USE;
TEE_EXPORT void tee_release_clear(struct tee_release *);

#endif
