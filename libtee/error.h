/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error: the one table of TEE_E_* codes, their words, texts and next steps,
 * and the words for the enumerations of <tee/types.h>.
 */
#ifndef LIBTEE_ERROR_H
#define LIBTEE_ERROR_H

#include <tee/tee.h>

/* Anything that is not one of the three verdicts is a deny. */
enum tee_verdict tee_verdict_normal(enum tee_verdict);
const char *tee_verdict_word(enum tee_verdict);
/* The code a caller gets for a verdict that is not TEE_OK. */
int tee_verdict_error(enum tee_verdict);

const char *tee_check_word(enum tee_check_result);
const char *tee_origin_word(enum tee_key_origin);
const char *tee_level_word(enum tee_confidential_level);
const char *tee_tcb_word(enum tee_tcb_status);
const char *tee_facility_word(enum tee_facility);

/* Exact, case-sensitive; false where the word is none of ours. */
bool tee_origin_parse(const char *, enum tee_key_origin *) TEE_MUST_USE;
bool tee_level_parse(const char *, enum tee_confidential_level *) TEE_MUST_USE;
bool tee_tcb_parse(const char *, enum tee_tcb_status *) TEE_MUST_USE;
bool tee_origin_is_tee(enum tee_key_origin);

#endif
