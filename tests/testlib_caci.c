/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_caci: see testlib_caci.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <check.h>

#include "libtee/option.h"
#include "modules/snp_azure/caci.h"
#include "tests/testlib_caci.h"

const uint8_t caci_measurement[48] = { 0xd0, 0xc9, 0xe2, [47] = 0x82 };

struct line {
	struct snp_verifier *snp;
	struct azure_caci_policy policy;
};

void
caci_start(struct caci_evidence *e, const struct uvm_spec *uvm,
    const char *policy)
{
	uint8_t digest[32] = { 0 };

	memset(e, 0, sizeof(*e));
	snp_evidence_start(&e->snp, SIM_MILAN, SIM_SIGNER_VCEK, 0);
	if (policy != NULL) {
		ck_assert(tee_sim_blob_append(&e->cce, policy, strlen(policy)));
		EVP_Digest(policy, strlen(policy), digest, NULL, EVP_sha256(),
		    NULL);
	}
	tee_sim_report_bytes(e->snp.report, "host_data", digest, 32);
	tee_sim_report_bytes(e->snp.report, "measurement", caci_measurement,
	    48);
	snp_evidence_mint(&e->snp);
	if (uvm != NULL)
		uvm_mint(uvm, &e->uvm);
}

void
caci_free(struct caci_evidence *e)
{
	snp_evidence_free(&e->snp);
	tee_sim_blob_free(&e->uvm);
	tee_sim_blob_free(&e->cce);
	tee_sim_blob_free(&e->runtime);
}

static void
fill(struct tee_config *config, const char *options)
{
	char copy[1024], *rest = copy, *one, *value;

	ck_assert_uint_lt(strlen(options), sizeof(copy));
	strcpy(copy, options);
	while (*options != '\0' && (one = strsep(&rest, "|")) != NULL) {
		value = strchr(one, '=');
		ck_assert_msg(value != NULL, "%s: no value", one);
		*value++ = '\0';
		ck_assert_int_eq(tee_config_add(config, one, value, 1), 0);
	}
	if (tee_option(config, "uvm_issuer") == NULL)
		ck_assert_int_eq(tee_config_add(config, "uvm_issuer",
				     uvm_issuer(), 1),
		    0);
}

static bool
open_line(struct line *l, const char *options)
{
	struct tee_config config = { .facility = TEE_VERIFIER,
		.file = "test",
		.line = 1 };
	bool ok;

	fill(&config, options != NULL ? options : "");
	l->snp = tee_snp_verifier_new(&config);
	ok = l->snp != NULL && tee_azure_caci_policy_read(&l->policy, &config);
	tee_config_clear(&config);
	if (!ok && l->snp != NULL)
		tee_snp_verifier_free(l->snp);
	return ok;
}

bool
caci_refused(const char *options)
{
	struct line l;

	if (!open_line(&l, options))
		return true;
	tee_azure_caci_policy_clear(&l.policy);
	tee_snp_verifier_free(l.snp);
	return false;
}

static void
put(struct tee_evidence *evidence, const char *type, const struct sim_blob *b)
{
	if (b->size > 0)
		ck_assert_int_eq(tee_evidence_put(evidence, type, b->data,
				     b->size),
		    0);
}

static enum tee_verdict
verify(struct tee_call *call, void *state)
{
	struct line *l = state;

	return tee_azure_caci_judge(call, l->snp, &l->policy);
}

static struct tee_evidence *
items(const struct caci_evidence *e)
{
	struct tee_evidence *evidence = tee_evidence_new();

	ck_assert_ptr_nonnull(evidence);
	if (!e->snp.no_report)
		ck_assert_int_eq(tee_evidence_put(evidence, "snp.report",
				     e->snp.report, e->snp.report_size),
		    0);
	put(evidence, "snp.certs", &e->snp.certs);
	put(evidence, "snp.crl", &e->snp.crl);
	put(evidence, "azure.uvm-endorsement", &e->uvm);
	put(evidence, "azure.cce-policy", &e->cce);
	put(evidence, "snp.runtime-data", &e->runtime);
	return evidence;
}

struct tee_claims *
caci_judge(const struct caci_evidence *e, const char *options)
{
	uint8_t root[1][TEE_SPKI_DIGEST_SIZE];
	struct tee_reference floor = { .roots = root,
		.root_count = 1,
		.allow_simulated = true };
	struct line line = { 0 };
	struct tee_call call = { .transaction = "test",
		.module = "snp_azure",
		.facility = TEE_VERIFIER,
		.floor = e->snp.untrusted ? NULL : &floor,
		.evidence = items(e),
		.binding = e->snp.binding,
		.binding_size = e->snp.binding_size,
		.now = e->snp.now,
		.deadline = tee_clock_monotonic_ms() + 600000,
		.claims = tee_claims_new() };

	memcpy(root[0], e->snp.root, sizeof(root[0]));
	ck_assert_msg(open_line(&line, options), "%s",
	    options != NULL ? options : "no options");
	call.claims->verdict = tee_call_run(&call, verify, &line);
	tee_evidence_free(&call.evidence);
	tee_azure_caci_policy_clear(&line.policy);
	tee_snp_verifier_free(line.snp);
	return call.claims;
}
