/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The collector of a confidential container against a driver, a security
 * context and an IMDS of the test's own; and that what it collects is what
 * the judge takes.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <check.h>
#include <jansson.h>
#include <linux/sev-guest.h>

#include "modules/common/base64.h"
#include "modules/snp_azure/device.h"
#include "tests/testlib_caci.h"
#include "tests/testlib_http.h"

#define JWK \
	"{\"kty\":\"RSA\",\"n\":\"0123\",\"e\":\"AQAB\",\"kid\":\"k1\"," \
	"\"key_ops\":[\"encrypt\"]}"

/* The machine: what its firmware reports, and how it is asked. */
static struct caci_evidence machine;
static bool has_device, has_old_device;
static bool updating;
static unsigned asked, old_asked;
static uint8_t tcb[8];
static char folder[64], driver[96];

static struct http_server *imds;
static struct azure_thim *thim;
static struct http_call hc;
static uint8_t binding[32];

/* The report of this moment, signed by the chip. */
static void
answer(const uint8_t *user_data, uint8_t *response)
{
	uint32_t size = SIM_REPORT_SIZE;

	tee_sim_report_bytes(machine.snp.report, "report_data", user_data, 64);
	tee_sim_report_bytes(machine.snp.report, "reported_tcb", tcb, 8);
	/* Microcode of before the update. */
	if (updating && asked == 1)
		machine.snp.report[0x187]--;
	snp_evidence_sign(&machine.snp);
	memcpy(response + 4, &size, 4);
	memcpy(response + 32, machine.snp.report, SIM_REPORT_SIZE);
}

static int
new_driver(struct snp_guest_request_ioctl *io)
{
	const struct snp_ext_report_req *request =
	    (const void *)(uintptr_t)io->req_data;
	struct snp_report_resp *response = (void *)(uintptr_t)io->resp_data;

	asked++;
	answer(request->data.user_data, response->data);
	return 0;
}

/* The layout of Linux 5.15's driver, written here a second time. */
static int
old_driver(uint8_t *io)
{
	uint64_t request, response;

	ck_assert_uint_eq(io[0], 5);
	memcpy(&request, io + 8, 8);
	memcpy(&response, io + 24, 8);
	old_asked++;
	answer((const uint8_t *)(uintptr_t)request,
	    (uint8_t *)(uintptr_t)response);
	return 0;
}

int __wrap_ioctl(int fd, unsigned long command, void *argument);
int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);

int
__wrap_ioctl(int fd, unsigned long command, void *argument)
{
	(void)fd;
	if (command == SNP_GET_EXT_REPORT || command == SNP_GET_REPORT)
		return new_driver(argument);
	ck_assert_uint_eq(command, 0xC0285301UL);
	return old_driver(argument);
}

int
__wrap_open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	if ((flags & O_CREAT) != 0) {
		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
	}
	if (strcmp(path, "/dev/sev-guest") == 0 && has_device)
		path = driver;
	else if (strcmp(path, "/dev/sev") == 0 && has_old_device)
		path = driver;
	else if (strncmp(path, "/dev/sev", 8) == 0) {
		errno = ENOENT;
		return -1;
	}
	return __real_open(path, flags, mode);
}

static void
write_file(const char *name, const void *data, size_t size)
{
	char path[160];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(data, 1, size, file), size);
	ck_assert_int_eq(fclose(file), 0);
}

static void
write_base64(const char *name, const void *data, size_t size)
{
	char *text = tee_b64_encode(TEE_BASE64_STANDARD, data, size);

	ck_assert_ptr_nonnull(text);
	write_file(name, text, strlen(text));
	free(text);
}

/* THIM's JSON of the machine's own certificates. */
static char *
thim_json(const char *tcbm)
{
	const char *pem = (const char *)machine.snp.certs.data, *chain;
	char own[17], *text;
	json_t *json;

	chain = memmem(pem + 1, machine.snp.certs.size - 1, "-----BEGIN", 10);
	for (unsigned i = 0; i < 8; i++)
		sprintf(own + (size_t)2 * i, "%02x", tcb[7 - i]);
	json =
	    json_pack("{s:s%,s:s,s:s%}", "vcekCert", pem, (size_t)(chain - pem),
		"tcbm", tcbm != NULL ? tcbm : own, "certificateChain", chain,
		machine.snp.certs.size - (size_t)(chain - pem));
	ck_assert_ptr_nonnull(json);
	text = json_dumps(json, 0);
	json_decref(json);
	return text;
}

static void
write_host_certs(const char *tcbm)
{
	char *json = thim_json(tcbm);

	write_base64("host-amd-cert-base64", json, strlen(json));
	free(json);
}

/* What IMDS answers from now on; NULL: the machine's own certificates. */
static void
script(unsigned status, const char *tcbm)
{
	static char *json;
	struct http_turn turn = { .status = status };

	free(json);
	json = thim_json(tcbm);
	turn.body = json;
	http_server_script(imds, &turn, 1);
}

static void
write_context(void)
{
	write_base64("security-policy-base64", machine.cce.data,
	    machine.cce.size);
	write_base64("reference-info-base64", machine.uvm.data,
	    machine.uvm.size);
	write_host_certs(NULL);
}

static void
start(void)
{
	struct tee_config config;
	struct uvm_spec spec;
	char options[256];

	uvm_start(&spec, true, caci_measurement);
	caci_start(&machine, &spec, CACI_POLICY);
	memset(binding, 0x42, sizeof(binding));
	has_device = true;
	has_old_device = false;
	updating = false;
	asked = old_asked = 0;
	memcpy(tcb, machine.snp.report + 0x180, sizeof(tcb));
	snprintf(folder, sizeof(folder), "tests/tmp/context.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(driver, sizeof(driver), "%s/driver", folder);
	write_file("driver", "", 0);
	write_context();
	imds = http_server_new(NULL, NULL);
	script(200, NULL);
	http_call_begin(&hc, 20000, NULL);
	hc.call.facility = TEE_COLLECTOR;
	hc.call.binding = binding;
	hc.call.binding_size = sizeof(binding);
	hc.call.now = SNP_NOW;
	snprintf(options, sizeof(options), "imds=%s|kds=off",
	    http_server_url(imds, ""));
	http_config(&config, TEE_COLLECTOR, options, &hc);
	thim = tee_azure_thim_new(&config);
	ck_assert_ptr_nonnull(thim);
	tee_config_clear(&config);
}

static void
finish(void)
{
	static const char *const files[] = { "driver", "security-policy-base64",
		"reference-info-base64", "host-amd-cert-base64" };
	char path[160];

	for (unsigned i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		(void)remove(path);
	}
	ck_assert_int_eq(rmdir(folder), 0);
	tee_azure_thim_free(&thim);
	http_server_free(&imds);
	http_call_end(&hc);
	caci_free(&machine);
}

static void
forget(const char *name)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	ck_assert_int_eq(remove(path), 0);
}

static enum tee_verdict
collect_at(const char *device, const char *context)
{
	char auto_device[] = "", copy[128];
	struct azure_place place = { .device = auto_device };

	if (device != NULL) {
		snprintf(copy, sizeof(copy), "%s", device);
		place.device = copy;
	}
	return tee_azure_device_collect(&hc.call, &place, thim, context);
}

static enum tee_verdict
collect(void)
{
	return collect_at(NULL, folder);
}

static const struct tee_item *
item(const char *type)
{
	return tee_evidence_item(hc.call.evidence, type);
}

static void
take(const char *type, struct sim_blob *out)
{
	const struct tee_item *i = item(type);

	tee_sim_blob_free(out);
	if (i != NULL)
		ck_assert(tee_sim_blob_append(out, i->data, i->size));
}

/* Judged from its items alone, as a relying party would. */
static void
judged(const char *fails, const char *not_done)
{
	struct caci_evidence e = { .snp = { .binding_size = 32,
				       .now = SNP_NOW } };
	const struct tee_item *report = item("snp.report");
	struct tee_claims *c;

	ck_assert_ptr_nonnull(report);
	ck_assert_uint_eq(report->size, SIM_REPORT_SIZE);
	memcpy(e.snp.report, report->data, report->size);
	e.snp.report_size = report->size;
	memcpy(e.snp.binding, binding, sizeof(binding));
	memcpy(e.snp.root, machine.snp.root, sizeof(e.snp.root));
	take("snp.certs", &e.snp.certs);
	take("azure.uvm-endorsement", &e.uvm);
	take("azure.cce-policy", &e.cce);
	take("snp.runtime-data", &e.runtime);
	c = caci_judge(&e, "");
	snp_expect("collected", c, fails, not_done);
	tee_claims_free(&c);
	tee_sim_blob_free(&e.snp.certs);
	tee_sim_blob_free(&e.uvm);
	tee_sim_blob_free(&e.cce);
	tee_sim_blob_free(&e.runtime);
}

START_TEST(everything)
{
	ck_assert_int_eq(collect(), TEE_OK);
	judged(NULL, NULL);
	ck_assert_uint_eq(asked, 1);
	ck_assert_uint_eq(http_server_count(imds), 0);
	ck_assert_ptr_null(item("snp.runtime-data"));
}
END_TEST

START_TEST(old_device)
{
	has_device = false;
	has_old_device = true;
	ck_assert_int_eq(collect(), TEE_OK);
	judged(NULL, NULL);
	ck_assert_uint_eq(asked, 0);
	ck_assert_uint_eq(old_asked, 1);
}
END_TEST

START_TEST(no_device)
{
	has_device = false;
	ck_assert_int_eq(collect(), TEE_UNAVAILABLE);
	ck_assert(http_call_logged(&hc, "no_device", "/dev/sev:"));
	ck_assert_ptr_null(item("snp.report"));
}
END_TEST

/* A path that the line names is asked alone. */
START_TEST(named_device)
{
	ck_assert_int_eq(collect_at("/dev/sev-other", folder), TEE_UNAVAILABLE);
	ck_assert_uint_eq(asked + old_asked, 0);
	ck_assert_int_eq(collect_at(driver, folder), TEE_OK);
	judged(NULL, NULL);
}
END_TEST

START_TEST(wrapping_key)
{
	const struct tee_item *data;
	char wanted[400] = "{\"keys\":[" JWK "],\"user-data\":\"";

	ck_assert_int_eq(tee_evidence_put(hc.call.evidence,
			     "azure.wrapping-key", JWK, strlen(JWK)),
	    0);
	ck_assert_int_eq(collect(), TEE_OK);
	judged(NULL, NULL);
	for (unsigned i = 0; i < 64; i++)
		strcat(wanted, i < 32 ? "42" : "00");
	strcat(wanted, "\"}");
	data = item("snp.runtime-data");
	ck_assert_ptr_nonnull(data);
	ck_assert_uint_eq(data->size, strlen(wanted));
	ck_assert_mem_eq(data->data, wanted, data->size);
}
END_TEST

/* User data are written in upper case, as the paravisor's are. */
START_TEST(upper_case)
{
	memset(binding, 0xab, sizeof(binding));
	ck_assert_int_eq(tee_evidence_put(hc.call.evidence,
			     "azure.wrapping-key", JWK, strlen(JWK)),
	    0);
	ck_assert_int_eq(collect(), TEE_OK);
	judged(NULL, NULL);
	ck_assert_ptr_nonnull(memmem(item("snp.runtime-data")->data,
	    item("snp.runtime-data")->size, "ABABAB", 6));
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

	ck_assert_int_eq(tee_evidence_put(hc.call.evidence,
			     "azure.wrapping-key", key, strlen(key)),
	    0);
	ck_assert_int_eq(collect(), TEE_DENY);
	ck_assert(http_call_logged(&hc, "wrapping_key", "no public RSA key"));
	ck_assert_uint_eq(asked, 0);
	ck_assert_ptr_null(item("snp.report"));
}
END_TEST

START_TEST(no_binding)
{
	hc.call.binding = NULL;
	ck_assert_int_eq(collect(), TEE_DENY);
	ck_assert_uint_eq(asked, 0);
}
END_TEST

/* Somebody else collected before: nothing is overwritten. */
START_TEST(items_there)
{
	static const char *const types[] = { "snp.report", "snp.certs",
		"azure.cce-policy", "azure.uvm-endorsement" };

	ck_assert_int_eq(tee_evidence_put(hc.call.evidence, types[_i], "x", 1),
	    0);
	ck_assert_int_eq(collect(), TEE_DENY);
	ck_assert(http_call_logged(&hc, "evidence", types[_i]));
	ck_assert_uint_eq(item(types[_i])->size, 1);
}
END_TEST

START_TEST(certs_from_imds)
{
	forget("host-amd-cert-base64");
	ck_assert_int_eq(collect(), TEE_OK);
	judged(NULL, NULL);
	ck_assert_uint_eq(http_server_count(imds), 1);
	ck_assert_str_eq(http_server_asked(imds, 0)->url,
	    "/metadata/THIM/amd/certification");
}
END_TEST

/* The host's certificate is of before an update of the firmware. */
START_TEST(stale_host_certs)
{
	write_host_certs("db18000000000003");
	ck_assert_int_eq(collect(), TEE_OK);
	judged(NULL, NULL);
	ck_assert(
	    http_call_logged(&hc, "host_amd_cert", "TCB db18000000000003"));
	ck_assert_uint_eq(http_server_count(imds), 1);
}
END_TEST

START_TEST(odd_host_certs)
{
	write_base64("host-amd-cert-base64", "{}", 2);
	ck_assert_int_eq(collect(), TEE_OK);
	judged(NULL, NULL);
	ck_assert(http_call_logged(&hc, "host_amd_cert", "vcekCert"));
	ck_assert_uint_eq(http_server_count(imds), 1);
}
END_TEST

/* Report and certificates once more, and no more than once. */
START_TEST(stale_everywhere)
{
	write_host_certs("db18000000000003");
	script(200, "db18000000000003");
	ck_assert_int_eq(collect(), TEE_UNAVAILABLE);
	ck_assert(http_call_logged(&hc, "thim_stale", "TCB"));
	ck_assert_uint_eq(asked, 2);
	ck_assert_uint_eq(http_server_count(imds), 4);
	ck_assert_ptr_null(item("snp.report"));
}
END_TEST

/* The firmware was updated between the report and IMDS's answer. */
START_TEST(updated_meanwhile)
{
	updating = true;
	forget("host-amd-cert-base64");
	ck_assert_int_eq(collect(), TEE_OK);
	judged(NULL, NULL);
	ck_assert_uint_eq(asked, 2);
	ck_assert_uint_eq(http_server_count(imds), 3);
}
END_TEST

START_TEST(no_imds)
{
	forget("host-amd-cert-base64");
	script(403, NULL);
	ck_assert_int_ne(collect(), TEE_OK);
	ck_assert_ptr_null(item("snp.report"));
}
END_TEST

/* What the context lacks, the evidence lacks, and the verifier says so. */
START_TEST(context_without_policy)
{
	forget("security-policy-base64");
	forget("reference-info-base64");
	ck_assert_int_eq(collect(), TEE_OK);
	judged(NULL, "cce-policy.host-data uvm.format");
}
END_TEST

START_TEST(line_end_behind)
{
	char *text = tee_b64_encode(TEE_BASE64_STANDARD, machine.cce.data,
	    machine.cce.size);
	char *more = malloc(strlen(text) + 3);

	strcpy(more, text);
	strcat(more, "\r\n");
	write_file("security-policy-base64", more, strlen(more));
	ck_assert_int_eq(collect(), TEE_OK);
	judged(NULL, NULL);
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
		write_file(f->name, f->text, strlen(f->text));
	else
		write_base64(f->name, zeros, f->zeros);
	ck_assert_int_eq(collect(), TEE_DENY);
	ck_assert(http_call_logged(&hc, "security_context", f->name));
	ck_assert_uint_eq(asked, 0);
	free(zeros);
}
END_TEST

START_TEST(largest_policy)
{
	uint8_t *zeros = calloc(1, 1024 * 1024);

	write_base64("security-policy-base64", zeros, 1024 * 1024);
	ck_assert_int_eq(collect(), TEE_OK);
	judged("cce-policy.host-data", NULL);
	free(zeros);
}
END_TEST

START_TEST(no_such_context)
{
	ck_assert_int_eq(collect_at(NULL, "/no/such/place"), TEE_UNAVAILABLE);
	ck_assert(
	    http_call_logged(&hc, "security_context", "no such directory"));
	ck_assert_int_eq(collect_at(NULL, driver), TEE_UNAVAILABLE);
}
END_TEST

START_TEST(unreadable)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/reference-info-base64", folder);
	forget("reference-info-base64");
	/* A directory cannot be read, not even by root. */
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert_int_eq(collect(), TEE_UNAVAILABLE);
	ck_assert(http_call_logged(&hc, "security_context", "directory"));
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
	tcase_add_checked_fixture(tcase, start, finish);
	tcase_add_test(tcase, everything);
	tcase_add_test(tcase, old_device);
	tcase_add_test(tcase, no_device);
	tcase_add_test(tcase, named_device);
	tcase_add_test(tcase, wrapping_key);
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
