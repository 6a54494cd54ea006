/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a verdict claims and for how long, through tee_inspect() as teectl
 * calls it; and that no flipped bit of evidence ever ends in a grant.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <check.h>
#include <tee/tee.h>

#include "tests/testlib_snp.h"

static void
make(struct snp_evidence *e)
{
	snp_evidence_start(e, SIM_MILAN, SIM_SIGNER_VCEK, 0);
	snp_evidence_mint(e);
}

static struct tee_claims *
inspect(const struct snp_evidence *e, const uint8_t *root,
    const struct tee_inspection_option *options, size_t count, time_t at)
{
	const struct tee_inspection_item items[] = { { "snp.report", e->report,
							 e->report_size },
		{ "snp.certs", e->certs.data, e->certs.size },
		{ "snp.crl", e->crl.data, e->crl.size } };
	const struct tee_inspection in = { .verifier = "snp",
		.items = items,
		.item_count = 3,
		.options = options,
		.option_count = count,
		.report_data = e->binding_size > 0 ? e->binding : NULL,
		.report_data_size = e->binding_size,
		.root = root,
		.at = at };
	struct tee_claims *claims = NULL;

	ck_assert_int_eq(tee_inspect(&in, NULL, &claims), 0);
	return claims;
}

static void
is_text(const struct tee_claims *c, const char *name, const char *value)
{
	const struct tee_named *n = tee_named_find(&c->texts, name);

	ck_assert_msg(n != NULL, "%s", name);
	ck_assert_str_eq((const char *)n->data, value);
}

START_TEST(good_evidence)
{
	struct snp_evidence e;
	struct tee_claims *c;
	const struct tee_named *launch;

	make(&e);
	c = inspect(&e, e.root, NULL, 0, SNP_NOW);
	ck_assert_str_eq(tee_claims_verdict(c), "ok");
	ck_assert(tee_claims_simulated(c));
	ck_assert(!tee_claims_debug(c));
	ck_assert_int_eq(tee_claims_level(c), TEE_LEVEL_TEE_VM);
	/* Nobody said what up to date means. */
	ck_assert_int_eq(tee_claims_tcb_status(c), TEE_TCB_UNKNOWN);
	is_text(c, "platform", "amd-sev-snp");
	is_text(c, "product", "Milan");
	is_text(c, "vmpl", "0");
	is_text(c, "policy", "0x30000");
	launch = tee_named_find(&c->measurements, "launch");
	ck_assert_ptr_nonnull(launch);
	ck_assert_uint_eq(launch->size, 48);
	ck_assert_mem_eq(launch->data, e.report + 0x90, 48);
	/* All zero is not a value. */
	ck_assert_ptr_null(tee_named_find(&c->measurements, "host_data"));
	/* fmc, bl, tee, snp, ucode, spl5, spl6, spl7 */
	ck_assert_mem_eq(c->tcb, "\0\4\0\x18\xdb\0\0\0", 8);
	tee_claims_free(&c);
	snp_evidence_free(&e);
}
END_TEST

START_TEST(nothing_without_a_root)
{
	struct snp_evidence e;
	struct tee_claims *c;

	make(&e);
	for (unsigned i = 0; i < 2; i++) {
		uint8_t other[32] = { 1 };

		c = inspect(&e, i == 0 ? NULL : other, NULL, 0, SNP_NOW);
		ck_assert_str_eq(tee_claims_verdict(c), "deny");
		ck_assert_uint_eq(c->asserted, 0);
		ck_assert_uint_eq(c->texts.count, 0);
		ck_assert_uint_eq(c->measurements.count, 0);
		ck_assert(!tee_claims_simulated(c));
		ck_assert_int_eq(c->expires, 0);
		tee_claims_free(&c);
	}
	snp_evidence_free(&e);
}
END_TEST

START_TEST(incomplete)
{
	struct snp_evidence e;
	struct tee_claims *c;

	make(&e);
	e.binding_size = 0;
	c = inspect(&e, e.root, NULL, 0, SNP_NOW);
	ck_assert_str_eq(tee_claims_verdict(c), "incomplete");
	tee_claims_free(&c);
	snp_evidence_free(&e);
}
END_TEST

/* What ends first: list, leaf, intermediate or root. */
START_TEST(earliest_end)
{
	struct snp_evidence e;
	struct tee_claims *c;
	const time_t end = SNP_NOW + 5 * SNP_DAY;

	snp_evidence_start(&e, SIM_TURIN, SIM_SIGNER_VLEK, 0);
	if (_i == 0)
		e.spec.crl.next_update = end;
	else
		e.spec.cert[_i == 1   ? SIM_VLEK :
			      _i == 2 ? SIM_ASVK :
					SIM_ARK]
		    .not_after = end;
	snp_evidence_mint(&e);
	c = inspect(&e, e.root, NULL, 0, SNP_NOW);
	ck_assert_str_eq(tee_claims_verdict(c), "ok");
	ck_assert_int_eq(c->expires, end);
	tee_claims_free(&c);
	c = inspect(&e, e.root, NULL, 0, end + 1);
	ck_assert_str_eq(tee_claims_verdict(c), "deny");
	tee_claims_free(&c);
	snp_evidence_free(&e);
}
END_TEST

START_TEST(tcb_status)
{
	static const struct {
		struct tee_inspection_option option;
		enum tee_tcb_status want;
	} rows[] = { { { "up_to_date_tcb", "Milan:snp=24" },
			 TEE_TCB_UP_TO_DATE },
		{ { "up_to_date_tcb", "Milan:snp=25" }, TEE_TCB_OUT_OF_DATE },
		{ { "up_to_date_tcb", "Genoa:snp=1" }, TEE_TCB_OUT_OF_DATE },
		{ { "min_reported_tcb", "Milan:bl=4" }, TEE_TCB_UP_TO_DATE },
		{ { "min_current_tcb", "Milan:bl=4" }, TEE_TCB_UNKNOWN } };
	struct snp_evidence e;
	struct tee_claims *c;

	make(&e);
	c = inspect(&e, e.root, &rows[_i].option, 1, SNP_NOW);
	ck_assert_str_eq(tee_claims_verdict(c), "ok");
	ck_assert_int_eq(tee_claims_tcb_status(c), rows[_i].want);
	tee_claims_free(&c);
	snp_evidence_free(&e);
}
END_TEST

START_TEST(debug_is_claimed)
{
	static const struct tee_inspection_option any = { "policy_debug",
		"any" };
	struct snp_evidence e;
	struct tee_claims *c;

	snp_evidence_start(&e, SIM_MILAN, SIM_SIGNER_VCEK, 0);
	snp_evidence_set(&e, "policy=0xb0000");
	snp_evidence_mint(&e);
	c = inspect(&e, e.root, &any, 1, SNP_NOW);
	ck_assert_str_eq(tee_claims_verdict(c), "ok");
	ck_assert(tee_claims_debug(c));
	tee_claims_free(&c);
	snp_evidence_free(&e);
}
END_TEST

/* Options that no verifier line may be opened with. */
static const char *const refused[] = { "vmpl=4", "vmpl=-1",
	"guest_svn=4294967296", "signer=VCEK", "crl=never", "provisional=no",
	"masked_chip_id=yes", "products=", "products=Milan,", "products=milan",
	"policy_debug=true", "id_block=", "measurement=00",
	"measurement=", "min_abi=1", "min_abi=1.256", "min_abi=1.2.3.4",
	"min_firmware=1.55.", "min_firmware=.1",
	"min_reported_tcb=", "min_reported_tcb=Milan",
	"min_reported_tcb=Milan:", "min_reported_tcb=Milan:snp",
	"min_reported_tcb=Milan:snp=", "min_reported_tcb=Milan:snp=256",
	"min_reported_tcb=Milan:fmc=1", "min_reported_tcb=Turin:spl4=1",
	"min_reported_tcb=Milan:snp=1,", "min_reported_tcb=Milan:snp=1;",
	"min_reported_tcb=Milan:snp=2,snp=1",
	"min_reported_tcb=Milan:snp=1;Milan:bl=1",
	"min_reported_tcb=Rome:snp=1", "up_to_date_tcb=Milan snp=1",
	"certs_file=relative.pem", "launch_mitigations=0x" };

START_TEST(refused_options)
{
	struct snp_verifier *line = snp_line(refused[_i]);

	ck_assert_msg(line == NULL, "%s", refused[_i]);
}
END_TEST

START_TEST(every_signed_byte)
{
	struct snp_verifier *line =
	    snp_line("policy_debug=any|"
		     "policy_migrate_ma=any|masked_chip_id=allow");
	struct snp_evidence e;

	make(&e);
	for (size_t at = 0; at < SIM_REPORT_SIGNED; at++) {
		struct tee_claims *c;
		uint8_t bit = (uint8_t)(1u << at % 8);

		e.report[at] ^= bit;
		c = snp_judge_with(&e, line);
		ck_assert_msg(c->verdict == TEE_DENY, "byte %zu", at);
		ck_assert_int_eq(snp_check(c, "signature")->result,
		    TEE_CHECK_FAIL);
		ck_assert_uint_eq(c->asserted, 0);
		tee_claims_free(&c);
		e.report[at] ^= bit;
	}
	tee_snp_verifier_free(line);
	snp_evidence_free(&e);
}
END_TEST

/*
 * Certificates in DER, then the list: one bit of every fifth byte.  One is
 * required, or else a list that now names another issuer would be left alone.
 */
START_TEST(every_certificate_byte)
{
	struct snp_verifier *line = snp_line("crl=required");
	struct snp_evidence e;
	size_t all;

	make(&e);
	snp_certs_clear(&e);
	snp_certs_der(&e, SIM_VCEK);
	snp_certs_der(&e, SIM_ASK);
	snp_certs_der(&e, SIM_ARK);
	all = e.certs.size + e.crl.size;
	for (size_t at = 0; at < all; at += 5) {
		uint8_t *byte = at < e.certs.size ?
		    e.certs.data + at :
		    e.crl.data + (at - e.certs.size);
		struct tee_claims *c;

		*byte ^= (uint8_t)(1u << at % 7);
		c = snp_judge_with(&e, line);
		ck_assert_msg(c->verdict != TEE_OK, "byte %zu of %zu", at, all);
		tee_claims_free(&c);
		*byte ^= (uint8_t)(1u << at % 7);
	}
	tee_snp_verifier_free(line);
	snp_evidence_free(&e);
}
END_TEST

static TCase *
cases(void)
{
	TCase *tcase = tcase_create("claims");

	tcase_set_timeout(tcase, 300);
	tcase_add_test(tcase, good_evidence);
	tcase_add_test(tcase, nothing_without_a_root);
	tcase_add_test(tcase, incomplete);
	tcase_add_loop_test(tcase, earliest_end, 0, 4);
	tcase_add_loop_test(tcase, tcb_status, 0, 5);
	tcase_add_test(tcase, debug_is_claimed);
	tcase_add_loop_test(tcase, refused_options, 0,
	    (int)(sizeof(refused) / sizeof(refused[0])));
	tcase_add_test(tcase, every_signed_byte);
	tcase_add_test(tcase, every_certificate_byte);
	return tcase;
}

int
main(void)
{
	Suite *suite = suite_create("snp claims");
	SRunner *runner;
	int failed;

	snp_keys_open();
	suite_add_tcase(suite, cases());
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	snp_keys_close();
	return failed == 0 ? 0 : 1;
}
