/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence of a confidential VM over the wire and through tee_appraise: a
 * profile, the loader, the dispatcher, the floor, and the real verifier.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test_transaction_kit.h"
#include "tests/testlib_cvm.h"

#define NOW ((tee_instant)SNP_NOW * TEE_SECOND)
#define FLOOR \
	"confidential_level = 'tee_vm'; debug = false; " \
	"tcb_status = ['up_to_date']; max_age = '1m'; " \
	"allow_simulated = true; roots = ['%s']; "

static const struct tee_challenge asked = { "challenge_1", 11, "nonce-1", 7 };
static const struct tee_challenge other = { "challenge_1", 11, "nonce-2", 7 };
static const struct tee_bytes did = { "did:mesh:cvm", 12 };

static struct cvm_evidence e;
static struct result p;
static void (*spoil)(void); /* before minting */

/* As a collector would put it together, then over the wire and back. */
static struct tee_evidence *
evidence(const struct tee_challenge *challenge)
{
	static const char *const names[CVM_ITEMS] = { "azure.hcl-report",
		"tpm.quote", "tpm.quote-signature", "tpm.pcrs", "tpm.ak-cert" };
	struct tee_evidence *from = tee_evidence_new(), *to = NULL;
	const uint8_t key_hash[32] = { 1 };
	char *json = NULL;

	ck_assert_int_eq(tee_evidence_bind(from, did, challenge, key_hash), 0);
	from->platform = strdup("amd_sev_snp");
	from->issued = NOW;
	from->expires = NOW + 300 * TEE_SECOND;
	cvm_set_binding(&e, from->binding, sizeof(from->binding));
	if (spoil != NULL)
		spoil();
	cvm_mint(&e);
	for (unsigned i = 0; i < CVM_ITEMS; i++)
		if (e.item[i].data != NULL)
			ck_assert_int_eq(tee_evidence_put(from, names[i],
					     e.item[i].data, e.item[i].size),
			    0);
	ck_assert_int_eq(tee_evidence_put(from, "snp.certs", e.snp.certs.data,
			     e.snp.certs.size),
	    0);
	ck_assert_int_eq(tee_evidence_to_json(from, &json), 0);
	ck_assert_int_eq(tee_evidence_from_json(json, strlen(json), &to), 0);
	tee_evidence_free(&from);
	free(json);
	return to;
}

/* `more` is what the floor asks beside what every one does here. */
static void
open_profile(const char *more)
{
	char hex[65], require[1024], floor[512];
	size_t size;
	const struct script s = { "tee", require, NULL,
		LINE("snp_azure",
		    "mode = 'offline'; user_data = 'binding'; secure_boot = true; "
		    "min_reported_tcb = 'Milan:snp=1';"),
		NULL };

	ck_assert(OPENSSL_buf2hexstr_ex(hex, sizeof(hex), &size, e.snp.root,
	    sizeof(e.snp.root), '\0'));
	for (char *at = hex; *at != '\0'; at++)
		if (*at >= 'A' && *at <= 'F')
			*at = (char)(*at - 'A' + 'a');
	snprintf(floor, sizeof(floor), FLOOR, hex);
	snprintf(require, sizeof(require), "%s%s", floor, more);
	ck_assert_msg(txn_open(&s, NULL, &p) == 0, "%s", p.trace.text);
}

static void
set_up(void)
{
	cvm_start(&e);
	spoil = NULL;
}

static void
tear_down(void)
{
	cvm_free(&e);
	txn_free(&p);
}

static void
appraise(const struct tee_challenge *challenge, const char *more, int error,
    const char *reason)
{
	struct tee_evidence *item = evidence(&asked);
	struct tee_expected x = { .challenge = challenge, .at = SNP_NOW };
	struct tee_claims *claims = NULL;
	int got;

	open_profile(more);
	got = tee_appraise(p.tee, item, &x, &claims);
	ck_assert_msg(got == error && strstr(p.trace.text, reason) != NULL,
	    "%d, wanted %d with \"%s\": %s", got, error, reason, p.trace.text);
	ck_assert_str_eq(tee_claims_verdict(claims),
	    error == 0 ? "ok" : "deny");
	ck_assert(error != 0 ||
	    (tee_claims_level(claims) == TEE_LEVEL_TEE_VM &&
		tee_claims_simulated(claims)));
	tee_claims_free(&claims);
	tee_evidence_free(&item);
}

static void
other_nonce(void)
{
	e.attest.extraData.buffer[0] ^= 1;
}

static void
no_secure_boot(void)
{
	cvm_runtime_edit(&e, "\"secure-boot\":true", "\"secure-boot\":false");
}

START_TEST(granted)
{
	appraise(&asked, "", 0, "verdict=ok");
}
END_TEST

START_TEST(measurement_of_pcr)
{
	appraise(&asked,
	    "measurements = { pcr7 = ['08080808080808080808080808080808"
	    "08080808080808080808080808080808']; };",
	    0, "verdict=ok");
}
END_TEST

START_TEST(other_measurement_of_pcr)
{
	appraise(&asked,
	    "measurements = { pcr7 = ['09080808080808080808080808080808"
	    "08080808080808080808080808080808']; };",
	    TEE_E_DENIED, "pcr7");
}
END_TEST

START_TEST(other_challenge)
{
	appraise(&other, "", TEE_E_DENIED, "another nonce");
}
END_TEST

START_TEST(quote_of_other_ak)
{
	e.signer = cvm_other_ak;
	appraise(&asked, "", TEE_E_DENIED, "quote.signature");
}
END_TEST

/* The signature is good; it is about something else. */
START_TEST(quote_of_other_nonce)
{
	spoil = other_nonce;
	appraise(&asked, "", TEE_E_DENIED, "binding");
}
END_TEST

START_TEST(secure_boot_off)
{
	spoil = no_secure_boot;
	appraise(&asked, "", TEE_E_DENIED, "hcl.secure-boot");
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, granted);
	tcase_add_test(tcase, measurement_of_pcr);
	tcase_add_test(tcase, other_measurement_of_pcr);
	tcase_add_test(tcase, other_challenge);
	tcase_add_test(tcase, quote_of_other_ak);
	tcase_add_test(tcase, quote_of_other_nonce);
	tcase_add_test(tcase, secure_boot_off);
}

int
main(void)
{
	int status;

	cvm_keys_open();
	status = txn_main("azure appraise", add);
	cvm_keys_close();
	return status;
}
