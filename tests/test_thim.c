/* SPDX-License-Identifier: Apache-2.0 */
/*
 * THIM: its JSON, and the order of cache, THIM and KDS for every way in which
 * one of them is out, behind or wrong.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "modules/common/file.h"
#include "modules/snp_azure/imds.h"
#include "modules/snp_azure/thim.h"
#include "tests/testlib_http.h"
#include "tests/testlib_snp.h"

#define PATH "/metadata/THIM/amd/certification"

static struct http_server *imds, *kds;
static struct tls_ca *ca;
static struct tee_http_trust *trust;
static struct http_call c;
static struct snp_evidence e;
static struct sim_blob vcek, chain;
static struct azure_thim *thim;
static char folder[4160], good[32768], stale[32768], kds_url[64];

/* PEM as a JSON string. */
static size_t
quoted(char *out, size_t room, const struct sim_blob *pem)
{
	size_t n = 0;

	for (size_t i = 0; i < pem->size; i++) {
		ck_assert_uint_lt(n + 3, room);
		if (pem->data[i] == '\n')
			out[n++] = '\\';
		out[n++] = pem->data[i] == '\n' ? 'n' : (char)pem->data[i];
	}
	out[n] = '\0';
	return n;
}

static void
thim_json(char *out, size_t room, unsigned change)
{
	char leaf[8192], issuers[16384];
	struct sim_blob pem = { 0 };
	uint64_t tcb = 0;

	ck_assert(tee_sim_chain_cert_pem(&e.chain, SIM_VCEK, &pem));
	quoted(leaf, sizeof(leaf), &pem);
	tee_sim_blob_free(&pem);
	ck_assert(tee_sim_chain_cert_pem(&e.chain, SIM_ASK, &pem));
	ck_assert(tee_sim_chain_cert_pem(&e.chain, SIM_ARK, &pem));
	quoted(issuers, sizeof(issuers), &pem);
	tee_sim_blob_free(&pem);
	for (unsigned i = 0; i < 8; i++)
		tcb = tcb << 8 | e.report[0x187 - i];
	snprintf(out, room,
	    "{\"vcekCert\":\"%s\",\"tcbm\":\"%016llx\","
	    "\"certificateChain\":\"%s\",\"cacheControl\":\"86400\"}",
	    leaf, (unsigned long long)(tcb + change), issuers);
}

static struct azure_thim *
thim_with(const char *more)
{
	struct tee_config config;
	struct azure_thim *t;
	char text[4500];

	snprintf(text, sizeof(text), "imds=%s%s", http_server_url(imds, ""),
	    more);
	http_config(&config, TEE_COLLECTOR, text, &c);
	t = tee_azure_thim_new(&config);
	tee_config_clear(&config);
	return t;
}

static void
kds_script(unsigned status)
{
	struct http_turn turn[] = { { .status = status,
					.path = "/vcek/v1/Milan/cert_chain",
					.body = (char *)chain.data,
					.size = chain.size },
		{ .status = status,
		    .path = "/vcek/v1/Milan/",
		    .body = (char *)vcek.data,
		    .size = vcek.size } };

	http_server_script(kds, turn, 2);
}

static void
set_up(void)
{
	struct tls_identity identity;
	char build[4096], text[4400];
	uint8_t pin[32];

	ca = tls_ca_new("KDS");
	tls_ca_pin(ca, pin);
	tls_ca_issue(ca, TLS_GOOD, &identity);
	trust = http_trust_of(ca);
	imds = http_server_new(NULL, NULL);
	kds = http_server_new(&identity, NULL);
	snprintf(kds_url, sizeof(kds_url), "%s", http_server_url(kds, ""));
	snp_evidence_start(&e, SIM_MILAN, SIM_SIGNER_VCEK, 3);
	snp_evidence_mint(&e);
	ck_assert(tee_sim_chain_der(&e.chain, SIM_VCEK, &vcek));
	ck_assert(tee_sim_chain_cert_pem(&e.chain, SIM_ASK, &chain));
	ck_assert(tee_sim_chain_cert_pem(&e.chain, SIM_ARK, &chain));
	thim_json(good, sizeof(good), 0);
	thim_json(stale, sizeof(stale), 1);
	ck_assert_ptr_nonnull(realpath(getenv("TEE_TEST_BUILDDIR"), build));
	snprintf(folder, sizeof(folder), "%s/tests/tmp/thim-%d", build,
	    (int)getpid());
	http_call_begin(&c, 3000, pin);
	http_call_trust(&c, e.root);
	c.call.now = SNP_NOW;
	snprintf(text, sizeof(text), "|cert_cache=%s|kds=%s", folder, kds_url);
	thim = thim_with(text);
	ck_assert_ptr_nonnull(thim);
	thim->kds.trust = trust;
	kds_script(200);
}

static void
tear_down(void)
{
	char command[4300];

	tee_azure_thim_free(&thim);
	http_server_free(&imds);
	http_server_free(&kds);
	http_call_end(&c);
	tee_http_trust_free(&trust);
	tls_ca_free(&ca);
	snp_evidence_free(&e);
	tee_sim_blob_free(&vcek);
	tee_sim_blob_free(&chain);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

static struct http_turn
ok(const char *body)
{
	struct http_turn turn = { .status = 200, .body = body };

	return turn;
}

static enum tee_verdict
certs(bool *is_stale)
{
	struct snp_report report;
	bool unused;
	char *pem;
	enum tee_verdict verdict = tee_azure_thim_ask(&c.call, thim, e.report,
	    &pem, is_stale != NULL ? is_stale : &unused);

	ck_assert(tee_snp_report_parse(&report, e.report, SNP_REPORT_SIZE));
	ck_assert((verdict == TEE_OK) == (pem != NULL));
	ck_assert(pem == NULL ||
	    tee_snp_supply_fits(&c.call, &report, pem, strlen(pem)));
	free(pem);
	return verdict;
}

START_TEST(from_thim)
{
	struct http_turn turn = ok(good);

	http_server_script(imds, &turn, 1);
	ck_assert_int_eq(certs(NULL), TEE_OK);
	ck_assert_uint_eq(http_server_count(imds), 1);
	ck_assert_uint_eq(http_server_count(kds), 0);
	ck_assert_str_eq(http_server_asked(imds, 0)->url, PATH);
	ck_assert_str_eq(http_server_asked(imds, 0)->metadata, "true");
	ck_assert_str_eq(c.log, "");
	ck_assert_int_eq(certs(NULL), TEE_OK);
	ck_assert_uint_eq(http_server_count(imds), 1);
}
END_TEST

/* What is on disk needs no network, in another process and during outages. */
START_TEST(survives_an_outage)
{
	struct http_turn turn = ok(good);
	char text[4400];

	http_server_script(imds, &turn, 1);
	ck_assert_int_eq(certs(NULL), TEE_OK);
	tee_azure_thim_free(&thim);
	http_server_free(&imds);
	imds = http_server_new(NULL, NULL);
	turn.status = 503;
	http_server_script(imds, &turn, 1);
	snprintf(text, sizeof(text), "|cert_cache=%s|kds=off", folder);
	thim = thim_with(text);
	ck_assert_int_eq(certs(NULL), TEE_OK);
	ck_assert_uint_eq(http_server_count(imds), 0);
}
END_TEST

START_TEST(stale_then_fresh)
{
	struct http_turn turn[] = { ok(stale), ok(good) };
	bool is_stale = true;

	http_server_script(imds, turn, 2);
	ck_assert_int_eq(certs(&is_stale), TEE_OK);
	ck_assert(!is_stale);
	ck_assert_uint_eq(http_server_count(imds), 2);
	ck_assert_uint_eq(http_server_count(kds), 0);
	ck_assert(http_call_logged(&c, "thim_stale", "another"));
	ck_assert_str_eq(c.call.reason, "");
}
END_TEST

/* KDS has every TCB of the chip. */
START_TEST(stale_then_kds)
{
	struct http_turn turn = ok(stale);
	bool is_stale = true;

	http_server_script(imds, &turn, 1);
	ck_assert_int_eq(certs(&is_stale), TEE_OK);
	ck_assert(!is_stale);
	ck_assert_uint_eq(http_server_count(imds), 2);
	ck_assert_uint_eq(http_server_count(kds), 2);
	ck_assert_int_eq(certs(&is_stale), TEE_OK);
	ck_assert_uint_eq(http_server_count(imds), 2);
}
END_TEST

START_TEST(stale_for_good)
{
	struct http_turn turn = ok(stale);
	bool is_stale = false;

	http_server_script(imds, &turn, 1);
	tee_snp_kds_clear(&thim->kds);
	ck_assert_int_eq(certs(&is_stale), TEE_UNAVAILABLE);
	ck_assert(is_stale);
	ck_assert_uint_eq(http_server_count(imds), 2);
	ck_assert_str_eq(c.call.reason, "thim_stale");
	/* A report made anew may fit: the next call asks again. */
	turn = ok(good);
	http_server_script(imds, &turn, 1);
	ck_assert_int_eq(certs(&is_stale), TEE_OK);
	ck_assert(!is_stale);
}
END_TEST

static const struct row {
	const char *name;
	struct http_turn turn;
	unsigned asked;
	const char *reason, *words;
} rows[] = {
	{ "refused", { .status = 400, .body = "{\"error\":\"Bad request\"}" },
	    1, "http_refused", "status 400 Bad request" },
	{ "not JSON", { .status = 200, .body = "<html>" }, 1, "thim_answer",
	    "IMDS (THIM)" },
	{ "no members", { .status = 200, .body = "{}" }, 1, "thim_answer",
	    "vcekCert" },
	{ "redirect", { .status = 301, .headers = "Location: /x" }, 1,
	    "http_redirect", "status 301" },
	{ "later than there is time",
	    { .status = 429, .headers = "Retry-After: 60" }, 1,
	    "http_throttled", "(try 1)" },
	{ "being updated for longer", { .status = 410 }, 1, "http_error",
	    "status 410" },
};

/* KDS steps in; without it the last word is THIM's. */
START_TEST(thim_out)
{
	const struct row *r = &rows[_i];

	http_server_script(imds, &r->turn, 1);
	ck_assert_msg(certs(NULL) == TEE_OK, "%s\n%s", r->name, c.log);
	ck_assert_uint_eq(http_server_count(imds), r->asked);
	ck_assert_uint_eq(http_server_count(kds), 2);
	ck_assert_str_eq(c.call.reason, "");
	tee_azure_thim_free(&thim);
	thim = thim_with("|kds=off");
	ck_assert_int_ne(certs(NULL), TEE_OK);
	ck_assert_str_eq(c.call.reason, r->reason);
	ck_assert(http_call_logged(&c, r->reason, r->words));
}
END_TEST

START_TEST(both_out)
{
	struct http_turn turn = { .status = 400 };

	http_server_script(imds, &turn, 1);
	kds_script(400);
	ck_assert_int_eq(certs(NULL), TEE_DENY);
	ck_assert(http_call_logged(&c, "http_refused", "AMD KDS"));
	ck_assert_int_ne(access(folder, F_OK), 0);
}
END_TEST

START_TEST(options)
{
	static const char *const bad[] = { "|kds=http://h", "|kds=yes",
		"|cert_cache=relative" };
	struct tee_config config;
	struct azure_thim *t;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_ptr_null(thim_with(bad[i]));
	http_config(&config, TEE_COLLECTOR, "imds=169.254.169.254", &c);
	ck_assert_ptr_null(tee_azure_thim_new(&config));
	tee_config_clear(&config);
	http_config(&config, TEE_COLLECTOR, "", &c);
	t = tee_azure_thim_new(&config);
	ck_assert_str_eq(t->base, AZURE_IMDS_BASE);
	ck_assert_str_eq(t->kds.base, SNP_KDS_BASE);
	tee_azure_thim_free(&t);
	tee_config_clear(&config);
}
END_TEST

#define CERT "\"-----BEGIN CERTIFICATE-----\\nx\""
static const struct {
	const char *json;
	bool good;
	const char *why;
} forms[] = {
	{ "{\"vcekCert\":" CERT ",\"certificateChain\":" CERT
	  ",\"tcbm\":\"DB18000000000004\"}",
	    true, NULL },
	{ "{\"vcekCert\":" CERT ",\"certificateChain\":" CERT
	  ",\"tcbm\":\"DB1800000000000\"}",
	    false, "tcbm" },
	{ "{\"vcekCert\":" CERT ",\"certificateChain\":" CERT
	  ",\"tcbm\":\"DB180000000000040\"}",
	    false, "tcbm" },
	{ "{\"vcekCert\":" CERT ",\"certificateChain\":" CERT
	  ",\"tcbm\":\"0xDB180000000004\"}",
	    false, "tcbm" },
	{ "{\"vcekCert\":" CERT ",\"certificateChain\":" CERT ",\"tcbm\":7}",
	    false, "tcbm" },
	{ "{\"vcekCert\":" CERT ",\"certificateChain\":" CERT "}", false,
	    "tcbm" },
	{ "{\"vcekCert\":" CERT ",\"certificateChain\":\"\"}", false,
	    "certificateChain" },
	{ "{\"vcekCert\":7}", false, "vcekCert" },
	{ "{\"vcekCert\":" CERT ",\"vcekCert\":" CERT "}", false, "duplicate" },
	{ "[]", false, "not a JSON object" },
	{ "", false, "" },
};

START_TEST(parse)
{
	struct azure_thim_answer a;
	char why[AZURE_THIM_WHY] = "";

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		bool accepted = tee_azure_thim_parse(&a, forms[i].json,
		    strlen(forms[i].json), why);

		ck_assert_msg(accepted == forms[i].good, "%s", forms[i].json);
		ck_assert_msg(accepted || strstr(why, forms[i].why) != NULL,
		    "%s: %s", forms[i].json, why);
		ck_assert(!accepted || a.tcb == 0xdb18000000000004);
		if (accepted)
			ck_assert_str_eq(a.pem,
			    "-----BEGIN CERTIFICATE-----\nx\n"
			    "-----BEGIN CERTIFICATE-----\nx");
		free(a.pem);
	}
}
END_TEST

/* A real host's answer and a real report of it. */
START_TEST(real)
{
	const char *vectors = getenv("TEE_VECTORS");
	struct azure_thim_answer a;
	struct snp_report report;
	char path[4096], why[AZURE_THIM_WHY];
	size_t json_size, size;
	uint8_t *json, *raw;

	snprintf(path, sizeof(path),
	    "%s/azure/sidecar-attest/uvm_host_amd_certificate.json",
	    vectors != NULL ? vectors : "");
	json = tee_file_read(path, 65536, &json_size);
	if (json == NULL) {
		fprintf(stderr, "skipped: no vectors\n");
		return;
	}
	snprintf(path, sizeof(path), "%s/azure/sidecar-attest/snp_report.bin",
	    vectors);
	raw = tee_file_read(path, 65536, &size);
	ck_assert_ptr_nonnull(raw);
	ck_assert_msg(tee_azure_thim_parse(&a, json, json_size, why), "%s",
	    why);
	ck_assert_uint_eq(a.tcb, 0x7308000000000003);
	ck_assert(tee_azure_thim_fits(&a, raw));
	ck_assert(tee_snp_report_parse(&report, raw, size));
	ck_assert(tee_snp_supply_fits(&c.call, &report, a.pem, strlen(a.pem)));
	/* Any part of the TCB that is another. */
	for (unsigned i = 0; i < 8; i++) {
		raw[0x180 + i] ^= 0x10;
		ck_assert(!tee_azure_thim_fits(&a, raw));
		raw[0x180 + i] ^= 0x10;
	}
	free(a.pem);
	free(raw);
	free(json);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("thim");
	TCase *tcase = tcase_create("thim");
	SRunner *runner = srunner_create(suite);
	int failed;

	snp_keys_open();
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, from_thim);
	tcase_add_test(tcase, survives_an_outage);
	tcase_add_test(tcase, stale_then_fresh);
	tcase_add_test(tcase, stale_then_kds);
	tcase_add_test(tcase, stale_for_good);
	tcase_add_loop_test(tcase, thim_out, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tcase, both_out);
	tcase_add_test(tcase, options);
	tcase_add_test(tcase, parse);
	tcase_add_test(tcase, real);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	snp_keys_close();
	return failed == 0 ? 0 : 1;
}
