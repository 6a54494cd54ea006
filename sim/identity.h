/* SPDX-License-Identifier: Apache-2.0 */
/*
 * identity: access tokens, as RS256 JWTs of a key that nobody else has: for
 * the machine's managed identity through IMDS, and for a workload that shows
 * the authority a federated token.
 */
#ifndef SIM_IDENTITY_H
#define SIM_IDENTITY_H

#include <stdbool.h>

#include "sim/cloud.h"

struct sim_identity *tee_sim_identity_new(struct sim_cloud *);
void tee_sim_identity_free(struct sim_identity **);

/*
 * Whether "Bearer TOKEN" is a good access token for this audience, which may
 * have a slash at its end; *why in short words for people where not.
 */
bool tee_sim_identity_check(struct sim_cloud *, const char *authorization,
    const char *audience, const char **why);

#endif
