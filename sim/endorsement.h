/* SPDX-License-Identifier: Apache-2.0 */
/*
 * endorsement: what the maker of the utility VM says of its launch digest: a
 * COSE_Sign1 (RFC 9052) by a certificate chain of the simulator's own, in both
 * forms that are in use.
 */
#ifndef SIM_ENDORSEMENT_H
#define SIM_ENDORSEMENT_H

#include <stdint.h>
#include <openssl/x509.h>

#include "sim/blob.h"

#define SIM_UVM_EKU "1.3.6.1.4.1.311.76.59.1.2"
#define SIM_UVM_FEED "ContainerPlat-AMD-UVM"
#define SIM_UVM_DID_MAX 128

/* Leaf, authority, root; RSA-2048, kept in the machine's directory. */
struct sim_signer_chain {
	EVP_PKEY *key[3];
	X509 *cert[3];
};

bool tee_sim_signer_open(struct sim_signer_chain *, int dir);
void tee_sim_signer_close(struct sim_signer_chain *);
/* did:x509:0:sha256:ROOT::eku:OID */
bool tee_sim_signer_did(const struct sim_signer_chain *,
    char out[SIM_UVM_DID_MAX]);

struct sim_endorsement {
	bool hash_envelope; /* of 2025: claims in the header, bare digest */
	const char *issuer;
	const char *feed;
	const char *svn;
	uint8_t measurement[48];
	int64_t signing_time;
};

/* Into an empty blob, with tag 18. */
bool tee_sim_endorse(const struct sim_endorsement *,
    const struct sim_signer_chain *, struct sim_blob *out);

#endif
