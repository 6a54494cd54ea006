/* SPDX-License-Identifier: Apache-2.0 */
/* MAA's SevSnpVm: what it asks of a request, and each check failing alone. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test_sim_cloud.h"
#include "tests/testlib_cloud_maa.h"

#define INIT "policy of the container"

enum change {
	NOTHING,
	NO_RUNTIME,
	OTHER_RUNTIME,
	EMPTY_RUNTIME,
	RUNTIME_TYPE,
	RUNTIME_NUMBER,
	BINARY_RUNTIME,
	NO_OBJECT,
	INIT_GOOD,
	INIT_WRONG,
	INIT_EMPTY,
	NONCE_FALSE,
	STANDARD_BASE64,
	NO_BASE64,
	SHORT_REPORT,
	FLIP_MEASUREMENT,
	FLIP_SIGNATURE,
	NO_CHAIN,
	LEAF_ALONE,
	ROOT_TWICE,
	EXTRA_MEMBER,
	BAD_ENDORSEMENT
};

static const struct {
	const char *name, *turn;
	enum change change;
	const char *wrong; /* NULL: a token */
} rows[] = { { "well asked", "", NOTHING, NULL },
	{ "without runtime data", "", NO_RUNTIME, NULL },
	{ "binary runtime data", "", BINARY_RUNTIME, NULL },
	{ "empty runtime data", "", EMPTY_RUNTIME, NULL },
	{ "other runtime data", "", OTHER_RUNTIME,
	    "runtimeData does not hash" },
	{ "unknown dataType", "", RUNTIME_TYPE, "runtimeData is no data" },
	{ "runtime data is a number", "", RUNTIME_NUMBER,
	    "runtimeData is no data" },
	{ "runtime data is no object", "", NO_OBJECT,
	    "runtimeData is no JSON object" },
	{ "init-time data", "host_data=", INIT_GOOD, NULL },
	{ "other init-time data", "host_data=", INIT_WRONG,
	    "initTimeData does not hash" },
	{ "empty init-time data", "", INIT_EMPTY, NULL },
	{ "nonce is no text", "", NONCE_FALSE, "nonce is no text" },
	{ "standard base64 with padding", "", STANDARD_BASE64, NULL },
	{ "no base64", "", NO_BASE64, "report is no base64" },
	{ "unknown member", "", EXTRA_MEMBER, NULL },
	{ "short report", "", SHORT_REPORT, "SnpReport is not of 1184" },
	{ "another measurement", "", FLIP_MEASUREMENT,
	    "the report's signature" },
	{ "another signature", "", FLIP_SIGNATURE, "the report's signature" },
	{ "no chain", "", NO_CHAIN, "SnpReport or VcekCertChain" },
	{ "leaf alone", "", LEAF_ALONE, "VcekCertChain is not three" },
	{ "root twice", "", ROOT_TWICE, "VcekCertChain is not three" },
	{ "endorsement is no COSE", "", BAD_ENDORSEMENT,
	    "the UVM endorsement is no COSE_Sign1" },
	{ "VCEK of another TCB", "vek=stale-tcb", NOTHING,
	    "the VCEK is of another TCB" },
	{ "VCEK of another chip", "vek=other-chip", NOTHING,
	    "the VCEK is another chip's" },
	{ "another key in the VCEK", "vek=other-key", NOTHING,
	    "the report's signature" },
	{ "VCEK expired", "vek=expired", NOTHING,
	    "VcekCertChain is no valid chain" },
	{ "unsigned report", "mask-key=yes", NOTHING,
	    "the report's signature" },
	{ "the host's report", "host-request=yes", NOTHING,
	    "the report was not asked for by a guest" },
	{ "Genoa", "product=Genoa", NOTHING, NULL },
	{ "Turin", "product=Turin", NOTHING, NULL } };

static json_t *
data_of(const char *text, const char *type)
{
	return json_pack("{s:o, s:s}", "data",
	    encoded(true, text, strlen(text)), "dataType", type);
}

static void
change_evidence(struct maa_evidence *evidence, enum change change)
{
	char *pem, *second;

	ck_assert(tee_sim_blob_append(&evidence->pem, "", 1));
	evidence->pem.size--;
	pem = (char *)evidence->pem.data;
	second = strdup(strstr(pem + 1, "-----BEGIN"));
	if (change == FLIP_MEASUREMENT)
		evidence->report[0x90] ^= 1;
	else if (change == FLIP_SIGNATURE)
		evidence->report[0x2a0] ^= 1;
	else if (change == LEAF_ALONE)
		evidence->pem.size -= strlen(second);
	else if (change == ROOT_TWICE)
		ck_assert(tee_sim_blob_append(&evidence->pem, second,
		    strlen(second)));
	free(second);
}

/* The proof with a member of it different. */
static json_t *
change_proof(const struct maa_evidence *evidence, enum change change)
{
	json_t *proof = json_object(), *out;
	char *text;

	json_object_set_new(proof, "SnpReport",
	    encoded(change != STANDARD_BASE64, evidence->report,
		SIM_REPORT_SIZE - (change == SHORT_REPORT)));
	if (change != NO_CHAIN)
		json_object_set_new(proof, "VcekCertChain",
		    encoded(change != STANDARD_BASE64, evidence->pem.data,
			evidence->pem.size));
	if (change == EXTRA_MEMBER)
		json_object_set_new(proof, "Later", json_true());
	if (change == BAD_ENDORSEMENT)
		json_object_set_new(proof, "Endorsements",
		    encoded(true, "{\"Uvm\":[\"0oRD\"]}", 16));
	text = json_dumps(proof, 0);
	out = encoded(change != STANDARD_BASE64, text, strlen(text));
	free(text);
	json_decref(proof);
	return out;
}

static void
change_request(json_t *body, enum change change)
{
	json_t *runtime = json_object_get(body, "runtimeData");

	if (change == NO_RUNTIME)
		json_object_del(body, "runtimeData");
	else if (change == OTHER_RUNTIME)
		json_object_set_new(body, "runtimeData", data_of("{}", "JSON"));
	else if (change == EMPTY_RUNTIME)
		json_object_set_new(body, "runtimeData", data_of("", ""));
	else if (change == BINARY_RUNTIME)
		json_object_set_new(runtime, "dataType", json_string("Binary"));
	else if (change == RUNTIME_TYPE)
		json_object_set_new(runtime, "dataType", json_string("Text"));
	else if (change == RUNTIME_NUMBER)
		json_object_set_new(runtime, "data", json_integer(1));
	else if (change == INIT_GOOD)
		json_object_set_new(body, "initTimeData",
		    data_of(INIT, "Binary"));
	else if (change == INIT_WRONG)
		json_object_set_new(body, "initTimeData",
		    data_of(INIT "s", "Binary"));
	else if (change == INIT_EMPTY)
		json_object_set_new(body, "initTimeData", data_of("", ""));
	else if (change == NONCE_FALSE)
		json_object_set_new(body, "nonce", json_false());
	else if (change == NO_BASE64)
		json_object_set_new(body, "report", json_string("****"));
	else if (change == EXTRA_MEMBER)
		json_object_set_new(body, "later", json_true());
}

/* "host_data=" stands for the digest of the init-time data. */
static void
turn_for(const char *turn)
{
	uint8_t digest[32];
	char text[128];
	int n = snprintf(text, sizeof(text), "%s", turn);

	sha256(INIT, strlen(INIT), digest);
	if (strcmp(turn, "host_data=") == 0)
		for (unsigned i = 0; i < sizeof(digest); i++)
			n += snprintf(text + n, 3, "%02x", digest[i]);
	cloud_turn(text);
}

START_TEST(row)
{
	const char *data = rows[_i].change == NO_OBJECT ? "[1]" : MAA_RUNTIME;
	struct maa_evidence evidence;
	struct reply reply;
	json_t *body;

	turn_for(rows[_i].turn);
	maa_evidence(&evidence, data, strlen(data));
	change_evidence(&evidence, rows[_i].change);
	body = maa_request(&evidence, data, strlen(data));
	json_object_set_new(body, "report",
	    change_proof(&evidence, rows[_i].change));
	change_request(body, rows[_i].change);
	cloud_attest(&reply, "SevSnpVm", body);
	ck_assert_msg(reply.status == (rows[_i].wrong == NULL ? 200 : 400),
	    "%s: %ld %s", rows[_i].name, reply.status, (char *)reply.body.data);
	if (rows[_i].wrong != NULL) {
		reply_error(&reply, "InvalidParameter", rows[_i].wrong);
		ck_assert_str_eq(reply_header(&reply, "x-ms-error-code"),
		    "InvalidParameter");
	}
	json_decref(body);
	reply_free(&reply);
	tee_sim_blob_free(&evidence.pem);
}
END_TEST

/* How it is asked, with a body that is good. */
static const struct {
	const char *name, *method, *target, *type;
	long status;
} asked[] = { { "well", NULL, "/attest/SevSnpVm?api-version=2022-08-01",
		  "application/json", 200 },
	{ "other letters", NULL, "/Attest/sevsnpVM?api-version=2020-10-01",
	    "application/json; charset=utf-8", 200 },
	{ "preview", NULL, "/attest/SevSnpVm?api-version=2022-09-01-preview",
	    "application/json", 200 },
	{ "no version", NULL, "/attest/SevSnpVm", "application/json", 400 },
	{ "unknown version", NULL, "/attest/SevSnpVm?api-version=2016-01-01",
	    "application/json", 400 },
	{ "no JSON by its type", NULL,
	    "/attest/SevSnpVm?api-version=2022-08-01", "text/plain", 400 },
	{ "another method", "PUT", "/attest/SevSnpVm?api-version=2022-08-01",
	    "application/json", 405 },
	{ "another path", NULL, "/attest/Nobody?api-version=2022-08-01",
	    "application/json", 404 } };

START_TEST(way)
{
	struct maa_evidence evidence;
	struct reply reply;
	char type[64], *text;
	json_t *body;

	cloud_turn("");
	maa_evidence(&evidence, MAA_RUNTIME, strlen(MAA_RUNTIME));
	body = maa_request(&evidence, MAA_RUNTIME, strlen(MAA_RUNTIME));
	text = json_dumps(body, 0);
	snprintf(type, sizeof(type), "Content-Type: %s", asked[_i].type);
	cloud_ask(&reply, "maa", asked[_i].method, asked[_i].target, type,
	    text);
	ck_assert_msg(reply.status == asked[_i].status, "%s: %ld",
	    asked[_i].name, reply.status);
	ck_assert_str_eq(reply_header(&reply, "Server"), "Kestrel");
	ck_assert_ptr_nonnull(reply_header(&reply, "x-ms-request-id"));
	ck_assert_ptr_nonnull(reply_header(&reply, "x-ms-maa-service-version"));
	free(text);
	json_decref(body);
	reply_free(&reply);
	tee_sim_blob_free(&evidence.pem);
}
END_TEST

START_TEST(no_json)
{
	static const char *const bodies[] = { "", "{", "[]",
		"{\"a\":1,\"a\":2}", "{}" };
	struct reply reply;

	cloud_turn("");
	cloud_ask(&reply, "maa", NULL,
	    "/attest/SevSnpVm?api-version=2022-08-01",
	    "Content-Type: application/json", bodies[_i]);
	ck_assert_int_eq(reply.status, 400);
	reply_free(&reply);
}
END_TEST

START_TEST(policy_refuses)
{
	struct reply reply;

	cloud_turn("maa-400=1");
	cloud_ask(&reply, "maa", NULL,
	    "/attest/SevSnpVm?api-version=2022-08-01",
	    "Content-Type: application/json", "{}");
	ck_assert_int_eq(reply.status, 400);
	reply_error(&reply, "PolicyEvaluationError", "Native operation failed");
	ck_assert_str_eq(reply_header(&reply, "x-ms-error-code"),
	    "PolicyEvaluationError");
	reply_free(&reply);
}
END_TEST

void
add_maa_tests(TCase *tcase)
{
	tcase_add_loop_test(tcase, row, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_loop_test(tcase, way, 0, sizeof(asked) / sizeof(asked[0]));
	tcase_add_loop_test(tcase, no_json, 0, 5);
	tcase_add_test(tcase, policy_refuses);
}
