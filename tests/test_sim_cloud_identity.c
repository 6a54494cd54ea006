/* SPDX-License-Identifier: Apache-2.0 */
/* Access tokens: of the managed identity, and of a federated workload. */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <openssl/pem.h>

#include "tests/test_sim_cloud.h"

#define VAULT "https%3A%2F%2Fvault.azure.net"
#define TOKEN "/metadata/identity/oauth2/token?"
#define GOOD TOKEN "api-version=2018-02-01&resource=" VAULT
#define NOBODY "00000000-0000-0000-0000-000000000000"
#define JWT_BEARER "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

static const struct {
	const char *name, *turn, *target;
	bool client; /* adds this machine's client_id */
	long status;
	const char *error;
} rows[] = { { "one identity", "", GOOD, false, 200, NULL },
	{ "of a managed HSM", "",
	    TOKEN "api-version=2018-02-01&resource="
		  "https%3A%2F%2Fmanagedhsm.azure.net",
	    false, 200, NULL },
	{ "by its id", "", GOOD, true, 200, NULL },
	{ "another id", "", GOOD "&client_id=" NOBODY, false, 400,
	    "invalid_request" },
	{ "no identity", "identity=none", GOOD, false, 400, "invalid_request" },
	{ "several, none named", "identity=several", GOOD, false, 400,
	    "invalid_request" },
	{ "several, one named", "identity=several", GOOD, true, 200, NULL },
	{ "no resource", "", TOKEN "api-version=2018-02-01", false, 400,
	    "invalid_request" },
	{ "a slash at its end", "", GOOD "%2F", false, 400,
	    "invalid_resource" },
	{ "an unknown resource", "",
	    TOKEN "api-version=2018-02-01&resource=https%3A%2F%2Fa.example",
	    false, 400, "invalid_resource" },
	{ "an unknown version", "",
	    TOKEN "api-version=2017-01-01&resource=" VAULT, false, 400,
	    "Bad request. api-version is invalid or unsupported" } };

START_TEST(row)
{
	struct reply reply;
	char target[512];

	cloud_turn(rows[_i].turn);
	snprintf(target, sizeof(target), "%s%s%s", rows[_i].target,
	    rows[_i].client ? "&client_id=" : "",
	    rows[_i].client ? cloud_line("client") : "");
	cloud_imds(&reply, target);
	ck_assert_msg(reply.status == rows[_i].status, "%s: %ld %s",
	    rows[_i].name, reply.status, (char *)reply.body.data);
	if (rows[_i].error != NULL)
		reply_is(&reply, "error", rows[_i].error);
	reply_free(&reply);
}
END_TEST

static EVP_PKEY *
authority(void)
{
	struct sim_blob pem = { NULL, 0 };
	EVP_PKEY *key;
	char path[512];
	BIO *bio;

	snprintf(path, sizeof(path), "%s/authority.key", cloud_keys);
	ck_assert(tee_sim_blob_read(&pem, AT_FDCWD, path, 16384));
	bio = BIO_new_mem_buf(pem.data, (int)pem.size);
	key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	ck_assert_ptr_nonnull(key);
	BIO_free(bio);
	tee_sim_blob_free(&pem);
	return key;
}

/* What is wrong with the token of this answer, in a letter each. */
static void
judge_token(const struct reply *reply, char out[8])
{
	json_t *root = reply_json(reply), *claims;
	const char *token =
	    json_string_value(json_object_get(root, "access_token"));
	EVP_PKEY *key = authority();
	json_int_t now = time(NULL), exp;
	size_t n = 0;

	ck_assert_ptr_nonnull(token);
	claims = jwt_part(token, 1, JSON_REJECT_DUPLICATES);
	exp = json_integer_value(json_object_get(claims, "exp"));
	if (!jwt_signed(token, key))
		out[n++] = 's';
	if (strcmp(json_string_value(json_object_get(claims, "aud")),
		"https://vault.azure.net") != 0)
		out[n++] = 'a';
	if (exp <= now)
		out[n++] = 'e';
	else if (exp < now + 320)
		out[n++] = 'h';
	out[n] = '\0';
	json_decref(claims);
	json_decref(root);
	EVP_PKEY_free(key);
}

static const struct {
	const char *turn, *wrong;
} faults[] = { { "", "" }, { "token=expired", "e" }, { "token=audience", "a" },
	{ "token=other-key", "s" }, { "token=short", "h" } };

START_TEST(token_fault)
{
	struct reply reply;
	char wrong[8];

	cloud_turn(faults[_i].turn);
	cloud_imds(&reply, GOOD);
	judge_token(&reply, wrong);
	ck_assert_str_eq(wrong, faults[_i].wrong);
	reply_free(&reply);
}
END_TEST

START_TEST(times)
{
	struct reply reply;
	json_t *root;

	cloud_turn("");
	cloud_imds(&reply, GOOD);
	root = reply_json(&reply);
	ck_assert_int_eq(atoll(json_string_value(
			     json_object_get(root, "expires_in"))),
	    3600);
	ck_assert_int_ge(atoll(json_string_value(
			     json_object_get(root, "expires_on"))),
	    time(NULL) + 3500);
	reply_is(&reply, "token_type", "Bearer");
	reply_is(&reply, "resource", "https://vault.azure.net");
	json_decref(root);
	reply_free(&reply);
}
END_TEST

/* The form, and what is different in a row. */
static const struct {
	const char *name, *tenant, *client, *scope, *assertion, *type, *grant;
	const char *content;
	long status;
	const char *error;
} forms[] = { { "good", NULL, NULL, VAULT "%2F.default", NULL, JWT_BEARER,
		  "client_credentials", "x-www-form-urlencoded", 200, NULL },
	{ "another tenant", NOBODY, NULL, VAULT "%2F.default", NULL, JWT_BEARER,
	    "client_credentials", "x-www-form-urlencoded", 404, NULL },
	{ "another client", NULL, NOBODY, VAULT "%2F.default", NULL, JWT_BEARER,
	    "client_credentials", "x-www-form-urlencoded", 400,
	    "unauthorized_client" },
	{ "no .default", NULL, NULL, VAULT, NULL, JWT_BEARER,
	    "client_credentials", "x-www-form-urlencoded", 400,
	    "invalid_scope" },
	{ "somebody's assertion", NULL, NULL, VAULT "%2F.default",
	    "eyJhbGciOiJub25lIn0.e30.", JWT_BEARER, "client_credentials",
	    "x-www-form-urlencoded", 401, "invalid_client" },
	{ "another type", NULL, NULL, VAULT "%2F.default", NULL, "saml2",
	    "client_credentials", "x-www-form-urlencoded", 400,
	    "invalid_request" },
	{ "another grant", NULL, NULL, VAULT "%2F.default", NULL, JWT_BEARER,
	    "password", "x-www-form-urlencoded", 400,
	    "unsupported_grant_type" },
	{ "no form", NULL, NULL, VAULT "%2F.default", NULL, JWT_BEARER,
	    "client_credentials", "json", 400, "invalid_request" } };

static void
ask_authority(struct reply *reply, unsigned i)
{
	char target[128], body[4096], type[80], client[64];

	snprintf(client, sizeof(client), "%s",
	    forms[i].client != NULL ? forms[i].client : cloud_line("client"));
	snprintf(body, sizeof(body),
	    "client_id=%s&scope=%s&client_assertion=%s&"
	    "client_assertion_type=%s&grant_type=%s",
	    client, forms[i].scope,
	    forms[i].assertion != NULL ? forms[i].assertion :
					 cloud_line("federated-token"),
	    forms[i].type, forms[i].grant);
	snprintf(target, sizeof(target), "/%s/oauth2/v2.0/token",
	    forms[i].tenant != NULL ? forms[i].tenant : cloud_line("tenant"));
	snprintf(type, sizeof(type), "Content-Type: application/%s",
	    forms[i].content);
	cloud_ask(reply, "authority", NULL, target, type, body);
}

START_TEST(form)
{
	struct reply reply;
	char wrong[8];

	cloud_turn("");
	ask_authority(&reply, (unsigned)_i);
	ck_assert_msg(reply.status == forms[_i].status, "%s: %ld %s",
	    forms[_i].name, reply.status, (char *)reply.body.data);
	if (forms[_i].error != NULL)
		reply_is(&reply, "error", forms[_i].error);
	if (reply.status == 200) {
		judge_token(&reply, wrong);
		ck_assert_str_eq(wrong, "");
	}
	reply_free(&reply);
}
END_TEST

void
add_identity_tests(TCase *tcase)
{
	tcase_add_loop_test(tcase, row, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_loop_test(tcase, token_fault, 0,
	    sizeof(faults) / sizeof(faults[0]));
	tcase_add_test(tcase, times);
	tcase_add_loop_test(tcase, form, 0, sizeof(forms) / sizeof(forms[0]));
}
