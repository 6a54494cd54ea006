/* SPDX-License-Identifier: Apache-2.0 */
/* trust_kit: claims as appraisal grants them, keys and peers by number. */
#ifndef TESTS_TEST_TRUST_KIT_H
#define TESTS_TEST_TRUST_KIT_H

#include "libtee/trust/cache.h"

#define KIT_NOW (INT64_C(1700000000) * TEE_SECOND)
#define KIT_MINUTE (60 * TEE_SECOND)

/* `mark` comes back from kit_mark of what a hit gives. */
struct tee_claims *kit_claims(uint64_t mark);
uint64_t kit_mark(const struct tee_claims *);
void kit_id(uint64_t number, uint8_t out[32]);

/* One verification that went well; false where it was not asked for. */
bool kit_verify(struct trust_cache *, uint64_t key, uint64_t peer,
    tee_instant now, tee_instant expires);
/* A hit with the mark of this key; any other mark aborts the test. */
bool kit_hit(struct trust_cache *, uint64_t key, tee_instant now);

#endif
