/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tpmsession: HMAC sessions without salt and bind, the default of tpm2-tools.
 * Where the password is empty too their HMAC has no key (TPM 2.0 part 1, 19),
 * so that whoever follows the nonces can check a command and sign another.
 */
#ifndef SIM_TPMSESSION_H
#define SIM_TPMSESSION_H

#include <openssl/evp.h>

#include "sim/tpmbuf.h"

#define SIM_NONCE_MAX 64

struct sim_tpm_session {
	bool keyless;
	const EVP_MD *md;
	uint8_t nonce[SIM_NONCE_MAX]; /* the TPM's last */
	size_t nonce_size;
};

/* From TPM2_StartAuthSession and its response. */
void tee_sim_session_start(struct sim_tpm_session *,
    const struct sim_tpmbuf *command, const struct sim_tpmbuf *response);

/* One session of an authorization area; offsets into the buffer. */
struct sim_tpm_auth {
	uint32_t handle; /* of a command */
	size_t nonce, nonce_size;
	uint8_t attributes;
	size_t hmac, hmac_size;
	size_t end;
};

/* Of a command, which has the handle, or of a response at this offset. */
bool tee_sim_auth_parse(struct sim_tpm_auth *, const struct sim_tpmbuf *,
    size_t at, bool command);
/* HMAC of SHA-256(what was asked or answered), the nonces and attributes. */
bool tee_sim_session_hmac(const struct sim_tpm_session *, const uint8_t *digest,
    const struct sim_tpmbuf *command, const struct sim_tpm_auth *asked,
    bool response, uint8_t attributes, uint8_t out[EVP_MAX_MD_SIZE]);

#endif
