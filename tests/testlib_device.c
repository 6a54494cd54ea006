/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_device: see testlib_device.h. */
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
#include "tests/testlib_device.h"

struct caci_evidence device_machine;
bool device_is_there, device_is_old, device_updates;
unsigned device_asked, device_old_asked;
char device_folder[64], device_driver[96];
struct http_server *device_imds;
struct http_call device_call;
uint8_t device_binding[64];

static uint8_t tcb[8];
static struct azure_thim *thim;

/* The report of this moment, signed by the chip. */
static void
answer(const uint8_t *user_data, uint8_t *response)
{
	uint32_t size = SIM_REPORT_SIZE;

	tee_sim_report_bytes(device_machine.snp.report, "report_data",
	    user_data, 64);
	tee_sim_report_bytes(device_machine.snp.report, "reported_tcb", tcb, 8);
	/* Microcode of before the update. */
	if (device_updates && device_asked == 1)
		device_machine.snp.report[0x187]--;
	snp_evidence_sign(&device_machine.snp);
	memcpy(response + 4, &size, 4);
	memcpy(response + 32, device_machine.snp.report, SIM_REPORT_SIZE);
}

static int
new_driver(struct snp_guest_request_ioctl *io)
{
	const struct snp_ext_report_req *request =
	    (const void *)(uintptr_t)io->req_data;
	struct snp_report_resp *response = (void *)(uintptr_t)io->resp_data;

	device_asked++;
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
	device_old_asked++;
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
	if (strcmp(path, "/dev/sev-guest") == 0 && device_is_there)
		path = device_driver;
	else if (strcmp(path, "/dev/sev") == 0 && device_is_old)
		path = device_driver;
	else if (strncmp(path, "/dev/sev", 8) == 0) {
		errno = ENOENT;
		return -1;
	}
	return __real_open(path, flags, mode);
}

void
device_write(const char *name, const void *data, size_t size)
{
	char path[160];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", device_folder, name);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(data, 1, size, file), size);
	ck_assert_int_eq(fclose(file), 0);
}

void
device_write_base64(const char *name, const void *data, size_t size)
{
	char *text = tee_b64_encode(TEE_BASE64_STANDARD, data, size);

	ck_assert_ptr_nonnull(text);
	device_write(name, text, strlen(text));
	free(text);
}

/* THIM's JSON of the machine's own certificates. */
static char *
thim_json(const char *tcbm)
{
	const char *pem = (const char *)device_machine.snp.certs.data, *chain;
	char own[17], *text;
	json_t *json;

	chain = memmem(pem + 1, device_machine.snp.certs.size - 1, "-----BEGIN",
	    10);
	for (unsigned i = 0; i < 8; i++)
		sprintf(own + (size_t)2 * i, "%02x", tcb[7 - i]);
	json =
	    json_pack("{s:s%,s:s,s:s%}", "vcekCert", pem, (size_t)(chain - pem),
		"tcbm", tcbm != NULL ? tcbm : own, "certificateChain", chain,
		device_machine.snp.certs.size - (size_t)(chain - pem));
	ck_assert_ptr_nonnull(json);
	text = json_dumps(json, 0);
	json_decref(json);
	return text;
}

void
device_write_certs(const char *tcbm)
{
	char *json = thim_json(tcbm);

	device_write_base64("host-amd-cert-base64", json, strlen(json));
	free(json);
}

/* What IMDS answers from now on; NULL: the machine's own certificates. */
void
device_imds_script(unsigned status, const char *tcbm)
{
	static char *json;
	struct http_turn turn = { .status = status };

	free(json);
	json = thim_json(tcbm);
	turn.body = json;
	http_server_script(device_imds, &turn, 1);
}

static void
write_context(void)
{
	device_write_base64("security-policy-base64", device_machine.cce.data,
	    device_machine.cce.size);
	device_write_base64("reference-info-base64", device_machine.uvm.data,
	    device_machine.uvm.size);
	device_write_certs(NULL);
}

void
device_start(void)
{
	struct tee_config config;
	struct uvm_spec spec;
	char options[256];

	uvm_start(&spec, true, caci_measurement);
	caci_start(&device_machine, &spec, CACI_POLICY);
	memset(device_binding, 0x42, sizeof(device_binding));
	device_is_there = true;
	device_is_old = false;
	device_updates = false;
	device_asked = device_old_asked = 0;
	memcpy(tcb, device_machine.snp.report + 0x180, sizeof(tcb));
	snprintf(device_folder, sizeof(device_folder),
	    "tests/tmp/context.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(device_folder));
	snprintf(device_driver, sizeof(device_driver), "%s/driver",
	    device_folder);
	device_write("driver", "", 0);
	write_context();
	device_imds = http_server_new(NULL, NULL);
	device_imds_script(200, NULL);
	http_call_begin(&device_call, 20000, NULL);
	device_call.call.facility = TEE_COLLECTOR;
	device_call.call.binding = device_binding;
	device_call.call.binding_size = 32;
	device_call.call.now = SNP_NOW;
	snprintf(options, sizeof(options), "imds=%s|kds=off",
	    http_server_url(device_imds, ""));
	http_config(&config, TEE_COLLECTOR, options, &device_call);
	thim = tee_azure_thim_new(&config);
	ck_assert_ptr_nonnull(thim);
	tee_config_clear(&config);
}

void
device_finish(void)
{
	static const char *const files[] = { "driver", "security-policy-base64",
		"reference-info-base64", "host-amd-cert-base64" };
	char path[160];

	for (unsigned i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%s", device_folder, files[i]);
		(void)remove(path);
	}
	ck_assert_int_eq(rmdir(device_folder), 0);
	tee_azure_thim_free(&thim);
	http_server_free(&device_imds);
	http_call_end(&device_call);
	caci_free(&device_machine);
}

void
device_remove(const char *name)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", device_folder, name);
	ck_assert_int_eq(remove(path), 0);
}

enum tee_verdict
device_collect_at(const char *device, const char *context)
{
	char auto_device[] = "", copy[128];
	struct azure_place place = { .device = auto_device };

	if (device != NULL) {
		snprintf(copy, sizeof(copy), "%s", device);
		place.device = copy;
	}
	return tee_azure_device_collect(&device_call.call, &place, thim,
	    context);
}

enum tee_verdict
device_collect(void)
{
	return device_collect_at(NULL, device_folder);
}

const struct tee_item *
device_item(const char *type)
{
	return tee_evidence_item(device_call.call.evidence, type);
}

static void
take(const char *type, struct sim_blob *out)
{
	const struct tee_item *i = device_item(type);

	tee_sim_blob_free(out);
	if (i != NULL)
		ck_assert(tee_sim_blob_append(out, i->data, i->size));
}

/* Judged from its items alone, as a relying party would. */
void
device_judged(const char *fails, const char *not_done)
{
	struct caci_evidence e = { .snp = { .binding_size =
						device_call.call.binding_size,
				       .now = SNP_NOW } };
	const struct tee_item *report = device_item("snp.report");
	struct tee_claims *c;

	ck_assert_ptr_nonnull(report);
	ck_assert_uint_eq(report->size, SIM_REPORT_SIZE);
	memcpy(e.snp.report, report->data, report->size);
	e.snp.report_size = report->size;
	memcpy(e.snp.binding, device_binding, sizeof(device_binding));
	memcpy(e.snp.root, device_machine.snp.root, sizeof(e.snp.root));
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
