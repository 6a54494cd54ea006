/* SPDX-License-Identifier: Apache-2.0 */
/*
 * claims: what verifiers asserted, and how the assertions of several meet.
 *
 *   claim                    authority    across verifiers
 *   platform, texts          tee          equal, or deny
 *   confidential level       tee          minimum
 *   debug disabled           tee          AND
 *   tcb status               tcb          minimum
 *   tcb                      tcb          minimum, component by component
 *   measurements             measurement  equal, or deny
 *   simulated                always       OR
 *   lifetime                 always       shortest
 *
 * A claim survives only if every line with authority for it asserted it, so
 * a verifier more can only shrink the result; one more with an authority that
 * no line had before it, as an administrator may write, brings that alone.
 */
#ifndef LIBTEE_CLAIMS_H
#define LIBTEE_CLAIMS_H

#include "libtee/clock.h"
#include "libtee/error.h"

enum tee_authority {
	TEE_AUTHORITY_TEE = 1,
	TEE_AUTHORITY_TCB = 2,
	TEE_AUTHORITY_MEASUREMENT = 4,
	TEE_AUTHORITY_ALL = 7
};

enum tee_asserted {
	TEE_ASSERTED_LEVEL = 1,
	TEE_ASSERTED_DEBUG = 2,
	TEE_ASSERTED_TCB_STATUS = 4,
	TEE_ASSERTED_TCB = 8
};

#define TEE_NAMED_MAX 48
#define TEE_CHECKS_MAX 256

struct tee_named {
	char *name;
	uint8_t *data; /* NUL-terminated beyond size */
	size_t size;
};

struct tee_named_list {
	struct tee_named entry[TEE_NAMED_MAX];
	size_t count;
};

struct tee_check {
	char *name; /* owns the bytes of both */
	char *detail;
	enum tee_check_result result;
};

struct tee_claims {
	unsigned asserted; /* enum tee_asserted */
	enum tee_confidential_level level;
	bool debug_disabled;
	enum tee_tcb_status tcb_status;
	uint8_t tcb[8];
	struct tee_named_list texts; /* "platform" among them */
	struct tee_named_list measurements;
	bool simulated;
	bool broken;    /* a claim could not be kept: deny */
	time_t expires; /* 0: no limit asserted */

	bool binding_seen;
	bool binding_match;

	/* Filled by the core after the meet. */
	enum tee_verdict verdict;
	bool incomplete; /* nothing failed, but something was not done */
	enum tee_key_origin key_origin;
	tee_instant verified_at;
	const char *residency; /* "process", or NULL where no key is held */

	struct tee_check checks[TEE_CHECKS_MAX];
	size_t check_count;
};

struct tee_voice {
	const struct tee_claims *claims;
	unsigned authority;
};

struct tee_claims *tee_claims_new(void);
void tee_claims_check(struct tee_claims *, const char *name,
    enum tee_check_result, const char *detail);
/* Every check so far; deny beats unavailable beats ok. */
enum tee_verdict tee_claims_checks_verdict(const struct tee_claims *);
void tee_claims_name(struct tee_claims *, struct tee_named_list *,
    const char *name, const void *data, size_t size);
const struct tee_named *tee_named_find(const struct tee_named_list *,
    const char *name);
/*
 * The meet of all voices into `out`; TEE_DENY, with *why set, where two of
 * them contradict each other.  No voice at all is a deny.
 */
enum tee_verdict tee_claims_meet(const struct tee_voice *, size_t count,
    struct tee_claims *out, const char **why);
/* Nothing that `from` says is kept, except its checks, appended. */
void tee_claims_append_checks(struct tee_claims *, const char *prefix,
    const struct tee_claims *from);
struct tee_claims *tee_claims_copy(const struct tee_claims *);

#endif
