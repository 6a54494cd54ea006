/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verifier line against a server of the test: what it asks and how often,
 * what it takes for an answer, and what it leaves for the keystore.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <check.h>

#include "modules/common/base64.h"
#include "modules/common/json.h"
#include "modules/snp_azure/facility.h"
#include "tests/testlib_maa_server.h"
#include "tests/testlib_snp.h"
#include "tests/testlib_vtpm.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

START_TEST(container)
{
	struct maa_scene s;
	struct azure_maa *maa;
	struct tee_claims *claims;
	const struct tee_item *token;
	char *want;

	maa_serve_start(&s, MAA_RUNTIME);
	maa_serve_token(&s);
	maa = maa_server_line(NULL);
	claims = maa_judge_with(&s, maa);
	snp_expect("container", claims, NULL, NULL);
	ck_assert(claims->simulated);
	ck_assert_uint_eq(maa_asked(MAA_SNP), 1);
	ck_assert_uint_eq(maa_asked("/certs"), 1);
	token = tee_evidence_item(s.evidence, "maa.token");
	want = maa_token(&s);
	ck_assert_uint_eq(token->size, strlen(want));
	ck_assert_mem_eq(token->data, want, token->size);
	ck_assert(maa_left(&s, "maa.jwks"));
	tee_claims_free(&claims);
	/* Again: a new token, but the keys are known. */
	claims = maa_judge_with(&s, maa);
	snp_expect("again", claims, NULL, NULL);
	ck_assert_uint_eq(maa_asked(MAA_SNP), 2);
	ck_assert_uint_eq(maa_asked("/certs"), 1);
	ck_assert(maa_left(&s, "maa.jwks"));
	tee_claims_free(&claims);
	tee_azure_maa_free(&maa);
	free(want);
	maa_free(&s);
}
END_TEST

/* What was sent is what the evidence had. */
START_TEST(request)
{
	struct maa_scene s;
	struct tee_claims *claims;
	const struct http_asked *first;
	tee_auto_json *body = NULL;
	const struct tee_item *runtime;
	uint8_t *data;
	const char *text;
	size_t size;

	maa_serve_start(&s, MAA_RUNTIME);
	maa_serve_token(&s);
	claims = maa_server_judge(&s, NULL);
	snp_expect("request", claims, NULL, NULL);
	first = http_server_asked(maa_server, 0);
	ck_assert_str_eq(first->method, "POST");
	ck_assert_str_eq(first->url, MAA_SNP);
	ck_assert_str_eq(first->type, "application/json");
	ck_assert_str_eq(first->authorization, "");
	body = tee_json_object(first->body, strlen(first->body), NULL);
	text = tee_json_text(tee_json_member(body, "runtimeData"), "data");
	runtime = tee_evidence_item(s.evidence, "snp.runtime-data");
	data = tee_b64_decode(TEE_BASE64_URL, text, strlen(text), &size);
	ck_assert_uint_eq(size, runtime->size);
	ck_assert_mem_eq(data, runtime->data, size);
	free(data);
	tee_claims_free(&claims);
	maa_free(&s);
}
END_TEST

static const struct refusal {
	const char *name;
	unsigned status;
	const char *body; /* NULL: the good token */
	const char *fails, *not_done;
	unsigned posts;
} refusals[] = {
	{ "good", 200, NULL, NULL, NULL, 1 },
	{ "400", 400,
	    "{\"error\":{\"code\":\"InvalidParameter\",\"message\":\"no\"}}",
	    "maa.attest", "binding", 1 },
	{ "401", 401, "", "maa.attest", "binding", 1 },
	{ "403", 403, "{}", "maa.attest", "binding", 1 },
	{ "404", 404, "", NULL, "maa.attest binding", 1 },
	{ "no token", 200, "{}", NULL, "maa.attest binding", 1 },
	{ "token a number", 200, "{\"token\":1}", NULL, "maa.attest binding",
	    1 },
	{ "truncated JSON", 200, "{\"token\":\"eyJ", NULL, "maa.attest binding",
	    1 },
	{ "no JSON", 200, "<html>", NULL, "maa.attest binding", 1 },
	{ "no JWS", 200, "{\"token\":\"x\"}", "token.format", "binding", 1 },
};

START_TEST(answers)
{
	for (size_t i = 0; i < COUNT(refusals); i++) {
		const struct refusal *row = &refusals[i];
		struct maa_scene s;
		struct tee_claims *claims;

		maa_serve_start(&s, MAA_CONTAINER);
		if (row->body != NULL)
			maa_serve(&s, row->status, strdup(row->body), 200,
			    NULL);
		else
			maa_serve_token(&s);
		claims = maa_server_judge(&s, NULL);
		snp_expect(row->name, claims, row->fails, row->not_done);
		ck_assert_msg(maa_asked(MAA_SNP) == row->posts, "%s",
		    row->name);
		ck_assert(maa_left(&s, "maa.token") == (row->body == NULL));
		ck_assert(maa_left(&s, "maa.jwks") == (row->body == NULL));
		tee_claims_free(&claims);
		maa_free(&s);
	}
}
END_TEST

/* MAA's own words reach the operator. */
START_TEST(words)
{
	struct maa_scene s;
	struct tee_claims *claims;
	const struct tee_check *check;

	maa_serve_start(&s, MAA_CONTAINER);
	maa_serve(&s, 400,
	    strdup("{\"error\":{\"code\":\"PolicyEvaluationError\","
		   "\"message\":\"Policy said no\"}}"),
	    200, NULL);
	claims = maa_server_judge(&s, NULL);
	check = snp_check(claims, "maa.attest");
	ck_assert_ptr_nonnull(strstr(check->detail, "400"));
	ck_assert_ptr_nonnull(strstr(check->detail, "PolicyEvaluationError"));
	ck_assert_ptr_nonnull(strstr(check->detail, "Policy said no"));
	tee_claims_free(&claims);
	maa_free(&s);
}
END_TEST

START_TEST(outages)
{
	struct maa_scene s;
	struct tee_claims *claims;

	maa_serve_start(&s, MAA_CONTAINER);
	s.budget_ms = 1000;
	maa_serve(&s, 503, strdup(""), 200, NULL);
	claims = maa_server_judge(&s, NULL);
	snp_expect("503", claims, NULL, "maa.attest binding");
	tee_claims_free(&claims);
	http_server_free(&maa_server);
	claims = maa_server_judge(&s, NULL);
	snp_expect("nobody listens", claims, NULL, "maa.attest binding");
	ck_assert(!maa_left(&s, "maa.token"));
	tee_claims_free(&claims);
	maa_free(&s);
}
END_TEST

START_TEST(roots)
{
	struct maa_scene s;
	struct tee_claims *claims;
	uint8_t other[32] = { 1 };

	maa_serve_start(&s, MAA_CONTAINER);
	maa_serve_token(&s);
	s.root = other;
	claims = maa_server_judge(&s, NULL);
	snp_expect("another root", claims, "maa.root", "binding");
	tee_claims_free(&claims);
	s.root = NULL;
	claims = maa_server_judge(&s, NULL);
	snp_expect("no root", claims, "maa.root", "binding");
	ck_assert_uint_eq(http_server_count(maa_server), 0);
	tee_claims_free(&claims);
	/* In passport mode too, though nobody is asked. */
	s.no_token = false;
	claims = maa_server_judge(&s, NULL);
	snp_expect("passport", claims, "maa.root", "binding");
	tee_claims_free(&claims);
	maa_free(&s);
}
END_TEST

START_TEST(keys_refused)
{
	static const struct {
		const char *name;
		unsigned status;
		const char *text, *fails, *not_done;
	} rows[] = {
		{ "404", 404, "", NULL, "token.key binding" },
		{ "403", 403, "", NULL, "token.key binding" },
		{ "no keys", 200, "{\"keys\":[]}", NULL, "token.key binding" },
		{ "no JSON", 200, "<html>", NULL, "token.key binding" },
		{ "other keys", 200,
		    "{\"keys\":[{\"kid\":\"a\",\"kty\":\"RSA\"}]}", "token.key",
		    "binding" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct maa_scene s;
		struct tee_claims *claims;
		char *token;

		maa_serve_start(&s, MAA_CONTAINER);
		token = maa_token(&s);
		maa_serve(&s, 200, maa_in_token(token), rows[i].status,
		    rows[i].text);
		claims = maa_server_judge(&s, NULL);
		snp_expect(rows[i].name, claims, rows[i].fails,
		    rows[i].not_done);
		ck_assert(!maa_left(&s, "maa.token"));
		ck_assert_uint_eq(claims->asserted, 0);
		tee_claims_free(&claims);
		maa_free(&s);
		free(token);
	}
}
END_TEST

/* Providers may share keys: the issuer decides, and nothing is kept. */
START_TEST(other_issuer)
{
	struct maa_scene s;
	struct tee_claims *claims;

	maa_serve_start(&s, MAA_CONTAINER);
	maa_set(&s, "iss=\"https://other.example\"");
	maa_serve_token(&s);
	claims = maa_server_judge(&s, NULL);
	snp_expect("issuer", claims, "token.issuer", "binding");
	ck_assert(!maa_left(&s, "maa.token"));
	ck_assert_uint_eq(claims->measurements.count, 0);
	ck_assert_uint_eq(claims->asserted, 0);
	tee_claims_free(&claims);
	maa_free(&s);
}
END_TEST

/* Evidence that MAA cannot be asked about: nobody is. */
START_TEST(incomplete)
{
	static const struct {
		const char *name;
		enum maa_shape shape;
		const char *drop, *put;
		const char *fails, *not_done;
	} rows[] = {
		{ "no report", MAA_CONTAINER, "snp.report", NULL, NULL,
		    "maa.evidence binding" },
		{ "no certificates", MAA_CONTAINER, "snp.certs", NULL, NULL,
		    "maa.evidence binding" },
		{ "certificates in DER", MAA_CONTAINER, "snp.certs",
		    "\x30\x82 and more bytes", NULL, "maa.evidence binding" },
		{ "no HCL report at all", MAA_VM, "azure.hcl-report", "HCLA",
		    "maa.evidence", "binding" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct maa_scene s;
		struct tee_claims *claims;
		size_t k = 0;

		maa_serve_start(&s, rows[i].shape);
		maa_serve_token(&s);
		while (strcmp(s.item[k].type, rows[i].drop) != 0)
			k++;
		free(s.item[k].data);
		s.item[k] = s.item[--s.item_count];
		if (rows[i].put != NULL)
			maa_item(&s, rows[i].drop, rows[i].put,
			    strlen(rows[i].put));
		claims = maa_server_judge(&s, NULL);
		snp_expect(rows[i].name, claims, rows[i].fails,
		    rows[i].not_done);
		ck_assert_uint_eq(http_server_count(maa_server), 0);
		tee_claims_free(&claims);
		maa_free(&s);
	}
}
END_TEST

START_TEST(other_tee)
{
	struct maa_scene s;
	struct tee_claims *claims;

	maa_serve_start(&s, MAA_VM);
	maa_serve_token(&s);
	s.item[0].data[1224] = 4; /* TDX */
	claims = maa_server_judge(&s, NULL);
	snp_expect("TDX", claims, "maa.evidence", "binding");
	ck_assert_uint_eq(http_server_count(maa_server), 0);
	tee_claims_free(&claims);
	maa_free(&s);
}
END_TEST

START_TEST(vm)
{
	struct maa_scene s;
	struct tee_claims *claims;

	maa_serve_start(&s, MAA_VM);
	maa_serve_token(&s);
	claims = maa_server_judge(&s, NULL);
	snp_expect("vm", claims, NULL, NULL);
	ck_assert_uint_eq(maa_asked(MAA_SNP), 1);
	ck_assert_uint_eq(testlib_vtpm.opened, 0);
	tee_claims_free(&claims);
	/* Asked by name, it is the TPM's; a container never has one. */
	maa_free(&s);
	maa_serve_start(&s, MAA_CONTAINER);
	maa_serve_token(&s);
	claims = maa_server_judge(&s, "attest=azureguest");
	snp_expect("container", claims, NULL, NULL);
	ck_assert_uint_eq(maa_asked(MAA_GUEST_URL), 0);
	tee_claims_free(&claims);
	maa_free(&s);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure_maa");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	maa_keys_open();
	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, maa_set_up, maa_tear_down);
	tcase_add_test(tcase, container);
	tcase_add_test(tcase, request);
	tcase_add_test(tcase, answers);
	tcase_add_test(tcase, words);
	tcase_add_test(tcase, outages);
	tcase_add_test(tcase, roots);
	tcase_add_test(tcase, keys_refused);
	tcase_add_test(tcase, other_issuer);
	tcase_add_test(tcase, incomplete);
	tcase_add_test(tcase, other_tee);
	tcase_add_test(tcase, vm);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	maa_keys_close();
	return failed > 0;
}
