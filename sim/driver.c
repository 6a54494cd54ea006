/* SPDX-License-Identifier: Apache-2.0 */
/* driver: see driver.h; /dev/sev stands in legacy.c. */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <openssl/crypto.h>

#include "sim/driver.h"

#define NO_FW_CALL 0xff /* exitinfo2 before firmware was called */
#define PAGES_MAX 256   /* to which a growing table grows */

static uint64_t
vmm_error(uint32_t error)
{
	return (uint64_t)error << 32;
}

/*
 * Failures that the switches ask for: 0 or -errno.  The kernel wipes the
 * VMPCK after any of them, because the message's sequence number is used up.
 */
static int
fault(struct sim_asp *asp, uint64_t *exitinfo2)
{
	if (tee_sim_asp_due(asp, SIM_SW_FAIL))
		return -(int)tee_sim_asp_number(asp, SIM_SW_FAIL);
	if (tee_sim_asp_due(asp, SIM_SW_VMM_BUSY))
		*exitinfo2 = vmm_error(SNP_GUEST_VMM_ERR_BUSY);
	else if (tee_sim_asp_number(asp, SIM_SW_VMM_ERROR) != 0)
		*exitinfo2 =
		    vmm_error(tee_sim_asp_number(asp, SIM_SW_VMM_ERROR));
	else if (tee_sim_asp_number(asp, SIM_SW_FW_ERROR) != 0)
		*exitinfo2 = tee_sim_asp_number(asp, SIM_SW_FW_ERROR);
	else
		return 0;
	return -EIO;
}

static int
ask(struct sim_asp *asp, uint64_t *exitinfo2)
{
	int error = fault(asp, exitinfo2);

	if (error != 0 && tee_sim_asp_number(asp, SIM_SW_WIPE) != 0)
		asp->wiped = true;
	if (error == 0)
		*exitinfo2 = 0;
	return error;
}

static int
ask_ioctl(struct sim_asp *asp, struct snp_guest_request_ioctl *io)
{
	uint64_t exitinfo2 = io->exitinfo2;
	int error = ask(asp, &exitinfo2);

	io->exitinfo2 = exitinfo2;
	return error;
}

static bool
no_vmpck(const struct sim_asp *asp)
{
	return asp->wiped || tee_sim_asp_number(asp, SIM_SW_VMPCK) != 0;
}

static int
get_report(struct sim_asp *asp, struct snp_guest_request_ioctl *io,
    const struct sim_memory *memory)
{
	struct snp_report_req request;
	struct snp_report_resp response;
	int error;

	if (io->req_data == 0 || io->resp_data == 0)
		return -EINVAL;
	if (!memory->read(memory->caller, io->req_data, &request,
		sizeof(request)))
		return -EFAULT;
	error = ask_ioctl(asp, io);
	if (error != 0)
		return error;
	if (!tee_sim_asp_report(asp, &request, &response))
		return -EIO;
	return memory->write(memory->caller, io->resp_data, &response,
		   sizeof(response)) ?
	    0 :
	    -EFAULT;
}

static int
get_derived_key(struct sim_asp *asp, struct snp_guest_request_ioctl *io,
    const struct sim_memory *memory)
{
	struct snp_derived_key_req request;
	struct snp_derived_key_resp response;
	int error;

	if (io->req_data == 0 || io->resp_data == 0)
		return -EINVAL;
	if (!memory->read(memory->caller, io->req_data, &request,
		sizeof(request)))
		return -EFAULT;
	error = ask_ioctl(asp, io);
	if (error != 0)
		return error;
	if (!tee_sim_asp_key(asp, &request, &response))
		return -EIO;
	error = memory->write(memory->caller, io->resp_data, &response,
		    sizeof(response)) ?
	    0 :
	    -EFAULT;
	OPENSSL_cleanse(&response, sizeof(response));
	return error;
}

/* Whole pages; a host without certificates needs none. */
static uint32_t
certs_needed(struct sim_asp *asp)
{
	uint32_t how = tee_sim_asp_number(asp, SIM_SW_CERTS);
	size_t pages = (asp->certs.size + SIM_PAGE - 1) / SIM_PAGE;

	if (how == SIM_CERTS_NONE)
		return 0;
	if (how == SIM_CERTS_GROWING && asp->grown < PAGES_MAX)
		asp->grown++;
	return (uint32_t)(pages + asp->grown) * SIM_PAGE;
}

int
tee_sim_driver_extended(struct sim_asp *asp,
    const struct snp_report_req *request, uint32_t *certs_len,
    uint64_t *exitinfo2, struct snp_report_resp *response)
{
	int error = ask(asp, exitinfo2);
	uint32_t needed = error == 0 ? certs_needed(asp) : 0;

	if (error != 0)
		return error;
	/* A growing table has grown past any buffer that was asked for. */
	if (*certs_len < needed ||
	    tee_sim_asp_number(asp, SIM_SW_CERTS) == SIM_CERTS_GROWING) {
		if (needed <= *certs_len)
			needed = *certs_len + SIM_PAGE;
		*certs_len = needed;
		*exitinfo2 = vmm_error(SNP_GUEST_VMM_ERR_INVALID_LEN);
		return -EIO;
	}
	return tee_sim_asp_report(asp, request, response) ? 0 : -EIO;
}

/* Zero bytes fill what the table leaves of the caller's buffer. */
static bool
write_certs(const struct sim_asp *asp, const struct snp_ext_report_req *request,
    const struct sim_memory *memory)
{
	uint8_t pages[SIM_CERTS_MAX] = { 0 };

	memcpy(pages, asp->certs.data, asp->certs.size);
	return memory->write(memory->caller, request->certs_address, pages,
	    request->certs_len);
}

static int
get_ext_report(struct sim_asp *asp, struct snp_guest_request_ioctl *io,
    const struct sim_memory *memory)
{
	struct snp_ext_report_req request;
	struct snp_report_resp response;
	uint32_t certs_len = 0;
	uint64_t exitinfo2;
	int error;

	if (io->req_data == 0 || io->resp_data == 0)
		return -EINVAL;
	if (!memory->read(memory->caller, io->req_data, &request,
		sizeof(request)))
		return -EFAULT;
	if (request.certs_len != 0 && request.certs_address != 0) {
		if (request.certs_len > SIM_CERTS_MAX ||
		    request.certs_len % SIM_PAGE != 0)
			return -EINVAL;
		certs_len = request.certs_len;
	}
	exitinfo2 = io->exitinfo2;
	error = tee_sim_driver_extended(asp, &request.data, &certs_len,
	    &exitinfo2, &response);
	io->exitinfo2 = exitinfo2;
	if (io->vmm_error == SNP_GUEST_VMM_ERR_INVALID_LEN) {
		request.certs_len = certs_len;
		if (!memory->write(memory->caller, io->req_data, &request,
			sizeof(request)))
			return -EFAULT;
	}
	if (error != 0)
		return error;
	if (certs_len != 0 && !write_certs(asp, &request, memory))
		return -EFAULT;
	return memory->write(memory->caller, io->resp_data, &response,
		   sizeof(response)) ?
	    0 :
	    -EFAULT;
}

int
tee_sim_driver_ioctl(struct sim_asp *asp, unsigned cmd,
    struct snp_guest_request_ioctl *io, bool *back,
    const struct sim_memory *memory)
{
	int error = -ENOTTY;

	*back = false;
	io->exitinfo2 = NO_FW_CALL;
	if (io->msg_version == 0)
		return -EINVAL;
	if (no_vmpck(asp))
		return -ENOTTY;
	switch (cmd) {
	case SNP_GET_REPORT:
		error = get_report(asp, io, memory);
		break;
	case SNP_GET_DERIVED_KEY:
		error = get_derived_key(asp, io, memory);
		break;
	case SNP_GET_EXT_REPORT:
		error = get_ext_report(asp, io, memory);
		break;
	}
	*back = io->exitinfo2 != 0;
	return error;
}
