/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vTPM of a confidential VM: what is missing is named, what is busy is
 * asked again, and every wait ends with the budget.
 */
#include "config.h"

#include <string.h>
#include <openssl/evp.h>

#include "libtee/clock.h"
#include "modules/snp_azure/quote.h"
#include "modules/snp_azure/vtpm.h"
#include "tests/azure_tpm_kit.h"

#define BUDGET 20000
#define AK_CERT 0x01C101D0

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

static const uint8_t *
user_data(uint8_t first)
{
	static uint8_t data[64];

	memset(data, 0, sizeof(data));
	memset(data, first, 32);
	return data;
}

/* 0x14A of a real image: defined, never written.  And not there at all. */
START_TEST(cert_unwritten)
{
	tpm_make_nv(AK_CERT, NULL, 2048);
	open_tpm();
	ck_assert_int_eq(tee_azure_vtpm_ak_cert(tpm, &bytes), TEE_UNAVAILABLE);
	ck_assert_uint_eq(bytes.size, 0);
	close_tpm();
	tpm_make_nv(AK_CERT, NULL, 0);
	open_tpm();
	ck_assert_int_eq(tee_azure_vtpm_ak_cert(tpm, &bytes), TEE_UNAVAILABLE);
	close_tpm();
}
END_TEST

START_TEST(cert_provisioned)
{
	uint8_t padded[2048] = { 0 };
	size_t size = tpm_certificate("Global Virtual TPM CA - 03", padded);

	tpm_make_nv(AK_CERT, padded, sizeof(padded));
	open_tpm();
	ck_assert_int_eq(tee_azure_vtpm_ak_cert(tpm, &bytes), TEE_OK);
	close_tpm();
	ck_assert_uint_eq(bytes.size, size);
	ck_assert_mem_eq(bytes.data, padded, size);
}
END_TEST

START_TEST(cert_self_issued)
{
	uint8_t padded[2048] = { 0 };

	tpm_certificate("vm", padded);
	tpm_make_nv(AK_CERT, padded, sizeof(padded));
	open_tpm();
	ck_assert_int_eq(tee_azure_vtpm_ak_cert(tpm, &bytes), TEE_UNAVAILABLE);
	ck_assert_uint_eq(bytes.size, 0);
	close_tpm();
}
END_TEST

START_TEST(ak_missing)
{
	static struct azure_quote q;

	tpm_remove_ak();
	open_tpm();
	ck_assert_int_eq(tee_azure_vtpm_quote(tpm, user_data(1), 32, 0xff, &q),
	    TEE_UNAVAILABLE);
	ck_assert_str_eq(call->reason, "vtpm_ak");
	ck_assert_int_eq(tee_azure_vtpm_ak_public(tpm, &bytes),
	    TEE_UNAVAILABLE);
	ck_assert_str_eq(call->reason, "vtpm_ak");
	close_tpm();
}
END_TEST

/* By the verifier's own code. */
static void
quote_holds(const struct azure_quote *q)
{
	struct azure_attest attest;
	struct azure_signature signature;
	TPM2B_PUBLIC public;
	const uint8_t *extra;
	uint32_t selection;
	EVP_PKEY *ak;
	size_t size;

	ck_assert(
	    tee_azure_attest_parse(&attest, q->attest.data, q->attest.size));
	ck_assert(tee_azure_attest_is_quote(&attest));
	extra = tee_azure_attest_extra(&attest, &size);
	ck_assert_uint_eq(size, 32);
	ck_assert_mem_eq(extra, user_data(6), 32);
	ck_assert(tee_azure_quote_selection(&attest, &selection));
	ck_assert_uint_eq(selection, q->selection);
	ck_assert(tee_azure_quote_covers(&attest, selection, q->pcr));
	ck_assert_int_eq(tee_azure_vtpm_ak_public(tpm, &bytes), TEE_OK);
	public = tpm_public(bytes.data, bytes.size);
	ak = tpm_rsa(&public);
	ck_assert(tee_azure_signature_parse(&signature, q->signature.data,
	    q->signature.size));
	ck_assert(tee_azure_attest_signed_by(&attest, &signature, ak));
	EVP_PKEY_free(ak);
}

static const uint32_t selections[] = { 0xff, 0xffffff, 0x1, 0x800080 };

START_TEST(quotes)
{
	static struct azure_quote q;

	tpm_make_ak();
	open_tpm();
	ck_assert_int_eq(tee_azure_vtpm_quote(tpm, user_data(6), 32,
			     selections[_i], &q),
	    TEE_OK);
	ck_assert_uint_eq(q.selection, selections[_i]);
	quote_holds(&q);
	close_tpm();
}
END_TEST

/* Somebody extends a register between the quote and the reading. */
START_TEST(pcrs_changed)
{
	static struct azure_quote q;

	tpm_make_ak();
	open_tpm();
	tpm_faults.extend_after = TPM2_CC_Quote;
	tpm_faults.extend_times = 2;
	ck_assert_int_eq(tee_azure_vtpm_quote(tpm, user_data(6), 32, 0xff, &q),
	    TEE_OK);
	ck_assert_uint_eq(tpm_count(TPM2_CC_Quote), 3);
	tpm_faults.extend_times = 100;
	ck_assert_int_eq(tee_azure_vtpm_quote(tpm, user_data(6), 32, 0xff, &q),
	    TEE_UNAVAILABLE);
	ck_assert_str_eq(call->reason, "pcrs_changing");
	close_tpm();
}
END_TEST

START_TEST(quote_arguments)
{
	static struct azure_quote q;
	struct azure_attest attest;
	size_t size;

	tpm_make_ak();
	open_tpm();
	/* MAA is sent one that says nothing; our own verifier refuses it. */
	ck_assert_int_eq(tee_azure_vtpm_quote(tpm, NULL, 0, 0xff, &q), TEE_OK);
	ck_assert(
	    tee_azure_attest_parse(&attest, q.attest.data, q.attest.size));
	(void)tee_azure_attest_extra(&attest, &size);
	ck_assert_uint_eq(size, 0);
	ck_assert_int_eq(tee_azure_vtpm_quote(tpm, user_data(6), 51, 0xff, &q),
	    TEE_DENY);
	ck_assert_int_eq(tee_azure_vtpm_quote(tpm, user_data(6), 32, 0, &q),
	    TEE_DENY);
	close_tpm();
}
END_TEST

START_TEST(retries)
{
	static struct azure_quote q;

	tpm_make_ak();
	open_tpm();
	tpm_faults.retries = 3;
	tpm_faults.only = TPM2_CC_Quote;
	ck_assert_int_eq(tee_azure_vtpm_quote(tpm, user_data(6), 32, 0xff, &q),
	    TEE_OK);
	ck_assert_uint_eq(tpm_count(TPM2_CC_Quote), 4);
	tpm_faults.retries = 1000;
	ck_assert_int_eq(tee_azure_vtpm_quote(tpm, user_data(6), 32, 0xff, &q),
	    TEE_UNAVAILABLE);
	ck_assert_str_eq(call->reason, "vtpm_busy");
	ck_assert_uint_lt(tpm_count(TPM2_CC_Quote), 20);
	tpm_faults.retries = 0;
	close_tpm();
}
END_TEST

/* No answer: the budget ends it, and no further command waits again. */
START_TEST(silent)
{
	static struct azure_quote q;
	uint64_t started;

	tpm_make_ak();
	open_with(700);
	tpm_faults.silent = true;
	tpm_faults.only = TPM2_CC_Quote;
	started = tee_clock_monotonic_ms();
	ck_assert_int_eq(tee_azure_vtpm_quote(tpm, user_data(6), 32, 0xff, &q),
	    TEE_UNAVAILABLE);
	ck_assert_uint_lt(tee_clock_monotonic_ms() - started, 5000);
	ck_assert_str_eq(call->reason, "vtpm_timeout");
	tee_azure_vtpm_close(&tpm);
}
END_TEST

START_TEST(no_tpm)
{
	call = tpm_call(BUDGET);
	ck_assert_int_eq(tee_azure_vtpm_open(call, "device:/nonexistent/tpm",
			     &tpm),
	    TEE_UNAVAILABLE);
	ck_assert_ptr_null(tpm);
	ck_assert_str_eq(call->reason, "vtpm_open");
	ck_assert_ptr_nonnull(strstr(call->detail, "/nonexistent/tpm"));
	call = tpm_call(BUDGET);
	ck_assert_int_eq(tee_azure_vtpm_open(call, "swtpm:path=/nonexistent",
			     &tpm),
	    TEE_UNAVAILABLE);
	ck_assert_str_eq(call->reason, "vtpm_open");
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, cert_unwritten);
	tcase_add_test(tc, cert_provisioned);
	tcase_add_test(tc, cert_self_issued);
	tcase_add_test(tc, ak_missing);
	tcase_add_loop_test(tc, quotes, 0, 4);
	tcase_add_test(tc, pcrs_changed);
	tcase_add_test(tc, quote_arguments);
	tcase_add_test(tc, retries);
	tcase_add_test(tc, silent);
	tcase_add_test(tc, no_tpm);
}

int
main(void)
{
	return tpm_main("azure_vtpm", add);
}
