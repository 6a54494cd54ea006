/* SPDX-License-Identifier: Apache-2.0 */
/*
 * testlib_vector: bytes out of the evidence that $TEE_VECTORS holds.  The
 * project has none of it: tests say "skipped" where it is absent.
 */
#ifndef TESTLIB_VECTOR_H
#define TESTLIB_VECTOR_H

#include <stdbool.h>

#include "tests/testlib_snp.h"

/* The directory, or NULL where there is none. */
const char *vector_root(void);
/*
 * Appends what a reference names.  "dir/file": the file; "dir/file#a/b": the
 * member b of the member a of a JSON file.  A member may be a list of bytes,
 * hex, base64 in either alphabet, or text, and a decoded one may be JSON again.
 * Aborts the test where it is not there.
 */
void vector_load(const char *reference, struct sim_blob *out);
/* Each of several references, separated by spaces. */
void vector_load_all(const char *references, struct sim_blob *out);
/* The report of a blob: whole, hex text, or behind Azure's 32-byte header. */
void vector_report(const char *reference, struct sim_blob *out);
/*
 * Evidence to be judged by AMD's pins alone, at that time, bound to what its
 * report data is.
 */
void vector_evidence(struct snp_evidence *, const char *report,
    const char *certs, time_t at);
bool vector_is_azure(const struct sim_blob *);

#endif
