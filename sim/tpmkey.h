/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tpmkey: the two RSA-2048 keys that the paravisor keeps in its TPM, made
 * where they are not there yet.
 */
#ifndef SIM_TPMKEY_H
#define SIM_TPMKEY_H

#include <openssl/evp.h>

#include "sim/swtpm.h"

#define SIM_AK_HANDLE 0x81000003u
#define SIM_EK_HANDLE 0x81010001u

/* The public part; NULL where the TPM refuses. */
EVP_PKEY *tee_sim_tpmkey_ak(struct sim_swtpm *);
EVP_PKEY *tee_sim_tpmkey_ek(struct sim_swtpm *);

#define SIM_MODULUS 256
/* The modulus of an RSA-2048 key, big-endian. */
bool tee_sim_tpmkey_modulus(const EVP_PKEY *, uint8_t out[SIM_MODULUS]);

#endif
