/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certs_file and crl_file: what the administrator keeps beside what evidence
 * brings; a file that cannot be read is not done, never an empty one.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <check.h>

#include "tests/testlib_snp.h"

#define ISSUERS_MISSING \
	"chain.root chain.root_signature " \
	"chain.intermediate_signature chain.leaf_signature chain.names " \
	"chain.constraints chain.validity chain.product"

static char folder[4096];

/* The path of a file of this test in `out`; data NULL: it is not there. */
static void
file(const char *name, const void *data, size_t size, char out[4200])
{
	int dir = open(folder, O_RDONLY | O_DIRECTORY);

	ck_assert_int_ge(dir, 0);
	if (data != NULL)
		ck_assert(tee_sim_blob_write(data, size, dir, name, 0600));
	else
		unlinkat(dir, name, 0);
	close(dir);
	snprintf(out, 4200, "%s/%s", folder, name);
}

static struct tee_claims *
judge(const struct snp_evidence *e, const char *option, const char *path,
    const char *more)
{
	char options[4300];

	ck_assert_int_lt(snprintf(options, sizeof(options), "%s=%s%s", option,
			     path, more),
	    512);
	return snp_judge(e, options);
}

/* A guest has its VCEK from the host; ASK and ARK lie on the disk. */
static void
leaf_only(struct snp_evidence *e, struct sim_blob *rest)
{
	snp_evidence_start(e, SIM_GENOA, SIM_SIGNER_VCEK, 0);
	snp_evidence_mint(e);
	tee_sim_blob_free(&e->crl);
	snp_certs_clear(e);
	snp_certs_pem(e, SIM_ARK);
	snp_certs_der(e, SIM_ASK);
	*rest = e->certs;
	e->certs = (struct sim_blob){ NULL, 0 };
	snp_certs_der(e, SIM_VCEK);
}

START_TEST(rest_of_the_chain)
{
	struct snp_evidence e;
	struct sim_blob rest;
	struct tee_claims *c;
	char path[4200];

	leaf_only(&e, &rest);
	file("rest", rest.data, rest.size, path);
	c = judge(&e, "certs_file", path, "");
	snp_expect("whole", c, NULL, NULL);
	tee_claims_free(&c);
	file("rest", NULL, 0, path);
	c = judge(&e, "certs_file", path, "");
	snp_expect("absent", c, NULL, "certs_file " ISSUERS_MISSING);
	tee_claims_free(&c);
	file("rest", "junk", 4, path);
	c = judge(&e, "certs_file", path, "");
	snp_expect("junk", c, "certificates",
	    ISSUERS_MISSING
	    " signature vek.extensions vek.struct_version vek.product vek.tcb "
	    "vek.hwid vek.csp_id");
	tee_claims_free(&c);
	c = judge(&e, "certs_file", folder, "");
	snp_expect("a directory", c, NULL, "certs_file " ISSUERS_MISSING);
	tee_claims_free(&c);
	file("rest", NULL, 0, path);
	tee_sim_blob_free(&rest);
	snp_evidence_free(&e);
}
END_TEST

START_TEST(too_large)
{
	static const uint8_t zeros[512 * 1024 + 1];
	struct snp_evidence e;
	struct sim_blob rest;
	struct tee_claims *c;
	char path[4200];

	leaf_only(&e, &rest);
	file("large", zeros, sizeof(zeros), path);
	c = judge(&e, "certs_file", path, "");
	snp_expect("a byte too many", c, NULL, "certs_file " ISSUERS_MISSING);
	tee_claims_free(&c);
	file("large", zeros, sizeof(zeros) - 1, path);
	c = judge(&e, "certs_file", path, "");
	snp_expect("as many as there may be", c, NULL, ISSUERS_MISSING);
	tee_claims_free(&c);
	file("large", NULL, 0, path);
	tee_sim_blob_free(&rest);
	snp_evidence_free(&e);
}
END_TEST

/* The evidence's own list is older and lacks what the file's names. */
START_TEST(newer_list_on_the_disk)
{
	struct snp_evidence e, old;
	struct tee_claims *c;
	char path[4200];

	snp_evidence_start(&e, SIM_TURIN, SIM_SIGNER_VLEK, 0);
	e.spec.crl.this_update = SNP_NOW - 60;
	e.spec.crl.revoked[0] = e.spec.cert[SIM_ASVK].serial;
	e.spec.crl.revoked_count = 1;
	snp_evidence_mint(&e);
	file("list", e.crl.data, e.crl.size, path);
	snp_evidence_start(&old, SIM_TURIN, SIM_SIGNER_VLEK, 0);
	snp_evidence_mint(&old);
	c = judge(&old, "crl_file", path, "|crl=required");
	snp_expect("revoked on the disk", c, "crl.revocation", NULL);
	tee_claims_free(&c);
	file("list", old.crl.data, old.crl.size, path);
	c = judge(&e, "crl_file", path, "|crl=required");
	snp_expect("revoked in the evidence", c, "crl.revocation", NULL);
	tee_claims_free(&c);
	tee_sim_blob_free(&old.crl);
	c = judge(&old, "crl_file", path, "|crl=required");
	snp_expect("good on the disk", c, NULL, NULL);
	tee_claims_free(&c);
	file("list", NULL, 0, path);
	c = judge(&old, "crl_file", path, "");
	snp_expect("named, and absent", c, NULL, "crl_file");
	tee_claims_free(&c);
	snp_evidence_free(&old);
	snp_evidence_free(&e);
}
END_TEST

int
main(void)
{
	const char *build = getenv("TEE_TEST_BUILDDIR");
	Suite *suite = suite_create("snp files");
	TCase *tcase = tcase_create("files");
	SRunner *runner;
	int failed;

	snp_keys_open();
	snprintf(folder, sizeof(folder), "%s/tests/tmp/snp-files-XXXXXX",
	    build != NULL ? build : ".");
	if (mkdtemp(folder) == NULL) {
		perror(folder);
		return 1;
	}
	tcase_add_test(tcase, rest_of_the_chain);
	tcase_add_test(tcase, too_large);
	tcase_add_test(tcase, newer_list_on_the_disk);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	snp_keys_close();
	rmdir(folder);
	return failed == 0 ? 0 : 1;
}
