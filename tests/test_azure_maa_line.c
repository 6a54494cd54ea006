/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verifier line by itself: which options it takes, whose keys it believes
 * of a passport, and that it claims what modules/snp claims of the same
 * machine, so that both in one profile meet as equal.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <check.h>
#include <openssl/x509.h>

#include "modules/snp_azure/facility.h"
#include "tests/testlib_maa.h"
#include "tests/testlib_snp.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define GOOD "endpoint=https://maa.example"

START_TEST(option_rules)
{
	static const struct {
		const char *text;
		const char *says; /* NULL: taken */
	} rows[] = {
		{ GOOD, NULL },
		{ GOOD "/", NULL },
		{ "endpoint=https://maa.example:8443", NULL },
		{ "endpoint=https://[::1]:8443", NULL },
		{ "attest=auto", "endpoint" },
		{ "endpoint=", "endpoint" },
		{ "endpoint=https://", "endpoint" },
		{ "endpoint=http://maa.example", "endpoint" },
		{ "endpoint=maa.example", "endpoint" },
		{ "endpoint=https://maa.example//", "endpoint" },
		{ "endpoint=https://maa.example/certs", "endpoint" },
		{ "endpoint=https://maa.example?x", "endpoint" },
		{ "endpoint=https://me@maa.example", "endpoint" },
		{ "endpoint=https://MAA.example", "endpoint" },
		{ "endpoint=https://maa.example ", "endpoint" },
		{ GOOD "|attest=sevsnpvm", NULL },
		{ GOOD "|attest=azureguest", NULL },
		{ GOOD "|attest=tdxvm", "attest" },
		{ GOOD "|tcti=swtpm:port=2321", NULL },
		/* tpm2-tss would start a program, or load a library. */
		{ GOOD "|tcti=cmd:touch x", "tcti" },
		{ GOOD "|tcti=/lib/libevil.so", "tcti" },
		{ GOOD "|signers=", "signers" },
		{ GOOD "|policy_hash=", "policy_hash" },
		{ GOOD "|max_token_age=1", NULL },
		{ GOOD "|max_token_age=28800", NULL },
		{ GOOD "|max_token_age=0", "max_token_age" },
		{ GOOD "|max_token_age=28801", "max_token_age" },
		{ GOOD "|compliance=any", NULL },
		{ GOOD "|compliance=a,b", NULL },
		{ GOOD "|compliance=", "compliance" },
		{ GOOD "|compliance=a,", "compliance" },
		{ GOOD "|compliance=,a", "compliance" },
		{ GOOD "|compliance=a,,b", "compliance" },
		{ GOOD "|compliance=a, b", "compliance" },
		{ GOOD "|policy_hash=00", "policy_hash" },
		{ GOOD "|signers=zz", "signers" },
		{ GOOD "|secure_boot=true", NULL },
		{ GOOD "|secure_boot=maybe", "secure_boot" },
		{ GOOD "|jwks_file=keys.json", "jwks_file" },
		{ GOOD "|jwks_file=/nonexistent/keys", "jwks_file" },
		{ GOOD "|ca_file=/nonexistent/ca", "ca_file" },
		{ GOOD "|guest_svn=3", NULL },
		{ GOOD "|min_reported_tcb=Milan:snp=8", NULL },
		{ GOOD "|min_reported_tcb=Rome:snp=8", "min_reported_tcb" },
		/* What no token says must not look as if it were checked. */
		{ GOOD "|products=Milan", "products" },
		{ GOOD "|products=Milan|min_reported_tcb=Milan:snp=8", NULL },
		{ GOOD "|products=Milan|up_to_date_tcb=Milan:snp=8", NULL },
		{ GOOD "|vmpl=0", "vmpl" },
		{ GOOD "|chip_id=00", "chip_id" },
		{ GOOD "|policy_debug=forbidden", "policy_debug" },
		{ GOOD "|platform_smt=forbidden", "platform_smt" },
		{ GOOD "|min_committed_tcb=Milan:snp=8", "min_committed_tcb" },
		{ GOOD "|crl=required", "crl" },
		{ GOOD "|user_data=binding", "user_data" },
		{ GOOD "|pcrs=0=00", "pcrs" },
		{ GOOD "|uvm_min_svn=100", "uvm_min_svn" },
		{ GOOD "|cce_policy=any", "cce_policy" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char log[8192] = "", want[64];
		struct azure_maa *maa = maa_line(rows[i].text, log);

		ck_assert_msg((maa != NULL) == (rows[i].says == NULL), "%s: %s",
		    rows[i].text, log);
		snprintf(want, sizeof(want),
		    "option \"%s\":", rows[i].says != NULL ? rows[i].says : "");
		if (rows[i].says != NULL)
			ck_assert_msg(strstr(log, want) != NULL, "%s: %s",
			    rows[i].text, log);
		tee_azure_maa_free(&maa);
		ck_assert_ptr_null(maa);
	}
}
END_TEST

START_TEST(key_files)
{
	static const char *const rows[] = { "", "{}", "{\"keys\":[]}", "x" };

	for (size_t i = 0; i < COUNT(rows); i++) {
		char options[1024], log[8192] = "";
		const char *path = maa_file("keys", rows[i], strlen(rows[i]));

		snprintf(options, sizeof(options), GOOD "|jwks_file=%s", path);
		ck_assert_ptr_null(maa_line(options, log));
		ck_assert_msg(strstr(log, "jwks_file") != NULL, "%s", log);
		unlink(path);
	}
}
END_TEST

/* Whoever may write the keys may sign any token. */
START_TEST(key_file_of_others)
{
	char options[1024], log[8192] = "", *text;
	struct maa_scene s;
	const char *path;
	struct azure_maa *maa;

	maa_start(&s, MAA_VM);
	text = json_dumps(s.jwks, 0);
	path = maa_file("keys", text, strlen(text));
	snprintf(options, sizeof(options), GOOD "|jwks_file=%s", path);
	ck_assert_int_eq(chmod(path, 0644), 0);
	maa = maa_line(options, log);
	ck_assert_msg(maa != NULL, "%s", log);
	tee_azure_maa_free(&maa);
	ck_assert_int_eq(chmod(path, 0664), 0);
	ck_assert_ptr_null(maa_line(options, log));
	ck_assert_msg(strstr(log, "others may write it") != NULL, "%s", log);
	unlink(path);
	free(text);
	maa_free(&s);
}
END_TEST

/*
 * A container writes its own runtime data, and may write into them whatever a
 * paravisor would.  On a line that takes both shapes MAA's status tells them
 * apart, not what the guest says.
 */
START_TEST(imitated_paravisor)
{
	static const char both[] =
	    "compliance=azure-compliant-cvm,azure-compliant-uvm";
	struct maa_scene s;
	struct tee_claims *claims;
	json_t *forged;

	/* user-data and runtime data of a VM, the status of a container */
	maa_start(&s, MAA_VM);
	maa_set(&s, "tee/x-ms-compliance-status=\"azure-compliant-uvm\"");
	forged = json_object_get(s.payload, "x-ms-runtime");
	ck_assert_ptr_nonnull(json_object_get(forged, "vm-configuration"));
	claims = maa_judge(&s, both);
	/* Bound as a container is: by REPORT_DATA, which is a hash here. */
	snp_expect("forged", claims, "binding", NULL);
	ck_assert_ptr_null(tee_named_find(&claims->texts, "azure.vm_id"));
	ck_assert_ptr_null(tee_named_find(&claims->texts, "secure_boot"));
	ck_assert_ptr_null(tee_named_find(&claims->measurements, "paravisor"));
	tee_claims_free(&claims);
	claims =
	    maa_judge(&s, "secure_boot=true|compliance=azure-compliant-uvm");
	snp_expect("booted", claims, "token.secure-boot binding", NULL);
	tee_claims_free(&claims);
	maa_free(&s);
	/* A VM stays one where the token tells nothing of its keys. */
	maa_start(&s, MAA_VM);
	maa_set(&s, "tee/x-ms-runtime/keys=[]");
	claims = maa_judge(&s, both);
	snp_expect("no keys", claims, NULL, NULL);
	ck_assert_ptr_null(tee_named_find(&claims->measurements, "launch"));
	tee_claims_free(&claims);
	maa_free(&s);
}
END_TEST

static void
signer_text(EVP_PKEY *key, char out[65])
{
	unsigned char *der = NULL, digest[32];
	int size = i2d_PUBKEY(key, &der);

	EVP_Digest(der, (size_t)size, digest, NULL, EVP_sha256(), NULL);
	for (unsigned i = 0; i < sizeof(digest); i++)
		sprintf(out + 2 * i, "%02x", digest[i]);
	OPENSSL_free(der);
}

static void
key_item(struct maa_scene *s)
{
	char *text = json_dumps(s->jwks, 0);

	maa_item(s, "maa.jwks", text, strlen(text));
	free(text);
}

/* Keys that came with the evidence count only where the line names them. */
START_TEST(signers)
{
	static const struct {
		const char *name;
		bool item, own, signed_by_other;
		const char *fails, *not_done;
	} rows[] = {
		{ "a signer's key", true, true, false, NULL, NULL },
		{ "another's key", true, false, false, "token.key", "binding" },
		{ "like it", true, true, false, "token.key", "binding" },
		{ "no keys", false, true, false, NULL, "token.key binding" },
		{ "a signer's key, another's signature", true, true, true,
		    "token.signature", "binding" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct maa_scene s;
		struct tee_claims *claims;
		char hex[65], options[256];

		maa_start(&s, MAA_CONTAINER);
		if (rows[i].item)
			key_item(&s);
		if (rows[i].signed_by_other)
			s.signer = maa_other;
		signer_text(rows[i].own ? maa_key : maa_other, hex);
		if (strcmp(rows[i].name, "like it") == 0)
			hex[63] = hex[63] == '0' ? '1' : '0';
		snprintf(options, sizeof(options), "!" GOOD "|signers=%s", hex);
		claims = maa_judge(&s, options);
		snp_expect(rows[i].name, claims, rows[i].fails,
		    rows[i].not_done);
		tee_claims_free(&claims);
		maa_free(&s);
	}
}
END_TEST

/* A set that is none; and without signers the item is not even looked at:
 * the endpoint is asked, which here nobody answers. */
START_TEST(items)
{
	struct maa_scene s;
	struct tee_claims *claims;
	char hex[65], options[256];

	maa_start(&s, MAA_CONTAINER);
	maa_item(&s, "maa.jwks", "{}", 2);
	signer_text(maa_key, hex);
	snprintf(options, sizeof(options), "!" GOOD "|signers=%s", hex);
	claims = maa_judge(&s, options);
	snp_expect("no set", claims, "token.key", "binding");
	tee_claims_free(&claims);
	maa_free(&s);

	maa_start(&s, MAA_CONTAINER);
	key_item(&s);
	s.budget_ms = 500;
	json_object_set_new(s.payload, "iss",
	    json_string("https://127.0.0.1:1"));
	claims = maa_judge(&s, "!endpoint=https://127.0.0.1:1");
	snp_expect("no signers", claims, NULL, "token.key binding");
	tee_claims_free(&claims);
	maa_free(&s);
}
END_TEST

/* A key among the profile's simulated roots marks what it vouches for. */
START_TEST(simulated_signer)
{
	struct maa_scene s;
	struct tee_claims *claims;
	char hex[65];
	uint8_t root[32];
	size_t size;

	maa_start(&s, MAA_CONTAINER);
	claims = maa_judge(&s, NULL);
	ck_assert(!claims->simulated);
	tee_claims_free(&claims);
	signer_text(maa_key, hex);
	OPENSSL_hexstr2buf_ex(root, sizeof(root), &size, hex, '\0');
	s.root = root;
	claims = maa_judge(&s, NULL);
	ck_assert(claims->simulated);
	tee_claims_free(&claims);
	maa_free(&s);
}
END_TEST

/* Under inspection without a binding: nothing to compare with, no pass. */
START_TEST(no_binding)
{
	for (unsigned shape = 0; shape < MAA_SHAPES; shape++) {
		struct maa_scene s;
		struct tee_claims *claims;

		maa_start(&s, (enum maa_shape)shape);
		s.no_binding = true;
		claims = maa_judge(&s, NULL);
		snp_expect("no binding", claims, NULL, "binding");
		tee_claims_free(&claims);
		maa_free(&s);
	}
}
END_TEST

static void
hex_member(json_t *payload, const char *name, const uint8_t *data, size_t size)
{
	char text[129];

	for (size_t i = 0; i < size; i++)
		sprintf(text + 2 * i, "%02x", data[i]);
	json_object_set_new(payload, name, json_string(text));
}

/* What MAA would say of that report. */
static void
token_of(struct maa_scene *s, const struct snp_evidence *e)
{
	struct snp_report r;
	struct snp_tcb tcb;
	json_t *p = s->payload;

	ck_assert(tee_snp_report_parse(&r, e->report, e->report_size));
	tcb = tee_snp_tcb_split(SNP_MILAN, r.reported_tcb);
	hex_member(p, "x-ms-sevsnpvm-launchmeasurement", r.measurement, 48);
	hex_member(p, "x-ms-sevsnpvm-hostdata", r.host_data, 32);
	hex_member(p, "x-ms-sevsnpvm-idkeydigest", r.id_key_digest, 48);
	hex_member(p, "x-ms-sevsnpvm-authorkeydigest", r.author_key_digest, 48);
	hex_member(p, "x-ms-sevsnpvm-familyId", r.family_id, 16);
	hex_member(p, "x-ms-sevsnpvm-imageId", r.image_id, 16);
	hex_member(p, "x-ms-sevsnpvm-reportdata", r.report_data, 64);
	json_object_set_new(p, "x-ms-sevsnpvm-guestsvn",
	    json_integer(r.guest_svn));
	json_object_set_new(p, "x-ms-sevsnpvm-bootloader-svn",
	    json_integer(tcb.part[SNP_TCB_BL]));
	json_object_set_new(p, "x-ms-sevsnpvm-tee-svn",
	    json_integer(tcb.part[SNP_TCB_TEE]));
	json_object_set_new(p, "x-ms-sevsnpvm-snpfw-svn",
	    json_integer(tcb.part[SNP_TCB_SNP]));
	json_object_set_new(p, "x-ms-sevsnpvm-microcode-svn",
	    json_integer(tcb.part[SNP_TCB_UCODE]));
	json_object_del(p, "x-ms-compliance-status");
	memcpy(s->binding, e->binding, sizeof(s->binding));
	s->now = e->now;
}

/* Every claim but those that a token cannot know survives the meeting. */
static void
check_meeting(const struct tee_claims *snp, const struct tee_claims *maa)
{
	static const char *const lost[] = { "product", "policy",
		"platform_info", "chip_id" };
	const struct tee_voice voices[] = { { snp, TEE_AUTHORITY_ALL },
		{ maa, TEE_AUTHORITY_ALL } };
	struct tee_claims *met = tee_claims_new();
	const char *why;
	size_t i, k;

	ck_assert_int_eq(tee_claims_meet(voices, 2, met, &why), TEE_OK);
	ck_assert_uint_eq(met->asserted, snp->asserted);
	ck_assert_mem_eq(met->tcb, snp->tcb, sizeof(met->tcb));
	ck_assert_int_eq(met->level, snp->level);
	ck_assert_int_eq(met->tcb_status, TEE_TCB_UP_TO_DATE);
	ck_assert(met->debug_disabled);
	for (i = 0; i < snp->texts.count; i++) {
		const char *name = snp->texts.entry[i].name;

		for (k = 0; k < COUNT(lost); k++)
			if (strcmp(name, lost[k]) == 0)
				break;
		ck_assert_msg(k < COUNT(lost) ||
			tee_named_find(&met->texts, name) != NULL,
		    "%s", name);
	}
	for (i = 0; i < snp->measurements.count; i++)
		ck_assert_msg(strcmp(snp->measurements.entry[i].name,
				  "chip_id") == 0 ||
			tee_named_find(&met->measurements,
			    snp->measurements.entry[i].name) != NULL,
		    "%s", snp->measurements.entry[i].name);
	tee_claims_free(&met);
}

START_TEST(meeting)
{
	struct snp_evidence e;
	struct maa_scene s;
	struct tee_claims *snp, *maa;
	const char floor[] = "min_reported_tcb=Milan:bl=1|products=Milan";
	char options[256];

	snp_evidence_start(&e, SIM_MILAN, SIM_SIGNER_VCEK, 2);
	snp_evidence_set(&e, "guest_svn=7");
	snp_evidence_mint(&e);
	snp = snp_judge(&e, floor);
	snp_expect("snp", snp, NULL, NULL);
	maa_start(&s, MAA_CONTAINER);
	token_of(&s, &e);
	snprintf(options, sizeof(options), "compliance=any|%s", floor);
	maa = maa_judge(&s, options);
	snp_expect("maa", maa, NULL, NULL);
	check_meeting(snp, maa);
	tee_claims_free(&snp);
	tee_claims_free(&maa);
	maa_free(&s);
	snp_evidence_free(&e);
}
END_TEST

static const char *
text_of(const struct tee_claims *c, const char *name)
{
	const struct tee_named *n = tee_named_find(&c->texts, name);

	return n != NULL ? (const char *)n->data : "";
}

START_TEST(claims)
{
	static const char host[] =
	    "host_data=73973b78d70cc68353426de188db5dfc57e5b766e399935fb73a611"
	    "27ea26d20";
	struct maa_scene s;
	struct tee_claims *c;

	/* An endorsed container's SVN is the endorsement's. */
	maa_start(&s, MAA_CONTAINER);
	c = maa_judge(&s, NULL);
	ck_assert_str_eq(text_of(c, "platform"), "amd-sev-snp");
	ck_assert_str_eq(text_of(c, "uvm.svn"), "2");
	ck_assert_str_eq(text_of(c, "guest_svn"), "");
	ck_assert_str_eq(text_of(c, "vmpl"), "0");
	ck_assert_str_eq(text_of(c, "secure_boot"), "");
	ck_assert_int_eq(c->level, TEE_LEVEL_TEE_VM);
	ck_assert_int_eq(c->expires, MAA_NOW + 28790);
	ck_assert_uint_eq(c->asserted & TEE_ASSERTED_TCB_STATUS, 0);
	tee_claims_free(&c);
	c = maa_judge(&s, host);
	ck_assert_int_eq(c->level, TEE_LEVEL_TEE_CONTAINER);
	tee_claims_free(&c);
	maa_free(&s);

	maa_start(&s, MAA_GUEST);
	c = maa_judge(&s, "up_to_date_tcb=Milan:snp=9|products=Milan");
	ck_assert_str_eq(text_of(c, "guest_svn"), "2");
	ck_assert_str_eq(text_of(c, "secure_boot"), "true");
	ck_assert_str_eq(text_of(c, "azure.vm_id"),
	    "BDD43C6F-0B79-4D3F-BE6A-C594AF3BAF6E");
	ck_assert_int_eq(c->tcb_status, TEE_TCB_OUT_OF_DATE);
	ck_assert_int_eq(c->level, TEE_LEVEL_TEE_VM);
	tee_claims_free(&c);
	maa_free(&s);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure_maa_line");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	maa_keys_open();
	snp_keys_open();
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, option_rules);
	tcase_add_test(tcase, key_files);
	tcase_add_test(tcase, key_file_of_others);
	tcase_add_test(tcase, imitated_paravisor);
	tcase_add_test(tcase, signers);
	tcase_add_test(tcase, items);
	tcase_add_test(tcase, simulated_signer);
	tcase_add_test(tcase, no_binding);
	tcase_add_test(tcase, meeting);
	tcase_add_test(tcase, claims);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	maa_keys_close();
	snp_keys_close();
	return failed > 0;
}
