/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTP client over TLS: whom it believes and which versions it speaks.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/testlib_http.h"

#define OLD_TLS "NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0:%COMPAT"
#define TLS12 "NORMAL:-VERS-ALL:+VERS-TLS1.2"

static const unsigned again[] = { 500, 0 };
static const struct tee_http_hop hop = { .name = "Key Vault",
	.advice = "try teectl doctor",
	.connect_ms = 2000,
	.total_ms = 3000,
	.tries = 2,
	.backoff_ms = 2,
	.again = again };

static struct tls_ca *ca;
static struct tee_http_trust *trust;
static uint8_t pin[32];
static struct http_call c;
static struct tee_http_response answer;

static void
set_up(void)
{
	ca = tls_ca_new("test CA");
	tls_ca_pin(ca, pin);
	trust = http_trust_of(ca);
	http_call_begin(&c, 4000, pin);
}

static void
tear_down(void)
{
	tee_http_response_free(&answer);
	http_call_end(&c);
	tee_http_trust_free(&trust);
	tls_ca_free(&ca);
}

static enum tee_verdict
get(struct http_server *s, const char *url, const struct tee_http_trust *t)
{
	struct http_turn turn = { .status = 200, .body = "hello" };
	struct tee_http_request request = { .hop = &hop,
		.url = url != NULL ? url : http_server_url(s, "/"),
		.limit = 100,
		.trust = t };

	http_server_script(s, &turn, 1);
	tee_http_response_free(&answer);
	return tee_http(&c.call, &request, &answer);
}

static enum tee_verdict
get_from(enum tls_defect defect, const char *priorities,
    const struct tee_http_trust *t)
{
	struct tls_identity identity;
	struct http_server *s;
	enum tee_verdict verdict;

	tls_ca_issue(ca, defect, &identity);
	s = http_server_new(&identity, priorities);
	verdict = get(s, NULL, t);
	ck_assert_uint_eq(http_server_count(s), verdict == TEE_OK);
	http_server_free(&s);
	return verdict;
}

START_TEST(good)
{
	ck_assert_int_eq(get_from(TLS_GOOD, NULL, trust), TEE_OK);
	ck_assert_str_eq((const char *)answer.body, "hello");
	ck_assert(c.call.claims->simulated);
	ck_assert_int_eq(get_from(TLS_GOOD, TLS12, trust), TEE_OK);
}
END_TEST

START_TEST(wrong_host_name)
{
	ck_assert_int_eq(get_from(TLS_WRONG_HOST, NULL, trust),
	    TEE_UNAVAILABLE);
	ck_assert_uint_eq(answer.tries, 1);
	ck_assert(
	    http_call_logged(&c, "http_tls", "(try 1); try teectl doctor"));
}
END_TEST

START_TEST(expired)
{
	ck_assert_int_eq(get_from(TLS_EXPIRED, NULL, trust), TEE_UNAVAILABLE);
	ck_assert_uint_eq(answer.tries, 1);
	ck_assert(http_call_logged(&c, "http_tls", "expired"));
	ck_assert_int_eq(get_from(TLS_NOT_YET, NULL, trust), TEE_UNAVAILABLE);
	ck_assert(http_call_logged(&c, "http_tls", "not yet valid"));
}
END_TEST

START_TEST(old_tls)
{
	ck_assert_int_eq(get_from(TLS_GOOD, OLD_TLS, trust), TEE_UNAVAILABLE);
	ck_assert(http_call_logged(&c, "http_tls", "unsupported protocol"));
}
END_TEST

/* Neither the system's CAs know it, nor another CA of the same name. */
START_TEST(untrusted_ca)
{
	struct tls_ca *other = tls_ca_new("test CA");
	struct tee_http_trust *theirs = http_trust_of(other);
	uint8_t their_pin[32];

	ck_assert_int_eq(get_from(TLS_GOOD, NULL, NULL), TEE_UNAVAILABLE);
	ck_assert(http_call_logged(&c, "http_tls", "certificate"));
	ck_assert_uint_eq(answer.tries, 1);
	tls_ca_pin(other, their_pin);
	http_call_end(&c);
	http_call_begin(&c, 4000, their_pin);
	ck_assert_int_eq(get_from(TLS_GOOD, NULL, theirs), TEE_UNAVAILABLE);
	ck_assert(http_call_logged(&c, "http_tls", "signature failure"));
	ck_assert_uint_eq(answer.tries, 1);
	tee_http_trust_free(&theirs);
	tls_ca_free(&other);
}
END_TEST

/* Only the profile lets a CA of one's own in, and only for a simulation. */
START_TEST(trust_not_in_the_profile)
{
	http_call_end(&c);
	http_call_begin(&c, 4000, NULL);
	ck_assert_int_eq(get_from(TLS_GOOD, NULL, trust), TEE_DENY);
	ck_assert(http_call_logged(&c, "http_trust", "require.roots"));
	http_call_end(&c);
	http_call_begin(&c, 4000, pin);
	c.floor.allow_simulated = false;
	ck_assert_int_eq(get_from(TLS_GOOD, NULL, trust), TEE_DENY);
	ck_assert(http_call_logged(&c, "http_trust", "allow_simulated"));
	ck_assert(!c.call.claims->simulated);
	c.floor.allow_simulated = true;
	c.root[0][31] ^= 1;
	ck_assert_int_eq(get_from(TLS_GOOD, NULL, trust), TEE_DENY);
	c.root[0][31] ^= 1;
	ck_assert_int_eq(get_from(TLS_GOOD, NULL, trust), TEE_OK);
}
END_TEST

static int
read_trust(const char *text, struct tee_http_trust **out)
{
	char folder[4096], path[4160], option[4200];
	struct tee_config config;
	FILE *file;
	int result;

	ck_assert_ptr_nonnull(realpath(getenv("TEE_TEST_BUILDDIR"), folder));
	snprintf(path, sizeof(path), "%s/tests/tmp/trust-%d", folder,
	    (int)getpid());
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
	snprintf(option, sizeof(option), "ca_file=%s", path);
	http_config(&config, TEE_VERIFIER, option, &c);
	result = tee_http_trust_read(&config, "ca_file", out);
	tee_config_clear(&config);
	remove(path);
	return result;
}

START_TEST(trust_files)
{
	struct tls_ca *other = tls_ca_new("second");
	struct tee_http_trust *t = NULL;
	struct tee_config config;
	char both[8192];

	ck_assert_int_eq(read_trust("", &t), -1);
	ck_assert_int_eq(read_trust("hello", &t), -1);
	ck_assert_int_eq(read_trust("-----BEGIN CERTIFICATE-----\nAAAA\n"
				    "-----END CERTIFICATE-----\n",
			     &t),
	    -1);
	ck_assert_ptr_null(t);
	/* Both must be named, or the second slips in beside the first. */
	snprintf(both, sizeof(both), "%s%s", tls_ca_pem(ca), tls_ca_pem(other));
	ck_assert_int_eq(read_trust(both, &t), 1);
	ck_assert(!tee_http_trust_allowed(&c.call, t));
	tee_http_trust_free(&t);
	http_config(&config, TEE_VERIFIER, "ca_file=/nonexistent/ca.pem", &c);
	ck_assert_int_eq(tee_http_trust_read(&config, "ca_file", &t), -1);
	tee_config_clear(&config);
	http_config(&config, TEE_VERIFIER, "", &c);
	ck_assert_int_eq(tee_http_trust_read(&config, "ca_file", &t), 0);
	ck_assert_ptr_null(t);
	ck_assert_ptr_nonnull(strstr(c.log, "/nonexistent/ca.pem: No such"));
	tls_ca_free(&other);
}
END_TEST

/* A plain server behind an https URL, and TLS behind a port of another. */
START_TEST(no_tls_there)
{
	struct http_server *s = http_server_new(NULL, NULL);
	char url[64];

	snprintf(url, sizeof(url), "https://127.0.0.1:%u/",
	    http_server_port(s));
	ck_assert_int_eq(get(s, url, trust), TEE_UNAVAILABLE);
	ck_assert(http_call_logged(&c, "http_tls", "Key Vault at 127.0.0.1"));
	ck_assert_uint_eq(http_server_count(s), 0);
	http_server_free(&s);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("http_tls");
	TCase *tcase = tcase_create("http_tls");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, good);
	tcase_add_test(tcase, wrong_host_name);
	tcase_add_test(tcase, expired);
	tcase_add_test(tcase, old_tls);
	tcase_add_test(tcase, untrusted_ca);
	tcase_add_test(tcase, trust_not_in_the_profile);
	tcase_add_test(tcase, trust_files);
	tcase_add_test(tcase, no_tls_there);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
