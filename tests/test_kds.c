/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AMD's KDS and what is kept of it: questions for every product, answers
 * that are none, and chains that are asked for once.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "modules/snp/kds.h"
#include "modules/snp/supply.h"
#include "tests/testlib_http.h"
#include "tests/testlib_snp.h"

static struct tls_ca *ca;
static struct tee_http_trust *trust;
static struct http_server *server;
static struct http_call c;
static struct snp_evidence e;
static struct snp_report report;
static struct snp_kds kds;
static struct sim_blob vcek, chain;
static char base[128], folder[4160];

static void
ask_about(enum sim_product product, enum sim_signer signer, unsigned version)
{
	snp_evidence_free(&e);
	tee_sim_blob_free(&vcek);
	tee_sim_blob_free(&chain);
	snp_evidence_start(&e, product, signer, version);
	snp_evidence_mint(&e);
	ck_assert(tee_snp_report_parse(&report, e.report, SNP_REPORT_SIZE));
	ck_assert(tee_sim_chain_der(&e.chain, SIM_VCEK, &vcek));
	ck_assert(tee_sim_chain_cert_pem(&e.chain, SIM_ASK, &chain));
	ck_assert(tee_sim_chain_cert_pem(&e.chain, SIM_ARK, &chain));
}

/* Both answers, each at its own path. */
static void
serve_good(void)
{
	struct http_turn turn[] = { { .status = 200,
					.path = "/vcek/v1/Milan/cert_chain",
					.body = (char *)chain.data,
					.size = chain.size },
		{ .status = 200,
		    .path = "/vcek/v1/Milan/",
		    .body = (char *)vcek.data,
		    .size = vcek.size } };

	http_server_script(server, turn, 2);
}

static void
set_up(void)
{
	struct tls_identity identity;
	uint8_t pin[32];
	char build[4096];

	ca = tls_ca_new("KDS");
	tls_ca_pin(ca, pin);
	tls_ca_issue(ca, TLS_GOOD, &identity);
	trust = http_trust_of(ca);
	server = http_server_new(&identity, NULL);
	http_call_begin(&c, 3000, pin);
	c.call.now = SNP_NOW;
	memset(&e, 0, sizeof(e));
	ask_about(SIM_MILAN, SIM_SIGNER_VCEK, 3);
	http_call_trust(&c, e.root);
	snprintf(base, sizeof(base), "%s", http_server_url(server, ""));
	kds.base = base;
	kds.trust = trust;
	ck_assert_ptr_nonnull(realpath(getenv("TEE_TEST_BUILDDIR"), build));
	snprintf(folder, sizeof(folder), "%s/tests/tmp/kds-%d", build,
	    (int)getpid());
}

static void
tear_down(void)
{
	char command[4200];

	http_server_free(&server);
	http_call_end(&c);
	tee_http_trust_free(&trust);
	tls_ca_free(&ca);
	snp_evidence_free(&e);
	tee_sim_blob_free(&vcek);
	tee_sim_blob_free(&chain);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

/* By hand, from AMD 57230: the URL is not made twice by one function. */
START_TEST(urls)
{
	char url[SNP_KDS_URL];
	uint8_t raw[SNP_REPORT_SIZE];

	kds.base = (char *)(uintptr_t) "https://h";
	memcpy(raw, e.report, sizeof(raw));
	memset(raw + 0x1a0, 0, 64);
	memcpy(raw + 0x1a0, "\x01\xab\x02\x03\x04\x05\x06\xff\x10", 9);
	memcpy(raw + 0x180, "\x04\x01\x00\x00\x00\x00\x18\xdb", 8);
	ck_assert(tee_snp_report_parse(&report, raw, sizeof(raw)));
	tee_snp_kds_vcek_url(&kds, SNP_MILAN, &report, url);
	ck_assert_str_eq(url,
	    "https://h/vcek/v1/Milan/01ab0203040506ff10000000000000000000000000"
	    "000000000000000000000000000000000000000000000000000000000000000000"
	    "00000000000000000000?blSPL=4&teeSPL=1&snpSPL=24&ucodeSPL=219");
	tee_snp_kds_vcek_url(&kds, SNP_GENOA, &report, url);
	ck_assert_ptr_nonnull(strstr(url, "/vcek/v1/Genoa/01ab"));
	memcpy(raw + 0x180, "\x01\x02\x03\x04\x00\x00\x00\x4a", 8);
	tee_snp_kds_vcek_url(&kds, SNP_TURIN, &report, url);
	ck_assert_str_eq(url,
	    "https://h/vcek/v1/Turin/01ab0203040506ff"
	    "?fmcSPL=1&blSPL=2&teeSPL=3&snpSPL=4&ucodeSPL=74");
}
END_TEST

static void
accepted(const char *option, const char *expected)
{
	struct tee_config config;
	struct snp_kds k;

	http_config(&config, TEE_COLLECTOR, option, &c);
	ck_assert_msg(tee_snp_kds_read(&k, &config, "kds", "off") ==
		(expected != NULL),
	    "%s", option);
	if (expected != NULL && expected[0] == '\0')
		ck_assert_ptr_null(k.base);
	else if (expected != NULL)
		ck_assert_str_eq(k.base, expected);
	tee_snp_kds_clear(&k);
	tee_config_clear(&config);
}

START_TEST(option)
{
	accepted("", "");
	accepted("kds=off", "");
	accepted("kds=amd", "https://kdsintf.amd.com");
	accepted("kds=https://mirror/amd//", "https://mirror/amd");
	accepted("kds=http://mirror", NULL);
	accepted("kds=mirror", NULL);
	accepted("kds=true", NULL);
	accepted("kds=https://a@b", NULL);
	accepted("kds=https://a/?b", NULL);
}
END_TEST

START_TEST(fetch)
{
	char *pem;

	serve_good();
	ck_assert_int_eq(tee_snp_kds_fetch(&c.call, &kds, &report, &pem),
	    TEE_OK);
	ck_assert_uint_eq(http_server_count(server), 2);
	ck_assert(tee_snp_supply_fits(&c.call, &report, pem, strlen(pem)));
	free(pem);
	ck_assert_str_eq(c.log, "");
}
END_TEST

/* A version 2 report does not say of which product it is. */
START_TEST(version_two)
{
	struct http_turn turn[] = { { .status = 404,
					.path = "/vcek/v1/Milan/" },
		{ .status = 200,
		    .path = "/vcek/v1/Genoa/cert_chain",
		    .body = (char *)chain.data,
		    .size = chain.size },
		{ .status = 200,
		    .path = "/vcek/v1/Genoa/",
		    .body = (char *)vcek.data,
		    .size = vcek.size } };
	char *pem;

	ask_about(SIM_GENOA, SIM_SIGNER_VCEK, 2);
	turn[1].body = (char *)chain.data;
	turn[1].size = chain.size;
	turn[2].body = (char *)vcek.data;
	turn[2].size = vcek.size;
	http_server_script(server, turn, 3);
	ck_assert_int_eq(tee_snp_kds_fetch(&c.call, &kds, &report, &pem),
	    TEE_OK);
	ck_assert_uint_eq(http_server_count(server), 3);
	ck_assert_str_eq(c.call.reason, "");
	free(pem);
}
END_TEST

static const struct row {
	const char *name;
	struct http_turn vcek, chain;
	enum tee_verdict verdict;
	const char *reason, *words;
} rows[] = {
	{ "no such TCB", { .status = 404 }, { .status = 200 }, TEE_UNAVAILABLE,
	    "http_error", "AMD KDS at 127.0.0.1" },
	{ "refused", { .status = 400 }, { .status = 200 }, TEE_DENY,
	    "http_refused", "status 400" },
	{ "throttled for longer than there is",
	    { .status = 429, .headers = "Retry-After: 10" }, { .status = 200 },
	    TEE_UNAVAILABLE, "http_throttled",
	    "(try 1); check the way out to kdsintf.amd.com" },
	{ "no certificate", { .status = 200, .body = "hello" },
	    { .status = 200 }, TEE_UNAVAILABLE, "kds_answer",
	    "the VCEK is no certificate" },
	{ "nothing", { .status = 200 }, { .status = 200 }, TEE_UNAVAILABLE,
	    "kds_answer", "the VCEK is no certificate" },
	{ "too large", { .status = 200, .fill = 9000 }, { .status = 200 },
	    TEE_UNAVAILABLE, "http_too_large", "more than 8192" },
	{ "chain that is none", { .status = 1 },
	    { .status = 200, .body = "<html>" }, TEE_UNAVAILABLE, "kds_answer",
	    "cert_chain is no PEM" },
	{ "chain that is empty", { .status = 1 }, { .status = 200 },
	    TEE_UNAVAILABLE, "kds_answer", "cert_chain is no PEM" },
	{ "no chain", { .status = 1 }, { .status = 404 }, TEE_UNAVAILABLE,
	    "http_error", "status 404" },
};

START_TEST(bad_answers)
{
	const struct row *r = &rows[_i];
	struct http_turn turn[2] = { r->chain, r->vcek };
	char *pem;

	turn[0].path = "/vcek/v1/Milan/cert_chain";
	if (turn[1].status == 1) {
		turn[1].status = 200;
		turn[1].body = (char *)vcek.data;
		turn[1].size = vcek.size;
	}
	http_server_script(server, turn, 2);
	ck_assert_msg(tee_snp_kds_fetch(&c.call, &kds, &report, &pem) ==
		r->verdict,
	    "%s", r->name);
	ck_assert_ptr_null(pem);
	ck_assert_msg(http_call_logged(&c, r->reason, r->words), "%s", r->name);
}
END_TEST

/* What KDS cannot know is not asked. */
START_TEST(not_asked)
{
	char *pem;

	serve_good();
	ask_about(SIM_MILAN, SIM_SIGNER_VLEK, 3);
	ck_assert_int_eq(tee_snp_kds_fetch(&c.call, &kds, &report, &pem),
	    TEE_UNAVAILABLE);
	ck_assert(http_call_logged(&c, "kds_unknown_chip", "VLEK"));
	ask_about(SIM_MILAN, SIM_SIGNER_VCEK, 3);
	memset(e.report + 0x1a0, 0, 64);
	ck_assert_int_eq(tee_snp_kds_fetch(&c.call, &kds, &report, &pem),
	    TEE_UNAVAILABLE);
	ask_about(SIM_MILAN, SIM_SIGNER_VCEK, 3);
	e.report[0x188] = 0x1b;
	ck_assert(tee_snp_report_parse(&report, e.report, SNP_REPORT_SIZE));
	ck_assert_int_eq(tee_snp_kds_fetch(&c.call, &kds, &report, &pem),
	    TEE_UNAVAILABLE);
	ck_assert(http_call_logged(&c, "kds_unknown_chip", "no product"));
	ck_assert_uint_eq(http_server_count(server), 0);
}
END_TEST

static unsigned asked;
static bool supplied_fits;

static enum tee_verdict
supplier(struct tee_call *call, void *user, const struct snp_report *r,
    char **pem)
{
	asked++;
	return tee_snp_kds_fetch(call, user, r, pem);
}

static void
supply_open(struct snp_supply *s)
{
	struct tee_config config;
	char text[4200];

	snprintf(text, sizeof(text), "cert_cache=%s", folder);
	http_config(&config, TEE_COLLECTOR, text, &c);
	ck_assert(tee_snp_supply_init(s, &config, "cert_cache"));
	tee_config_clear(&config);
	asked = 0;
}

static enum tee_verdict
supply(struct snp_supply *s)
{
	char *pem = NULL;
	enum tee_verdict verdict =
	    tee_snp_supply(&c.call, s, &report, supplier, &kds, &pem);

	supplied_fits = verdict == TEE_OK &&
	    tee_snp_supply_fits(&c.call, &report, pem, strlen(pem));
	free(pem);
	return verdict;
}

/* Once per chip and TCB: then memory, then the disk, server or no server. */
START_TEST(asked_once)
{
	struct snp_supply s;

	serve_good();
	supply_open(&s);
	ck_assert_int_eq(supply(&s), TEE_OK);
	ck_assert_int_eq(supply(&s), TEE_OK);
	ck_assert(supplied_fits);
	ck_assert_uint_eq(asked, 1);
	tee_snp_supply_clear(&s);
	kds.base = (char *)(uintptr_t) "https://127.0.0.1:1";
	supply_open(&s);
	ck_assert_int_eq(supply(&s), TEE_OK);
	ck_assert(supplied_fits);
	ck_assert_uint_eq(asked, 0);
	/* Another TCB is another certificate. */
	c.call.deadline = 0;
	e.report[0x180]++;
	ck_assert_int_eq(supply(&s), TEE_UNAVAILABLE);
	ck_assert_uint_eq(asked, 1);
	e.report[0x180]--;
	ck_assert_int_eq(supply(&s), TEE_OK);
	tee_snp_supply_clear(&s);
}
END_TEST

/* Certificates that are over are asked for anew. */
START_TEST(expired_entry)
{
	struct snp_supply s;

	serve_good();
	supply_open(&s);
	ck_assert_int_eq(supply(&s), TEE_OK);
	c.call.now = SNP_NOW + 40 * 365 * SNP_DAY;
	ck_assert_msg(supply(&s) == TEE_OK, "%s", c.log);
	ck_assert_uint_eq(asked, 2);
	ck_assert(http_call_logged(&c, "cert_cache", "expired"));
	tee_snp_supply_clear(&s);
}
END_TEST

/* What was kept while another root was trusted is no chain any more. */
START_TEST(distrusted_entry)
{
	struct snp_supply s;

	serve_good();
	supply_open(&s);
	ck_assert_int_eq(supply(&s), TEE_OK);
	tee_snp_supply_clear(&s);
	memset(c.root[1], 0, sizeof(c.root[1])); /* the chain's */
	supply_open(&s);
	ck_assert_int_eq(supply(&s), TEE_OK);
	ck_assert_uint_eq(asked, 1);
	ck_assert(!supplied_fits);
	tee_snp_supply_clear(&s);
}
END_TEST

/* A chain that did not sign the report goes to the verifier, and no further. */
START_TEST(unfitting_is_not_kept)
{
	struct snp_supply s;

	serve_good();
	e.report[0x90] ^= 1;
	supply_open(&s);
	ck_assert_int_eq(supply(&s), TEE_OK);
	ck_assert_int_eq(supply(&s), TEE_OK);
	ck_assert(!supplied_fits);
	ck_assert_uint_eq(asked, 2);
	ck_assert(http_call_logged(&c, "certs_do_not_fit", "not kept"));
	ck_assert_int_ne(access(folder, F_OK), 0);
	tee_snp_supply_clear(&s);
}
END_TEST

/* What is kept is handed out even then: whose fault it is, the verifier says. */
START_TEST(unfitting_report)
{
	struct snp_supply s;

	serve_good();
	supply_open(&s);
	ck_assert_int_eq(supply(&s), TEE_OK);
	tee_snp_supply_clear(&s);
	supply_open(&s);
	e.report[0x90] ^= 1;
	ck_assert_int_eq(supply(&s), TEE_OK);
	ck_assert(!supplied_fits);
	ck_assert_uint_eq(asked, 0);
	tee_snp_supply_clear(&s);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("kds");
	TCase *tcase = tcase_create("kds");
	SRunner *runner = srunner_create(suite);
	int failed;

	snp_keys_open();
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, urls);
	tcase_add_test(tcase, option);
	tcase_add_test(tcase, fetch);
	tcase_add_test(tcase, version_two);
	tcase_add_loop_test(tcase, bad_answers, 0,
	    sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tcase, not_asked);
	tcase_add_test(tcase, asked_once);
	tcase_add_test(tcase, expired_entry);
	tcase_add_test(tcase, distrusted_entry);
	tcase_add_test(tcase, unfitting_is_not_kept);
	tcase_add_test(tcase, unfitting_report);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	snp_keys_close();
	return failed == 0 ? 0 : 1;
}
