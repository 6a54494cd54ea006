/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge_machine: what a token says of the machine.  The release policies that
 * are in use ask for the compliance status alone; the debug, migration and
 * VMPL bits are judged here, whatever MAA's own policy did.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "modules/common/json.h"
#include "modules/snp_azure/maatoken.h"

static const char *const list_claims[SNP_LISTS] = { [SNP_LIST_MEASUREMENT] =
							AZURE_SVN
	"launchmeasurement",
	[SNP_LIST_HOST_DATA] = AZURE_SVN "hostdata",
	[SNP_LIST_FAMILY_ID] = AZURE_SVN "familyId",
	[SNP_LIST_IMAGE_ID] = AZURE_SVN "imageId",
	[SNP_LIST_ID_KEY] = AZURE_SVN "idkeydigest",
	[SNP_LIST_AUTHOR_KEY] = AZURE_SVN "authorkeydigest",
	[SNP_LIST_REPORT_ID] = AZURE_SVN "reportid" };

const char *
tee_azure_maatoken_list_claim(enum snp_list_kind kind)
{
	return list_claims[kind];
}

/* Whether `word` is one of the words with commas between. */
static bool
among(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = words; at != NULL; at = strchr(at, ',')) {
		at += *at == ',' ? 1 : 0;
		if (strcspn(at, ",") == n && strncmp(at, word, n) == 0)
			return true;
	}
	return false;
}

/* Absent from the token where the machine does not comply with anything. */
static void
judge_compliance(struct tee_call *call, const struct azure_maatoken *t,
    const struct azure_maa_policy *p)
{
	const char *status = tee_json_text(t->tee, "x-ms-compliance-status");
	const char *want = p->compliance != NULL ? p->compliance :
	    tee_azure_maatoken_is_cvm(t)         ? AZURE_COMPLIANCE_CVM :
						   AZURE_COMPLIANCE_UVM;

	if (p->any_compliance)
		tee_call_check(call, "token.compliance", TEE_CHECK_NOT_ASKED,
		    "%.60s", status != NULL ? status : "absent");
	else
		AZURE_TOKEN_JUDGE(call, "token.compliance",
		    status != NULL && among(want, status),
		    "%.60s, expected %.100s",
		    status != NULL ? status : "absent", want);
}

/* Who asks for a token chooses which of the two it is about. */
static void
judge_shape(struct tee_call *call, const struct azure_maatoken *t,
    const struct azure_maa_policy *p)
{
	bool vm = tee_azure_maatoken_is_cvm(t);
	const char *what = vm ? "a confidential VM" : "a container";

	if (p->shape == AZURE_MAA_ANY)
		tee_call_check(call, "azure.shape", TEE_CHECK_NOT_ASKED, "%s",
		    what);
	else
		AZURE_TOKEN_JUDGE(call, "azure.shape",
		    vm == (p->shape == AZURE_MAA_VM),
		    "%s, and the line's source is %s", what,
		    p->shape == AZURE_MAA_VM ? "vtpm" : "guest-device");
}

/* A bit that must be there, as a JSON boolean, and false. */
static void
judge_false(struct tee_call *call, const struct azure_maatoken *t,
    const char *check, const char *claim)
{
	const json_t *value = json_object_get(t->tee, claim);

	AZURE_TOKEN_JUDGE(call, check, json_is_false(value), "%s is %s", claim,
	    json_is_false(value)    ? "false" :
		json_is_true(value) ? "true" :
		value == NULL       ? "absent" :
				      "no boolean");
}

static void
judge_vmpl(struct tee_call *call, const struct azure_maatoken *t)
{
	uint64_t vmpl = 0;
	bool there = tee_azure_maatoken_number(t->tee, AZURE_SVN "vmpl",
	    UINT32_MAX, &vmpl);

	if (there)
		AZURE_TOKEN_JUDGE(call, "token.vmpl", vmpl == 0,
		    "%llu, required 0", (unsigned long long)vmpl);
	else
		tee_call_check(call, "token.vmpl", TEE_CHECK_FAIL, "absent");
}

bool
tee_azure_maatoken_tcb(const struct azure_maatoken *t, struct snp_tcb *tcb)
{
	static const struct {
		const char *claim;
		enum snp_tcb_part part;
	} parts[] = { { AZURE_SVN "bootloader-svn", SNP_TCB_BL },
		{ AZURE_SVN "tee-svn", SNP_TCB_TEE },
		{ AZURE_SVN "snpfw-svn", SNP_TCB_SNP },
		{ AZURE_SVN "microcode-svn", SNP_TCB_UCODE } };

	memset(tcb, 0, sizeof(*tcb));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		uint64_t svn;

		if (!tee_azure_maatoken_number(t->tee, parts[i].claim,
			UINT8_MAX, &svn))
			return false;
		tcb->part[parts[i].part] = (uint8_t)svn;
	}
	return true;
}

/*
 * A token does not name the product.  So every floor must hold that the line
 * gives for a product it allows; and a product that it allows by name must
 * have one.
 */
int
tee_azure_maatoken_floor(const struct snp_policy *p,
    const struct snp_floor *floor, const struct snp_tcb *tcb)
{
	if (!floor->given)
		return -1;
	for (unsigned i = SNP_PRODUCT_UNKNOWN + 1; i < SNP_PRODUCTS; i++) {
		bool named = (p->products >> i & 1) != 0;

		if (named && !floor->has[i])
			return 0;
		if ((named || p->products == 0) && floor->has[i] &&
		    !tee_snp_tcb_at_most(&floor->least[i], tcb))
			return 0;
	}
	return 1;
}

static void
judge_tcb(struct tee_call *call, const struct azure_maatoken *t,
    const struct snp_policy *p)
{
	struct snp_tcb tcb;
	char have[SNP_TCB_TEXT];
	int fits;

	if (!tee_azure_maatoken_tcb(t, &tcb)) {
		tee_call_check(call, "token.tcb", TEE_CHECK_FAIL,
		    "not all four SVNs are there as numbers of a byte");
		return;
	}
	tee_snp_tcb_format(SNP_MILAN, &tcb, have); /* the four parts */
	fits = tee_azure_maatoken_floor(p, &p->floor[SNP_TCB_REPORTED], &tcb);
	if (fits < 0)
		tee_call_check(call, "token.tcb", TEE_CHECK_NOT_ASKED, "%s",
		    have);
	else
		AZURE_TOKEN_JUDGE(call, "token.tcb", fits == 1, "%s%s", have,
		    fits == 1 ? ", not below the floor" :
				", below min_reported_tcb of a product that "
				"the line allows (products)");
}

static void
judge_svn(struct tee_call *call, const struct azure_maatoken *t,
    const struct snp_policy *p)
{
	uint64_t svn = 0;
	bool there = tee_azure_maatoken_number(t->tee, AZURE_SVN "guestsvn",
	    UINT32_MAX, &svn);

	if (p->guest_svn == 0)
		tee_call_check(call, "token.guest_svn", TEE_CHECK_NOT_ASKED,
		    "%llu", (unsigned long long)svn);
	else
		AZURE_TOKEN_JUDGE(call, "token.guest_svn",
		    there && svn >= p->guest_svn, "%llu%s, floor %llu",
		    (unsigned long long)svn, there ? "" : " (absent)",
		    (unsigned long long)p->guest_svn);
}

static void
judge_list(struct tee_call *call, const struct azure_maatoken *t,
    const struct snp_policy *p, enum snp_list_kind kind)
{
	const struct snp_list *list = &p->list[kind];
	const char *text = tee_json_text(t->tee, list_claims[kind]);
	uint8_t have[64];
	bool found = false;
	char name[48];

	snprintf(name, sizeof(name), "token.%s", tee_snp_list_name(kind));
	if (list->count == 0) {
		tee_call_check(call, name, TEE_CHECK_NOT_ASKED, "%.130s",
		    text != NULL ? text : "absent");
		return;
	}
	if (tee_azure_maatoken_hex(t->tee, list_claims[kind], have, list->size))
		for (size_t i = 0; i < list->count; i++)
			found = found ||
			    memcmp(list->items + i * list->size, have,
				list->size) == 0;
	AZURE_TOKEN_JUDGE(call, name, found, "%.130s%s",
	    text != NULL ? text : "absent", found ? "" : " is not listed");
}

/*
 * azurevm says what the TPM measured; sevsnpvm how the VM was set up, in
 * runtime data that a container would write itself.
 */
static const json_t *
secure_boot(const struct azure_maatoken *t)
{
	if (t->guest)
		return json_object_get(t->jws.payload, "secureboot");
	if (!tee_azure_maatoken_is_cvm(t))
		return NULL;
	return json_object_get(tee_json_member(t->runtime, "vm-configuration"),
	    "secure-boot");
}

static void
judge_boot(struct tee_call *call, const struct azure_maatoken *t,
    const struct azure_maa_policy *p)
{
	const json_t *value = secure_boot(t);
	bool asked = p->secure_boot == AZURE_BOOT_REQUIRED ||
	    (p->secure_boot == AZURE_BOOT_DEFAULT && t->guest);
	const char *text = json_is_true(value) ? "true" :
	    json_is_false(value)               ? "false" :
						 "not said";

	if (!asked)
		tee_call_check(call, "token.secure-boot", TEE_CHECK_NOT_ASKED,
		    "%s", text);
	else
		AZURE_TOKEN_JUDGE(call, "token.secure-boot",
		    json_is_true(value), "%s, required", text);
}

void
tee_azure_maatoken_judge_machine(struct tee_call *call,
    const struct azure_maatoken *t, const struct azure_maa_policy *p)
{
	judge_shape(call, t, p);
	judge_compliance(call, t, p);
	judge_false(call, t, "token.debug", AZURE_SVN "is-debuggable");
	judge_false(call, t, "token.migration", AZURE_SVN "migration-allowed");
	judge_vmpl(call, t);
	judge_tcb(call, t, &p->snp);
	judge_svn(call, t, &p->snp);
	judge_boot(call, t, p);
	for (unsigned i = 0; i < SNP_LISTS; i++)
		if (list_claims[i] != NULL)
			judge_list(call, t, &p->snp, (enum snp_list_kind)i);
}
