/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report: any bytes as an SNP report.  The fields must stand where AMD 56860
 * puts them (offsets written here a second time), and a report that is said
 * to have no reserved bits set has none.
 */
#include "config.h"

#include <string.h>

#include "fuzz/fuzz.h"
#include "modules/snp/product.h"
#include "modules/snp/report.h"

const char fuzz_target[] = "report";

static uint64_t
little(const uint8_t *p, size_t size)
{
	uint64_t v = 0;

	while (size-- > 0)
		v = v << 8 | p[size];
	return v;
}

static void
check_numbers(const struct snp_report *r)
{
	const uint8_t *raw = r->raw;

	fuzz_must(r->version == little(raw, 4) &&
		r->guest_svn == little(raw + 0x04, 4) &&
		r->policy == little(raw + 0x08, 8) &&
		r->vmpl == little(raw + 0x30, 4) &&
		r->signature_algo == little(raw + 0x34, 4) &&
		r->platform_info == little(raw + 0x40, 8) &&
		r->signer_info == little(raw + 0x48, 4),
	    "numbers");
	fuzz_must(r->current_fw.build == raw[0x1e8] &&
		r->current_fw.minor == raw[0x1e9] &&
		r->current_fw.major == raw[0x1ea] &&
		r->committed_fw.build == raw[0x1ec] &&
		r->committed_fw.minor == raw[0x1ed] &&
		r->committed_fw.major == raw[0x1ee],
	    "firmware versions");
	fuzz_must(r->version < 3 ||
		(r->family == raw[0x188] && r->model == raw[0x189] &&
		    r->stepping == raw[0x18a]),
	    "CPUID");
	fuzz_must(r->version < 5 ||
		(r->launch_mit == little(raw + 0x1f8, 8) &&
		    r->current_mit == little(raw + 0x200, 8)),
	    "mitigations");
	fuzz_must(tee_snp_report_signer(r) == (r->signer_info >> 2 & 7),
	    "signing key");
}

static void
check_fields(const struct snp_report *r)
{
	const uint8_t *raw = r->raw;

	fuzz_must(r->family_id == raw + 0x10 && r->image_id == raw + 0x20 &&
		r->current_tcb == raw + 0x38 && r->report_data == raw + 0x50 &&
		r->measurement == raw + 0x90 && r->host_data == raw + 0xc0 &&
		r->id_key_digest == raw + 0xe0 &&
		r->author_key_digest == raw + 0x110 &&
		r->report_id == raw + 0x140 && r->report_id_ma == raw + 0x160 &&
		r->reported_tcb == raw + 0x180 && r->chip_id == raw + 0x1a0 &&
		r->committed_tcb == raw + 0x1e0 &&
		r->launch_tcb == raw + 0x1f0 && r->r == raw + 0x2a0 &&
		r->s == raw + 0x2a0 + 72,
	    "offsets");
}

static bool
reserved_is_zero(const struct snp_report *r)
{
	static const struct {
		size_t at, size;
		uint32_t until; /* a version that gave it a meaning, or 0 */
	} rows[] = { { 0x4c, 4, 0 }, { 0x188, 3, 3 }, { 0x18b, 21, 0 },
		{ 0x1eb, 1, 0 }, { 0x1ef, 1, 0 }, { 0x1f8, 16, 5 },
		{ 0x208, 152, 0 }, { 0x2a0 + 48, 24, 0 },
		{ 0x2a0 + 72 + 48, 24, 0 }, { 0x2a0 + 144, 368, 0 } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t k = 0; k < rows[i].size; k++)
			if ((rows[i].until == 0 ||
				r->version < rows[i].until) &&
			    r->raw[rows[i].at + k] != 0)
				return false;
	return r->signer_info >> 5 == 0;
}

static void
check_tcbs(const struct snp_report *r)
{
	char text[SNP_TCB_TEXT];

	for (unsigned p = 0; p < SNP_PRODUCTS; p++) {
		enum snp_product product = (enum snp_product)p;
		struct snp_tcb tcb =
		    tee_snp_tcb_split(product, r->reported_tcb);

		tee_snp_tcb_format(product, &tcb, text);
		fuzz_must(memchr(text, '\0', sizeof(text)) != NULL,
		    "a TCB's text ends");
		fuzz_must(tee_snp_tcb_at_most(&tcb, &tcb), "at most itself");
	}
	fuzz_touch(tee_snp_product_name(
		       tee_snp_product_cpuid(r->family, r->model)),
	    1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct snp_report r;
	bool ok = tee_snp_report_parse(&r, data, size);

	fuzz_must(ok == (size == SNP_REPORT_SIZE), "1184 bytes exactly");
	fuzz_accepted =
	    ok && tee_snp_report_known_version(&r) && r.reserved == NULL;
	if (!ok)
		return 0;
	check_numbers(&r);
	check_fields(&r);
	check_tcbs(&r);
	fuzz_must((r.reserved == NULL) == reserved_is_zero(&r),
	    "reserved bits are seen");
	return 0;
}
