/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table: the certificate table that the host hands to a guest beside its
 * report (GHCB 56421, 4.1.8.1).  The host writes it, so every length is
 * checked and duplicates and overlaps are refused.
 */
#ifndef TEE_SNP_TABLE_H
#define TEE_SNP_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum snp_table_kind {
	SNP_TABLE_OTHER = 0, /* a GUID that is none of ours: ignored */
	SNP_TABLE_VCEK,
	SNP_TABLE_VLEK,
	SNP_TABLE_ASK,
	SNP_TABLE_ARK,
	SNP_TABLE_CRL
};

#define SNP_TABLE_MAX 32

struct snp_table_entry {
	enum snp_table_kind kind;
	const uint8_t *guid; /* 16 bytes, textual order */
	const uint8_t *data;
	size_t size; /* 0 only of SNP_TABLE_OTHER */
};

struct snp_table {
	struct snp_table_entry entry[SNP_TABLE_MAX];
	size_t count;
	const char *error; /* why the parse failed */
};

bool tee_snp_table_parse(struct snp_table *, const uint8_t *, size_t size);
const char *tee_snp_table_word(enum snp_table_kind);

#endif
