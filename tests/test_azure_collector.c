/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The collector of a confidential VM: one report serves many quotes, a young
 * one is never asked for again and an old one always is; certificates follow
 * the report; what is missing ends the line or is left out, as it should.
 */
#include "config.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libtee/clock.h"
#include "modules/common/runtime.h"
#include "modules/snp_azure/hcl.h"
#include "modules/snp_azure/quote.h"
#include "tests/azure_tpm_line.h"

#define BUDGET 20000
#define HCL 0x01400001
#define USER_DATA 0x01400002
#define AK_CERT 0x01C101D0
#define CROWD 6

/* IMDS, in tee_azure_thim_ask's place. */
static struct {
	enum tee_verdict verdict;
	unsigned stale; /* so many times: of another TCB than the report */
	unsigned asked;
} thim;

enum tee_verdict __wrap_tee_azure_thim_ask(struct tee_call *,
    struct azure_thim *, const uint8_t *, char **, bool *);

enum tee_verdict
__wrap_tee_azure_thim_ask(struct tee_call *call, struct azure_thim *client,
    const uint8_t *report, char **pem, bool *stale)
{
	(void)call;
	ck_assert_ptr_nonnull(client);
	ck_assert_uint_eq(report[0], 2);
	thim.asked++;
	*pem = NULL;
	*stale = thim.stale > 0;
	if (thim.stale > 0) {
		thim.stale--;
		return TEE_UNAVAILABLE;
	}
	if (thim.verdict == TEE_OK)
		*pem = strdup("certificates");
	return thim.verdict;
}

static struct azure_collector *collector;
static struct tee_call *call;

/* A furnished TPM and a line with these options. */
static void
begin(const char *options)
{
	static const uint8_t nothing[2048];

	memset(&thim, 0, sizeof(thim));
	thim.verdict = TEE_OK;
	tpm_make_ak();
	tpm_make_nv(HCL, nothing, sizeof(nothing));
	tpm_make_nv(USER_DATA, NULL, 0);
	tpm_make_nv(AK_CERT, NULL, 0);
	collector = line_with(options);
	ck_assert_ptr_nonnull(collector);
}

/* Its evidence stays until the next one. */
static enum tee_verdict
collect(void)
{
	enum tee_verdict verdict;

	call = tpm_call(BUDGET);
	tpm_count_reset();
	verdict = tee_azure_collect(call, collector);
	ck_assert_uint_eq(tpm_leftovers(), 0);
	return verdict;
}

static void
end(void)
{
	tee_azure_collector_free(&collector);
	ck_assert_ptr_null(collector);
}

static const struct tee_item *
item(const char *type)
{
	return tee_evidence_item(call->evidence, type);
}

static bool
empty(void)
{
	return item("azure.hcl-report") == NULL && item("tpm.quote") == NULL &&
	    item("tpm.pcrs") == NULL && item("snp.certs") == NULL;
}

/* Quote and registers belong together, and to this call. */
static void
bound(uint32_t selection)
{
	const struct tee_item *quote = item("tpm.quote");
	const struct tee_item *pcrs = item("tpm.pcrs");
	struct azure_attest attest;
	struct azure_pcrs values;
	const uint8_t *extra;
	size_t size;

	ck_assert(quote != NULL && pcrs != NULL);
	ck_assert_ptr_nonnull(item("tpm.quote-signature"));
	ck_assert(tee_azure_attest_parse(&attest, quote->data, quote->size));
	extra = tee_azure_attest_extra(&attest, &size);
	ck_assert_uint_eq(size, call->binding_size);
	ck_assert_mem_eq(extra, call->binding, size);
	ck_assert(tee_azure_pcrs_parse(&values, pcrs->data, pcrs->size));
	ck_assert_uint_eq(values.present, selection);
	ck_assert(tee_azure_quote_covers(&attest, selection,
	    (const uint8_t(*)[AZURE_PCR_SIZE])values.value));
}

/* Whether the report's user data are this call's binding. */
static bool
report_is_ours(void)
{
	const struct tee_item *report = item("azure.hcl-report");
	struct tee_runtime runtime;
	struct azure_hcl hcl;
	bool ours;

	ck_assert_ptr_nonnull(report);
	ck_assert(tee_azure_hcl_parse(&hcl, report->data, report->size));
	ck_assert(tee_runtime_parse(&runtime, hcl.runtime, hcl.runtime_size));
	ours = runtime.has_user_data &&
	    memcmp(runtime.user_data, call->binding, 32) == 0;
	tee_runtime_free(&runtime);
	return ours;
}

START_TEST(everything)
{
	begin("");
	ck_assert_int_eq(collect(), TEE_OK);
	bound(0xff);
	ck_assert(report_is_ours());
	ck_assert_mem_eq(item("snp.certs")->data, "certificates", 12);
	ck_assert_ptr_null(item("tpm.ak-cert"));
	ck_assert_ptr_null(item("snp.report"));
	end();
}
END_TEST

/* A handshake: one quote, one reading of the PCRs, no NV, no IMDS. */
START_TEST(reused)
{
	begin("");
	ck_assert_int_eq(collect(), TEE_OK);
	ck_assert_int_eq(collect(), TEE_OK);
	bound(0xff);
	ck_assert(!report_is_ours());
	ck_assert_uint_eq(tpm_count(TPM2_CC_ReadPublic), 1);
	ck_assert_uint_eq(tpm_count(TPM2_CC_Quote), 1);
	ck_assert_uint_eq(tpm_count(TPM2_CC_PCR_Read), 1);
	ck_assert_uint_eq(tpm_count(0), 3);
	ck_assert_uint_eq(thim.asked, 1);
	end();
}
END_TEST

/* The chip's certificates are as good as before. */
START_TEST(always_new)
{
	begin("|report_max_age=0");
	for (unsigned i = 0; i < 3; i++) {
		ck_assert_int_eq(collect(), TEE_OK);
		ck_assert_uint_eq(tpm_count(TPM2_CC_NV_Write), 1);
		ck_assert(report_is_ours());
		ck_assert_ptr_nonnull(item("snp.certs"));
	}
	ck_assert_uint_eq(thim.asked, 1);
	end();
}
END_TEST

START_TEST(grows_old)
{
	begin("|report_max_age=1");
	ck_assert_int_eq(collect(), TEE_OK);
	usleep(1100000);
	ck_assert_int_eq(collect(), TEE_OK);
	ck_assert_uint_eq(tpm_count(TPM2_CC_NV_Write), 1);
	ck_assert(report_is_ours());
	end();
}
END_TEST

/* Nothing at all rather than a report beyond its age. */
START_TEST(old_and_stale)
{
	begin("|report_max_age=0");
	ck_assert_int_eq(collect(), TEE_OK);
	tpm_faults.stale = true;
	ck_assert_int_eq(collect(), TEE_UNAVAILABLE);
	ck_assert_str_eq(call->reason, "stale_report");
	ck_assert(empty());
	tpm_faults.stale = false;
	ck_assert_int_eq(collect(), TEE_OK);
	ck_assert(report_is_ours());
	end();
}
END_TEST

START_TEST(old_form)
{
	begin("");
	tpm_faults.no_user_data = true;
	ck_assert_int_eq(collect(), TEE_OK);
	bound(0xff);
	ck_assert(!report_is_ours());
	end();
}
END_TEST

/* A report of another kind is the verifier's to name; IMDS knows it not. */
START_TEST(no_snp_report)
{
	begin("");
	tpm_faults.report_type = AZURE_HCL_TDX;
	ck_assert_int_eq(collect(), TEE_OK);
	bound(0xff);
	ck_assert_uint_eq(thim.asked, 0);
	ck_assert_ptr_null(item("snp.certs"));
	end();
}
END_TEST

START_TEST(ak_certificate)
{
	uint8_t padded[2048] = { 0 };
	size_t size = tpm_certificate("Global Virtual TPM CA - 03", padded);

	begin("");
	tpm_make_nv(AK_CERT, padded, sizeof(padded));
	ck_assert_int_eq(collect(), TEE_OK);
	ck_assert_int_eq(collect(), TEE_OK);
	ck_assert_uint_eq(tpm_count(TPM2_CC_NV_Read), 0);
	ck_assert_uint_eq(item("tpm.ak-cert")->size, size);
	ck_assert_mem_eq(item("tpm.ak-cert")->data, padded, size);
	end();
}
END_TEST

/* After a firmware update: another report, another question. */
START_TEST(certificates_late)
{
	begin("");
	thim.stale = 1;
	ck_assert_int_eq(collect(), TEE_OK);
	ck_assert_uint_eq(thim.asked, 2);
	ck_assert_uint_eq(tpm_count(TPM2_CC_NV_Write), 2);
	ck_assert_ptr_nonnull(item("snp.certs"));
	end();
}
END_TEST

START_TEST(certificates_too_late)
{
	begin("");
	thim.stale = 2;
	ck_assert_int_eq(collect(), TEE_UNAVAILABLE);
	ck_assert_uint_eq(thim.asked, 2);
	ck_assert(empty());
	end();
}
END_TEST

/* An outage ends the line, and is not remembered. */
START_TEST(no_certificates)
{
	begin("");
	thim.verdict = TEE_UNAVAILABLE;
	ck_assert_int_eq(collect(), TEE_UNAVAILABLE);
	ck_assert_uint_eq(tpm_count(TPM2_CC_NV_Write), 1);
	ck_assert(empty());
	thim.verdict = TEE_OK;
	ck_assert_int_eq(collect(), TEE_OK);
	ck_assert_uint_eq(tpm_count(TPM2_CC_NV_Write), 1);
	ck_assert_ptr_nonnull(item("snp.certs"));
	end();
}
END_TEST

START_TEST(more_registers)
{
	begin("|quote_pcrs=0-7,11,23");
	ck_assert_int_eq(collect(), TEE_OK);
	bound(0x8008ff);
	end();
}
END_TEST

START_TEST(twice)
{
	begin("");
	ck_assert_int_eq(collect(), TEE_OK);
	ck_assert_int_eq(tee_azure_collect(call, collector), TEE_DENY);
	ck_assert_str_eq(call->reason, "evidence");
	end();
}
END_TEST

START_TEST(no_binding)
{
	begin("");
	call = tpm_call(BUDGET);
	call->binding = NULL;
	ck_assert_int_eq(tee_azure_collect(call, collector), TEE_DENY);
	ck_assert(empty());
	end();
}
END_TEST

struct guest {
	pthread_t thread;
	struct tee_call call;
	enum tee_verdict verdict;
};

static void *
visit(void *user)
{
	struct guest *g = user;

	g->verdict = tee_azure_collect(&g->call, collector);
	return NULL;
}

static void
send_guest(struct guest *g, unsigned budget)
{
	tpm_call_begin(&g->call, budget);
	ck_assert_int_eq(pthread_create(&g->thread, NULL, visit, g), 0);
}

static enum tee_verdict
meet_guest(struct guest *g)
{
	pthread_join(g->thread, NULL);
	tee_evidence_free(&g->call.evidence);
	return g->verdict;
}

/* Who comes together shares one renewal. */
START_TEST(crowd)
{
	struct guest guests[CROWD];

	begin("");
	tpm_count_reset();
	for (unsigned i = 0; i < CROWD; i++)
		send_guest(&guests[i], BUDGET);
	for (unsigned i = 0; i < CROWD; i++)
		ck_assert_int_eq(meet_guest(&guests[i]), TEE_OK);
	ck_assert_uint_eq(tpm_count(TPM2_CC_NV_Write), 1);
	ck_assert_uint_eq(tpm_count(TPM2_CC_Quote), CROWD);
	ck_assert_uint_eq(thim.asked, 1);
	end();
}
END_TEST

/* Whoever has no time to wait for the renewal is told so. */
START_TEST(impatient)
{
	struct guest slow, quick;

	begin("|report_max_age=0");
	ck_assert_int_eq(collect(), TEE_OK);
	tpm_faults.stale = true;
	send_guest(&slow, BUDGET);
	usleep(200000);
	send_guest(&quick, 50);
	ck_assert_int_eq(meet_guest(&quick), TEE_UNAVAILABLE);
	ck_assert_str_eq(quick.call.reason, "vtpm_busy");
	ck_assert_int_eq(meet_guest(&slow), TEE_UNAVAILABLE);
	ck_assert_str_eq(slow.call.reason, "stale_report");
	end();
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, everything);
	tcase_add_test(tc, reused);
	tcase_add_test(tc, always_new);
	tcase_add_test(tc, grows_old);
	tcase_add_test(tc, old_and_stale);
	tcase_add_test(tc, old_form);
	tcase_add_test(tc, no_snp_report);
	tcase_add_test(tc, ak_certificate);
	tcase_add_test(tc, certificates_late);
	tcase_add_test(tc, certificates_too_late);
	tcase_add_test(tc, no_certificates);
	tcase_add_test(tc, more_registers);
	tcase_add_test(tc, twice);
	tcase_add_test(tc, no_binding);
	tcase_add_test(tc, crowd);
	tcase_add_test(tc, impatient);
}

int
main(void)
{
	return tpm_main("azure_collector", add);
}
