/* SPDX-License-Identifier: Apache-2.0 */
/*
 * legacy: /dev/sev of guests with Linux 5.15, whose driver never reached the
 * kernel.  Only the report message is known from its callers, and so only
 * that is served; every other command is ENOTTY.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "sim/driver.h"

#define MSG_REPORT_REQ 5
#define MSG_REPORT_RSP 6

static bool
well_formed(const struct sim_legacy_request *io)
{
	return io->msg_version != 0 && io->req_msg_type == MSG_REPORT_REQ &&
	    io->rsp_msg_type == MSG_REPORT_RSP &&
	    io->request_len == sizeof(struct snp_report_req) &&
	    io->response_len == SIM_LEGACY_RESPONSE && io->request_uaddr != 0 &&
	    io->response_uaddr != 0;
}

static int
fault(struct sim_asp *asp, struct sim_legacy_request *io)
{
	if (tee_sim_asp_due(asp, SIM_SW_FAIL))
		return -(int)tee_sim_asp_number(asp, SIM_SW_FAIL);
	if (tee_sim_asp_due(asp, SIM_SW_VMM_BUSY))
		return -EIO;
	io->error = tee_sim_asp_number(asp, SIM_SW_FW_ERROR);
	return io->error != 0 ? -EIO : 0;
}

int
tee_sim_driver_legacy(struct sim_asp *asp, unsigned cmd,
    struct sim_legacy_request *io, bool *back, const struct sim_memory *memory)
{
	struct snp_report_req request;
	struct snp_report_resp response;
	int error;

	*back = false;
	if (cmd != SIM_LEGACY_REPORT ||
	    tee_sim_asp_number(asp, SIM_SW_VMPCK) != 0)
		return -ENOTTY;
	if (!well_formed(io))
		return -EINVAL;
	if (!memory->read(memory->caller, io->request_uaddr, &request,
		sizeof(request)))
		return -EFAULT;
	*back = true;
	error = fault(asp, io);
	if (error != 0)
		return error;
	if (!tee_sim_asp_report(asp, &request, &response))
		return -EIO;
	return memory->write(memory->caller, io->response_uaddr, &response,
		   SIM_LEGACY_RESPONSE) ?
	    0 :
	    -EFAULT;
}
