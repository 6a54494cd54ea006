/* SPDX-License-Identifier: Apache-2.0 */
/* certs: AMD's certificates of the machine as its services hand them out. */
#ifndef SIM_CERTS_H
#define SIM_CERTS_H

#include "sim/cloud.h"

/* The VCEK of the machine's chip at another TCB; NULL where it fails. */
X509 *tee_sim_certs_vcek(const struct sim_cloud *, const struct sim_tcb *);
/* PEM of the two, one behind the other, without terminator. */
bool tee_sim_certs_issuers(const struct sim_cloud *, enum sim_key issuer,
    struct sim_blob *out);

#endif
