/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy: a key release policy, by the grammar that Key Vault documents:
 * authorities, each with claims under anyOf or allOf, nested at will, and
 * `equals` as the one operator.
 */
#ifndef SIM_POLICY_H
#define SIM_POLICY_H

#include <stdbool.h>
#include <jansson.h>

#define SIM_POLICY_WHY 160

/* Whether a key may be made with it; else a sentence in `why`. */
bool tee_sim_policy_valid(const json_t *policy, char why[SIM_POLICY_WHY]);
/* Whether some part of it is about tokens of this issuer. */
bool tee_sim_policy_names(const json_t *policy, const char *issuer);
/* The verdict over the claims of a token that this issuer signed. */
bool tee_sim_policy_met(const json_t *policy, const char *issuer,
    const json_t *claims);

#endif
