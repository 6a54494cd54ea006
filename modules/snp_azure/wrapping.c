/* SPDX-License-Identifier: Apache-2.0 */
/* wrapping: see wrapping.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <openssl/crypto.h>

#include "modules/common/json.h"
#include "modules/common/jwk.h"
#include "modules/snp_azure/wrapping.h"

#define VTPM_MODULUS 256
/* By this name MAA lists the key that a TPM certified. */
#define VTPM_KID "TpmEphemeralEncryptionKey"

static enum tee_verdict
failed(struct tee_call *call, const char *detail)
{
	tee_call_log(call, LOG_ERR, "wrapping_key", "%s", detail);
	return TEE_UNAVAILABLE;
}

/* Its public half, as the runtime data will list it. */
static bool
put_jwk(struct tee_call *call, struct azure_wrapping *w)
{
	EVP_PKEY *key = tee_azure_rsa_open(&w->rsa);
	tee_auto_json *jwk = key != NULL ? tee_jwk_wrapping(key, NULL) : NULL;
	const char *kid = tee_json_text(jwk, "kid");
	char *text = kid != NULL ? json_dumps(jwk, JSON_COMPACT) : NULL;
	bool ok = text != NULL && strlen(kid) < sizeof(w->kid) &&
	    tee_call_put_item(call, "azure.wrapping-key", text, strlen(text)) ==
		0;

	if (ok)
		snprintf(w->kid, sizeof(w->kid), "%s", kid);
	free(text);
	EVP_PKEY_free(key);
	return ok;
}

static enum tee_verdict
make_in_memory(struct tee_call *call, struct azure_ahead *ahead,
    struct azure_wrapping *w)
{
	if (!tee_azure_ahead_take(call, ahead, &w->rsa) &&
	    !tee_azure_rsa_generate(&w->rsa, NULL))
		return failed(call, "no RSA key could be made");
	w->modulus = w->rsa.size[AZURE_RSA_N];
	return put_jwk(call, w) ?
	    TEE_OK :
	    failed(call,
		"azure.wrapping-key cannot be put: is there another "
		"keystore line that needs one?");
}

static bool
put(struct tee_call *call, const char *type, const struct azure_bytes *bytes)
{
	return tee_call_put_item(call, type, bytes->data, bytes->size) == 0;
}

static enum tee_verdict
keep(struct tee_call *call, struct azure_wrapping *w,
    const struct azure_enckey *key)
{
	if (key->context.size > sizeof(w->context))
		return failed(call, "the TPM's saved key is too large");
	memcpy(w->context, key->context.data, key->context.size);
	w->context_size = key->context.size;
	w->modulus = VTPM_MODULUS;
	snprintf(w->kid, sizeof(w->kid), "%s", VTPM_KID);
	if (put(call, "tpm.enc-key", &key->public) &&
	    put(call, "tpm.enc-key-certify", &key->certify) &&
	    put(call, "tpm.enc-key-signature", &key->signature) &&
	    put(call, "private.tpm-enc-key-context", &key->context))
		return TEE_OK;
	return failed(call,
	    "tpm.enc-key cannot be put: is there another "
	    "keystore line that needs one?");
}

static enum tee_verdict
make_in_tpm(struct tee_call *call, const struct azure_place *place,
    struct azure_wrapping *w)
{
	struct azure_enckey *key = calloc(1, sizeof(*key));
	struct azure_vtpm *tpm = NULL;
	enum tee_verdict verdict = key == NULL ?
	    TEE_UNAVAILABLE :
	    tee_azure_vtpm_open(call, place->tcti, &tpm);

	if (verdict == TEE_OK)
		verdict = tee_azure_vtpm_enckey(tpm, key);
	if (verdict == TEE_OK)
		verdict = keep(call, w, key);
	tee_azure_vtpm_close(&tpm);
	free(key);
	return verdict;
}

enum tee_verdict
tee_azure_wrapping_make(struct tee_call *call, const struct azure_place *place,
    struct azure_ahead *ahead, struct azure_wrapping *w)
{
	memset(w, 0, sizeof(*w));
	w->shape = tee_azure_place_shape(place);
	switch (w->shape) {
	case AZURE_SHAPE_DEVICE:
		return make_in_memory(call, ahead, w);
	case AZURE_SHAPE_VTPM:
		return make_in_tpm(call, place, w);
	}
	return TEE_DENY;
}

static enum azure_padding
padding(enum azure_enc enc)
{
	switch (enc) {
	case AZURE_ENC_256:
		return AZURE_OAEP_SHA256;
	case AZURE_ENC_384:
		return AZURE_OAEP_SHA384;
	case AZURE_ENC_SHA1:
		return AZURE_OAEP_SHA1;
	}
	return AZURE_OAEP_SHA256;
}

static enum tee_verdict
kek_by_tpm(struct tee_call *call, const struct azure_place *place,
    const struct azure_wrapping *w, enum azure_enc enc, const uint8_t *data,
    size_t size, uint8_t kek[AZURE_KEK_SIZE])
{
	uint8_t plain[VTPM_MODULUS];
	struct azure_vtpm *tpm = NULL;
	size_t n = 0;
	enum tee_verdict verdict = tee_azure_vtpm_open(call, place->tcti, &tpm);

	if (verdict == TEE_OK)
		verdict = tee_azure_vtpm_decrypt(tpm, w->context,
		    w->context_size, padding(enc), data, size, plain, &n);
	tee_azure_vtpm_close(&tpm);
	if (verdict == TEE_OK && n != AZURE_KEK_SIZE) {
		tee_call_log(call, LOG_ERR, "release.unwrap",
		    "the TPM decrypted %zu bytes, not %d", n, AZURE_KEK_SIZE);
		verdict = TEE_DENY;
	}
	if (verdict == TEE_OK)
		memcpy(kek, plain, AZURE_KEK_SIZE);
	OPENSSL_cleanse(plain, sizeof(plain));
	return verdict;
}

enum tee_verdict
tee_azure_wrapping_kek(struct tee_call *call, const struct azure_place *place,
    const struct azure_wrapping *w, enum azure_enc enc, const uint8_t *data,
    size_t size, uint8_t kek[AZURE_KEK_SIZE])
{
	EVP_PKEY *key;
	bool ok;

	if (w->shape == AZURE_SHAPE_VTPM)
		return kek_by_tpm(call, place, w, enc, data, size, kek);
	key = tee_azure_rsa_open(&w->rsa);
	ok = key != NULL && tee_azure_unwrap_kek(key, enc, data, size, kek);
	EVP_PKEY_free(key);
	if (ok)
		return TEE_OK;
	tee_call_log(call, LOG_ERR, "release.unwrap", AZURE_UNWRAP_FAILED);
	return TEE_DENY;
}
