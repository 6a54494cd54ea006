/* SPDX-License-Identifier: Apache-2.0 */
/*
 * release: any bytes as what a vault signed in answer to a release; the
 * signature and its certificate are good.  What is taken answers our request,
 * and every refusal has its word.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/x509.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "fuzz/fuzz.h"
#include "modules/common/base64.h"
#include "modules/common/json.h"
#include "modules/snp_azure/release.h"

#define NOW 1767225600
#define HOST "v.vault.azure.net"
#define KEY "https://" HOST "/keys/agent-kek"
#define NONCE "00112233"
#define KID "wrapping-key"

const char fuzz_target[] = "release";

static struct {
	EVP_PKEY *key;
	char *header; /* base64url */
	X509_STORE *roots;
} vault;

/* Root and leaf in one; drawn at start. */
static X509 *
make_cert(EVP_PKEY *key)
{
	X509 *cert = X509_new();
	X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL,
	    NID_subject_alt_name, "DNS:*.vault.azure.net");

	X509_set_version(cert, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	ASN1_TIME_set(X509_getm_notBefore(cert), NOW - 60);
	ASN1_TIME_set(X509_getm_notAfter(cert), NOW + 60);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN",
	    MBSTRING_ASC, (const unsigned char *)"vault", -1, -1, 0);
	X509_set_issuer_name(cert, X509_get_subject_name(cert));
	X509_set_pubkey(cert, key);
	fuzz_must(X509_add_ext(cert, names, -1) == 1 &&
		X509_sign(cert, key, EVP_sha256()) > 0,
	    "a certificate");
	X509_EXTENSION_free(names);
	return cert;
}

static void
open_vault(void)
{
	X509 *cert;
	unsigned char *der = NULL;
	char *text, head[4096];
	int n;

	vault.key = EVP_RSA_gen(2048);
	cert = make_cert(vault.key);
	n = i2d_X509(cert, &der);
	text = tee_b64_encode(TEE_BASE64_STANDARD, der, (size_t)n);
	snprintf(head, sizeof(head), "{\"alg\":\"RS256\",\"x5c\":[\"%s\"]}",
	    text);
	vault.header = tee_b64_encode(TEE_BASE64_URL, head, strlen(head));
	vault.roots = X509_STORE_new();
	X509_STORE_add_cert(vault.roots, cert);
	OPENSSL_free(der);
	free(text);
	X509_free(cert);
}

/* {"value": JWS} over these bytes as the payload. */
static char *
answer(const uint8_t *data, size_t size)
{
	char *payload = tee_b64_encode(TEE_BASE64_URL, data, size);
	size_t room = strlen(vault.header) + strlen(payload) + 1024;
	char *text = malloc(room), *body = malloc(room), *encoded;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t signature[256];
	size_t n = sizeof(signature);

	snprintf(text, room, "%s.%s", vault.header, payload);
	fuzz_must(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL,
		      vault.key) == 1 &&
		EVP_DigestSign(ctx, signature, &n, (const uint8_t *)text,
		    strlen(text)) == 1,
	    "a signature");
	encoded = tee_b64_encode(TEE_BASE64_URL, signature, n);
	snprintf(body, room, "{\"value\":\"%s.%s\"}", text, encoded);
	EVP_MD_CTX_free(ctx);
	free(encoded);
	free(text);
	free(payload);
	return body;
}

static void
check(const struct azure_release *r)
{
	const json_t *request = tee_json_member(r->jws.payload, "request");

	fuzz_must(tee_json_is(request, "nonce", NONCE), "our nonce");
	fuzz_must(tee_json_is(request, "kid", KEY), "our key");
	fuzz_must(tee_json_is(request, "enc", "RSA_AES_KEY_WRAP_256"),
	    "our way");
	fuzz_must(r->type != AZURE_KEY_OTHER, "a type that is known");
	fuzz_must(r->wrapped != NULL && r->wrapped_size > 0, "a key in it");
	fuzz_touch(r->wrapped, r->wrapped_size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct azure_expected x = { .host = HOST,
		.key_url = KEY,
		.enc = AZURE_ENC_256,
		.nonce = NONCE,
		.wrapping_kid = KID,
		.pki.now = NOW };
	struct azure_release r;
	char *body;

	if (vault.key == NULL)
		open_vault();
	x.pki.roots = vault.roots;
	body = answer(data, size);
	fuzz_accepted = tee_azure_release_read(&r, body, strlen(body), &x);
	fuzz_must(fuzz_accepted == (r.reason == NULL), "a reason or none");
	if (fuzz_accepted)
		check(&r);
	else
		fuzz_must(strncmp(r.reason, "release.", 8) == 0 &&
			strcmp(r.reason, "release.signature") != 0 &&
			strcmp(r.reason, "release.chain") != 0 &&
			strcmp(r.reason, "release.host") != 0,
		    "the vault itself is good");
	tee_azure_release_free(&r);
	free(body);
	return 0;
}
