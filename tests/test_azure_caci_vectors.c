/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real confidential containers: evidence of Azure's own hardware and
 * endorsements of Azure's own builder, under AMD's and Microsoft's roots.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <check.h>

#include "modules/snp_azure/uvm.h"
#include "tests/testlib_caci.h"
#include "tests/testlib_vector.h"

#define AZURE \
	"uvm_issuer=did:x509:0:sha256:" \
	"I__iuL25oXEVFdTP_aBLx_eT1RPHbCQ_ECBQfYZpt9s" \
	"::eku:1.3.6.1.4.1.311.76.59.1.2|"
#define ROOM "azure/cleanroom/insecure-virtual/"
#define ATTESTATION \
	ROOM "encryption/attestation.json#report/snpCACI/attestation"
#define PLATFORM \
	ROOM "encryption/attestation.json#report/snpCACI/platformCertificates"
#define ENDORSEMENT \
	ROOM "encryption/attestation.json#report/snpCACI/uvmEndorsements"
#define SIDECAR "azure/sidecar-attest/"
#define CONTEXT "azure/sidecar-security-context/"
#define SCITT "azure/scitt/uvm_0.2.10.cose"

#define EXPIRED 1893456000 /* 2030: every leaf of today is over */

static void
load_base64(const char *reference, struct sim_blob *out)
{
	struct sim_blob text = { NULL, 0 };
	const char *from, *rest;
	uint8_t bytes[4096];
	int n;

	vector_load(reference, &text);
	ck_assert(tee_sim_blob_append(&text, "", 1));
	from = strstr((const char *)text.data, "ccepolicy: ");
	from = from != NULL ? from + 11 : (const char *)text.data;
	n = (int)strcspn(from, "\n");
	ck_assert_int_lt(n, (int)sizeof(bytes));
	rest = memchr(from, '=', (size_t)n);
	n = EVP_DecodeBlock(bytes, (const unsigned char *)from, n);
	ck_assert_int_gt(n, 0);
	if (rest != NULL)
		n -= rest[1] == '=' ? 2 : 1;
	ck_assert(tee_sim_blob_append(out, bytes, (size_t)n));
	tee_sim_blob_free(&text);
}

static void
cleanroom(struct caci_evidence *e)
{
	memset(e, 0, sizeof(*e));
	vector_evidence(&e->snp, ATTESTATION, PLATFORM, SNP_NOW);
	vector_load(ENDORSEMENT, &e->uvm);
	load_base64(ROOM "values.txt", &e->cce);
}

static void
sidecar(struct caci_evidence *e)
{
	memset(e, 0, sizeof(*e));
	vector_evidence(&e->snp, SIDECAR "snp_report.bin",
	    SIDECAR "uvm_host_amd_certificate.pem", SNP_NOW);
	vector_load(SIDECAR "body.uvm_reference_info.bin", &e->uvm);
	load_base64(SIDECAR "uvm_security_policy.base64", &e->cce);
}

static void
expect(const struct caci_evidence *e, const char *name, const char *options,
    const char *fails, const char *not_done, enum tee_confidential_level level)
{
	struct tee_claims *c = caci_judge(e, options);

	snp_expect(name, c, fails, not_done);
	ck_assert_msg(fails != NULL || not_done != NULL || c->level == level,
	    "%s: level %d", name, (int)c->level);
	ck_assert_msg(!tee_claims_simulated(c), "%s", name);
	tee_claims_free(&c);
}

START_TEST(cleanroom_evidence)
{
	struct caci_evidence e;

	cleanroom(&e);
	expect(&e, "default", AZURE "uvm_min_svn=100", "cce-policy.allow-all",
	    NULL, TEE_LEVEL_STANDARD);
	expect(&e, "any policy", AZURE "cce_policy=any", NULL, NULL,
	    TEE_LEVEL_TEE_VM);
	expect(&e, "svn 103, 104 wanted",
	    AZURE "cce_policy=any|uvm_min_svn=104", "uvm.svn", NULL,
	    TEE_LEVEL_STANDARD);
	expect(&e, "svn 103 wanted", AZURE "cce_policy=any|uvm_min_svn=103",
	    NULL, NULL, TEE_LEVEL_TEE_VM);
	expect(&e, "another builder", "cce_policy=any", "uvm.issuer uvm.chain",
	    NULL, TEE_LEVEL_STANDARD);
	/* The builder's leaf and AMD's chain end at different times. */
	e.snp.now = EXPIRED;
	expect(&e, "in 2030", AZURE "cce_policy=any", NULL, NULL,
	    TEE_LEVEL_TEE_VM);
	e.snp.now = 1759253046 - 301;
	expect(&e, "before it was endorsed", AZURE "cce_policy=any",
	    "uvm.chain", NULL, TEE_LEVEL_STANDARD);
	caci_free(&e);
}
END_TEST

/* The same policy with other line ends has other host data. */
START_TEST(line_ends)
{
	struct caci_evidence e;

	cleanroom(&e);
	ck_assert(tee_sim_blob_append(&e.cce, "\n\n", 2));
	expect(&e, "two line ends more", AZURE "cce_policy=any",
	    "cce-policy.host-data", NULL, TEE_LEVEL_STANDARD);
	e.cce.size -= 3;
	expect(&e, "none", AZURE "cce_policy=any", "cce-policy.host-data", NULL,
	    TEE_LEVEL_STANDARD);
	caci_free(&e);
}
END_TEST

START_TEST(sidecar_evidence)
{
	struct caci_evidence e;

	sidecar(&e);
	expect(&e, "default", AZURE "uvm_feed=ContainerPlat-AMD-UVM",
	    "cce-policy.allow-all uvm.svn", NULL, TEE_LEVEL_STANDARD);
	expect(&e, "any policy", AZURE "cce_policy=any", "uvm.svn", NULL,
	    TEE_LEVEL_STANDARD);
	expect(&e, "svn 22", AZURE "cce_policy=any|uvm_min_svn=22", NULL, NULL,
	    TEE_LEVEL_TEE_VM);
	expect(&e, "svn 23", AZURE "cce_policy=any|uvm_min_svn=23", "uvm.svn",
	    NULL, TEE_LEVEL_STANDARD);
	expect(&e, "named",
	    AZURE "uvm_min_svn=22|cce_policy="
		  "cadd74f71ebb8fbf9782baab649612520f3c416bc5ce9ac768808ddc8d9b"
		  "031c",
	    NULL, NULL, TEE_LEVEL_TEE_VM);
	tee_sim_blob_free(&e.uvm);
	expect(&e, "no endorsement", AZURE "cce_policy=any", NULL, "uvm.format",
	    TEE_LEVEL_STANDARD);
	caci_free(&e);
}
END_TEST

/* Endorsements of other launches than the report's. */
START_TEST(mismatched)
{
	struct caci_evidence e;
	static const char *const others[] = { CONTEXT "reference-info-base64",
		SCITT };

	for (unsigned i = 0; i < 2; i++) {
		cleanroom(&e);
		tee_sim_blob_free(&e.uvm);
		if (i == 0)
			vector_load(SIDECAR "body.uvm_reference_info.bin",
			    &e.uvm);
		else
			vector_load(others[i], &e.uvm);
		expect(&e, others[i], AZURE "cce_policy=any|uvm_min_svn=22",
		    "uvm.measurement", NULL, TEE_LEVEL_STANDARD);
		caci_free(&e);
	}
	cleanroom(&e);
	tee_sim_blob_free(&e.cce);
	load_base64(SIDECAR "uvm_security_policy.base64", &e.cce);
	expect(&e, "another's policy", AZURE "cce_policy=any",
	    "cce-policy.host-data", NULL, TEE_LEVEL_STANDARD);
	caci_free(&e);
}
END_TEST

/* Every endorsement that we have, by itself. */
static const struct endorsement {
	const char *file;
	bool base64;
	uint64_t svn;
	time_t at;
	uint8_t first, last; /* bytes of the measurement */
} endorsements[] = {
	{ SIDECAR "body.uvm_reference_info.bin", false, 22, 1675834943, 0x51,
	    0xf5 },
	{ CONTEXT "reference-info-base64", true, 100, 1682034518, 0x03, 0xdf },
	{ ENDORSEMENT, false, 103, 1759253046, 0xd0, 0x82 },
	{ SCITT, false, 104, 1766437887, 0x49, 0x89 },
};

static void
load_endorsement(const struct endorsement *t, struct sim_blob *out)
{
	struct sim_blob text = { NULL, 0 };
	int n;

	vector_load(t->file, t->base64 ? &text : out);
	if (!t->base64)
		return;
	ck_assert(tee_sim_blob_append(out, text.data, text.size));
	n = EVP_DecodeBlock(out->data, text.data, (int)text.size);
	ck_assert_int_gt(n, 0);
	out->size = (size_t)n;
	for (size_t i = text.size; i > 0 && text.data[i - 1] == '='; i--)
		out->size--;
	tee_sim_blob_free(&text);
}

START_TEST(endorsement)
{
	const struct endorsement *t = &endorsements[_i];
	struct sim_blob blob = { NULL, 0 };
	struct tee_didx509 issuer;
	struct azure_uvm u;
	const char *why;

	load_endorsement(t, &blob);
	ck_assert_msg(tee_azure_uvm_parse(&u, blob.data, blob.size), "%s: %s",
	    t->file, u.error);
	ck_assert_uint_eq(u.svn, t->svn);
	ck_assert_int_eq(u.signed_at, t->at);
	ck_assert_uint_eq(u.measurement[0], t->first);
	ck_assert_uint_eq(u.measurement[47], t->last);
	ck_assert_str_eq(u.feed, "ContainerPlat-AMD-UVM");
	ck_assert(tee_didx509_parse(&issuer, u.issuer));
	ck_assert_msg(tee_didx509_judge(&issuer, u.cose.chain, u.signed_at,
			  &why),
	    "%s: %s", t->file, why);
	ck_assert(tee_cose_verify(&u.cose,
	    X509_get0_pubkey(sk_X509_value(u.cose.chain, 0))));
	/* Its CA did not sign it, and its leaf has an end. */
	ck_assert(!tee_cose_verify(&u.cose,
	    X509_get0_pubkey(sk_X509_value(u.cose.chain, 1))));
	ck_assert(!tee_didx509_judge(&issuer, u.cose.chain, EXPIRED, &why));
	ck_assert_str_eq(why, "certificate has expired");
	tee_didx509_free(&issuer);
	tee_azure_uvm_free(&u);
	tee_sim_blob_free(&blob);
}
END_TEST

/* No byte of an endorsement is free but those that nobody signed. */
START_TEST(every_byte)
{
	const struct endorsement *t = &endorsements[_i];
	struct sim_blob blob = { NULL, 0 };
	size_t good = 0, tried = 0;
	struct azure_uvm u;

	load_endorsement(t, &blob);
	/* A prime, so that all parts are met at all bits. */
	for (size_t i = 0; i < blob.size; i += 13) {
		blob.data[i] ^= (uint8_t)(1u << i % 8);
		if (tee_azure_uvm_parse(&u, blob.data, blob.size) &&
		    tee_cose_verify(&u.cose,
			X509_get0_pubkey(sk_X509_value(u.cose.chain, 0))))
			good++;
		tee_azure_uvm_free(&u);
		blob.data[i] ^= (uint8_t)(1u << i % 8);
		tried++;
	}
	/* What is unprotected: a time stamp of 5.2 kB, or a receipt. */
	ck_assert_uint_gt(tried, 400);
	ck_assert_uint_lt(good, t->at > 1766000000 ? 60 : 410);
	tee_sim_blob_free(&blob);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

int
main(void)
{
	Suite *suite = suite_create("azure caci vectors");
	TCase *tcase = tcase_create("vectors");
	SRunner *runner;
	int failed;

	if (vector_root() == NULL) {
		printf("skipped: no TEE_VECTORS\n");
		return 77;
	}
	tcase_add_unchecked_fixture(tcase, uvm_open, uvm_close);
	tcase_add_test(tcase, cleanroom_evidence);
	tcase_add_test(tcase, line_ends);
	tcase_add_test(tcase, sidecar_evidence);
	tcase_add_test(tcase, mismatched);
	tcase_add_loop_test(tcase, endorsement, 0, COUNT(endorsements));
	tcase_add_loop_test(tcase, every_byte, 0, COUNT(endorsements));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
