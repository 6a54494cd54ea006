/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hcl: the attestation report that Azure's paravisor leaves in its vTPM: an
 * SNP report over the hash of runtime claims, which name the TPM's keys.
 */
#ifndef SIM_HCL_H
#define SIM_HCL_H

#include "sim/asp.h"

#define SIM_HCL_USER_DATA 64
#define SIM_HCL_HEADER 1236 /* what stands before the runtime claims */

struct sim_hcl_claims {
	const EVP_PKEY *ak, *ek;
	uint8_t user_data[SIM_HCL_USER_DATA];
};

/* How a paravisor launches its guest; for sim_asp.launch. */
extern const struct sim_launch tee_sim_hcl_launch;

/* Fills `out`, zero padded; false where it does not fit or is not signed. */
bool tee_sim_hcl_make(struct sim_asp *, const struct sim_hcl_claims *,
    uint8_t *out, size_t size);

/* vmUniqueId of the claims, vmId of the metadata service: this machine's. */
#define SIM_VM_ID_TEXT 37
void tee_sim_hcl_vm_id(const struct sim_keyset *, char out[SIM_VM_ID_TEXT]);

#endif
