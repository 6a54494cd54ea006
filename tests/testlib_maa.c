/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_maa: see testlib_maa.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <check.h>

#include "libtee/option.h"
#include "modules/common/base64.h"
#include "modules/common/json.h"
#include "modules/common/jwk.h"
#include "modules/snp_azure/facility.h"
#include "modules/snp_azure/hcl.h"
#include "tests/testlib_jose.h"
#include "tests/testlib_maa.h"

#define TEXT 1024
#define ZEROS96 \
	"0000000000000000000000000000000000000000000000000000000000000000" \
	"00000000000000000000000000000000"

EVP_PKEY *maa_key, *maa_other, *maa_ak;

void
maa_keys_open(void)
{
	maa_key = jose_key(2048);
	maa_other = jose_key(2048);
	maa_ak = jose_key(2048);
}

void
maa_keys_close(void)
{
	EVP_PKEY_free(maa_key);
	EVP_PKEY_free(maa_other);
	EVP_PKEY_free(maa_ak);
}

static void
hex(const uint8_t *data, size_t size, const char *digits, char *out)
{
	for (size_t i = 0; i < size; i++) {
		out[2 * i] = digits[data[i] >> 4];
		out[2 * i + 1] = digits[data[i] & 15];
	}
}

/* The claims of the report, as the service writes them. */
static json_t *
report_claims(const char *compliance)
{
	json_t *tee = json_pack(
	    "{s:s,s:s,s:i,s:s,s:i,s:s,s:s,s:s,s:b,s:s,s:i,s:b,s:s,s:b,s:i,"
	    "s:i,s:i}",
	    "x-ms-attestation-type", "sevsnpvm",
	    "x-ms-sevsnpvm-authorkeydigest", ZEROS96,
	    "x-ms-sevsnpvm-bootloader-svn", 3, "x-ms-sevsnpvm-familyId",
	    "01000000000000000000000000000000", "x-ms-sevsnpvm-guestsvn", 2,
	    "x-ms-sevsnpvm-hostdata",
	    "73973b78d70cc68353426de188db5dfc57e5b766e399935fb73a61127ea26d20",
	    "x-ms-sevsnpvm-idkeydigest", ZEROS96, "x-ms-sevsnpvm-imageId",
	    "02000000000000000000000000000000", "x-ms-sevsnpvm-is-debuggable",
	    0, "x-ms-sevsnpvm-launchmeasurement",
	    "02c3b0d5bf1d256fa4e3b5deefc07b55ff2f7029085ed350f60959140a1a51f1"
	    "310753ba5ab2c03a0536b1c0c193af47",
	    "x-ms-sevsnpvm-microcode-svn", 115,
	    "x-ms-sevsnpvm-migration-allowed", 0, "x-ms-sevsnpvm-reportid",
	    "a94a1a7ae96d0602a9fcc94230d2f4b045cf77b4522807f630c18af364722c4c",
	    "x-ms-sevsnpvm-smt-allowed", 1, "x-ms-sevsnpvm-snpfw-svn", 8,
	    "x-ms-sevsnpvm-tee-svn", 0, "x-ms-sevsnpvm-vmpl", 0);

	ck_assert_ptr_nonnull(tee);
	json_object_set_new(tee, "x-ms-compliance-status",
	    json_string(compliance));
	return tee;
}

static void
set_report_data(json_t *tee, const uint8_t data[32])
{
	char text[129];

	memset(text, '0', sizeof(text));
	hex(data, 32, "0123456789abcdef", text);
	text[128] = '\0';
	json_object_set_new(tee, "x-ms-sevsnpvm-reportdata", json_string(text));
}

/* The runtime data, the hash of which becomes REPORT_DATA. */
static char *
runtime_text(const struct maa_scene *s)
{
	json_t *key = s->shape == MAA_RUNTIME ?
	    tee_jwk_wrapping(s->ak, NULL) :
	    tee_jwk_wrapping(s->ak, "HCLAkPub");
	json_t *runtime = json_pack("{s:[o]}", "keys", key);
	char user_data[129], *text;

	memset(user_data, '0', sizeof(user_data));
	hex(s->binding, 32, "0123456789ABCDEF", user_data);
	user_data[128] = '\0';
	if (s->shape != MAA_RUNTIME)
		json_object_set_new(runtime, "vm-configuration",
		    json_pack("{s:b,s:b,s:s}", "console-enabled", 1,
			"secure-boot", 1, "vmUniqueId",
			"BDD43C6F-0B79-4D3F-BE6A-C594AF3BAF6E"));
	json_object_set_new(runtime, "user-data", json_string(user_data));
	text = json_dumps(runtime, JSON_COMPACT);
	json_decref(runtime);
	return text;
}

static void
add_runtime(struct maa_scene *s, json_t *tee)
{
	char *text = runtime_text(s);
	uint8_t digest[32];

	EVP_Digest(text, strlen(text), digest, NULL, EVP_sha256(), NULL);
	set_report_data(tee, digest);
	json_object_set_new(tee, "x-ms-runtime",
	    tee_json_object(text, strlen(text), NULL));
	if (s->shape == MAA_RUNTIME)
		maa_item(s, "snp.runtime-data", text, strlen(text));
	free(text);
}

/* Base64 of base64: as it travels. */
static json_t *
client_nonce(const struct maa_scene *s)
{
	char *once = tee_b64_encode(TEE_BASE64_STANDARD, s->binding, 32);
	char *twice = tee_b64_encode(TEE_BASE64_STANDARD, once, strlen(once));
	json_t *value = json_string(twice);

	free(once);
	free(twice);
	return value;
}

static json_t *
guest_payload(struct maa_scene *s, json_t *tee)
{
	return json_pack("{s:b,s:s,s:s,s:o,s:{s:{s:o},s:[o]}}", "secureboot", 1,
	    "x-ms-attestation-type", "azurevm",
	    "x-ms-azurevm-attestation-protocol-ver", "2.0",
	    "x-ms-isolation-tee", tee, "x-ms-runtime", "client-payload",
	    "nonce", client_nonce(s), "keys",
	    tee_jwk_wrapping(maa_other, "TpmEphemeralEncryptionKey"));
}

void
maa_start(struct maa_scene *s, enum maa_shape shape)
{
	json_t *tee = report_claims(
	    shape < MAA_VM ? "azure-compliant-uvm" : "azure-compliant-cvm");

	memset(s, 0, sizeof(*s));
	s->shape = shape;
	s->signer = maa_key;
	s->ak = maa_ak;
	s->md = EVP_sha256();
	s->now = MAA_NOW;
	memset(s->binding, 0xb1, sizeof(s->binding));
	snprintf(s->header, sizeof(s->header),
	    "{\"alg\":\"RS256\",\"jku\":\"https://evil.example/certs\","
	    "\"kid\":\"%s\",\"typ\":\"JWT\"}",
	    MAA_KID);
	if (shape == MAA_CONTAINER)
		set_report_data(tee, s->binding);
	else
		add_runtime(s, tee);
	s->payload = shape == MAA_GUEST ? guest_payload(s, tee) : tee;
	ck_assert_ptr_nonnull(s->payload);
	json_object_update_missing_new(s->payload,
	    json_pack("{s:i,s:i,s:i,s:s,s:s,s:s,s:s}", "exp", MAA_NOW + 28790,
		"iat", MAA_NOW - 10, "nbf", MAA_NOW - 10, "iss", MAA_ENDPOINT,
		"jti", "00", "x-ms-policy-hash",
		"9NY0VnTQ-IiBriBplVUpFbczcDaEBUwsiFYAzHu_gco", "x-ms-ver",
		"1.0"));
	s->jwks = json_pack("{s:[o,o]}", "keys",
	    jose_x5c_jwk(maa_other, "k0+/="), jose_x5c_jwk(maa_key, MAA_KID));
	ck_assert_ptr_nonnull(s->jwks);
}

void
maa_free(struct maa_scene *s)
{
	for (size_t i = 0; i < s->item_count; i++)
		free(s->item[i].data);
	json_decref(s->payload);
	json_decref(s->jwks);
	free(s->token);
	tee_evidence_free(&s->evidence);
}

static void
set_one(struct maa_scene *s, char *path)
{
	char *value = strchr(path, '='), *part, *rest, name[256];
	json_t *at = s->payload;

	if (value != NULL)
		*value++ = '\0';
	if (strncmp(path, "SVN-", 4) == 0 || strncmp(path, "tee/", 4) == 0) {
		if (s->shape == MAA_GUEST)
			at = json_object_get(at, "x-ms-isolation-tee");
		snprintf(name, sizeof(name), "%s%s",
		    path[0] == 'S' ? "x-ms-sevsnpvm-" : "", path + 4);
	} else
		snprintf(name, sizeof(name), "%s", path);
	rest = name;
	while (part = strsep(&rest, "/"), rest != NULL)
		at = json_object_get(at, part);
	ck_assert_msg(json_is_object(at), "%s", path);
	if (value == NULL) {
		ck_assert_msg(json_object_del(at, part) == 0, "%s", path);
	} else {
		json_t *new = json_loads(value, JSON_DECODE_ANY, NULL);

		ck_assert_msg(new != NULL, "%s=%s", path, value);
		json_object_set_new(at, part, new);
	}
}

void
maa_set(struct maa_scene *s, const char *changes)
{
	char copy[TEXT], *rest = copy, *one;

	if (changes == NULL || changes[0] == '\0')
		return;
	ck_assert_uint_lt(strlen(changes), sizeof(copy));
	strcpy(copy, changes);
	while ((one = strsep(&rest, "|")) != NULL)
		set_one(s, one);
}

void
maa_item(struct maa_scene *s, const char *type, const void *data, size_t size)
{
	ck_assert_uint_lt(s->item_count, MAA_ITEMS);
	s->item[s->item_count].type = type;
	s->item[s->item_count].data = malloc(size + 1);
	memcpy(s->item[s->item_count].data, data, size);
	s->item[s->item_count++].size = size;
}

static uint8_t *
put(uint8_t *at, const void *data, size_t size)
{
	memcpy(at, data, size);
	return at + size;
}

/* Up to the part that its type has for itself. */
static uint8_t *
begin_attest(uint8_t *p, uint8_t type, const uint8_t *extra, size_t size)
{
	static const uint8_t clock[25] = { 0 };
	const uint8_t head[] = { 0xff, 'T', 'C', 'G', 0x80, type, 0, 0 },
		      length[] = { 0, (uint8_t)size };

	p = put(p, head, sizeof(head));
	p = put(p, length, sizeof(length));
	p = put(p, extra, size);
	return put(p, clock, sizeof(clock));
}

static void
sign_attest(struct maa_scene *s, EVP_PKEY *ak, const uint8_t *attest,
    size_t size)
{
	static const uint8_t scheme[] = { 0, 0x14, 0, 0x0b, 1, 0 };
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t signature_size = 256;
	uint8_t signature[300];

	memcpy(signature, scheme, sizeof(scheme));
	ck_assert_int_eq(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, ak),
	    1);
	ck_assert_int_eq(EVP_DigestSign(ctx, signature + sizeof(scheme),
			     &signature_size, attest, size),
	    1);
	EVP_MD_CTX_free(ctx);
	maa_item(s, "tpm.quote", attest, size);
	maa_item(s, "tpm.quote-signature", signature,
	    sizeof(scheme) + signature_size);
}

void
maa_quote(struct maa_scene *s, EVP_PKEY *ak, const uint8_t *extra, size_t size)
{
	static const uint8_t select[] = { 0, 0, 0, 1, 0, 0x0b, 3, 0xff, 0, 0, 0,
		32 },
			     digest[32] = { 7 };
	uint8_t attest[256], *p = begin_attest(attest, 0x18, extra, size);

	p = put(p, select, sizeof(select));
	p = put(p, digest, sizeof(digest));
	sign_attest(s, ak, attest, (size_t)(p - attest));
}

void
maa_certify(struct maa_scene *s, EVP_PKEY *ak, const uint8_t *extra,
    size_t size)
{
	static const uint8_t no_names[4] = { 0 };
	uint8_t attest[256], *p = begin_attest(attest, 0x17, extra, size);

	p = put(p, no_names, sizeof(no_names));
	sign_attest(s, ak, attest, (size_t)(p - attest));
}

static void
le32(uint8_t *at, size_t value)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

void
maa_hcl(struct maa_scene *s)
{
	char *text = runtime_text(s);
	size_t n = strlen(text);
	uint8_t blob[2600] = { 'H', 'C', 'L', 'A', 1 };

	ck_assert_uint_lt(AZURE_HCL_HEADER + n, sizeof(blob));
	le32(blob + 8, 32 + AZURE_HCL_REPORT_SIZE + 20 + n);
	le32(blob + 12, 2);
	le32(blob + 1216, 20 + n);
	le32(blob + 1220, 1);
	le32(blob + 1224, AZURE_HCL_SNP);
	le32(blob + 1228, AZURE_HCL_SHA256);
	le32(blob + 1232, n);
	memcpy(blob + AZURE_HCL_HEADER, text, n);
	maa_item(s, "azure.hcl-report", blob, sizeof(blob));
	free(text);
}

void
maa_report(struct maa_scene *s)
{
	static const char certs[] = "-----BEGIN CERTIFICATE-----\n";
	uint8_t report[1184] = { 2 };

	if (s->shape >= MAA_VM)
		maa_hcl(s);
	else
		maa_item(s, "snp.report", report, sizeof(report));
	maa_item(s, "snp.certs", certs, sizeof(certs) - 1);
}

char *
maa_token(const struct maa_scene *s)
{
	char *payload = json_dumps(s->payload, JSON_COMPACT), *token;

	token = jose_sign(s->header, payload, s->signer, s->md);
	free(payload);
	return token;
}
