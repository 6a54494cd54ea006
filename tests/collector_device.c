/* SPDX-License-Identifier: Apache-2.0 */
/*
 * collector_device: the device's ioctls against a scripted driver that keeps
 * the kernel's rule: exitinfo2 goes back to its caller only where it is not
 * zero, and nothing else is touched on an error.  What an earlier try left
 * must therefore never be read as this one's answer.
 */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/sev-guest.h>

#include "modules/snp/source.h"

#define ANSWER 32 /* where the report begins in a response */

/* What the driver does with one call. */
struct turn {
	int error;            /* errno; 0: done */
	uint32_t fw, vmm;     /* of exitinfo2 */
	uint32_t certs_len;   /* written back where vmm is 1 */
	uint32_t report_size; /* 0: the response is left alone */
};

static const struct turn *script;
static size_t turns, calls;
static unsigned long commands[16];
static uint32_t lengths[16];
static char reason[32];
static struct snp_answer answer;

int __wrap_ioctl(int fd, unsigned long command,
    struct snp_guest_request_ioctl *io);

static void
reply(const struct turn *t, struct snp_guest_request_ioctl *io,
    struct snp_ext_report_req *request)
{
	struct snp_report_resp *response =
	    (struct snp_report_resp *)(uintptr_t)io->resp_data;

	if (t->fw != 0 || t->vmm != 0) {
		io->fw_error = t->fw;
		io->vmm_error = t->vmm;
	}
	if (t->vmm == SNP_GUEST_VMM_ERR_INVALID_LEN)
		request->certs_len = t->certs_len;
	if (t->report_size != 0) {
		memcpy(response->data + 4, &t->report_size, 4);
		memset(response->data + ANSWER, 0x5a, SNP_REPORT_SIZE);
	}
	if (t->error == 0 && request->certs_len > 0)
		memset((void *)(uintptr_t)request->certs_address, 0xce,
		    request->certs_len);
}

int
__wrap_ioctl(int fd, unsigned long command, struct snp_guest_request_ioctl *io)
{
	struct snp_ext_report_req *request =
	    (struct snp_ext_report_req *)(uintptr_t)io->req_data;
	const struct turn *t = &script[calls < turns ? calls : turns - 1];

	(void)fd;
	ck_assert_uint_eq(io->msg_version, 1);
	ck_assert_uint_eq(io->exitinfo2, 0);
	ck_assert_uint_eq(request->data.vmpl, 2);
	ck_assert_uint_eq(request->data.user_data[0], 0x11);
	ck_assert_uint_lt(calls, 16);
	commands[calls] = command;
	lengths[calls++] = request->certs_len;
	reply(t, io, request);
	errno = t->error;
	return t->error == 0 ? 0 : -1;
}

void
tee_call_log(struct tee_call *call, int priority, const char *why,
    const char *fmt, ...)
{
	(void)call;
	(void)priority;
	(void)fmt;
	snprintf(reason, sizeof(reason), "%s", why);
}

unsigned
tee_call_remaining_ms(const struct tee_call *call)
{
	(void)call;
	return 10000;
}

static enum tee_verdict
ask(const struct turn *given, size_t count)
{
	struct snp_question q = { .vmpl = 2 };
	char path[] = "collector_device.XXXXXX";
	int fd = mkstemp(path);
	enum tee_verdict verdict;

	ck_assert_int_ge(fd, 0);
	script = given;
	turns = count;
	calls = 0;
	reason[0] = '\0';
	memset(&answer, 0, sizeof(answer));
	memset(q.user_data, 0x11, sizeof(q.user_data));
	verdict = tee_snp_ask_device(&q, path, &answer);
	close(fd);
	unlink(path);
	return verdict;
}

#define ASK(...) \
	ask((const struct turn[]){ __VA_ARGS__ }, \
	    sizeof((const struct turn[]){ __VA_ARGS__ }) / \
		sizeof(struct turn))
#define DONE \
	{ \
		.report_size = SNP_REPORT_SIZE \
	}
#define GROW(size) \
	{ \
		EIO, 0, SNP_GUEST_VMM_ERR_INVALID_LEN, size, 0 \
	}
#define BUSY \
	{ \
		EIO, 0, SNP_GUEST_VMM_ERR_BUSY, 0, 0 \
	}

START_TEST(at_once)
{
	ck_assert_int_eq(ASK(DONE), TEE_OK);
	ck_assert_uint_eq(calls, 1);
	ck_assert_uint_eq(commands[0], SNP_GET_EXT_REPORT);
	ck_assert_uint_eq(answer.report[0], 0x5a);
	ck_assert_uint_eq(answer.certs_size, lengths[0]);
}
END_TEST

/* An error without exitinfo2 is not the one of the try before. */
START_TEST(stale_error)
{
	ck_assert_int_eq(ASK(GROW(12288), { .error = EIO }), TEE_UNAVAILABLE);
	ck_assert_uint_eq(calls, 2);
	ck_assert_str_eq(reason, "firmware");
	ck_assert_int_eq(ASK(BUSY, { .error = EIO }), TEE_UNAVAILABLE);
	ck_assert_uint_eq(calls, 2);
	ck_assert_int_eq(ASK({ EAGAIN, 0x16, 0, 0, 0 }, { .error = EIO }),
	    TEE_UNAVAILABLE);
	ck_assert_uint_eq(calls, 2);
	/* The word of an errno that is no EIO says nothing. */
	ck_assert_int_eq(ASK({ ENOMEM, 0x16, 0, 0, 0 }), TEE_UNAVAILABLE);
	ck_assert_str_eq(reason, "device");
}
END_TEST

/* Nor is a report that a failed try left. */
START_TEST(stale_report)
{
	ck_assert_int_eq(ASK({ EAGAIN, 0, 0, 0, SNP_REPORT_SIZE },
			     { .error = 0 }),
	    TEE_DENY);
	ck_assert_str_eq(reason, "report_size");
	ck_assert_uint_eq(answer.report[0], 0);
}
END_TEST

START_TEST(resized)
{
	ck_assert_int_eq(ASK(GROW(12288), DONE), TEE_OK);
	ck_assert_uint_eq(lengths[1], 12288);
	ck_assert_uint_eq(answer.certs_size, 12288);
	ck_assert_uint_eq(answer.certs[12287], 0xce);
	ck_assert_int_eq(ASK(GROW(12288), GROW(16384), DONE), TEE_OK);
	ck_assert_uint_eq(answer.certs_size, SNP_CERTS_MAX);
	ck_assert_uint_eq(answer.certs[SNP_CERTS_MAX - 1], 0xce);
	/* In whole pages, whatever the host says. */
	ck_assert_int_eq(ASK(GROW(8193), DONE), TEE_OK);
	ck_assert_uint_eq(lengths[1], 12288);
	ck_assert_int_eq(ASK(GROW(12288), BUSY, DONE), TEE_OK);
	ck_assert_uint_eq(lengths[2], 12288);
}
END_TEST

/* A size that is none, or that never ends: the report goes without. */
START_TEST(never_enough)
{
	static const uint32_t sizes[] = { 0, 4096, 8192, 16385, UINT32_MAX };
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		ck_assert_int_eq(ASK(GROW(sizes[i]), DONE), TEE_OK);
		ck_assert_uint_eq(calls, 2);
		ck_assert_uint_eq(commands[1], SNP_GET_REPORT);
		ck_assert_uint_eq(answer.certs_size, 0);
	}
	ck_assert_int_eq(ASK(GROW(8193), GROW(12289), GROW(16385), DONE),
	    TEE_OK);
	ck_assert_uint_eq(commands[3], SNP_GET_REPORT);
	ck_assert_int_eq(ASK(GROW(12288)), TEE_UNAVAILABLE);
	ck_assert_uint_lt(calls, 6);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("collector_device");
	TCase *tcase = tcase_create("collector_device");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, at_once);
	tcase_add_test(tcase, stale_error);
	tcase_add_test(tcase, stale_report);
	tcase_add_test(tcase, resized);
	tcase_add_test(tcase, never_enough);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
