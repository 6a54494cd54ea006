/* SPDX-License-Identifier: Apache-2.0 */
/* table: see table.h. */
#include "config.h"

#include <string.h>

#include "modules/common/reader.h"
#include "modules/snp/table.h"

#define GUID_SIZE 16
#define ENTRY_SIZE 24 /* GUID, offset, length */

/* Bytes stand in the order of the text, not in Microsoft's. */
static const struct {
	enum snp_table_kind kind;
	const char *word;
	uint8_t guid[GUID_SIZE];
} kinds[] = { { SNP_TABLE_VCEK, "VCEK",
		  { 0x63, 0xda, 0x75, 0x8d, 0xe6, 0x64, 0x45, 0x64, 0xad, 0xc5,
		      0xf4, 0xb9, 0x3b, 0xe8, 0xac, 0xcd } },
	{ SNP_TABLE_VLEK, "VLEK",
	    { 0xa8, 0x07, 0x4b, 0xc2, 0xa2, 0x5a, 0x48, 0x3e, 0xaa, 0xe6, 0x39,
		0xc0, 0x45, 0xa0, 0xb8, 0xa1 } },
	{ SNP_TABLE_ASK, "ASK",
	    { 0x4a, 0xb7, 0xb3, 0x79, 0xbb, 0xac, 0x4f, 0xe4, 0xa0, 0x2f, 0x05,
		0xae, 0xf3, 0x27, 0xc7, 0x82 } },
	{ SNP_TABLE_ARK, "ARK",
	    { 0xc0, 0xb4, 0x06, 0xa4, 0xa8, 0x03, 0x49, 0x52, 0x97, 0x43, 0x3f,
		0xb6, 0x01, 0x4c, 0xd0, 0xae } },
	{ SNP_TABLE_CRL, "CRL",
	    { 0x92, 0xf8, 0x1b, 0xc3, 0x58, 0x11, 0x4d, 0x3d, 0x97, 0xff, 0xd1,
		0x9f, 0x88, 0xdc, 0x67, 0xea } } };

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static enum snp_table_kind
kind_of(const uint8_t *guid)
{
	for (size_t i = 0; i < KINDS; i++)
		if (memcmp(guid, kinds[i].guid, GUID_SIZE) == 0)
			return kinds[i].kind;
	return SNP_TABLE_OTHER;
}

const char *
tee_snp_table_word(enum snp_table_kind kind)
{
	for (size_t i = 0; i < KINDS; i++)
		if (kinds[i].kind == kind)
			return kinds[i].word;
	return "other";
}

static bool
failed(struct snp_table *table, const char *why)
{
	table->error = why;
	return false;
}

static bool
overlap(const struct snp_table_entry *a, const struct snp_table_entry *b)
{
	return a->size > 0 && b->size > 0 && a->data < b->data + b->size &&
	    b->data < a->data + a->size;
}

/*
 * Of a kind that is not known nothing is read, so it may have no bytes.
 * In 64 bits, because the sum of two host numbers may pass 32.
 */
static bool
add(struct snp_table *table, const struct tee_reader *r, const uint8_t *guid,
    uint64_t offset, uint64_t length)
{
	struct snp_table_entry e = { .kind = kind_of(guid), .guid = guid };

	if (offset + length > r->size)
		return failed(table, "an entry reaches beyond the table");
	if (length == 0 && e.kind != SNP_TABLE_OTHER)
		return failed(table, "an entry without bytes");
	e.data = r->data + offset;
	e.size = (size_t)length;
	for (size_t i = 0; i < table->count; i++) {
		if (memcmp(guid, table->entry[i].guid, GUID_SIZE) == 0)
			return failed(table, "a GUID that is there twice");
		if (overlap(&e, &table->entry[i]))
			return failed(table, "entries that overlap");
	}
	if (table->count == SNP_TABLE_MAX)
		return failed(table, "more than 32 entries");
	table->entry[table->count++] = e;
	return true;
}

static bool
entries_follow_header(const struct snp_table *table, const struct tee_reader *r)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->entry[i].size > 0 &&
		    table->entry[i].data < r->data + r->pos)
			return false;
	return true;
}

bool
tee_snp_table_parse(struct snp_table *table, const uint8_t *data, size_t size)
{
	static const uint8_t end[ENTRY_SIZE];
	struct tee_reader r;
	const uint8_t *entry;
	uint64_t offset, length;

	memset(table, 0, sizeof(*table));
	tee_reader_init(&r, data, size);
	for (;;) {
		entry = tee_reader_bytes(&r, GUID_SIZE);
		offset = tee_reader_le32(&r);
		length = tee_reader_le32(&r);
		if (r.bad)
			return failed(table, "no terminating entry");
		if (memcmp(entry, end, ENTRY_SIZE) == 0)
			break;
		if (!add(table, &r, entry, offset, length))
			return false;
	}
	if (!entries_follow_header(table, &r))
		return failed(table, "an entry inside the table's header");
	return true;
}
