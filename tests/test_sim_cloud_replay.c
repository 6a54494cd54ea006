/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real requests and real evidence, under AMD's own roots, from $TEE_VECTORS:
 * the simulator's MAA must see in them what the real one did.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test_sim_cloud.h"
#include "tests/testlib_cloud_maa.h"

#define REPLAY "azure/cleanroom/insecure-virtual/encryption/maa-request.json"
#define NEGATIVE "azure/maa-request-samples/sevsnpvm-2022-08-01.request.json"
#define REAL_TOKEN "azure/maa-tokens/sevsnpvm-2025-04.jwt"
#define CVM "azure/cleanroom/cvm/insecure-virtual/encryption/attestation.json"

static const char *
vector(const char *name)
{
	static char path[1024];
	const char *root = getenv("TEE_VECTORS");
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", root != NULL ? root : "", name);
	file = fopen(path, "re");
	if (file == NULL) {
		printf("# skipped: no %s\n", name);
		return NULL;
	}
	fclose(file);
	return path;
}

static json_t *
load(const char *path)
{
	json_t *root = json_load_file(path, JSON_DECODE_INT_AS_REAL, NULL);

	ck_assert_msg(root != NULL, "%s", path);
	return root;
}

static char *
slurp(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = calloc(1, 256 * 1024);

	ck_assert(file != NULL && text != NULL);
	ck_assert_uint_gt(fread(text, 1, 256 * 1024 - 1, file), 0);
	fclose(file);
	return text;
}

static char *
post(const char *text, long status)
{
	struct reply reply;
	json_t *root;
	char *token = NULL;

	cloud_ask(&reply, "maa", NULL,
	    "/attest/SevSnpVm?api-version=2022-08-01",
	    "Content-Type: application/json", text);
	ck_assert_msg(reply.status == status, "%ld %s", reply.status,
	    (char *)reply.body.data);
	root = reply_json(&reply);
	if (status == 200)
		token =
		    strdup(json_string_value(json_object_get(root, "token")));
	json_decref(root);
	reply_free(&reply);
	return token;
}

static void
same(const json_t *claims, const char *name, const json_t *value)
{
	ck_assert_msg(json_equal(json_object_get(claims, name), value) == 1,
	    "%s", name);
}

/* The body byte for byte, number of 64 bits and all. */
START_TEST(replay)
{
	const char *path = vector(REPLAY);
	char *text, *token, *runtime;
	json_t *body, *claims, *value;

	if (path == NULL)
		return;
	cloud_turn("");
	text = slurp(path);
	body = load(path);
	token = post(text, 200);
	claims = jwt_part(token, 1, JSON_REJECT_DUPLICATES);
	value = json_string("azure-compliant-uvm");
	same(claims, "x-ms-compliance-status", value);
	json_decref(value);
	value = json_string("13202930541250959283");
	same(claims, "nonce", value);
	json_decref(value);
	value = json_integer(103);
	same(claims, "x-ms-sevsnpvm-guestsvn", value);
	json_decref(value);
	runtime =
	    jwt_text(json_string_value(
			 json_object_get(json_object_get(body, "runtimeData"),
			     "data")),
		0);
	value = json_loads(runtime, 0, NULL);
	same(claims, "x-ms-runtime", value);
	json_decref(value);
	free(runtime);
	json_decref(claims);
	json_decref(body);
	free(token);
	free(text);
}
END_TEST

/* Runtime data of another report: 400.  Without: what the real MAA gave. */
START_TEST(negative)
{
	const char *path = vector(NEGATIVE), *name;
	json_t *body, *real, *claims, *value;
	char *text, *token, *real_token;

	if (path == NULL)
		return;
	cloud_turn("");
	body = load(path);
	text = json_dumps(body, 0);
	ck_assert_ptr_null(post(text, 400));
	free(text);
	json_object_del(body, "runtimeData");
	text = json_dumps(body, 0);
	token = post(text, 200);
	claims = jwt_part(token, 1, JSON_REJECT_DUPLICATES);
	real_token = slurp(vector(REAL_TOKEN));
	real = jwt_part(real_token, 1, JSON_REJECT_DUPLICATES);
	ck_assert_uint_eq(json_object_size(claims), json_object_size(real));
	json_object_foreach(real, name, value)
	{
		/* Who said it, and when; another instance's policy. */
		static const char own[] =
		    " iss exp iat nbf jti x-ms-policy-hash ";
		char word[64];

		snprintf(word, sizeof(word), " %s ", name);
		if (strstr(own, word) == NULL)
			same(claims, name, value);
		ck_assert_ptr_nonnull(json_object_get(claims, name));
	}
	json_decref(real);
	json_decref(claims);
	json_decref(body);
	free(real_token);
	free(token);
	free(text);
}
END_TEST

/* One bit of real evidence: its report, and what endorses it. */
START_TEST(spoiled)
{
	static const char *const members[] = { "SnpReport", "Endorsements" };
	const char *path = vector(REPLAY);
	char *inner, *text, *member;
	json_t *body, *proof;

	if (path == NULL)
		return;
	cloud_turn("");
	body = load(path);
	inner = jwt_text(json_string_value(json_object_get(body, "report")), 0);
	proof = json_loads(inner, 0, NULL);
	member = strdup(json_string_value(json_object_get(proof, members[_i])));
	member[strlen(member) / 2] =
	    member[strlen(member) / 2] == 'A' ? 'B' : 'A';
	json_object_set_new(proof, members[_i], json_string(member));
	free(inner);
	inner = json_dumps(proof, 0);
	json_object_set_new(body, "report",
	    encoded(true, inner, strlen(inner)));
	json_object_set_new(body, "nonce", json_string("1"));
	text = json_dumps(body, 0);
	ck_assert_ptr_null(post(text, 400));
	free(text);
	free(member);
	free(inner);
	json_decref(proof);
	json_decref(body);
}
END_TEST

static uint8_t *
unbase64(const json_t *value, size_t *size)
{
	const char *text = json_string_value(value);
	uint8_t *out = calloc(1, strlen(text) + 1);
	int n = EVP_DecodeBlock(out, (const uint8_t *)text, (int)strlen(text));

	ck_assert_int_gt(n, 0);
	*size = (size_t)n;
	return out;
}

/* A real confidential VM: the HCL report's JSON goes as runtime data. */
START_TEST(confidential_vm)
{
	const char *path = vector(CVM);
	json_t *root, *cvm, *body, *claims;
	struct maa_evidence evidence;
	uint8_t *hcl;
	const char *pem;
	size_t size, json;
	char *token;

	if (path == NULL)
		return;
	cloud_turn("");
	root = load(path);
	cvm = json_object_get(json_object_get(root, "report"), "snpCvm");
	if (cvm == NULL)
		cvm = json_object_get(root, "snpCvm");
	hcl = unbase64(json_object_get(json_object_get(cvm, "evidence"),
			   "hclReport"),
	    &size);
	ck_assert_uint_ge(size, 2600);
	pem = json_string_value(json_object_get(cvm, "platformCertificates"));
	ck_assert_ptr_nonnull(pem);
	memcpy(evidence.report, hcl + 32, SIM_REPORT_SIZE);
	evidence.pem =
	    (struct sim_blob){ (uint8_t *)(uintptr_t)pem, strlen(pem) };
	json = (size_t)hcl[1232] | (size_t)hcl[1233] << 8;
	body = maa_request(&evidence, hcl + 1236, json);
	token = maa_token("SevSnpVm", body);
	claims = jwt_part(token, 1, JSON_REJECT_DUPLICATES);
	ck_assert_str_eq(json_string_value(
			     json_object_get(claims, "x-ms-compliance-status")),
	    "azure-compliant-cvm");
	ck_assert_uint_eq(strlen(json_string_value(
			      json_object_get(json_object_get(claims,
						  "x-ms-runtime"),
				  "user-data"))),
	    128);
	json_decref(claims);
	json_decref(body);
	json_decref(root);
	free(token);
	free(hcl);
}
END_TEST

void
add_replay_tests(TCase *tcase)
{
	tcase_add_test(tcase, replay);
	tcase_add_test(tcase, negative);
	tcase_add_loop_test(tcase, spoiled, 0, 2);
	tcase_add_test(tcase, confidential_vm);
}
