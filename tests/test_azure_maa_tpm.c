/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AzureGuest with nothing in a test's stead: the simulator's vTPM through
 * modules/snp_azure/vtpm.h, its MAA over TLS, and the answer that only this
 * TPM decrypts.
 */
#include "config.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <check.h>

#include "modules/common/json.h"
#include "modules/common/jws.h"
#include "modules/snp_azure/facility.h"
#include "modules/snp_azure/vtpm.h"
#include "tests/testlib_maa.h"
#include "tests/testlib_snp.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static char machine[512], url[256], tpm[600];
static uint8_t root[32];

/* In a user namespace, which may mount; 77 where there is no such thing. */
static int
serve(char **argv)
{
	const char *build = getenv("TEE_TEST_BUILDDIR");
	char command[8192], self[PATH_MAX];

	build = build != NULL ? build : ".";
	snprintf(machine, sizeof(machine), "%s/tests/tmp/maa-tpm", build);
	if (realpath(argv[0], self) == NULL)
		return 99;
	snp_keys_open();
	snp_keys_close();
	snprintf(command, sizeof(command),
	    "test -x %s/sim/teesim -a -w /dev/fuse && command -v swtpm "
	    ">/dev/null && unshare -Urm true && rm -rf %s && mkdir %s && "
	    "cp %s/tests/tmp/simkeys/*.key %s",
	    build, machine, machine, build, machine);
	if (system(command) != 0) {
		puts("skipped: no simulator, /dev/fuse, user namespaces or "
		     "swtpm");
		return 77;
	}
	snprintf(command, sizeof(command),
	    "exec timeout -k 5 120 unshare -Urm %s/sim/teesim serve --dir %s "
	    "--tpm %s/tpmrm0 --cloud -- %s %s",
	    build, machine, machine, self, machine);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	return 99;
}

static void
read_file(const char *name, char *out, size_t size)
{
	char path[1024];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", machine, name);
	file = fopen(path, "r");
	if (file == NULL)
		abort();
	out[fread(out, 1, size - 1, file)] = '\0';
	fclose(file);
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

static void
keep_line(void *user, int priority, const char *text)
{
	char *log = user;
	size_t have = strlen(log);

	(void)priority;
	snprintf(log + have, 8192 - have, "%s\n", text);
}

static struct azure_vtpm *
open_tpm(struct tee_call *call, char log[8192])
{
	struct azure_vtpm *vtpm;

	memset(call, 0, sizeof(*call));
	log[0] = '\0';
	call->transaction = "test";
	call->module = "snp_azure";
	call->facility = TEE_KEYSTORE;
	call->log.fn = keep_line;
	call->log.user = log;
	call->deadline = tee_clock_monotonic_ms() + 20000;
	ck_assert_msg(tee_azure_vtpm_open(call, tpm, &vtpm) == TEE_OK, "%s",
	    log);
	return vtpm;
}

static void
put(struct maa_scene *s, const char *type, const struct azure_bytes *bytes)
{
	maa_item(s, type, bytes->data, bytes->size);
}

static void
put_quote(struct maa_scene *s, struct azure_vtpm *vtpm, const char *log)
{
	static struct azure_quote quote;

	ck_assert_msg(tee_azure_vtpm_quote(vtpm, s->binding, sizeof(s->binding),
			  0xff, &quote) == TEE_OK,
	    "%s", log);
	put(s, "tpm.quote", &quote.attest);
	put(s, "tpm.quote-signature", &quote.signature);
}

/* What the collector puts; with_key: and what a preparing keystore does. */
static void
start(struct maa_scene *s, bool with_key)
{
	static struct azure_enckey key;
	static struct azure_bytes hcl;
	struct azure_vtpm *vtpm;
	struct tee_call call;
	char log[8192], certs[16384] = "";

	maa_start(s, MAA_GUEST);
	s->no_token = true;
	s->root = root;
	s->now = time(NULL);
	vtpm = open_tpm(&call, log);
	ck_assert_msg(tee_azure_vtpm_hcl(vtpm, &hcl) == TEE_OK, "%s", log);
	put(s, "azure.hcl-report", &hcl);
	put_quote(s, vtpm, log);
	if (with_key) {
		ck_assert_msg(tee_azure_vtpm_enckey(vtpm, &key) == TEE_OK, "%s",
		    log);
		put(s, "tpm.enc-key", &key.public);
		put(s, "tpm.enc-key-certify", &key.certify);
		put(s, "tpm.enc-key-signature", &key.signature);
		put(s, "private.tpm-enc-key-context", &key.context);
	}
	tee_azure_vtpm_close(&vtpm);
	read_file("vcek.pem", certs, 8192);
	read_file("ask.pem", certs + strlen(certs), 4096);
	read_file("ark.pem", certs + strlen(certs), 4096);
	maa_item(s, "snp.certs", certs, strlen(certs));
}

static struct tee_claims *
judge(struct maa_scene *s, const char *more)
{
	char options[2048], log[8192] = "";
	struct azure_maa *maa;
	struct tee_claims *claims;

	snprintf(options, sizeof(options),
	    "endpoint=%s|ca_file=%s/cloud/ca.pem|tcti=%s|%s", url, machine, tpm,
	    more);
	maa = maa_line(options, log);
	ck_assert_msg(maa != NULL, "%s", log);
	claims = maa_judge_with(s, maa);
	tee_azure_maa_free(&maa);
	return claims;
}

/* The token names the very key that the keystore will decrypt with. */
static void
check_key(const struct maa_scene *s)
{
	const struct tee_item *item =
	    tee_evidence_item(s->evidence, "maa.token");
	const struct tee_item *public =
	    tee_evidence_item(s->evidence, "tpm.enc-key");
	struct tee_jws jws;
	char why[TEE_JWS_WHY];
	const json_t *key;

	ck_assert_ptr_nonnull(item);
	ck_assert_msg(tee_jws_parse(&jws, (const char *)item->data, item->size,
			  why),
	    "%s", why);
	key = json_array_get(json_object_get(tee_json_member(jws.payload,
						 "x-ms-runtime"),
				 "keys"),
	    0);
	ck_assert(tee_json_is(key, "kid", "TpmEphemeralEncryptionKey"));
	ck_assert_uint_gt(public->size, 256);
	tee_jws_free(&jws);
}

START_TEST(with_key)
{
	struct maa_scene s;
	struct tee_claims *claims;

	start(&s, true);
	turn("");
	claims = judge(&s, "attest=auto");
	snp_expect("guest", claims, NULL, NULL);
	check_key(&s);
	ck_assert(claims->simulated);
	ck_assert_ptr_nonnull(tee_named_find(&claims->texts, "azure.vm_id"));
	tee_claims_free(&claims);
	maa_free(&s);
}
END_TEST

START_TEST(without_key)
{
	struct maa_scene s;
	struct tee_claims *claims;

	start(&s, false);
	turn("");
	claims = judge(&s, "attest=azureguest");
	snp_expect("guest", claims, NULL, NULL);
	tee_claims_free(&claims);
	maa_free(&s);
}
END_TEST

/* This machine's own report, shown to it by a peer who cannot quote. */
START_TEST(of_a_peer)
{
	struct maa_scene s;
	struct tee_claims *claims;

	start(&s, false);
	turn("");
	s.binding[0] ^= 1;
	claims = judge(&s, "attest=azureguest");
	snp_expect("a peer", claims, "binding", NULL);
	tee_claims_free(&claims);
	maa_free(&s);
}
END_TEST

/* A key that another TPM, or an earlier start of this one, had saved. */
START_TEST(context_spoiled)
{
	struct maa_scene s;
	struct tee_claims *claims;
	size_t i = 0;

	start(&s, true);
	turn("");
	while (strcmp(s.item[i].type, "private.tpm-enc-key-context") != 0)
		i++;
	s.item[i].data[s.item[i].size / 2] ^= 1;
	claims = judge(&s, "attest=auto");
	ck_assert_int_ne(claims->verdict, TEE_OK);
	ck_assert_ptr_null(tee_evidence_item(s.evidence, "maa.token"));
	tee_claims_free(&claims);
	maa_free(&s);
}
END_TEST

static const struct fault {
	const char *set, *fails, *not_done;
} faults[] = {
	{ "maa-envelope=1", "maa.answer", "binding" },
	{ "maa-wrong-nonce=1", "token.client-payload", NULL },
	{ "maa-400=1", "maa.attest", "binding" },
	{ "maa-type=1", "token.type", NULL },
	{ "maa-debuggable=1", "token.debug", NULL },
};

START_TEST(fault_rows)
{
	struct maa_scene s;
	struct tee_claims *claims;

	start(&s, true);
	turn(faults[_i].set);
	claims = judge(&s, "attest=auto");
	snp_expect(faults[_i].set, claims, faults[_i].fails,
	    faults[_i].not_done);
	tee_claims_free(&claims);
	maa_free(&s);
}
END_TEST

static void
find_cloud(const char *dir)
{
	char text[128];
	size_t size;

	snprintf(machine, sizeof(machine), "%s", dir);
	snprintf(tpm, sizeof(tpm), "device:%s/tpmrm0", machine);
	read_file("cloud/maa.url", url, sizeof(url));
	url[strcspn(url, "\r\n")] = '\0';
	read_file("cloud/ca.pin", text, sizeof(text));
	text[strcspn(text, "\r\n")] = '\0';
	if (OPENSSL_hexstr2buf_ex(root, sizeof(root), &size, text, '\0') != 1)
		abort();
}

int
main(int argc, char **argv)
{
	Suite *suite = suite_create("azure_maa_tpm");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	if (argc < 2)
		return serve(argv);
	find_cloud(argv[1]);
	maa_keys_open();
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, with_key);
	tcase_add_test(tcase, without_key);
	tcase_add_test(tcase, of_a_peer);
	tcase_add_test(tcase, context_spoiled);
	tcase_add_loop_test(tcase, fault_rows, 0, (int)COUNT(faults));
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	maa_keys_close();
	return failed > 0;
}
