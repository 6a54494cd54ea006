/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pki: see cert.h.  One of the process: the first decoding in a library
 * context of OpenSSL's costs as much as a signature.
 */
#include "config.h"

#include <pthread.h>
#include <stdlib.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "modules/common/cert.h"

#define P384_POINT 97

static EVP_PKEY *
p384_parameters(void)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;
	char group[] = SN_secp384r1;
	OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group,
		    sizeof(group) - 1),
		OSSL_PARAM_END
	};

	if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEY_PARAMETERS, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static void
free_pki(struct tee_pki *pki)
{
	if (pki == NULL)
		return;
	EVP_PKEY_free(pki->p384);
	EVP_MD_free(pki->sha384);
	EVP_MD_free(pki->sha256);
	if (pki->null != NULL)
		OSSL_PROVIDER_unload(pki->null);
	OSSL_LIB_CTX_free(pki->bare);
	free(pki);
}

/*
 * d2i_X509 of OpenSSL 3 tries every key decoder of its context at every
 * parse: four fifths of its time, as long as the RSA check it serves.  In a
 * context that holds the null provider only it leaves the key as bytes, and
 * we decode the two kinds that we accept by their own names.
 */
static struct tee_pki *
make_pki(void)
{
	struct tee_pki *pki = calloc(1, sizeof(*pki));

	if (pki == NULL)
		return NULL;
	pki->bare = OSSL_LIB_CTX_new();
	if (pki->bare != NULL)
		pki->null = OSSL_PROVIDER_load(pki->bare, "null");
	pki->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	pki->sha384 = EVP_MD_fetch(NULL, "SHA384", NULL);
	pki->p384 = p384_parameters();
	if (pki->null == NULL || pki->sha256 == NULL || pki->sha384 == NULL ||
	    pki->p384 == NULL) {
		free_pki(pki);
		return NULL;
	}
	return pki;
}

static pthread_mutex_t pki_lock = PTHREAD_MUTEX_INITIALIZER;
static struct tee_pki *the_pki;

struct tee_pki *
tee_pki_new(void)
{
	struct tee_pki *pki;

	pthread_mutex_lock(&pki_lock);
	if (the_pki == NULL)
		the_pki = make_pki();
	pki = the_pki;
	if (pki != NULL)
		pki->references++;
	pthread_mutex_unlock(&pki_lock);
	return pki;
}

void
tee_pki_free(struct tee_pki **pki)
{
	struct tee_pki *last = NULL;

	if (*pki == NULL)
		return;
	pthread_mutex_lock(&pki_lock);
	if (--(*pki)->references == 0) {
		last = *pki;
		the_pki = NULL;
	}
	pthread_mutex_unlock(&pki_lock);
	free_pki(last);
	*pki = NULL;
}

bool
tee_pki_sha256(const struct tee_pki *pki, const void *data, size_t size,
    uint8_t out[32])
{
	return EVP_Digest(data, size, out, NULL, pki->sha256, NULL) == 1;
}

EVP_PKEY *
tee_pki_p384(const struct tee_pki *pki, const uint8_t *point, size_t size)
{
	EVP_PKEY *key;

	if (size != P384_POINT || point[0] != POINT_CONVERSION_UNCOMPRESSED)
		return NULL;
	key = EVP_PKEY_dup(pki->p384);
	if (key != NULL &&
	    EVP_PKEY_set1_encoded_public_key(key, point, size) != 1) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	return key;
}
