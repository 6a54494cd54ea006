/* SPDX-License-Identifier: Apache-2.0 */
/* Rows about the report itself: format, signature, versions, binding. */
#include "config.h"

#include <string.h>

#include "tests/test_snp_rows.h"

#define R_AT 0x2a0
#define S_AT (R_AT + 72)

/* The order of P-384, little-endian as a report has it (SEC 2, 2.5.1). */
static const uint8_t order[48] = { 0x73, 0x29, 0xc5, 0xcc, 0x6a, 0x19, 0xec,
	0xec, 0x7a, 0xa7, 0xb0, 0x48, 0xb2, 0x0d, 0x1a, 0x58, 0xdf, 0x2d, 0x37,
	0xf4, 0x81, 0x4d, 0x63, 0xc7, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff };

static void
zero_r(struct snp_evidence *e)
{
	memset(e->report + R_AT, 0, 48);
}

static void
zero_s(struct snp_evidence *e)
{
	memset(e->report + S_AT, 0, 48);
}

static void
zero_both(struct snp_evidence *e)
{
	zero_r(e);
	zero_s(e);
}

static void
r_is_order(struct snp_evidence *e)
{
	memcpy(e->report + R_AT, order, sizeof(order));
}

static void
s_is_order(struct snp_evidence *e)
{
	memcpy(e->report + S_AT, order, sizeof(order));
}

static void
r_is_largest(struct snp_evidence *e)
{
	memset(e->report + R_AT, 0xff, 48);
}

/* The same signature mod n to whoever adds before comparing: not to us. */
static void
r_upper(struct snp_evidence *e)
{
	e->report[R_AT + 48] = 1;
}

static void
s_upper(struct snp_evidence *e)
{
	e->report[S_AT + 71] = 0x80;
}

static void
tail(struct snp_evidence *e)
{
	e->report[SIM_REPORT_SIZE - 1] = 1;
}

static void
other_key(struct snp_evidence *e)
{
	e->report_key = snp_keys->key[SIM_OTHER_P384];
}

static void
size_0(struct snp_evidence *e)
{
	e->report_size = 0;
}

static void
size_1183(struct snp_evidence *e)
{
	e->report_size = 1183;
}

static void
size_1185(struct snp_evidence *e)
{
	e->report_size = 1185;
}

static void
size_1204(struct snp_evidence *e)
{
	e->report_size = 1204;
}

static void
no_report(struct snp_evidence *e)
{
	e->no_report = true;
}

static void
no_binding(struct snp_evidence *e)
{
	e->binding_size = 0;
}

static void
other_binding(struct snp_evidence *e)
{
	e->binding[31] ^= 1;
}

static void
longer_binding(struct snp_evidence *e)
{
	e->binding_size = 64;
}

static void
shorter_binding(struct snp_evidence *e)
{
	e->binding_size = 31;
}

static void
bytes_beyond(struct snp_evidence *e)
{
	uint8_t data[64] = { 0 };

	memcpy(data, e->binding, 32);
	data[63] = 1;
	tee_sim_report_bytes(e->report, "report_data", data, sizeof(data));
}

#define ROW(...) \
	{ \
		__VA_ARGS__ \
	}

const struct snp_row snp_report_rows[] = {
	ROW("no report", NULL, "report.format binding", .after = no_report),
	ROW("no bytes", "report.format", "binding", .after = size_0),
	ROW("a byte short", "report.format", "binding", .after = size_1183),
	ROW("a byte long", "report.format", "binding", .after = size_1185),
	ROW("twenty long", "report.format", "binding", .after = size_1204),
	ROW("version 0", "report.version", .set = "version=0", .version = 2),
	ROW("version 1", "report.version", .set = "version=1", .version = 2),
	ROW("version 6", "report.version", .set = "version=6", .version = 5),
	ROW("version 2 written over 3", "report.reserved", .set = "version=2",
	    .version = 3),
	ROW("version 3 written over 5", "report.reserved", .set = "version=3",
	    .version = 5),
	ROW("version 3 without CPUID", "report.product", .set = "version=3",
	    .version = 2),
	ROW("algorithm 0", "report.algorithm", .set = "signature_algo=0"),
	ROW("algorithm 2", "report.algorithm", .set = "signature_algo=2"),
	ROW("no signing key", "report.signing_key", .set = "signer_info=0x1c",
	    .where = ON_VCEK),
	ROW("unknown signing key", "report.signing_key", .set = "signer_info=8",
	    .where = ON_VCEK),
	ROW("signer wanted: VLEK", "report.signing_key",
	    .options = "signer=vlek", .where = ON_VCEK),
	ROW("signer wanted: VCEK", "report.signing_key",
	    .options = "signer=vcek", .where = ON_VLEK),
	ROW("signer wanted and had: VCEK", .options = "signer=vcek",
	    .where = ON_VCEK),
	ROW("signer wanted and had: VLEK", .options = "signer=vlek",
	    .where = ON_VLEK),
	ROW("VLEK's report says VCEK",
	    "chain.names chain.product vek.hwid vek.csp_id",
	    .set = "signer_info=0", .where = ON_VLEK),
	ROW("VCEK's report says VLEK",
	    "chain.names chain.product vek.hwid vek.csp_id",
	    .set = "signer_info=4", .where = ON_VCEK),
	ROW("masked key", "report.masked_key", .set = "signer_info=2",
	    .where = ON_VCEK),
	ROW("masked key", "report.masked_key", .set = "signer_info=6",
	    .where = ON_VLEK),
	ROW("CPU of no product", "report.product", .set = "cpuid_family=0x17"),
	ROW("model of no product", "report.product", .set = "cpuid_model=0xff"),
	ROW("Genoa's CPU", "report.product", .set = "cpuid_model=0x11",
	    .where = ON_MILAN),
	ROW("Milan's CPU", "report.product", .set = "cpuid_model=0x01",
	    .where = ON_GENOA),
	ROW("Venice's CPU", "report.product", .set = "cpuid_model=0x50",
	    .where = ON_TURIN),
	ROW("Bergamo is of Genoa's line",
	    .set = "cpuid_model=0xa0|cpuid_stepping=2", .where = ON_GENOA),
	ROW("another key signed", "signature", .before = other_key),
	ROW("r is 0", "signature", .after = zero_r),
	ROW("s is 0", "signature", .after = zero_s),
	ROW("r and s are 0", "signature", .after = zero_both),
	ROW("r is n", "signature", .after = r_is_order),
	ROW("s is n", "signature", .after = s_is_order),
	ROW("r is 2^384 - 1", "signature", .after = r_is_largest),
	ROW("r has more than 48 bytes", "report.reserved", .after = r_upper),
	ROW("s has more than 48 bytes", "report.reserved", .after = s_upper),
	ROW("bytes after the signature", "report.reserved", .after = tail),
	ROW("reserved signer bit", "report.reserved", .set = "signer_info=0x20",
	    .where = ON_VCEK),
	ROW("highest signer bit", "report.reserved",
	    .set = "signer_info=0x80000004", .where = ON_VLEK),
	ROW("nobody said what it is bound to", NULL, "binding",
	    .after = no_binding),
	ROW("bound to something else", "binding", .after = other_binding),
	ROW("all 64 bytes expected", .after = longer_binding),
	ROW("fewer expected than are there", "binding",
	    .after = shorter_binding),
	ROW("bytes behind the binding", "binding", .before = bytes_beyond),
	{ .name = NULL }
};
