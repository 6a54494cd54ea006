/* SPDX-License-Identifier: Apache-2.0 */
/* How long certificates are kept beside a report, and for which reports. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <check.h>

#include "modules/snp/supply.h"
#include "tests/testlib_http.h"
#include "tests/testlib_snp.h"

static struct http_call c;
static struct snp_evidence e;
static struct snp_report report;
static char folder[4160];
static unsigned asked;

static void
set_up(void)
{
	char build[4096];

	ck_assert_ptr_nonnull(realpath(getenv("TEE_TEST_BUILDDIR"), build));
	snprintf(folder, sizeof(folder), "%s/tests/tmp/supply-%d", build,
	    (int)getpid());
	/* The chain's root is of these keys, whatever else is in it. */
	snp_evidence_start(&e, SIM_MILAN, SIM_SIGNER_VCEK, 3);
	snp_evidence_mint(&e);
	http_call_begin(&c, 3000, e.root);
	snp_evidence_free(&e);
	c.call.now = SNP_NOW;
}

static void
tear_down(void)
{
	http_call_end(&c);
}

/* As soon as the first certificate of a chain is over, all of it is. */
static void
ends_with(enum sim_key first)
{
	struct sim_blob pem = { NULL, 0 };

	snp_evidence_start(&e, SIM_MILAN, SIM_SIGNER_VCEK, 3);
	e.spec.cert[first].not_after = SNP_NOW + SNP_DAY;
	snp_evidence_mint(&e);
	ck_assert(tee_snp_report_parse(&report, e.report, SNP_REPORT_SIZE));
	ck_assert(tee_sim_chain_pem(&e.chain, SIM_SIGNER_VCEK, &pem));
	c.call.now = SNP_NOW + SNP_DAY;
	ck_assert(
	    tee_snp_supply_fits(&c.call, &report, (char *)pem.data, pem.size));
	c.call.now++;
	ck_assert(
	    !tee_snp_supply_fits(&c.call, &report, (char *)pem.data, pem.size));
	tee_sim_blob_free(&pem);
	snp_evidence_free(&e);
}

START_TEST(first_end)
{
	ends_with(SIM_VCEK);
	ends_with(SIM_ASK);
	ends_with(SIM_ARK);
}
END_TEST

static enum tee_verdict
own_chain(struct tee_call *call, void *user, const struct snp_report *r,
    char **pem)
{
	struct sim_blob all = { NULL, 0 };

	(void)call;
	(void)user;
	(void)r;
	asked++;
	ck_assert(tee_sim_chain_pem(&e.chain, e.signer, &all) &&
	    tee_sim_blob_append(&all, "", 1));
	*pem = (char *)all.data;
	return TEE_OK;
}

/* What is not of one chip that has a name is kept for none. */
static void
asks_each_time(enum sim_signer signer, bool masked)
{
	struct tee_config config;
	struct snp_supply s;
	char option[4200];

	snp_evidence_start(&e, SIM_MILAN, signer, 3);
	snp_evidence_mint(&e);
	memset(e.report + 0x1a0, masked ? 0 : 0xab, SNP_CHIP_ID_SIZE);
	snp_evidence_sign(&e);
	ck_assert(tee_snp_report_parse(&report, e.report, SNP_REPORT_SIZE));
	snprintf(option, sizeof(option), "cert_cache=%s", folder);
	http_config(&config, TEE_COLLECTOR, option, &c);
	ck_assert(tee_snp_supply_init(&s, &config, "cert_cache"));
	tee_config_clear(&config);
	asked = 0;
	for (unsigned i = 1; i <= 2; i++) {
		char *pem = NULL;

		ck_assert_int_eq(tee_snp_supply(&c.call, &s, &report, own_chain,
				     NULL, &pem),
		    TEE_OK);
		ck_assert(
		    tee_snp_supply_fits(&c.call, &report, pem, strlen(pem)));
		ck_assert_uint_eq(asked, i);
		free(pem);
	}
	ck_assert_int_ne(access(folder, F_OK), 0);
	tee_snp_supply_clear(&s);
	snp_evidence_free(&e);
}

START_TEST(no_chip)
{
	asks_each_time(SIM_SIGNER_VLEK, false);
	asks_each_time(SIM_SIGNER_VCEK, true);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("supply");
	TCase *tcase = tcase_create("supply");
	SRunner *runner = srunner_create(suite);
	int failed;

	snp_keys_open();
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, first_end);
	tcase_add_test(tcase, no_chip);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	snp_keys_close();
	return failed == 0 ? 0 : 1;
}
