/* SPDX-License-Identifier: Apache-2.0 */
/* vaultadmin: making and reading a vault's keys, as its REST interface does. */
#ifndef SIM_VAULTADMIN_H
#define SIM_VAULTADMIN_H

#include "sim/vault.h"

/* POST /keys/NAME/create */
void tee_sim_vault_create(struct sim_cloud *, const struct sim_web_request *,
    const char *name, struct sim_web_answer *);
/* GET /keys/NAME */
void tee_sim_vault_show(struct sim_cloud *, const struct sim_vault_key *,
    struct sim_web_answer *);

#endif
