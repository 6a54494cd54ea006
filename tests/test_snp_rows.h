/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_snp_rows: one row, one way to spoil good evidence (or one option), and
 * the checks that must fail or stay undone for it: those and no others.
 */
#ifndef TEST_SNP_ROWS_H
#define TEST_SNP_ROWS_H

#include "tests/testlib_snp.h"

/* Where a row applies; no bit of a group means all of the group. */
enum {
	ON_MILAN = 1,
	ON_GENOA = 2,
	ON_TURIN = 4,
	ON_VCEK = 8,
	ON_VLEK = 16,
	/* For rows about certificates: two of the products are enough. */
	ON_OLD = ON_MILAN | ON_GENOA
};

enum snp_who { ROOT = 1, ISSUER, LEAF };

struct snp_row {
	const char *name;
	const char *fails, *not_done; /* both NULL: the evidence is good */
	const char *set;              /* fields of the report, then signed */
	const char *options;
	void (*before)(struct snp_evidence *);  /* before minting */
	enum snp_who who;                       /* whose certificate ... */
	void (*change)(struct sim_cert_spec *); /* ... is changed how */
	void (*after)(struct snp_evidence *);   /* minting is done */
	uint32_t version;                       /* 0: the product's own */
	unsigned where;
};

/* Each ended by a row without name. */
extern const struct snp_row snp_report_rows[];
extern const struct snp_row snp_policy_rows[];
extern const struct snp_row snp_chain_rows[];
extern const struct snp_row snp_vek_rows[];
extern const struct snp_row snp_crl_rows[];

#endif
