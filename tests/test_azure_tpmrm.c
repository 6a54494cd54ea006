/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vTPM as an agent meets it: a device file, with a resource manager and
 * the simulator's paravisor behind it, through tpm2-tss's own device TCTI.
 * Run by test_azure_tpmrm.sh as: test_azure_tpmrm TEESIM DIR DEVICE.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <check.h>

#include "libtee/call.h"
#include "libtee/clock.h"
#include "modules/common/runtime.h"
#include "modules/snp_azure/hcl.h"
#include "modules/snp_azure/vtpm.h"

#define BUDGET 20000

static const char *teesim, *dir, *device;
static struct tee_call call;
static struct azure_vtpm *tpm;
static struct azure_bytes bytes;

static void
turn(const char *switches)
{
	char command[1024];

	snprintf(command, sizeof(command), "'%s' set --dir '%s' --reset %s",
	    teesim, dir, switches);
	ck_assert_int_eq(system(command), 0);
}

static enum tee_verdict
open_with(unsigned budget)
{
	char tcti[256];

	memset(&call, 0, sizeof(call));
	call.transaction = "test";
	call.module = "snp_azure";
	call.deadline = tee_clock_monotonic_ms() + budget;
	snprintf(tcti, sizeof(tcti), "device:%s", device);
	return tee_azure_vtpm_open(&call, tcti, &tpm);
}

static void
open_tpm(void)
{
	ck_assert_int_eq(open_with(BUDGET), TEE_OK);
}

static enum tee_verdict
refresh(uint8_t first)
{
	uint8_t data[64] = { 0 };
	char lock[256];

	memset(data, first, 32);
	snprintf(lock, sizeof(lock), "%s/vtpm.lock", dir);
	return tee_azure_vtpm_refresh(tpm, data, lock, &bytes);
}

static int
carried(void)
{
	struct azure_hcl hcl;
	struct tee_runtime runtime;
	int first = -1;

	ck_assert(tee_azure_hcl_parse(&hcl, bytes.data, bytes.size));
	ck_assert(tee_runtime_hashes_to(hcl.runtime, hcl.runtime_size,
	    hcl.report + 0x50));
	ck_assert(tee_runtime_parse(&runtime, hcl.runtime, hcl.runtime_size));
	if (runtime.has_user_data)
		first = runtime.user_data[0];
	tee_runtime_free(&runtime);
	return first;
}

/* As large as Azure's, its user data absent before, in one budget. */
START_TEST(renewed)
{
	turn("nv-user-data=absent");
	open_tpm();
	ck_assert_int_eq(refresh(0x11), TEE_OK);
	ck_assert_uint_eq(bytes.size, 2600);
	ck_assert_int_eq(carried(), 0x11);
	ck_assert_int_eq(refresh(0x12), TEE_OK);
	ck_assert_int_eq(carried(), 0x12);
	tee_azure_vtpm_close(&tpm);
}
END_TEST

START_TEST(stale)
{
	turn("hcl-rate=1");
	open_tpm();
	ck_assert_int_eq(refresh(0x13), TEE_OK);
	tee_azure_vtpm_close(&tpm);
	turn("hcl-stale=yes");
	ck_assert_int_eq(open_with(2000), TEE_OK);
	ck_assert_int_eq(refresh(0x14), TEE_UNAVAILABLE);
	ck_assert_str_eq(call.reason, "stale_report");
	tee_azure_vtpm_close(&tpm);
}
END_TEST

START_TEST(form_of_2022)
{
	turn("hcl-form=2022");
	open_tpm();
	ck_assert_int_eq(refresh(0x15), TEE_OK);
	ck_assert_int_eq(carried(), -1);
	tee_azure_vtpm_close(&tpm);
}
END_TEST

/* Both hold the TPM open all the time, as a resource manager lets them. */
static int
racer(uint8_t first)
{
	bool good = true;

	open_tpm();
	for (uint8_t i = 0; i < 3; i++)
		good = good && refresh((uint8_t)(first + i)) == TEE_OK &&
		    carried() == first + i;
	tee_azure_vtpm_close(&tpm);
	return good ? 0 : 1;
}

START_TEST(race)
{
	pid_t child[2];
	int status;

	turn("nv-user-data=absent hcl-rate=1");
	for (uint8_t i = 0; i < 2; i++) {
		child[i] = fork();
		if (child[i] == 0)
			_exit(racer((uint8_t)(0x20 * (i + 1))));
	}
	for (unsigned i = 0; i < 2; i++) {
		ck_assert_int_eq(waitpid(child[i], &status, 0), child[i]);
		ck_assert_int_eq(status, 0);
	}
}
END_TEST

START_TEST(certificates)
{
	turn("");
	open_tpm();
	ck_assert_int_eq(tee_azure_vtpm_ak_cert(tpm, &bytes), TEE_OK);
	ck_assert_uint_gt(bytes.size, 500);
	tee_azure_vtpm_close(&tpm);
	turn("nv-ak-cert=uninitialised");
	open_tpm();
	ck_assert_int_eq(tee_azure_vtpm_ak_cert(tpm, &bytes), TEE_UNAVAILABLE);
	tee_azure_vtpm_close(&tpm);
	turn("nv-ak-cert=absent");
	open_tpm();
	ck_assert_int_eq(tee_azure_vtpm_ak_cert(tpm, &bytes), TEE_UNAVAILABLE);
	tee_azure_vtpm_close(&tpm);
}
END_TEST

/* The saved key crosses from one opening of the device to the next. */
START_TEST(key)
{
	static struct azure_enckey made;
	uint8_t data[256] = { 0 }, out[256];
	size_t size;

	turn("");
	open_tpm();
	for (unsigned i = 0; i < 4; i++)
		ck_assert_int_eq(tee_azure_vtpm_enckey(tpm, &made), TEE_OK);
	tee_azure_vtpm_close(&tpm);
	open_tpm();
	for (unsigned i = 0; i < 4; i++)
		ck_assert_int_eq(tee_azure_vtpm_decrypt(tpm, made.context.data,
				     made.context.size, AZURE_RSAES, data,
				     sizeof(data), out, &size),
		    TEE_DENY);
	ck_assert_str_eq(call.reason, "vtpm_decrypt");
	tee_azure_vtpm_close(&tpm);
}
END_TEST

START_TEST(retries)
{
	static struct azure_quote q;

	turn("");
	open_tpm();
	turn("tpm-retry=3");
	ck_assert_int_eq(tee_azure_vtpm_quote(tpm, (const uint8_t *)"nonce", 5,
			     AZURE_PCRS_ALL, &q),
	    TEE_OK);
	turn("tpm-retry=1000000");
	ck_assert_int_eq(tee_azure_vtpm_quote(tpm, (const uint8_t *)"nonce", 5,
			     AZURE_PCRS_ALL, &q),
	    TEE_UNAVAILABLE);
	ck_assert_str_eq(call.reason, "vtpm_busy");
	tee_azure_vtpm_close(&tpm);
}
END_TEST

START_TEST(gone)
{
	static struct azure_quote q;

	turn("");
	open_tpm();
	turn("tpm-gone=yes");
	ck_assert_int_eq(tee_azure_vtpm_quote(tpm, (const uint8_t *)"nonce", 5,
			     0xff, &q),
	    TEE_UNAVAILABLE);
	tee_azure_vtpm_close(&tpm);
	turn("");
	unsetenv("TSS2_LOG");
	device = "/nonexistent/tpmrm0";
	ck_assert_int_eq(open_with(BUDGET), TEE_UNAVAILABLE);
	ck_assert_str_eq(call.reason, "vtpm_open");
}
END_TEST

/* An answer that comes after the budget does not hold anybody up. */
START_TEST(late)
{
	static struct azure_quote q;
	uint64_t started;

	turn("");
	ck_assert_int_eq(open_with(1000), TEE_OK);
	turn("tpm-delay=8000");
	started = tee_clock_monotonic_ms();
	ck_assert_int_eq(tee_azure_vtpm_quote(tpm, (const uint8_t *)"nonce", 5,
			     0xff, &q),
	    TEE_UNAVAILABLE);
	ck_assert_str_eq(call.reason, "vtpm_timeout");
	ck_assert_uint_lt(tee_clock_monotonic_ms() - started, 6000);
	turn("");
	tee_azure_vtpm_close(&tpm);
}
END_TEST

int
main(int argc, char **argv)
{
	Suite *s = suite_create("azure_tpmrm");
	TCase *tc = tcase_create("azure_tpmrm");
	SRunner *runner;
	int failed;

	if (argc != 4)
		return 2;
	teesim = argv[1];
	dir = argv[2];
	device = argv[3];
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, renewed);
	tcase_add_test(tc, stale);
	tcase_add_test(tc, form_of_2022);
	tcase_add_test(tc, race);
	tcase_add_test(tc, certificates);
	tcase_add_test(tc, key);
	tcase_add_test(tc, retries);
	tcase_add_test(tc, gone);
	tcase_add_test(tc, late);
	suite_add_tcase(s, tc);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
