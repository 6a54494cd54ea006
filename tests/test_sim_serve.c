/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plain client of a served machine: every ioctl, every documented error and
 * every switch, as a guest's program meets them.  test_sim.sh starts it as
 * the command of teesim; what is certified is judged by libcrypto alone.
 */
#include "config.h"

#include <stdio.h>

#include "tests/test_sim_guest.h"

int
main(int argc, char **argv)
{
	Suite *suite = suite_create("sim_serve");
	TCase *tcase = tcase_create("guest");
	SRunner *runner;
	int failed;

	if (argc != 6) {
		fprintf(stderr, "run by test_sim.sh\n");
		return 2;
	}
	guest_teesim = argv[1];
	guest_keys = argv[2];
	guest_device = argv[3];
	guest_legacy = argv[4];
	guest_tsm = argv[5];
	tcase_set_timeout(tcase, 180);
	add_device_tests(tcase);
	add_report_tests(tcase);
	add_key_tests(tcase);
	add_tsm_tests(tcase);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
