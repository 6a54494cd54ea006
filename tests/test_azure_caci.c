/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Confidential containers: host data against the policy, what may be absent,
 * and when the level says "container".
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <check.h>

#include "modules/snp_azure/cce.h"
#include "tests/testlib_caci.h"

/* SHA-256 of CACI_POLICY, of OPEN, and of neither. */
static char known[65], near[65], opened[65];
#define OTHER "00000000000000000000000000000000000000000000000000000000000000ff"
#define OPEN \
	"package policy\n\nmount_device := {\"allowed\": true}\n" \
	"create_container := {\"allowed\": true, \"env_list\": null}\n"
#define OTHER_LAUNCH "00" REST
#define LAUNCH "d0" REST
#define REST \
	"c9e200000000000000000000000000000000000000000000000000000000" \
	"0000000000000000000000000000000082"

enum absent { NOTHING = 0, UVM = 1, POLICY = 2 };

static const struct row {
	const char *name;
	const char *policy;
	const char *options;
	const char *digest; /* behind them */
	unsigned absent;
	bool other_host_data;
	const char *fails, *not_done, *not_asked;
	enum tee_confidential_level level; /* where it is good */
} rows[] = {
	{ "policy and endorsement", CACI_POLICY, "", NULL, NOTHING, false, NULL,
	    NULL, "cce-policy.listed", TEE_LEVEL_TEE_CONTAINER },
	{ "the policy is named", CACI_POLICY, "cce_policy=", known, NOTHING,
	    false, NULL, NULL, NULL, TEE_LEVEL_TEE_CONTAINER },
	{ "another policy is named", CACI_POLICY, "cce_policy=", OTHER, NOTHING,
	    false, "cce-policy.listed", NULL, NULL, TEE_LEVEL_STANDARD },
	{ "one that differs in a bit is named", CACI_POLICY,
	    "cce_policy=", near, NOTHING, false, "cce-policy.listed", NULL,
	    NULL, TEE_LEVEL_STANDARD },
	{ "host data of another policy", CACI_POLICY, "", NULL, NOTHING, true,
	    "cce-policy.host-data", NULL, NULL, TEE_LEVEL_STANDARD },
	{ "host data of another, and any is taken", CACI_POLICY,
	    "cce_policy=any", NULL, NOTHING, true, "cce-policy.host-data", NULL,
	    NULL, TEE_LEVEL_STANDARD },

	{ "a policy that allows everything", OPEN, "", NULL, NOTHING, false,
	    "cce-policy.allow-all", NULL, NULL, TEE_LEVEL_STANDARD },
	{ "that, and any is taken", OPEN, "cce_policy=any", NULL, NOTHING,
	    false, NULL, NULL, "cce-policy.allow-all cce-policy.listed",
	    TEE_LEVEL_TEE_VM },
	{ "that, and it is named", OPEN, "cce_policy=", opened, NOTHING, false,
	    NULL, NULL, "cce-policy.allow-all", TEE_LEVEL_TEE_VM },
	{ "that, and host_data names it", OPEN, "host_data=", opened, NOTHING,
	    false, NULL, NULL, "cce-policy.allow-all cce-policy.listed",
	    TEE_LEVEL_TEE_VM },
	{ "that, and another is named", OPEN, "cce_policy=", known, NOTHING,
	    false, "cce-policy.allow-all cce-policy.listed", NULL, NULL,
	    TEE_LEVEL_STANDARD },

	{ "no policy", CACI_POLICY, "", NULL, POLICY, false, NULL,
	    "cce-policy.host-data", NULL, TEE_LEVEL_STANDARD },
	{ "no policy, and any is taken", CACI_POLICY, "cce_policy=any", NULL,
	    POLICY, false, NULL, "cce-policy.host-data", NULL,
	    TEE_LEVEL_STANDARD },
	{ "no policy, its digest is named", CACI_POLICY, "cce_policy=", known,
	    POLICY, false, NULL, NULL, "cce-policy.host-data",
	    TEE_LEVEL_TEE_CONTAINER },
	{ "no policy, host_data names it", CACI_POLICY, "host_data=", known,
	    POLICY, false, NULL, NULL, "cce-policy.host-data cce-policy.listed",
	    TEE_LEVEL_TEE_CONTAINER },
	{ "no policy, another is named", CACI_POLICY, "cce_policy=", OTHER,
	    POLICY, false, "cce-policy.listed", "cce-policy.host-data", NULL,
	    TEE_LEVEL_STANDARD },

	{ "no endorsement", CACI_POLICY, "", NULL, UVM, false, NULL,
	    "uvm.format", NULL, TEE_LEVEL_STANDARD },
	{ "no endorsement, the measurement is named", CACI_POLICY,
	    "measurement=" LAUNCH, NULL, UVM, false, NULL, NULL,
	    "uvm.format cce-policy.listed", TEE_LEVEL_TEE_VM },
	{ "no endorsement, another measurement is named", CACI_POLICY,
	    "measurement=" OTHER_LAUNCH, NULL, UVM, false, "measurement", NULL,
	    NULL, TEE_LEVEL_STANDARD },
	{ "an endorsement, and another measurement is named", CACI_POLICY,
	    "measurement=" OTHER_LAUNCH, NULL, NOTHING, false, "measurement",
	    NULL, NULL, TEE_LEVEL_STANDARD },
};

static void
is_not_asked(const struct row *row, const struct tee_claims *c)
{
	for (size_t i = 0; i < c->check_count; i++) {
		const char *name = c->checks[i].name;

		if (strncmp(name, "cce-", 4) != 0 &&
		    strncmp(name, "uvm.", 4) != 0)
			continue;
		ck_assert_msg((c->checks[i].result == TEE_CHECK_NOT_ASKED) ==
			    snp_word(row->not_asked, name) ||
			row->fails != NULL || row->not_done != NULL,
		    "%s: %s", row->name, name);
	}
}

START_TEST(one_row)
{
	const struct row *row = &rows[_i];
	struct caci_evidence e;
	struct uvm_spec spec;
	struct tee_claims *c;
	char options[512];

	snprintf(options, sizeof(options), "%s%s", row->options,
	    row->digest != NULL ? row->digest : "");
	uvm_start(&spec, _i % 2 == 1, caci_measurement);
	caci_start(&e, &spec, row->policy);
	if (row->absent & UVM)
		tee_sim_blob_free(&e.uvm);
	if (row->absent & POLICY)
		tee_sim_blob_free(&e.cce);
	if (row->other_host_data) {
		e.snp.report[0xdf] ^= 1; /* its last byte */
		snp_evidence_sign(&e.snp);
	}
	c = caci_judge(&e, options);
	snp_expect(row->name, c, row->fails, row->not_done);
	is_not_asked(row, c);
	if (row->level != TEE_LEVEL_STANDARD)
		ck_assert_msg(c->level == row->level, "%s: level %d", row->name,
		    (int)c->level);
	else if (!snp_word(row->fails, "measurement"))
		ck_assert_msg(c->level != TEE_LEVEL_TEE_CONTAINER,
		    "%s: a container", row->name);
	tee_claims_free(&c);
	caci_free(&e);
}
END_TEST

static void
digest(const char *text, char out[65])
{
	uint8_t bytes[32];

	EVP_Digest(text, strlen(text), bytes, NULL, EVP_sha256(), NULL);
	for (size_t i = 0; i < sizeof(bytes); i++)
		sprintf(out + 2 * i, "%02x", bytes[i]);
}

static void
setup(void)
{
	uvm_open();
	digest(CACI_POLICY, known);
	digest(OPEN, opened);
	strcpy(near, known);
	near[63] = near[63] == '0' ? '1' : '0';
}

static struct tee_claims *
judge_one(struct caci_evidence *e, const char *options)
{
	struct uvm_spec spec;

	uvm_start(&spec, false, caci_measurement);
	caci_start(e, &spec, CACI_POLICY);
	return caci_judge(e, options);
}

/* Whatever else holds, nothing is claimed without a root that is trusted. */
START_TEST(nothing_without_a_root)
{
	struct caci_evidence e;
	struct tee_claims *c = judge_one(&e, "");

	ck_assert_int_eq(c->level, TEE_LEVEL_TEE_CONTAINER);
	tee_claims_free(&c);
	e.snp.untrusted = true;
	c = caci_judge(&e, "");
	snp_expect("no root", c, "chain.root", NULL);
	ck_assert_uint_eq(c->asserted, 0);
	ck_assert_uint_eq(c->texts.count, 0);
	tee_claims_free(&c);
	caci_free(&e);
}
END_TEST

START_TEST(claims)
{
	struct caci_evidence e;
	struct tee_claims *c = judge_one(&e, "");
	const struct tee_named *n = tee_named_find(&c->texts, "uvm.svn");

	ck_assert_str_eq((const char *)n->data, "104");
	n = tee_named_find(&c->texts, "uvm.feed");
	ck_assert_str_eq((const char *)n->data, "ContainerPlat-AMD-UVM");
	n = tee_named_find(&c->texts, "platform");
	ck_assert_str_eq((const char *)n->data, "amd-sev-snp");
	tee_claims_free(&c);
	caci_free(&e);
}
END_TEST

/* The report is judged, and bound, as snp does it. */
START_TEST(report)
{
	struct caci_evidence e;
	struct tee_claims *c = judge_one(&e, "");

	tee_claims_free(&c);
	e.snp.binding[0] ^= 1;
	c = caci_judge(&e, "");
	snp_expect("other binding", c, "binding", NULL);
	tee_claims_free(&c);
	e.snp.binding[0] ^= 1;
	e.snp.report_size--;
	c = caci_judge(&e, "");
	snp_expect("short", c, "report.format", "binding");
	tee_claims_free(&c);
	e.snp.no_report = true;
	c = caci_judge(&e, "");
	snp_expect("none", c, NULL, "report.format binding");
	tee_claims_free(&c);
	caci_free(&e);
}
END_TEST

static const struct level {
	uint64_t vmpl;
	const char *options;
	const char *fails;
} levels[] = {
	{ 0, "", NULL },
	{ 1, "", "vmpl" },
	{ 3, "", "vmpl" },
	{ 1, "vmpl=1", NULL },
	{ 0, "vmpl=0", NULL },
	{ 0, "vmpl=1", "vmpl" },
	{ 1, "vmpl=0", "vmpl" },
};

/* Level 0, as MAA's tokens are asked for, unless the line names another. */
START_TEST(level)
{
	const struct level *l = &levels[_i];
	struct caci_evidence e;
	struct tee_claims *c = judge_one(&e, "");

	tee_claims_free(&c);
	tee_sim_report_number(e.snp.report, "vmpl", l->vmpl);
	snp_evidence_sign(&e.snp);
	c = caci_judge(&e, l->options);
	snp_expect(l->options, c, l->fails, NULL);
	tee_claims_free(&c);
	caci_free(&e);
}
END_TEST

/* A wrapping key: the binding stands in the runtime data. */
START_TEST(runtime_data)
{
	char json[300] = "{\"keys\":[],\"user-data\":\"";
	struct caci_evidence e;
	struct tee_claims *c = judge_one(&e, "");
	uint8_t hash[64] = { 0 };

	tee_claims_free(&c);
	for (size_t i = 0; i < 64; i++)
		sprintf(json + strlen(json), "%02X", e.snp.binding[i]);
	strcat(json, "\"}");
	ck_assert(tee_sim_blob_append(&e.runtime, json, strlen(json)));
	c = caci_judge(&e, "");
	snp_expect("not hashed", c, "runtime-data.hash", "binding");
	tee_claims_free(&c);
	EVP_Digest(json, strlen(json), hash, NULL, EVP_sha256(), NULL);
	hash[63] = 1;
	tee_sim_report_bytes(e.snp.report, "report_data", hash, 64);
	snp_evidence_sign(&e.snp);
	c = caci_judge(&e, "");
	snp_expect("a byte behind the hash", c, "runtime-data.hash", "binding");
	tee_claims_free(&c);
	hash[63] = 0;
	tee_sim_report_bytes(e.snp.report, "report_data", hash, 64);
	snp_evidence_sign(&e.snp);
	c = caci_judge(&e, "");
	snp_expect("hashed", c, NULL, NULL);
	tee_claims_free(&c);
	caci_free(&e);
}
END_TEST

/* Hashed as it should be, and bound to nothing. */
START_TEST(unbound_runtime_data)
{
#define D16 "b1b1b1b1b1b1b1b1"
#define D112 D16 D16 D16 D16 D16 D16 D16
	static const char *const texts[] = {
		"{\"keys\":[]}",
		"{\"keys\":[]",
		"[]",
		"{\"user-data\":\"\"}",
		"{\"user-data\":null}",
		"{\"user-data\":\"" D112 "\"}",
		"{\"user-data\":\"" D112 "b1b1b1b1b1b1b1bg\"}",
		"{\"user-data\":\"" D112 D16 D16 "\"}",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct caci_evidence e;
		struct tee_claims *c = judge_one(&e, "");
		uint8_t hash[64] = { 0 };

		tee_claims_free(&c);
		ck_assert(tee_sim_blob_append(&e.runtime, texts[i],
		    strlen(texts[i])));
		EVP_Digest(texts[i], strlen(texts[i]), hash, NULL, EVP_sha256(),
		    NULL);
		tee_sim_report_bytes(e.snp.report, "report_data", hash, 64);
		snp_evidence_sign(&e.snp);
		c = caci_judge(&e, "");
		snp_expect(texts[i], c, "runtime-data.user-data", "binding");
		tee_claims_free(&c);
		caci_free(&e);
	}
}
END_TEST

/* The well-known digest is refused where the text is absent, too. */
START_TEST(allow_all_digest)
{
	static const uint8_t well_known[] = { 0x73, 0x97, 0x3b, 0x78, 0xd7,
		0x0c, 0xc6, 0x83, 0x53, 0x42, 0x6d, 0xe1, 0x88, 0xdb, 0x5d,
		0xfc, 0x57, 0xe5, 0xb7, 0x66, 0xe3, 0x99, 0x93, 0x5f, 0xb7,
		0x3a, 0x61, 0x12, 0x7e, 0xa2, 0x6d, 0x20 };
	struct caci_evidence e;
	struct tee_claims *c = judge_one(&e, "");

	tee_claims_free(&c);
	tee_sim_blob_free(&e.cce);
	tee_sim_report_bytes(e.snp.report, "host_data", well_known, 32);
	e.snp.report[0xdf] ^= 1;
	snp_evidence_sign(&e.snp);
	c = caci_judge(&e, "");
	snp_expect("one like it", c, NULL, "cce-policy.host-data");
	tee_claims_free(&c);
	e.snp.report[0xdf] ^= 1;
	snp_evidence_sign(&e.snp);
	c = caci_judge(&e, "");
	snp_expect("absent", c, "cce-policy.allow-all", "cce-policy.host-data");
	tee_claims_free(&c);
	c = caci_judge(&e, "cce_policy=any");
	snp_expect("any", c, NULL, "cce-policy.host-data");
	tee_claims_free(&c);
	c = caci_judge(&e,
	    "cce_policy="
	    "73973b78d70cc68353426de188db5dfc"
	    "57e5b766e399935fb73a61127ea26d20");
	snp_expect("named", c, NULL, NULL);
	ck_assert_int_eq(c->level, TEE_LEVEL_TEE_VM);
	tee_claims_free(&c);
	caci_free(&e);
}
END_TEST

#define ROOT "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
static const struct option {
	const char *text;
	bool refused;
} options[] = {
	{ "uvm_issuer=did:x509:0:sha256:" ROOT "::eku:1.2.3", false },
	{ "uvm_issuer=did:x509:0:sha256:" ROOT "A::eku:1.2.3", true },
	{ "uvm_issuer=did:x509:0:sha256:" ROOT "=::eku:1.2.3", true },
	{ "uvm_issuer=did:x509:0:sha512:" ROOT "::eku:1.2.3", true },
	{ "uvm_issuer=did:x509:1:sha256:" ROOT "::eku:1.2.3", true },
	{ "uvm_issuer=did:x509:0:sha256:" ROOT "::san:email:a@b", true },
	{ "uvm_issuer=did:x509:0:sha256:" ROOT "::eku:1.2::eku:1.3", true },
	{ "uvm_issuer=did:x509:0:sha256:" ROOT "::eku:", true },
	{ "uvm_issuer=did:x509:0:sha256:" ROOT "::eku:serverAuth", true },
	{ "uvm_issuer=did:x509:0:sha256:" ROOT, true },
	{ "uvm_issuer=", true },
	{ "uvm_min_svn=0", false },
	{ "uvm_min_svn=-1", true },
	{ "uvm_min_svn=1x", true },
	{ "cce_policy=any", false },
	{ "cce_policy=all", true },
	{ "cce_policy=", true },
	{ "cce_policy=00ff", true },
	{ "cce_policy=" OTHER "," OTHER, false },
	{ "cce_policy=any," OTHER, true },
};

START_TEST(refused_at_load)
{
	const struct option *o = &options[_i];

	ck_assert_msg(caci_refused(o->text) == o->refused, "%s", o->text);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

int
main(void)
{
	Suite *suite = suite_create("azure caci");
	TCase *tcase = tcase_create("checks");
	SRunner *runner;
	int failed;

	snp_keys_open();
	tcase_add_unchecked_fixture(tcase, setup, uvm_close);
	tcase_add_loop_test(tcase, one_row, 0, COUNT(rows));
	tcase_add_test(tcase, nothing_without_a_root);
	tcase_add_test(tcase, claims);
	tcase_add_test(tcase, report);
	tcase_add_loop_test(tcase, level, 0, COUNT(levels));
	tcase_add_test(tcase, runtime_data);
	tcase_add_test(tcase, unbound_runtime_data);
	tcase_add_test(tcase, allow_all_digest);
	tcase_add_loop_test(tcase, refused_at_load, 0, COUNT(options));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	snp_keys_close();
	return failed == 0 ? 0 : 1;
}
