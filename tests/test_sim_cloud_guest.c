/* SPDX-License-Identifier: Apache-2.0 */
/* MAA's AzureGuest: report, AK, PCRs, key; each link broken alone. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/bn.h>

#include "tests/test_sim_cloud.h"
#include "tests/testlib_cloud_guest.h"

static void
set_member(json_t *info, const char *part, const char *name, json_t *value)
{
	json_object_set_new(part != NULL ? json_object_get(info, part) : info,
	    name, value);
}

static void
stranger_in_runtime(struct guest *guest)
{
	guest->hcl_ak = guest_stranger;
}

static void
strangers_certificate(struct guest *guest)
{
	guest->certified = guest_stranger;
}

static void
unknown_ca(struct guest *guest)
{
	guest->other_ca = true;
}

static void
old_certificate(struct guest *guest)
{
	guest->old_certificate = true;
}

static void
stranger_quotes(struct guest *guest)
{
	guest->quote_key = guest_stranger;
}

static void
certify_for_quote(struct guest *guest)
{
	guest->quote_type = 0x8017;
}

static void
other_pcr(struct guest *guest)
{
	guest->pcr[3][0] ^= 1;
}

static void
smaller_selection(struct guest *guest)
{
	guest->selection = 0x7f;
}

static void
smaller_set(struct guest *guest)
{
	guest->set = 0x7f;
}

static void
longer_quote(struct guest *guest)
{
	guest->longer_quote = true;
}

static void
restricted_key(struct guest *guest)
{
	guest->enckey_attributes |= 1u << 16;
}

static void
signing_key(struct guest *guest)
{
	guest->enckey_attributes = 0x00040472;
}

static void
movable_key(struct guest *guest)
{
	guest->enckey_attributes &= ~(1u << 1);
}

static void
quote_for_certify(struct guest *guest)
{
	guest->certify_type = 0x8018;
}

static void
stranger_certifies(struct guest *guest)
{
	guest->certify_key = guest_stranger;
}

static void
strangers_name(struct guest *guest)
{
	guest->certify_about = guest_stranger;
}

static void
other_runtime(struct guest *guest)
{
	guest->flip_runtime = true;
}

static void
no_secure_boot(struct guest *guest)
{
	guest->secure_boot = false;
}

/* Parts of the guest, or a text in the finished AttestationInfo. */
static const struct row {
	const char *name;
	void (*change)(struct guest *);
	const char *part, *member, *value;
	const char *wrong;
} table[] = { { "good", NULL, NULL, NULL, NULL, NULL },
	{ "another AK in the runtime data", stranger_in_runtime, NULL, NULL,
	    NULL, "AikPub is not the HCLAkPub" },
	{ "certificate of another key", strangers_certificate, NULL, NULL, NULL,
	    "AikCert is another key's" },
	{ "no certificate", NULL, "TpmInfo", "AikCert", "AAAA",
	    "AikCert is no certificate" },
	{ "certificate of an unknown CA", unknown_ca, NULL, NULL, NULL,
	    "AikCert is not of the vTPMs' CA" },
	{ "certificate of two years ago", old_certificate, NULL, NULL, NULL,
	    "AikCert is not of the vTPMs' CA" },
	{ "no public area", NULL, "TpmInfo", "AikPub", "AAAA", "AikPub is no" },
	{ "quote by another key", stranger_quotes, NULL, NULL, NULL,
	    "PcrSignature is not valid" },
	{ "certification for a quote", certify_for_quote, NULL, NULL, NULL,
	    "PcrQuote is no TPMS_ATTEST" },
	{ "quote with a byte more", longer_quote, NULL, NULL, NULL,
	    "PcrQuote is no TPMS_ATTEST" },
	{ "another PCR", other_pcr, NULL, NULL, NULL, "PCRs do not hash" },
	{ "fewer PCRs quoted", smaller_selection, NULL, NULL, NULL,
	    "PCRs and PcrSet are not" },
	{ "fewer PCRs in the set", smaller_set, NULL, NULL, NULL,
	    "PCRs and PcrSet are not" },
	{ "restricted key", restricted_key, NULL, NULL, NULL,
	    "EncKeyPub is no decryption key" },
	{ "signing key", signing_key, NULL, NULL, NULL,
	    "EncKeyPub is no decryption key" },
	{ "key that may leave the TPM", movable_key, NULL, NULL, NULL,
	    "EncKeyPub is no decryption key" },
	{ "quote for a certification", quote_for_certify, NULL, NULL, NULL,
	    "EncKeyCertifyInfo is no" },
	{ "certified by another key", stranger_certifies, NULL, NULL, NULL,
	    "EncKeyCertifyInfoSignature is not" },
	{ "another key certified", strangers_name, NULL, NULL, NULL,
	    "EncKeyCertifyInfo certifies another" },
	{ "other runtime data", other_runtime, NULL, NULL, NULL,
	    "runtimeData does not hash" },
	{ "Secure Boot is off", no_secure_boot, NULL, NULL, NULL,
	    "Secure Boot is off" },
	{ "another isolation", NULL, "IsolationInfo", "Type", "TDX",
	    "IsolationInfo is no" },
	{ "protocol 1.0", NULL, NULL, "AttestationProtocolVersion", "1.0",
	    "AttestationInfo is not of" },
	{ "logs are no base64", NULL, NULL, "TcgLogs", "*",
	    "AttestationInfo is not of" },
	{ "payload is a text", NULL, NULL, "ClientPayload", "n",
	    "AttestationInfo is not of" } };

START_TEST(row)
{
	const struct row *r = &table[_i];
	struct guest guest;
	struct reply reply;
	json_t *info, *body;

	cloud_turn("");
	guest_init(&guest);
	if (r->change != NULL)
		r->change(&guest);
	info = guest_info(&guest);
	if (r->member != NULL)
		set_member(info, r->part, r->member, json_string(r->value));
	body = guest_request(info);
	cloud_attest(&reply, "AzureGuest", body);
	ck_assert_msg(reply.status == (r->wrong == NULL ? 200 : 400),
	    "%s: %ld %s", r->name, reply.status, (char *)reply.body.data);
	if (r->wrong != NULL)
		reply_error(&reply, "InvalidParameter", r->wrong);
	json_decref(body);
	json_decref(info);
	reply_free(&reply);
}
END_TEST

static char *
sealed_token(void)
{
	struct guest guest;
	json_t *info, *body;
	char *sealed;

	guest_init(&guest);
	info = guest_info(&guest);
	body = guest_request(info);
	sealed = maa_token("AzureGuest", body);
	json_decref(body);
	json_decref(info);
	return sealed;
}

static const char *
text(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value != NULL ? value : "";
}

START_TEST(token)
{
	char *sealed, *inside;
	json_t *claims, *header, *tee, *runtime, *jwk;
	EVP_PKEY *key;

	cloud_turn("");
	sealed = sealed_token();
	ck_assert_ptr_null(guest_open(sealed, guest_stranger));
	inside = guest_open(sealed, guest_enckey);
	ck_assert_ptr_nonnull(inside);
	header = jwt_part(inside, 0, JSON_REJECT_DUPLICATES);
	claims = jwt_part(inside, 1, JSON_REJECT_DUPLICATES);
	key = jwks_key(text(header, "kid"));
	ck_assert(key != NULL && jwt_signed(inside, key));
	ck_assert(json_is_true(json_object_get(claims, "secureboot")));
	ck_assert_str_eq(text(claims, "x-ms-attestation-type"), "azurevm");
	ck_assert_str_eq(text(claims, "x-ms-azurevm-osdistro"), "Debian");
	ck_assert_str_eq(text(claims, "x-ms-azurevm-vmid"),
	    "BDD43C6F-0B79-4D3F-BE6A-C594AF3BAF6E");
	tee = json_object_get(claims, "x-ms-isolation-tee");
	ck_assert_str_eq(text(tee, "x-ms-attestation-type"), "sevsnpvm");
	ck_assert_str_eq(text(tee, "x-ms-compliance-status"),
	    "azure-compliant-cvm");
	ck_assert_str_eq(text(json_object_get(tee, "x-ms-runtime"),
			     "user-data"),
	    "00AB");
	runtime = json_object_get(claims, "x-ms-runtime");
	ck_assert_str_eq(text(json_object_get(runtime, "client-payload"),
			     "nonce"),
	    "bi0xNw==");
	jwk = json_array_get(json_object_get(runtime, "keys"), 0);
	ck_assert_str_eq(text(jwk, "kid"), "TpmEphemeralEncryptionKey");
	ck_assert_uint_eq(strlen(text(jwk, "n")), 342);
	EVP_PKEY_free(key);
	json_decref(header);
	json_decref(claims);
	free(inside);
	free(sealed);
}
END_TEST

START_TEST(envelope_fault)
{
	char *sealed;

	cloud_turn("maa-envelope=1");
	sealed = sealed_token();
	ck_assert_ptr_null(guest_open(sealed, guest_enckey));
	free(sealed);
}
END_TEST

static const struct {
	const char *turn, *object, *member, *was;
} faults[] = { { "maa-wrong-nonce=1", "client-payload", "nonce", "bi0xNw==" },
	{ "maa-user-data=1", "tee", "user-data", "00AB" },
	{ "maa-runtime-swap=1", "key", "n", NULL } };

START_TEST(token_fault)
{
	char *sealed, *inside;
	json_t *claims, *runtime, *object;
	uint8_t n[256];
	BIGNUM *modulus = NULL;
	char *own;

	cloud_turn(faults[_i].turn);
	sealed = sealed_token();
	inside = guest_open(sealed, guest_enckey);
	claims = jwt_part(inside, 1, 0);
	runtime = json_object_get(claims, "x-ms-runtime");
	object = json_object_get(runtime, faults[_i].object);
	if (strcmp(faults[_i].object, "tee") == 0)
		object = json_object_get(json_object_get(claims,
					     "x-ms-isolation-tee"),
		    "x-ms-runtime");
	if (strcmp(faults[_i].object, "key") == 0)
		object = json_array_get(json_object_get(runtime, "keys"), 0);
	ck_assert(EVP_PKEY_get_bn_param(guest_enckey, "n", &modulus));
	BN_bn2binpad(modulus, n, sizeof(n));
	own = encode(true, n, sizeof(n));
	ck_assert_str_ne(text(object, faults[_i].member), "");
	ck_assert_str_ne(text(object, faults[_i].member),
	    faults[_i].was != NULL ? faults[_i].was : own);
	free(own);
	BN_free(modulus);
	json_decref(claims);
	free(inside);
	free(sealed);
}
END_TEST

void
add_guest_tests(TCase *tcase)
{
	tcase_add_unchecked_fixture(tcase, guest_keys_make, guest_keys_free);
	tcase_add_loop_test(tcase, row, 0, sizeof(table) / sizeof(table[0]));
	tcase_add_test(tcase, token);
	tcase_add_test(tcase, envelope_fault);
	tcase_add_loop_test(tcase, token_fault, 0, 3);
}
