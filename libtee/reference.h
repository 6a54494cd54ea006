/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reference: the floor.  What a profile requires of claims and key origin,
 * tightened by the caller; every comparison leaves a named check.
 */
#ifndef LIBTEE_REFERENCE_H
#define LIBTEE_REFERENCE_H

#include "libtee/claims.h"
#include "libtee/evidence.h"

enum tee_assurance {
	TEE_ASSURANCE_TEE = 0,
	TEE_ASSURANCE_PREFER_TEE,
	TEE_ASSURANCE_LOCAL
};

struct tee_measurement {
	char *name;
	uint8_t *data;
	size_t size;
};

struct tee_reference {
	enum tee_confidential_level min_level;
	unsigned origins;      /* bit per enum tee_key_origin; 0: any TEE */
	unsigned tcb_statuses; /* bit per enum tee_tcb_status; 0: any */
	bool debug_allowed;
	bool allow_simulated;
	unsigned max_age; /* seconds */
	struct tee_measurement *measurements;
	size_t measurement_count;
	uint8_t (*roots)[TEE_SPKI_DIGEST_SIZE];
	size_t root_count;
};

/* Clocks of peers differ; evidence may be this many seconds ahead. */
#define TEE_CLOCK_SKEW 60

enum tee_verdict tee_reference_claims(const struct tee_reference *,
    struct tee_claims *);
enum tee_verdict tee_reference_age(const struct tee_reference *,
    const struct tee_evidence *, tee_instant now, struct tee_claims *);
enum tee_verdict tee_reference_origin(const struct tee_reference *,
    enum tee_assurance, enum tee_key_origin, struct tee_claims *);
bool tee_reference_pins(const struct tee_reference *, const char *name);
void tee_reference_clear(struct tee_reference *);

#endif
