/* SPDX-License-Identifier: Apache-2.0 */
/* crl: specification of the list by which the ARK revokes ASK and ASVK. */
#ifndef SIM_CRL_H
#define SIM_CRL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <openssl/x509.h>

#include "sim/cert.h"

#define SIM_CRL_REVOKED_MAX 8

struct sim_crl_spec {
	struct sim_name issuer;
	EVP_PKEY *issuer_key; /* borrowed: signs */
	struct sim_signature signature;
	time_t this_update;
	time_t next_update;
	bool no_next_update;
	int64_t number;                       /* -1: no cRLNumber */
	int64_t revoked[SIM_CRL_REVOKED_MAX]; /* serial numbers */
	size_t revoked_count;
	bool unknown_critical; /* an extension nobody can know */
	bool delta;            /* a deltaCRLIndicator */
};

/* Issued by the ARK yesterday, good for a year, revokes nothing. */
void tee_sim_crl_init(struct sim_crl_spec *, const struct sim_platform *,
    const struct sim_keyset *);
X509_CRL *tee_sim_crl_mint(const struct sim_crl_spec *);

#endif
