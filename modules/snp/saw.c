/* SPDX-License-Identifier: Apache-2.0 */
/* saw: what a report is bound to, where the guest itself chose it. */
#include "config.h"

#include "modules/common/runtime.h"
#include "modules/snp/verifier.h"

static void
saw_runtime_data(struct tee_call *call, const struct snp_report *report,
    const uint8_t *data, size_t size)
{
	struct tee_runtime runtime;
	bool hashed = tee_runtime_hashes_to(data, size, report->report_data);
	bool parsed = tee_runtime_parse(&runtime, data, size);
	bool bound = parsed && runtime.has_user_data;

	tee_call_check(call, "runtime-data.hash",
	    hashed ? TEE_CHECK_PASS : TEE_CHECK_FAIL,
	    hashed ? "REPORT_DATA is its SHA-256" :
		     "REPORT_DATA is not its SHA-256 followed by zeros");
	tee_call_check(call, "runtime-data.user-data",
	    bound ? TEE_CHECK_PASS : TEE_CHECK_FAIL, "%s",
	    bound       ? "carries what the evidence is bound to" :
		!parsed ? runtime.error :
			  "no user-data: bound to nothing");
	if (hashed && bound)
		tee_call_saw_binding(call, runtime.user_data,
		    sizeof(runtime.user_data));
	tee_runtime_free(&runtime);
}

void
tee_snp_saw(struct tee_call *call, const struct snp_report *report)
{
	size_t size;
	const uint8_t *data = tee_call_item(call, "snp.runtime-data", &size);

	if (data != NULL)
		saw_runtime_data(call, report, data, size);
	else
		tee_call_saw_binding(call, report->report_data,
		    SNP_REPORT_DATA_SIZE);
}
