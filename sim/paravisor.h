/* SPDX-License-Identifier: Apache-2.0 */
/*
 * paravisor: what Azure's HCL adds to the vTPM of a confidential VM: its
 * keys, the certificate of the AK, and the HCL report, which a read renews.
 */
#ifndef SIM_PARAVISOR_H
#define SIM_PARAVISOR_H

#include "sim/hcl.h"
#include "sim/shadow.h"

#define SIM_NV_HCL 0x01400001u
#define SIM_NV_USER_DATA 0x01400002u
#define SIM_NV_AK_CERT 0x01c101d0u
#define SIM_HCL_SIZE 2600
#define SIM_AK_CERT_SIZE 4096

struct sim_paravisor {
	struct sim_asp *asp;
	struct sim_swtpm *tpm;
	EVP_PKEY *ak, *ek, *ca;
	EVP_PKEY *other; /* an AK that this TPM does not have */
	struct sim_shadow hcl, ak_cert;
	uint64_t made;    /* when the report was, in ms; 0: at boot */
	struct stat seen; /* the switches when they were last looked at */
	uint32_t cert_state, user_data_state; /* words of their switches */
};

/* Boots it; *why holds the reason where this fails. */
bool tee_sim_paravisor_open(struct sim_paravisor *, struct sim_asp *,
    struct sim_swtpm *, char why[SIM_SWITCH_WHY]);
void tee_sim_paravisor_close(struct sim_paravisor *);
/* As tee_sim_tpmrm_run, with what the paravisor answers itself. */
int tee_sim_paravisor_run(struct sim_paravisor *, struct sim_tpmrm *,
    struct sim_space *, const struct sim_tpmbuf *command,
    struct sim_tpmbuf *response);

/* Milliseconds of a clock that only goes forward. */
uint64_t tee_sim_now(void);

#endif
