/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy kit: policies from text, claims from words, and one decision.  Text
 * is JSON with ' for ", so that it can be read in a C string.
 */
#ifndef TESTS_POLICY_KIT_H
#define TESTS_POLICY_KIT_H

#include <check.h>
#include <jansson.h>
#include <tee/trust.h>

#include "libtee/claims.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ok, bound by skr, tee_vm, up to date: changed by whoever needs to. */
struct tee_claims *policy_claims(void);
/* The four attributes of this object; NULL where it has none of them. */
struct tee_claims *policy_claims_of(const json_t *context);
/* Takes the JSON over. */
int policy_add(struct tee_policy *, json_t *, char why[TEE_POLICY_WHY]);
/* The document of this text; aborts the test where it is refused. */
struct tee_policy *policy_of(const char *text);
/* One rule, named "r", that allows; defaults that do not. */
json_t *policy_one_rule(const char *field, const char *op, json_t *value);
struct tee_decision policy_decide(const struct tee_policy *,
    const struct tee_claims *, const char *context);
/* Quoted for JSON; free(3) it. */
char *policy_text(const char *text);

#endif
