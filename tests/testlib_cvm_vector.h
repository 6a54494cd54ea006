/* SPDX-License-Identifier: Apache-2.0 */
/*
 * testlib_cvm_vector: real evidence of confidential VMs out of $TEE_VECTORS,
 * each publisher's own form brought into libtee's items.
 */
#ifndef TESTLIB_CVM_VECTOR_H
#define TESTLIB_CVM_VECTOR_H

#include "tests/testlib_cvm.h"
#include "tests/testlib_vector.h"

enum cvm_form {
	CVM_FORM_EVIDENCE = 0, /* members message, signature (raw), pcrs */
	CVM_FORM_CLEANROOM,    /* tpmQuote: TPM2B_ATTEST, TPMT_SIGNATURE */
	CVM_FORM_KINVOLK,      /* u64 n and n bytes, three times */
	CVM_FORM_SPLIT,        /* a file each, by extension */
	CVM_FORM_NONE
};

/* The quote, its signature and PCRs.  The reference is as vector_load's. */
void cvm_load_quote(struct cvm_evidence *, enum cvm_form, const char *ref);
/* AMD's pins alone, that time, bound to what the quote is bound to. */
void cvm_load(struct cvm_evidence *, const char *hcl, enum cvm_form,
    const char *quote, const char *certs, time_t at);

#endif
