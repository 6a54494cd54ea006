/* SPDX-License-Identifier: Apache-2.0 */
/* imds: the Instance Metadata Service's state and rules. */
#ifndef SIM_IMDS_H
#define SIM_IMDS_H

#include "sim/web.h"

struct sim_imds *tee_sim_imds_new(void);
void tee_sim_imds_free(struct sim_imds **);

/* THIM: the host's certificates, thim.c. */
sim_web_handler tee_sim_imds_thim;
/* The managed identity's token, identity.c. */
sim_web_handler tee_sim_imds_token;

/* {"error": ...} and {"error": ..., "error_description": ...} */
void tee_sim_imds_error(struct sim_web_answer *, unsigned status,
    const char *error, const char *description);
/* True where api-version is one of these (NULL ends), else the 400. */
bool tee_sim_imds_version(const struct sim_web_request *,
    struct sim_web_answer *, const char *const *versions);

#endif
