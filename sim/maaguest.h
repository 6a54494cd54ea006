/* SPDX-License-Identifier: Apache-2.0 */
/* maaguest: what AzureGuest judged, and the token that it makes of it. */
#ifndef SIM_MAAGUEST_H
#define SIM_MAAGUEST_H

#include "sim/attest.h"
#include "sim/maa.h"

struct sim_guest_facts {
	struct sim_maa_facts facts;
	EVP_PKEY *ak, *enckey;
};

json_t *tee_sim_guest_claims(struct sim_cloud *, const json_t *info,
    const struct sim_guest_facts *);
/* The token encrypted to that key, base64url; malloc'd. */
char *tee_sim_guest_seal(struct sim_cloud *, const char *token, EVP_PKEY *);

#endif
