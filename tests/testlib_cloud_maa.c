/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_cloud_maa: see testlib_cloud_maa.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "tests/testlib_cloud_maa.h"

void
maa_evidence(struct maa_evidence *evidence, const void *data, size_t size)
{
	uint8_t report_data[64] = { 0 };

	memset(evidence, 0, sizeof(*evidence));
	sha256(data, size, report_data);
	machine_report(report_data, evidence->report, &evidence->pem);
}

json_t *
maa_proof(const struct maa_evidence *evidence, const json_t *endorsements)
{
	json_t *proof = json_pack("{s:o, s:o}", "SnpReport",
	    encoded(true, evidence->report, SIM_REPORT_SIZE), "VcekCertChain",
	    encoded(true, evidence->pem.data, evidence->pem.size));
	char *text;
	json_t *out;

	if (endorsements != NULL)
		json_object_set(proof, "Endorsements",
		    (json_t *)(uintptr_t)endorsements);
	text = json_dumps(proof, JSON_COMPACT);
	out = encoded(true, text, strlen(text));
	free(text);
	json_decref(proof);
	return out;
}

json_t *
maa_request(const struct maa_evidence *evidence, const void *data, size_t size)
{
	return json_pack("{s:o, s:{s:o, s:s}}", "report",
	    maa_proof(evidence, NULL), "runtimeData", "data",
	    encoded(true, data, size), "dataType", "JSON");
}

char *
maa_token(const char *how, const json_t *body)
{
	struct reply reply;
	json_t *root;
	char *token;

	cloud_attest(&reply, how, body);
	ck_assert_msg(reply.status == 200, "%ld %s", reply.status,
	    (char *)reply.body.data);
	root = reply_json(&reply);
	token = strdup(json_string_value(json_object_get(root, "token")));
	json_decref(root);
	reply_free(&reply);
	return token;
}

char *
maa_attest(json_t **claims)
{
	struct maa_evidence evidence;
	json_t *body;
	char *token;

	maa_evidence(&evidence, MAA_RUNTIME, strlen(MAA_RUNTIME));
	body = maa_request(&evidence, MAA_RUNTIME, strlen(MAA_RUNTIME));
	json_object_set_new(body, "nonce", json_string("n-17"));
	token = maa_token("SevSnpVm", body);
	*claims = jwt_part(token, 1, 0);
	ck_assert_ptr_nonnull(*claims);
	json_decref(body);
	tee_sim_blob_free(&evidence.pem);
	return token;
}
