/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plain client of the simulator's vTPM.  test_sim_vtpm.sh starts it as the
 * command of teesim; evidence is judged by the real verifier.
 */
#include "config.h"

#include <stdio.h>

#include "tests/test_sim_guest.h"
#include "tests/test_sim_vtpm.h"
#include "tests/testlib_tpm.h"

int
main(int argc, char **argv)
{
	Suite *suite = suite_create("sim_vtpm");
	TCase *tcase = tcase_create("guest");
	SRunner *runner;
	int failed;

	if (argc != 4) {
		fprintf(stderr, "run by test_sim_vtpm.sh\n");
		return 2;
	}
	guest_teesim = argv[1];
	guest_keys = argv[2];
	tpm_path = argv[3];
	tcase_set_timeout(tcase, 180);
	add_wire_tests(tcase);
	add_key_wire_tests(tcase);
	add_hmac_tests(tcase);
	add_file_tests(tcase);
	add_space_tests(tcase);
	add_hcl_tests(tcase);
	add_cvm_tests(tcase);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
