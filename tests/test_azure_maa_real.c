/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real tokens.  Their keys are not public: as they are they are refused, for
 * their kid and their age.  Their claims under a key of the test are judged
 * like any others.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>

#include "modules/common/base64.h"
#include "modules/common/json.h"
#include "tests/testlib_jose.h"
#include "tests/testlib_maa.h"
#include "tests/testlib_vector.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TOKENS "azure/maa-tokens/"
#define SHARED "https://sharedweu.weu.attest.azure.net"
#define TEST_WEU "https://sharedweu.weu.test.attest.azure.net"
#define SHARED_US2 "https://sharedeus2.eus2.attest.azure.net"
#define TEST_US "https://sharedeus.eus.test.attest.azure.net"
#define NO_TEE \
	"token.type token.compliance token.debug token.migration token.vmpl " \
	"token.tcb "

/* Of a token as it is, and of its claims under our key when it was young. */
static const struct real {
	const char *file, *issuer;
	time_t iat;
	const char *today, *then, *not_done;
	const char *launch; /* NULL: it says none */
	uint8_t snp_svn;
} reals[] = {
	{ TOKENS "sevsnpvm-2025-04.jwt", TEST_WEU, 1744085700,
	    "token.key token.times token.age token.compliance",
	    "token.compliance binding", NULL,
	    "02c3b0d5bf1d256fa4e3b5deefc07b55ff2f7029085ed350f60959140a1a51f1"
	    "310753ba5ab2c03a0536b1c0c193af47",
	    8 },
	/* Its nonce is "ADE0101", not ours: bytes, as other clients send them. */
	{ TOKENS "azureguest-2023-03.jwt", SHARED, 1680173374,
	    "token.key token.times token.age", "binding", NULL,
	    "8962535933f5c4b429ec41d6550c187c163aa76f3be1f8d750a272a9d8995023"
	    "e8286a2e431a96c36087ac46d4188676",
	    8 },
	/* Protocol 1.0: no claims of a report. */
	{ TOKENS "azureguest-2022-04.jwt", SHARED_US2, 1649979780,
	    NO_TEE "token.key token.times token.age", NO_TEE "token.binding",
	    "binding", NULL, 0 },
	/* Its nonce is "1234": base64 of something that is not ours. */
	{ TOKENS "azureguest-linux-sample.decoded.json", SHARED_US2, 1661363423,
	    NULL, "binding", NULL,
	    "5677f1de87289e7ad2c7e99c805d0468b1a9ccd83f0d245afa5242d405da4d57"
	    "25852f8c6550564870e5f3206dfb1841",
	    6 },
	{ TOKENS "azureguest-sample-windows.decoded.json", TEST_US, 1652993094,
	    NULL, "token.binding", "binding",
	    "fe353d3026450365d599293bf0ed9b97defc3976602750dff3e087d88b9bbde0"
	    "5031b356f8d9296b8b138ae6000d0370",
	    2 },
};

static char *
load(const char *file)
{
	struct sim_blob blob = { 0 };
	char *text;

	vector_load(file, &blob);
	text = strndup((char *)blob.data, blob.size);
	text[strcspn(text, "\r\n")] =
	    text[0] == '{' ? text[strcspn(text, "\r\n")] : '\0';
	tee_sim_blob_free(&blob);
	return text;
}

static void
judge_real(const char *name, struct maa_scene *s, const struct real *r,
    const char *fails, const char *not_done)
{
	char *keys = json_dumps(s->jwks, 0), options[1024];
	struct tee_claims *claims;

	snprintf(options, sizeof(options), "!endpoint=%s|jwks_file=%s",
	    r->issuer, maa_file("real", keys, strlen(keys)));
	claims = maa_judge(s, options);
	snp_expect(name, claims, fails, not_done);
	if (fails == r->then && r->launch != NULL) {
		const struct tee_named *launch = &claims->measurements.entry[0];
		char text[97];

		for (unsigned i = 0; i < 48; i++)
			sprintf(text + 2 * i, "%02x", launch->data[i]);
		ck_assert_str_eq(text, r->launch);
		ck_assert_uint_eq(claims->tcb[3], r->snp_svn);
	} else
		ck_assert_uint_eq(claims->measurements.count, 0);
	tee_claims_free(&claims);
	free(keys);
}

START_TEST(as_they_are)
{
	for (size_t i = 0; i < COUNT(reals); i++) {
		struct maa_scene s;

		if (reals[i].today == NULL)
			continue;
		maa_start(&s, MAA_CONTAINER);
		s.token = load(reals[i].file);
		judge_real(reals[i].file, &s, &reals[i], reals[i].today,
		    "binding");
		maa_free(&s);
	}
}
END_TEST

static char *
payload_of(char *text)
{
	char *dot = strchr(text, '.'), *out;
	uint8_t *bytes;
	size_t size;

	if (text[0] == '{')
		return strdup(text);
	*strrchr(text, '.') = '\0';
	bytes = tee_b64_decode(TEE_BASE64_URL, dot + 1, strlen(dot + 1), &size);
	ck_assert_ptr_nonnull(bytes);
	out = strndup((char *)bytes, size);
	free(bytes);
	return out;
}

START_TEST(their_claims)
{
	for (size_t i = 0; i < COUNT(reals); i++) {
		struct maa_scene s;
		char *text, *payload;

		maa_start(&s, MAA_CONTAINER);
		text = load(reals[i].file);
		payload = payload_of(text);
		s.token = jose_sign(s.header, payload, maa_key, EVP_sha256());
		s.now = reals[i].iat + 10;
		judge_real(reals[i].file, &s, &reals[i], reals[i].then,
		    reals[i].not_done);
		maa_free(&s);
		free(payload);
		free(text);
	}
}
END_TEST

/* The one 2025 token is a container's that asked without runtime data. */
START_TEST(report_data)
{
	struct maa_scene s;
	char *text, *payload, options[1024], *keys;
	struct tee_claims *claims;
	static const uint8_t data[32] = { 0x40, 0xfc, 0x24, 0x8e, 0xcb,
		0x55, [24] = 0x31 };

	maa_start(&s, MAA_CONTAINER);
	text = load(reals[0].file);
	payload = payload_of(text);
	s.token = jose_sign(s.header, payload, maa_key, EVP_sha256());
	s.now = reals[0].iat;
	memcpy(s.binding, data, sizeof(data));
	keys = json_dumps(s.jwks, 0);
	snprintf(options, sizeof(options),
	    "!endpoint=%s|compliance=any|jwks_file=%s", TEST_WEU,
	    maa_file("real", keys, strlen(keys)));
	claims = maa_judge(&s, options);
	snp_expect("2025", claims, NULL, NULL);
	tee_claims_free(&claims);
	maa_free(&s);
	free(keys);
	free(payload);
	free(text);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure_maa_real");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	if (vector_root() == NULL) {
		puts("real evidence: skipped (no TEE_VECTORS)");
		return 77;
	}
	maa_keys_open();
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, as_they_are);
	tcase_add_test(tcase, their_claims);
	tcase_add_test(tcase, report_data);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	maa_keys_close();
	return failed > 0;
}
