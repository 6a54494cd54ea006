/* SPDX-License-Identifier: Apache-2.0 */
/* The device: ioctls, their errors, what they write back, its node. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <check.h>
#include <linux/sev-guest.h>

#include "tests/test_sim_guest.h"

START_TEST(report)
{
	struct call c;

	guest_set("");
	memset(report_req.user_data, 0x5a, 64);
	c = guest_report();
	ck_assert_int_eq(c.error, 0);
	ck_assert_uint_eq(c.exitinfo2, POISON);
	ck_assert_uint_eq(get32(resp.data), 0);
	ck_assert_uint_eq(get32(resp.data + 4), REPORT);
	ck_assert_mem_eq(resp.data + 32 + 0x50, report_req.user_data, 64);
	ck_assert(guest_verifies(resp.data + 32, "vcek.pem"));
	ck_assert(!guest_verifies(resp.data + 32, "vlek.pem"));
	ck_assert(guest_signed_by("vcek.pem", "ask.pem"));
	ck_assert(guest_signed_by("vlek.pem", "asvk.pem"));
	ck_assert(guest_signed_by("ask.pem", "ark.pem"));
	ck_assert(guest_signed_by("asvk.pem", "ark.pem"));
	ck_assert(guest_signed_by("ark.pem", "ark.pem"));
}
END_TEST

START_TEST(without_dumping)
{
	guest_set("");
	ck_assert_int_eq(prctl(PR_SET_DUMPABLE, 0), 0);
	ck_assert_int_eq(guest_report().error, 0);
}
END_TEST

/* The order of the driver's checks, and when the struct is written back. */
#define BAD ((void *)16)
#define READ_ONLY ((void *)32)
#define NR9 _IOWR('S', 9, struct snp_guest_request_ioctl)
static const struct {
	const char *name;
	unsigned long cmd;
	int version;
	void *req, *resp;
	int error;
	uint64_t exitinfo2;
} pointers[] = { { "version 0", SNP_GET_REPORT, 0, &report_req, &resp, EINVAL,
		     POISON },
	{ "version 0 first", NR9, 0, &report_req, &resp, EINVAL, POISON },
	{ "no request", SNP_GET_REPORT, 1, NULL, &resp, EINVAL, 0xff },
	{ "no response", SNP_GET_REPORT, 1, &report_req, NULL, EINVAL, 0xff },
	{ "bad request", SNP_GET_REPORT, 1, BAD, &resp, EFAULT, 0xff },
	{ "bad response", SNP_GET_REPORT, 1, &report_req, BAD, EFAULT, POISON },
	{ "read-only", SNP_GET_REPORT, 1, &report_req, READ_ONLY, EFAULT,
	    POISON },
	{ "unknown", NR9, 1, &report_req, &resp, ENOTTY, 0xff },
	{ "not ours", 0x5401, 1, &report_req, &resp, ENOTTY, POISON },
	{ "key: none", SNP_GET_DERIVED_KEY, 1, NULL, &resp, EINVAL, 0xff },
	{ "key: bad", SNP_GET_DERIVED_KEY, 1, BAD, &resp, EFAULT, 0xff },
	{ "ext: none", SNP_GET_EXT_REPORT, 1, NULL, &resp, EINVAL, 0xff },
	{ "ext: bad", SNP_GET_EXT_REPORT, 1, BAD, &resp, EFAULT, 0xff } };

START_TEST(bad_pointers)
{
	struct call c = { pointers[_i].cmd, (uint8_t)pointers[_i].version,
		pointers[_i].req, pointers[_i].resp, 0, 0 };

	guest_set("");
	if (c.resp == READ_ONLY)
		c.resp = mmap(NULL, 4096, PROT_READ,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	guest_call(&c);
	ck_assert_msg(c.error == pointers[_i].error &&
		c.exitinfo2 == pointers[_i].exitinfo2,
	    "%s: errno %d, %#llx", pointers[_i].name, c.error,
	    (unsigned long long)c.exitinfo2);
}
END_TEST

/* Switch, first answer, second answer: { errno, exitinfo2 }. */
static const struct {
	const char *switches;
	int first;
	uint64_t exitinfo2;
	int second;
} faults[] = { { "fw-error=0x16", EIO, 0x16, EIO },
	{ "fw-error=0x16 wipe=yes", EIO, 0x16, ENOTTY },
	{ "vmm-error=7", EIO, VMM(7), EIO }, { "vmm-busy=1", EIO, VMM(2), 0 },
	{ "vmm-busy=forever", EIO, VMM(2), EIO },
	{ "fail=EAGAIN:1", EAGAIN, 0xff, 0 },
	{ "fail=EINTR:1", EINTR, 0xff, 0 },
	{ "fail=EAGAIN", EAGAIN, 0xff, EAGAIN },
	{ "fail=ETIMEDOUT:1 wipe=yes", ETIMEDOUT, 0xff, ENOTTY },
	{ "vmpck=gone", ENOTTY, POISON, ENOTTY } };

START_TEST(fault)
{
	struct call c;

	guest_set(faults[_i].switches);
	c = guest_report();
	ck_assert_msg(c.error == faults[_i].first &&
		c.exitinfo2 == faults[_i].exitinfo2,
	    "%s: errno %d, %#llx", faults[_i].switches, c.error,
	    (unsigned long long)c.exitinfo2);
	c = guest_report();
	ck_assert_msg(c.error == faults[_i].second, "%s: then errno %d",
	    faults[_i].switches, c.error);
}
END_TEST

static const struct {
	const char *switches;
	uint32_t vmpl, reserved, status, size;
} answers[] = { { "", 0, 0, 0, REPORT }, { "", 3, 0, 0, REPORT },
	{ "", 4, 0, 0x16, 0 }, { "", 0, 1, 0x16, 0 },
	{ "guest-vmpl=2", 1, 0, 0x16, 0 }, { "guest-vmpl=2", 2, 0, 0, REPORT },
	{ "status=0x27", 0, 0, 0x27, 0 }, { "report-size=1000", 0, 0, 0, 1000 },
	{ "report-size=4294967295", 0, 0, 0, UINT32_MAX } };

START_TEST(answer)
{
	guest_set(answers[_i].switches);
	report_req.vmpl = answers[_i].vmpl;
	report_req.rsvd[27] = (uint8_t)answers[_i].reserved;
	ck_assert_int_eq(guest_report().error, 0);
	ck_assert_uint_eq(get32(resp.data), answers[_i].status);
	ck_assert_uint_eq(get32(resp.data + 4), answers[_i].size);
	if (answers[_i].status == 0)
		ck_assert_uint_eq(get32(resp.data + 32 + 0x30),
		    answers[_i].vmpl);
}
END_TEST

START_TEST(slow)
{
	struct timespec a, b;
	int64_t ms;

	guest_set("delay=300");
	clock_gettime(CLOCK_MONOTONIC, &a);
	ck_assert_int_eq(guest_report().error, 0);
	clock_gettime(CLOCK_MONOTONIC, &b);
	ms = (b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000;
	ck_assert_int_ge(ms, 300);
}
END_TEST

START_TEST(node)
{
	struct stat st;
	char byte;
	int fd;

	ck_assert_int_eq(stat(guest_device, &st), 0);
	ck_assert_int_eq(st.st_mode, S_IFREG | 0600);
	ck_assert_int_eq(chmod(guest_device, 0640), 0);
	ck_assert_int_eq(stat(guest_device, &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0640);
	ck_assert_int_eq(chmod(guest_device, 0600), 0);
	fd = open(guest_device, O_RDWR);
	ck_assert_int_eq(read(fd, &byte, 1), -1);
	ck_assert_int_eq(errno, EINVAL);
	close(fd);
}
END_TEST

/* /dev/sev of Linux 5.15: ioctl 0xc0285301, offsets as its callers have. */
struct legacy {
	uint8_t req_type, rsp_type, version;
	uint16_t req_len;
	uint64_t req;
	uint16_t rsp_len;
	uint64_t rsp;
	uint32_t error;
};

static int
legacy_call(struct legacy *io, unsigned long cmd)
{
	int fd = open(guest_legacy, O_RDWR | O_CLOEXEC), error;

	ck_assert_int_ge(fd, 0);
	error = ioctl(fd, cmd, io) == 0 ? 0 : errno;
	close(fd);
	return error;
}

START_TEST(legacy)
{
	static uint8_t out[1280 + 8];
	struct legacy io = { 5, 6, 1, 96, (uintptr_t)&report_req, 1280,
		(uintptr_t)out, 0 };

	guest_set("");
	memset(out, 0xee, sizeof(out));
	memset(report_req.user_data, 7, 64);
	ck_assert_uint_eq(_IOWR('S', 1, struct legacy), 0xc0285301);
	ck_assert_int_eq(legacy_call(&io, 0xc0285301), 0);
	ck_assert_uint_eq(get32(out), 0);
	ck_assert_uint_eq(get32(out + 4), REPORT);
	ck_assert_mem_eq(out + 32 + 0x50, report_req.user_data, 64);
	ck_assert_int_eq(out[1280], 0xee);
	ck_assert(guest_verifies(out + 32, "vcek.pem"));
	ck_assert_int_eq(legacy_call(&io, SNP_GET_REPORT), ENOTTY);
	io.rsp_len = 1279;
	ck_assert_int_eq(legacy_call(&io, 0xc0285301), EINVAL);
	io.rsp_len = 1280;
	io.req = 16;
	ck_assert_int_eq(legacy_call(&io, 0xc0285301), EFAULT);
	io.req = (uintptr_t)&report_req;
	guest_set("fw-error=0x16");
	ck_assert_int_eq(legacy_call(&io, 0xc0285301), EIO);
	ck_assert_uint_eq(io.error, 0x16);
}
END_TEST

void
add_device_tests(TCase *t)
{
	tcase_add_test(t, report);
	tcase_add_test(t, without_dumping);
	tcase_add_loop_test(t, bad_pointers, 0, COUNT(pointers));
	tcase_add_loop_test(t, fault, 0, COUNT(faults));
	tcase_add_loop_test(t, answer, 0, COUNT(answers));
	tcase_add_test(t, slow);
	tcase_add_test(t, node);
	tcase_add_test(t, legacy);
}
