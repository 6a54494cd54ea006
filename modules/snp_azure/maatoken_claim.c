/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maatoken_claim: what modules/snp's verifier would claim of the same machine,
 * as far as a token says it: the product, the chip, POLICY and PLATFORM_INFO
 * are MAA's secret.  Names and forms are those of the report's own verifiers,
 * so that lines of one profile meet as equal.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "modules/common/json.h"
#include "modules/snp_azure/cce.h"
#include "modules/snp_azure/cvm.h"
#include "modules/snp_azure/maatoken.h"

static const struct {
	const char *name;
	enum snp_list_kind kind;
	size_t size;
} measurements[] = { { "launch", SNP_LIST_MEASUREMENT, 48 },
	{ "host_data", SNP_LIST_HOST_DATA, 32 },
	{ "id_key_digest", SNP_LIST_ID_KEY, 48 },
	{ "author_key_digest", SNP_LIST_AUTHOR_KEY, 48 },
	{ "family_id", SNP_LIST_FAMILY_ID, 16 },
	{ "image_id", SNP_LIST_IMAGE_ID, 16 } };

/* On a VM the launch digest is the paravisor's: see cvm.h. */
static const char *
name_of(const struct azure_maatoken *t, size_t i)
{
	return measurements[i].kind == SNP_LIST_MEASUREMENT &&
		tee_azure_maatoken_is_cvm(t) ?
	    AZURE_CVM_MEASURED :
	    measurements[i].name;
}

static void
claim_measurements(struct tee_call *call, const struct azure_maatoken *t)
{
	uint8_t data[64];

	for (size_t i = 0; i < sizeof(measurements) / sizeof(measurements[0]);
	     i++) {
		size_t size = measurements[i].size;

		if (tee_azure_maatoken_hex(t->tee,
			tee_azure_maatoken_list_claim(measurements[i].kind),
			data, size) &&
		    (measurements[i].kind == SNP_LIST_MEASUREMENT ||
			!tee_snp_bytes_zero(data, size)))
			tee_call_claim_measurement(call, name_of(t, i), data,
			    size);
	}
}

static void
claim_number(struct tee_call *call, const struct azure_maatoken *t,
    const char *claim, const char *name)
{
	uint64_t value;
	char text[24];

	if (!tee_azure_maatoken_number(t->tee, claim, UINT32_MAX, &value))
		return;
	snprintf(text, sizeof(text), "%" PRIu64, value);
	tee_call_claim_text(call, name, text);
}

static void
claim_configuration(struct tee_call *call, const struct azure_maatoken *t)
{
	const json_t *vm = tee_json_member(t->runtime, "vm-configuration");
	const char *id = tee_json_text(vm, "vmUniqueId");
	const json_t *secure_boot = json_object_get(vm, "secure-boot");

	if (id != NULL)
		tee_call_claim_text(call, "azure.vm_id", id);
	if (json_is_boolean(secure_boot))
		tee_call_claim_text(call, "secure_boot",
		    json_is_true(secure_boot) ? "true" : "false");
}

static void
claim_tcb(struct tee_call *call, const struct azure_maatoken *t,
    const struct snp_policy *p)
{
	const struct snp_floor *fresh =
	    p->up_to_date.given ? &p->up_to_date : &p->floor[SNP_TCB_REPORTED];
	struct snp_tcb tcb;
	int fits;

	if (!tee_azure_maatoken_tcb(t, &tcb))
		return;
	tee_call_claim_tcb(call, tcb.part);
	fits = tee_azure_maatoken_floor(p, fresh, &tcb);
	if (fits >= 0)
		tee_call_claim_tcb_status(call,
		    fits == 1 ? TEE_TCB_UP_TO_DATE : TEE_TCB_OUT_OF_DATE);
}

/* The policy that the evidence shows, where it is the measured one. */
static bool
shows_policy(struct tee_call *call, const struct azure_maatoken *t)
{
	size_t size;
	const uint8_t *text = tee_call_item(call, "azure.cce-policy", &size);
	uint8_t digest[32], have[32];
	size_t n = 0;
	const char *hex = tee_json_text(t->tee, "x-ms-sevsnpvm-hostdata");

	return text != NULL && hex != NULL &&
	    EVP_Digest(text, size, digest, NULL, EVP_sha256(), NULL) == 1 &&
	    OPENSSL_hexstr2buf_ex(have, sizeof(have), &n, hex, '\0') == 1 &&
	    n == sizeof(have) && memcmp(digest, have, n) == 0 &&
	    !tee_azure_cce_allows_all(text, size);
}

/*
 * A container is what the endorsed utility VM runs under a policy that is
 * known: named by the line, or shown.  Without either it is a virtual machine.
 */
static enum tee_confidential_level
level(struct tee_call *call, const struct azure_maatoken *t,
    const struct snp_policy *p)
{
	return tee_json_is(t->tee, "x-ms-compliance-status",
		   AZURE_COMPLIANCE_UVM) &&
		(p->list[SNP_LIST_HOST_DATA].count > 0 ||
		    shows_policy(call, t)) ?
	    TEE_LEVEL_TEE_CONTAINER :
	    TEE_LEVEL_TEE_VM;
}

void
tee_azure_maatoken_claim(struct tee_call *call, const struct azure_maatoken *t,
    const struct azure_maa_policy *p)
{
	uint64_t exp;

	tee_call_claim_platform(call, "amd-sev-snp");
	tee_call_claim_level(call, level(call, t, &p->snp));
	tee_call_claim_debug(call,
	    !json_is_false(json_object_get(t->tee, AZURE_SVN "is-debuggable")));
	claim_measurements(call, t);
	claim_number(call, t, AZURE_SVN "vmpl", "vmpl");
	/* An endorsed utility VM's SVN is the endorsement's. */
	claim_number(call, t, AZURE_SVN "guestsvn",
	    tee_azure_maatoken_is_uvm(t) ? "uvm.svn" : "guest_svn");
	if (tee_azure_maatoken_is_cvm(t))
		claim_configuration(call, t);
	claim_tcb(call, t, &p->snp);
	if (tee_azure_maatoken_number(t->jws.payload, "exp", AZURE_TIME_MAX,
		&exp))
		tee_call_claim_expires(call, (time_t)exp);
}
