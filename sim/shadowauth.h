/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shadowauth: between shadow.c and the sessions of its readers.  The TPM sees
 * another command than the reader sent, so an HMAC over the one becomes an
 * HMAC over the other, and back.
 */
#ifndef SIM_SHADOWAUTH_H
#define SIM_SHADOWAUTH_H

#include "sim/shadow.h"

struct sim_shadow_auth {
	const struct sim_tpm_session *session; /* NULL: nothing to do */
	const struct sim_tpmbuf *command;      /* as the reader sent it */
	struct sim_tpm_auth asked;
};

/*
 * Signs `changed` where the reader's command was signed rightly.  Where it was
 * not, or cannot be checked, the TPM refuses what it gets.
 */
void tee_sim_shadow_auth_command(struct sim_shadow_auth *,
    const struct sim_shadow *, struct sim_space *,
    const struct sim_tpmbuf *command, struct sim_tpmbuf *changed);
/* Signs the response whose data are by now the shadow's. */
void tee_sim_shadow_auth_response(const struct sim_shadow_auth *,
    struct sim_tpmbuf *response);

#endif
