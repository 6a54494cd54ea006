/* SPDX-License-Identifier: Apache-2.0 */
/* tpmnv: see tpmnv.h. */
#include "config.h"

#include <string.h>

#include "sim/tpmnv.h"

#define ALG_SHA256 0x000b
#define PUBLIC_SIZE 14 /* TPMS_NV_PUBLIC without a policy */

static bool
by_platform(const struct sim_nv *nv)
{
	return (nv->attributes & SIM_NV_PLATFORMCREATE) != 0;
}

static uint32_t
maker(const struct sim_nv *nv)
{
	return by_platform(nv) ? SIM_RH_PLATFORM : SIM_RH_OWNER;
}

uint32_t
tee_sim_nv_define(struct sim_swtpm *tpm, const struct sim_nv *nv)
{
	struct sim_tpmbuf command, response;

	tee_sim_tpmbuf_start(&command, SIM_TPM_SESSIONS, SIM_CC_NV_DEFINE);
	tee_sim_tpmbuf_u32(&command, maker(nv));
	tee_sim_tpmbuf_password(&command, NULL, 0);
	tee_sim_tpmbuf_2b(&command, nv->auth,
	    by_platform(nv) ? SIM_NV_AUTH : 0);
	tee_sim_tpmbuf_u16(&command, PUBLIC_SIZE);
	tee_sim_tpmbuf_u32(&command, nv->index);
	tee_sim_tpmbuf_u16(&command, ALG_SHA256);
	tee_sim_tpmbuf_u32(&command, nv->attributes);
	tee_sim_tpmbuf_2b(&command, NULL, 0);
	tee_sim_tpmbuf_u16(&command, nv->size);
	return tee_sim_swtpm_call(tpm, &command, &response);
}

uint32_t
tee_sim_nv_undefine(struct sim_swtpm *tpm, const struct sim_nv *nv)
{
	struct sim_tpmbuf command, response;

	tee_sim_tpmbuf_start(&command, SIM_TPM_SESSIONS, SIM_CC_NV_UNDEFINE);
	tee_sim_tpmbuf_u32(&command, maker(nv));
	tee_sim_tpmbuf_u32(&command, nv->index);
	tee_sim_tpmbuf_password(&command, NULL, 0);
	return tee_sim_swtpm_call(tpm, &command, &response);
}

uint32_t
tee_sim_nv_write(struct sim_swtpm *tpm, const struct sim_nv *nv,
    const void *data)
{
	struct sim_tpmbuf command, response;

	tee_sim_tpmbuf_start(&command, SIM_TPM_SESSIONS, SIM_CC_NV_WRITE);
	tee_sim_tpmbuf_u32(&command, nv->index);
	tee_sim_tpmbuf_u32(&command, nv->index);
	tee_sim_tpmbuf_password(&command, nv->auth, SIM_NV_AUTH);
	tee_sim_tpmbuf_2b(&command, data, nv->size);
	tee_sim_tpmbuf_u16(&command, 0);
	return tee_sim_swtpm_call(tpm, &command, &response);
}

uint32_t
tee_sim_nv_read(struct sim_swtpm *tpm, uint32_t index, void *out, uint16_t size)
{
	const size_t at = SIM_TPM_HEADER + 4 + 2;
	struct sim_tpmbuf command, response;
	uint32_t rc;

	tee_sim_tpmbuf_start(&command, SIM_TPM_SESSIONS, SIM_CC_NV_READ);
	tee_sim_tpmbuf_u32(&command, SIM_RH_OWNER);
	tee_sim_tpmbuf_u32(&command, index);
	tee_sim_tpmbuf_password(&command, NULL, 0);
	tee_sim_tpmbuf_u16(&command, size);
	tee_sim_tpmbuf_u16(&command, 0);
	rc = tee_sim_swtpm_call(tpm, &command, &response);
	if (rc != SIM_RC_OK)
		return rc;
	if (response.size < at + size ||
	    tee_sim_get16(response.data + at - 2) != size)
		return (uint32_t)SIM_RC_NO_TPM;
	memcpy(out, response.data + at, size);
	return SIM_RC_OK;
}

bool
tee_sim_nv_exists(struct sim_swtpm *tpm, uint32_t index)
{
	struct sim_tpmbuf command, response;

	tee_sim_tpmbuf_start(&command, SIM_TPM_NO_SESSIONS,
	    SIM_CC_NV_READ_PUBLIC);
	tee_sim_tpmbuf_u32(&command, index);
	return tee_sim_swtpm_call(tpm, &command, &response) == SIM_RC_OK;
}
