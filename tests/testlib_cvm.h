/* SPDX-License-Identifier: Apache-2.0 */
/*
 * testlib_cvm: evidence of a confidential VM, minted: the simulator's chip
 * signs the report, an RSA key of the test is the AK, and tpm2-tss writes what
 * a TPM would.  To be spoiled in one respect and judged by the real verifier.
 */
#ifndef TESTLIB_CVM_H
#define TESTLIB_CVM_H

#include <tss2/tss2_tpm2_types.h>

#include "modules/snp_azure/cvm.h"
#include "tests/testlib_snp.h"

#define CVM_RUNTIME_MAX 4096
#define CVM_NV_SIZE 2600

enum cvm_item {
	CVM_HCL = 0,
	CVM_QUOTE,
	CVM_SIGNATURE,
	CVM_PCRS,
	CVM_AK_CERT, /* empty: not there */
	CVM_ITEMS
};

struct cvm_evidence {
	struct snp_evidence snp; /* report, chain, root, binding, time */
	/* What cvm_mint makes the items of. */
	char runtime[CVM_RUNTIME_MAX];
	uint8_t report_data[64];
	bool report_data_given; /* else it is made of `runtime` */
	TPMS_ATTEST attest;
	uint8_t pcr[AZURE_PCRS][AZURE_PCR_SIZE];
	uint32_t pcrs_given; /* bit per PCR of tpm.pcrs */
	EVP_PKEY *signer;    /* of the quote; borrowed */
	const char *digest;  /* of its signature */
	struct sim_blob item[CVM_ITEMS];
	bool container; /* the report alone, as a container has it */
};

/* What the last cvm_keys_open made: the AK, and one like it. */
extern EVP_PKEY *cvm_ak, *cvm_other_ak;

/* snp_keys too; call before anything else. */
void cvm_keys_open(void);
void cvm_keys_close(void);

/* start, then change parts, then mint, then change items, judge, free. */
void cvm_start(struct cvm_evidence *);
void cvm_mint(struct cvm_evidence *);
void cvm_free(struct cvm_evidence *);
void cvm_set_binding(struct cvm_evidence *, const void *, size_t size);
/* Replaces the one place in the runtime data where `from` stands. */
void cvm_runtime_edit(struct cvm_evidence *, const char *from, const char *to);
/* {"kid":...} of this key, as text; static. */
const char *cvm_jwk(EVP_PKEY *, const char *kid);
void cvm_put(struct cvm_evidence *, enum cvm_item, const void *, size_t);
/* tpm.pcrs, of `pcr` and `pcrs_given`. */
void cvm_put_pcrs(struct cvm_evidence *);
void cvm_drop(struct cvm_evidence *, enum cvm_item);
/* A self-signed certificate of this key, with a comment that long. */
void cvm_certify(struct cvm_evidence *, EVP_PKEY *, size_t comment);
/* Marshals `attest` and signs it; tests that change attest call it again. */
void cvm_quote(struct cvm_evidence *);

/* Options "name=value|name=value"; NULL: the line was refused. */
struct tee_claims *cvm_judge(const struct cvm_evidence *, const char *options);
bool cvm_line_refused(const char *options);

#endif
