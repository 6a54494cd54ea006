/* SPDX-License-Identifier: Apache-2.0 */
/*
 * device: the guest driver's ioctls.  One message at a time may be under way
 * between guest and firmware, so processes take turns by a lock on the
 * device.  Some failures make the driver forget its key (VMPCK) until the
 * next boot; nothing is retried but what says "again".
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>
#include <linux/sev-guest.h>

#include "modules/common/reader.h"
#include "modules/snp/source.h"

#define FIRST_CERTS 8192 /* VCEK, ASK and ARK fit */
#define RESIZES 3        /* the host may ask for more for ever */
#define RESPONSE_SIZE sizeof(struct snp_report_resp)
#define STATUS_INVALID_PARAMETER 0x16

/* The driver of 5.15 confidential-container guests. */
struct old_request {
	uint8_t request_type;
	uint8_t response_type;
	uint8_t version;
	uint16_t request_size;
	uint64_t request;
	uint16_t response_size;
	uint64_t response;
	uint32_t error;
};
#define OLD_REPORT _IOWR('S', 0x1, struct old_request)
#define OLD_REQUEST_TYPE 5
#define OLD_RESPONSE_TYPE 6
#define OLD_RESPONSE_SIZE 1280

bool
tee_snp_wait(const struct snp_question *q, const char *hop, unsigned *tries)
{
	unsigned left = tee_call_remaining_ms(q->call);
	unsigned pause = 20u << (*tries < 6 ? *tries : 6);
	struct timespec ts = { pause / 1000, (long)(pause % 1000) * 1000000 };

	if (left <= pause) {
		tee_call_log(q->call, LOG_ERR, "busy",
		    "%s: still busy after "
		    "%u tries; the host throttles guests, try later or raise "
		    "the line's timeout",
		    hop, *tries + 1);
		return false;
	}
	(*tries)++;
	nanosleep(&ts, NULL);
	return true;
}

static enum tee_verdict
cannot_open(const struct snp_question *q, const char *path,
    struct snp_answer *a)
{
	int error = errno;

	a->absent = error == ENOENT || error == ENODEV || error == ENXIO;
	if (a->absent)
		tee_call_log(q->call, LOG_WARNING, "no_device",
		    "%s: %s: not "
		    "an SEV-SNP guest, or the driver is not loaded (modprobe "
		    "sev-guest)",
		    path, strerror(error));
	else
		tee_call_log(q->call, LOG_ERR, "device",
		    "%s: %s: give the "
		    "agent's group access to it (udev)",
		    path, strerror(error));
	return TEE_UNAVAILABLE;
}

/* A descriptor that holds the lock, or -1. */
static int
open_locked(const struct snp_question *q, const char *path,
    struct snp_answer *a)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	unsigned tries = 0;

	if (fd < 0) {
		(void)cannot_open(q, path, a);
		return -1;
	}
	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		/* A device without locks serves whoever asks. */
		if (errno != EWOULDBLOCK && errno != EINTR)
			return fd;
		if (!tee_snp_wait(q, path, &tries)) {
			close(fd);
			return -1;
		}
	}
	return fd;
}

static enum tee_verdict
failed(const struct snp_question *q, const char *path, int error,
    uint32_t fw_error, uint32_t vmm_error)
{
	switch (error) {
	case ENOTTY:
		tee_call_log(q->call, LOG_ERR, "vmpck",
		    "%s: the driver has "
		    "lost its key for firmware messages (VMPCK): no report "
		    "until the guest reboots",
		    path);
		return TEE_UNAVAILABLE;
	case ETIMEDOUT:
		tee_call_log(q->call, LOG_ERR, "timeout",
		    "%s: the host "
		    "answered \"busy\" for a minute; the driver now refuses "
		    "until the guest reboots",
		    path);
		return TEE_UNAVAILABLE;
	case EIO:
		tee_call_log(q->call, LOG_ERR, "firmware",
		    "%s: firmware "
		    "error 0x%x, host error 0x%x",
		    path, fw_error, vmm_error);
		return fw_error == STATUS_INVALID_PARAMETER && vmm_error == 0 ?
		    TEE_DENY :
		    TEE_UNAVAILABLE;
	default:
		tee_call_log(q->call, LOG_ERR, "device", "%s: %s", path,
		    strerror(error));
		return TEE_UNAVAILABLE;
	}
}

/* The response's header: status, report size, 24 reserved bytes. */
static enum tee_verdict
take_report(const struct snp_question *q, const char *path,
    const uint8_t *response, size_t size, struct snp_answer *a)
{
	struct tee_reader r;
	uint32_t status, report_size;
	const uint8_t *report;

	tee_reader_init(&r, response, size);
	status = tee_reader_le32(&r);
	report_size = tee_reader_le32(&r);
	(void)tee_reader_bytes(&r, 24);
	report = tee_reader_bytes(&r, SNP_REPORT_SIZE);
	if (status != 0) {
		tee_call_log(q->call, LOG_ERR, "firmware", "%s: status 0x%x%s",
		    path, status,
		    status == STATUS_INVALID_PARAMETER ?
			" (invalid parameter: a VMPL above the guest's own?)" :
			"");
		return status == STATUS_INVALID_PARAMETER ? TEE_DENY :
							    TEE_UNAVAILABLE;
	}
	if (report == NULL || report_size != SNP_REPORT_SIZE) {
		tee_call_log(q->call, LOG_ERR, "report_size",
		    "%s: a report "
		    "of %u bytes, not %d",
		    path, report_size, SNP_REPORT_SIZE);
		return TEE_DENY;
	}
	memcpy(a->report, report, SNP_REPORT_SIZE);
	return TEE_OK;
}

/* One extended request, with all that belongs to it. */
struct exchange {
	struct snp_ext_report_req request;
	struct snp_report_resp response;
	struct snp_guest_request_ioctl io;
	uint8_t certs[SNP_CERTS_MAX] __attribute__((aligned(4096)));
};

/*
 * exitinfo2 is written back only where it is not zero, so it must be zero
 * before: an old value would be read as an error.
 */
static int
send(int fd, struct exchange *x, uint32_t certs_size)
{
	memset(&x->response, 0, sizeof(x->response));
	memset(&x->io, 0, sizeof(x->io));
	x->request.certs_address = certs_size > 0 ? (uintptr_t)x->certs : 0;
	x->request.certs_len = certs_size;
	x->io.msg_version = 1;
	x->io.req_data = (uintptr_t)&x->request;
	x->io.resp_data = (uintptr_t)&x->response;
	x->io.exitinfo2 = 0;
	/* The plain request begins the extended one. */
	return ioctl(fd, certs_size > 0 ? SNP_GET_EXT_REPORT : SNP_GET_REPORT,
		   &x->io) == 0 ?
	    0 :
	    errno;
}

static bool
again(int error, uint32_t vmm_error)
{
	return error == EAGAIN || error == EINTR || error == EBUSY ||
	    (error == EIO && vmm_error == SNP_GUEST_VMM_ERR_BUSY);
}

/* The size that the host asks for, in pages; 0: none that is possible. */
static uint32_t
grown(const struct exchange *x, uint32_t tried)
{
	uint32_t wanted = x->request.certs_len;

	if (wanted <= tried || wanted > SNP_CERTS_MAX)
		return 0;
	return (wanted + 4095) / 4096 * 4096;
}

static enum tee_verdict
exchange(const struct snp_question *q, const char *path, int fd,
    struct exchange *x, struct snp_answer *a)
{
	uint32_t certs_size = FIRST_CERTS;
	unsigned tries = 0, resizes = 0;
	enum tee_verdict verdict;
	int error;

	for (;;) {
		error = send(fd, x, certs_size);
		if (error == 0)
			break;
		if (error == EIO && certs_size > 0 &&
		    x->io.vmm_error == SNP_GUEST_VMM_ERR_INVALID_LEN) {
			certs_size =
			    ++resizes > RESIZES ? 0 : grown(x, certs_size);
			if (certs_size == 0)
				tee_call_log(q->call, LOG_NOTICE, "certs",
				    "%s: the host's certificates do not fit "
				    "in %d bytes; going on without",
				    path, SNP_CERTS_MAX);
			continue;
		}
		if (!again(error, x->io.vmm_error))
			return failed(q, path, error, x->io.fw_error,
			    x->io.vmm_error);
		if (!tee_snp_wait(q, path, &tries))
			return TEE_UNAVAILABLE;
	}
	verdict = take_report(q, path, x->response.data, RESPONSE_SIZE, a);
	if (verdict == TEE_OK) {
		a->certs_size = certs_size;
		memcpy(a->certs, x->certs, certs_size);
	}
	return verdict;
}

enum tee_verdict
tee_snp_ask_device(const struct snp_question *q, const char *path,
    struct snp_answer *a)
{
	enum tee_verdict verdict = TEE_UNAVAILABLE;
	int fd = open_locked(q, path, a);
	struct exchange *x = fd < 0 ?
	    NULL :
	    aligned_alloc(4096, (sizeof(*x) + 4095) / 4096 * 4096);

	if (x != NULL) {
		memset(x, 0, sizeof(*x));
		memcpy(x->request.data.user_data, q->user_data,
		    sizeof(q->user_data));
		x->request.data.vmpl = q->vmpl;
		verdict = exchange(q, path, fd, x, a);
	}
	free(x);
	if (fd >= 0)
		close(fd);
	return verdict;
}

/* Its driver has no word for a busy host; "again" it says by errno. */
static enum tee_verdict
old_exchange(const struct snp_question *q, const char *path, int fd,
    struct old_request *io)
{
	unsigned tries = 0;
	int error;

	while (ioctl(fd, OLD_REPORT, io) != 0) {
		error = errno;
		if (!again(error, 0))
			return failed(q, path, error, io->error, 0);
		if (!tee_snp_wait(q, path, &tries))
			return TEE_UNAVAILABLE;
		io->error = 0;
	}
	return TEE_OK;
}

enum tee_verdict
tee_snp_ask_old_device(const struct snp_question *q, const char *path,
    struct snp_answer *a)
{
	struct snp_report_req request = { .vmpl = q->vmpl };
	uint8_t response[OLD_RESPONSE_SIZE] = { 0 };
	struct old_request io = {
		.request_type = OLD_REQUEST_TYPE,
		.response_type = OLD_RESPONSE_TYPE,
		.version = 1,
		.request_size = sizeof(request),
		.request = (uintptr_t)&request,
		.response_size = sizeof(response),
		.response = (uintptr_t)response,
	};
	enum tee_verdict verdict = TEE_UNAVAILABLE;
	int fd = open_locked(q, path, a);

	if (fd < 0)
		return verdict;
	memcpy(request.user_data, q->user_data, sizeof(request.user_data));
	verdict = old_exchange(q, path, fd, &io);
	if (verdict == TEE_OK)
		verdict = take_report(q, path, response, sizeof(response), a);
	close(fd);
	return verdict;
}
