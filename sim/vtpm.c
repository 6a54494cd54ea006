/* SPDX-License-Identifier: Apache-2.0 */
/* vtpm: see vtpm.h. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sim/vtpm.h"

bool
tee_sim_vtpm_open(struct sim_vtpm *vtpm, struct sim_asp *asp,
    char why[SIM_SWITCH_WHY])
{
	memset(vtpm, 0, sizeof(*vtpm));
	vtpm->asp = asp;
	if (!tee_sim_swtpm_open(&vtpm->tpm, asp->dir, why))
		return false;
	snprintf(why, SIM_SWITCH_WHY, "the vTPM does not tell its commands");
	if (tee_sim_tpmrm_open(&vtpm->rm, &vtpm->tpm) &&
	    tee_sim_paravisor_open(&vtpm->paravisor, asp, &vtpm->tpm, why))
		return true;
	tee_sim_swtpm_close(&vtpm->tpm);
	return false;
}

void
tee_sim_vtpm_close(struct sim_vtpm *vtpm)
{
	if (vtpm->asp == NULL)
		return;
	tee_sim_paravisor_close(&vtpm->paravisor);
	tee_sim_swtpm_close(&vtpm->tpm);
	vtpm->asp = NULL;
}

/*
 * TPM2_Quote: header, parameterSize u32, TPM2B_ATTEST, then TPMT_SIGNATURE:
 * scheme u16, hash u16, TPM2B.
 */
static void
spoil_quote(const struct sim_vtpm *vtpm, struct sim_tpmbuf *response)
{
	const struct sim_value *flip =
	    &vtpm->asp->switches.value[SIM_SW_TPM_QUOTE_BIT];
	size_t at = SIM_TPM_HEADER + 4, size;

	if (!flip->set || response->size < at + 2)
		return;
	at += 2u + tee_sim_get16(response->data + at) + 2 + 2;
	if (response->size < at + 2)
		return;
	size = tee_sim_get16(response->data + at);
	at += 2u + flip->number / 8;
	if (flip->number / 8 < size && at < response->size)
		response->data[at] ^= (uint8_t)(1u << flip->number % 8);
}

int
tee_sim_vtpm_run(struct sim_vtpm *vtpm, struct sim_space *space,
    const struct sim_tpmbuf *command, struct sim_tpmbuf *response)
{
	int error;

	if (tee_sim_asp_number(vtpm->asp, SIM_SW_TPM_GONE) != 0)
		return -EIO;
	if (tee_sim_asp_due(vtpm->asp, SIM_SW_TPM_RETRY)) {
		tee_sim_tpmbuf_error(response, SIM_RC_RETRY);
		return 0;
	}
	error = tee_sim_paravisor_run(&vtpm->paravisor, &vtpm->rm, space,
	    command, response);
	if (error == 0 && tee_sim_tpmbuf_code(command) == SIM_CC_QUOTE &&
	    tee_sim_tpmbuf_code(response) == SIM_RC_OK)
		spoil_quote(vtpm, response);
	return error;
}
