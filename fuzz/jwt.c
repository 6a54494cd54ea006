/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jwt: any bytes as MAA's token, judged by the whole verifier line.  A
 * stranger's text is never ok, since the line's key did not sign it; and a
 * provider that signs any claims cannot make it say ok to debug, to another
 * VMPL, issuer or binding, to a token that has ended, or to no compliance.
 *
 *   1 byte   flags: 1, the rest is a compact JWS; else it is a payload,
 *            which the endpoint's key signs
 *   the rest
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/x509.h>

#include "fuzz/fuzz.h"
#include "libtee/call.h"
#include "libtee/option.h"
#include "modules/common/base64.h"
#include "modules/common/json.h"
#include "modules/common/jwk.h"
#include "modules/common/jws.h"
#include "modules/snp_azure/facility.h"

#define NOW 1767225600
#define ENDPOINT "https://maa.example"
#define HEADER "{\"alg\":\"RS256\",\"kid\":\"k\"}"
#define TEE "x-ms-isolation-tee"
#define CLAIM "x-ms-sevsnpvm-"
#define RAW 1

const char fuzz_target[] = "jwt";

static EVP_PKEY *key;
static struct azure_maa *line;
static char *jwks;
static uint8_t binding[32];

static void
pin(char out[65])
{
	unsigned char *der = NULL, digest[32];
	int size = i2d_PUBKEY(key, &der);

	EVP_Digest(der, (size_t)size, digest, NULL, EVP_sha256(), NULL);
	for (unsigned i = 0; i < sizeof(digest); i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
	OPENSSL_free(der);
}

static void
start(void)
{
	struct tee_config config = { .facility = TEE_VERIFIER };
	char signer[65];
	json_t *set;

	if (key != NULL)
		return;
	memset(binding, 0xb1, sizeof(binding));
	key = EVP_RSA_gen(2048);
	fuzz_must(key != NULL, "a key");
	pin(signer);
	fuzz_must(tee_config_add(&config, "endpoint", ENDPOINT, 1) == 0 &&
		tee_config_add(&config, "signers", signer, 1) == 0,
	    "options");
	line = tee_azure_maa_new(&config);
	fuzz_must(line != NULL, "a line");
	tee_config_clear(&config);
	set = json_pack("{s:[o]}", "keys", tee_jwk_wrapping(key, "k"));
	jwks = json_dumps(set, 0);
	json_decref(set);
	fuzz_must(jwks != NULL, "its keys");
}

/* HEADER.PAYLOAD.SIGNATURE */
static char *
sign(const uint8_t *payload, size_t size)
{
	char *h = tee_b64_encode(TEE_BASE64_URL, HEADER, strlen(HEADER));
	char *p = tee_b64_encode(TEE_BASE64_URL, payload, size), *s;
	size_t room = strlen(h) + strlen(p) + 512;
	char *text = malloc(room);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char bytes[256];
	size_t length = sizeof(bytes);

	fuzz_must(text != NULL && ctx != NULL, "there is memory");
	snprintf(text, room, "%s.%s", h, p);
	fuzz_must(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
		EVP_DigestSign(ctx, bytes, &length, (const unsigned char *)text,
		    strlen(text)) == 1,
	    "a signature");
	EVP_MD_CTX_free(ctx);
	s = tee_b64_encode(TEE_BASE64_URL, bytes, length);
	snprintf(text + strlen(text), room - strlen(text), ".%s", s);
	free(h);
	free(p);
	free(s);
	return text;
}

static enum tee_verdict
verify(struct tee_call *call, void *state)
{
	return tee_azure_maa_verify(call, state);
}

static bool
says_ok(const char *token, size_t size)
{
	struct tee_evidence *e = tee_evidence_new();
	struct tee_call call = { .transaction = "fuzz",
		.module = "snp_azure",
		.facility = TEE_VERIFIER,
		.evidence = e,
		.binding = binding,
		.binding_size = sizeof(binding),
		.now = NOW,
		.deadline = tee_clock_monotonic_ms() + 60000,
		.claims = tee_claims_new() };
	bool ok;

	fuzz_must(e != NULL && call.claims != NULL &&
		tee_evidence_put(e, "maa.token", token, size) == 0 &&
		tee_evidence_put(e, "maa.jwks", jwks, strlen(jwks)) == 0,
	    "items");
	ok = tee_call_run(&call, verify, line) == TEE_OK;
	fuzz_must(!ok ||
		(call.claims->binding_match && call.claims->debug_disabled &&
		    call.claims->level == TEE_LEVEL_TEE_VM &&
		    call.claims->expires > NOW),
	    "claims of a grant");
	tee_claims_free(&call.claims);
	tee_evidence_free(&e);
	return ok;
}

/* What no signature can talk the line into. */
static void
check_payload(const uint8_t *data, size_t size)
{
	tee_auto_json *root = tee_json_object(data, size, NULL);
	const json_t *tee = root;
	const char *status;

	fuzz_must(root != NULL, "an object");
	fuzz_must(tee_json_is(root, "iss", ENDPOINT), "the issuer");
	fuzz_must(tee_json_is(root, "x-ms-ver", "1.0"), "the version");
	fuzz_must(json_number_value(json_object_get(root, "exp")) > NOW &&
		json_number_value(json_object_get(root, "iat")) >= NOW - 300 &&
		json_number_value(json_object_get(root, "iat")) <= NOW + 300,
	    "its times");
	if (tee_json_is(root, "x-ms-attestation-type", "azurevm")) {
		tee = tee_json_member(root, TEE);
		fuzz_must(json_is_true(json_object_get(root, "secureboot")),
		    "secure boot");
	}
	status = tee_json_text(tee, "x-ms-compliance-status");
	fuzz_must(tee_json_is(tee, "x-ms-attestation-type", "sevsnpvm"),
	    "the type");
	fuzz_must(status != NULL &&
		(strcmp(status, "azure-compliant-cvm") == 0 ||
		    strcmp(status, "azure-compliant-uvm") == 0),
	    "the compliance");
	fuzz_must(json_is_false(json_object_get(tee, CLAIM "is-debuggable")) &&
		json_is_false(
		    json_object_get(tee, CLAIM "migration-allowed")) &&
		json_is_number(json_object_get(tee, CLAIM "vmpl")) &&
		json_number_value(json_object_get(tee, CLAIM "vmpl")) == 0,
	    "the machine");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *token;

	start();
	fuzz_accepted = false;
	if (size < 1)
		return 0;
	if ((data[0] & RAW) != 0) {
		fuzz_must(!says_ok((const char *)data + 1, size - 1),
		    "nobody else signs");
		return 0;
	}
	if (size > 32 * 1024)
		return 0;
	token = sign(data + 1, size - 1);
	fuzz_accepted = says_ok(token, strlen(token));
	if (fuzz_accepted)
		check_payload(data + 1, size - 1);
	free(token);
	return 0;
}
