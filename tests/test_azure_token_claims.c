/* SPDX-License-Identifier: Apache-2.0 */
/* What a token lets the line claim: what it says, and of a container's level
 * no more than the evidence shows. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>

#include "modules/snp_azure/cvm.h"
#include "tests/testlib_maa.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define POLICY "package policy\ncreate_container := data.framework.create\n"
#define OPEN "create_container := {\"allowed\": true}"
#define ZEROS \
	"0000000000000000000000000000000000000000000000000000000000000000" \
	"0000000000000000000000000000000"

static const char *
text_of(const struct tee_claims *c, const char *name)
{
	const struct tee_named *n = tee_named_find(&c->texts, name);

	return n != NULL ? (const char *)n->data : "";
}

static struct tee_claims *
claims_of(const char *set, const char *options)
{
	struct maa_scene s;
	struct tee_claims *c;

	maa_start(&s, MAA_VM);
	maa_set(&s, set);
	c = maa_judge(&s, options);
	maa_free(&s);
	return c;
}

/* Nothing is claimed of what the token does not say. */
START_TEST(texts)
{
	static const struct {
		const char *set, *name;
		const char *value; /* "": there is none */
	} rows[] = {
		{ "SVN-vmpl", "vmpl", "" },
		{ "SVN-vmpl=\"0\"", "vmpl", "" },
		{ "SVN-guestsvn=-1", "guest_svn", "" },
		{ "tee/x-ms-runtime/vm-configuration", "secure_boot", "" },
		{ "tee/x-ms-runtime/vm-configuration/secure-boot=1",
		    "secure_boot", "" },
		{ "tee/x-ms-runtime/vm-configuration/secure-boot=false",
		    "secure_boot", "false" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tee_claims *c = claims_of(rows[i].set, NULL);

		ck_assert_msg(strcmp(text_of(c, rows[i].name), rows[i].value) ==
			0,
		    "%s: %s", rows[i].set, text_of(c, rows[i].name));
		tee_claims_free(&c);
	}
}
END_TEST

/* A launch may be all zeros; another digest of zeros says that none is set. */
START_TEST(measurements)
{
	static const struct {
		const char *set, *name;
		bool claimed;
	} rows[] = {
		{ "SVN-launchmeasurement", AZURE_CVM_MEASURED, false },
		{ "SVN-launchmeasurement=\"02c3\"", AZURE_CVM_MEASURED, false },
		{ "SVN-launchmeasurement=\"" ZEROS "0\"", AZURE_CVM_MEASURED,
		    true },
		{ "SVN-idkeydigest=\"" ZEROS "0\"", "id_key_digest", false },
		{ "SVN-idkeydigest=\"" ZEROS "1\"", "id_key_digest", true },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tee_claims *c = claims_of(rows[i].set, NULL);

		ck_assert_msg((tee_named_find(&c->measurements, rows[i].name) !=
				  NULL) == rows[i].claimed,
		    "%s", rows[i].set);
		tee_claims_free(&c);
	}
}
END_TEST

START_TEST(half_a_tcb)
{
	struct tee_claims *c = claims_of("SVN-snpfw-svn",
	    "up_to_date_tcb=Milan:snp=0|products=Milan");

	ck_assert_uint_eq(c->asserted &
		(TEE_ASSERTED_TCB | TEE_ASSERTED_TCB_STATUS),
	    0);
	tee_claims_free(&c);
}
END_TEST

/* The digest of the policy, in the place of the token's HOST_DATA. */
static void
measure_policy(struct maa_scene *s, const char *policy, size_t size,
    uint8_t flip)
{
	char change[128] = "SVN-hostdata=\"";
	uint8_t digest[32];
	size_t n = strlen(change);

	EVP_Digest(policy, strlen(policy), digest, NULL, EVP_sha256(), NULL);
	digest[31] ^= flip;
	for (size_t i = 0; i < size; i++, n += 2)
		snprintf(change + n, 3, "%02x", digest[i]);
	strcpy(change + n, "\"");
	maa_set(s, change);
}

/* A container is what runs under a policy that the evidence shows. */
START_TEST(levels)
{
	static const struct {
		const char *what, *measured, *shown, *set;
		enum tee_confidential_level level;
		size_t size; /* of the digest that is written */
		uint8_t flip;
	} rows[] = {
		{ "shown", POLICY, POLICY, NULL, TEE_LEVEL_TEE_CONTAINER, 32,
		    0 },
		{ "not shown", POLICY, NULL, NULL, TEE_LEVEL_TEE_VM, 32, 0 },
		{ "another", POLICY, POLICY " ", NULL, TEE_LEVEL_TEE_VM, 32,
		    0 },
		{ "one that allows everything", OPEN, OPEN, NULL,
		    TEE_LEVEL_TEE_VM, 32, 0 },
		{ "no HOST_DATA", POLICY, POLICY, "SVN-hostdata",
		    TEE_LEVEL_TEE_VM, 32, 0 },
		{ "no hex", POLICY, POLICY, "SVN-hostdata=\"policy\"",
		    TEE_LEVEL_TEE_VM, 32, 0 },
		{ "no endorsed machine", POLICY, POLICY,
		    "x-ms-compliance-status=\"azure-compliant\"",
		    TEE_LEVEL_TEE_VM, 32, 0 },
		{ "half of it", POLICY, POLICY, NULL, TEE_LEVEL_TEE_VM, 16, 0 },
		{ "but for a bit", POLICY, POLICY, NULL, TEE_LEVEL_TEE_VM, 32,
		    1 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct maa_scene s;
		struct tee_claims *c;

		maa_start(&s, MAA_CONTAINER);
		measure_policy(&s, rows[i].measured, rows[i].size,
		    rows[i].flip);
		maa_set(&s, rows[i].set);
		if (rows[i].shown != NULL)
			maa_item(&s, "azure.cce-policy", rows[i].shown,
			    strlen(rows[i].shown));
		c = maa_judge(&s, "compliance=any");
		ck_assert_msg(c->level == rows[i].level, "%s: %d", rows[i].what,
		    (int)c->level);
		tee_claims_free(&c);
		maa_free(&s);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure_token_claims");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	maa_keys_open();
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, texts);
	tcase_add_test(tcase, measurements);
	tcase_add_test(tcase, half_a_tcb);
	tcase_add_test(tcase, levels);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	maa_keys_close();
	return failed > 0;
}
