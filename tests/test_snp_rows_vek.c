/* SPDX-License-Identifier: Apache-2.0 */
/* Rows about AMD's extensions of the leaf, against the report. */
#include "config.h"

#include <string.h>

#include "tests/test_snp_rows.h"

#define CHANGE(name, statement) \
	static void name(struct sim_cert_spec *c) \
	{ \
		statement; \
	}

/* An extension that is gone, that is there twice, that is malformed. */
#define THREE(name, oid) \
	CHANGE(no_##name, tee_sim_cert_ext_remove(c, oid)) \
	CHANGE(two_##name, struct sim_ext again = *tee_sim_cert_ext(c, oid); \
	       tee_sim_cert_ext_add(c, oid, again.value, again.size)) \
	CHANGE(bad_##name, tee_sim_cert_ext(c, oid)->value[0] = 0x0c)

THREE(version, SIM_OID_STRUCT_VERSION)
THREE(product, SIM_OID_PRODUCT_NAME)
THREE(bl, SIM_OID_BL)
THREE(tee, SIM_OID_TEE)
THREE(snp, SIM_OID_SNP)
THREE(spl4, SIM_OID_SPL4)
THREE(spl5, SIM_OID_SPL5)
THREE(spl6, SIM_OID_SPL6)
THREE(spl7, SIM_OID_SPL7)
THREE(ucode, SIM_OID_UCODE)
THREE(fmc, SIM_OID_FMC)
THREE(csp, SIM_OID_CSP_ID)

CHANGE(version_9, tee_sim_cert_ext_integer(c, SIM_OID_STRUCT_VERSION, 9))
CHANGE(version_255, tee_sim_cert_ext_integer(c, SIM_OID_STRUCT_VERSION, 255))
CHANGE(rome, tee_sim_cert_ext_text(c, SIM_OID_PRODUCT_NAME, "Rome"))
CHANGE(empty_product, tee_sim_cert_ext_text(c, SIM_OID_PRODUCT_NAME, ""))
CHANGE(control_product,
    tee_sim_cert_ext_text(c, SIM_OID_PRODUCT_NAME, "Milan-\n"))
CHANGE(longer_product, tee_sim_cert_ext_text(c, SIM_OID_PRODUCT_NAME, "MilanX"))
CHANGE(other_stepping,
    tee_sim_cert_ext_text(c, SIM_OID_PRODUCT_NAME, "Milan-B1"))
CHANGE(bl_255, tee_sim_cert_ext_integer(c, SIM_OID_BL, 255))
CHANGE(tee_255, tee_sim_cert_ext_integer(c, SIM_OID_TEE, 255))
CHANGE(snp_255, tee_sim_cert_ext_integer(c, SIM_OID_SNP, 255))
CHANGE(ucode_255, tee_sim_cert_ext_integer(c, SIM_OID_UCODE, 255))
CHANGE(fmc_255, tee_sim_cert_ext_integer(c, SIM_OID_FMC, 255))
CHANGE(fmc_0, tee_sim_cert_ext_integer(c, SIM_OID_FMC, 0))
CHANGE(spl4_0, tee_sim_cert_ext_integer(c, SIM_OID_SPL4, 0))
CHANGE(spl4_1, tee_sim_cert_ext_integer(c, SIM_OID_SPL4, 1))
CHANGE(spl5_1, tee_sim_cert_ext_integer(c, SIM_OID_SPL5, 1))
CHANGE(spl6_1, tee_sim_cert_ext_integer(c, SIM_OID_SPL6, 1))
CHANGE(spl7_1, tee_sim_cert_ext_integer(c, SIM_OID_SPL7, 1))

static void
put(struct sim_cert_spec *c, const char *oid, const char *der, size_t size)
{
	struct sim_ext *ext = tee_sim_cert_ext(c, oid);

	memcpy(ext->value, der, size);
	ext->size = size;
}

#define PUT(name, oid, der) CHANGE(name, put(c, oid, der, sizeof(der) - 1))
PUT(snp_256, SIM_OID_SNP, "\2\2\1\0")
PUT(snp_negative, SIM_OID_SNP, "\2\1\x98")
PUT(snp_padded, SIM_OID_SNP, "\2\2\0\x18")
PUT(snp_empty, SIM_OID_SNP, "\2\0")
PUT(snp_nothing, SIM_OID_SNP, "")
PUT(snp_cut, SIM_OID_SNP, "\2\1")
PUT(snp_beyond, SIM_OID_SNP, "\2\2\x18")
PUT(snp_trailing, SIM_OID_SNP, "\2\1\x18\0")
PUT(snp_long_form, SIM_OID_SNP, "\2\x81\1\x18")
PUT(hwid_nothing, SIM_OID_HWID, "")

CHANGE(no_hwid, tee_sim_cert_ext_remove(c, SIM_OID_HWID))
CHANGE(two_hwids, struct sim_ext again = *tee_sim_cert_ext(c, SIM_OID_HWID);
       tee_sim_cert_ext_add(c, SIM_OID_HWID, again.value, again.size))
CHANGE(hwid_flipped, tee_sim_cert_ext(c, SIM_OID_HWID)->value[7] ^= 1)
CHANGE(hwid_32, tee_sim_cert_ext(c, SIM_OID_HWID)->size = 32)
CHANGE(hwid_swapped, struct sim_ext *ext = tee_sim_cert_ext(c, SIM_OID_HWID);
       ext->size = ext->size == 8 ? 64 : 8)
CHANGE(add_hwid,
    tee_sim_cert_ext_add(c, SIM_OID_HWID,
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", 64))
CHANGE(add_csp, tee_sim_cert_ext_text(c, SIM_OID_CSP_ID, "CN=somebody"))
CHANGE(empty_csp, tee_sim_cert_ext_text(c, SIM_OID_CSP_ID, ""))
CHANGE(control_csp, tee_sim_cert_ext_text(c, SIM_OID_CSP_ID, "CN=a\x7f"))
PUT(hwid_16, SIM_OID_HWID,
    "\4\x10"
    "0123456789abcdef")
/* Behind AMD's arc, and none of the parts that AMD names. */
#define PART_OID "1.3.6.1.4.1.3704.1.3."
CHANGE(part_0, tee_sim_cert_ext_add(c, PART_OID "0", "\2\1\1", 3))
CHANGE(part_10, tee_sim_cert_ext_add(c, PART_OID "10", "\2\1\1", 3))
CHANGE(part_3_1, tee_sim_cert_ext_add(c, PART_OID "3.1", "\2\1\1", 3))
CHANGE(critical, tee_sim_cert_ext(c, SIM_OID_SNP)->critical = true)

/* AMD's document says OCTET STRING, AMD's certificates have it raw. */
static void
hwid_in_octets(struct sim_cert_spec *c)
{
	struct sim_ext *ext = tee_sim_cert_ext(c, SIM_OID_HWID);

	memmove(ext->value + 2, ext->value, ext->size);
	ext->value[0] = 0x04;
	ext->value[1] = (uint8_t)ext->size;
	ext->size += 2;
}

/* Turin's chip id has 8 bytes; the 56 behind them are no place for more. */
static void
chip_beyond(struct snp_evidence *e)
{
	e->report[0x1a0 + 63] = 1;
}

/* The chip of another machine, its own VCEK beside it. */
static void
other_chip(struct snp_evidence *e)
{
	e->report[0x1a0] ^= 0x40;
}

/* The reserved parts have values too where AMD gives them some. */
static void
every_part(struct snp_evidence *e)
{
	uint8_t raw[SIM_TCB_SIZE];
	static const char *const fields[] = { "current_tcb", "committed_tcb",
		"reported_tcb", "launch_tcb" };

	e->platform.tcb = (struct sim_tcb){ 1, 2, 3, 4, 200, 6, 7, 8, 9 };
	tee_sim_chain_init(&e->spec, &e->platform, snp_keys);
	tee_sim_tcb_encode(e->product, &e->platform.tcb, raw);
	for (size_t i = 0; i < 4; i++)
		tee_sim_report_bytes(e->report, fields[i], raw, sizeof(raw));
}

static void
every_part_but_spl5(struct snp_evidence *e)
{
	every_part(e);
	tee_sim_cert_ext_remove(&e->spec.cert[snp_leaf(e)], SIM_OID_SPL5);
}

#define AT(text, what, fails, on) \
	{ \
		text, fails, NULL, .who = LEAF, .change = what, .where = on \
	}
/* Gone; doubled; malformed. */
#define PART(name, on) \
	AT("no " #name, no_##name, "vek.tcb", on), \
	    AT("two " #name, two_##name, "vek.extensions", on), \
	    AT("malformed " #name, bad_##name, "vek.extensions vek.tcb", on)

const struct snp_row snp_vek_rows[] = { AT("no structVersion", no_version,
					    "vek.struct_version", 0),
	AT("two structVersions", two_version, "vek.extensions", 0),
	AT("malformed structVersion", bad_version,
	    "vek.extensions vek.struct_version", 0),
	AT("structVersion 9", version_9, "vek.struct_version", 0),
	AT("structVersion 255", version_255, "vek.struct_version", 0),
	AT("no productName", no_product, "vek.product", 0),
	AT("two productNames", two_product, "vek.extensions", 0),
	AT("malformed productName", bad_product, "vek.extensions vek.product",
	    0),
	AT("productName Rome", rome, "vek.product", 0),
	AT("empty productName", empty_product, "vek.extensions vek.product", 0),
	AT("line end in productName", control_product,
	    "vek.extensions vek.product", 0),
	AT("productName MilanX", longer_product, "vek.product", ON_MILAN),
	AT("productName Milan-B1", other_stepping, NULL, ON_MILAN), PART(bl, 0),
	PART(tee, 0), PART(snp, 0), PART(ucode, 0), PART(fmc, ON_TURIN),
	AT("two spl4", two_spl4, "vek.extensions", ON_OLD),
	AT("malformed spl4", bad_spl4, "vek.extensions", ON_OLD),
	AT("two spl5", two_spl5, "vek.extensions", 0),
	AT("malformed spl5", bad_spl5, "vek.extensions", 0),
	AT("two spl6", two_spl6, "vek.extensions", 0),
	AT("malformed spl6", bad_spl6, "vek.extensions", 0),
	AT("two spl7", two_spl7, "vek.extensions", 0),
	AT("malformed spl7", bad_spl7, "vek.extensions", 0),
	/* Zero in the report is what an absent reserved part means. */
	AT("no spl4", no_spl4, NULL, ON_OLD), AT("no spl5", no_spl5, NULL, 0),
	AT("no spl6", no_spl6, NULL, 0), AT("no spl7", no_spl7, NULL, 0),
	AT("spl4 1", spl4_1, "vek.tcb", 0), AT("spl4 0", spl4_0, NULL, 0),
	AT("spl5 1", spl5_1, "vek.tcb", 0), AT("spl6 1", spl6_1, "vek.tcb", 0),
	AT("spl7 1", spl7_1, "vek.tcb", 0),
	AT("fmc 0 without an FMC", fmc_0, "vek.tcb", ON_OLD),
	AT("bl 255", bl_255, "vek.tcb", 0),
	AT("tee 255", tee_255, "vek.tcb", 0),
	AT("snp 255", snp_255, "vek.tcb", 0),
	AT("ucode 255", ucode_255, "vek.tcb", 0),
	AT("fmc 255", fmc_255, "vek.tcb", 0),
	AT("snp 256", snp_256, "vek.extensions vek.tcb", 0),
	AT("negative snp", snp_negative, "vek.extensions vek.tcb", 0),
	AT("padded snp", snp_padded, "vek.extensions vek.tcb", 0),
	AT("empty snp", snp_empty, "vek.extensions vek.tcb", 0),
	AT("snp of no bytes", snp_nothing, "vek.extensions vek.tcb", 0),
	AT("snp cut short", snp_cut, "vek.extensions vek.tcb", 0),
	AT("snp longer than itself", snp_beyond, "vek.extensions vek.tcb", 0),
	AT("snp and a byte", snp_trailing, "vek.extensions vek.tcb", 0),
	AT("snp in long form", snp_long_form, "vek.extensions vek.tcb", 0),
	AT("critical snp", critical, "chain.constraints", 0),
	AT("no hwID", no_hwid, "vek.hwid", ON_VCEK),
	AT("two hwIDs", two_hwids, "vek.extensions", ON_VCEK),
	AT("another hwID", hwid_flipped, "vek.hwid", ON_VCEK),
	AT("hwID of 32 bytes", hwid_32, "vek.extensions vek.hwid", ON_VCEK),
	AT("hwID of no bytes", hwid_nothing, "vek.extensions vek.hwid",
	    ON_VCEK),
	AT("hwID of another line's size", hwid_swapped, "vek.hwid", ON_VCEK),
	AT("hwID in an OCTET STRING", hwid_in_octets, NULL, ON_VCEK),
	AT("hwID in a VLEK", add_hwid, "vek.hwid", ON_VLEK),
	AT("CSP_ID in a VCEK", add_csp, "vek.csp_id", ON_VCEK),
	AT("no CSP_ID", no_csp, "vek.csp_id", ON_VLEK),
	AT("two CSP_IDs", two_csp, "vek.extensions", ON_VLEK),
	AT("malformed CSP_ID", bad_csp, "vek.extensions vek.csp_id", ON_VLEK),
	AT("a control character in the CSP_ID", control_csp,
	    "vek.extensions vek.csp_id", ON_VLEK),
	AT("hwID of 16 bytes as OCTET STRING", hwid_16,
	    "vek.extensions vek.hwid", ON_VCEK),
	AT("a part 0", part_0, NULL, 0), AT("a part 10", part_10, NULL, 0),
	AT("something below a part", part_3_1, NULL, 0),
	AT("empty CSP_ID", empty_csp, "vek.extensions vek.csp_id", ON_VLEK),
	{ "another chip", "vek.hwid", .before = other_chip, .where = ON_VCEK },
	{ "bytes behind Turin's chip id", "vek.hwid", .before = chip_beyond,
	    .where = ON_VCEK | ON_TURIN },
	{ "every part has a value", .before = every_part },
	{ "spl5 has a value, the certificate none", "vek.tcb",
	    .before = every_part_but_spl5 },
	{ "another provider", "vek.csp_id", .options = "csp_id=CN=other",
	    .where = ON_VLEK },
	{ "a provider like it", "vek.csp_id",
	    .options = "csp_id=CN=teesim.examplf", .where = ON_VLEK },
	{ "half a provider", "vek.csp_id", .options = "csp_id=CN=teesim",
	    .where = ON_VLEK },
	{ "second of two providers",
	    .options = "csp_id=CN=other,CN=teesim.example", .where = ON_VLEK },
	{ "a provider wanted, a VCEK given", "vek.csp_id",
	    .options = "csp_id=CN=teesim.example", .where = ON_VCEK },
	{ .name = NULL } };
