/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JOSE at its edges: which compact JWS and which RSA keys are taken, that only
 * RS256 with the right key verifies, and that nothing is printed about it.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <check.h>
#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include "modules/common/base64.h"
#include "modules/common/json.h"
#include "modules/common/jwk.h"
#include "modules/common/jws.h"
#include "tests/testlib_jose.h"
#include "tests/testlib_vector.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define RS256 "{\"alg\":\"RS256\",\"typ\":\"JWT\"}"

static EVP_PKEY *key, *other;

static bool
parses(const char *text, char why[TEE_JWS_WHY])
{
	struct tee_jws jws;
	bool ok = tee_jws_parse(&jws, text, strlen(text), why);

	ck_assert(ok == (jws.text != NULL));
	tee_jws_free(&jws);
	ck_assert_ptr_null(jws.payload);
	return ok;
}

START_TEST(forms)
{
	static const struct {
		const char *text, *why; /* NULL: taken */
	} rows[] = {
		{ "eyJhbGciOiJSUzI1NiJ9.e30.AA", NULL },
		{ "", "three parts" },
		{ "..", "three parts" },
		{ "eyJhbGciOiJSUzI1NiJ9.e30", "three parts" },
		{ "eyJhbGciOiJSUzI1NiJ9.e30.", "three parts" },
		{ "eyJhbGciOiJSUzI1NiJ9..AA", "three parts" },
		{ ".e30.AA", "three parts" },
		{ "eyJhbGciOiJSUzI1NiJ9.e30.AA.AA", "three parts" },
		{ "eyJhbGciOiJSUzI1NiJ9.e30.AA.AA.AA", "three parts" },
		{ "eyJhbGciOiJSUzI1NiJ9.e30.AA==", "signature: not unpadded" },
		{ "eyJhbGciOiJSUzI1NiJ9.e30.A+", "signature: not unpadded" },
		{ "eyJhbGciOiJSUzI1NiJ9.e30.AB", "signature: not unpadded" },
		{ "eyJhbGciOiJSUzI1NiJ9.e3.AA", "payload: not unpadded" },
		{ "eyJhbGciOiJSUzI1NiJ9.e30=.AA", "payload: not unpadded" },
		{ "eyJhbGciOiJSUzI1NiJ9 .e30.AA", "header: not unpadded" },
		{ "eyJhbGciOiJSUzI1NiJ9.e30.AA\n", "signature: not unpadded" },
		{ "e30.e30.AA", "alg is absent" },
		{ "W10.e30.AA", "not a JSON object" },
		{ "eyJhbGciOiJSUzI1NiJ9.W10.AA", "not a JSON object" },
		{ "eyJhbGciOiJSUzI1NiJ9.IiI.AA", "payload: " },
	};
	char why[TEE_JWS_WHY];

	for (size_t i = 0; i < COUNT(rows); i++) {
		strcpy(why, "");
		ck_assert_msg(parses(rows[i].text, why) ==
			(rows[i].why == NULL),
		    "%s: %s", rows[i].text, why);
		if (rows[i].why != NULL)
			ck_assert_msg(strstr(why, rows[i].why) != NULL,
			    "%s: %s", rows[i].text, why);
	}
}
END_TEST

START_TEST(headers)
{
	static const struct {
		const char *header, *payload;
		bool ok;
	} rows[] = {
		{ RS256, "{}", true },
		{ "{\"alg\":\"RS256\",\"jku\":\"https://x\"}", "{}", true },
		{ "{\"alg\":\"none\"}", "{}", false },
		{ "{\"alg\":\"HS256\"}", "{}", false },
		{ "{\"alg\":\"RS384\"}", "{}", false },
		{ "{\"alg\":\"PS256\"}", "{}", false },
		{ "{\"alg\":\"rs256\"}", "{}", false },
		{ "{\"alg\":\"RS256 \"}", "{}", false },
		{ "{\"alg\":[\"RS256\"]}", "{}", false },
		{ "{\"alg\":256}", "{}", false },
		{ "{\"ALG\":\"RS256\"}", "{}", false },
		{ "{\"alg\":\"RS256\",\"alg\":\"RS256\"}", "{}", false },
		{ "{\"alg\":\"RS256\",\"crit\":[\"b64\"]}", "{}", false },
		{ "{\"alg\":\"RS256\",\"crit\":null}", "{}", false },
		{ "{\"alg\":\"RS256\"}x", "{}", false },
		{ RS256, "{\"a\":1,\"a\":1}", false },
		{ RS256, "{\"a\":{\"b\":1,\"b\":2}}", false },
		{ RS256, "{\"a\":\"\\u0000\"}", false },
		{ RS256, "{\"a\":1}{}", false },
	};
	char why[TEE_JWS_WHY];

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *text = jose_sign(rows[i].header, rows[i].payload, key,
		    EVP_sha256());

		ck_assert_msg(parses(text, why) == rows[i].ok, "%s %s: %s",
		    rows[i].header, rows[i].payload, why);
		free(text);
	}
}
END_TEST

START_TEST(size_limit)
{
	char why[TEE_JWS_WHY], *payload = malloc(TEE_JWS_MAX), *text;

	memset(payload, ' ', TEE_JWS_MAX);
	memcpy(payload, "{}", 2);
	payload[45000] = '\0';
	text = jose_sign(RS256, payload, key, EVP_sha256());
	ck_assert_uint_lt(strlen(text), TEE_JWS_MAX);
	ck_assert(parses(text, why));
	free(text);
	payload[45000] = ' ';
	payload[50000] = '\0';
	text = jose_sign(RS256, payload, key, EVP_sha256());
	ck_assert(!parses(text, why));
	ck_assert_ptr_nonnull(strstr(why, "64 KiB"));
	free(text);
	free(payload);
}
END_TEST

static bool
verifies(const char *text, EVP_PKEY *with)
{
	struct tee_jws jws;
	char why[TEE_JWS_WHY];
	bool ok;

	ck_assert_msg(tee_jws_parse(&jws, text, strlen(text), why), "%s", why);
	ok = tee_jws_verify(&jws, with);
	tee_jws_free(&jws);
	return ok;
}

/* Any one character of the three parts, as long as it still parses. */
static void
every_change(const char *good)
{
	char *text = strdup(good), why[TEE_JWS_WHY];
	size_t size = strlen(text), tried = 0;

	for (size_t i = 0; i < size; i += 7) {
		char kept = text[i];

		text[i] = kept == 'A' ? 'B' : 'A';
		if (kept != '.' && parses(text, why)) {
			ck_assert_msg(!verifies(text, key), "at %zu", i);
			tried++;
		}
		text[i] = kept;
	}
	ck_assert_uint_gt(tried, 30);
	ck_assert(verifies(text, key));
	free(text);
}

START_TEST(signatures)
{
	char *good =
	    jose_sign(RS256, "{\"sub\":\"aaaaaaaaaaaa\"}", key, EVP_sha256());
	char *sha384 = jose_sign(RS256, "{}", key, EVP_sha384());
	EVP_PKEY *ec = EVP_EC_gen("P-256");
	char cut[4096];

	ck_assert(verifies(good, key));
	ck_assert(!verifies(good, other));
	ck_assert(!verifies(good, ec));
	ck_assert_msg(!verifies(sha384, key), "RS384 under the name RS256");
	every_change(good);
	snprintf(cut, sizeof(cut), "%.*s", (int)strlen(good) - 2, good);
	ck_assert_msg(!verifies(cut, key), "a signature cut short");
	strcpy(cut, good);
	strcat(cut, "AA");
	ck_assert_msg(!verifies(cut, key), "bytes behind the signature");
	EVP_PKEY_free(ec);
	free(good);
	free(sha384);
}
END_TEST

static EVP_PKEY *
pss_key(void)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA_PSS, NULL);
	EVP_PKEY *pss = NULL;

	ck_assert(EVP_PKEY_keygen_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 2048) == 1 &&
	    EVP_PKEY_generate(ctx, &pss) == 1);
	EVP_PKEY_CTX_free(ctx);
	return pss;
}

/* Good in themselves, of keys that RS256 is not for. */
START_TEST(unfit_keys)
{
	EVP_PKEY *keys[] = { EVP_EC_gen("P-256"), pss_key(), jose_key(2040) };
	static const char *const names[] = { "ECDSA", "PSS", "2040 bits" };

	for (size_t i = 0; i < COUNT(keys); i++) {
		char *text = jose_sign(RS256, "{}", keys[i], EVP_sha256());

		ck_assert_msg(!verifies(text, keys[i]), "%s", names[i]);
		ck_assert(!verifies(text, NULL));
		free(text);
		EVP_PKEY_free(keys[i]);
	}
}
END_TEST

static json_t *
members(const char *text)
{
	json_t *jwk = tee_jwk_public(key);
	tee_auto_json *more = tee_json_object(text, strlen(text), NULL);

	ck_assert_msg(more != NULL, "%s", text);
	ck_assert_int_eq(json_object_update(jwk, more), 0);
	return jwk;
}

/* The good key with members changed. */
START_TEST(key_numbers)
{
	static const struct {
		const char *change, *why; /* NULL: taken */
	} rows[] = {
		{ "{}", NULL },
		{ "{\"kty\":\"RSA-HSM\"}", NULL },
		{ "{\"e\":\"AAEAAQ\"}", NULL },
		{ "{\"d\":\"AQ\",\"alg\":\"none\",\"use\":\"enc\"}", NULL },
		{ "{\"kty\":\"EC\"}", "kty" },
		{ "{\"kty\":\"oct\",\"k\":\"AAAA\"}", "kty" },
		{ "{\"kty\":null}", "kty" },
		{ "{\"e\":\"AQAB==\"}", "read" },
		{ "{\"e\":\"AQ AB\"}", "read" },
		{ "{\"e\":\"\"}", "read" },
		{ "{\"e\":65537}", "read" },
		{ "{\"e\":null}", "read" },
		{ "{\"n\":null}", "read" },
		{ "{\"e\":\"Aw\"}", "exponent" },
		{ "{\"e\":\"AQAA\"}", "exponent" },
		{ "{\"e\":\"AAAA\"}", "exponent" },
		{ "{\"e\":\"AQAAAAAAAAAB\"}", "exponent" },
		{ "{\"e\":\"AQAC\"}", "exponent" },
		{ "{\"n\":\"AQAB==\"}", "read" },
		{ "{\"n\":\"AQ AB\"}", "read" },
		{ "{\"n\":\"AQAB\"}", "bits" },
		{ "{\"x5c\":[\"AAAA\"]}", "not the same" },
		{ "{\"x5c\":[]}", "not the same" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		tee_auto_json *jwk = members(rows[i].change);
		char why[TEE_JWK_WHY] = "";
		EVP_PKEY *got = tee_jwk_rsa(jwk, why);

		ck_assert_msg((got != NULL) == (rows[i].why == NULL), "%s: %s",
		    rows[i].change, why);
		if (rows[i].why != NULL)
			ck_assert_msg(strstr(why, rows[i].why) != NULL,
			    "%s: %s", rows[i].change, why);
		else
			ck_assert_int_eq(EVP_PKEY_eq(got, key), 1);
		EVP_PKEY_free(got);
	}
}
END_TEST

static EVP_PKEY *
taken(const json_t *jwk, char why[TEE_JWK_WHY])
{
	EVP_PKEY *got = tee_jwk_rsa(jwk, why);

	EVP_PKEY_free(got);
	return got;
}

START_TEST(key_certificates)
{
	tee_auto_json *jwk = jose_x5c_jwk(key, "k"),
		      *both = tee_jwk_public(key),
		      *apart = tee_jwk_public(other);
	char why[TEE_JWK_WHY];
	EVP_PKEY *got = tee_jwk_rsa(jwk, why);

	ck_assert_int_eq(EVP_PKEY_eq(got, key), 1);
	EVP_PKEY_free(got);
	json_object_set(both, "x5c", json_object_get(jwk, "x5c"));
	ck_assert_ptr_nonnull(taken(both, why));
	json_object_set(apart, "x5c", json_object_get(jwk, "x5c"));
	ck_assert_ptr_null(taken(apart, why));
	ck_assert_ptr_nonnull(strstr(why, "not the same key"));
}
END_TEST

START_TEST(certificate_bytes)
{
	tee_auto_json *jwk = jose_x5c_jwk(key, "k");
	char why[TEE_JWK_WHY], *longer;
	size_t size;
	unsigned char *der = tee_jwk_x5c(jwk, 0, &size);

	ck_assert_ptr_null(tee_jwk_x5c(jwk, 1, &size));
	der = realloc(der, size + 3);
	memset(der + size, 0, 3);
	longer = tee_b64_encode(TEE_BASE64_STANDARD, der, size + 3);
	json_object_set_new(jwk, "x5c", json_pack("[s]", longer));
	ck_assert_ptr_null(taken(jwk, why));
	free(longer);
	longer = tee_b64_encode(TEE_BASE64_STANDARD, der, size);
	json_object_set_new(jwk, "x5c", json_pack("[s]", longer));
	ck_assert_ptr_nonnull(taken(jwk, why));
	longer[8] = '-';
	json_object_set_new(jwk, "x5c", json_pack("[s]", longer));
	ck_assert_ptr_null(taken(jwk, why));
	free(longer);
	free(der);
}
END_TEST

/* RFC 7638 section 3.1, and its thumbprint. */
static const char rfc7638[] =
    "{\"kty\":\"RSA\",\"n\":\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78L"
    "hWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64t"
    "Z_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMic"
    "AtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4"
    "vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzK"
    "nqDKgw\",\"e\":\"AQAB\",\"alg\":\"RS256\",\"kid\":\"2011-04-29\"}";

START_TEST(wrapping)
{
	tee_auto_json *jwk = tee_json_object(rfc7638, strlen(rfc7638), NULL);
	tee_auto_json *made = NULL, *named = NULL, *private = NULL;
	char why[TEE_JWK_WHY];
	EVP_PKEY *rsa = tee_jwk_rsa(jwk, why);

	ck_assert_msg(rsa != NULL, "%s", why);
	made = tee_jwk_wrapping(rsa, NULL);
	ck_assert(tee_json_is(made, "kid",
	    "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"));
	ck_assert(
	    json_equal(json_object_get(made, "n"), json_object_get(jwk, "n")));
	ck_assert(tee_json_is(made, "e", "AQAB"));
	ck_assert_str_eq(json_string_value(
			     json_array_get(json_object_get(made, "key_ops"),
				 0)),
	    "encrypt");
	ck_assert_uint_eq(json_object_size(made), 5);
	named = tee_jwk_wrapping(rsa, "mine");
	ck_assert(tee_json_is(named, "kid", "mine"));
	/* A pair gives away its public half alone. */
	private = tee_jwk_wrapping(key, NULL);
	ck_assert_uint_eq(json_object_size(private), 5);
	EVP_PKEY_free(rsa);
}
END_TEST

/* What libjose would say to standard error is not said. */
START_TEST(silence)
{
	char path[] = "silence-XXXXXX", byte;
	int file = mkstemp(path), kept = dup(STDERR_FILENO);
	char *good = jose_sign(RS256, "{}", key, EVP_sha256());
	EVP_PKEY *ec = EVP_EC_gen("P-256"), *small = jose_key(1024);
	char *weak = jose_sign(RS256, "{}", small, EVP_sha256());
	ssize_t said;

	ck_assert_int_ge(file, 0);
	unlink(path);
	dup2(file, STDERR_FILENO);
	(void)verifies(good, other);
	(void)verifies(good, ec);
	(void)verifies(weak, small);
	dup2(kept, STDERR_FILENO);
	said = pread(file, &byte, 1, 0);
	close(kept);
	close(file);
	ck_assert_int_eq(said, 0);
	EVP_PKEY_free(ec);
	EVP_PKEY_free(small);
	free(good);
	free(weak);
}
END_TEST

/* Real: a Key Vault release, whose header carries the key it verifies with. */
START_TEST(key_vault)
{
	struct sim_blob file = { 0 };
	struct tee_jws jws;
	char why[TEE_JWS_WHY];
	const char *text;
	json_t *body;
	EVP_PKEY *leaf;

	if (vector_root() == NULL)
		return;
	vector_load("azure/akv-release/"
		    "akv-premium-7.3-preview.release-response.json",
	    &file);
	body = tee_json_object(file.data, file.size, why);
	ck_assert_msg(body != NULL, "%s", why);
	text = tee_json_text(body, "value");
	ck_assert_msg(tee_jws_parse(&jws, text, strlen(text), why), "%s", why);
	json_object_set_new(jws.header, "kty", json_string("RSA"));
	leaf = tee_jwk_rsa(jws.header, why);
	ck_assert_msg(leaf != NULL, "%s", why);
	ck_assert(tee_jws_verify(&jws, leaf));
	ck_assert(!tee_jws_verify(&jws, key));
	EVP_PKEY_free(leaf);
	tee_jws_free(&jws);
	json_decref(body);
	tee_sim_blob_free(&file);
}
END_TEST

/* Real: OpenHCL's sample of a token with x5c in its header. */
START_TEST(x5c_header)
{
	static const char prefix[] = "placeholder_";
	struct sim_blob file = { 0 };
	struct tee_jws jws;
	char why[TEE_JWS_WHY], *text, *at;
	EVP_PKEY *leaf;

	if (vector_root() == NULL)
		return;
	vector_load("azure/openvmm/akv-style-valid_jwt.txt", &file);
	text = strndup((char *)file.data, file.size);
	while ((at = strstr(text, prefix)) != NULL)
		memmove(at, at + strlen(prefix),
		    strlen(at + strlen(prefix)) + 1);
	text[strcspn(text, "\n")] = '\0';
	ck_assert_msg(tee_jws_parse(&jws, text, strlen(text), why), "%s", why);
	json_object_set_new(jws.header, "kty", json_string("RSA"));
	leaf = tee_jwk_rsa(jws.header, why);
	ck_assert_msg(leaf != NULL, "%s", why);
	ck_assert_int_ge(EVP_PKEY_get_bits(leaf), 2048);
	EVP_PKEY_free(leaf);
	tee_jws_free(&jws);
	tee_sim_blob_free(&file);
	free(text);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure_jws");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	key = jose_key(2048);
	other = jose_key(2048);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, forms);
	tcase_add_test(tcase, headers);
	tcase_add_test(tcase, size_limit);
	tcase_add_test(tcase, signatures);
	tcase_add_test(tcase, unfit_keys);
	tcase_add_test(tcase, key_numbers);
	tcase_add_test(tcase, key_certificates);
	tcase_add_test(tcase, certificate_bytes);
	tcase_add_test(tcase, wrapping);
	tcase_add_test(tcase, silence);
	tcase_add_test(tcase, key_vault);
	tcase_add_test(tcase, x5c_header);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
	if (vector_root() == NULL)
		puts("real evidence: skipped (no TEE_VECTORS)");
	return failed > 0;
}
