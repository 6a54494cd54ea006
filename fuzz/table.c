/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table: any bytes as the host's certificate table.  What is taken lies
 * inside the bytes, behind the header, apart from each other and once.
 */
#include "config.h"

#include <string.h>

#include "fuzz/fuzz.h"
#include "modules/snp/table.h"

#define HEADER_ENTRY 24

const char fuzz_target[] = "table";

static void
check_pair(const struct snp_table_entry *a, const struct snp_table_entry *b)
{
	fuzz_must(memcmp(a->guid, b->guid, 16) != 0, "a GUID comes once");
	fuzz_must(a->kind != b->kind || a->kind == SNP_TABLE_OTHER,
	    "a kind comes once");
	fuzz_must(a->size == 0 || b->size == 0 ||
		a->data + a->size <= b->data || b->data + b->size <= a->data,
	    "entries lie apart");
}

static void
check(const struct snp_table *table, const uint8_t *data, size_t size)
{
	size_t header = (table->count + 1) * HEADER_ENTRY;

	fuzz_must(table->count <= SNP_TABLE_MAX, "32 entries");
	for (size_t i = 0; i < table->count; i++) {
		const struct snp_table_entry *e = &table->entry[i];

		fuzz_must(e->guid == data + i * HEADER_ENTRY, "GUID's place");
		fuzz_must(e->size > 0 || e->kind == SNP_TABLE_OTHER,
		    "no bytes only where none are read");
		fuzz_must((e->size == 0 || e->data >= data + header) &&
			e->data + e->size <= data + size,
		    "inside the table");
		fuzz_touch(e->data, e->size);
		fuzz_touch(tee_snp_table_word(e->kind), 3);
		for (size_t k = 0; k < i; k++)
			check_pair(e, &table->entry[k]);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct snp_table table;
	bool ok = tee_snp_table_parse(&table, data, size);

	fuzz_must(ok == (table.error == NULL), "a refusal says why");
	fuzz_accepted = ok && table.count > 0;
	if (ok)
		check(&table, data, size);
	return 0;
}
