/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chain: the certificates and the CRL of one platform, from their
 * specifications.  To make one defect: tee_sim_chain_init, change one
 * member, tee_sim_chain_mint.
 */
#ifndef SIM_CHAIN_H
#define SIM_CHAIN_H

#include <stdbool.h>
#include <openssl/x509.h>

#include "sim/blob.h"
#include "sim/cert.h"
#include "sim/crl.h"

struct sim_chain_spec {
	struct sim_cert_spec cert[SIM_ROLES]; /* by enum sim_key */
	struct sim_crl_spec crl;
};

struct sim_chain {
	X509 *cert[SIM_ROLES];
	X509_CRL *crl;
};

enum sim_signer { SIM_SIGNER_VCEK = 0, SIM_SIGNER_VLEK = 1 };

void tee_sim_chain_init(struct sim_chain_spec *, const struct sim_platform *,
    const struct sim_keyset *);
/* All five certificates and the CRL; on false nothing is left to free. */
bool tee_sim_chain_mint(const struct sim_chain_spec *, struct sim_chain *);
void tee_sim_chain_free(struct sim_chain *);

/* The parts below append to `out`, in DER or PEM. */
bool tee_sim_chain_der(const struct sim_chain *, enum sim_key role,
    struct sim_blob *out);
bool tee_sim_chain_crl(const struct sim_chain *, struct sim_blob *out);
/* Leaf, intermediate, ARK. */
bool tee_sim_chain_pem(const struct sim_chain *, enum sim_signer,
    struct sim_blob *out);
bool tee_sim_chain_cert_pem(const struct sim_chain *, enum sim_key role,
    struct sim_blob *out);
/* The same three, with the CRL where asked, as the host's table. */
bool tee_sim_chain_table(const struct sim_chain *, enum sim_signer,
    bool with_crl, struct sim_blob *out);

/* SHA-256 of the ARK's SubjectPublicKeyInfo in hex: require.roots names it. */
#define SIM_ROOT_TEXT 65
bool tee_sim_chain_root(const struct sim_chain *, char out[SIM_ROOT_TEXT]);

#endif
