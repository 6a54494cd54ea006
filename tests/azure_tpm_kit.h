/* SPDX-License-Identifier: Apache-2.0 */
/*
 * azure_tpm_kit: a software TPM (swtpm) furnished like an Azure confidential
 * VM's.  The paravisor's part is played between it and libtee: the program is
 * linked with --wrap=Tss2_TctiLdr_Initialize, so that every command passes
 * through azure_tpm_wire.c.
 */
#ifndef TESTS_AZURE_TPM_KIT_H
#define TESTS_AZURE_TPM_KIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <check.h>
#include <openssl/evp.h>
#include <tss2/tss2_esys.h>

#include "libtee/call.h"

/* What commands meet; zeroed before each test. */
struct tpm_faults {
	unsigned retries;      /* so many answers are TPM_RC_RETRY */
	uint32_t only;         /* of this command alone; 0: any */
	bool silent;           /* no answer comes */
	uint32_t fails;        /* this command ... */
	uint32_t fails_with;   /* ... is answered so */
	uint32_t extend_after; /* after this command PCR 5 is extended, */
	unsigned extend_times; /* so many times */
	/* The paravisor's. */
	bool stale;           /* no new report, ever */
	unsigned rate_ms;     /* a new report at most so often */
	bool no_user_data;    /* reports as in 2022 */
	unsigned torn;        /* so many reports change while they are read */
	const char *json;     /* runtime data, instead */
	uint32_t report_type; /* 0: SNP */
};
extern struct tpm_faults tpm_faults;

/* Commands that libtee sent, by code; 0: all. */
unsigned tpm_count(uint32_t command);
void tpm_count_reset(void);

/* 77 where there is no swtpm, else the exit status. */
int tpm_main(const char *name, void (*add)(TCase *));
const char *tpm_socket(void);
/* A path in this program's own directory; a static buffer. */
const char *tpm_path(const char *name);

/* A collector's call with that budget, and a binding of its own. */
void tpm_call_begin(struct tee_call *, unsigned budget_ms);
/* One that lives until the next one. */
struct tee_call *tpm_call(unsigned budget_ms);

/* Past the faults: furnishing and looking. */
ESYS_CONTEXT *tpm_direct(void);
void tpm_direct_close(ESYS_CONTEXT **);
void tpm_make_ak(void);
void tpm_remove_ak(void);
/* data NULL leaves the index unwritten, size 0 removes it. */
void tpm_make_nv(uint32_t index, const void *data, size_t size);
/* The size of an index, 0 where it is absent. */
size_t tpm_nv_size(uint32_t index);
void tpm_extend(unsigned pcr);
/* Transient objects and sessions that are in the TPM now. */
unsigned tpm_leftovers(void);

/* TPM2B_PUBLIC as evidence has it; nothing may follow. */
TPM2B_PUBLIC tpm_public(const uint8_t *data, size_t size);
EVP_PKEY *tpm_rsa(const TPM2B_PUBLIC *);
/* DER of one for "vm" by this issuer; its size. */
size_t tpm_certificate(const char *issuer, uint8_t out[2048]);

/* azure_tpm_wire.c: a TCTI to that socket. */
TSS2_TCTI_CONTEXT *tpm_wire_open(const char *path, bool direct);
void tpm_wire_reset(void);

#endif
