/* SPDX-License-Identifier: Apache-2.0 */
/* digest: see digest.h. */
#include "config.h"

#include <pthread.h>
#include <tee/tee.h>

#include "libtee/digest.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *sha256;

static void
fetch(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

const EVP_MD *
tee_digest_sha256(void)
{
	(void)pthread_once(&once, fetch);
	return sha256;
}

int
tee_digest(const void *data, size_t size, uint8_t out[32])
{
	const EVP_MD *md = tee_digest_sha256();

	return md != NULL && EVP_Digest(data, size, out, NULL, md, NULL) == 1 ?
	    0 :
	    TEE_E_CRYPTO;
}
