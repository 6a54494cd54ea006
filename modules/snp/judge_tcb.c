/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge_tcb: a report carries four TCB versions and two firmware versions.
 * They are compared part by part, never as one number:
 *
 *   reported <= committed <= current, launch <= current
 *   committed == current unless provisional firmware is allowed
 */
#include "config.h"

#include <stdio.h>

#include "modules/snp/judge.h"

static void
floor_fits(struct snp_case *c, enum snp_tcb_kind kind,
    const struct snp_tcb *tcb)
{
	const struct snp_floor *floor = &c->policy->floor[kind];
	char name[32], have[SNP_TCB_TEXT], want[SNP_TCB_TEXT];

	snprintf(name, sizeof(name), "tcb.%s", tee_snp_tcb_kind_name(kind));
	tee_snp_tcb_format(c->product, tcb, have);
	if (!floor->given) {
		tee_call_check(c->call, name, TEE_CHECK_NOT_ASKED, "%s", have);
		return;
	}
	if (!floor->has[c->product]) {
		SNP_JUDGE(c, name, false,
		    "%s; the profile has no floor for "
		    "%s",
		    have, tee_snp_product_name(c->product));
		return;
	}
	tee_snp_tcb_format(c->product, &floor->least[c->product], want);
	SNP_JUDGE(c, name, tee_snp_tcb_at_most(&floor->least[c->product], tcb),
	    "%s, floor %s", have, want);
}

static void
judge_order(struct snp_case *c, const struct snp_tcb tcb[SNP_TCB_KINDS])
{
	const struct snp_tcb *current = &tcb[SNP_TCB_CURRENT];
	const struct snp_tcb *committed = &tcb[SNP_TCB_COMMITTED];
	bool equal = tee_snp_tcb_at_most(current, committed) &&
	    tee_snp_tcb_at_most(committed, current);

	SNP_JUDGE(c, "tcb.order",
	    tee_snp_tcb_at_most(&tcb[SNP_TCB_REPORTED], committed) &&
		tee_snp_tcb_at_most(committed, current) &&
		tee_snp_tcb_at_most(&tcb[SNP_TCB_LAUNCH], current),
	    "reported <= committed <= current, launch <= current");
	if (equal || c->policy->provisional_forbidden)
		SNP_JUDGE(c, "tcb.provisional", equal, "%s",
		    equal ?
			"the committed TCB is the current one" :
			"provisional firmware: the host may still roll back");
	else
		tee_call_check(c->call, "tcb.provisional", TEE_CHECK_NOT_ASKED,
		    "provisional firmware is allowed: "
		    "the host may still roll back to the committed TCB");
}

static unsigned
number(const struct snp_firmware *fw)
{
	return (unsigned)fw->major << 16 | (unsigned)fw->minor << 8 | fw->build;
}

static void
judge_firmware(struct snp_case *c)
{
	const struct snp_firmware *current = &c->report.current_fw;
	const struct snp_firmware *committed = &c->report.committed_fw;
	const struct snp_firmware *least = &c->policy->firmware;
	bool equal = number(current) == number(committed);

	SNP_JUDGE(c, "firmware.order",
	    number(committed) <= number(current) &&
		(equal || !c->policy->provisional_forbidden),
	    "committed %u.%u.%u, current %u.%u.%u", committed->major,
	    committed->minor, committed->build, current->major, current->minor,
	    current->build);
	if (!c->policy->has_firmware)
		tee_call_check(c->call, "firmware.version", TEE_CHECK_NOT_ASKED,
		    "committed %u.%u.%u", committed->major, committed->minor,
		    committed->build);
	else
		SNP_JUDGE(c, "firmware.version",
		    number(committed) >= number(least),
		    "committed %u.%u.%u, floor %u.%u.%u", committed->major,
		    committed->minor, committed->build, least->major,
		    least->minor, least->build);
}

/* Absent below version 5 is absent, not zero: a mask that is asked fails. */
static void
judge_mitigations(struct snp_case *c, const char *name, uint64_t have,
    uint64_t want)
{
	bool there = tee_snp_report_has_mitigations(&c->report);

	if (want == 0)
		tee_call_check(c->call, name, TEE_CHECK_NOT_ASKED,
		    there ? "0x%llx" : "absent below report version 5 (%llu)",
		    (unsigned long long)have);
	else
		SNP_JUDGE(c, name, there && (have & want) == want,
		    there ? "0x%llx, required 0x%llx" :
			    "absent below report version "
			    "5 (%llu), required 0x%llx",
		    (unsigned long long)have, (unsigned long long)want);
}

static void
claim(struct snp_case *c, const struct snp_tcb *reported)
{
	const struct snp_floor *fresh = &c->policy->up_to_date;
	const struct snp_floor *floor = &c->policy->floor[SNP_TCB_REPORTED];

	tee_call_claim_tcb(c->call, reported->part);
	if (!fresh->given)
		fresh = floor;
	if (!fresh->given)
		return; /* nobody said what up to date means */
	tee_call_claim_tcb_status(c->call,
	    fresh->has[c->product] &&
		    tee_snp_tcb_at_most(&fresh->least[c->product], reported) ?
		TEE_TCB_UP_TO_DATE :
		TEE_TCB_OUT_OF_DATE);
}

void
tee_snp_judge_tcb(struct snp_case *c)
{
	const struct snp_report *r = &c->report;
	struct snp_tcb tcb[SNP_TCB_KINDS] = {
		[SNP_TCB_REPORTED] =
		    tee_snp_tcb_split(c->product, r->reported_tcb),
		[SNP_TCB_COMMITTED] =
		    tee_snp_tcb_split(c->product, r->committed_tcb),
		[SNP_TCB_CURRENT] =
		    tee_snp_tcb_split(c->product, r->current_tcb),
		[SNP_TCB_LAUNCH] = tee_snp_tcb_split(c->product, r->launch_tcb)
	};

	judge_firmware(c);
	judge_mitigations(c, "mitigations.launch", r->launch_mit,
	    c->policy->launch_mitigations);
	judge_mitigations(c, "mitigations.current", r->current_mit,
	    c->policy->current_mitigations);
	if (c->product == SNP_PRODUCT_UNKNOWN) {
		tee_call_check(c->call, "tcb.order", TEE_CHECK_NOT_DONE,
		    "the product, and so the layout, is not known");
		return;
	}
	judge_order(c, tcb);
	for (unsigned i = 0; i < SNP_TCB_KINDS; i++)
		floor_fits(c, (enum snp_tcb_kind)i, &tcb[i]);
	if (c->vouched)
		claim(c, &tcb[SNP_TCB_REPORTED]);
}
