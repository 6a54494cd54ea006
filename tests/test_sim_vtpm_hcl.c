/* SPDX-License-Identifier: Apache-2.0 */
/* The HCL report as the guest reads it, when it is renewed, and the AK's
 * certificate. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <openssl/x509.h>

#include "modules/common/runtime.h"
#include "modules/snp/report.h"
#include "modules/snp_azure/hcl.h"
#include "tests/test_sim_guest.h"
#include "tests/test_sim_vtpm.h"
#include "tests/testlib_tpm.h"

#define HCL_SIZE 2600
#define HCL_INDEX 0x01400001

static uint8_t nv[HCL_SIZE];

static void
pause_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

/* What user-data says; 256 where there is none. */
static unsigned
read_user_data(int fd)
{
	struct azure_hcl hcl;
	struct tee_runtime runtime;
	unsigned each = 256;

	tpm_nv_read(fd, HCL_INDEX, nv, sizeof(nv));
	ck_assert(tee_azure_hcl_parse(&hcl, nv, sizeof(nv)));
	ck_assert(tee_runtime_parse(&runtime, hcl.runtime, hcl.runtime_size));
	if (runtime.has_user_data) {
		each = runtime.user_data[0];
		for (unsigned i = 1; i < TEE_USER_DATA_SIZE; i++)
			ck_assert_uint_eq(runtime.user_data[i], each);
	}
	tee_runtime_free(&runtime);
	return each;
}

START_TEST(report)
{
	static const uint8_t family[16] = { 1 }, image[16] = { 2 }, zero[32];
	struct azure_hcl hcl;
	struct snp_report snp;
	int fd = tpm_open(0);

	guest_set("");
	tpm_nv_read(fd, HCL_INDEX, nv, sizeof(nv));
	ck_assert(tee_azure_hcl_parse(&hcl, nv, sizeof(nv)));
	ck_assert_uint_eq(hcl.version, 1);
	ck_assert_uint_eq(hcl.report_type, AZURE_HCL_SNP);
	ck_assert_uint_eq(hcl.runtime_size, 1110);
	ck_assert(
	    tee_snp_report_parse(&snp, hcl.report, AZURE_HCL_REPORT_SIZE));
	ck_assert(tee_runtime_hashes_to(hcl.runtime, hcl.runtime_size,
	    snp.report_data));
	ck_assert_uint_eq(snp.vmpl, 0);
	ck_assert_uint_eq(snp.policy, 0x3001f);
	ck_assert_uint_eq(snp.version, 3);
	ck_assert_mem_eq(snp.family_id, family, sizeof(family));
	ck_assert_mem_eq(snp.image_id, image, sizeof(image));
	ck_assert_mem_eq(snp.host_data, zero, sizeof(zero));
	ck_assert(guest_verifies(hcl.report, "vcek.pem"));
	ck_assert(guest_signed_by("vcek.pem", "ask.pem"));
	close(fd);
}
END_TEST

/* In the form of 2025: members in this order, hex in upper case. */
START_TEST(claims)
{
	static const char head[] = "{\"keys\":[{\"kid\":\"HCLAkPub\","
				   "\"key_ops\":[\"sign\"],\"kty\":\"RSA\","
				   "\"e\":\"AQAB\",\"n\":\"";
	int fd = tpm_open(0), at;
	const char *text = (const char *)nv + 1236;

	guest_set("hcl-rate=0");
	tpm_nv_user_data(fd, 0xab);
	ck_assert_uint_eq(read_user_data(fd), 0xab);
	ck_assert_mem_eq(text, head, sizeof(head) - 1);
	ck_assert_ptr_nonnull(strstr(text,
	    "\"},{\"kid\":\"HCLEkPub\",\"key_ops\":[\"encrypt\"],"
	    "\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\""));
	ck_assert_ptr_nonnull(strstr(text,
	    "\"}],\"vm-configuration\":{\"console-enabled\":true,"
	    "\"secure-boot\":true,\"tpm-enabled\":true,\"vmUniqueId\":\""));
	at = (int)strlen(text);
	ck_assert_str_eq(text + at - 6, "ABAB\"}");
	ck_assert_ptr_nonnull(strstr(text, "\"},\"user-data\":\"ABAB"));
	guest_set("hcl-form=2022");
	ck_assert_uint_eq(read_user_data(fd), 256);
	ck_assert_ptr_nonnull(strstr(text, "\"key_ops\":[\"encrypt\"]"));
	ck_assert_ptr_null(strstr(text, "HCLEkPub"));
	guest_set("");
	close(fd);
}
END_TEST

/* Once in a while, by a read from the first byte, and silently not before. */
START_TEST(renewal)
{
	int fd = tpm_open(0);
	uint8_t piece[8];

	guest_set("hcl-rate=400");
	tpm_nv_user_data(fd, 1);
	ck_assert_uint_eq(read_user_data(fd), 1);
	tpm_nv_user_data(fd, 2);
	ck_assert_uint_eq(read_user_data(fd), 1);
	pause_ms(450);
	/* Of the old report still, since nobody began anew. */
	tpm_do(fd,
	    "8002 00000000 0000014e " TPM_OWNER " 01400001 " TPM_PW
	    " 0008 091a");
	memcpy(piece, tpm_answer.data + 16, sizeof(piece));
	ck_assert_mem_eq(piece, "01010101", sizeof(piece));
	ck_assert_uint_eq(read_user_data(fd), 2);
	guest_set("");
	close(fd);
}
END_TEST

START_TEST(two_seconds)
{
	int fd = tpm_open(0);

	guest_set("");
	tpm_nv_user_data(fd, 3);
	ck_assert_uint_eq(read_user_data(fd), 3);
	tpm_nv_user_data(fd, 4);
	pause_ms(1500);
	ck_assert_uint_eq(read_user_data(fd), 3);
	pause_ms(700);
	ck_assert_uint_eq(read_user_data(fd), 4);
	close(fd);
}
END_TEST

START_TEST(stale)
{
	int fd = tpm_open(0);

	guest_set("hcl-rate=0");
	tpm_nv_user_data(fd, 5);
	ck_assert_uint_eq(read_user_data(fd), 5);
	guest_set("hcl-rate=0 hcl-stale=yes");
	tpm_nv_user_data(fd, 6);
	ck_assert_uint_eq(read_user_data(fd), 5);
	guest_set("hcl-rate=0");
	ck_assert_uint_eq(read_user_data(fd), 6);
	guest_set("");
	close(fd);
}
END_TEST

/* An index that is not there, or was never written, counts as zeros. */
START_TEST(no_user_data)
{
	int fd = tpm_open(0);

	guest_set("hcl-rate=0");
	tpm_nv_user_data(fd, 7);
	guest_set("hcl-rate=0 nv-user-data=absent");
	ck_assert_uint_eq(tpm_try(fd, "8001 00000000 00000169 01400002"),
	    0x18b);
	ck_assert_uint_eq(read_user_data(fd), 0);
	guest_set("hcl-rate=0");
	tpm_do(fd, "8001 00000000 00000169 01400002");
	ck_assert_uint_eq(read_user_data(fd), 0);
	guest_set("");
	close(fd);
}
END_TEST

/* The key in a certificate that the vTPM holds, compared with its AK. */
static bool
certifies_ak(int fd)
{
	uint8_t bytes[4096], modulus[256];
	const uint8_t *p = bytes;
	BIGNUM *n = NULL;
	X509 *cert, *ca;
	bool ok;

	tpm_nv_read(fd, 0x01c101d0, bytes, sizeof(bytes));
	cert = d2i_X509(NULL, &p, 4 + (bytes[2] << 8 | bytes[3]));
	ca = guest_load("vtpm-ca.pem");
	ck_assert_ptr_nonnull(cert);
	ck_assert_int_eq(X509_verify(cert, X509_get0_pubkey(ca)), 1);
	for (; p < bytes + sizeof(bytes); p++)
		ck_assert_uint_eq(*p, 0);
	tpm_do(fd, "8001 00000000 00000173 81000003");
	EVP_PKEY_get_bn_param(X509_get0_pubkey(cert), "n", &n);
	ck_assert_int_eq(BN_bn2binpad(n, modulus, sizeof(modulus)), 256);
	ok =
	    memcmp(modulus, tpm_answer.data + 12 + tpm_u16(10) - 256, 256) == 0;
	BN_free(n);
	X509_free(ca);
	X509_free(cert);
	return ok;
}

START_TEST(ak_certificate)
{
	int fd = tpm_open(0);

	guest_set("");
	ck_assert(certifies_ak(fd));
	guest_set("nv-ak-cert=other-key");
	ck_assert(!certifies_ak(fd));
	guest_set("nv-ak-cert=absent");
	ck_assert_uint_eq(tpm_try(fd, "8001 00000000 00000169 01c101d0"),
	    0x18b);
	guest_set("nv-ak-cert=uninitialised");
	ck_assert_uint_eq(tpm_try(fd,
			      "8002 00000000 0000014e " TPM_OWNER
			      " 01c101d0 " TPM_PW " 0008 0000"),
	    0x14a);
	guest_set("");
	ck_assert(certifies_ak(fd));
	close(fd);
}
END_TEST

void
add_hcl_tests(TCase *tcase)
{
	tcase_add_test(tcase, report);
	tcase_add_test(tcase, claims);
	tcase_add_test(tcase, renewal);
	tcase_add_test(tcase, two_seconds);
	tcase_add_test(tcase, stale);
	tcase_add_test(tcase, no_user_data);
	tcase_add_test(tcase, ak_certificate);
}
