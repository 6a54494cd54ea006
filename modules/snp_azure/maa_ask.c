/* SPDX-License-Identifier: Apache-2.0 */
/* maa_ask: what is sent to MAA, out of the items that a collector put. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modules/snp_azure/hcl.h"
#include "modules/snp_azure/maa.h"
#include "modules/snp_azure/maarequest.h"

#define ANSWER_MAX (256 * 1024)

/* A 400 is MAA's no, and is never asked twice. */
static const unsigned again[] = { 408, 429, 500, 502, 503, 504, 0 };

const struct tee_http_hop tee_azure_maa_hop = {
	.name = "MAA",
	.advice = "check the endpoint's name and region, and that this machine "
		  "may reach it by HTTPS",
	.connect_ms = 10000,
	.total_ms = 30000,
	.tries = 4,
	.backoff_ms = 5000,
	.again = again,
};

static struct azure_span
item(struct tee_call *call, const char *type)
{
	struct azure_span span;

	span.data = tee_call_item(call, type, &span.size);
	return span;
}

static enum tee_verdict
incomplete(struct tee_call *call, const char *what)
{
	tee_call_check(call, "maa.evidence", TEE_CHECK_NOT_DONE, "%s", what);
	return TEE_UNAVAILABLE;
}

static enum tee_verdict
refuse(struct tee_call *call, const char *what)
{
	tee_call_check(call, "maa.evidence", TEE_CHECK_FAIL, "%s", what);
	return TEE_DENY;
}

/* A confidential VM: the report is inside the paravisor's. */
static enum tee_verdict
take_hcl(struct tee_call *call, struct azure_span blob,
    struct azure_snp_request *r)
{
	struct azure_hcl hcl;

	if (!tee_azure_hcl_parse(&hcl, blob.data, blob.size))
		return refuse(call, hcl.error);
	if (hcl.report_type != AZURE_HCL_SNP)
		return refuse(call, "azure.hcl-report carries no SNP report");
	r->report.data = hcl.report;
	r->report.size = AZURE_HCL_REPORT_SIZE;
	r->runtime.data = hcl.runtime;
	r->runtime.size = hcl.runtime_size;
	return TEE_OK;
}

static enum tee_verdict
take_items(struct tee_call *call, struct azure_snp_request *r)
{
	static const char begin[] = "-----BEGIN";
	struct azure_span hcl = item(call, "azure.hcl-report");
	enum tee_verdict verdict = TEE_OK;

	memset(r, 0, sizeof(*r));
	if (hcl.data != NULL) {
		verdict = take_hcl(call, hcl, r);
	} else {
		r->report = item(call, "snp.report");
		r->runtime = item(call, "snp.runtime-data");
		r->uvm = item(call, "azure.uvm-endorsement");
	}
	if (verdict != TEE_OK)
		return verdict;
	if (r->report.data == NULL)
		return incomplete(call,
		    "neither azure.hcl-report, nor "
		    "snp.report, nor maa.token");
	r->certs = item(call, "snp.certs");
	if (r->certs.data == NULL)
		return incomplete(call,
		    "no snp.certs: MAA wants the chip's "
		    "chain beside its report");
	if (r->certs.size < sizeof(begin) ||
	    memcmp(r->certs.data, begin, strlen(begin)) != 0)
		return incomplete(call, "snp.certs is not PEM");
	tee_call_check(call, "maa.evidence", TEE_CHECK_PASS,
	    "what MAA needs is there");
	return TEE_OK;
}

static enum tee_verdict
answered(struct tee_call *call, const struct tee_http_response *response,
    char **token)
{
	*token = tee_azure_maa_answer_token(response->body, response->size);
	if (*token == NULL) {
		tee_call_check(call, "maa.attest", TEE_CHECK_NOT_DONE,
		    "MAA's answer has no token (request %s)",
		    response->request_id);
		return TEE_UNAVAILABLE;
	}
	tee_call_check(call, "maa.attest", TEE_CHECK_PASS,
	    "MAA gave a token (request %s)", response->request_id);
	return TEE_OK;
}

static void
not_answered(struct tee_call *call, enum tee_verdict verdict,
    const struct tee_http_response *r)
{
	enum tee_check_result result =
	    verdict == TEE_DENY ? TEE_CHECK_FAIL : TEE_CHECK_NOT_DONE;

	if (r->status == 0)
		tee_call_check(call, "maa.attest", result,
		    "no answer from MAA; the log says why");
	else
		tee_call_check(call, "maa.attest", result,
		    "MAA: %u %s: %s (request %s)%s", r->status, r->code,
		    r->message, r->request_id,
		    r->status == 400 ?
			"; the machine or its certificates do not satisfy the "
			"provider's policy" :
			"");
}

enum tee_verdict
tee_azure_maa_post(struct tee_call *call, const struct azure_maa *maa,
    const char *path, const char *body, char **token)
{
	char url[AZURE_MAA_URL];
	struct tee_http_request request = { .hop = &tee_azure_maa_hop,
		.url = url,
		.content_type = "application/json",
		.body = body,
		.body_size = strlen(body),
		.limit = ANSWER_MAX,
		.trust = maa->trust,
		.pool = maa->pool };
	struct tee_http_response response = { 0 };
	enum tee_verdict verdict;

	snprintf(url, sizeof(url), "%s%s", maa->policy.endpoint, path);
	verdict = tee_http(call, &request, &response);
	if (verdict == TEE_OK)
		verdict = answered(call, &response, token);
	else
		not_answered(call, verdict, &response);
	tee_http_response_free(&response);
	return verdict;
}

/* A container has no TPM; a VM whose key shall be released needs the TPM's. */
static bool
by_guest(struct tee_call *call, const struct azure_maa *maa)
{
	bool vm = item(call, "azure.hcl-report").data != NULL;

	switch (maa->policy.attest) {
	case AZURE_ATTEST_SNP:
		return false;
	case AZURE_ATTEST_GUEST:
		return vm;
	case AZURE_ATTEST_AUTO:
		break;
	}
	return vm && item(call, "tpm.enc-key").data != NULL;
}

enum tee_verdict
tee_azure_maa_ask(struct tee_call *call, const struct azure_maa *maa,
    char **token)
{
	struct azure_snp_request request;
	enum tee_verdict verdict = take_items(call, &request);
	char *body;

	*token = NULL;
	if (verdict != TEE_OK)
		return verdict;
	if (by_guest(call, maa))
		return tee_azure_maa_ask_guest(call, maa, &request, token);
	body = tee_azure_snp_request(&request);
	if (body == NULL)
		return incomplete(call, "no memory");
	verdict = tee_azure_maa_post(call, maa, AZURE_PATH_SNP, body, token);
	free(body);
	return verdict;
}
