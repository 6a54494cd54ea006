/* SPDX-License-Identifier: Apache-2.0 */
/*
 * akcert: the certificate of a vTPM's attestation key, by a pretend "Global
 * Virtual TPM CA" whose key is kept in the machine's directory.
 */
#ifndef SIM_AKCERT_H
#define SIM_AKCERT_H

#include "sim/asp.h"

/* vtpm-ca.key, and vtpm-ca.pem for whoever is to trust it. */
EVP_PKEY *tee_sim_akcert_ca(int dir, const struct sim_platform *);
/* DER, appended; one year from yesterday. */
bool tee_sim_akcert_make(const struct sim_keyset *, EVP_PKEY *ca, EVP_PKEY *ak,
    time_t now, struct sim_blob *der);

#endif
