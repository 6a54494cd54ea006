/* SPDX-License-Identifier: Apache-2.0 */
/* judge_guest: what was measured, under which policy, on which platform. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "modules/snp/judge.h"

#define HEX_MAX (2 * SNP_CHIP_ID_SIZE + 1)

/* Bits of PLATFORM_INFO that have a name; AMD adds more in the field. */
#define PLATFORM_KNOWN UINT64_C(0xff)

static void
hex(const uint8_t *data, size_t size, char out[HEX_MAX])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < size; i++) {
		out[2 * i] = digits[data[i] >> 4];
		out[2 * i + 1] = digits[data[i] & 15];
	}
	out[2 * size] = '\0';
}

/* "policy_smt" and "platform_smt" are checked as "policy.smt", ... */
static void
judge_bit(struct snp_case *c, const struct snp_bit *b, uint64_t field,
    enum snp_tristate want)
{
	bool set = (field >> b->bit & 1) != 0;
	char name[48];

	snprintf(name, sizeof(name), "%s", b->name);
	*strchr(name, '_') = '.';
	switch (want) {
	case SNP_ANY:
		tee_call_check(c->call, name, TEE_CHECK_NOT_ASKED, "%s",
		    set ? "set" : "clear");
		return;
	case SNP_REQUIRED:
		SNP_JUDGE(c, name, set, "%s",
		    set ? "set" : "clear, and required");
		return;
	case SNP_FORBIDDEN:
		SNP_JUDGE(c, name, !set, "%s",
		    set ? "set, and forbidden" : "clear");
		return;
	}
	SNP_JUDGE(c, name, false, "no such rule");
}

static void
judge_policy(struct snp_case *c)
{
	uint64_t policy = c->report.policy;
	unsigned major = policy >> 8 & 0xff, minor = policy & 0xff;
	const struct snp_firmware *least = &c->policy->abi;
	bool one = (policy >> SNP_POLICY_RESERVED_ONE & 1) != 0;

	SNP_JUDGE(c, "policy.reserved",
	    one && policy >> (SNP_POLICY_LAST + 1) == 0,
	    "policy 0x%llx: bit 17 is "
	    "one, bits 63:26 are zero",
	    (unsigned long long)policy);
	for (size_t i = 0; i < SNP_POLICY_BITS; i++)
		judge_bit(c, &tee_snp_policy_bits[i], policy,
		    c->policy->policy[i]);
	if (!c->policy->has_abi)
		tee_call_check(c->call, "policy.abi", TEE_CHECK_NOT_ASKED,
		    "at least %u.%u", major, minor);
	else
		SNP_JUDGE(c, "policy.abi",
		    major > least->major ||
			(major == least->major && minor >= least->minor),
		    "the guest asked for at least %u.%u, floor %u.%u", major,
		    minor, least->major, least->minor);
}

static void
judge_platform(struct snp_case *c)
{
	uint64_t info = c->report.platform_info;
	uint64_t unknown = info & ~PLATFORM_KNOWN;

	for (size_t i = 0; i < SNP_PLATFORM_BITS; i++)
		judge_bit(c, &tee_snp_platform_bits[i], info,
		    c->policy->platform[i]);
	if (unknown != 0 && !c->policy->platform_reserved_forbidden)
		tee_call_check(c->call, "platform.reserved",
		    TEE_CHECK_NOT_ASKED,
		    "bits that this version does not "
		    "know: 0x%llx",
		    (unsigned long long)unknown);
	else
		SNP_JUDGE(c, "platform.reserved", unknown == 0,
		    "bits that this version does not know: 0x%llx",
		    (unsigned long long)unknown);
}

/* A report that the host asked for carries the host's report data. */
static void
judge_vmpl(struct snp_case *c)
{
	uint32_t vmpl = c->report.vmpl;

	if (vmpl == SNP_VMPL_HOST)
		SNP_JUDGE(c, "vmpl", false,
		    "the host asked for this report, "
		    "not the guest");
	else if (vmpl > 3)
		SNP_JUDGE(c, "vmpl", false, "%u is no VMPL", vmpl);
	else if (c->vmpl == SNP_VMPL_ANY)
		SNP_JUDGE(c, "vmpl", true, "%u, asked for by the guest", vmpl);
	else
		SNP_JUDGE(c, "vmpl", vmpl == c->vmpl, "%u, required %u", vmpl,
		    (unsigned)c->vmpl);
}

static const uint8_t *
field_of(const struct snp_report *r, enum snp_list_kind kind)
{
	switch (kind) {
	case SNP_LIST_MEASUREMENT:
		return r->measurement;
	case SNP_LIST_HOST_DATA:
		return r->host_data;
	case SNP_LIST_FAMILY_ID:
		return r->family_id;
	case SNP_LIST_IMAGE_ID:
		return r->image_id;
	case SNP_LIST_ID_KEY:
		return r->id_key_digest;
	case SNP_LIST_AUTHOR_KEY:
		return r->author_key_digest;
	case SNP_LIST_CHIP_ID:
		return r->chip_id;
	case SNP_LIST_REPORT_ID:
		return r->report_id;
	case SNP_LIST_REPORT_ID_MA:
		return r->report_id_ma;
	case SNP_LISTS:
		break;
	}
	return NULL;
}

static void
judge_list(struct snp_case *c, enum snp_list_kind kind)
{
	const struct snp_list *list = &c->policy->list[kind];
	const uint8_t *have = field_of(&c->report, kind);
	char text[HEX_MAX];
	bool found = false;

	hex(have, list->size, text);
	for (size_t i = 0; i < list->count; i++)
		found = found ||
		    memcmp(list->items + i * list->size, have, list->size) == 0;
	if (list->count == 0)
		tee_call_check(c->call, tee_snp_list_name(kind),
		    TEE_CHECK_NOT_ASKED, "%s", text);
	else
		SNP_JUDGE(c, tee_snp_list_name(kind), found, "%s%s", text,
		    found ? "" : " is not listed");
}

static void
judge_identity(struct snp_case *c)
{
	const struct snp_report *r = &c->report;
	bool id = !tee_snp_bytes_zero(r->id_key_digest, 48);
	bool author = !tee_snp_bytes_zero(r->author_key_digest, 48);

	SNP_JUDGE(c, "author_key", author == tee_snp_report_author_key(r),
	    "AUTHOR_KEY_EN and the author key's digest agree");
	if (c->policy->id_block == SNP_ANY)
		tee_call_check(c->call, "id_block", TEE_CHECK_NOT_ASKED, "%s",
		    id ? "launched with an ID block" : "no ID block");
	else
		SNP_JUDGE(c, "id_block",
		    id == (c->policy->id_block == SNP_REQUIRED), "%s",
		    id ? "launched with an ID block" : "no ID block");
}

/*
 * All ones where no migration agent is bound to the guest; which one it may
 * be where the profile names some.
 */
static void
judge_migration(struct snp_case *c)
{
	const struct snp_report *r = &c->report;
	uint8_t all = 0xff;

	for (size_t i = 0; i < 32; i++)
		all &= r->report_id_ma[i];
	if (c->policy->list[SNP_LIST_REPORT_ID_MA].count > 0)
		judge_list(c, SNP_LIST_REPORT_ID_MA);
	else if ((r->policy >> SNP_POLICY_MIGRATE_MA & 1) != 0)
		tee_call_check(c->call, "report_id_ma", TEE_CHECK_NOT_ASKED,
		    "the policy allows a migration agent");
	else
		SNP_JUDGE(c, "report_id_ma", all == 0xff,
		    "no migration agent is bound to the guest");
}

static void
judge_svn(struct snp_case *c)
{
	if (c->policy->guest_svn == 0)
		tee_call_check(c->call, "guest_svn", TEE_CHECK_NOT_ASKED, "%u",
		    c->report.guest_svn);
	else
		SNP_JUDGE(c, "guest_svn",
		    c->report.guest_svn >= c->policy->guest_svn, "%u, floor %u",
		    c->report.guest_svn, (unsigned)c->policy->guest_svn);
}

void
tee_snp_judge_guest(struct snp_case *c)
{
	judge_vmpl(c);
	judge_policy(c);
	judge_platform(c);
	judge_svn(c);
	judge_identity(c);
	judge_migration(c);
	for (unsigned i = 0; i < SNP_LIST_REPORT_ID_MA; i++)
		judge_list(c, (enum snp_list_kind)i);
}
