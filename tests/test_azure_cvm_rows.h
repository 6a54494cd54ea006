/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_azure_cvm_rows: one row, one way to spoil good evidence (or one
 * option), and the checks that must fail or stay undone for it: those and no
 * others.
 */
#ifndef TEST_AZURE_CVM_ROWS_H
#define TEST_AZURE_CVM_ROWS_H

#include "tests/testlib_cvm.h"

#define CVM_HEX32 \
	"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

struct cvm_row {
	const char *name;
	const char *fails, *not_done; /* both NULL: the evidence is good */
	const char *set;              /* fields of the report, then signed */
	const char *options;
	void (*before)(struct cvm_evidence *); /* before minting */
	void (*after)(struct cvm_evidence *);  /* minting is done */
};

#define ROW(...) \
	{ \
		__VA_ARGS__ \
	}

/* Each ended by a row without name. */
extern const struct cvm_row cvm_hcl_rows[];
extern const struct cvm_row cvm_quote_rows[];
extern const struct cvm_row cvm_pcr_rows[];
extern const struct cvm_row cvm_option_rows[];

#endif
