/* SPDX-License-Identifier: Apache-2.0 */
/* MAA's tokens and keys: every claim from the report, every fault alone. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/test_sim_cloud.h"
#include "tests/testlib_cloud_maa.h"

#define SNP "x-ms-sevsnpvm-"

static const char *
text(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value != NULL ? value : "";
}

/* A verifier's view of a token: what is wrong with it, in words. */
static void
judge(const char *token, const json_t *claims, char out[128])
{
	json_t *header = jwt_part(token, 0, JSON_REJECT_DUPLICATES);
	json_t *strict = jwt_part(token, 1, JSON_REJECT_DUPLICATES);
	EVP_PKEY *key = jwks_key(text(header, "kid"));
	json_int_t now = time(NULL);
	const json_t *runtime = json_object_get(claims, "x-ms-runtime");
	const json_t *jwk = json_array_get(json_object_get(runtime, "keys"), 0);
	uint8_t digest[32];
	char hex[65];
	const struct {
		const char *word;
		bool wrong;
	} checks[] = {
		{ "alg", strcmp(text(header, "alg"), "RS256") != 0 },
		{ "kid", key == NULL },
		{ "signature", key != NULL && !jwt_signed(token, key) },
		{ "iss",
		    strcmp(text(claims, "iss"), cloud_line("maa.url")) != 0 },
		{ "exp",
		    json_integer_value(json_object_get(claims, "exp")) <= now },
		{ "nbf",
		    json_integer_value(json_object_get(claims, "nbf")) >
			now + 1 },
		{ "duplicate", strict == NULL },
		{ "nonce", strcmp(text(claims, "nonce"), "n-17") != 0 },
		{ "type",
		    strcmp(text(claims, "x-ms-attestation-type"), "sevsnpvm") !=
			0 },
		{ "debug",
		    !json_is_false(
			json_object_get(claims, SNP "is-debuggable")) },
		{ "user-data",
		    strcmp(text(runtime, "user-data"), "00AB") != 0 },
		{ "key", strcmp(text(jwk, "n"), "sXch") != 0 },
	};

	out[0] = '\0';
	for (unsigned i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		if (checks[i].wrong)
			snprintf(out + strlen(out), 128 - strlen(out), "%s ",
			    checks[i].word);
	sha256(MAA_RUNTIME, strlen(MAA_RUNTIME), digest);
	for (unsigned i = 0; i < 32; i++)
		snprintf(hex + (size_t)2 * i, 3, "%02x", digest[i]);
	if (strncmp(text(claims, SNP "reportdata"), hex, 64) != 0)
		strcat(out, "report-data ");
	EVP_PKEY_free(key);
	json_decref(strict);
	json_decref(header);
}

static const struct {
	const char *turn, *wrong;
} faults[] = { { "", "" }, { "maa-alg-none=1", "alg signature " },
	{ "maa-alg-hs256=1", "alg signature " }, { "maa-wrong-kid=1", "kid " },
	{ "maa-other-key=1", "signature " }, { "maa-flip=1", "signature " },
	{ "maa-iss=1", "iss " }, { "maa-expired=1", "exp " },
	{ "maa-nbf=1", "nbf " }, { "maa-duplicate=1", "duplicate " },
	{ "maa-wrong-nonce=1", "nonce " },
	{ "maa-report-data=1", "report-data " },
	{ "maa-user-data=1", "user-data " }, { "maa-runtime-swap=1", "key " },
	{ "maa-debuggable=1", "debug " }, { "maa-type=1", "type " },
	{ "maa-keys=none", "kid " }, { "maa-keys=twice", "kid " },
	{ "maa-keys=bare", "" }, { "maa-rotate=1", "" },
	{ "debug=yes", "debug " } };

START_TEST(fault)
{
	char wrong[128], *token;
	json_t *claims;

	cloud_turn(faults[_i].turn);
	token = maa_attest(&claims);
	judge(token, claims, wrong);
	ck_assert_msg(strcmp(wrong, faults[_i].wrong) == 0, "%s: '%s'",
	    faults[_i].turn, wrong);
	json_decref(claims);
	free(token);
	/* Once means once. */
	if (strstr(faults[_i].turn, "=1") != NULL) {
		token = maa_attest(&claims);
		judge(token, claims, wrong);
		ck_assert_str_eq(wrong, "");
		json_decref(claims);
		free(token);
	}
}
END_TEST

START_TEST(rotation)
{
	char *before, *after;
	json_t *claims, *header;
	EVP_PKEY *key;

	cloud_turn("");
	before = maa_attest(&claims);
	json_decref(claims);
	cloud_turn("maa-rotate=2");
	after = maa_attest(&claims);
	json_decref(claims);
	header = jwt_part(before, 0, 0);
	ck_assert_ptr_null(jwks_key(text(header, "kid")));
	cloud_turn("");
	key = jwks_key(text(header, "kid"));
	ck_assert_ptr_nonnull(key);
	ck_assert(jwt_signed(before, key));
	ck_assert(!jwt_signed(after, key));
	EVP_PKEY_free(key);
	json_decref(header);
	free(before);
	free(after);
}
END_TEST

/* Two keys, in x5c alone; kid is standard base64 with padding. */
START_TEST(jwks)
{
	struct reply reply;
	json_t *root, *keys, *key;
	size_t i;

	cloud_turn("");
	cloud_get(&reply, "maa", "/certs");
	ck_assert_str_eq(reply_header(&reply, "Content-Type"),
	    "application/jwk+json");
	root = reply_json(&reply);
	keys = json_object_get(root, "keys");
	ck_assert_uint_eq(json_array_size(keys), 2);
	json_array_foreach(keys, i, key)
	{
		ck_assert_ptr_null(json_object_get(key, "n"));
		ck_assert_str_eq(text(key, "alg"), "RS256");
		ck_assert_uint_eq(strlen(text(key, "kid")), 44);
		ck_assert_int_eq(text(key, "kid")[43], '=');
	}
	json_decref(root);
	reply_free(&reply);
	cloud_get(&reply, "maa", "/.well-known/openid-configuration");
	reply_is(&reply, "issuer", cloud_line("maa.url"));
	reply_free(&reply);
}
END_TEST

static void
claim_is_hex(const json_t *claims, const char *name, const uint8_t *data,
    size_t size)
{
	char hex[2 * 64 + 1];

	for (size_t i = 0; i < size; i++)
		snprintf(hex + 2 * i, 3, "%02x", data[i]);
	ck_assert_msg(strcmp(text(claims, name), hex) == 0, "%s", name);
}

static void
claim_is(const json_t *claims, const char *name, json_int_t value)
{
	ck_assert_msg(json_integer_value(json_object_get(claims, name)) ==
		value,
	    "%s", name);
}

START_TEST(claims_of_report)
{
	struct maa_evidence evidence;
	const uint8_t *r = evidence.report;
	json_t *claims, *header;
	char *token;

	cloud_turn("guest_svn=7 vmpl=0 policy=0x30000");
	maa_evidence(&evidence, MAA_RUNTIME, strlen(MAA_RUNTIME));
	token = maa_attest(&claims);
	header = jwt_part(token, 0, 0);
	ck_assert_str_eq(text(header, "typ"), "JWT");
	claim_is_hex(claims, SNP "authorkeydigest", r + 0x110, 48);
	claim_is_hex(claims, SNP "familyId", r + 0x10, 16);
	claim_is_hex(claims, SNP "imageId", r + 0x20, 16);
	claim_is_hex(claims, SNP "hostdata", r + 0xc0, 32);
	claim_is_hex(claims, SNP "idkeydigest", r + 0xe0, 48);
	claim_is_hex(claims, SNP "launchmeasurement", r + 0x90, 48);
	claim_is_hex(claims, SNP "reportdata", r + 0x50, 64);
	claim_is_hex(claims, SNP "reportid", r + 0x140, 32);
	claim_is(claims, SNP "bootloader-svn", r[0x180]);
	claim_is(claims, SNP "tee-svn", r[0x181]);
	claim_is(claims, SNP "snpfw-svn", r[0x186]);
	claim_is(claims, SNP "microcode-svn", r[0x187]);
	claim_is(claims, SNP "guestsvn", 7);
	claim_is(claims, SNP "vmpl", 0);
	ck_assert(json_is_true(json_object_get(claims, SNP "smt-allowed")));
	ck_assert(
	    json_is_false(json_object_get(claims, SNP "migration-allowed")));
	ck_assert_str_eq(text(claims, "x-ms-ver"), "1.0");
	ck_assert_uint_eq(strlen(text(claims, "jti")), 64);
	ck_assert_int_eq(json_integer_value(json_object_get(claims, "exp")) -
		json_integer_value(json_object_get(claims, "iat")),
	    28800);
	ck_assert_ptr_null(json_object_get(claims, "x-ms-compliance-status"));
	json_decref(header);
	json_decref(claims);
	free(token);
	tee_sim_blob_free(&evidence.pem);
}
END_TEST

/* A policy to be tried out: nobody signs what comes of it. */
START_TEST(draft)
{
	struct maa_evidence evidence;
	json_t *body, *header;
	char *token;

	cloud_turn("");
	maa_evidence(&evidence, MAA_RUNTIME, strlen(MAA_RUNTIME));
	body = maa_request(&evidence, MAA_RUNTIME, strlen(MAA_RUNTIME));
	json_object_set_new(body, "draftPolicyForAttestation",
	    json_string("version= 1.0;"));
	token = maa_token("SevSnpVm", body);
	header = jwt_part(token, 0, 0);
	ck_assert_str_eq(text(header, "alg"), "none");
	ck_assert_str_eq(strrchr(token, '.'), ".");
	json_decref(header);
	json_decref(body);
	free(token);
	tee_sim_blob_free(&evidence.pem);
}
END_TEST

void
add_token_tests(TCase *tcase)
{
	tcase_add_loop_test(tcase, fault, 0,
	    sizeof(faults) / sizeof(faults[0]));
	tcase_add_test(tcase, rotation);
	tcase_add_test(tcase, jwks);
	tcase_add_test(tcase, claims_of_report);
	tcase_add_test(tcase, draft);
}
