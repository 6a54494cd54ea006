/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Access tokens: what IMDS and an authority are asked, how long an answer
 * serves, who asks while others wait, and what is never asked again.
 */
#include "config.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "modules/snp_azure/imds.h"
#include "tests/testlib_http.h"

#define VAULT "https://vault.azure.net"
#define BAD_FILE \
	"identity=workload|client_id=c|tenant_id=t|federated_token_file=rel"
#define HSM "https://managedhsm.azure.net"

static struct http_server *server;
static struct http_call c;
static struct azure_identity *identity;
static char token_file[4200], answer[512];

static void
set_up(void)
{
	char build[4096];

	server = http_server_new(NULL, NULL);
	http_call_begin(&c, 3000, NULL);
	ck_assert_ptr_nonnull(realpath(getenv("TEE_TEST_BUILDDIR"), build));
	snprintf(token_file, sizeof(token_file), "%s/tests/tmp", build);
	mkdir(token_file, 0700);
	snprintf(token_file, sizeof(token_file), "%s/tests/tmp/federated-%d",
	    build, (int)getpid());
}

static void
tear_down(void)
{
	tee_azure_identity_free(&identity);
	http_server_free(&server);
	http_call_end(&c);
	remove(token_file);
}

/* As IMDS writes it, with numbers that are texts. */
static const char *
imds_says(const char *token, long seconds)
{
	snprintf(answer, sizeof(answer),
	    "{\"access_token\":\"%s\",\"refresh_token\":\"\",\"expires_in\":"
	    "\"%ld\",\"expires_on\":\"%ld\",\"not_before\":\"1506480273\","
	    "\"resource\":\"" VAULT "\",\"token_type\":\"Bearer\"}",
	    token, seconds, (long)c.call.now + seconds);
	return answer;
}

static struct azure_identity *
open_with(const char *options)
{
	struct tee_config config;
	struct azure_identity *i;

	http_config(&config, TEE_KEYSTORE, options, &c);
	i = tee_azure_identity_new(&config, NULL);
	tee_config_clear(&config);
	return i;
}

static void
managed(const char *more)
{
	char text[512];

	snprintf(text, sizeof(text), "imds=%s%s", http_server_url(server, ""),
	    more);
	identity = open_with(text);
	ck_assert_ptr_nonnull(identity);
}

static void
script(unsigned status, const char *body, const char *headers)
{
	struct http_turn turn = { .status = status,
		.body = body,
		.headers = headers };

	http_server_script(server, &turn, 1);
}

static enum tee_verdict
bearer(const char *resource, const char *expected)
{
	char *header;
	enum tee_verdict verdict =
	    tee_azure_identity_bearer(&c.call, identity, resource, &header);

	ck_assert((verdict == TEE_OK) == (header != NULL));
	if (verdict == TEE_OK)
		ck_assert_str_eq(header, expected);
	tee_azure_bearer_free(&header);
	ck_assert_ptr_null(header);
	return verdict;
}

START_TEST(asks_imds)
{
	managed("");
	script(200, imds_says("eyJ0.a-b_c.d", 3600), NULL);
	ck_assert_int_eq(bearer(VAULT, "Authorization: Bearer eyJ0.a-b_c.d"),
	    TEE_OK);
	ck_assert_str_eq(http_server_asked(server, 0)->url,
	    "/metadata/identity/oauth2/token?api-version=2018-02-01"
	    "&resource=" VAULT);
	ck_assert_str_eq(http_server_asked(server, 0)->metadata, "true");
	ck_assert_str_eq(c.log, "");
}
END_TEST

START_TEST(asks_for_one_of_several)
{
	managed("|client_id=11112222-3333-4444-5555-666677778888");
	script(200, imds_says("t", 3600), NULL);
	ck_assert_int_eq(bearer(VAULT, "Authorization: Bearer t"), TEE_OK);
	ck_assert_ptr_nonnull(strstr(http_server_asked(server, 0)->url,
	    "&client_id=11112222-3333-4444-5555-666677778888"));
}
END_TEST

START_TEST(kept_until_it_ends)
{
	managed("");
	script(200, imds_says("first", 3600), NULL);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_int_eq(bearer(VAULT, "Authorization: Bearer first"),
		    TEE_OK);
	c.call.now += 3600 - 301;
	ck_assert_int_eq(bearer(VAULT, "Authorization: Bearer first"), TEE_OK);
	ck_assert_uint_eq(http_server_count(server), 1);
	c.call.now += 1;
	script(200, imds_says("second", 3600), NULL);
	ck_assert_int_eq(bearer(VAULT, "Authorization: Bearer second"), TEE_OK);
	ck_assert_uint_eq(http_server_count(server), 1);
}
END_TEST

/* An audience is part of a token. */
START_TEST(one_resource_each)
{
	managed("");
	script(200, imds_says("vault", 3600), NULL);
	ck_assert_int_eq(bearer(VAULT, "Authorization: Bearer vault"), TEE_OK);
	script(200, imds_says("hsm", 3600), NULL);
	ck_assert_int_eq(bearer(HSM, "Authorization: Bearer hsm"), TEE_OK);
	ck_assert_uint_eq(http_server_count(server), 1);
}
END_TEST

/* Nothing of an earlier token serves where the later question failed. */
START_TEST(failure_forgets)
{
	managed("");
	script(200, imds_says("first", 310), NULL);
	ck_assert_int_eq(bearer(VAULT, "Authorization: Bearer first"), TEE_OK);
	c.call.now += 20;
	script(400, "{}", NULL);
	ck_assert_int_eq(bearer(VAULT, ""), TEE_DENY);
	ck_assert_int_eq(bearer(VAULT, ""), TEE_DENY);
	script(200, imds_says("short", 10), NULL);
	ck_assert_int_eq(bearer(VAULT, "Authorization: Bearer short"), TEE_OK);
	ck_assert_int_eq(bearer(VAULT, "Authorization: Bearer short"), TEE_OK);
	ck_assert_uint_eq(http_server_count(server), 2);
}
END_TEST

START_TEST(forget)
{
	managed("");
	script(200, imds_says("first", 3600), NULL);
	ck_assert_int_eq(bearer(VAULT, "Authorization: Bearer first"), TEE_OK);
	tee_azure_identity_forget(&c.call, identity);
	script(200, imds_says("second", 3600), NULL);
	ck_assert_int_eq(bearer(VAULT, "Authorization: Bearer second"), TEE_OK);
}
END_TEST

static const struct row {
	unsigned status;
	const char *body, *headers;
	enum tee_verdict verdict;
	const char *reason, *words;
} rows[] = {
	{ 400,
	    "{\"error\":\"invalid_request\",\"error_description\":\"Identity "
	    "not found\"}",
	    NULL, TEE_DENY, "http_refused",
	    "status 400 invalid_request (try 1); has this machine a managed "
	    "identity, and is client_id given where it has several?; it says: "
	    "Identity not found" },
	{ 401, "{\"error\":\"unknown_source\"}", NULL, TEE_DENY, "http_refused",
	    "unknown_source" },
	{ 403, "", NULL, TEE_DENY, "http_refused", "status 403" },
	{ 405, "", NULL, TEE_DENY, "http_refused", "status 405" },
	{ 429, "", "Retry-After: 60", TEE_UNAVAILABLE, "http_throttled",
	    "status 429" },
	{ 410, "", NULL, TEE_UNAVAILABLE, "http_error", "status 410" },
	{ 200, "hello", NULL, TEE_UNAVAILABLE, "token_answer",
	    "no access_token" },
	{ 200, "{\"access_token\":\"\"}", NULL, TEE_UNAVAILABLE, "token_answer",
	    "no access_token" },
	{ 200, "{\"access_token\":\"a\\nX: y\"}", NULL, TEE_UNAVAILABLE,
	    "token_answer", "no access_token" },
	{ 200, "{\"access_token\":\"abc\",\"expires_in\":\"5\"}", NULL,
	    TEE_UNAVAILABLE, "token_answer", "token_type" },
	{ 200,
	    "{\"access_token\":\"abc\",\"expires_in\":\"5\",\"token_type\":"
	    "\"pop\"}",
	    NULL, TEE_UNAVAILABLE, "token_answer", "token_type" },
	{ 200, "{\"access_token\":\"abc\",\"token_type\":\"Bearer\"}", NULL,
	    TEE_UNAVAILABLE, "token_answer", "expires" },
	{ 200,
	    "{\"access_token\":\"abc\",\"token_type\":\"Bearer\","
	    "\"expires_on\":\"99999999999\"}",
	    NULL, TEE_UNAVAILABLE, "token_answer", "expires" },
	{ 200,
	    "{\"x\":{\"access_token\":\"abc\"},\"access_token\":\"xxx1\","
	    "\"token_type\":\"Bearer\",\"expires_in\":5}",
	    NULL, TEE_UNAVAILABLE, "token_answer", "not where it belongs" },
};

/* Never again what was refused; never a token where something is wrong. */
START_TEST(bad_answers)
{
	const struct row *r = &rows[_i];

	managed("");
	script(r->status, r->body, r->headers);
	ck_assert_msg(bearer(VAULT, "") == r->verdict, "%u %s", r->status,
	    r->body);
	ck_assert_uint_eq(http_server_count(server), 1);
	ck_assert(http_call_logged(&c, r->reason, r->words));
	ck_assert_ptr_null(strstr(c.log, "abc"));
}
END_TEST

START_TEST(asks_again_where_it_may)
{
	struct http_turn turn[] = { { .status = 500 },
		{ .status = 200, .body = imds_says("t", 3600) } };

	managed("");
	http_server_script(server, turn, 2);
	ck_assert_int_eq(bearer(VAULT, "Authorization: Bearer t"), TEE_OK);
	ck_assert_uint_eq(http_server_count(server), 2);
}
END_TEST

static enum tee_verdict verdicts[8];

static void *
one_of_many(void *user)
{
	struct http_call *mine = calloc(1, sizeof(*mine));
	char *header;

	http_call_begin(mine, 3000, NULL);
	*(enum tee_verdict *)user =
	    tee_azure_identity_bearer(&mine->call, identity, VAULT, &header);
	tee_azure_bearer_free(&header);
	http_call_end(mine);
	free(mine);
	return NULL;
}

START_TEST(single_flight)
{
	struct http_turn turn = { .status = 200,
		.body = imds_says("t", 3600),
		.first_ms = 200 };
	pthread_t thread[8];

	managed("");
	http_server_script(server, &turn, 1);
	for (size_t i = 0; i < 8; i++)
		pthread_create(&thread[i], NULL, one_of_many, &verdicts[i]);
	for (size_t i = 0; i < 8; i++) {
		pthread_join(thread[i], NULL);
		ck_assert_int_eq(verdicts[i], TEE_OK);
	}
	ck_assert_uint_eq(http_server_count(server), 1);
}
END_TEST

/* Who waits for another's question waits no longer than its own budget. */
START_TEST(waits_within_the_budget)
{
	struct http_turn turn = { .status = 200,
		.body = imds_says("t", 3600),
		.first_ms = 800 };
	pthread_t thread;
	uint64_t start;

	managed("");
	http_server_script(server, &turn, 1);
	pthread_create(&thread, NULL, one_of_many, &verdicts[0]);
	while (http_server_count(server) == 0)
		usleep(1000);
	start = http_ms();
	c.call.deadline = start + 150;
	ck_assert_int_eq(bearer(VAULT, ""), TEE_UNAVAILABLE);
	ck_assert_uint_lt(http_ms() - start, 500);
	ck_assert(http_call_logged(&c, "token_busy", "timeout"));
	/* Nor who wants to forget. */
	start = http_ms();
	c.call.deadline = start + 50;
	tee_azure_identity_forget(&c.call, identity);
	ck_assert_uint_ge(http_ms() - start, 50);
	ck_assert_uint_lt(http_ms() - start, 300);
	pthread_join(thread, NULL);
	ck_assert_int_eq(verdicts[0], TEE_OK);
}
END_TEST

static void
write_token(const char *text)
{
	FILE *f = fopen(token_file, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

START_TEST(workload)
{
	struct http_turn turn = { .status = 200,
		.body = "{\"token_type\":\"Bearer\",\"expires_in\":3599,"
			"\"ext_expires_in\":3599,\"access_token\":\"eyJ.w\"}" };
	struct tls_ca *ca = tls_ca_new("authority");
	struct tee_http_trust *trust = http_trust_of(ca);
	struct tls_identity tls;
	struct http_server *authority;
	struct tee_config config;
	char text[5000];
	uint8_t pin[32];

	tls_ca_issue(ca, TLS_GOOD, &tls);
	tls_ca_pin(ca, pin);
	authority = http_server_new(&tls, NULL);
	http_call_end(&c);
	http_call_begin(&c, 3000, pin);
	snprintf(text, sizeof(text),
	    "identity=workload|client_id=abc-1|tenant_id=contoso.com|"
	    "authority=%s|federated_token_file=%s",
	    http_server_url(authority, "/"), token_file);
	http_config(&config, TEE_KEYSTORE, text, &c);
	identity = tee_azure_identity_new(&config, trust);
	tee_config_clear(&config);
	ck_assert_ptr_nonnull(identity);
	write_token("eyJ.fed-er_ated\n");
	http_server_script(authority, &turn, 1);
	ck_assert_int_eq(bearer(VAULT, "Authorization: Bearer eyJ.w"), TEE_OK);
	ck_assert_str_eq(http_server_asked(authority, 0)->url,
	    "/contoso.com/oauth2/v2.0/token");
	ck_assert_str_eq(http_server_asked(authority, 0)->method, "POST");
	ck_assert_str_eq(http_server_asked(authority, 0)->type,
	    "application/x-www-form-urlencoded");
	ck_assert_str_eq(http_server_asked(authority, 0)->body,
	    "client_id=abc-1&scope=https%3A%2F%2Fvault.azure.net%2F.default"
	    "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-"
	    "assertion-type%3Ajwt-bearer&grant_type=client_credentials"
	    "&client_assertion=eyJ.fed-er_ated");
	c.call.now += 3599 - 301;
	ck_assert_int_eq(bearer(VAULT, "Authorization: Bearer eyJ.w"), TEE_OK);
	ck_assert_uint_eq(http_server_count(authority), 1);
	/* The kubelet has rewritten it. */
	c.call.now += 2;
	write_token("new");
	ck_assert_int_eq(bearer(VAULT, "Authorization: Bearer eyJ.w"), TEE_OK);
	ck_assert_ptr_nonnull(strstr(http_server_asked(authority, 1)->body,
	    "client_assertion=new"));
	turn.status = 401;
	turn.body = "{\"error\":\"invalid_client\",\"error_description\":"
		    "\"AADSTS700211: No matching federated identity\"}";
	http_server_script(authority, &turn, 1);
	tee_azure_identity_forget(&c.call, identity);
	ck_assert_int_eq(bearer(VAULT, ""), TEE_DENY);
	ck_assert_uint_eq(http_server_count(authority), 1);
	ck_assert(http_call_logged(&c, "http_refused", "AADSTS700211"));
	http_server_free(&authority);
	tee_http_trust_free(&trust);
	tls_ca_free(&ca);
}
END_TEST

START_TEST(federated_files)
{
	static const char *const bad[] = { "", "\n", "two lines\n", "a\nb\n",
		"a&scope=b", "a%26", "a+b", "\x80" };
	char text[5000];

	snprintf(text, sizeof(text),
	    "identity=workload|client_id=c|tenant_id=t|"
	    "authority=https://127.0.0.1:1|federated_token_file=%s",
	    token_file);
	identity = open_with(text);
	ck_assert_ptr_nonnull(identity);
	ck_assert_int_eq(bearer(VAULT, ""), TEE_UNAVAILABLE);
	ck_assert(http_call_logged(&c, "federated_token", token_file));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		write_token(bad[i]);
		c.log[0] = '\0';
		ck_assert_int_eq(bearer(VAULT, ""), TEE_UNAVAILABLE);
		ck_assert_msg(http_call_logged(&c, "federated_token",
				  "no token"),
		    "%s", bad[i]);
	}
}
END_TEST

START_TEST(refused_options)
{
	static const char *const bad[] = { "identity=other",
		"identity=workload", "identity=workload|client_id=c",
		"identity=workload|tenant_id=t",
		"identity=workload|client_id=c|tenant_id=t/../x",
		"identity=workload|client_id=a&b|tenant_id=t",
		"identity=workload|client_id=c|tenant_id=t|authority=http://h",
		BAD_FILE, "tenant_id=t", "authority=https://h",
		"federated_token_file=/x", "client_id=", "imds=ftp://h",
		"imds=http://h/?x" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(open_with(bad[i]) == NULL, "%s", bad[i]);
	identity = open_with("");
	ck_assert_ptr_nonnull(identity);
	ck_assert_int_eq(bearer("", ""), TEE_DENY);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("identity");
	TCase *tcase = tcase_create("identity");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, asks_imds);
	tcase_add_test(tcase, asks_for_one_of_several);
	tcase_add_test(tcase, kept_until_it_ends);
	tcase_add_test(tcase, one_resource_each);
	tcase_add_test(tcase, failure_forgets);
	tcase_add_test(tcase, forget);
	tcase_add_loop_test(tcase, bad_answers, 0,
	    sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tcase, asks_again_where_it_may);
	tcase_add_test(tcase, single_flight);
	tcase_add_test(tcase, waits_within_the_budget);
	tcase_add_test(tcase, workload);
	tcase_add_test(tcase, federated_files);
	tcase_add_test(tcase, refused_options);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
