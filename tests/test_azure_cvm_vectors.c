/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real evidence of confidential VMs, judged against AMD's own roots: each
 * gives what the vectors' manifest says, and pairs that do not belong together
 * fail the check of the link that is broken.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>

#include "tests/testlib_cvm_vector.h"

#define SKIPPED 77
#define IN_2025 1748736000 /* 2025-06-01 */
#define IN_2026 1775001600 /* 2026-04-01 */

#define ROOM "azure/cleanroom/cvm/insecure-virtual/encryption/attestation.json"
#define ROOM_EVIDENCE ROOM "#report/snpCvm/evidence"
#define ROOM_CERTS ROOM "#report/snpCvm/platformCertificates"
#define TRUSTEE "azure/trustee-az-snp-vtpm/"
#define MILAN \
	"snp/confidential-containers+trustee/deps/verifier/src/snp/" \
	"milan_ask_ark_asvk.pem"
#define GENOA \
	"snp/confidential-containers+trustee/deps/verifier/src/snp/" \
	"genoa_ask_ark_asvk.pem"
#define KINVOLK "azure/kinvolk-az-cvm-vtpm/"
#define GCE "phase3/tpm/go-tpm-tools/gce-cos-85-no-nonce/"

#define V0_HCL TRUSTEE "evidence-v0.json#report"
#define V0_QUOTE TRUSTEE "evidence-v0.json#quote"
#define V0_CERTS TRUSTEE "evidence-v0.json#vcek " MILAN
#define V1_HCL TRUSTEE "evidence-v1.json#hcl_report"
#define V1_QUOTE TRUSTEE "evidence-v1.json#tpm_quote"
#define V1_CERTS TRUSTEE "evidence-v1.json#vcek " MILAN
#define V2_HCL TRUSTEE "evidence-v2.json#hcl_report"
#define V2_QUOTE TRUSTEE "evidence-v2.json#tpm_quote"
#define V2_CERTS TRUSTEE "evidence-v2.json#vcek " MILAN
#define GENOA_HCL TRUSTEE "evidence-genoa.json#report"
#define GENOA_QUOTE TRUSTEE "evidence-genoa.json#quote"
#define GENOA_CERTS TRUSTEE "vcek-genoa.pem " GENOA

#define V2_DATA \
	"982f5c6e45df0ed3f10b6f60b02f0c8390e281300f3805e2279c16168cd6ae9a" \
	"a398f647caa2338748cd0fd9f5f819ef"
/* PCR 0 of evidence-v0, and of the clean room. */
#define V0_PCR0 \
	"e15c44796beabf46abcec7c57e590942041e47497e4ec27571c8b7664f48dced"
#define TCB_CHANGED "signature vek.tcb"
#define NO_QUOTE "quote.format quote.signature quote.nonce quote.pcrs binding"

static const struct vector {
	const char *hcl;
	enum cvm_form form;
	const char *quote, *certs;
	time_t at;
	const char *fails, *not_done, *options;
} vectors[] = {
	/* Complete. */
	{ ROOM_EVIDENCE "/hclReport", CVM_FORM_CLEANROOM, ROOM_EVIDENCE,
	    ROOM_CERTS, IN_2026, NULL, NULL,
	    "secure_boot=true|pcrs=0=" V0_PCR0 },
	{ V0_HCL, CVM_FORM_EVIDENCE, V0_QUOTE, V0_CERTS, IN_2025, NULL, NULL,
	    "secure_boot=true|pcrs=0=" V0_PCR0 },
	{ V1_HCL, CVM_FORM_EVIDENCE, V1_QUOTE, V1_CERTS, IN_2025, NULL, NULL,
	    NULL },
	{ V2_HCL, CVM_FORM_EVIDENCE, V2_QUOTE, V2_CERTS, IN_2025, NULL, NULL,
	    "user_data=binding" },
	{ V2_HCL, CVM_FORM_EVIDENCE, V2_QUOTE, V2_CERTS, IN_2025, NULL, NULL,
	    "user_data=" V2_DATA },
	{ GENOA_HCL, CVM_FORM_EVIDENCE, GENOA_QUOTE, GENOA_CERTS, IN_2026, NULL,
	    NULL, "products=Genoa|guest_svn=65547" },
	{ TRUSTEE "hcl-report.bin", CVM_FORM_KINVOLK, TRUSTEE "quote.bin",
	    TRUSTEE "vcek.pem", IN_2025, NULL, NULL, NULL },

	/* The same, asked for what is not so. */
	{ ROOM_EVIDENCE "/hclReport", CVM_FORM_CLEANROOM, ROOM_EVIDENCE,
	    ROOM_CERTS, IN_2026, "hcl.user-data", NULL, "user_data=binding" },
	{ V2_HCL, CVM_FORM_EVIDENCE, V2_QUOTE, V2_CERTS, IN_2025, "pcrs", NULL,
	    "pcrs=0=" V0_PCR0 },
	{ V0_HCL, CVM_FORM_EVIDENCE, V0_QUOTE, V0_CERTS, IN_2025,
	    "hcl.user-data", NULL, "user_data=" V2_DATA },

	/* Pairs that do not belong together. */
	{ V0_HCL, CVM_FORM_EVIDENCE, V2_QUOTE, V0_CERTS, IN_2025,
	    "quote.signature", "binding", NULL },
	{ V2_HCL, CVM_FORM_EVIDENCE, V0_QUOTE, V2_CERTS, IN_2025,
	    "quote.signature", "binding", NULL },
	{ GENOA_HCL, CVM_FORM_EVIDENCE, V1_QUOTE, GENOA_CERTS, IN_2026,
	    "quote.signature", "binding", NULL },
	{ ROOM_EVIDENCE "/hclReport", CVM_FORM_EVIDENCE, V0_QUOTE, ROOM_CERTS,
	    IN_2026, "quote.signature", "binding", NULL },
	{ V0_HCL, CVM_FORM_CLEANROOM, ROOM_EVIDENCE, V0_CERTS, IN_2025,
	    "quote.signature quote.ak-cert", "binding", NULL },
	{ V0_HCL, CVM_FORM_EVIDENCE, V0_QUOTE, ROOM_CERTS, IN_2025,
	    "signature vek.hwid", "binding", NULL },
	{ TRUSTEE "hcl-report.bin", CVM_FORM_NONE, NULL, TRUSTEE "vcek.pem",
	    IN_2025, NULL, NO_QUOTE, NULL },

	/* The AK is not the one in the report, nor the chip the certificate's. */
	{ KINVOLK "hcl-report-snp.bin", CVM_FORM_KINVOLK, KINVOLK "quote.bin",
	    KINVOLK "certs.pem", IN_2025, "signature vek.hwid quote.signature",
	    "binding", NULL },
	/* The paravisor of 2023 knows no user data. */
	{ KINVOLK "hcl-report-snp.bin", CVM_FORM_KINVOLK, KINVOLK "quote.bin",
	    KINVOLK "certs.pem", IN_2025,
	    "signature vek.hwid hcl.user-data quote.signature", "binding",
	    "user_data=binding" },

	/* TDX, under whatever name. */
	{ KINVOLK "hcl-report-tdx.bin", CVM_FORM_KINVOLK, KINVOLK "quote.bin",
	    KINVOLK "certs.pem", IN_2025, "hcl.report-type", "binding", NULL },
	{ "azure/cvm-attestation-tools/snp_hcl_report.bin", CVM_FORM_EVIDENCE,
	    V0_QUOTE, V0_CERTS, IN_2025, "hcl.report-type", "binding", NULL },

	/* Not the paravisor's report at all. */
	{ ROOM_EVIDENCE "/snpReport", CVM_FORM_CLEANROOM, ROOM_EVIDENCE,
	    ROOM_CERTS, IN_2026, "hcl.format", "binding", NULL },

	/* Real quotes without a nonce, of another cloud's TPM. */
	{ V0_HCL, CVM_FORM_SPLIT, GCE "quote1_sha256", V0_CERTS, IN_2025,
	    "quote.signature quote.nonce", "binding", NULL },
	{ V0_HCL, CVM_FORM_SPLIT, GCE "quote0_sha1", V0_CERTS, IN_2025,
	    "quote.signature quote.nonce quote.pcrs", "binding", NULL },
};

#define VECTORS (sizeof(vectors) / sizeof(vectors[0]))

static void
judge(const char *name, struct cvm_evidence *e, const char *options,
    const char *fails, const char *not_done)
{
	struct tee_claims *claims = cvm_judge(e, options);

	snp_expect(name, claims, fails, not_done);
	ck_assert(!claims->simulated);
	tee_claims_free(&claims);
}

START_TEST(every_vector)
{
	const struct vector *v = &vectors[_i];
	struct cvm_evidence e;
	char name[512];

	cvm_load(&e, v->hcl, v->form, v->quote, v->certs, v->at);
	snprintf(name, sizeof(name), "%s with %s", v->hcl,
	    v->quote != NULL ? v->quote : "nothing");
	judge(name, &e, v->options, v->fails, v->not_done);
	cvm_free(&e);
}
END_TEST

/* The clean room's user data is the digest of the key it is about. */
START_TEST(clean_room_binds_its_key)
{
	struct cvm_evidence e;
	struct sim_blob key = { NULL, 0 }, nonce = { NULL, 0 };
	char options[128] = "user_data=", hex[65];
	uint8_t digest[32];
	size_t size;

	cvm_load(&e, ROOM_EVIDENCE "/hclReport", CVM_FORM_CLEANROOM,
	    ROOM_EVIDENCE, ROOM_CERTS, IN_2026);
	vector_load(ROOM "#publicKey", &key);
	if (key.data[key.size - 1] == '\n')
		key.size--;
	ck_assert(
	    EVP_Digest(key.data, key.size, digest, NULL, EVP_sha256(), NULL));
	ck_assert(OPENSSL_buf2hexstr_ex(hex, sizeof(hex), &size, digest,
	    sizeof(digest), '\0'));
	strcat(options, hex);
	judge("clean room", &e, options, NULL, NULL);
	vector_load(ROOM "#report/snpCvm/nonce", &nonce);
	ck_assert(nonce.size == e.snp.binding_size &&
	    memcmp(nonce.data, e.snp.binding, nonce.size) == 0);
	e.snp.binding[0] ^= 1;
	judge("clean room, other nonce", &e, options, "binding", NULL);
	tee_sim_blob_free(&key);
	tee_sim_blob_free(&nonce);
	cvm_free(&e);
}
END_TEST

/* What peers change in such evidence, byte by byte of the HCL report. */
START_TEST(changed_bytes)
{
	static const struct {
		size_t at;
		uint8_t value;
		const char *fails, *not_done;
	} rows[] = {
		{ 32 + 0x186, 0, TCB_CHANGED, "binding" },
		{ 32 + 0x50, 0, "signature hcl.runtime-hash",
		    "hcl.ak quote.signature binding" },
		{ 32 + 0x50 + 32, 1, "signature hcl.report-data-upper",
		    "hcl.ak quote.signature binding" },
		{ 32 + 0x30, 1, "signature hcl.vmpl",
		    "hcl.ak quote.signature binding" },
		{ 1236 + 100, 'A', "hcl.runtime-hash",
		    "hcl.ak quote.signature binding" },
		{ 1236, ' ', "hcl.runtime-hash hcl.runtime-data",
		    "quote.signature binding" },
		{ 1224, 4, "hcl.report-type", "binding" },
		{ 0, 'X', "hcl.format", "binding" },
		{ 2599, 1, NULL, NULL },
	};
	char name[32];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cvm_evidence e;

		cvm_load(&e, V0_HCL, CVM_FORM_EVIDENCE, V0_QUOTE, V0_CERTS,
		    IN_2025);
		ck_assert_int_ne(e.item[CVM_HCL].data[rows[i].at],
		    rows[i].value);
		e.item[CVM_HCL].data[rows[i].at] = rows[i].value;
		snprintf(name, sizeof(name), "byte %zu", rows[i].at);
		judge(name, &e, NULL, rows[i].fails, rows[i].not_done);
		cvm_free(&e);
	}
}
END_TEST

#define MAA "azure/maa-request-samples/sevsnpvm-2022-08-01.request.json"

static void
append32(struct sim_blob *out, uint32_t value)
{
	uint8_t bytes[4] = { (uint8_t)value, (uint8_t)(value >> 8),
		(uint8_t)(value >> 16), (uint8_t)(value >> 24) };

	ck_assert(tee_sim_blob_append(out, bytes, sizeof(bytes)));
}

/* Microsoft's sample: a real report beside data that it is no hash of. */
START_TEST(sample_with_other_runtime_data)
{
	struct cvm_evidence e = { .snp = { .untrusted = true,
				      .now = IN_2025 } };
	struct sim_blob data = { NULL, 0 }, *hcl = &e.item[CVM_HCL];
	uint32_t n;

	vector_load(MAA "#report/VcekCertChain", &e.snp.certs);
	vector_load(MAA "#runtimeData/data", &data);
	n = (uint32_t)data.size;
	ck_assert(tee_sim_blob_append(hcl, "HCLA\1\0\0\0", 8));
	append32(hcl, 0);
	append32(hcl, 2);
	ck_assert(tee_sim_blob_append(hcl, (uint8_t[16]){ 0 }, 16));
	vector_load(MAA "#report/SnpReport", hcl);
	ck_assert_uint_eq(hcl->size, 1216);
	append32(hcl, 20 + n);
	append32(hcl, 1);
	append32(hcl, 2);
	append32(hcl, 1);
	append32(hcl, n);
	ck_assert(tee_sim_blob_append(hcl, data.data, data.size));
	judge("sample", &e, NULL, "hcl.runtime-hash", "hcl.ak " NO_QUOTE);
	tee_sim_blob_free(&data);
	cvm_free(&e);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure cvm vectors");
	TCase *tcase = tcase_create("vectors");
	SRunner *runner;
	int failed;

	if (vector_root() == NULL) {
		puts("skipped: no real evidence here (TEE_VECTORS)");
		return SKIPPED;
	}
	tcase_add_loop_test(tcase, every_vector, 0, (int)VECTORS);
	tcase_add_test(tcase, clean_room_binds_its_key);
	tcase_add_test(tcase, changed_bytes);
	tcase_add_test(tcase, sample_with_other_runtime_data);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
