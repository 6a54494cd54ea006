/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_cloud_guest: see testlib_cloud_guest.h; structures of TCG, Part 2. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <openssl/core_names.h>

#include "sim/akcert.h"

#include "tests/testlib_cloud_guest.h"

#define MODULUS 256
#define YEAR (365 * 24 * 60 * 60)
#define AK_ATTRIBUTES 0x00050072
#define ENCKEY_ATTRIBUTES 0x00020432

EVP_PKEY *guest_ak, *guest_enckey, *guest_stranger;

void
guest_keys_make(void)
{
	guest_ak = EVP_RSA_gen(2048);
	guest_enckey = EVP_RSA_gen(2048);
	guest_stranger = EVP_RSA_gen(2048);
}

void
guest_keys_free(void)
{
	EVP_PKEY_free(guest_ak);
	EVP_PKEY_free(guest_enckey);
	EVP_PKEY_free(guest_stranger);
}

void
guest_init(struct guest *guest)
{
	*guest = (struct guest){ .ak = guest_ak,
		.enckey = guest_enckey,
		.hcl_ak = guest_ak,
		.certified = guest_ak,
		.secure_boot = true,
		.enckey_attributes = ENCKEY_ATTRIBUTES,
		.selection = 0xff,
		.set = 0xff,
		.quote_type = 0x8018,
		.certify_type = 0x8017,
		.quote_key = guest_ak,
		.certify_key = guest_ak,
		.certify_about = guest_enckey };
	for (unsigned i = 0; i < GUEST_PCRS; i++) {
		memset(guest->pcr[i], (int)i + 1, 32);
		memset(guest->quoted[i], (int)i + 1, 32);
	}
}

static void
put(struct sim_blob *out, const void *data, size_t size)
{
	ck_assert(tee_sim_blob_append(out, data, size));
}

static void
number(struct sim_blob *out, uint32_t value, size_t size)
{
	for (size_t i = size; i > 0; i--) {
		uint8_t byte = (uint8_t)(value >> 8 * (i - 1));

		put(out, &byte, 1);
	}
}

static void
modulus(EVP_PKEY *key, uint8_t out[MODULUS])
{
	BIGNUM *n = NULL;

	ck_assert(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n));
	ck_assert_int_eq(BN_bn2binpad(n, out, MODULUS), MODULUS);
	BN_free(n);
}

/* TPMT_PUBLIC behind its length. */
static void
put_public(struct sim_blob *out, EVP_PKEY *key, uint32_t attributes)
{
	struct sim_blob area = { NULL, 0 };
	bool ak = attributes == AK_ATTRIBUTES;
	uint8_t n[MODULUS], policy[32] = { 7 };

	modulus(key, n);
	number(&area, 0x0001, 2);
	number(&area, 0x000b, 2);
	number(&area, attributes, 4);
	number(&area, ak ? 0 : 32, 2);
	put(&area, policy, ak ? 0 : 32);
	number(&area, 0x0010, 2);
	number(&area, ak ? 0x0014 : 0x0010, 2);
	if (ak)
		number(&area, 0x000b, 2);
	number(&area, 2048, 2);
	number(&area, 0, 4);
	number(&area, MODULUS, 2);
	put(&area, n, MODULUS);
	number(out, (uint32_t)area.size, 2);
	put(out, area.data, area.size);
	tee_sim_blob_free(&area);
}

static void
put_name(struct sim_blob *out, EVP_PKEY *key, uint32_t attributes)
{
	struct sim_blob public = { NULL, 0 };
	uint8_t digest[32];

	put_public(&public, key, attributes);
	sha256(public.data + 2, public.size - 2, digest);
	number(out, 34, 2);
	number(out, 0x000b, 2);
	put(out, digest, 32);
	tee_sim_blob_free(&public);
}

static void
put_head(struct sim_blob *out, const struct guest *guest, unsigned type)
{
	static const uint8_t clock[17 + 8] = { 1 };

	number(out, 0xff544347, 4);
	number(out, type, 2);
	put_name(out, guest->ak, AK_ATTRIBUTES);
	number(out, 0, 2);
	put(out, clock, sizeof(clock));
}

static void
put_quote(struct sim_blob *out, const struct guest *guest)
{
	struct sim_blob pcrs = { NULL, 0 };
	uint8_t digest[32];

	for (unsigned i = 0; i < GUEST_PCRS; i++)
		put(&pcrs, guest->quoted[i],
		    guest->selection & 1u << i ? 32 : 0);
	sha256(pcrs.data, pcrs.size, digest);
	put_head(out, guest, guest->quote_type);
	number(out, 1, 4);
	number(out, 0x000b, 2);
	number(out, 3, 1);
	number(out, guest->selection, 1);
	number(out, 0, 2);
	number(out, 32, 2);
	put(out, digest, 32);
	number(out, 0, guest->longer_quote);
	tee_sim_blob_free(&pcrs);
}

static void
put_certify(struct sim_blob *out, const struct guest *guest)
{
	put_head(out, guest, guest->certify_type);
	put_name(out, guest->certify_about, guest->enckey_attributes);
	put_name(out, guest->certify_about, guest->enckey_attributes);
}

static json_t *
signature(EVP_PKEY *key, const struct sim_blob *data)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t out[MODULUS];
	size_t size = sizeof(out);

	ck_assert(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
	    EVP_DigestSign(ctx, out, &size, data->data, data->size) == 1);
	EVP_MD_CTX_free(ctx);
	return encoded(false, out, size);
}

static json_t *
certificate(const struct guest *guest)
{
	struct sim_blob der = { NULL, 0 };
	char why[SIM_SWITCH_WHY];
	struct sim_asp asp;
	EVP_PKEY *ca;
	json_t *out;

	ck_assert_msg(tee_sim_asp_open(&asp, cloud_keys, why), "%s", why);
	ca = tee_sim_keyset_kept(asp.dir, "vtpm-ca", 2048);
	ck_assert(tee_sim_akcert_make(asp.keys,
	    guest->other_ca ? guest_stranger : ca, guest->certified,
	    time(NULL) - (guest->old_certificate ? 2 * YEAR : 0), &der));
	out = encoded(false, der.data, der.size);
	tee_sim_blob_free(&der);
	EVP_PKEY_free(ca);
	tee_sim_asp_close(&asp);
	return out;
}

char *
guest_runtime(const struct guest *guest)
{
	uint8_t n[MODULUS];
	json_t *root;
	char *text;

	modulus(guest->hcl_ak, n);
	/* clang-format off */
	root = json_pack("{s:[{s:s, s:[s], s:s, s:s, s:o}],"
	    " s:{s:b, s:b, s:b, s:s}, s:s}",
	    "keys",
		"kid", "HCLAkPub",
		"key_ops", "sign",
		"kty", "RSA",
		"e", "AQAB",
		"n", encoded(true, n, sizeof(n)),
	    "vm-configuration",
		"console-enabled", 1,
		"secure-boot", guest->secure_boot,
		"tpm-enabled", 1,
		"vmUniqueId", "BDD43C6F-0B79-4D3F-BE6A-C594AF3BAF6E",
	    "user-data", "00AB");
	/* clang-format on */
	text = json_dumps(root, JSON_COMPACT);
	json_decref(root);
	return text;
}

static json_t *
isolation(const struct guest *guest)
{
	char *runtime = guest_runtime(guest), *text;
	struct maa_evidence evidence;
	json_t *proof, *out;

	maa_evidence(&evidence, runtime, strlen(runtime));
	if (guest->flip_runtime)
		*strstr(runtime, "00AB") = '1';
	proof = json_pack("{s:o, s:o}", "SnpReport",
	    encoded(true, evidence.report, SIM_REPORT_SIZE), "VcekCertChain",
	    encoded(false, evidence.pem.data, evidence.pem.size));
	text = json_dumps(proof, 0);
	out = json_pack("{s:s, s:{s:o, s:o}}", "Type", "SevSnp", "Evidence",
	    "Proof", encoded(false, text, strlen(text)), "RunTimeData",
	    encoded(false, runtime, strlen(runtime)));
	free(text);
	free(runtime);
	json_decref(proof);
	tee_sim_blob_free(&evidence.pem);
	return out;
}

static json_t *
tpm_info(const struct guest *guest)
{
	struct sim_blob ak = { NULL, 0 }, enckey = { NULL, 0 };
	struct sim_blob quote = { NULL, 0 }, certify = { NULL, 0 };
	json_t *set = json_array(), *pcrs = json_array(), *out;

	put_public(&ak, guest->ak, AK_ATTRIBUTES);
	put_public(&enckey, guest->enckey, guest->enckey_attributes);
	put_quote(&quote, guest);
	put_certify(&certify, guest);
	for (int i = 0; i < GUEST_PCRS; i++) {
		if (guest->set & 1u << i)
			json_array_append_new(set, json_integer(i));
		json_array_append_new(pcrs,
		    json_pack("{s:i, s:o}", "Index", i, "Digest",
			encoded(false, guest->pcr[i], 32)));
	}
	/* clang-format off */
	out = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
	    "AikCert", certificate(guest),
	    "AikPub", encoded(false, ak.data, ak.size),
	    "PcrQuote", encoded(false, quote.data, quote.size),
	    "PcrSignature", signature(guest->quote_key, &quote),
	    "EncKeyPub", encoded(false, enckey.data, enckey.size),
	    "EncKeyCertifyInfo", encoded(false, certify.data, certify.size),
	    "EncKeyCertifyInfoSignature",
		signature(guest->certify_key, &certify),
	    "PcrSet", set,
	    "PCRs", pcrs);
	/* clang-format on */
	tee_sim_blob_free(&ak);
	tee_sim_blob_free(&enckey);
	tee_sim_blob_free(&quote);
	tee_sim_blob_free(&certify);
	return out;
}

json_t *
guest_info(const struct guest *guest)
{
	/* clang-format off */
	return json_pack("{s:s, s:o, s:o, s:o, s:i, s:i, s:o, s:{s:o}, s:o,"
	    " s:o}",
	    "AttestationProtocolVersion", "2.0",
	    "OSType", encoded(false, "Linux", 5),
	    "OSDistro", encoded(false, "Debian", 6),
	    "OSBuild", encoded(false, "NotApplication", 14),
	    "OSVersionMajor", 12,
	    "OSVersionMinor", 7,
	    "TcgLogs", encoded(false, "logs", 4),
	    "ClientPayload",
		"nonce", encoded(false, "n-17", 4),
	    "TpmInfo", tpm_info(guest),
	    "IsolationInfo", isolation(guest));
	/* clang-format on */
}

json_t *
guest_request(const json_t *info)
{
	char *text = json_dumps(info, JSON_COMPACT);
	json_t *body = json_pack("{s:o}", "AttestationInfo",
	    encoded(true, text, strlen(text)));

	free(text);
	return body;
}
