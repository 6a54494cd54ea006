/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every check of a confidential VM's chain, by its name: good evidence passes,
 * each way to spoil it fails exactly the checks that it should, and no check
 * exists that nothing can fail.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <check.h>

#include "tests/test_azure_cvm_rows.h"

#define NAMES 128

/* What was seen of each check over all runs of this program. */
static struct {
	char name[48];
	bool passed, failed;
} seen[NAMES];
static size_t seen_count;

static bool
is_ours(const char *name)
{
	return strncmp(name, "hcl.", 4) == 0 ||
	    strncmp(name, "quote.", 6) == 0 || strcmp(name, "pcrs") == 0 ||
	    strcmp(name, "azure.shape") == 0;
}

static void
see(const struct tee_check *check)
{
	size_t i = 0;

	if (!is_ours(check->name))
		return;
	while (i < seen_count && strcmp(seen[i].name, check->name) != 0)
		i++;
	ck_assert_uint_lt(i, NAMES);
	if (i == seen_count)
		snprintf(seen[seen_count++].name, sizeof(seen[0].name), "%s",
		    check->name);
	seen[i].passed = seen[i].passed || check->result == TEE_CHECK_PASS;
	seen[i].failed = seen[i].failed || check->result == TEE_CHECK_FAIL;
}

/* Where the chain from chip to quote does not hold, nothing of it is said. */
static void
expect_silence(const char *name, const struct tee_claims *claims)
{
	static const char *const texts[] = { "azure.vm_id", "secure_boot" };

	ck_assert_msg(!claims->binding_seen, "%s: a binding was seen", name);
	for (size_t i = 0; i < 2; i++)
		ck_assert_msg(tee_named_find(&claims->texts, texts[i]) == NULL,
		    "%s: claims %s", name, texts[i]);
	ck_assert_msg(tee_named_find(&claims->measurements, "pcr0") == NULL,
	    "%s: claims a PCR", name);
}

/* PCRs that no quote covers are no claims. */
static void
expect_no_pcr(const char *row, const struct tee_claims *claims)
{
	char name[8];

	for (unsigned i = 0; i < AZURE_PCRS; i++) {
		snprintf(name, sizeof(name), "pcr%u", i);
		ck_assert_msg(tee_named_find(&claims->measurements, name) ==
			NULL,
		    "%s: claims %s", row, name);
	}
}

static void
run(const struct cvm_row *row)
{
	struct cvm_evidence e;
	struct tee_claims *claims;

	cvm_start(&e);
	snp_evidence_set(&e.snp, row->set);
	if (row->before != NULL)
		row->before(&e);
	cvm_mint(&e);
	if (row->after != NULL)
		row->after(&e);
	claims = cvm_judge(&e, row->options);
	snp_expect(row->name, claims, row->fails, row->not_done);
	if (snp_word(row->not_done, "binding") && e.snp.binding_size > 0)
		expect_silence(row->name, claims);
	if (snp_word(row->fails, "quote.pcrs") ||
	    snp_word(row->not_done, "quote.pcrs"))
		expect_no_pcr(row->name, claims);
	for (size_t i = 0; i < claims->check_count; i++)
		see(&claims->checks[i]);
	tee_claims_free(&claims);
	cvm_free(&e);
}

static void
run_all(const struct cvm_row *row)
{
	for (; row->name != NULL; row++)
		run(row);
}

START_TEST(hcl_rows)
{
	run_all(cvm_hcl_rows);
}
END_TEST

/* tpm2-tss would complain about some of these on standard error. */
START_TEST(quote_rows)
{
	FILE *file = tmpfile();
	int kept = dup(STDERR_FILENO);

	ck_assert(file != NULL && kept >= 0 &&
	    dup2(fileno(file), STDERR_FILENO) == STDERR_FILENO);
	run_all(cvm_quote_rows);
	ck_assert_int_eq(dup2(kept, STDERR_FILENO), STDERR_FILENO);
	close(kept);
	ck_assert_msg(lseek(fileno(file), 0, SEEK_END) == 0,
	    "something was printed");
	fclose(file);
}
END_TEST

START_TEST(pcr_rows)
{
	run_all(cvm_pcr_rows);
}
END_TEST

START_TEST(option_rows)
{
	run_all(cvm_option_rows);
}
END_TEST

START_TEST(refused_options)
{
	static const char *const options[] = {
		"user_data=",
		"user_data=Binding",
		"user_data=00",
		"user_data=" CVM_HEX32 "0",
		"user_data=" CVM_HEX32 CVM_HEX32 "00",
		"user_data=zz" CVM_HEX32,
		"secure_boot=required",
		"pcrs=",
		"pcrs=0",
		"pcrs=0=",
		"pcrs=0=" CVM_HEX32 ",",
		"pcrs=,0=" CVM_HEX32,
		"pcrs=24=" CVM_HEX32,
		"pcrs=-1=" CVM_HEX32,
		"pcrs=007=" CVM_HEX32,
		"pcrs=07=" CVM_HEX32,
		"pcrs= 7=" CVM_HEX32,
		"pcrs=7=" CVM_HEX32 "00",
		"pcrs=7=0" CVM_HEX32,
		"pcrs==" CVM_HEX32,
		"source=tpm",
		/* Of the other mode. */
		"endpoint=https://a.attest.azure.net",
		"ca_file=/ca.pem",
		"attest=auto",
		"signers=" CVM_HEX32,
		"jwks_file=/jwks",
		"max_token_age=1",
		"compliance=any",
		"policy_hash=" CVM_HEX32,
		"tcti=device:/dev/tpmrm0",
		/* No evidence is both. */
		"pcrs=0=" CVM_HEX32 "|uvm_min_svn=100",
		"user_data=binding|cce_policy=" CVM_HEX32,
		"secure_boot=true|source=guest-device",
		"source=vtpm|uvm_feed=ContainerPlat-AMD-UVM",
		/* snp's own are read, too. */
		"policy_debug=never",
		"cce_policy=some",
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		ck_assert_msg(cvm_line_refused(options[i]), "%s was taken",
		    options[i]);
	ck_assert(
	    !cvm_line_refused("pcrs=0=" CVM_HEX32 ",23=" CVM_HEX32
			      "|user_data=" CVM_HEX32 "|secure_boot=true"));
}
END_TEST

static const struct tee_named *
find(const struct tee_named_list *list, const char *name)
{
	const struct tee_named *found = tee_named_find(list, name);

	ck_assert_msg(found != NULL, "no claim %s", name);
	return found;
}

START_TEST(claims_of_good_evidence)
{
	struct cvm_evidence e;
	struct tee_claims *c;
	char name[8];

	cvm_start(&e);
	e.attest.attested.quote.pcrSelect.pcrSelections[0].pcrSelect[2] = 0x7f;
	cvm_mint(&e);
	c = cvm_judge(&e, NULL);
	snp_expect("good", c, NULL, NULL);
	ck_assert(c->simulated && c->debug_disabled);
	ck_assert_int_eq(c->level, TEE_LEVEL_TEE_VM);
	ck_assert_str_eq((char *)find(&c->texts, "platform")->data,
	    "amd-sev-snp");
	ck_assert_str_eq((char *)find(&c->texts, "azure.vm_id")->data,
	    "6F0C6A57-1F3A-4B1C-9E0D-0123456789AB");
	ck_assert_str_eq((char *)find(&c->texts, "secure_boot")->data, "true");
	/* No digest of what the guest runs: nothing of it was measured. */
	find(&c->measurements, "paravisor");
	ck_assert_ptr_null(tee_named_find(&c->measurements, "launch"));
	for (unsigned i = 0; i < AZURE_PCRS - 1; i++) {
		snprintf(name, sizeof(name), "pcr%u", i);
		ck_assert_mem_eq(find(&c->measurements, name)->data, e.pcr[i],
		    AZURE_PCR_SIZE);
	}
	/* Given, and not quoted. */
	ck_assert_ptr_null(tee_named_find(&c->measurements, "pcr23"));
	tee_claims_free(&c);
	cvm_free(&e);
}
END_TEST

/* A configuration that says neither is no claim of either. */
START_TEST(claims_of_bad_configuration)
{
	struct cvm_evidence e;
	struct tee_claims *c;

	cvm_start(&e);
	cvm_runtime_edit(&e, "\"secure-boot\":true", "\"secure-boot\":1");
	cvm_runtime_edit(&e, "\"vmUniqueId\":\"", "\"vmName\":\"");
	cvm_mint(&e);
	c = cvm_judge(&e, NULL);
	snp_expect("bad configuration", c, NULL, NULL);
	ck_assert_ptr_null(tee_named_find(&c->texts, "secure_boot"));
	ck_assert_ptr_null(tee_named_find(&c->texts, "azure.vm_id"));
	tee_claims_free(&c);
	cvm_free(&e);
	cvm_start(&e);
	cvm_runtime_edit(&e, "\"secure-boot\":true", "\"secure-boot\":false");
	cvm_mint(&e);
	c = cvm_judge(&e, NULL);
	ck_assert_str_eq((char *)find(&c->texts, "secure_boot")->data, "false");
	tee_claims_free(&c);
	cvm_free(&e);
}
END_TEST

/* Last: whatever was emitted must have been seen to pass and to fail. */
START_TEST(no_check_is_dead)
{
	ck_assert_uint_eq(seen_count, 16);
	for (size_t i = 0; i < seen_count; i++) {
		ck_assert_msg(seen[i].passed, "%s never passed", seen[i].name);
		ck_assert_msg(seen[i].failed, "%s never failed", seen[i].name);
	}
}
END_TEST

START_TEST(every_check_is_documented)
{
	const char *source = getenv("TEE_TEST_SRCDIR");
	struct sim_blob page = { NULL, 0 };
	int dir = open(source != NULL ? source : ".", O_RDONLY);

	ck_assert(
	    tee_sim_blob_read(&page, dir, "man/tee_snp_azure.8", 1 << 20));
	ck_assert(tee_sim_blob_append(&page, "", 1));
	close(dir);
	for (size_t i = 0; i < seen_count; i++)
		ck_assert_msg(strstr((const char *)page.data, seen[i].name) !=
			NULL,
		    "%s is not in tee_snp_azure(8)", seen[i].name);
	tee_sim_blob_free(&page);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure cvm");
	TCase *tcase = tcase_create("checks");
	SRunner *runner;
	int failed;

	cvm_keys_open();
	tcase_add_test(tcase, hcl_rows);
	tcase_add_test(tcase, quote_rows);
	tcase_add_test(tcase, pcr_rows);
	tcase_add_test(tcase, option_rows);
	tcase_add_test(tcase, refused_options);
	tcase_add_test(tcase, claims_of_good_evidence);
	tcase_add_test(tcase, claims_of_bad_configuration);
	tcase_add_test(tcase, no_check_is_dead);
	tcase_add_test(tcase, every_check_is_documented);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	/* One process, so that the last tests know what the others saw. */
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	cvm_keys_close();
	return failed == 0 ? 0 : 1;
}
