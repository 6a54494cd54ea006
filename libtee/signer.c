/* SPDX-License-Identifier: Apache-2.0 */
/* signer: see signer.h. */
#include "config.h"

#include <string.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>

#include "libtee/signer.h"

#define DERIVE_STACK (64 * 1024)

int
tee_signer_init(struct tee_signer *s)
{
	s->import = EVP_PKEY_CTX_new_from_name(NULL, "ED25519", NULL);
	if (s->import == NULL)
		return TEE_E_CRYPTO;
	if (EVP_PKEY_fromdata_init(s->import) != 1) {
		tee_signer_clear(s);
		return TEE_E_CRYPTO;
	}
	return 0;
}

void
tee_signer_clear(struct tee_signer *s)
{
	EVP_PKEY_CTX_free(s->import);
	s->import = NULL;
}

static bool
sign_one(EVP_MD_CTX *md, const struct tee_sign_job *job)
{
	size_t length = TEE_SIGNATURE_SIZE;

	/* Ed25519 takes a message whole, one after another. */
	return EVP_DigestSign(md, job->signature, &length, job->message,
		   job->size) == 1 &&
	    length == TEE_SIGNATURE_SIZE;
}

int
tee_signer_sign(struct tee_signer *s, uint8_t pair[64],
    const struct tee_sign_job *jobs, size_t count)
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PRIV_KEY, pair, 32),
		OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, pair + 32, 32),
		OSSL_PARAM_END
	};
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY *pkey = NULL;
	bool ok;

	ok = md != NULL &&
	    EVP_PKEY_fromdata(s->import, &pkey, EVP_PKEY_KEYPAIR, params) == 1;
	OPENSSL_cleanse(pair, 64);
	ok = ok && EVP_DigestSignInit(md, NULL, NULL, NULL, pkey) == 1;
	for (size_t i = 0; ok && i < count; i++)
		ok = sign_one(md, &jobs[i]);
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(pkey);
	return ok ? 0 : TEE_E_CRYPTO;
}

int
tee_signer_derive(const uint8_t seed[TEE_SEED_SIZE], const void *label,
    size_t size, uint8_t out[32])
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;
	OSSL_PARAM params[] = { OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_DIGEST,
				    (char *)(uintptr_t) "SHA256", 6),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_KEY,
		    (void *)(uintptr_t)seed, TEE_SEED_SIZE),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_INFO,
		    (void *)(uintptr_t)label, size),
		OSSL_PARAM_END };
	bool ok = ctx != NULL && EVP_KDF_derive(ctx, out, 32, params) == 1;

	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return ok ? 0 : TEE_E_CRYPTO;
}

struct derivation {
	const uint8_t *seed;
	uint8_t *public_key;
	int error;
};

static void
derive(void *arg)
{
	struct derivation *d = arg;
	size_t length = TEE_PUBLIC_KEY_SIZE;
	EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL,
	    d->seed, TEE_SEED_SIZE);

	if (pkey != NULL &&
	    EVP_PKEY_get_raw_public_key(pkey, d->public_key, &length) == 1 &&
	    length == TEE_PUBLIC_KEY_SIZE)
		d->error = 0;
	EVP_PKEY_free(pkey);
}

int
tee_signer_public_on(struct tee_stack_memory *stack,
    const uint8_t seed[TEE_SEED_SIZE], uint8_t public_key[TEE_PUBLIC_KEY_SIZE])
{
	struct derivation d = { seed, public_key, TEE_E_CRYPTO };

	tee_stack_call(stack, derive, &d);
	return d.error;
}

int
tee_signer_public(const uint8_t seed[TEE_SEED_SIZE],
    uint8_t public_key[TEE_PUBLIC_KEY_SIZE])
{
	struct tee_stack_memory stack;
	int error;

	if (tee_stack_alloc(&stack, DERIVE_STACK) != 0)
		return TEE_E_MEMORY;
	error = tee_signer_public_on(&stack, seed, public_key);
	tee_stack_free(&stack);
	return error;
}
