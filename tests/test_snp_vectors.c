/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real evidence, judged against AMD's own roots: every report in the vectors'
 * "snp" and "azure" gives what their manifests say.
 */
#include "config.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <check.h>

#include "tests/testlib_snp.h"
#include "tests/testlib_vector.h"

#define SKIPPED 77
#define IN_2024 1717200000 /* 2024-06-01 */
#define IN_2025 1748736000 /* 2025-06-01 */
#define IN_2026 1775001600 /* 2026-04-01 */

#define TRUSTEE "snp/confidential-containers+trustee/"
#define TRUSTEE_DATA TRUSTEE "deps/verifier/test_data/"
#define MILAN TRUSTEE "deps/verifier/src/snp/milan_ask_ark_asvk.pem"
#define GENOA TRUSTEE "deps/verifier/src/snp/genoa_ask_ark_asvk.pem"
#define TURIN TRUSTEE "deps/verifier/src/snp/turin_ask_ark_asvk.pem"
#define GOOGLE "snp/google+go-sev-guest/verify/"
#define VIRTEE "snp/virtee+sev/"
#define KINVOLK "snp/kinvolk+azure-cvm-tooling/az-cvm-vtpm/test/"
#define SIDECAR "snp/microsoft+confidential-sidecar-containers/"
#define AZURE_GUEST "snp/Azure+confidential-computing-cvm-guest-attestation/"
#define AZ_TRUSTEE "azure/trustee-az-snp-vtpm/"
#define CLEANROOM "azure/cleanroom/"
#define MAA "azure/maa-request-samples/sevsnpvm-2022-08-01.request.json"

/* No certificate at hand is of the chip that signed. */
#define OTHER_CHIP "signature vek.tcb vek.hwid"
/* A TDX report in the place of an SNP one: 32 bytes that say "HCLA" as well. */
#define NOT_SNP \
	"report.version report.reserved report.algorithm " \
	"report.signing_key report.masked_key report.product signature " \
	"vek.tcb vek.hwid tcb.order vmpl policy.reserved report_id_ma"

/* The report; its certificates; when; what fails; with which option. */
static const struct vector {
	const char *report, *certs;
	time_t at;
	const char *fails, *options;
} vectors[] = {
	/* Complete pairs. */
	{ GOOGLE "testdata/attestation.bin",
	    GOOGLE "testdata/vcek.testcer " GOOGLE "testdata/milan.testcer",
	    IN_2025, "policy.debug", NULL },
	{ GOOGLE "testdata/attestation.bin",
	    GOOGLE "testdata/vcek.testcer " GOOGLE "testdata/milan.testcer",
	    IN_2025, NULL, "policy_debug=any" },
	{ VIRTEE "derived/report_milan.bin",
	    VIRTEE "tests/certs_data/vcek_milan.der " VIRTEE
		   "tests/certs_data/cert_chain_milan",
	    IN_2025, NULL, NULL },
	{ VIRTEE "tests/certs_data/report_milan.hex",
	    VIRTEE "tests/certs_data/vcek_milan.der " VIRTEE
		   "src/certs/snp/builtin/milan/ark.pem " VIRTEE
		   "src/certs/snp/builtin/milan/ask.pem",
	    IN_2025, NULL, NULL },
	{ TRUSTEE_DATA "az-snp-vtpm/hcl-report.bin",
	    TRUSTEE_DATA "az-snp-vtpm/vcek.pem", IN_2025, NULL, NULL },
	{ TRUSTEE_DATA "snp/test-report.bin",
	    TRUSTEE_DATA "snp/test-vcek.der " MILAN, IN_2025, NULL, NULL },
	{ TRUSTEE_DATA "snp/test-vlek-report.bin",
	    TRUSTEE_DATA "snp/test-vlek.der " MILAN, IN_2025, NULL, NULL },
	{ TRUSTEE_DATA "snp/test-vlek-report.bin",
	    TRUSTEE_DATA "snp/test-vlek.der " MILAN, IN_2025, NULL,
	    "vmpl=1|signer=vlek|products=Milan|"
	    "csp_id=CN=cc-us-east-2.amazonaws.com" },
	{ TRUSTEE "derived/evidence-genoa/hcl-report.bin",
	    TRUSTEE "derived/evidence-genoa/vcek.pem " GENOA, IN_2026, NULL,
	    NULL },
	{ TRUSTEE "derived/evidence-v0/hcl-report.bin",
	    TRUSTEE "derived/evidence-v0/vcek.pem " MILAN, IN_2026, NULL,
	    NULL },
	{ TRUSTEE "derived/evidence-v1/hcl-report.bin",
	    TRUSTEE "derived/evidence-v1/vcek.der " MILAN, IN_2026, NULL,
	    NULL },
	{ TRUSTEE "derived/evidence-v2/hcl-report.bin",
	    TRUSTEE "derived/evidence-v2/vcek.der " MILAN, IN_2026, NULL,
	    NULL },
	{ SIDECAR "pkg/attest/test_data/snp_report.bin",
	    SIDECAR "pkg/attest/test_data/uvm_host_amd_certificate.pem",
	    IN_2025, NULL, NULL },
	{ SIDECAR "pkg/attest/test_data/snp_report.bin",
	    SIDECAR "pkg/attest/test_data/uvm_host_amd_certificate.json"
		    "#certificateChain " SIDECAR
		    "pkg/attest/test_data/uvm_host_amd_certificate.json"
		    "#vcekCert",
	    IN_2025, NULL, NULL },
	{ SIDECAR "pkg/attest/test_data/snp_report.bin",
	    SIDECAR "derived/uvm_host_amd_certificate_chain.pem " SIDECAR
		    "derived/uvm_host_amd_certificate_vcek.pem",
	    IN_2025, NULL, NULL },
	{ TRUSTEE_DATA "az-snp-vtpm/evidence-genoa.json#report",
	    TRUSTEE_DATA "az-snp-vtpm/evidence-genoa.json#vcek " GENOA, IN_2026,
	    NULL, NULL },
	{ TRUSTEE_DATA "az-snp-vtpm/evidence-v0.json#report",
	    TRUSTEE_DATA "az-snp-vtpm/evidence-v0.json#vcek " MILAN, IN_2026,
	    NULL, NULL },
	{ TRUSTEE_DATA "az-snp-vtpm/evidence-v1.json#hcl_report",
	    TRUSTEE_DATA "az-snp-vtpm/evidence-v1.json#vcek " MILAN, IN_2026,
	    NULL, NULL },
	{ TRUSTEE_DATA "az-snp-vtpm/evidence-v2.json#hcl_report",
	    TRUSTEE_DATA "az-snp-vtpm/evidence-v2.json#vcek " MILAN, IN_2026,
	    NULL, NULL },
	{ CLEANROOM "cvm/insecure-virtual/encryption/attestation.json"
		    "#report/snpCvm/evidence/snpReport",
	    CLEANROOM "cvm/insecure-virtual/encryption/attestation.json"
		      "#report/snpCvm/platformCertificates",
	    IN_2026, NULL, NULL },
	{ CLEANROOM "cvm/insecure-virtual/encryption/attestation.json"
		    "#report/snpCvm/evidence/hclReport",
	    CLEANROOM "cvm/insecure-virtual/encryption/attestation.json"
		      "#report/snpCvm/platformCertificates",
	    IN_2026, NULL, NULL },
	{ CLEANROOM "insecure-virtual/encryption/attestation.json"
		    "#report/snpCACI/attestation",
	    CLEANROOM "insecure-virtual/encryption/attestation.json"
		      "#report/snpCACI/platformCertificates",
	    IN_2026, NULL, NULL },
	{ CLEANROOM "insecure-virtual/encryption/maa-request.json"
		    "#report/SnpReport",
	    CLEANROOM "insecure-virtual/encryption/maa-request.json"
		      "#report/VcekCertChain",
	    IN_2026, NULL, NULL },
	{ MAA "#report/SnpReport", MAA "#report/VcekCertChain", IN_2024, NULL,
	    NULL },
	{ AZ_TRUSTEE "evidence-genoa.json#report",
	    AZ_TRUSTEE "evidence-genoa.json#vcek " GENOA, IN_2026, NULL, NULL },
	{ AZ_TRUSTEE "evidence-genoa.json#report",
	    AZ_TRUSTEE "vcek-genoa.pem " GENOA, IN_2026, NULL, NULL },
	{ AZ_TRUSTEE "evidence-v0.json#report",
	    AZ_TRUSTEE "evidence-v0.json#vcek " MILAN, IN_2026, NULL, NULL },
	{ AZ_TRUSTEE "evidence-v1.json#hcl_report",
	    AZ_TRUSTEE "evidence-v1.json#vcek " MILAN, IN_2026, NULL, NULL },
	{ AZ_TRUSTEE "evidence-v2.json#hcl_report",
	    AZ_TRUSTEE "evidence-v2.json#vcek " MILAN, IN_2026, NULL, NULL },
	{ AZ_TRUSTEE "hcl-report.bin", AZ_TRUSTEE "vcek.pem", IN_2026, NULL,
	    NULL },
	{ "azure/sidecar-attest/snp_report.bin",
	    "azure/sidecar-attest/uvm_host_amd_certificate.pem", IN_2026, NULL,
	    NULL },
	{ "azure/sidecar-attest/snp_report.bin",
	    "azure/sidecar-attest/uvm_host_amd_certificate.json#vcekCert "
	    "azure/sidecar-attest/uvm_host_amd_certificate.json"
	    "#certificateChain",
	    IN_2026, NULL, NULL },

	/* Right pairs, wrong otherwise. */
	{ TRUSTEE_DATA "snp/test-vlek-report.bin",
	    TRUSTEE_DATA "snp/test-vlek.der " MILAN, IN_2026, "chain.validity",
	    NULL },
	{ TRUSTEE_DATA "snp/test-vlek-report.bin",
	    TRUSTEE_DATA "snp/test-vlek.der " MILAN, IN_2025, "vmpl",
	    "vmpl=0" },
	{ TRUSTEE_DATA "snp/test-vlek-report.bin",
	    TRUSTEE_DATA "snp/test-vlek.der " MILAN, IN_2025, "tcb.provisional",
	    "provisional=deny" },
	{ VIRTEE "derived/report_milan.bin",
	    VIRTEE "tests/certs_data/vcek_milan.der " VIRTEE
		   "tests/certs_data/cert_chain_milan",
	    1900000000, NULL, NULL },
	{ VIRTEE "derived/report_milan.bin",
	    VIRTEE "tests/certs_data/vcek_milan.der " VIRTEE
		   "tests/certs_data/cert_chain_milan",
	    1930000000, "chain.validity", NULL },

	/* Wrong pairs, other platforms, tampered reports. */
	{ TRUSTEE_DATA "snp/test-report.bin",
	    TRUSTEE_DATA "snp/test-vcek-invalid-legacy.der " MILAN, IN_2025,
	    "chain.leaf_signature " OTHER_CHIP, NULL },
	{ TRUSTEE_DATA "snp/test-report.bin",
	    TRUSTEE_DATA "snp/test-vcek-invalid-new.der " MILAN, IN_2025,
	    "chain.leaf_signature " OTHER_CHIP, NULL },
	{ KINVOLK "hcl-report-snp.bin", KINVOLK "certs.pem", IN_2025,
	    "signature vek.hwid", NULL },
	{ KINVOLK "hcl-report-tdx.bin", KINVOLK "certs.pem", IN_2025, NOT_SNP,
	    NULL },
	{ "azure/kinvolk-az-cvm-vtpm/hcl-report-snp.bin",
	    "azure/kinvolk-az-cvm-vtpm/certs.pem", IN_2025,
	    "signature vek.hwid", NULL },
	{ "azure/kinvolk-az-cvm-vtpm/hcl-report-tdx.bin",
	    "azure/kinvolk-az-cvm-vtpm/certs.pem", IN_2025, NOT_SNP, NULL },
	{ "azure/cvm-attestation-tools/snp_hcl_report.bin",
	    "azure/kinvolk-az-cvm-vtpm/certs.pem", IN_2025, NOT_SNP, NULL },
	{ SIDECAR "derived/CorruptedProductionSNPReportBytes.bin",
	    SIDECAR "pkg/attest/test_data/uvm_host_amd_certificate.pem",
	    IN_2025, "report.version " OTHER_CHIP, NULL },
	{ SIDECAR "derived/CorruptedProductionSigSNPReportBytes.bin",
	    SIDECAR "pkg/attest/test_data/uvm_host_amd_certificate.pem",
	    IN_2025, OTHER_CHIP, NULL },
	{ AZURE_GUEST "derived/hcl-report-v1.bin", KINVOLK "certs.pem", IN_2025,
	    "report.version tcb.order " OTHER_CHIP, NULL },
};

#define VECTORS (sizeof(vectors) / sizeof(vectors[0]))

static void
judge(const char *name, struct snp_evidence *e, const char *options,
    const char *fails, const char *not_done)
{
	struct tee_claims *claims = snp_judge(e, options);

	snp_expect(name, claims, fails, not_done);
	ck_assert(!claims->simulated);
	tee_claims_free(&claims);
}

START_TEST(every_vector)
{
	const struct vector *v = &vectors[_i];
	struct snp_evidence e;

	vector_evidence(&e, v->report, v->certs, v->at);
	judge(v->report, &e, v->options, v->fails, NULL);
	snp_evidence_free(&e);
}
END_TEST

static bool
in_table(const char *path)
{
	size_t size = strlen(path);

	for (size_t i = 0; i < VECTORS; i++)
		if (strcspn(vectors[i].report, "#") == size &&
		    memcmp(vectors[i].report, path, size) == 0)
			return true;
	return false;
}

static size_t found;

static int
look(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	struct sim_blob blob = { NULL, 0 };
	const char *name = path + strlen(vector_root()) + 1;
	bool report;

	(void)ftw;
	if (type != FTW_F || st->st_size > 8192)
		return 0;
	vector_load(name, &blob);
	report = st->st_size == SIM_REPORT_SIZE || vector_is_azure(&blob);
	tee_sim_blob_free(&blob);
	if (report) {
		found++;
		ck_assert_msg(in_table(name), "%s is not in the table", name);
	}
	return 0;
}

/* Whoever adds a report to the vectors learns here that it is not judged. */
START_TEST(none_is_forgotten)
{
	static const char *const folders[] = { "snp", "azure" };
	char path[4096];

	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", vector_root(),
		    folders[i]);
		ck_assert_int_eq(nftw(path, look, 8, FTW_PHYS), 0);
	}
	ck_assert_uint_ge(found, 20);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("snp vectors");
	TCase *tcase = tcase_create("vectors");
	SRunner *runner;
	int failed;

	if (vector_root() == NULL) {
		puts("skipped: no real evidence here (TEE_VECTORS)");
		return SKIPPED;
	}
	tcase_add_loop_test(tcase, every_vector, 0, (int)VECTORS);
	tcase_add_test(tcase, none_is_forgotten);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
