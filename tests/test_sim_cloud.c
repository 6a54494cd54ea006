/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plain client of the simulator's cloud: every rule of its services and
 * every fault, as a client of the real ones meets them.  teesim starts it as
 * its command, see test_sim_cloud.sh.
 */
#include "config.h"

#include <stdio.h>

#include "tests/test_sim_cloud.h"

/* How a transfer ends, as the exit status. */
static int
try_tls(const char *url, const char *ca)
{
	CURL *curl = curl_easy_init();
	CURLcode code;

	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_CAINFO, ca);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
	code = curl_easy_perform(curl);
	curl_easy_cleanup(curl);
	return (int)code;
}

int
main(int argc, char **argv)
{
	Suite *suite;
	TCase *tcase;
	SRunner *runner;
	int failed;

	if (argc < 3) {
		fprintf(stderr, "run by test_sim_cloud.sh\n");
		return 2;
	}
	cloud_teesim = argv[1];
	cloud_keys = argv[2];
	curl_global_init(CURL_GLOBAL_ALL);
	if (argc > 3)
		return try_tls(argv[1], argv[2]);
	suite = suite_create("sim_cloud");
	tcase = tcase_create("client");
	tcase_set_timeout(tcase, 60);
	add_imds_tests(tcase);
	add_identity_tests(tcase);
	add_kds_tests(tcase);
	add_fault_tests(tcase);
	add_maa_tests(tcase);
	add_token_tests(tcase);
	add_uvm_tests(tcase);
	add_guest_tests(tcase);
	add_replay_tests(tcase);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	curl_global_cleanup();
	return failed == 0 ? 0 : 1;
}
