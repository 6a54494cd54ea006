/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verifier line against the simulator's MAA, which was written apart from
 * it: evidence that it verifies, the token that it issues, and each of its
 * faults with the verdict that follows.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <check.h>
#include <openssl/sha.h>

#include "modules/snp_azure/facility.h"
#include "tests/testlib_maa.h"
#include "tests/testlib_snp.h"
#include "tests/testlib_vtpm.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static char machine[512], url[256], ca[600];
static uint8_t root[32];
static struct snp_evidence chip;

/* A machine of its own, with the keys that all tests share. */
static int
serve(char **argv)
{
	const char *build = getenv("TEE_TEST_BUILDDIR");
	char command[2048], teesim[512];

	snprintf(teesim, sizeof(teesim), "%s/sim/teesim",
	    build != NULL ? build : ".");
	snprintf(machine, sizeof(machine), "%s/tests/tmp/maa-machine",
	    build != NULL ? build : ".");
	snp_keys_open();
	snp_keys_close();
	snprintf(command, sizeof(command),
	    "rm -rf %s && mkdir %s && cp %s/tests/tmp/simkeys/*.key %s",
	    machine, machine, build != NULL ? build : ".", machine);
	if (access(teesim, X_OK) != 0 || system(command) != 0) {
		puts("skipped: no simulator");
		return 77;
	}
	execl(teesim, teesim, "serve", "--dir", machine, "--cloud", "--",
	    argv[0], machine, (char *)NULL);
	return 99;
}

static void
read_line(const char *name, char *out, size_t size)
{
	char path[1024];
	FILE *file;

	snprintf(path, sizeof(path), "%s/cloud/%s", machine, name);
	file = fopen(path, "r");
	if (file == NULL || fgets(out, (int)size, file) == NULL)
		abort();
	fclose(file);
	out[strcspn(out, "\r\n")] = '\0';
}

static void
turn(const char *switches)
{
	const char *build = getenv("TEE_TEST_BUILDDIR");
	char command[2048];

	snprintf(command, sizeof(command),
	    "%s/sim/teesim set --dir %s --reset %s",
	    build != NULL ? build : ".", machine, switches);
	ck_assert_int_eq(system(command), 0);
}

/* A report by the machine's chip over that REPORT_DATA. */
static void
sign_report(const uint8_t data[64], bool paravisor)
{
	snp_evidence_start(&chip, SIM_MILAN, SIM_SIGNER_VCEK, 2);
	if (paravisor)
		snp_evidence_set(&chip, "vmpl=0");
	tee_sim_report_bytes(chip.report, "report_data", data, 64);
	snp_evidence_mint(&chip);
}

/* Replaces what a scene of its own has by real signatures. */
static void
start(struct maa_scene *s, enum maa_shape shape)
{
	uint8_t data[64] = { 0 };

	maa_start(s, shape);
	s->no_token = true;
	s->root = root;
	memcpy(data, s->binding, sizeof(s->binding));
	if (shape == MAA_RUNTIME)
		SHA256(s->item[0].data, s->item[0].size, data);
	if (shape == MAA_VM) {
		maa_hcl(s);
		SHA256(s->item[0].data + 1236,
		    (size_t)s->item[0].data[1232] |
			(size_t)s->item[0].data[1233] << 8,
		    data);
	}
	if (shape != MAA_CONTAINER)
		memset(data + 32, 0, 32);
	sign_report(data, shape == MAA_VM);
	if (shape == MAA_VM)
		memcpy(s->item[0].data + 32, chip.report, SIM_REPORT_SIZE);
	else
		maa_item(s, "snp.report", chip.report, SIM_REPORT_SIZE);
	maa_item(s, "snp.certs", chip.certs.data, chip.certs.size);
}

static struct azure_maa *
line(const char *more)
{
	char options[2048], log[8192] = "";
	struct azure_maa *maa;

	snprintf(options, sizeof(options), "endpoint=%s|ca_file=%s|%s", url, ca,
	    more);
	maa = maa_line(options, log);
	ck_assert_msg(maa != NULL, "%s", log);
	return maa;
}

static const struct fault {
	const char *set;
	enum maa_shape shape;
	const char *fails, *not_done;
	unsigned budget_ms;
} faults[] = {
	{ "maa-keys=bare", MAA_RUNTIME, NULL, NULL, 0 },
	{ "maa-429=forever", MAA_CONTAINER, NULL, "maa.attest binding", 1000 },
	{ "maa-500=forever", MAA_CONTAINER, NULL, "maa.attest binding", 1000 },
	{ "maa-503=forever", MAA_CONTAINER, NULL, "maa.attest binding", 1000 },
	{ "maa-drop=forever", MAA_CONTAINER, NULL, "maa.attest binding", 1000 },
	{ "maa-cut=forever", MAA_CONTAINER, NULL, "maa.attest binding", 1000 },
	{ "maa-truncate=1", MAA_CONTAINER, NULL, "maa.attest binding", 0 },
	{ "maa-huge=forever", MAA_CONTAINER, NULL, "maa.attest binding", 3000 },
	{ "maa-redirect=forever", MAA_CONTAINER, NULL, "maa.attest binding",
	    1500 },
	{ "maa-400=1", MAA_CONTAINER, "maa.attest", "binding", 0 },
	{ "maa-keys=none", MAA_CONTAINER, NULL, "token.key binding", 0 },
	{ "maa-keys=twice", MAA_CONTAINER, "token.key", "binding", 0 },
	{ "maa-not-compliant=yes", MAA_VM, "token.compliance", NULL, 0 },
	{ "maa-alg-none=1", MAA_CONTAINER, "token.format", "binding", 0 },
	{ "maa-alg-hs256=1", MAA_CONTAINER, "token.algorithm", "binding", 0 },
	{ "maa-wrong-kid=1", MAA_CONTAINER, "token.key", "binding", 0 },
	{ "maa-other-key=1", MAA_CONTAINER, "token.signature", "binding", 0 },
	{ "maa-flip=1", MAA_CONTAINER, "token.signature", "binding", 0 },
	{ "maa-iss=1", MAA_CONTAINER, "token.issuer", "binding", 0 },
	{ "maa-expired=1", MAA_CONTAINER, "token.times token.age", NULL, 0 },
	{ "maa-nbf=1", MAA_CONTAINER, "token.times", NULL, 0 },
	{ "maa-duplicate=1", MAA_CONTAINER, "token.format", "binding", 0 },
	{ "maa-report-data=1", MAA_CONTAINER, "binding", NULL, 0 },
	{ "maa-report-data=1", MAA_RUNTIME, "token.runtime-data token.binding",
	    "binding", 0 },
	{ "maa-user-data=1", MAA_VM, "binding", NULL, 0 },
	{ "maa-debuggable=1", MAA_VM, "token.debug", NULL, 0 },
	{ "maa-type=1", MAA_VM, "token.type", NULL, 0 },
	/* Last: the service answers when nobody waits any more, and would
	 * take a later row's fault for its own. */
	{ "maa-delay=2000", MAA_CONTAINER, NULL, "maa.attest binding", 1000 },
};

/* A container's token is not compliant here, without an endorsement. */
static struct tee_claims *
judge(struct maa_scene *s, struct azure_maa *maa)
{
	s->now = time(NULL);
	return maa_judge_with(s, maa);
}

static void
run_fault(const struct fault *f)
{
	const char *options =
	    f->shape == MAA_VM ? "attest=sevsnpvm" : "compliance=any";
	struct azure_maa *maa = line(options);
	struct maa_scene s;
	struct tee_claims *claims;
	bool good = f->fails == NULL && f->not_done == NULL;

	start(&s, f->shape);
	s.budget_ms = f->budget_ms;
	turn(f->set);
	claims = judge(&s, maa);
	snp_expect(f->set, claims, f->fails, f->not_done);
	ck_assert_msg(good ||
		tee_evidence_item(s.evidence, "maa.token") == NULL ||
		claims->verdict != TEE_OK,
	    "%s", f->set);
	tee_claims_free(&claims);
	tee_azure_maa_free(&maa);
	snp_evidence_free(&chip);
	maa_free(&s);
}

START_TEST(fault_rows)
{
	run_fault(&faults[_i]);
}
END_TEST

/* Each shape: attested, and the claims are the report's. */
START_TEST(shapes)
{
	static const char *const options[] = { "compliance=any",
		"compliance=any", "attest=sevsnpvm" };
	struct maa_scene s;
	struct azure_maa *maa = line(options[_i]);
	struct tee_claims *claims;
	const struct tee_named *launch;
	struct snp_report r;

	start(&s, (enum maa_shape)_i);
	turn("");
	claims = judge(&s, maa);
	snp_expect("good", claims, NULL, NULL);
	ck_assert(claims->simulated);
	ck_assert(tee_snp_report_parse(&r, chip.report, SIM_REPORT_SIZE));
	launch = tee_named_find(&claims->measurements,
	    _i == MAA_VM ? "paravisor" : "launch");
	ck_assert_ptr_nonnull(launch);
	ck_assert_mem_eq(launch->data, r.measurement, 48);
	ck_assert_mem_eq(claims->tcb,
	    tee_snp_tcb_split(SNP_MILAN, r.reported_tcb).part, 8);
	ck_assert_ptr_nonnull(tee_evidence_item(s.evidence, "maa.token"));
	ck_assert_ptr_nonnull(tee_evidence_item(s.evidence, "maa.jwks"));
	tee_claims_free(&claims);
	tee_azure_maa_free(&maa);
	snp_evidence_free(&chip);
	maa_free(&s);
}
END_TEST

/* A line that knows the old keys asks for the new ones, in time. */
START_TEST(rotation)
{
	struct azure_maa *maa = line("compliance=any");
	struct maa_scene s;
	struct tee_claims *claims;

	start(&s, MAA_CONTAINER);
	turn("");
	claims = judge(&s, maa);
	snp_expect("before", claims, NULL, NULL);
	tee_claims_free(&claims);
	turn("maa-rotate=2");
	claims = judge(&s, maa);
	snp_expect("at once", claims, NULL, "token.key binding");
	tee_claims_free(&claims);
	tee_azure_maa_free(&maa);
	maa = line("compliance=any");
	claims = judge(&s, maa);
	snp_expect("asked anew", claims, NULL, NULL);
	tee_claims_free(&claims);
	tee_azure_maa_free(&maa);
	snp_evidence_free(&chip);
	maa_free(&s);
}
END_TEST

/* The service itself refuses what the chip did not sign. */
START_TEST(bad_evidence)
{
	struct azure_maa *maa = line("compliance=any");
	struct maa_scene s;
	struct tee_claims *claims;

	start(&s, MAA_CONTAINER);
	turn("");
	s.item[0].data[0x90] ^= 1;
	claims = judge(&s, maa);
	snp_expect("a changed report", claims, "maa.attest", "binding");
	tee_claims_free(&claims);
	s.item[0].data[0x90] ^= 1;
	maa_item(&s, "snp.runtime-data", "{\"keys\":[]}", 11);
	claims = judge(&s, maa);
	snp_expect("other runtime data", claims, "maa.attest", "binding");
	tee_claims_free(&claims);
	tee_azure_maa_free(&maa);
	snp_evidence_free(&chip);
	maa_free(&s);
}
END_TEST

static void
find_cloud(const char *dir)
{
	char text[128];
	size_t size;

	snprintf(machine, sizeof(machine), "%s", dir);
	read_line("maa.url", url, sizeof(url));
	read_line("ca.pin", text, sizeof(text));
	snprintf(ca, sizeof(ca), "%s/cloud/ca.pem", machine);
	if (OPENSSL_hexstr2buf_ex(root, sizeof(root), &size, text, '\0') != 1)
		abort();
}

int
main(int argc, char **argv)
{
	Suite *suite = suite_create("azure_maa_sim");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	if (argc < 2)
		return serve(argv);
	find_cloud(argv[1]);
	maa_keys_open();
	snp_keys_open();
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, shapes, 0, 3);
	tcase_add_loop_test(tcase, fault_rows, 0, (int)COUNT(faults));
	tcase_add_test(tcase, rotation);
	tcase_add_test(tcase, bad_evidence);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	maa_keys_close();
	snp_keys_close();
	return failed > 0;
}
