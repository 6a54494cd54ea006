/* SPDX-License-Identifier: Apache-2.0 */
/* certmemo: see certmemo.h.  The one that was seen first makes room. */
#include "config.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>

#include "modules/common/certmemo.h"

/* The bytes themselves are compared: no hash stands between. */
static struct {
	pthread_mutex_t lock;
	struct {
		uint8_t *der;
		size_t size;
		X509 *cert;
	} entry[TEE_CERTMEMO_CERTS];
	size_t next;
} memo = { .lock = PTHREAD_MUTEX_INITIALIZER };

static X509 *
decode(const uint8_t *der, size_t size)
{
	const unsigned char *end = der;
	X509 *cert;

	if (size == 0 || size > LONG_MAX)
		return NULL;
	ERR_set_mark();
	cert = d2i_X509(NULL, &end, (long)size);
	ERR_pop_to_mark();
	if (cert != NULL && end != der + size) {
		X509_free(cert);
		cert = NULL;
	}
	return cert;
}

static X509 *
find(const uint8_t *der, size_t size)
{
	X509 *cert = NULL;

	pthread_mutex_lock(&memo.lock);
	for (size_t i = 0; cert == NULL && i < TEE_CERTMEMO_CERTS; i++)
		if (memo.entry[i].cert != NULL && memo.entry[i].size == size &&
		    memcmp(memo.entry[i].der, der, size) == 0 &&
		    X509_up_ref(memo.entry[i].cert) == 1)
			cert = memo.entry[i].cert;
	pthread_mutex_unlock(&memo.lock);
	return cert;
}

/* Another thread may have kept the same meanwhile: then it is there twice. */
static void
keep(const uint8_t *der, size_t size, X509 *cert)
{
	uint8_t *copy = malloc(size);
	size_t i;

	if (copy == NULL || X509_up_ref(cert) != 1) {
		free(copy);
		return;
	}
	memcpy(copy, der, size);
	pthread_mutex_lock(&memo.lock);
	i = memo.next++ % TEE_CERTMEMO_CERTS;
	free(memo.entry[i].der);
	X509_free(memo.entry[i].cert);
	memo.entry[i].der = copy;
	memo.entry[i].size = size;
	memo.entry[i].cert = cert;
	pthread_mutex_unlock(&memo.lock);
}

X509 *
tee_certmemo_parse(const uint8_t *der, size_t size)
{
	X509 *cert = find(der, size);

	if (cert != NULL)
		return cert;
	cert = decode(der, size);
	if (cert != NULL && size <= TEE_CERTMEMO_SIZE)
		keep(der, size, cert);
	return cert;
}
