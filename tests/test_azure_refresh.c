/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A new report of the paravisor: whatever state its NV index for user data is
 * in, however many ask at once; and a stale report is never taken for new.
 */
#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libtee/clock.h"
#include "modules/common/runtime.h"
#include "modules/snp_azure/hcl.h"
#include "modules/snp_azure/vtpm.h"
#include "tests/azure_tpm_kit.h"

#define BUDGET 20000
#define HCL 0x01400001
#define USER_DATA 0x01400002

static struct tee_call *call;
static struct azure_vtpm *tpm;
static struct azure_bytes bytes;

static void
open_with(unsigned budget)
{
	call = tpm_call(budget);
	ck_assert_int_eq(tee_azure_vtpm_open(call, tpm_socket(), &tpm), TEE_OK);
}

static void
open_tpm(void)
{
	open_with(BUDGET);
}

static void
close_tpm(void)
{
	tee_azure_vtpm_close(&tpm);
	ck_assert_uint_eq(tpm_leftovers(), 0);
}

static void
furnish(void)
{
	static const uint8_t nothing[2048];

	tpm_make_ak();
	tpm_make_nv(HCL, nothing, sizeof(nothing));
	tpm_make_nv(USER_DATA, NULL, 0);
}

static const uint8_t *
user_data(uint8_t first)
{
	static uint8_t data[64];

	memset(data, 0, sizeof(data));
	memset(data, first, 32);
	return data;
}

static enum tee_verdict
refresh(uint8_t first)
{
	return tee_azure_vtpm_refresh(tpm, user_data(first), tpm_path("lock"),
	    &bytes);
}

/* What the report carries: the first byte of its user data, or -1. */
static int
carried(void)
{
	struct azure_hcl hcl;
	struct tee_runtime runtime;
	int first;

	ck_assert(tee_azure_hcl_parse(&hcl, bytes.data, bytes.size));
	ck_assert(tee_runtime_hashes_to(hcl.runtime, hcl.runtime_size,
	    hcl.report + 0x50));
	ck_assert(tee_runtime_parse(&runtime, hcl.runtime, hcl.runtime_size));
	first = runtime.has_user_data ? runtime.user_data[0] : -1;
	tee_runtime_free(&runtime);
	return first;
}

START_TEST(user_data_absent)
{
	furnish();
	open_tpm();
	ck_assert_int_eq(refresh(7), TEE_OK);
	close_tpm();
	ck_assert_int_eq(carried(), 7);
	ck_assert_uint_eq(bytes.size, 2048);
	ck_assert_uint_eq(tpm_nv_size(USER_DATA), 64);
}
END_TEST

START_TEST(user_data_other_size)
{
	furnish();
	tpm_make_nv(USER_DATA, "thirty-two bytes and no more...", 32);
	open_tpm();
	ck_assert_int_eq(refresh(8), TEE_OK);
	close_tpm();
	ck_assert_int_eq(carried(), 8);
	ck_assert_uint_eq(tpm_nv_size(USER_DATA), 64);
}
END_TEST

START_TEST(user_data_there)
{
	furnish();
	tpm_make_nv(USER_DATA, NULL, 64);
	open_tpm();
	ck_assert_int_eq(refresh(9), TEE_OK);
	ck_assert_uint_eq(tpm_count(TPM2_CC_NV_DefineSpace), 0);
	ck_assert_uint_eq(tpm_count(TPM2_CC_NV_UndefineSpace), 0);
	close_tpm();
	ck_assert_int_eq(carried(), 9);
}
END_TEST

/* The paravisor gives the old report for two seconds, without a word. */
START_TEST(rate_limit)
{
	furnish();
	open_tpm();
	ck_assert_int_eq(refresh(1), TEE_OK);
	tpm_faults.rate_ms = 200;
	ck_assert_int_eq(refresh(2), TEE_OK);
	close_tpm();
	ck_assert_int_eq(carried(), 2);
}
END_TEST

START_TEST(stale)
{
	furnish();
	open_tpm();
	ck_assert_int_eq(refresh(1), TEE_OK);
	tpm_faults.stale = true;
	ck_assert_int_eq(refresh(2), TEE_UNAVAILABLE);
	ck_assert_str_eq(call->reason, "stale_report");
	ck_assert_ptr_nonnull(strstr(call->detail, "after 4 readings"));
	close_tpm();
}
END_TEST

/* A budget too short for another reading ends at once, and says so. */
START_TEST(stale_and_late)
{
	uint64_t started;

	furnish();
	open_tpm();
	ck_assert_int_eq(refresh(1), TEE_OK);
	close_tpm();
	open_with(2500);
	tpm_faults.stale = true;
	started = tee_clock_monotonic_ms();
	ck_assert_int_eq(refresh(2), TEE_UNAVAILABLE);
	ck_assert_uint_lt(tee_clock_monotonic_ms() - started, 2400);
	ck_assert_str_eq(call->reason, "stale_report");
	ck_assert_ptr_nonnull(strstr(call->detail, "timeout"));
	close_tpm();
}
END_TEST

START_TEST(old_form)
{
	furnish();
	tpm_faults.no_user_data = true;
	open_tpm();
	ck_assert_int_eq(refresh(3), TEE_OK);
	close_tpm();
	ck_assert_int_eq(carried(), -1);
}
END_TEST

/* Lower case, as no paravisor writes it, is the same user data. */
START_TEST(lower_case)
{
	char json[256] = "{\"user-data\":\"";

	furnish();
	for (unsigned i = 0; i < 64; i++)
		strcat(json, i < 32 ? "ab" : "00");
	strcat(json, "\"}");
	tpm_faults.json = json;
	open_tpm();
	ck_assert_int_eq(refresh(0xab), TEE_OK);
	close_tpm();
}
END_TEST

/* The head of one report and the tail of the next are read again. */
START_TEST(torn_once)
{
	furnish();
	tpm_faults.torn = 1;
	open_tpm();
	ck_assert_int_eq(refresh(4), TEE_OK);
	ck_assert_uint_eq(tpm_faults.torn, 0);
	close_tpm();
	ck_assert_int_eq(carried(), 4);
}
END_TEST

START_TEST(not_a_cvm)
{
	tpm_make_ak();
	tpm_make_nv(HCL, NULL, 0);
	open_tpm();
	ck_assert_int_eq(tee_azure_vtpm_hcl(tpm, &bytes), TEE_UNAVAILABLE);
	ck_assert_str_eq(call->reason, "not_a_cvm");
	ck_assert_int_eq(refresh(5), TEE_UNAVAILABLE);
	ck_assert_str_eq(call->reason, "not_a_cvm");
	close_tpm();
}
END_TEST

/* Two processes, each with user data of its own: both get theirs. */
static int
racer(uint8_t first)
{
	bool good;

	open_tpm();
	good = refresh(first) == TEE_OK && carried() == first;
	tee_azure_vtpm_close(&tpm);
	return good ? 0 : 1;
}

START_TEST(race)
{
	pid_t child[2];
	int status;

	furnish();
	tpm_faults.rate_ms = 200;
	for (uint8_t i = 0; i < 2; i++) {
		child[i] = fork();
		if (child[i] == 0)
			_exit(racer((uint8_t)(0x20 + i)));
	}
	for (unsigned i = 0; i < 2; i++) {
		ck_assert_int_eq(waitpid(child[i], &status, 0), child[i]);
		ck_assert_int_eq(status, 0);
	}
}
END_TEST

START_TEST(lock_held)
{
	int fd = open(tpm_path("lock"), O_RDONLY | O_CREAT, 0600);

	furnish();
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	open_with(300);
	ck_assert_int_eq(refresh(1), TEE_UNAVAILABLE);
	ck_assert_str_eq(call->reason, "lock_busy");
	close(fd);
	close_tpm();
}
END_TEST

/* A link or a pipe in the lock's place is refused. */
START_TEST(lock_strange)
{
	char link[128];

	furnish();
	open_tpm();
	unlink(tpm_path("lock"));
	strcpy(link, tpm_path("lock"));
	ck_assert_int_eq(symlink("other", link), 0);
	ck_assert_int_eq(refresh(1), TEE_UNAVAILABLE);
	ck_assert_str_eq(call->reason, "lock");
	unlink(link);
	ck_assert_int_eq(mkfifo(link, 0600), 0);
	ck_assert_int_eq(refresh(1), TEE_UNAVAILABLE);
	ck_assert_str_eq(call->reason, "lock");
	unlink(link);
	ck_assert_int_eq(tee_azure_vtpm_refresh(tpm, user_data(1),
			     "/nonexistent/lock", &bytes),
	    TEE_UNAVAILABLE);
	ck_assert_str_eq(call->reason, "lock");
	close_tpm();
}
END_TEST

/* Whatever the umask: agents of other users lock the same file. */
START_TEST(lock_mode)
{
	struct stat st;

	furnish();
	unlink(tpm_path("lock"));
	umask(077);
	open_tpm();
	ck_assert_int_eq(refresh(1), TEE_OK);
	close_tpm();
	ck_assert_int_eq(stat(tpm_path("lock"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0644);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, user_data_absent);
	tcase_add_test(tc, user_data_other_size);
	tcase_add_test(tc, user_data_there);
	tcase_add_test(tc, rate_limit);
	tcase_add_test(tc, stale);
	tcase_add_test(tc, stale_and_late);
	tcase_add_test(tc, old_form);
	tcase_add_test(tc, lower_case);
	tcase_add_test(tc, torn_once);
	tcase_add_test(tc, not_a_cvm);
	tcase_add_test(tc, race);
	tcase_add_test(tc, lock_held);
	tcase_add_test(tc, lock_strange);
	tcase_add_test(tc, lock_mode);
}

int
main(void)
{
	return tpm_main("azure_refresh", add);
}
