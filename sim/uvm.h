/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uvm: what Microsoft endorses a utility VM's measurement with, a COSE_Sign1
 * with PS384 in two formats: a JSON payload, or the bare measurement with the
 * SVN in the header.
 */
#ifndef SIM_UVM_H
#define SIM_UVM_H

#include <stdint.h>

#include "sim/evidence.h"

/*
 * NULL and the SVN where it endorses this report's measurement, else what is
 * wrong.  Roots: Microsoft's, and one more by its key (NULL: none).
 */
const char *tee_sim_uvm_judge(const struct sim_blob *cose,
    const struct sim_evidence *, EVP_PKEY *own_root, uint64_t *svn);

/* Appends what the signature covers. */
bool tee_sim_uvm_signed(struct sim_blob *out, const uint8_t *headers,
    size_t headers_size, const uint8_t *payload, size_t payload_size);

#endif
