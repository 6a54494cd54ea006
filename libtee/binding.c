/* SPDX-License-Identifier: Apache-2.0 */
/* binding: see binding.h. */
#include "config.h"

#include "libtee/binding.h"
#include "libtee/digest.h"
#include "libtee/text.h"

static const char context[] = "agentmesh-attest-v1";

/* Empty and oversized fields are refused: upstream does, and u16 cannot. */
static bool
fits(struct tee_bytes b)
{
	return b.data != NULL && b.size >= 1 && b.size <= UINT16_MAX &&
	    tee_utf8_valid(b.data, b.size);
}

static int
update_prefixed(EVP_MD_CTX *md, struct tee_bytes b)
{
	uint8_t length[2] = { (uint8_t)(b.size >> 8), (uint8_t)b.size };

	return EVP_DigestUpdate(md, length, sizeof(length)) == 1 &&
	    EVP_DigestUpdate(md, b.data, b.size) == 1;
}

int
tee_binding_compute(struct tee_bytes did, struct tee_bytes challenge_id,
    struct tee_bytes nonce, const uint8_t key_hash[32],
    uint8_t out[TEE_BINDING_SIZE])
{
	const EVP_MD *sha256 = tee_digest_sha256();
	EVP_MD_CTX *md;
	int ok;

	if (!fits(did) || !fits(challenge_id) || !fits(nonce))
		return TEE_E_BINDING;
	md = EVP_MD_CTX_new();
	if (md == NULL)
		return TEE_E_MEMORY;
	ok = sha256 != NULL && EVP_DigestInit_ex(md, sha256, NULL) == 1 &&
	    EVP_DigestUpdate(md, context, sizeof(context) - 1) == 1 &&
	    update_prefixed(md, did) && update_prefixed(md, challenge_id) &&
	    EVP_DigestUpdate(md, nonce.data, nonce.size) == 1 &&
	    EVP_DigestUpdate(md, key_hash, 32) == 1 &&
	    EVP_DigestFinal_ex(md, out, NULL) == 1;
	EVP_MD_CTX_free(md);
	return ok ? 0 : TEE_E_CRYPTO;
}

int
tee_binding_key_hash(const uint8_t public_key[TEE_PUBLIC_KEY_SIZE],
    uint8_t out[32])
{
	return tee_digest(public_key, TEE_PUBLIC_KEY_SIZE, out);
}

int
tee_binding(const char *did, size_t did_size,
    const struct tee_challenge *challenge,
    const uint8_t public_key[TEE_PUBLIC_KEY_SIZE],
    uint8_t out[TEE_BINDING_SIZE])
{
	uint8_t key_hash[32];
	int error;

	if (did == NULL || challenge == NULL || public_key == NULL ||
	    out == NULL)
		return TEE_E_ARGUMENT;
	error = tee_binding_key_hash(public_key, key_hash);
	if (error != 0)
		return error;
	return tee_binding_compute((struct tee_bytes){ did, did_size },
	    (struct tee_bytes){ challenge->id, challenge->id_size },
	    (struct tee_bytes){ challenge->nonce, challenge->nonce_size },
	    key_hash, out);
}
