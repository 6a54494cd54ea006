/* SPDX-License-Identifier: Apache-2.0 */
/* store: see store.h. */
#include "config.h"

#include <string.h>

#include "modules/snp/store.h"

void
tee_snp_store_init(struct snp_store *store)
{
	memset(store, 0, sizeof(*store));
	pthread_mutex_init(&store->lock, NULL);
}

void
tee_snp_store_clear(struct snp_store *store)
{
	for (size_t i = 0; i < SNP_STORE_SIZE; i++)
		tee_cert_free(&store->entry[i].cert);
	pthread_mutex_destroy(&store->lock);
}

/* The place of a certificate, or SNP_STORE_SIZE.  The lock is held. */
static size_t
place_of(const struct snp_store *store, const uint8_t digest[32])
{
	size_t i;

	for (i = 0; i < SNP_STORE_SIZE; i++)
		if (store->entry[i].used &&
		    memcmp(store->entry[i].digest, digest, 32) == 0)
			break;
	return i;
}

struct tee_cert *
tee_snp_store_find(void *user, const uint8_t *der, size_t size)
{
	struct snp_store *store = user;
	struct tee_cert *cert = NULL;
	size_t i;

	pthread_mutex_lock(&store->lock);
	for (i = 0; i < SNP_STORE_SIZE && cert == NULL; i++) {
		struct tee_cert *known = store->entry[i].cert;

		if (known != NULL && known->size == size &&
		    memcmp(known->der, der, size) == 0)
			cert = tee_cert_ref(known);
	}
	pthread_mutex_unlock(&store->lock);
	return cert;
}

bool
tee_snp_store_signed(struct snp_store *store, const struct tee_cert *cert,
    const struct tee_cert *signer)
{
	bool known;
	size_t i;

	pthread_mutex_lock(&store->lock);
	i = place_of(store, cert->digest);
	known = i < SNP_STORE_SIZE &&
	    memcmp(store->entry[i].signer, signer->digest, 32) == 0;
	pthread_mutex_unlock(&store->lock);
	return known;
}

/* The oldest of its kind makes room. */
static size_t
make_room(struct snp_store *store, bool ca)
{
	size_t i = ca ? store->next_ca++ % SNP_STORE_CAS :
			SNP_STORE_CAS + store->next_leaf++ % SNP_STORE_LEAVES;

	tee_cert_free(&store->entry[i].cert);
	return i;
}

/*
 * The first sight of a leaf leaves two digests; only one that returns is
 * worth its decoded form, whose memory is cold by the time it is evicted.
 */
void
tee_snp_store_keep(struct snp_store *store, struct tee_cert *cert,
    const struct tee_cert *signer)
{
	size_t i;

	pthread_mutex_lock(&store->lock);
	i = place_of(store, cert->digest);
	if (i < SNP_STORE_SIZE && store->entry[i].cert == NULL) {
		store->entry[i].cert = tee_cert_ref(cert);
	} else if (i == SNP_STORE_SIZE) {
		i = make_room(store, cert->is_ca);
		if (cert->is_ca)
			store->entry[i].cert = tee_cert_ref(cert);
		store->entry[i].used = true;
		memcpy(store->entry[i].digest, cert->digest, 32);
		memcpy(store->entry[i].signer, signer->digest, 32);
	}
	pthread_mutex_unlock(&store->lock);
}

/* The lock is held. */
static bool
holds_report(const struct snp_store *store, const uint8_t digest[32],
    const struct tee_cert *signer)
{
	for (size_t i = 0; i < SNP_STORE_REPORTS; i++)
		if (store->report[i].used &&
		    memcmp(store->report[i].digest, digest, 32) == 0 &&
		    memcmp(store->report[i].signer, signer->digest, 32) == 0)
			return true;
	return false;
}

bool
tee_snp_store_reported(struct snp_store *store, const uint8_t digest[32],
    const struct tee_cert *signer)
{
	bool known;

	pthread_mutex_lock(&store->lock);
	known = holds_report(store, digest, signer);
	pthread_mutex_unlock(&store->lock);
	return known;
}

void
tee_snp_store_keep_report(struct snp_store *store, const uint8_t digest[32],
    const struct tee_cert *signer)
{
	size_t i;

	pthread_mutex_lock(&store->lock);
	if (!holds_report(store, digest, signer)) {
		i = store->next_report++ % SNP_STORE_REPORTS;
		store->report[i].used = true;
		memcpy(store->report[i].digest, digest, 32);
		memcpy(store->report[i].signer, signer->digest, 32);
	}
	pthread_mutex_unlock(&store->lock);
}
