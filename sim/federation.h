/* SPDX-License-Identifier: Apache-2.0 */
/*
 * federation: workload identity.  The pretend cluster gives its workload a
 * token, DIR/cloud/federated-token, which the authority exchanges.
 */
#ifndef SIM_FEDERATION_H
#define SIM_FEDERATION_H

#include "sim/cloud.h"

/* Writes federated-token, tenant and client to DIR/cloud. */
bool tee_sim_federation_publish(struct sim_cloud *, EVP_PKEY *cluster);

/* Between identity.c and federation.c. */
EVP_PKEY *tee_sim_identity_cluster(const struct sim_identity *);
char *tee_sim_identity_mint(struct sim_cloud *, const char *audience,
    const char *client, int64_t *now, int64_t *expires);

#endif
