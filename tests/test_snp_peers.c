/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What other verifiers' tests do to real evidence, done to ours: valid pairs
 * with one byte, one certificate, one length or the clock changed.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <check.h>

#include "tests/testlib_snp.h"
#include "tests/testlib_vector.h"

#define SKIPPED 77
#define IN_2025 1748736000 /* 2025-06-01 */

#define TRUSTEE "snp/confidential-containers+trustee/deps/verifier/"
#define DATA TRUSTEE "test_data/snp/"
#define HCL TRUSTEE "test_data/az-snp-vtpm/"
#define BUNDLE TRUSTEE "src/snp/"
#define VIRTEE "snp/virtee+sev/"
#define BUILTIN VIRTEE "src/certs/snp/builtin/"

#define VIRTEE_LEAF VIRTEE "tests/certs_data/vcek_milan.der"
#define MILAN BUNDLE "milan_ask_ark_asvk.pem"
#define GENOA BUNDLE "genoa_ask_ark_asvk.pem"
#define TURIN BUNDLE "turin_ask_ark_asvk.pem"
#define NO_ROOT \
	"chain.root chain.root_signature " \
	"chain.intermediate_signature chain.names chain.constraints " \
	"chain.validity chain.product"
#define NO_ISSUER \
	"chain.intermediate_signature chain.leaf_signature " \
	"chain.names chain.constraints chain.validity chain.product " \
	"vek.struct_version vek.product vek.tcb vek.hwid tcb.order"

/* The evidence, one change of the report, and what that must do. */
static const struct mutation {
	const char *name, *report, *certs;
	time_t at;
	size_t offset; /* of the byte; 0: none */
	unsigned flip, add;
	size_t size; /* of the report; 0: as it is */
	const char *fails, *not_done;
} mutations[] = {
	{ "virtee: byte 21", VIRTEE "derived/report_milan.bin",
	    VIRTEE_LEAF " " MILAN, IN_2025, 21, 0x80, 0, 0, "signature", NULL },
	{ "trustee: byte 42", DATA "test-report.bin",
	    DATA "test-vcek.der " MILAN, IN_2025, 42, 0, 1, 0, "signature",
	    NULL },
	{ "trustee: byte 0x180", DATA "test-report.bin",
	    DATA "test-vcek.der " MILAN, IN_2025, 0x180, 0, 1, 0,
	    "signature vek.tcb tcb.order", NULL },
	{ "byte 100", DATA "test-report.bin", DATA "test-vcek.der " MILAN,
	    IN_2025, 100, 1, 0, 0, "signature binding", NULL },
	{ "measurement", DATA "test-report.bin", DATA "test-vcek.der " MILAN,
	    IN_2025, 0x90, 1, 0, 0, "signature", NULL },
	{ "chip id", DATA "test-report.bin", DATA "test-vcek.der " MILAN,
	    IN_2025, 0x1a0, 1, 0, 0, "signature vek.hwid", NULL },
	{ "trustee: HCL byte 0x1a6, the SNP version is 8", HCL "hcl-report.bin",
	    HCL "vcek.pem", IN_2025, 0x186, 8, 0, 0, "signature vek.tcb",
	    NULL },
	{ "version 3 written over 2", DATA "test-report.bin",
	    DATA "test-vcek.der " MILAN, IN_2025, 0, 0, 0, 0,
	    "signature report.product", NULL },
	{ "version 2 written over 3", DATA "test-vlek-report.bin",
	    DATA "test-vlek.der " MILAN, IN_2025, 0, 0, 0, 0,
	    "signature report.reserved", NULL },
	{ "r's first byte", DATA "test-report.bin", DATA "test-vcek.der " MILAN,
	    IN_2025, 0x2a0, 1, 0, 0, "signature", NULL },
	{ "s's last byte", DATA "test-report.bin", DATA "test-vcek.der " MILAN,
	    IN_2025, 0x2e8 + 47, 1, 0, 0, "signature", NULL },
	{ "a byte short", DATA "test-report.bin", DATA "test-vcek.der " MILAN,
	    IN_2025, 0, 0, 0, 1183, "report.format", "binding" },
	{ "a byte long", DATA "test-report.bin", DATA "test-vcek.der " MILAN,
	    IN_2025, 0, 0, 0, 1185, "report.format", "binding" },
	{ "1204 bytes", DATA "test-report.bin", DATA "test-vcek.der " MILAN,
	    IN_2025, 0, 0, 0, 1204, "report.format", "binding" },
	{ "VLEK a day too late", DATA "test-vlek-report.bin",
	    DATA "test-vlek.der " MILAN, 1765411200, 0, 0, 0, 0,
	    "chain.validity", NULL },
	{ "VCEK after seven years", VIRTEE "derived/report_milan.bin",
	    VIRTEE_LEAF " " MILAN, 1901577600, 0, 0, 0, 0, "chain.validity",
	    NULL },
	{ "ASK in the ARK's place", VIRTEE "derived/report_milan.bin",
	    VIRTEE_LEAF " " BUILTIN "milan/ask.pem " BUILTIN "milan/ask.pem",
	    IN_2025, 0, 0, 0, 0, NULL, NO_ROOT },
	{ "ARK in the ASK's place", VIRTEE "derived/report_milan.bin",
	    VIRTEE_LEAF " " BUILTIN "milan/ark.pem", IN_2025, 0, 0, 0, 0, NULL,
	    NO_ISSUER },
	{ "Genoa's ASK and ARK", VIRTEE "derived/report_milan.bin",
	    VIRTEE_LEAF " " BUILTIN "genoa/ask.pem " BUILTIN "genoa/ark.pem",
	    IN_2025, 0, 0, 0, 0, "chain.leaf_signature chain.names vek.product",
	    NULL },
	{ "Genoa's ARK over Milan's ASK", VIRTEE "derived/report_milan.bin",
	    VIRTEE_LEAF " " BUILTIN "milan/ask.pem " BUILTIN "genoa/ark.pem",
	    IN_2025, 0, 0, 0, 0,
	    "chain.intermediate_signature chain.names chain.product", NULL },
	{ "ASK for a VLEK", DATA "test-vlek-report.bin",
	    DATA "test-vlek.der " BUILTIN "milan/ask.pem " BUILTIN
		 "milan/ark.pem",
	    IN_2025, 0, 0, 0, 0,
	    "chain.leaf_signature chain.names chain.product", NULL },
	{ "another chip's VCEK", VIRTEE "derived/report_milan.bin",
	    DATA "test-vcek.der " MILAN, IN_2025, 0, 0, 0, 0,
	    "signature vek.hwid", NULL },
	{ "Turin's VCEK", VIRTEE "derived/report_milan.bin",
	    VIRTEE "tests/certs_data/vcek_turin.der " TURIN, IN_2025, 0, 0, 0,
	    0, "signature vek.tcb vek.hwid", NULL },
	/* And what must not disturb the right ones. */
	{ "every root and intermediate there is", DATA "test-report.bin",
	    TURIN " " GENOA " " MILAN " " DATA "test-vcek.der", IN_2025, 0, 0,
	    0, 0, NULL, NULL },
	{ "four chips' VCEKs and a VLEK", DATA "test-report.bin",
	    VIRTEE_LEAF " " VIRTEE "tests/certs_data/vcek_turin.der " DATA
			"test-vlek.der " DATA "test-vcek-invalid-new.der " HCL
			"vcek.pem " MILAN " " DATA "test-vcek.der",
	    IN_2025, 0, 0, 0, 0, NULL, NULL },
	{ "both kinds of key, VLEK's report", DATA "test-vlek-report.bin",
	    DATA "test-vcek.der " MILAN " " DATA "test-vlek.der", IN_2025, 0, 0,
	    0, 0, NULL, NULL },
	{ "Turin's VLEK bundle with its empty lines", DATA "test-report.bin",
	    "snp/google+go-sev-guest/verify/trust/ask_ark_turin_vlek.pem " DATA
	    "test-vcek.der " MILAN,
	    IN_2025, 0, 0, 0, 0, NULL, NULL },
};

#define MUTATIONS (sizeof(mutations) / sizeof(mutations[0]))

static void
mutate(struct snp_evidence *e, const struct mutation *m)
{
	if (m->offset != 0) {
		e->report[m->offset] =
		    (uint8_t)((e->report[m->offset] ^ m->flip) + m->add);
	} else if (strncmp(m->name, "version", 7) == 0) {
		e->report[0] = (uint8_t)(m->name[8] - '0');
	}
	if (m->size != 0)
		e->report_size = m->size;
}

START_TEST(every_mutation)
{
	const struct mutation *m = &mutations[_i];
	struct snp_evidence e;
	struct tee_claims *claims;

	vector_evidence(&e, m->report, m->certs, m->at);
	mutate(&e, m);
	claims = snp_judge(&e, NULL);
	snp_expect(m->name, claims, m->fails, m->not_done);
	tee_claims_free(&claims);
	snp_evidence_free(&e);
}
END_TEST

/* Each byte of a real VCEK, one at a time: never a grant. */
START_TEST(every_byte_of_a_leaf)
{
	struct snp_verifier *line = snp_line(NULL);
	struct snp_evidence e;

	vector_evidence(&e, VIRTEE "derived/report_milan.bin",
	    VIRTEE_LEAF " " MILAN, IN_2025);
	for (size_t at = (size_t)_i; at < 1360; at += 16) {
		struct tee_claims *claims;

		e.certs.data[at] ^= (uint8_t)(1u << at % 8);
		claims = snp_judge_with(&e, line);
		ck_assert_msg(claims->verdict != TEE_OK, "byte %zu", at);
		ck_assert_msg(claims->asserted == 0, "byte %zu", at);
		tee_claims_free(&claims);
		e.certs.data[at] ^= (uint8_t)(1u << at % 8);
	}
	tee_snp_verifier_free(line);
	snp_evidence_free(&e);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("snp peers");
	TCase *tcase = tcase_create("mutations");
	SRunner *runner;
	int failed;

	if (vector_root() == NULL) {
		puts("skipped: no real evidence here (TEE_VECTORS)");
		return SKIPPED;
	}
	tcase_add_loop_test(tcase, every_mutation, 0, (int)MUTATIONS);
	tcase_add_loop_test(tcase, every_byte_of_a_leaf, 0, 16);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
