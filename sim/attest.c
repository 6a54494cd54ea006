/* SPDX-License-Identifier: Apache-2.0 */
/* attest: see attest.h. */
#include "config.h"

#include <string.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "sim/attest.h"
#include "sim/evidence.h"

#define ALG_RSA 0x0001
#define ALG_SHA256 0x000b
#define ALG_NULL 0x0010
#define MAGIC 0xff544347

/* Big-endian; once it ran out, all is zero and it stays so. */
struct input {
	const uint8_t *at;
	size_t left;
	bool bad;
};

static const uint8_t *
bytes(struct input *in, size_t size)
{
	const uint8_t *at = in->at;

	if (in->bad || size > in->left) {
		in->bad = true;
		return NULL;
	}
	in->at += size;
	in->left -= size;
	return at;
}

static uint32_t
number(struct input *in, size_t size)
{
	const uint8_t *at = bytes(in, size);
	uint32_t value = 0;

	for (size_t i = 0; at != NULL && i < size; i++)
		value = value << 8 | at[i];
	return value;
}

static const uint8_t *
sized(struct input *in, size_t *size)
{
	*size = number(in, 2);
	return bytes(in, *size);
}

static EVP_PKEY *
make_key(const uint8_t *modulus, size_t size, uint32_t exponent)
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	BIGNUM *n = BN_bin2bn(modulus, (int)size, NULL);
	OSSL_PARAM *params = NULL;
	EVP_PKEY *key = NULL;

	if (build != NULL && n != NULL &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
	    OSSL_PARAM_BLD_push_uint32(build, OSSL_PKEY_PARAM_RSA_E,
		exponent == 0 ? 65537 : exponent) == 1)
		params = OSSL_PARAM_BLD_to_param(build);
	if (params == NULL || ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	EVP_PKEY_CTX_free(ctx);
	BN_free(n);
	return key;
}

/* Symmetric algorithm and scheme: words that follow only where not null. */
static void
skip_schemes(struct input *in)
{
	if (number(in, 2) != ALG_NULL)
		number(in, 4); /* key bits, mode */
	if (number(in, 2) != ALG_NULL)
		number(in, 2); /* hash */
}

bool
tee_sim_tpm_public(const struct sim_blob *blob, struct sim_tpm_public *out)
{
	struct input in = { blob->data, blob->size, false };
	size_t size = number(&in, 2), policy, modulus;
	const uint8_t *area = in.at, *unique;
	uint32_t exponent, bits;

	memset(out, 0, sizeof(*out));
	if (in.bad || size != in.left || number(&in, 2) != ALG_RSA ||
	    number(&in, 2) != ALG_SHA256)
		return false;
	out->attributes = number(&in, 4);
	sized(&in, &policy);
	skip_schemes(&in);
	bits = number(&in, 2);
	exponent = number(&in, 4);
	unique = sized(&in, &modulus);
	if (in.bad || in.left != 0 || modulus * 8 != bits || bits < 2048)
		return false;
	out->name[1] = ALG_SHA256;
	if (tee_sim_sha256(area, size, out->name + 2))
		out->key = make_key(unique, modulus, exponent);
	return out->key != NULL;
}

/* TPML_PCR_SELECTION of one bank, SHA-256. */
static bool
read_selection(struct input *in, uint32_t *selection)
{
	const uint8_t *bits;
	size_t size;

	if (number(in, 4) != 1 || number(in, 2) != ALG_SHA256)
		return false;
	size = number(in, 1);
	bits = size <= 3 ? bytes(in, size) : NULL;
	*selection = 0;
	for (size_t i = 0; bits != NULL && i < size; i++)
		*selection |= (uint32_t)bits[i] << 8 * i;
	return bits != NULL;
}

bool
tee_sim_attest_read(const struct sim_blob *blob, struct sim_attest *out)
{
	struct input in = { blob->data, blob->size, false };
	size_t size;

	memset(out, 0, sizeof(*out));
	if (number(&in, 4) != MAGIC)
		return false;
	out->type = number(&in, 2);
	sized(&in, &size); /* qualified signer */
	out->extra = sized(&in, &out->extra_size);
	bytes(&in, 17 + 8); /* clock, firmware version */
	if (out->type == SIM_ATTEST_QUOTE) {
		if (!read_selection(&in, &out->selection))
			return false;
		out->digest = sized(&in, &size);
		return !in.bad && in.left == 0 && size == 32;
	}
	out->name = sized(&in, &size);
	if (size != sizeof(((struct sim_tpm_public *)0)->name))
		return false;
	sized(&in, &size); /* qualified name */
	return out->type == SIM_ATTEST_CERTIFY && !in.bad && in.left == 0;
}
