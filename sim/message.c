/* SPDX-License-Identifier: Apache-2.0 */
/* message: what the secure processor answers to its guest's messages. */
#include "config.h"

#include <string.h>
#include <openssl/hmac.h>

#include "sim/asp.h"

#define POLICY_DEBUG (1u << 19)
#define SIGNER_MASKED 0x1e /* MASK_CHIP_KEY, SIGNING_KEY none */
#define FIELDS_KNOWN 0x3f  /* of guest_field_select in this message */

static uint32_t
asked_version(const struct sim_asp *asp)
{
	const char *text = tee_sim_switches_field(&asp->switches, "version");
	uint8_t scratch[SIM_REPORT_SIZE] = { 0 };
	uint64_t version;

	if (text == NULL ||
	    !tee_sim_report_set(scratch, asp->machine.product, "version", text))
		return 0;
	version = tee_sim_report_get(scratch, "version");
	return version >= 2 && version <= 5 ? (uint32_t)version : 0;
}

static void
fill_launch(const struct sim_launch *launch, uint8_t *report)
{
	if (launch == NULL)
		return;
	tee_sim_report_number(report, "policy", launch->policy);
	tee_sim_report_number(report, "guest_svn", launch->guest_svn);
	tee_sim_report_bytes(report, "family_id", launch->family_id,
	    sizeof(launch->family_id));
	tee_sim_report_bytes(report, "image_id", launch->image_id,
	    sizeof(launch->image_id));
}

static void
fill_default(const struct sim_asp *asp, uint8_t *report)
{
	tee_sim_report_init(report, &asp->machine, asked_version(asp),
	    tee_sim_asp_signer(asp));
	fill_launch(asp->launch, report);
	if (tee_sim_asp_number(asp, SIM_SW_DEBUG) != 0)
		tee_sim_report_number(report, "policy",
		    tee_sim_report_get(report, "policy") | POLICY_DEBUG);
	if (tee_sim_asp_number(asp, SIM_SW_MASK_KEY) != 0)
		tee_sim_report_number(report, "signer_info", SIGNER_MASKED);
	if (tee_sim_asp_number(asp, SIM_SW_MASK_CHIP_ID) != 0)
		memset(report + tee_sim_field("chip_id")->offset, 0,
		    SIM_CHIP_ID_SIZE);
}

static void
fill_request(const struct sim_asp *asp, const struct snp_report_req *request,
    uint8_t *report)
{
	uint8_t data[SIM_REPORT_DATA];

	memcpy(data, request->user_data, sizeof(data));
	tee_sim_report_number(report, "vmpl", request->vmpl);
	if (tee_sim_asp_number(asp, SIM_SW_HOST_REQUEST) != 0) {
		tee_sim_report_number(report, "vmpl", UINT32_MAX);
		memset(data, 0, sizeof(data));
	}
	if (tee_sim_asp_number(asp, SIM_SW_WRONG_DATA) != 0)
		data[0] ^= 0xff;
	tee_sim_report_bytes(report, "report_data", data, sizeof(data));
}

static void
fill_given(const struct sim_asp *asp, uint8_t *report)
{
	const char *text;

	for (const struct sim_field *f = tee_sim_fields; f->name != NULL; f++) {
		text = tee_sim_switches_field(&asp->switches, f->name);
		if (text != NULL)
			tee_sim_report_set(report, asp->machine.product,
			    f->name, text);
	}
}

bool
tee_sim_asp_sign(struct sim_asp *asp, const struct snp_report_req *request,
    uint8_t report[SIM_REPORT_SIZE])
{
	bool vlek = tee_sim_asp_signer(asp) == SIM_SIGNER_VLEK;
	const struct sim_value *flip = &asp->switches.value[SIM_SW_FLIP];

	fill_default(asp, report);
	fill_request(asp, request, report);
	fill_given(asp, report);
	if (tee_sim_asp_number(asp, SIM_SW_MASK_KEY) == 0 &&
	    !tee_sim_report_sign(report,
		asp->keys->key[vlek ? SIM_VLEK : SIM_VCEK]))
		return false;
	if (flip->set)
		report[flip->number / 8] ^= (uint8_t)(1u << flip->number % 8);
	return true;
}

static void
put32(uint8_t *p, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> (8 * i));
}

/* A VMPL above one's own can be asked for, never one below. */
static bool
vmpl_allowed(const struct sim_asp *asp, uint32_t vmpl)
{
	return vmpl <= 3 && vmpl >= tee_sim_asp_number(asp, SIM_SW_GUEST_VMPL);
}

static bool
reserved_zero(const struct snp_report_req *request)
{
	static const uint8_t zero[sizeof(request->rsvd)];

	return memcmp(request->rsvd, zero, sizeof(zero)) == 0;
}

bool
tee_sim_asp_report(struct sim_asp *asp, const struct snp_report_req *request,
    struct snp_report_resp *response)
{
	const struct sim_value *size = &asp->switches.value[SIM_SW_REPORT_SIZE];
	uint32_t status = tee_sim_asp_number(asp, SIM_SW_STATUS);

	memset(response, 0, sizeof(*response));
	if (status == SIM_STATUS_OK &&
	    (!vmpl_allowed(asp, request->vmpl) || !reserved_zero(request)))
		status = SIM_STATUS_INVALID_PARAM;
	put32(response->data, status);
	if (status != SIM_STATUS_OK)
		return true;
	put32(response->data + 4, size->set ? size->number : SIM_REPORT_SIZE);
	return tee_sim_asp_sign(asp, request,
	    response->data + SIM_REPORT_HEADER);
}

/* The TCB that a key may be bound to: no part above what is committed. */
static bool
tcb_allowed(const uint8_t *report, uint64_t tcb)
{
	const uint8_t *committed =
	    report + tee_sim_field("committed_tcb")->offset;

	for (unsigned i = 0; i < SIM_TCB_SIZE; i++)
		if ((uint8_t)(tcb >> (8 * i)) > committed[i])
			return false;
	return true;
}

static uint32_t
key_status(const struct sim_asp *asp, const uint8_t *report,
    const struct snp_derived_key_req *request)
{
	if (tee_sim_asp_number(asp, SIM_SW_STATUS) != SIM_STATUS_OK)
		return tee_sim_asp_number(asp, SIM_SW_STATUS);
	/* VMRK comes from a migration agent, and there is none. */
	if (request->root_key_select == 1)
		return SIM_STATUS_INVALID_KEY;
	if (request->root_key_select > 1 || request->rsvd != 0 ||
	    (request->guest_field_select & ~(uint64_t)FIELDS_KNOWN) != 0 ||
	    !vmpl_allowed(asp, request->vmpl) ||
	    request->guest_svn > tee_sim_report_get(report, "guest_svn") ||
	    !tcb_allowed(report, request->tcb_version))
		return SIM_STATUS_INVALID_PARAM;
	return SIM_STATUS_OK;
}

/* What the key depends on; what its select bit leaves out is zero. */
struct key_input {
	char root[16];
	uint8_t policy[8], image_id[16], family_id[16], measurement[48];
	struct snp_derived_key_req request;
};

static void
take(uint8_t *out, const uint8_t *report, const char *name,
    const struct snp_derived_key_req *request, unsigned bit)
{
	const struct sim_field *f = tee_sim_field(name);

	if ((request->guest_field_select >> bit & 1) != 0)
		memcpy(out, report + f->offset, f->size);
}

static bool
derive(const struct sim_asp *asp, const uint8_t *report,
    const struct snp_derived_key_req *request, uint8_t out[32])
{
	struct key_input in;

	memset(&in, 0, sizeof(in));
	strcpy(in.root,
	    tee_sim_asp_signer(asp) == SIM_SIGNER_VLEK ? "key from vlek" :
							 "key from vcek");
	in.request = *request;
	take(in.policy, report, "policy", request, 0);
	take(in.image_id, report, "image_id", request, 1);
	take(in.family_id, report, "family_id", request, 2);
	take(in.measurement, report, "measurement", request, 3);
	if ((request->guest_field_select >> 4 & 1) == 0)
		in.request.guest_svn = 0;
	if ((request->guest_field_select >> 5 & 1) == 0)
		in.request.tcb_version = 0;
	return HMAC(EVP_sha256(), asp->keys->chip, sizeof(asp->keys->chip),
		   (const uint8_t *)&in, sizeof(in), out, NULL) != NULL;
}

bool
tee_sim_asp_key(struct sim_asp *asp, const struct snp_derived_key_req *request,
    struct snp_derived_key_resp *response)
{
	uint8_t report[SIM_REPORT_SIZE];
	uint32_t status;

	fill_default(asp, report);
	fill_given(asp, report);
	status = key_status(asp, report, request);
	memset(response, 0, sizeof(*response));
	put32(response->data, status);
	return status != SIM_STATUS_OK ||
	    derive(asp, report, request, response->data + SIM_REPORT_HEADER);
}
