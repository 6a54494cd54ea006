/* SPDX-License-Identifier: Apache-2.0 */
/* hash: see hash.h. */
#include "config.h"

#include <string.h>

#include "libtee/digest.h"
#include "libtee/trust/hash.h"

void
trust_hash_begin(struct trust_hash *h, const char *context)
{
	const EVP_MD *sha256 = tee_digest_sha256();

	h->md = EVP_MD_CTX_new();
	h->ok = h->md != NULL && sha256 != NULL &&
	    EVP_DigestInit_ex(h->md, sha256, NULL) == 1;
	trust_hash_add(h, context, strlen(context));
}

void
trust_hash_add(struct trust_hash *h, const void *data, size_t size)
{
	h->ok = h->ok && EVP_DigestUpdate(h->md, data, size) == 1;
}

void
trust_hash_text(struct trust_hash *h, struct tee_bytes text)
{
	const uint8_t prefix[2] = { (uint8_t)(text.size >> 8),
		(uint8_t)text.size };

	h->ok = h->ok && text.size <= UINT16_MAX;
	trust_hash_add(h, prefix, sizeof(prefix));
	trust_hash_add(h, text.data, text.size);
}

int
trust_hash_end(struct trust_hash *h, uint8_t out[32])
{
	h->ok = h->ok && EVP_DigestFinal_ex(h->md, out, NULL) == 1;
	EVP_MD_CTX_free(h->md);
	h->md = NULL;
	return h->ok ? 0 : TEE_E_CRYPTO;
}
