/* SPDX-License-Identifier: Apache-2.0 */
/* test_sim_cloud: the groups of tests of the simulator's cloud. */
#ifndef TEST_SIM_CLOUD_H
#define TEST_SIM_CLOUD_H

#include "tests/testlib_cloud.h"

void add_imds_tests(TCase *);
void add_identity_tests(TCase *);
void add_kds_tests(TCase *);
void add_fault_tests(TCase *);
void add_maa_tests(TCase *);
void add_token_tests(TCase *);
void add_uvm_tests(TCase *);
void add_guest_tests(TCase *);
void add_replay_tests(TCase *);

#endif
