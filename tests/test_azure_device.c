/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The collector of a confidential container against a driver, a security
 * context and an IMDS of the test's own; and that what it collects is what
 * the judge takes.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <check.h>

#include "modules/common/base64.h"
#include "tests/testlib_device.h"

#define JWK \
	"{\"kty\":\"RSA\",\"n\":\"0123\",\"e\":\"AQAB\",\"kid\":\"k1\"," \
	"\"key_ops\":[\"encrypt\"]}"

START_TEST(everything)
{
	ck_assert_int_eq(device_collect(), TEE_OK);
	device_judged(NULL, NULL);
	ck_assert_uint_eq(device_asked, 1);
	ck_assert_uint_eq(http_server_count(device_imds), 0);
	ck_assert_ptr_null(device_item("snp.runtime-data"));
}
END_TEST

START_TEST(old_device)
{
	device_is_there = false;
	device_is_old = true;
	ck_assert_int_eq(device_collect(), TEE_OK);
	device_judged(NULL, NULL);
	ck_assert_uint_eq(device_asked, 0);
	ck_assert_uint_eq(device_old_asked, 1);
}
END_TEST

START_TEST(no_device)
{
	device_is_there = false;
	ck_assert_int_eq(device_collect(), TEE_UNAVAILABLE);
	ck_assert(http_call_logged(&device_call, "no_device", "/dev/sev:"));
	ck_assert_ptr_null(device_item("snp.report"));
}
END_TEST

/* A path that the line names is asked alone. */
START_TEST(named_device)
{
	ck_assert_int_eq(device_collect_at("/dev/sev-other", device_folder),
	    TEE_UNAVAILABLE);
	ck_assert_uint_eq(device_asked + device_old_asked, 0);
	ck_assert_int_eq(device_collect_at(device_driver, device_folder),
	    TEE_OK);
	device_judged(NULL, NULL);
}
END_TEST

START_TEST(wrapping_key)
{
	const struct tee_item *data;
	char wanted[400] = "{\"keys\":[" JWK "],\"user-data\":\"";

	ck_assert_int_eq(tee_evidence_put(device_call.call.evidence,
			     "azure.wrapping-key", JWK, strlen(JWK)),
	    0);
	ck_assert_int_eq(device_collect(), TEE_OK);
	device_judged(NULL, NULL);
	for (unsigned i = 0; i < 64; i++)
		strcat(wanted, i < 32 ? "42" : "00");
	strcat(wanted, "\"}");
	data = device_item("snp.runtime-data");
	ck_assert_ptr_nonnull(data);
	ck_assert_uint_eq(data->size, strlen(wanted));
	ck_assert_mem_eq(data->data, wanted, data->size);
}
END_TEST

/* An operator may ask for as much as the field takes. */
START_TEST(long_binding)
{
	device_call.call.binding_size = sizeof(device_binding);
	if (_i == 1)
		ck_assert_int_eq(tee_evidence_put(device_call.call.evidence,
				     "azure.wrapping-key", JWK, strlen(JWK)),
		    0);
	ck_assert_int_eq(device_collect(), TEE_OK);
	device_judged(NULL, NULL);
}
END_TEST

/* User data are written in upper case, as the paravisor's are. */
START_TEST(upper_case)
{
	memset(device_binding, 0xab, sizeof(device_binding));
	ck_assert_int_eq(tee_evidence_put(device_call.call.evidence,
			     "azure.wrapping-key", JWK, strlen(JWK)),
	    0);
	ck_assert_int_eq(device_collect(), TEE_OK);
	device_judged(NULL, NULL);
	ck_assert_ptr_nonnull(memmem(device_item("snp.runtime-data")->data,
	    device_item("snp.runtime-data")->size, "ABABAB", 6));
}
END_TEST

static const char *const bad_keys[] = { "", "{", "[]", "{}",
	"{\"kty\":\"RSA\",\"n\":\"AA\"}",
	"{\"kty\":\"RSA\",\"n\":1,\"e\":\"AQAB\"}",
	"{\"kty\":\"EC\",\"n\":\"AA\",\"e\":\"AQAB\"}",
	"{\"kty\":\"RSA\",\"n\":\"AA\",\"e\":\"AQAB\",\"d\":\"AA\"}",
	"{\"kty\":\"RSA\",\"n\":\"AA\",\"e\":\"AQAB\",\"dp\":\"AA\"}",
	"{\"kty\":\"RSA\",\"n\":\"AA\",\"e\":\"AQAB\",\"n\":\"AB\"}" };

START_TEST(bad_wrapping_key)
{
	const char *key = bad_keys[_i];

	ck_assert_int_eq(tee_evidence_put(device_call.call.evidence,
			     "azure.wrapping-key", key, strlen(key)),
	    0);
	ck_assert_int_eq(device_collect(), TEE_DENY);
	ck_assert(http_call_logged(&device_call, "wrapping_key",
	    "no public RSA key"));
	ck_assert_uint_eq(device_asked, 0);
	ck_assert_ptr_null(device_item("snp.report"));
}
END_TEST

START_TEST(no_binding)
{
	device_call.call.binding = NULL;
	ck_assert_int_eq(device_collect(), TEE_DENY);
	ck_assert_uint_eq(device_asked, 0);
}
END_TEST

/* Somebody else collected before: nothing is overwritten. */
START_TEST(items_there)
{
	static const char *const types[] = { "snp.report", "snp.certs",
		"azure.cce-policy", "azure.uvm-endorsement" };

	ck_assert_int_eq(tee_evidence_put(device_call.call.evidence, types[_i],
			     "x", 1),
	    0);
	ck_assert_int_eq(device_collect(), TEE_DENY);
	ck_assert(http_call_logged(&device_call, "evidence", types[_i]));
	ck_assert_uint_eq(device_item(types[_i])->size, 1);
}
END_TEST

START_TEST(certs_from_imds)
{
	device_remove("host-amd-cert-base64");
	ck_assert_int_eq(device_collect(), TEE_OK);
	device_judged(NULL, NULL);
	ck_assert_uint_eq(http_server_count(device_imds), 1);
	ck_assert_str_eq(http_server_asked(device_imds, 0)->url,
	    "/metadata/THIM/amd/certification");
}
END_TEST

/* The host's certificate is of before an update of the firmware. */
START_TEST(stale_host_certs)
{
	device_write_certs("db18000000000003");
	ck_assert_int_eq(device_collect(), TEE_OK);
	device_judged(NULL, NULL);
	ck_assert(http_call_logged(&device_call, "host_amd_cert",
	    "TCB db18000000000003"));
	ck_assert_uint_eq(http_server_count(device_imds), 1);
}
END_TEST

START_TEST(odd_host_certs)
{
	device_write_base64("host-amd-cert-base64", "{}", 2);
	ck_assert_int_eq(device_collect(), TEE_OK);
	device_judged(NULL, NULL);
	ck_assert(http_call_logged(&device_call, "host_amd_cert", "vcekCert"));
	ck_assert_uint_eq(http_server_count(device_imds), 1);
}
END_TEST

/* Report and certificates once more, and no more than once. */
START_TEST(stale_everywhere)
{
	device_write_certs("db18000000000003");
	device_imds_script(200, "db18000000000003");
	ck_assert_int_eq(device_collect(), TEE_UNAVAILABLE);
	ck_assert(http_call_logged(&device_call, "thim_stale", "TCB"));
	ck_assert_uint_eq(device_asked, 2);
	ck_assert_uint_eq(http_server_count(device_imds), 4);
	ck_assert_ptr_null(device_item("snp.report"));
}
END_TEST

/* The firmware was updated between the report and IMDS's answer. */
START_TEST(updated_meanwhile)
{
	device_updates = true;
	device_remove("host-amd-cert-base64");
	ck_assert_int_eq(device_collect(), TEE_OK);
	device_judged(NULL, NULL);
	ck_assert_uint_eq(device_asked, 2);
	ck_assert_uint_eq(http_server_count(device_imds), 3);
}
END_TEST

START_TEST(no_imds)
{
	device_remove("host-amd-cert-base64");
	device_imds_script(403, NULL);
	ck_assert_int_ne(device_collect(), TEE_OK);
	ck_assert_ptr_null(device_item("snp.report"));
}
END_TEST

/* What the context lacks, the evidence lacks, and the verifier says so. */
START_TEST(context_without_policy)
{
	device_remove("security-policy-base64");
	device_remove("reference-info-base64");
	ck_assert_int_eq(device_collect(), TEE_OK);
	device_judged(NULL, "cce-policy.host-data uvm.format");
}
END_TEST

START_TEST(line_end_behind)
{
	char *text = tee_b64_encode(TEE_BASE64_STANDARD,
	    device_machine.cce.data, device_machine.cce.size);
	char *more = malloc(strlen(text) + 3);

	strcpy(more, text);
	strcat(more, "\r\n");
	device_write("security-policy-base64", more, strlen(more));
	ck_assert_int_eq(device_collect(), TEE_OK);
	device_judged(NULL, NULL);
	free(more);
	free(text);
}
END_TEST

static const struct bad_file {
	const char *name, *text;
	size_t zeros; /* so many zeros in base64 instead */
} bad_files[] = {
	{ "security-policy-base64", "", 0 },
	{ "security-policy-base64", "*", 0 },
	{ "security-policy-base64", "YQ", 0 },
	{ "security-policy-base64", "YQ==\nYQ==", 0 },
	{ "security-policy-base64", NULL, 1024 * 1024 + 1 },
	{ "security-policy-base64", NULL, 1024 * 1024 + 100 },
	{ "reference-info-base64", "_-==", 0 },
	{ "reference-info-base64", NULL, 64 * 1024 + 1 },
	{ "host-amd-cert-base64", NULL, 64 * 1024 + 1 },
	{ "host-amd-cert-base64", "e", 0 },
};

START_TEST(bad_context)
{
	const struct bad_file *f = &bad_files[_i];
	uint8_t *zeros = calloc(1, f->zeros + 1);

	if (f->text != NULL)
		device_write(f->name, f->text, strlen(f->text));
	else
		device_write_base64(f->name, zeros, f->zeros);
	ck_assert_int_eq(device_collect(), TEE_DENY);
	ck_assert(http_call_logged(&device_call, "security_context", f->name));
	ck_assert_uint_eq(device_asked, 0);
	free(zeros);
}
END_TEST

START_TEST(largest_policy)
{
	uint8_t *zeros = calloc(1, 1024 * 1024);

	device_write_base64("security-policy-base64", zeros, 1024 * 1024);
	ck_assert_int_eq(device_collect(), TEE_OK);
	device_judged("cce-policy.host-data", NULL);
	free(zeros);
}
END_TEST

START_TEST(no_such_context)
{
	ck_assert_int_eq(device_collect_at(NULL, "/no/such/place"),
	    TEE_UNAVAILABLE);
	ck_assert(http_call_logged(&device_call, "security_context",
	    "no such directory"));
	ck_assert_int_eq(device_collect_at(NULL, device_driver),
	    TEE_UNAVAILABLE);
}
END_TEST

START_TEST(unreadable)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/reference-info-base64", device_folder);
	device_remove("reference-info-base64");
	/* A directory cannot be read, not even by root. */
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert_int_eq(device_collect(), TEE_UNAVAILABLE);
	ck_assert(
	    http_call_logged(&device_call, "security_context", "directory"));
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

int
main(void)
{
	Suite *suite = suite_create("azure device");
	TCase *tcase = tcase_create("collect");
	SRunner *runner;
	int failed;

	snp_keys_open();
	tcase_add_unchecked_fixture(tcase, uvm_open, uvm_close);
	tcase_add_checked_fixture(tcase, device_start, device_finish);
	tcase_add_test(tcase, everything);
	tcase_add_test(tcase, old_device);
	tcase_add_test(tcase, no_device);
	tcase_add_test(tcase, named_device);
	tcase_add_test(tcase, wrapping_key);
	tcase_add_loop_test(tcase, long_binding, 0, 2);
	tcase_add_test(tcase, upper_case);
	tcase_add_loop_test(tcase, bad_wrapping_key, 0, COUNT(bad_keys));
	tcase_add_test(tcase, no_binding);
	tcase_add_loop_test(tcase, items_there, 0, 4);
	tcase_add_test(tcase, certs_from_imds);
	tcase_add_test(tcase, stale_host_certs);
	tcase_add_test(tcase, odd_host_certs);
	tcase_add_test(tcase, stale_everywhere);
	tcase_add_test(tcase, updated_meanwhile);
	tcase_add_test(tcase, no_imds);
	tcase_add_test(tcase, context_without_policy);
	tcase_add_test(tcase, line_end_behind);
	tcase_add_loop_test(tcase, bad_context, 0, COUNT(bad_files));
	tcase_add_test(tcase, largest_policy);
	tcase_add_test(tcase, no_such_context);
	tcase_add_test(tcase, unreadable);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	snp_keys_close();
	return failed == 0 ? 0 : 1;
}
