/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is sent to MAA, read back member by member and compared with a real
 * request.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>

#include "modules/common/base64.h"
#include "modules/common/json.h"
#include "modules/snp_azure/maarequest.h"
#include "tests/testlib_vector.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define REAL "azure/cleanroom/insecure-virtual/encryption/maa-request.json"
#define SPAN(text) \
	{ \
		(const uint8_t *)(text), sizeof(text) - 1 \
	}

/* The bytes of a member, NUL behind them; a test's own memory. */
static char *
bytes(const json_t *object, const char *name, enum tee_base64 kind,
    size_t *size)
{
	const char *text = tee_json_text(object, name);
	uint8_t *data;
	char *copy;

	ck_assert_msg(text != NULL, "%s", name);
	data = tee_b64_decode(kind, text, strlen(text), size);
	ck_assert_msg(data != NULL, "%s: %s", name, text);
	copy = strndup((char *)data, *size);
	free(data);
	return copy;
}

static json_t *
inner(const json_t *object, const char *name, enum tee_base64 kind)
{
	size_t size;
	char why[TEE_JSON_WHY], *text = bytes(object, name, kind, &size);
	json_t *root = tee_json_object(text, size, why);

	ck_assert_msg(root != NULL, "%s: %s", name, why);
	free(text);
	return root;
}

static void
is(const json_t *object, const char *name, enum tee_base64 kind,
    const void *want, size_t want_size)
{
	const char *text = tee_json_text(object, name);
	size_t size;
	uint8_t *data;

	ck_assert_msg(text != NULL, "%s", name);
	data = tee_b64_decode(kind, text, strlen(text), &size);
	ck_assert_msg(data != NULL, "%s", name);
	ck_assert_uint_eq(size, want_size);
	ck_assert_msg(memcmp(data, want, size) == 0, "%s", name);
	free(data);
}

START_TEST(snp_minimal)
{
	struct azure_snp_request r = { .report = SPAN("\xff\xfe a report"),
		.certs = SPAN("-----BEGIN x") };
	char *body = tee_azure_snp_request(&r);
	tee_auto_json *root = tee_json_object(body, strlen(body), NULL);
	tee_auto_json *report = inner(root, "report", TEE_BASE64_URL);

	ck_assert_uint_eq(json_object_size(root), 1);
	ck_assert_uint_eq(json_object_size(report), 2);
	is(report, "SnpReport", TEE_BASE64_URL, r.report.data, r.report.size);
	is(report, "VcekCertChain", TEE_BASE64_URL, r.certs.data, r.certs.size);
	free(body);
}
END_TEST

static void
load_uvm(struct sim_blob *out)
{
	struct sim_blob text = { 0 };
	json_t *root;
	const char *one;
	uint8_t *data;
	size_t size;

	vector_load(REAL "#report/Endorsements", &text);
	root = tee_json_object(text.data, text.size, NULL);
	one =
	    json_string_value(json_array_get(json_object_get(root, "Uvm"), 0));
	ck_assert_ptr_nonnull(one);
	data = tee_b64_decode(TEE_BASE64_ANY, one, strlen(one), &size);
	ck_assert_ptr_nonnull(data);
	ck_assert_uint_gt(size, 1000);
	ck_assert(tee_sim_blob_append(out, data, size));
	free(data);
	json_decref(root);
	tee_sim_blob_free(&text);
}

/* Out of the parts of a real request comes the same request. */
START_TEST(snp_real)
{
	struct sim_blob report = { 0 }, certs = { 0 }, runtime = { 0 },
			uvm = { 0 };
	struct azure_snp_request r;
	char *body, *list;
	json_t *root, *inside, *endorsements, *data;

	if (vector_root() == NULL)
		return;
	vector_load(REAL "#report/SnpReport", &report);
	vector_load(REAL "#report/VcekCertChain", &certs);
	vector_load(REAL "#runtimeData/data", &runtime);
	load_uvm(&uvm);
	ck_assert_uint_eq(report.size, 1184);
	r = (struct azure_snp_request){ { report.data, report.size },
		{ certs.data, certs.size }, { runtime.data, runtime.size },
		{ uvm.data, uvm.size } };
	body = tee_azure_snp_request(&r);
	root = tee_json_object(body, strlen(body), NULL);
	inside = inner(root, "report", TEE_BASE64_URL);
	is(inside, "SnpReport", TEE_BASE64_URL, report.data, report.size);
	is(inside, "VcekCertChain", TEE_BASE64_URL, certs.data, certs.size);
	endorsements = inner(inside, "Endorsements", TEE_BASE64_URL);
	ck_assert_uint_eq(json_array_size(json_object_get(endorsements, "Uvm")),
	    1);
	list = tee_b64_encode(TEE_BASE64_URL, uvm.data, uvm.size);
	ck_assert_str_eq(json_string_value(
			     json_array_get(json_object_get(endorsements,
						"Uvm"),
				 0)),
	    list);
	data = tee_json_member(root, "runtimeData");
	ck_assert(tee_json_is(data, "dataType", "JSON"));
	is(data, "data", TEE_BASE64_URL, runtime.data, runtime.size);
	json_decref(endorsements);
	json_decref(inside);
	json_decref(root);
	free(list);
	free(body);
	tee_sim_blob_free(&report);
	tee_sim_blob_free(&certs);
	tee_sim_blob_free(&runtime);
	tee_sim_blob_free(&uvm);
}
END_TEST

static const uint8_t signature[] = { 0, 0x14, 0, 0x0b, 0, 4, 's', 'i', 'g',
	'n' };
static const uint8_t certified[] = { 0, 0x14, 0, 0x0b, 0, 2, 'o', 'k' };
static const uint8_t pcr[AZURE_GUEST_PCRS][32] = { { 1 }, { 2 } };
static const uint8_t binding[32] = { 0xb1, 0xff };

static struct azure_guest_request
guest(void)
{
	return (struct azure_guest_request){ .report = SPAN("report"),
		.certs = SPAN("-----BEGIN"),
		.runtime = SPAN("{\"keys\":[]}"),
		.binding = { binding, sizeof(binding) },
		.tcg_log = SPAN("log"),
		.ak_cert = SPAN("cert"),
		.ak_public = SPAN("ak"),
		.quote = SPAN("quote"),
		.quote_signature = { signature, sizeof(signature) },
		.enckey = SPAN("enc"),
		.certify = SPAN("certify"),
		.certify_signature = { certified, sizeof(certified) },
		.pcr = pcr,
		.distribution = "Debian",
		.major = 12,
		.minor = 3 };
}

#define STD TEE_BASE64_STANDARD

static void
check_tpm(const json_t *tpm)
{
	const json_t *pcrs = json_object_get(tpm, "PCRs"), *one;
	size_t i;

	is(tpm, "AikCert", STD, "cert", 4);
	is(tpm, "AikPub", STD, "ak", 2);
	is(tpm, "PcrQuote", STD, "quote", 5);
	is(tpm, "PcrSignature", STD, "sign", 4);
	is(tpm, "EncKeyPub", STD, "enc", 3);
	is(tpm, "EncKeyCertifyInfo", STD, "certify", 7);
	is(tpm, "EncKeyCertifyInfoSignature", STD, "ok", 2);
	ck_assert_uint_eq(json_array_size(pcrs), 8);
	ck_assert_uint_eq(json_array_size(json_object_get(tpm, "PcrSet")), 8);
	json_array_foreach(pcrs, i, one)
	{
		ck_assert_int_eq(json_integer_value(
				     json_object_get(one, "Index")),
		    (json_int_t)i);
		is(one, "Digest", STD, pcr[i], 32);
	}
}

START_TEST(guest_members)
{
	struct azure_guest_request r = guest();
	char *body = tee_azure_guest_request(&r), *once;
	tee_auto_json *root = tee_json_object(body, strlen(body), NULL);
	tee_auto_json *info = inner(root, "AttestationInfo", TEE_BASE64_URL);
	const json_t *isolation = tee_json_member(info, "IsolationInfo");
	const json_t *evidence = tee_json_member(isolation, "Evidence");
	tee_auto_json *proof = inner(evidence, "Proof", STD);

	ck_assert(tee_json_is(info, "AttestationProtocolVersion", "2.0"));
	is(info, "OSType", STD, "Linux", 5);
	is(info, "OSDistro", STD, "Debian", 6);
	is(info, "OSBuild", STD, "NotApplication", 14);
	ck_assert_int_eq(json_integer_value(
			     json_object_get(info, "OSVersionMajor")),
	    12);
	ck_assert_int_eq(json_integer_value(
			     json_object_get(info, "OSVersionMinor")),
	    3);
	is(info, "TcgLogs", STD, "log", 3);
	once = tee_b64_encode(STD, binding, sizeof(binding));
	is(tee_json_member(info, "ClientPayload"), "nonce", STD, once,
	    strlen(once));
	check_tpm(tee_json_member(info, "TpmInfo"));
	ck_assert(tee_json_is(isolation, "Type", "SevSnp"));
	is(evidence, "RunTimeData", STD, r.runtime.data, r.runtime.size);
	is(proof, "SnpReport", TEE_BASE64_URL, "report", 6);
	is(proof, "VcekCertChain", STD, "-----BEGIN", 10);
	free(once);
	free(body);
}
END_TEST

START_TEST(guest_signatures)
{
	static const struct {
		uint8_t data[8];
		size_t size;
	} rows[] = {
		{ { 0, 0x14, 0, 0x0b, 0, 2, 1, 2 }, 8 }, /* good */
		{ { 0, 0x16, 0, 0x0b, 0, 2, 1, 2 }, 8 }, /* RSAPSS */
		{ { 0, 0x14, 0, 0x0c, 0, 2, 1, 2 }, 8 }, /* SHA-384 */
		{ { 0, 0x14, 0, 0x0b, 0, 2, 1, 2 }, 7 },
		{ { 0, 0x14, 0, 0x0b, 0, 1, 1, 2 }, 8 },
		{ { 0, 0x14, 0, 0x0b, 0, 0 }, 6 },
		{ { 0, 0x14 }, 2 },
		{ { 0 }, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct azure_guest_request r = guest();
		char *body;

		r.quote_signature.data = rows[i].data;
		r.quote_signature.size = rows[i].size;
		body = tee_azure_guest_request(&r);
		ck_assert_msg((body != NULL) == (i == 0), "%zu", i);
		free(body);
		r = guest();
		r.certify_signature.data = rows[i].data;
		r.certify_signature.size = rows[i].size;
		body = tee_azure_guest_request(&r);
		ck_assert_msg((body != NULL) == (i == 0), "%zu", i);
		free(body);
	}
}
END_TEST

START_TEST(answers)
{
	static const struct {
		const char *body, *token;
	} rows[] = {
		{ "{\"token\":\"a.b.c\"}", "a.b.c" },
		{ "{\"token\":\"a.b.c\",\"more\":1}", "a.b.c" },
		{ "{\"token\":\"\"}", NULL },
		{ "{\"token\":1}", NULL },
		{ "{\"token\":\"a\",\"token\":\"b\"}", NULL },
		{ "{}", NULL },
		{ "{\"token\":\"a.b", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *token = tee_azure_maa_answer_token(rows[i].body,
		    strlen(rows[i].body));

		ck_assert_msg((token != NULL) == (rows[i].token != NULL) &&
			(token == NULL || strcmp(token, rows[i].token) == 0),
		    "%s", rows[i].body);
		free(token);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure_maa_request");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, snp_minimal);
	tcase_add_test(tcase, snp_real);
	tcase_add_test(tcase, guest_members);
	tcase_add_test(tcase, guest_signatures);
	tcase_add_test(tcase, answers);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	if (vector_root() == NULL)
		puts("real evidence: skipped (no TEE_VECTORS)");
	return failed > 0;
}
