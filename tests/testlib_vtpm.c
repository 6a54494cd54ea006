/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_vtpm: see testlib_vtpm.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <openssl/rsa.h>

#include "tests/testlib_vtpm.h"

struct testlib_vtpm testlib_vtpm;

struct azure_vtpm {
	int unused;
};
static struct azure_vtpm the_one;

enum tee_verdict
tee_azure_vtpm_open(struct tee_call *call, const char *tcti,
    struct azure_vtpm **out)
{
	(void)call;
	*out = NULL;
	snprintf(testlib_vtpm.tcti, sizeof(testlib_vtpm.tcti), "%s", tcti);
	if (testlib_vtpm.absent)
		return TEE_UNAVAILABLE;
	testlib_vtpm.opened++;
	*out = &the_one;
	return TEE_OK;
}

void
tee_azure_vtpm_close(struct azure_vtpm **vtpm)
{
	testlib_vtpm.closed += *vtpm != NULL;
	*vtpm = NULL;
}

static void
set(struct azure_bytes *out, const void *data, size_t size)
{
	memcpy(out->data, data, size);
	out->size = size;
}

/* TPMT_SIGNATURE: RSASSA, SHA-256. */
static void
sign(const struct azure_bytes *what, struct azure_bytes *out)
{
	static const uint8_t head[] = { 0, 0x14, 0, 0x0b, 1, 0 };
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t size = 256;

	set(out, head, sizeof(head));
	out->data[1] = testlib_vtpm.other_signature ? 0x16 : 0x14;
	EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, testlib_vtpm.ak);
	EVP_DigestSign(ctx, out->data + sizeof(head), &size, what->data,
	    what->size);
	out->size += size;
	EVP_MD_CTX_free(ctx);
}

enum tee_verdict
tee_azure_vtpm_ak_cert(struct azure_vtpm *vtpm, struct azure_bytes *out)
{
	(void)vtpm;
	set(out, "a certificate", 13);
	return testlib_vtpm.no_cert ? TEE_UNAVAILABLE : TEE_OK;
}

enum tee_verdict
tee_azure_vtpm_ak_public(struct azure_vtpm *vtpm, struct azure_bytes *out)
{
	(void)vtpm;
	set(out, "an AK", 5);
	return TEE_OK;
}

enum tee_verdict
tee_azure_vtpm_quote(struct azure_vtpm *vtpm, const uint8_t *qualifying,
    size_t size, uint32_t selection, struct azure_quote *out)
{
	(void)vtpm;
	(void)qualifying;
	testlib_vtpm.qualifying = size;
	testlib_vtpm.selection = selection;
	set(&out->attest, "a quote", 7);
	sign(&out->attest, &out->signature);
	out->selection = selection;
	for (unsigned i = 0; i < 24; i++)
		memset(out->pcr[i], (int)i, sizeof(out->pcr[i]));
	return TEE_OK;
}

enum tee_verdict
tee_azure_vtpm_enckey(struct azure_vtpm *vtpm, struct azure_enckey *out)
{
	(void)vtpm;
	testlib_vtpm.made++;
	set(&out->public, "a key", 5);
	set(&out->certify, "a certification", 15);
	sign(&out->certify, &out->signature);
	set(&out->context, "made here", 10);
	return TEE_OK;
}

enum tee_verdict
tee_azure_vtpm_decrypt(struct azure_vtpm *vtpm, const uint8_t *context,
    size_t context_size, enum azure_padding padding, const uint8_t *data,
    size_t size, uint8_t *out, size_t *out_size)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(testlib_vtpm.enc, NULL);
	bool ok;

	(void)vtpm;
	memset(testlib_vtpm.context, 0, sizeof(testlib_vtpm.context));
	if (context_size <= sizeof(testlib_vtpm.context))
		memcpy(testlib_vtpm.context, context, context_size);
	*out_size = 256;
	ok = padding == AZURE_RSAES && !testlib_vtpm.wrong_padding &&
	    EVP_PKEY_decrypt_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
	    EVP_PKEY_decrypt(ctx, out, out_size, data, size) == 1;
	EVP_PKEY_CTX_free(ctx);
	return ok ? TEE_OK : TEE_DENY;
}
