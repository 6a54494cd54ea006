/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_cvm_judge: one run of a verifier line; see testlib_cvm.h. */
#include "config.h"

#include <string.h>
#include <check.h>

#include "libtee/option.h"
#include "modules/snp_azure/facility.h"
#include "tests/testlib_cvm.h"

static void
add_options(struct tee_config *config, const char *text)
{
	char copy[4096], *rest = copy, *one, *value;

	if (text == NULL)
		return;
	ck_assert_uint_lt(strlen(text), sizeof(copy));
	strcpy(copy, text);
	while ((one = strsep(&rest, "|")) != NULL) {
		value = strchr(one, '=');
		ck_assert_msg(value != NULL, "%s: no value", one);
		*value++ = '\0';
		ck_assert_int_eq(tee_config_add(config, one, value, 1), 0);
	}
}

static struct azure_offline *
line_open(const char *options)
{
	struct tee_config config = { .facility = TEE_VERIFIER,
		.file = "test",
		.line = 1 };
	struct azure_offline *line;

	add_options(&config, options);
	line = tee_azure_offline_new(&config);
	tee_config_clear(&config);
	return line;
}

static enum tee_verdict
verify(struct tee_call *call, void *state)
{
	return tee_azure_offline_verify(call, state);
}

static void
put_items(struct tee_evidence *evidence, const struct cvm_evidence *e)
{
	static const char *const names[CVM_ITEMS] = { "azure.hcl-report",
		"tpm.quote", "tpm.quote-signature", "tpm.pcrs", "tpm.ak-cert" };

	if (e->container)
		ck_assert_int_eq(tee_evidence_put(evidence, "snp.report",
				     e->snp.report, e->snp.report_size),
		    0);
	for (unsigned i = 0; i < CVM_ITEMS; i++)
		if (!e->container && e->item[i].data != NULL)
			ck_assert_int_eq(tee_evidence_put(evidence, names[i],
					     e->item[i].data, e->item[i].size),
			    0);
	if (e->snp.certs.data != NULL)
		ck_assert_int_eq(tee_evidence_put(evidence, "snp.certs",
				     e->snp.certs.data, e->snp.certs.size),
		    0);
}

struct tee_claims *
cvm_judge(const struct cvm_evidence *e, const char *options)
{
	uint8_t root[1][TEE_SPKI_DIGEST_SIZE];
	struct tee_reference floor = { .roots = root,
		.root_count = 1,
		.allow_simulated = true };
	struct tee_call call = {
		.transaction = "test",
		.module = "snp_azure",
		.facility = TEE_VERIFIER,
		.floor = e->snp.untrusted ? NULL : &floor,
		.evidence = tee_evidence_new(),
		.binding = e->snp.binding_size > 0 ? e->snp.binding : NULL,
		.binding_size = e->snp.binding_size,
		.now = e->snp.now,
		.deadline = tee_clock_monotonic_ms() + 600000,
		.claims = tee_claims_new(),
	};
	struct azure_offline *line = line_open(options);

	memcpy(root[0], e->snp.root, sizeof(root[0]));
	put_items(call.evidence, e);
	ck_assert_msg(line != NULL, "%s", options);
	call.claims->verdict = tee_call_run(&call, verify, line);
	tee_azure_offline_free(&line);
	tee_evidence_free(&call.evidence);
	return call.claims;
}

bool
cvm_line_refused(const char *options)
{
	struct azure_offline *line = line_open(options);
	bool refused = line == NULL;

	tee_azure_offline_free(&line);
	return refused;
}
