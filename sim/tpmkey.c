/* SPDX-License-Identifier: Apache-2.0 */
/* tpmkey: see tpmkey.h. */
#include "config.h"

#include <string.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "sim/tpmkey.h"

/* TPMT_PUBLIC, TPM 2.0 part 2, 12.2.4. */
#define ALG_RSA 0x0001
#define ALG_SHA256 0x000b
#define ALG_NULL 0x0010
#define ALG_RSASSA 0x0014
#define ALG_AES 0x0006
#define ALG_CFB 0x0043
#define BITS 2048
#define EXPONENT 65537

/* fixedTPM fixedParent sensitiveDataOrigin userWithAuth restricted sign */
#define AK_ATTRIBUTES 0x00050072
/* fixedTPM fixedParent sensitiveDataOrigin adminWithPolicy restricted decrypt */
#define EK_ATTRIBUTES 0x000300b2

/* PolicySecret(TPM_RH_ENDORSEMENT), TCG EK Credential Profile, B.3.3. */
static const uint8_t ek_policy[] = { 0x83, 0x71, 0x97, 0x67, 0x44, 0x84, 0xb3,
	0xf8, 0x1a, 0x90, 0xcc, 0x8d, 0x46, 0xa5, 0xd7, 0x24, 0xfd, 0x52, 0xd7,
	0x6e, 0x06, 0x52, 0x0b, 0x64, 0xf2, 0xa1, 0xda, 0x1b, 0x33, 0x14, 0x69,
	0xaa };

static void
put_ak(struct sim_tpmbuf *public)
{
	tee_sim_tpmbuf_u16(public, ALG_RSA);
	tee_sim_tpmbuf_u16(public, ALG_SHA256);
	tee_sim_tpmbuf_u32(public, AK_ATTRIBUTES);
	tee_sim_tpmbuf_2b(public, NULL, 0);
	tee_sim_tpmbuf_u16(public, ALG_NULL);
	tee_sim_tpmbuf_u16(public, ALG_RSASSA);
	tee_sim_tpmbuf_u16(public, ALG_SHA256);
	tee_sim_tpmbuf_u16(public, BITS);
	tee_sim_tpmbuf_u32(public, 0);
	tee_sim_tpmbuf_2b(public, NULL, 0);
}

/* Template L-1 of the EK Credential Profile. */
static void
put_ek(struct sim_tpmbuf *public)
{
	static const uint8_t unique[BITS / 8];

	tee_sim_tpmbuf_u16(public, ALG_RSA);
	tee_sim_tpmbuf_u16(public, ALG_SHA256);
	tee_sim_tpmbuf_u32(public, EK_ATTRIBUTES);
	tee_sim_tpmbuf_2b(public, ek_policy, sizeof(ek_policy));
	tee_sim_tpmbuf_u16(public, ALG_AES);
	tee_sim_tpmbuf_u16(public, 128);
	tee_sim_tpmbuf_u16(public, ALG_CFB);
	tee_sim_tpmbuf_u16(public, ALG_NULL);
	tee_sim_tpmbuf_u16(public, BITS);
	tee_sim_tpmbuf_u32(public, 0);
	tee_sim_tpmbuf_2b(public, unique, sizeof(unique));
}

/* Its transient handle, or 0. */
static uint32_t
create(struct sim_swtpm *tpm, void (*put)(struct sim_tpmbuf *))
{
	struct sim_tpmbuf command, response, public;

	memset(&public, 0, sizeof(public));
	put(&public);
	tee_sim_tpmbuf_start(&command, SIM_TPM_SESSIONS, SIM_CC_CREATE_PRIMARY);
	tee_sim_tpmbuf_u32(&command, SIM_RH_ENDORSEMENT);
	tee_sim_tpmbuf_password(&command, NULL, 0);
	tee_sim_tpmbuf_u16(&command, 4); /* inSensitive: no auth, no data */
	tee_sim_tpmbuf_u32(&command, 0);
	tee_sim_tpmbuf_2b(&command, public.data, public.size);
	tee_sim_tpmbuf_2b(&command, NULL, 0); /* outsideInfo */
	tee_sim_tpmbuf_u32(&command, 0);      /* creationPCR */
	if (tee_sim_swtpm_call(tpm, &command, &response) != SIM_RC_OK ||
	    response.size < SIM_TPM_HEADER + 4)
		return 0;
	return tee_sim_get32(response.data + SIM_TPM_HEADER);
}

static bool
persist(struct sim_swtpm *tpm, uint32_t transient, uint32_t handle)
{
	struct sim_tpmbuf command, response;
	bool ok;

	tee_sim_tpmbuf_start(&command, SIM_TPM_SESSIONS, SIM_CC_EVICT_CONTROL);
	tee_sim_tpmbuf_u32(&command, SIM_RH_OWNER);
	tee_sim_tpmbuf_u32(&command, transient);
	tee_sim_tpmbuf_password(&command, NULL, 0);
	tee_sim_tpmbuf_u32(&command, handle);
	ok = tee_sim_swtpm_call(tpm, &command, &response) == SIM_RC_OK;
	tee_sim_tpmbuf_start(&command, SIM_TPM_NO_SESSIONS,
	    SIM_CC_FLUSH_CONTEXT);
	tee_sim_tpmbuf_u32(&command, transient);
	return tee_sim_swtpm_call(tpm, &command, &response) == SIM_RC_OK && ok;
}

static EVP_PKEY *
from_modulus(const uint8_t *modulus, size_t size)
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	BIGNUM *n = BN_bin2bn(modulus, (int)size, NULL);
	OSSL_PARAM *params = NULL;
	EVP_PKEY *key = NULL;

	if (build != NULL && ctx != NULL && n != NULL &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
	    OSSL_PARAM_BLD_push_uint(build, OSSL_PKEY_PARAM_RSA_E, EXPONENT) ==
		1 &&
	    (params = OSSL_PARAM_BLD_to_param(build)) != NULL &&
	    EVP_PKEY_fromdata_init(ctx) == 1 &&
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	OSSL_PARAM_free(params);
	BN_free(n);
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_BLD_free(build);
	return key;
}

/* The modulus ends TPMT_PUBLIC, and TPM2B_PUBLIC comes first. */
static EVP_PKEY *
read_public(struct sim_swtpm *tpm, uint32_t handle)
{
	struct sim_tpmbuf command, response;
	const uint8_t *public = response.data + SIM_TPM_HEADER + 2;
	size_t size;

	tee_sim_tpmbuf_start(&command, SIM_TPM_NO_SESSIONS, SIM_CC_READ_PUBLIC);
	tee_sim_tpmbuf_u32(&command, handle);
	if (tee_sim_swtpm_call(tpm, &command, &response) != SIM_RC_OK ||
	    response.size < SIM_TPM_HEADER + 2)
		return NULL;
	size = tee_sim_get16(public - 2);
	if (size > response.size - SIM_TPM_HEADER - 2 ||
	    size < 2 + SIM_MODULUS ||
	    tee_sim_get16(public + size - SIM_MODULUS - 2) != SIM_MODULUS)
		return NULL;
	return from_modulus(public + size - SIM_MODULUS, SIM_MODULUS);
}

static EVP_PKEY *
ensure(struct sim_swtpm *tpm, uint32_t handle, void (*put)(struct sim_tpmbuf *))
{
	EVP_PKEY *key = read_public(tpm, handle);
	uint32_t transient;

	if (key != NULL)
		return key;
	transient = create(tpm, put);
	return transient != 0 && persist(tpm, transient, handle) ?
	    read_public(tpm, handle) :
	    NULL;
}

EVP_PKEY *
tee_sim_tpmkey_ak(struct sim_swtpm *tpm)
{
	return ensure(tpm, SIM_AK_HANDLE, put_ak);
}

EVP_PKEY *
tee_sim_tpmkey_ek(struct sim_swtpm *tpm)
{
	return ensure(tpm, SIM_EK_HANDLE, put_ek);
}

bool
tee_sim_tpmkey_modulus(const EVP_PKEY *key, uint8_t out[SIM_MODULUS])
{
	BIGNUM *n = NULL;
	bool ok = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
	    BN_bn2binpad(n, out, SIM_MODULUS) == SIM_MODULUS;

	BN_free(n);
	return ok;
}
