/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's certificate table: good ones are read, every way to lie about an
 * offset or a length is refused, and nothing is read beyond its end.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <check.h>

#include "modules/snp/table.h"
#include "tests/testlib_snp.h"

#define HEAD 24
#define NO_CERTS \
	"chain.root chain.root_signature " \
	"chain.intermediate_signature chain.leaf_signature chain.names " \
	"chain.constraints chain.validity chain.product signature " \
	"vek.extensions vek.struct_version vek.product vek.tcb vek.hwid " \
	"vek.csp_id"

static void
put32(uint8_t *p, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

/* Entry n's offset and length, in the finished table. */
static void
move(struct sim_blob *t, unsigned n, uint32_t offset, uint32_t length)
{
	put32(t->data + n * HEAD + 16, offset);
	put32(t->data + n * HEAD + 20, length);
}

static void
leave(struct sim_blob *t)
{
	(void)t;
}

static void
overflow(struct sim_blob *t)
{
	move(t, 0, 0xffffff00, 0x200);
}

static void
overflow_to_size(struct sim_blob *t)
{
	move(t, 0, 0x80000000, 0x80000000 + (uint32_t)t->size);
}

static void
beyond(struct sim_blob *t)
{
	move(t, 2, get32(t->data + 2 * HEAD + 16),
	    get32(t->data + 2 * HEAD + 20) + 1);
}

static void
offset_at_end(struct sim_blob *t)
{
	move(t, 0, (uint32_t)t->size, 1);
}

static void
in_header(struct sim_blob *t)
{
	move(t, 0, 0, HEAD);
}

static void
last_byte_of_header(struct sim_blob *t)
{
	move(t, 0, 4 * HEAD - 1, 100);
}

static void
overlapping(struct sim_blob *t)
{
	move(t, 1, get32(t->data + 16) + 1, 10);
}

static void
same_bytes(struct sim_blob *t)
{
	move(t, 1, get32(t->data + 16), get32(t->data + 20));
}

static void
no_bytes(struct sim_blob *t)
{
	move(t, 1, get32(t->data + HEAD + 16), 0);
}

static void
twice(struct sim_blob *t)
{
	memcpy(t->data + HEAD, t->data, 16);
}

static void
swapped_guids(struct sim_blob *t)
{
	uint8_t guid[16];

	memcpy(guid, t->data, 16);
	memcpy(t->data, t->data + 2 * HEAD, 16);
	memcpy(t->data + 2 * HEAD, guid, 16);
}

static void
unknown_root(struct sim_blob *t)
{
	t->data[2 * HEAD] ^= 1;
}

static void
terminator_with_offset(struct sim_blob *t)
{
	move(t, 3, 1, 0);
}

static void
cut_header(struct sim_blob *t)
{
	t->size = 4 * HEAD - 1;
}

static void
one_byte(struct sim_blob *t)
{
	t->size = 1;
}

static void
only_terminator(struct sim_blob *t)
{
	memset(t->data, 0, HEAD);
	t->size = HEAD;
}

static void
zero_page(struct sim_blob *t)
{
	memset(t->data, 0, t->size);
}

/* A table of leaf, intermediate and root, and what is done to it. */
static const struct lie {
	const char *name;
	void (*tell)(struct sim_blob *);
	const char *fails, *not_done;
} lies[] = {
	{ "good", leave, NULL, NULL },
	{ "offset and length overflow 32 bits", overflow, "certificates",
	    NO_CERTS },
	{ "offset and length sum up to the size", overflow_to_size,
	    "certificates", NO_CERTS },
	{ "a byte beyond the end", beyond, "certificates", NO_CERTS },
	{ "begins at the end", offset_at_end, "certificates", NO_CERTS },
	{ "points at its own header", in_header, "certificates", NO_CERTS },
	{ "begins in the header's last byte", last_byte_of_header,
	    "certificates", NO_CERTS },
	{ "entries overlap", overlapping, "certificates", NO_CERTS },
	{ "entries share their bytes", same_bytes, "certificates", NO_CERTS },
	{ "an entry of no bytes", no_bytes, "certificates", NO_CERTS },
	{ "a GUID twice", twice, "certificates", NO_CERTS },
	{ "leaf and root under each other's GUID", swapped_guids, NULL, NULL },
	{ "root under an unknown GUID", unknown_root, NULL,
	    "chain.root chain.root_signature chain.intermediate_signature "
	    "chain.names chain.constraints chain.validity chain.product" },
	{ "a terminator that is not zero", terminator_with_offset,
	    "certificates", NO_CERTS },
	{ "no terminator", cut_header, "certificates", NO_CERTS },
	{ "one byte", one_byte, "certificates", NO_CERTS },
	{ "no entries", only_terminator, NULL, "certificates " NO_CERTS },
	{ "a page of zeros", zero_page, NULL, "certificates " NO_CERTS },
};

#define LIES (sizeof(lies) / sizeof(lies[0]))

/* On the heap at its exact size, so that valgrind sees a byte too far. */
static void
shrink(struct sim_blob *t)
{
	uint8_t *exact = malloc(t->size);

	ck_assert_ptr_nonnull(exact);
	memcpy(exact, t->data, t->size);
	free(t->data);
	t->data = exact;
}

START_TEST(every_lie)
{
	const struct lie *lie = &lies[_i];
	struct snp_evidence e;
	struct tee_claims *claims;

	snp_evidence_start(&e, SIM_MILAN, SIM_SIGNER_VLEK, 0);
	snp_evidence_mint(&e);
	tee_sim_blob_free(&e.crl);
	snp_certs_clear(&e);
	ck_assert(tee_sim_chain_table(&e.chain, e.signer, false, &e.certs));
	lie->tell(&e.certs);
	shrink(&e.certs);
	claims = snp_judge(&e, NULL);
	snp_expect(lie->name, claims, lie->fails, lie->not_done);
	tee_claims_free(&claims);
	snp_evidence_free(&e);
}
END_TEST

START_TEST(list_in_the_table)
{
	struct snp_evidence e;
	struct tee_claims *claims;

	snp_evidence_start(&e, SIM_MILAN, SIM_SIGNER_VCEK, 0);
	snp_evidence_mint(&e);
	tee_sim_blob_free(&e.crl);
	snp_certs_clear(&e);
	ck_assert(tee_sim_chain_table(&e.chain, e.signer, true, &e.certs));
	claims = snp_judge(&e, "crl=required");
	snp_expect("CRL entry", claims, NULL, NULL);
	tee_claims_free(&claims);
	snp_evidence_free(&e);
}
END_TEST

/* As veraison's auxblob has it: PEM, and the chain in one entry. */
START_TEST(pem_in_the_table)
{
	struct snp_evidence e;
	struct tee_claims *claims;
	struct sim_blob pem;
	struct sim_table_entry entries[2] = { { .guid = SIM_GUID_PLATFORM,
	    .data = (const uint8_t *)"\10\0\0\0\1\2\3\4",
	    .size = 8 } };

	snp_evidence_start(&e, SIM_GENOA, SIM_SIGNER_VCEK, 0);
	snp_evidence_mint(&e);
	pem = e.certs;
	e.certs = (struct sim_blob){ NULL, 0 };
	entries[1].guid = SIM_GUID_VCEK;
	entries[1].data = pem.data;
	entries[1].size = pem.size;
	ck_assert(tee_sim_table_build(entries, 2, &e.certs));
	claims = snp_judge(&e, NULL);
	snp_expect("PEM entry", claims, NULL, NULL);
	tee_claims_free(&claims);
	tee_sim_blob_free(&pem);
	snp_evidence_free(&e);
}
END_TEST

/* Of a kind that nobody here knows, an entry may say that it has no bytes. */
static const struct empty {
	const char *name;
	uint32_t offset, length;
	const char *fails, *not_done;
} empties[] = {
	{ "no bytes at 0", 0, 0, NULL, NULL },
	{ "no bytes in the header", 1, 0, NULL, NULL },
	{ "no bytes in another entry", 3 * HEAD + 10, 0, NULL, NULL },
	{ "bytes in the header", 1, 1, "certificates", NO_CERTS },
	{ "no bytes, far away", 0xffffffff, 0, "certificates", NO_CERTS },
};

START_TEST(unknown_kind_without_bytes)
{
	const struct empty *m = &empties[_i];
	struct snp_evidence e;
	struct tee_claims *claims;
	struct sim_blob pem;
	struct sim_table_entry entries[2] = { { .guid = SIM_GUID_PLATFORM,
	    .data = (const uint8_t *)"" } };

	snp_evidence_start(&e, SIM_GENOA, SIM_SIGNER_VCEK, 0);
	snp_evidence_mint(&e);
	pem = e.certs;
	e.certs = (struct sim_blob){ NULL, 0 };
	entries[1].guid = SIM_GUID_VCEK;
	entries[1].data = pem.data;
	entries[1].size = pem.size;
	ck_assert(tee_sim_table_build(entries, 2, &e.certs));
	move(&e.certs, 0, m->offset, m->length);
	claims = snp_judge(&e, NULL);
	snp_expect(m->name, claims, m->fails, m->not_done);
	tee_claims_free(&claims);
	tee_sim_blob_free(&pem);
	snp_evidence_free(&e);
}
END_TEST

/* The first GUID begins as DER does, with a length that does not fit. */
START_TEST(guid_like_der)
{
	static const uint8_t heads[][3] = { { 0x30, 0x82, 0xff },
		{ 0x30, 0x84, 0xff }, { 0x30, 0x80, 0 }, { 0x30, 0x82, 0 },
		{ 0x30, 0x81, 0x10 }, { 0x30, 0x20, 0 } };
	struct snp_evidence e;
	struct tee_claims *claims;
	uint8_t entry[HEAD];

	snp_evidence_start(&e, SIM_MILAN, SIM_SIGNER_VCEK, 0);
	snp_evidence_mint(&e);
	tee_sim_blob_free(&e.crl);
	snp_certs_clear(&e);
	ck_assert(tee_sim_chain_table(&e.chain, e.signer, true, &e.certs));
	/* Nobody asks for the list: it comes first, under that GUID. */
	memcpy(entry, e.certs.data, HEAD);
	memcpy(e.certs.data, e.certs.data + 3 * HEAD, HEAD);
	memcpy(e.certs.data + 3 * HEAD, entry, HEAD);
	memcpy(e.certs.data, heads[_i], sizeof(heads[_i]));
	claims = snp_judge(&e, NULL);
	snp_expect("GUID like DER", claims, NULL, NULL);
	tee_claims_free(&claims);
	snp_evidence_free(&e);
}
END_TEST

/* As many as there is room for, and one more. */
START_TEST(many_entries)
{
	uint8_t data[(SNP_TABLE_MAX + 2) * HEAD];
	struct snp_table t;

	for (unsigned over = 0; over < 2; over++) {
		memset(data, 0, sizeof(data));
		for (unsigned n = 0; n < SNP_TABLE_MAX + over; n++)
			data[n * HEAD] = (uint8_t)(n + 1);
		ck_assert(
		    tee_snp_table_parse(&t, data, sizeof(data)) == (over == 0));
		ck_assert_uint_eq(t.count, SNP_TABLE_MAX);
	}
	ck_assert_ptr_nonnull(strstr(t.error, "32 entries"));
}
END_TEST

/* Random tables: whatever is accepted lies inside and does not overlap. */
START_TEST(accepted_tables_are_inside)
{
	uint8_t data[400];
	uint32_t state = 1;
	size_t accepted = 0;

	for (unsigned round = 0; round < 20000; round++) {
		struct snp_table t;
		unsigned entries = round % 4;

		for (size_t i = 0; i < sizeof(data); i++) {
			state = state * 1103515245 + 12345;
			data[i] = (uint8_t)(state >> 16);
		}
		for (unsigned n = 0; n < entries; n++) {
			put32(data + n * HEAD + 16, data[n] * 2u);
			put32(data + n * HEAD + 20, data[n + 4] % 64u);
		}
		memset(data + entries * HEAD, 0, HEAD);
		if (!tee_snp_table_parse(&t, data, sizeof(data)))
			continue;
		accepted++;
		for (size_t i = 0; i < t.count; i++) {
			if (t.entry[i].size == 0) {
				ck_assert(t.entry[i].kind == SNP_TABLE_OTHER);
				continue;
			}
			ck_assert(
			    t.entry[i].data >= data + (entries + 1) * HEAD);
			ck_assert(t.entry[i].data + t.entry[i].size <=
			    data + sizeof(data));
		}
	}
	ck_assert_uint_gt(accepted, 5000);
}
END_TEST

/* Nothing is read of an item, which the page behind it would not survive. */
START_TEST(item_of_no_bytes)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint8_t *edge =
	    mmap(NULL, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct tee_evidence *items = tee_evidence_new();
	struct snp_verifier *line = snp_line("");
	struct snp_evidence e;
	struct tee_claims *claims;
	uint8_t *own;

	ck_assert_ptr_ne(edge, MAP_FAILED);
	snp_evidence_start(&e, SIM_MILAN, SIM_SIGNER_VCEK, 0);
	snp_evidence_mint(&e);
	ck_assert_int_eq(tee_evidence_put(items, "snp.certs", "", 0), 0);
	ck_assert_int_eq(tee_evidence_put(items, "snp.report", e.report,
			     e.report_size),
	    0);
	own = items->items[0].data;
	items->items[0].data = edge;
	claims = snp_judge_items(&e, line, items);
	items->items[0].data = own;
	snp_expect("an item of no bytes", claims, NULL,
	    "certificates " NO_CERTS);
	tee_claims_free(&claims);
	tee_evidence_free(&items);
	tee_snp_verifier_free(line);
	snp_evidence_free(&e);
	munmap(edge, page);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("snp table");
	TCase *tcase = tcase_create("table");
	SRunner *runner;
	int failed;

	snp_keys_open();
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, every_lie, 0, (int)LIES);
	tcase_add_test(tcase, list_in_the_table);
	tcase_add_test(tcase, pem_in_the_table);
	tcase_add_loop_test(tcase, guid_like_der, 0, 6);
	tcase_add_loop_test(tcase, unknown_kind_without_bytes, 0,
	    (int)(sizeof(empties) / sizeof(empties[0])));
	tcase_add_test(tcase, many_entries);
	tcase_add_test(tcase, item_of_no_bytes);
	tcase_add_test(tcase, accepted_tables_are_inside);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	snp_keys_close();
	return failed == 0 ? 0 : 1;
}
