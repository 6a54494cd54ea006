/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulator writes endorsements with code of its own: what it writes in
 * either format is what the judge reads.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <check.h>

#include "sim/endorsement.h"
#include "tests/testlib_caci.h"

START_TEST(simulator)
{
	struct sim_endorsement said = { .hash_envelope = _i == 1,
		.feed = SIM_UVM_FEED,
		.svn = "104",
		.signing_time = time(NULL) };
	char did[SIM_UVM_DID_MAX], options[256];
	struct sim_signer_chain chain;
	struct caci_evidence e;
	struct tee_claims *c;
	int dir;

	(void)mkdir("tests/tmp/uvmkeys", 0700);
	dir = open("tests/tmp/uvmkeys", O_RDONLY | O_DIRECTORY);
	ck_assert(dir >= 0 && tee_sim_signer_open(&chain, dir) &&
	    tee_sim_signer_did(&chain, did));
	said.issuer = did;
	memcpy(said.measurement, caci_measurement, 48);
	caci_start(&e, NULL, CACI_POLICY);
	ck_assert(tee_sim_endorse(&said, &chain, &e.uvm));
	e.snp.now = time(NULL);
	snprintf(options, sizeof(options), "uvm_issuer=%s", did);
	c = caci_judge(&e, options);
	snp_expect("simulator", c, NULL, NULL);
	tee_claims_free(&c);
	c = caci_judge(&e, "");
	snp_expect("another issuer", c, "uvm.issuer uvm.chain", NULL);
	tee_claims_free(&c);
	caci_free(&e);
	tee_sim_signer_close(&chain);
	close(dir);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure caci simulator");
	TCase *tcase = tcase_create("endorsements");
	SRunner *runner;
	int failed;

	snp_keys_open();
	tcase_add_unchecked_fixture(tcase, uvm_open, uvm_close);
	tcase_add_loop_test(tcase, simulator, 0, 2);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	snp_keys_close();
	return failed == 0 ? 0 : 1;
}
