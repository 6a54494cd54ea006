/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The release call: which vaults a line can name, what is asked and with
 * what, which refusals are asked once more, and what an operator is told.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>

#include "modules/common/json.h"
#include "modules/snp_azure/keystore.h"
#include "tests/testlib_http.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TOKEN "eyJ0.eyJ1.c2ln"
#define NONCE "0123456789abcdef"
#define INNER(code) \
	"{\"error\":{\"code\":\"Forbidden\",\"message\":\"No.\"," \
	"\"innererror\":{\"code\":\"" code "\"}}}"
#define CANNOT_VERIFY \
	"{\"error\":{\"code\":\"Forbidden\",\"message\":\"Target environment " \
	"attestation statement cannot be verified.\",\"innererror\":{\"code\":" \
	"\"AccessDenied\"}}}"

static struct tls_ca *ca;
static struct http_server *vault_server, *imds_server;
static struct http_call c;
static struct azure_vault vault;
static struct http_turn token_turn;

static bool
reads(struct azure_vault *v, const char *options, struct http_call *log)
{
	struct tee_config config;
	bool ok;

	http_config(&config, TEE_KEYSTORE, options, log);
	ok = tee_azure_vault_read(v, &config);
	tee_config_clear(&config);
	return ok;
}

#define A33 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A63 A33 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A64 A63 "a"
#define V "vault=https://v.vault.azure.net"
#define KEY_URL "https://v.vault.azure.net/keys/agent-kek"

static const struct {
	const char *options;
	const char *key_url, *resource; /* NULL: refused */
} option_row[] = {
	{ V "|key=agent-kek", KEY_URL, "https://vault.azure.net" },
	{ V "/|key=agent-kek", KEY_URL, "https://vault.azure.net" },
	{ "vault=https://V.Vault.Azure.NET|key=agent-kek", KEY_URL,
	    "https://vault.azure.net" },
	{ V "|key=agent-kek|key_version=0a1b", KEY_URL "/0a1b",
	    "https://vault.azure.net" },
	{ V "|key=agent-kek|enc=RSA_AES_KEY_WRAP_384|api_version=7.6", KEY_URL,
	    "https://vault.azure.net" },
	{ "vault=https://h.managedhsm.azure.net|key=k",
	    "https://h.managedhsm.azure.net/keys/k",
	    "https://managedhsm.azure.net" },
	{ "vault=https://v.vault.azure.cn|key=k",
	    "https://v.vault.azure.cn/keys/k", "https://vault.azure.cn" },
	{ "vault=https://h.managedhsm.usgovcloudapi.net|key=k",
	    "https://h.managedhsm.usgovcloudapi.net/keys/k",
	    "https://managedhsm.usgovcloudapi.net" },
	{ V, NULL, NULL },
	{ "key=k", NULL, NULL },
	{ "vault=|key=k", NULL, NULL },
	{ "vault=https://|key=k", NULL, NULL },
	{ "vault=http://v.vault.azure.net|key=k", NULL, NULL },
	{ "vault=http://vv.vault.azure.net|key=k", NULL, NULL },
	{ "vault=httpx://v.vault.azure.net|key=k", NULL, NULL },
	{ "vault=v.vault.azure.net|key=k", NULL, NULL },
	{ "vault=https://" A64 A64 A64 ".v.vault.azure.net|key=k",
	    "https://" A64 A64 A64 ".v.vault.azure.net/keys/k",
	    "https://vault.azure.net" },
	{ "vault=https://" A64 A64 A64 A64 ".vault.azure.net|key=k", NULL,
	    NULL },
	{ V "|key=" A64 A63, "https://v.vault.azure.net/keys/" A64 A63,
	    "https://vault.azure.net" },
	{ V "|key=" A64 A64, NULL, NULL },
	{ V "|key=k|key_version=" A64, "https://v.vault.azure.net/keys/k/" A64,
	    "https://vault.azure.net" },
	{ V "|key=k|key_version=" A64 "a", NULL, NULL },
	{ V "|key=k|api_version=" A33, NULL, NULL },
	/* Nobody else is shown a token for Key Vault. */
	{ "vault=https://v.vault.azure.net.evil.example|key=k", NULL, NULL },
	{ "vault=https://vault-azure.net|key=k", NULL, NULL },
	{ "vault=https://vault.azure.net|key=k", NULL, NULL },
	{ V "/keys|key=k", NULL, NULL },
	{ V "?x|key=k", NULL, NULL },
	{ "vault=https://a@v.vault.azure.net|key=k", NULL, NULL },
	{ V "|key=", NULL, NULL },
	{ V "|key=a/b", NULL, NULL },
	{ V "|key=..", NULL, NULL },
	{ V "|key=k?x", NULL, NULL },
	{ V "|key=k|key_version=a/b", NULL, NULL },
	{ V "|key=k|key_version=", NULL, NULL },
	{ V "|key=k|api_version=7.4&x", NULL, NULL },
	{ V "|key=k|enc=RSA1_5", NULL, NULL },
	{ V "|key=k|enc=rsa_aes_key_wrap_256", NULL, NULL },
	{ V "|key=k|ca_file=/no/such/file", NULL, NULL },
	{ V "|key=k|identity=none", NULL, NULL },
};

START_TEST(option_rows)
{
	for (size_t i = 0; i < COUNT(option_row); i++) {
		struct http_call log;
		struct azure_vault v;
		bool ok;

		http_call_begin(&log, 1000, NULL);
		ok = reads(&v, option_row[i].options, &log);
		ck_assert_msg(ok == (option_row[i].key_url != NULL), "%s: %s",
		    option_row[i].options, log.log);
		ck_assert_msg(ok || log.log[0] != '\0', "%s: refused silently",
		    option_row[i].options);
		if (ok) {
			ck_assert_str_eq(v.key_url, option_row[i].key_url);
			ck_assert_str_eq(v.resource, option_row[i].resource);
		}
		tee_azure_vault_clear(&v);
		http_call_end(&log);
	}
}
END_TEST

static void
set_up(void)
{
	static char answer[256];
	struct tls_identity identity;
	char options[8192];
	uint8_t pin[32];

	ca = tls_ca_new("Test CA");
	tls_ca_pin(ca, pin);
	tls_ca_issue(ca, TLS_GOOD, &identity);
	vault_server = http_server_new(&identity, NULL);
	imds_server = http_server_new(NULL, NULL);
	http_call_begin(&c, 20000, pin);
	snprintf(answer, sizeof(answer),
	    "{\"access_token\":\"secret-token\",\"expires_in\":\"3600\","
	    "\"expires_on\":\"%ld\",\"token_type\":\"Bearer\"}",
	    (long)c.call.now + 3600);
	token_turn = (struct http_turn){ .status = 200, .body = answer };
	http_server_script(imds_server, &token_turn, 1);
	snprintf(options, sizeof(options),
	    "vault=https://127.0.0.1:%u|key=agent-kek|imds=%s|ca_file=%s",
	    http_server_port(vault_server), http_server_url(imds_server, ""),
	    http_ca_file(ca));
	ck_assert_msg(reads(&vault, options, &c), "%s", c.log);
	remove(http_ca_file(ca));
}

static void
tear_down(void)
{
	tee_azure_vault_clear(&vault);
	http_server_free(&vault_server);
	http_server_free(&imds_server);
	http_call_end(&c);
	tls_ca_free(&ca);
}

static enum tee_verdict
ask(const struct http_turn *turns, size_t count)
{
	struct tee_http_response answer;
	enum tee_verdict verdict;

	http_server_script(vault_server, turns, count);
	verdict = tee_azure_vault_ask(&c.call, &vault, TOKEN, strlen(TOKEN),
	    NONCE, &answer);
	if (verdict == TEE_OK)
		ck_assert_str_eq((char *)answer.body, "{\"value\":\"x\"}");
	tee_http_response_free(&answer);
	ck_assert_msg(strstr(c.log, "secret-token") == NULL &&
		strstr(c.log, TOKEN) == NULL,
	    "a token in the log: %s", c.log);
	return verdict;
}

static const struct http_turn good = { .status = 200,
	.body = "{\"value\":\"x\"}" };

START_TEST(asks)
{
	const struct http_asked *asked;
	tee_auto_json *body = NULL;

	ck_assert_int_eq(ask(&good, 1), TEE_OK);
	ck_assert_uint_eq(http_server_count(vault_server), 1);
	asked = http_server_asked(vault_server, 0);
	ck_assert_str_eq(asked->method, "POST");
	ck_assert_str_eq(asked->url, "/keys/agent-kek/release?api-version=7.4");
	ck_assert_str_eq(asked->authorization, "Bearer secret-token");
	ck_assert_str_eq(asked->type, "application/json");
	body = tee_json_object(asked->body, strlen(asked->body), NULL);
	ck_assert(tee_json_is(body, "target", TOKEN));
	ck_assert(tee_json_is(body, "nonce", NONCE));
	ck_assert(tee_json_is(body, "enc", "RSA_AES_KEY_WRAP_256"));
	ck_assert_uint_eq(json_object_size(body), 3);
	ck_assert_ptr_nonnull(
	    strstr(http_server_asked(imds_server, 0)->url, "&resource=https"));
	ck_assert_str_eq(c.log, "");
}
END_TEST

/* The evidence's token, which a file may have given a line end. */
START_TEST(token_of_a_file)
{
	static const char *const ends[] = { "", "\n", "\r\n" };
	struct azure_keystore k = { .vault = vault };
	char item[sizeof(TOKEN) + 2];
	tee_auto_json *body = NULL;
	struct tee_slot slot = { 0 };

	snprintf(item, sizeof(item), "%s%s", TOKEN, ends[_i]);
	c.call.facility = TEE_KEYSTORE;
	c.call.slot = &slot;
	ck_assert_int_eq(tee_call_put_item(&c.call, "maa.token", item,
			     strlen(item)),
	    0);
	http_server_script(vault_server, &good, 1);
	ck_assert_int_eq(tee_azure_release(&c.call, &k), TEE_DENY);
	ck_assert_uint_eq(http_server_count(vault_server), 1);
	body = tee_json_object(http_server_asked(vault_server, 0)->body,
	    strlen(http_server_asked(vault_server, 0)->body), NULL);
	ck_assert_str_eq(tee_json_text(body, "target"), TOKEN);
	tee_slot_clear(&slot);
}
END_TEST

/* Final, each with its own word and the next thing to try. */
START_TEST(refusals)
{
	static const struct {
		unsigned status;
		const char *body, *reason, *words;
	} rows[] = {
		{ 403, INNER("ForbiddenByRbac"), "vault_role",
		    "Crypto Service Release User" },
		{ 403, INNER("ForbiddenByPolicy"), "vault_role",
		    "permission 'release'" },
		{ 403, INNER("ForbiddenByFirewall"), "vault_firewall",
		    "firewall" },
		{ 403, INNER("AccessDenied"), "vault_policy",
		    "release policy" },
		{ 403, "not JSON", "vault_policy", "release policy" },
		{ 404,
		    "{\"error\":{\"code\":\"KeyNotFound\",\"message\":\"-\"}}",
		    "vault_key", "no such key" },
		{ 400,
		    "{\"error\":{\"code\":\"BadParameter\",\"message\":"
		    "\"AKV.SKR.1004\"}}",
		    "http_refused", "AKV.SKR.1004" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct http_turn turn = { .status = rows[i].status,
			.body = rows[i].body,
			.headers = "x-ms-request-id: request-77" };

		ck_assert_int_eq(ask(&turn, 1), TEE_DENY);
		ck_assert_msg(http_server_count(vault_server) == 1,
		    "%u %s was asked again", rows[i].status, rows[i].body);
		ck_assert(http_call_logged(&c, rows[i].reason, rows[i].words));
		ck_assert(http_call_logged(&c, rows[i].reason, "request-77"));
	}
}
END_TEST

/* The one refusal that Key Vault is known to give by mistake. */
START_TEST(mistaken_once)
{
	const struct http_turn turns[] = {
		{ .status = 403, .body = CANNOT_VERIFY }, good
	};

	ck_assert_int_eq(ask(turns, 2), TEE_OK);
	ck_assert_uint_eq(http_server_count(vault_server), 2);
	ck_assert_int_eq(ask(turns, 1), TEE_DENY);
	ck_assert_uint_eq(http_server_count(vault_server), 2);
	ck_assert(http_call_logged(&c, "vault_policy", "release policy"));
}
END_TEST

/* An access token that the vault no longer takes is replaced, once. */
START_TEST(token_refused)
{
	const struct http_turn turns[] = {
		{ .status = 401,
		    .body = "{\"error\":{\"code\":\"Unauthorized\","
			    "\"message\":\"AKV10022: Invalid audience.\"}}" },
		good
	};

	ck_assert_int_eq(ask(turns, 2), TEE_OK);
	ck_assert_uint_eq(http_server_count(vault_server), 2);
	ck_assert_uint_eq(http_server_count(imds_server), 2);
	ck_assert_int_eq(ask(turns, 1), TEE_DENY);
	ck_assert_uint_eq(http_server_count(vault_server), 2);
	ck_assert_uint_eq(http_server_count(imds_server), 3);
	ck_assert(http_call_logged(&c, "vault_token", "identity"));
}
END_TEST

START_TEST(outages)
{
	static const unsigned later[] = { 429, 500, 503 };

	for (size_t i = 0; i < COUNT(later); i++) {
		const struct http_turn turns[] = {
			{ .status = later[i], .body = "{}" }, good
		};

		ck_assert_int_eq(ask(turns, 2), TEE_OK);
		ck_assert_uint_eq(http_server_count(vault_server), 2);
	}
	c.call.deadline = http_ms() + 300;
	ck_assert_int_eq(ask(&(struct http_turn){ .status = 503 }, 1),
	    TEE_UNAVAILABLE);
	/* Without an access token nothing is asked of the vault. */
	tee_azure_identity_forget(&c.call, vault.identity);
	http_server_script(imds_server,
	    &(struct http_turn){ .status = 400,
		.body = "{\"error\":\"invalid_request\","
			"\"error_description\":\"Identity not found\"}" },
	    1);
	c.call.deadline = http_ms() + 3000;
	ck_assert_int_eq(ask(&good, 1), TEE_DENY);
	ck_assert_uint_eq(http_server_count(vault_server), 0);
}
END_TEST

/* A vault whose certificate nobody vouches for gets neither token. */
START_TEST(not_trusted)
{
	tee_http_trust_free(&vault.trust);
	ck_assert_int_ne(ask(&good, 1), TEE_OK);
	ck_assert_uint_eq(http_server_count(vault_server), 0);
	ck_assert(http_call_logged(&c, "http_tls", "Key Vault"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure_vault");
	TCase *tcase = tcase_create("options"), *calls = tcase_create("calls");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, option_rows);
	tcase_add_checked_fixture(calls, set_up, tear_down);
	tcase_set_timeout(calls, 60);
	tcase_add_test(calls, asks);
	tcase_add_loop_test(calls, token_of_a_file, 0, 3);
	tcase_add_test(calls, refusals);
	tcase_add_test(calls, mistaken_once);
	tcase_add_test(calls, token_refused);
	tcase_add_test(calls, outages);
	tcase_add_test(calls, not_trusted);
	suite_add_tcase(suite, tcase);
	suite_add_tcase(suite, calls);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
