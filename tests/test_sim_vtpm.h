/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of test_sim_vtpm. */
#ifndef TEST_SIM_VTPM_H
#define TEST_SIM_VTPM_H

#include <check.h>

void add_wire_tests(TCase *);
void add_key_wire_tests(TCase *);
void add_hmac_tests(TCase *);
void add_file_tests(TCase *);
void add_space_tests(TCase *);
void add_hcl_tests(TCase *);
void add_cvm_tests(TCase *);

#endif
