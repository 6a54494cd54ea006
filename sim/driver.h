/* SPDX-License-Identifier: Apache-2.0 */
/*
 * driver: what the guest's kernel makes of the machine: the ioctls of
 * drivers/virt/coco/sev-guest with their order of checks, and those of the
 * /dev/sev that guests of Linux 5.15 had.
 */
#ifndef SIM_DRIVER_H
#define SIM_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <linux/sev-guest.h>

#include "sim/asp.h"

/* The caller's address space; false is EFAULT. */
struct sim_memory {
	bool (*read)(void *caller, uint64_t address, void *, size_t size);
	bool (
	    *write)(void *caller, uint64_t address, const void *, size_t size);
	void *caller;
};

/*
 * 0 or -errno.  *back says whether the kernel copies the struct back to its
 * caller: only where exitinfo2 is not zero.
 */
int tee_sim_driver_ioctl(struct sim_asp *, unsigned cmd,
    struct snp_guest_request_ioctl *, bool *back, const struct sim_memory *);

/* An extended request from inside the kernel, as configfs-tsm makes it. */
int tee_sim_driver_extended(struct sim_asp *, const struct snp_report_req *,
    uint32_t *certs_len, uint64_t *exitinfo2, struct snp_report_resp *);

/* /dev/sev of 5.15: message types 5 and 6, lengths 96 and 1280. */
struct sim_legacy_request {
	uint8_t req_msg_type, rsp_msg_type, msg_version;
	uint16_t request_len;
	uint64_t request_uaddr;
	uint16_t response_len;
	uint64_t response_uaddr;
	uint32_t error; /* of the firmware */
};
#define SIM_LEGACY_REPORT _IOWR('S', 0x1, struct sim_legacy_request)
#define SIM_LEGACY_RESPONSE 1280

int tee_sim_driver_legacy(struct sim_asp *, unsigned cmd,
    struct sim_legacy_request *, bool *back, const struct sim_memory *);

#endif
