/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every check of the SNP verifier, by its name: good evidence of every
 * product, version and signer passes, each way to spoil it fails exactly the
 * checks that it should, and no check exists that nothing can fail.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <check.h>

#include "modules/snp/policy.h"
#include "tests/test_snp_rows.h"

#define NAMES 256

/* What was seen of each check over all runs of this program. */
static struct {
	char name[48];
	bool passed, failed;
} seen[NAMES];
static size_t seen_count;

static void
see(const struct tee_check *check)
{
	size_t i = 0;

	while (i < seen_count && strcmp(seen[i].name, check->name) != 0)
		i++;
	ck_assert_uint_lt(i, NAMES);
	if (i == seen_count)
		snprintf(seen[seen_count++].name, sizeof(seen[0].name), "%s",
		    check->name);
	seen[i].passed = seen[i].passed || check->result == TEE_CHECK_PASS;
	seen[i].failed = seen[i].failed || check->result == TEE_CHECK_FAIL;
}

static bool
applies(const struct snp_row *row, enum sim_product product,
    enum sim_signer signer)
{
	const unsigned products[] = { ON_MILAN, ON_GENOA, ON_TURIN };
	unsigned all = ON_MILAN | ON_GENOA | ON_TURIN;
	unsigned both = ON_VCEK | ON_VLEK;

	return ((row->where & all) == 0 || (row->where & products[product])) &&
	    ((row->where & both) == 0 ||
		(row->where & (signer == SIM_SIGNER_VLEK ? ON_VLEK : ON_VCEK)));
}

static void
spoil(struct snp_evidence *e, const struct snp_row *row)
{
	const enum sim_key roles[] = { [ROOT] = SIM_ARK,
		[ISSUER] = snp_issuer(e),
		[LEAF] = snp_leaf(e) };

	snp_evidence_set(e, row->set);
	if (row->before != NULL)
		row->before(e);
	if (row->change != NULL)
		row->change(&e->spec.cert[roles[row->who]]);
	snp_evidence_mint(e);
	if (row->after != NULL)
		row->after(e);
}

static void
run_on(const struct snp_row *row, enum sim_product product,
    enum sim_signer signer)
{
	struct snp_evidence e;
	struct tee_claims *claims;
	char name[128];

	snp_evidence_start(&e, product, signer, row->version);
	spoil(&e, row);
	claims = snp_judge(&e, row->options);
	snprintf(name, sizeof(name), "%s (%s, %s)", row->name,
	    tee_sim_product(product)->name,
	    signer == SIM_SIGNER_VLEK ? "VLEK" : "VCEK");
	snp_expect(name, claims, row->fails, row->not_done);
	for (size_t i = 0; i < claims->check_count; i++)
		see(&claims->checks[i]);
	tee_claims_free(&claims);
	snp_evidence_free(&e);
}

static void
run(const struct snp_row *row)
{
	for (unsigned p = 0; p < SIM_PRODUCTS; p++)
		for (unsigned s = 0; s < 2; s++)
			if (applies(row, (enum sim_product)p,
				(enum sim_signer)s))
				run_on(row, (enum sim_product)p,
				    (enum sim_signer)s);
}

static void
run_all(const struct snp_row *row)
{
	for (; row->name != NULL; row++)
		run(row);
}

START_TEST(good)
{
	struct snp_row row = { .name = "good" };

	for (row.version = 2; row.version <= 5; row.version++)
		run(&row);
}
END_TEST

START_TEST(report_rows)
{
	run_all(snp_report_rows);
}
END_TEST

START_TEST(policy_rows)
{
	run_all(snp_policy_rows);
}
END_TEST

START_TEST(chain_rows)
{
	run_all(snp_chain_rows);
}
END_TEST

START_TEST(vek_rows)
{
	run_all(snp_vek_rows);
}
END_TEST

START_TEST(crl_rows)
{
	run_all(snp_crl_rows);
}
END_TEST

/* One bit of POLICY or PLATFORM_INFO under one rule. */
static void
run_bit(const struct snp_bit *bit, bool policy, bool set, const char *rule)
{
	char fields[64], option[64], check[48];
	uint64_t value = (policy ? UINT64_C(0x20000) : 0) |
	    (set ? UINT64_C(1) << bit->bit : 0);
	bool fails = strcmp(rule, set ? "forbidden" : "required") == 0;
	struct snp_row row = { .name = option,
		.set = fields,
		.options = option,
		.where = ON_MILAN | ON_VCEK };

	snprintf(fields, sizeof(fields), "%s=0x%llx",
	    policy ? "policy" : "platform_info", (unsigned long long)value);
	snprintf(option, sizeof(option), "%s=%s", bit->name, rule);
	snprintf(check, sizeof(check), "%s", bit->name);
	*strchr(check, '_') = '.';
	row.fails = fails ? check : NULL;
	run(&row);
}

START_TEST(every_bit)
{
	static const char *const rules[] = { "any", "required", "forbidden" };

	for (size_t r = 0; r < 3; r++) {
		for (size_t i = 0; i < 2 * SNP_POLICY_BITS; i++)
			run_bit(&tee_snp_policy_bits[i / 2], true, i % 2 != 0,
			    rules[r]);
		for (size_t i = 0; i < 2 * SNP_PLATFORM_BITS; i++)
			run_bit(&tee_snp_platform_bits[i / 2], false,
			    i % 2 != 0, rules[r]);
	}
}
END_TEST

/* Fields that must be zero, by version (AMD 56860). */
static bool
reserved_at(size_t at, uint32_t version)
{
	return (at >= 0x4c && at < 0x50) ||
	    (at >= (version >= 3 ? 0x18bu : 0x188u) && at < 0x1a0) ||
	    at == 0x1eb || at == 0x1ef ||
	    (at >= (version >= 5 ? 0x208u : 0x1f8u) && at < 0x2a0) ||
	    (at >= 0x2d0 && at < 0x2e8) || (at >= 0x318);
}

static void
run_reserved(struct snp_evidence *e, struct snp_verifier *line, size_t at)
{
	struct tee_claims *claims;
	char name[32];

	snprintf(name, sizeof(name), "byte 0x%zx", at);
	e->report[at] = (uint8_t)(1u << at % 8);
	if (at < SIM_REPORT_SIGNED)
		snp_evidence_sign(e);
	claims = snp_judge_with(e, line);
	snp_expect(name, claims, "report.reserved", NULL);
	e->report[at] = 0;
	tee_claims_free(&claims);
}

START_TEST(every_reserved_byte)
{
	uint32_t version = (uint32_t)_i;
	struct snp_verifier *line = snp_line(NULL);
	struct snp_evidence e;
	size_t count = 0;

	snp_evidence_start(&e, SIM_GENOA, SIM_SIGNER_VCEK, version);
	snp_evidence_mint(&e);
	for (size_t at = 0; at < SIM_REPORT_SIZE; at++) {
		if (!reserved_at(at, version))
			continue;
		run_reserved(&e, line, at);
		count++;
		if (at < SIM_REPORT_SIGNED)
			snp_evidence_sign(&e);
	}
	ck_assert_uint_eq(count,
	    4 + 21 + 2 + 152 + 24 + 24 + 368 + (version < 3 ? 3u : 0u) +
		(version < 5 ? 16u : 0u));
	snp_evidence_free(&e);
	tee_snp_verifier_free(line);
}
END_TEST

/* TCBs of one part each: a base of 5, one field moved by one. */
static void
run_tcb(enum sim_product product, size_t byte, const char *field, int step,
    const char *fails)
{
	static const char *const fields[] = { "current_tcb", "committed_tcb",
		"reported_tcb", "launch_tcb" };
	uint8_t raw[SIM_TCB_SIZE];
	struct snp_evidence e;
	struct tee_claims *claims;

	snp_evidence_start(&e, product, SIM_SIGNER_VCEK, 0);
	memset(raw, 5, sizeof(raw));
	for (size_t i = 0; i < 4; i++)
		tee_sim_report_bytes(e.report, fields[i], raw, sizeof(raw));
	e.platform.tcb = tee_sim_tcb_decode(product, raw);
	tee_sim_chain_init(&e.spec, &e.platform, snp_keys);
	raw[byte] = (uint8_t)(raw[byte] + step);
	tee_sim_report_bytes(e.report, field, raw, sizeof(raw));
	snp_evidence_mint(&e);
	claims = snp_judge(&e, NULL);
	snp_expect(field, claims, fails, NULL);
	tee_claims_free(&claims);
	snp_evidence_free(&e);
}

START_TEST(every_tcb_part)
{
	for (unsigned p = 0; p < SIM_PRODUCTS; p += SIM_TURIN)
		for (size_t byte = 0; byte < SIM_TCB_SIZE; byte++) {
			enum sim_product product = (enum sim_product)p;

			run_tcb(product, byte, "current_tcb", 1, NULL);
			run_tcb(product, byte, "current_tcb", -1, "tcb.order");
			run_tcb(product, byte, "committed_tcb", 1, "tcb.order");
			run_tcb(product, byte, "committed_tcb", -1,
			    "tcb.order");
			run_tcb(product, byte, "reported_tcb", -1, "vek.tcb");
			run_tcb(product, byte, "reported_tcb", 1,
			    "vek.tcb tcb.order");
			run_tcb(product, byte, "launch_tcb", -1, NULL);
			run_tcb(product, byte, "launch_tcb", 1, "tcb.order");
		}
}
END_TEST

/* Last: whatever was emitted must have been seen to pass and to fail. */
START_TEST(no_check_is_dead)
{
	ck_assert_uint_gt(seen_count, 60);
	for (size_t i = 0; i < seen_count; i++) {
		ck_assert_msg(seen[i].passed, "%s never passed", seen[i].name);
		ck_assert_msg(seen[i].failed, "%s never failed", seen[i].name);
	}
}
END_TEST

/* tee_snp(8) lists the checks; bits of policy and platform as families. */
START_TEST(every_check_is_documented)
{
	const char *source = getenv("TEE_TEST_SRCDIR");
	struct sim_blob page = { NULL, 0 };
	int dir = open(source != NULL ? source : ".", O_RDONLY);

	ck_assert(tee_sim_blob_read(&page, dir, "man/tee_snp.8", 1 << 20));
	ck_assert(tee_sim_blob_append(&page, "", 1));
	close(dir);
	for (size_t i = 0; i < seen_count; i++)
		ck_assert_msg(strncmp(seen[i].name, "policy.", 7) == 0 ||
			strncmp(seen[i].name, "platform.", 9) == 0 ||
			strstr((const char *)page.data, seen[i].name) != NULL,
		    "%s is not in tee_snp(8)", seen[i].name);
	tee_sim_blob_free(&page);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("snp verifier");
	TCase *tcase = tcase_create("checks");
	SRunner *runner;
	int failed;

	snp_keys_open();
	tcase_add_test(tcase, good);
	tcase_add_test(tcase, report_rows);
	tcase_add_test(tcase, policy_rows);
	tcase_add_test(tcase, chain_rows);
	tcase_add_test(tcase, vek_rows);
	tcase_add_test(tcase, crl_rows);
	tcase_add_test(tcase, every_bit);
	tcase_add_loop_test(tcase, every_reserved_byte, 2, 6);
	tcase_add_test(tcase, every_tcb_part);
	tcase_add_test(tcase, no_check_is_dead);
	tcase_add_test(tcase, every_check_is_documented);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	/* One process, so that the last test knows what the others saw. */
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	snp_keys_close();
	return failed == 0 ? 0 : 1;
}
