/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maasnp: POST /attest/SevSnpVm, and the judging that AzureGuest shares.  A
 * report is judged, then runtime data against it, then what endorses it.
 */
#include "config.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/jose.h"
#include "sim/maa.h"
#include "sim/uvm.h"

#define NONCE_MAX 64

void
tee_sim_maa_facts_free(struct sim_maa_facts *facts)
{
	json_decref(facts->runtime);
	json_decref(facts->inittime);
	memset(facts, 0, sizeof(*facts));
}

/* {"Uvm":["<b64url COSE>"]}, of which the real one reads the first. */
static const char *
judge_endorsements(const struct sim_cloud *cloud, const json_t *proof,
    struct sim_maa_facts *facts)
{
	struct sim_blob text = { NULL, 0 }, cose = { NULL, 0 };
	const char *wrong = "Endorsements has no Uvm";
	json_t *root = NULL, *uvm;
	EVP_PKEY *own;

	if (json_object_get(proof, "Endorsements") == NULL)
		return NULL;
	if (tee_sim_b64_member(proof, "Endorsements", &text))
		root = json_loadb((const char *)text.data, text.size,
		    JSON_REJECT_DUPLICATES, NULL);
	own = tee_sim_keyset_kept(cloud->asp->dir, "uvm-root", 2048);
	uvm = json_array_get(json_object_get(root, "Uvm"), 0);
	if (json_is_string(uvm) &&
	    tee_sim_b64_read(json_string_value(uvm), json_string_length(uvm),
		&cose))
		wrong = tee_sim_uvm_judge(&cose, &facts->evidence, own,
		    &facts->svn);
	facts->endorsed = wrong == NULL;
	EVP_PKEY_free(own);
	json_decref(root);
	tee_sim_blob_free(&cose);
	tee_sim_blob_free(&text);
	return wrong;
}

const char *
tee_sim_maa_proof(const struct sim_cloud *cloud, const json_t *proof,
    struct sim_maa_facts *facts)
{
	struct sim_blob report = { NULL, 0 }, chain = { NULL, 0 };
	const char *wrong = "SnpReport or VcekCertChain is missing";

	if (tee_sim_b64_member(proof, "SnpReport", &report) &&
	    tee_sim_b64_member(proof, "VcekCertChain", &chain))
		wrong = tee_sim_evidence_judge(&facts->evidence, cloud, &report,
		    &chain);
	tee_sim_blob_free(&chain);
	tee_sim_blob_free(&report);
	return wrong != NULL ? wrong : judge_endorsements(cloud, proof, facts);
}

/* The paravisor's, by the key that it names. */
static bool
is_paravisors(const json_t *runtime)
{
	json_t *keys = json_object_get(runtime, "keys"), *key;
	const char *kid;
	size_t i;

	json_array_foreach(keys, i, key)
	{
		kid = json_string_value(json_object_get(key, "kid"));
		if (kid != NULL && strcmp(kid, "HCLAkPub") == 0)
			return true;
	}
	return false;
}

static json_t *
claim_of(const struct sim_blob *data, bool json)
{
	json_t *value;
	char *text;

	if (json) {
		value = json_loadb((const char *)data->data, data->size,
		    JSON_REJECT_DUPLICATES, NULL);
		if (value != NULL && !json_is_object(value)) {
			json_decref(value);
			value = NULL;
		}
		return value;
	}
	text = tee_sim_b64url(data->data, data->size);
	value = text != NULL ? json_string(text) : NULL;
	free(text);
	return value;
}

static bool
hashes_to(const struct sim_blob *data, const struct sim_maa_facts *facts,
    const char *field)
{
	uint8_t digest[32];

	return tee_sim_sha256(data->data, data->size, digest) &&
	    memcmp(digest,
		facts->evidence.report + tee_sim_field(field)->offset,
		sizeof(digest)) == 0;
}

const char *
tee_sim_maa_runtime(struct sim_maa_facts *facts, const struct sim_blob *data,
    bool json)
{
	if (!hashes_to(data, facts, "report_data"))
		return "runtimeData does not hash to the report's report data";
	facts->runtime = claim_of(data, json);
	if (facts->runtime == NULL)
		return "runtimeData is no JSON object";
	facts->cvm = json && is_paravisors(facts->runtime);
	return NULL;
}

/*
 * {"data","dataType"} of the request: 0 where absent, which empty texts are
 * too, because Microsoft's own client sends those; -1 where malformed.
 */
static int
take_data(const json_t *request, const char *name, struct sim_blob *data,
    bool *json)
{
	const json_t *member = json_object_get(request, name);
	const char *type =
	    json_string_value(json_object_get(member, "dataType"));

	if (member == NULL)
		return 0;
	if (type == NULL || !tee_sim_b64_member(member, "data", data))
		return -1;
	if (type[0] == '\0' && data->size == 0)
		return 0;
	*json = strcmp(type, "JSON") == 0;
	return *json || strcmp(type, "Binary") == 0 ? 1 : -1;
}

static const char *
judge_runtime(const json_t *request, struct sim_maa_facts *facts)
{
	struct sim_blob data = { NULL, 0 };
	bool json = false;
	int found = take_data(request, "runtimeData", &data, &json);
	const char *wrong = found == 0 ? NULL :
	    found < 0 ? "runtimeData is no data with a dataType" :
			tee_sim_maa_runtime(facts, &data, json);

	tee_sim_blob_free(&data);
	return wrong;
}

static const char *
judge_inittime(const json_t *request, struct sim_maa_facts *facts)
{
	struct sim_blob data = { NULL, 0 };
	bool json = false;
	int found = take_data(request, "initTimeData", &data, &json);
	const char *wrong = NULL;

	if (found < 0)
		wrong = "initTimeData is no data with a dataType";
	else if (found > 0 && !hashes_to(&data, facts, "host_data"))
		wrong = "initTimeData does not hash to the report's host data";
	else if (found > 0)
		facts->inittime = claim_of(&data, json);
	if (found > 0 && wrong == NULL && facts->inittime == NULL)
		wrong = "initTimeData is no JSON object";
	tee_sim_blob_free(&data);
	return wrong;
}

static const char *
judge(const struct sim_cloud *cloud, const json_t *request,
    struct sim_maa_facts *facts)
{
	struct sim_blob text = { NULL, 0 };
	const char *wrong = "report is no base64 of a JSON object";
	json_t *proof = NULL;

	if (tee_sim_b64_member(request, "report", &text))
		proof = json_loadb((const char *)text.data, text.size,
		    JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(proof))
		wrong = tee_sim_maa_proof(cloud, proof, facts);
	json_decref(proof);
	tee_sim_blob_free(&text);
	if (wrong == NULL)
		wrong = judge_runtime(request, facts);
	return wrong != NULL ? wrong : judge_inittime(request, facts);
}

/*
 * Microsoft's client sends a number of up to 64 bits without sign, of which
 * the parser keeps no digits; the text of the request has them.
 */
static bool
take_digits(const struct sim_web_request *request, char out[NONCE_MAX])
{
	const char *at = strstr((const char *)request->body, "\"nonce\"");
	size_t n = 0;

	if (at == NULL)
		return false;
	at += strlen("\"nonce\"");
	while (isspace((unsigned char)*at) || *at == ':')
		at++;
	while (isdigit((unsigned char)at[n]) && n < NONCE_MAX - 1)
		n++;
	memcpy(out, at, n);
	out[n] = '\0';
	return n > 0;
}

static const char *
add_nonce(struct sim_cloud *cloud, const struct sim_web_request *request,
    const json_t *body, json_t *claims)
{
	const json_t *nonce = json_object_get(body, "nonce");
	char digits[NONCE_MAX];

	if (nonce == NULL || json_is_null(nonce))
		return NULL;
	if (!json_is_string(nonce) &&
	    !(json_is_number(nonce) && take_digits(request, digits)))
		return "nonce is no text";
	if (tee_sim_cloud_due(cloud, SIM_SW_MAA_WRONG_NONCE))
		json_object_set_new(claims, "nonce", json_string("0"));
	else
		json_object_set_new(claims, "nonce",
		    json_string(json_is_string(nonce) ?
			    json_string_value(nonce) :
			    digits));
	return NULL;
}

void
tee_sim_maa_snp(struct sim_cloud *cloud, const struct sim_web_request *request,
    struct sim_web_answer *answer)
{
	static const char *const versions[] = { "2022-08-01", "2020-10-01",
		"2022-09-01-preview", "2025-06-01", NULL };
	struct sim_maa_facts facts = { .cvm = false };
	const char *wrong = "the body is no JSON object";
	json_t *body, *claims = NULL;
	char *token = NULL;

	if (!tee_sim_maa_version(request, answer, versions))
		return;
	body = tee_sim_web_object(request);
	if (body != NULL)
		wrong = judge(cloud, body, &facts);
	if (wrong == NULL) {
		claims = tee_sim_maa_claims(cloud, &facts);
		tee_sim_maa_add_policy(claims);
		tee_sim_maa_swap_key(cloud,
		    json_object_get(claims, "x-ms-runtime"));
		wrong = add_nonce(cloud, request, body, claims);
	}
	/* A draft policy is tried out, and nobody signs what comes of it. */
	if (wrong == NULL)
		token = tee_sim_maa_sign(cloud, claims,
		    json_object_get(body, "draftPolicyForAttestation") == NULL);
	if (wrong != NULL)
		tee_sim_maa_refuse(answer, "InvalidParameter", wrong);
	else if (token != NULL)
		tee_sim_answer_json(answer, 200,
		    json_pack("{s:s}", "token", token));
	free(token);
	json_decref(claims);
	json_decref(body);
	tee_sim_maa_facts_free(&facts);
}
