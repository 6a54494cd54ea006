/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_uvm_chain: the certificates of a minted endorsement. */
#ifndef TESTLIB_UVM_CHAIN_H
#define TESTLIB_UVM_CHAIN_H

#include "tests/testlib_uvm.h"

void uvm_chain_start(struct uvm_spec *);
/* The value of x5chain, and of x5t. */
void uvm_chain_write(const struct uvm_spec *, struct sim_blob *);
void uvm_chain_thumbprint(const struct uvm_spec *, struct sim_blob *);

#endif
