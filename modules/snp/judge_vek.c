/* SPDX-License-Identifier: Apache-2.0 */
/* judge_vek: what AMD wrote into the leaf, against what the report says. */
#include "config.h"

#include <string.h>

#include "modules/snp/judge.h"

static void
not_done(struct snp_case *c, const char *name)
{
	tee_call_check(c->call, name, TEE_CHECK_NOT_DONE,
	    c->chain.leaf == NULL ?
		"no leaf certificate (VCEK or VLEK) is at hand" :
		"no intermediate (ASK or ASVK) is at hand to name the product");
}

static void
judge_struct_version(struct snp_case *c)
{
	unsigned want = tee_snp_product_struct_version(c->product);

	SNP_JUDGE(c, "vek.struct_version",
	    c->vek.has_struct_version && c->product != SNP_PRODUCT_UNKNOWN &&
		c->vek.struct_version == want,
	    c->vek.has_struct_version ? "structVersion %u, %s has %u" :
					"structVersion is missing "
					"(%u; %s has %u)",
	    c->vek.struct_version, tee_snp_product_name(c->product), want);
}

/* VCEKs name a stepping ("Milan-B0"), VLEKs and newer VCEKs do not. */
static void
judge_product(struct snp_case *c)
{
	const struct snp_vek *vek = &c->vek;
	enum snp_product named = vek->product_name == NULL ?
	    SNP_PRODUCT_UNKNOWN :
	    tee_snp_product_parse(vek->product_name, vek->product_name_size,
		true);

	SNP_JUDGE(c, "vek.product",
	    named != SNP_PRODUCT_UNKNOWN && named == c->product,
	    "productName %.*s, the chain is %s",
	    vek->product_name == NULL ? 7 : (int)vek->product_name_size,
	    vek->product_name == NULL ? "missing" : vek->product_name,
	    tee_snp_product_name(c->product));
}

/*
 * Each part equal to REPORTED_TCB.  The parts that versions are made of must
 * be there; of the reserved ones a missing one counts as zero, as the report
 * has it.
 */
static bool
part_fits(const struct snp_case *c, const struct snp_tcb *reported,
    enum snp_tcb_part part)
{
	bool exists = tee_snp_tcb_has(c->product, part);

	if (!c->vek.has_part[part])
		return !exists ||
		    (part > SNP_TCB_UCODE && reported->part[part] == 0);
	return exists ? c->vek.tcb.part[part] == reported->part[part] :
			part > SNP_TCB_UCODE && c->vek.tcb.part[part] == 0;
}

static void
judge_tcb(struct snp_case *c)
{
	struct snp_tcb reported =
	    tee_snp_tcb_split(c->product, c->report.reported_tcb);
	char have[SNP_TCB_TEXT], want[SNP_TCB_TEXT];
	bool ok = c->product != SNP_PRODUCT_UNKNOWN;

	for (unsigned i = 0; i < SNP_TCB_PARTS; i++)
		ok = ok && part_fits(c, &reported, (enum snp_tcb_part)i);
	tee_snp_tcb_format(c->product, &c->vek.tcb, have);
	tee_snp_tcb_format(c->product, &reported, want);
	SNP_JUDGE(c, "vek.tcb", ok, "certificate %s, report %s", have, want);
}

static void
judge_hwid(struct snp_case *c)
{
	const struct snp_vek *vek = &c->vek;
	const uint8_t *chip = c->report.chip_id;
	size_t size = vek->hwid_size;

	if (tee_snp_report_signer(&c->report) == SNP_SIGNER_VLEK) {
		SNP_JUDGE(c, "vek.hwid", vek->hwid == NULL, "%s",
		    vek->hwid == NULL ? "a VLEK is not of one chip" :
					"a VLEK with a chip's hwID");
		return;
	}
	if (vek->hwid == NULL ||
	    size != tee_snp_product_hwid_size(c->product)) {
		SNP_JUDGE(c, "vek.hwid", false,
		    "hwID is missing or of the "
		    "wrong size for %s",
		    tee_snp_product_name(c->product));
		return;
	}
	if (tee_snp_bytes_zero(chip, SNP_CHIP_ID_SIZE)) {
		SNP_JUDGE(c, "vek.hwid", c->policy->masked_chip_id_allowed,
		    "the report's chip id is masked, so it cannot be compared "
		    "(masked_chip_id)");
		return;
	}
	SNP_JUDGE(c, "vek.hwid",
	    memcmp(chip, vek->hwid, size) == 0 &&
		tee_snp_bytes_zero(chip + size, SNP_CHIP_ID_SIZE - size),
	    "hwID against the report's chip id");
}

static bool
csp_listed(const char *list, const char *id, size_t size)
{
	while (list != NULL) {
		size_t n = strcspn(list, ",");

		if (n == size && memcmp(list, id, n) == 0)
			return true;
		list = list[n] == ',' ? list + n + 1 : NULL;
	}
	return false;
}

static void
judge_csp_id(struct snp_case *c)
{
	const struct snp_vek *vek = &c->vek;
	bool vlek = tee_snp_report_signer(&c->report) == SNP_SIGNER_VLEK;

	if (!vlek)
		SNP_JUDGE(c, "vek.csp_id",
		    vek->csp_id == NULL && c->policy->csp_ids == NULL, "%s",
		    vek->csp_id != NULL ?
			"a VCEK with a provider's CSP_ID" :
			c->policy->csp_ids != NULL ?
			"the profile names providers, a VCEK has none" :
			"a VCEK is of no provider");
	else if (vek->csp_id == NULL)
		SNP_JUDGE(c, "vek.csp_id", false, "CSP_ID is missing");
	else
		SNP_JUDGE(c, "vek.csp_id",
		    c->policy->csp_ids == NULL ||
			csp_listed(c->policy->csp_ids, vek->csp_id,
			    vek->csp_id_size),
		    "%.*s", (int)vek->csp_id_size, vek->csp_id);
}

void
tee_snp_judge_vek(struct snp_case *c)
{
	static const char *const by_product[] = { "vek.struct_version",
		"vek.product", "vek.tcb", "vek.hwid" };

	if (c->chain.leaf == NULL) {
		not_done(c, "vek.extensions");
		not_done(c, "vek.csp_id");
	} else {
		SNP_JUDGE(c, "vek.extensions", c->vek.error == NULL, "%s",
		    c->vek.error != NULL ? c->vek.error :
					   "well-formed, none twice");
		judge_csp_id(c);
	}
	/* An intermediate of no product is no excuse; none at all is. */
	if (c->chain.leaf == NULL ||
	    (c->chain.intermediate == NULL &&
		c->product == SNP_PRODUCT_UNKNOWN)) {
		for (size_t i = 0; i < 4; i++)
			not_done(c, by_product[i]);
		return;
	}
	judge_struct_version(c);
	judge_product(c);
	judge_tcb(c);
	judge_hwid(c);
}
