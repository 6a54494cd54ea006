/* SPDX-License-Identifier: Apache-2.0 */
/* handshake_rows: the attacks on a handshake, each with what refuses it. */
#ifndef TESTS_TEST_HANDSHAKE_ROWS_H
#define TESTS_TEST_HANDSHAKE_ROWS_H

#include "tests/test_handshake_kit.h"

/* Which relying party it is tried on. */
enum hs_party {
	HS_OPTIONAL = 0, /* takes peers without evidence */
	HS_REQUIRES,     /* its profile's assurance is "tee" */
	HS_TRUSTING,     /* no pinned measurement, no origin required */
	HS_UNMEASURED,   /* an origin required, no measurement pinned */
	HS_DENYING,      /* its verifier says no */
	HS_BLIND,        /* its verifier cannot be asked */
	HS_BARE,         /* it has no verifier */
	HS_CROWDED,      /* remembers few challenges */
	HS_SCORING,      /* effective score of 700 required */
	HS_POLICED,      /* a policy that wants an up-to-date TCB */
	HS_TURNING,      /* its verifier says yes once, then no */
	HS_LASTING,      /* takes evidence of an hour ago */
	HS_PARTIES
};

struct hs_attack {
	const char *name;
	const char *reason;
	enum hs_party party;
	enum hs_shape shape;
	/* Each may be NULL; in this order, the answer between the two. */
	void (*prepare)(struct hs_scene *);
	void (*spoil)(struct hs_scene *);
};

extern bool hs_broken; /* --accepted */
extern const struct hs_attack hs_identity_rows[];
extern const size_t hs_identity_count;
extern const struct hs_attack hs_evidence_rows[];
extern const size_t hs_evidence_count;
extern const struct hs_attack hs_text_rows[];
extern const size_t hs_text_count;
extern const struct hs_attack hs_claims_rows[];
extern const size_t hs_claims_count;
extern const struct hs_attack hs_recall_rows[];
extern const size_t hs_recall_count;

#endif
