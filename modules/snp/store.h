/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store: certificates whose signatures were checked before, and by which key;
 * and reports, of platforms that show one report again and again.
 * It holds arithmetic, not trust: pins, dates and extensions are judged anew
 * each time.  Only links of a chain that reached a trusted root enter, so
 * nobody can fill it; it is bounded, shared by threads, and O(1).
 */
#ifndef TEE_SNP_STORE_H
#define TEE_SNP_STORE_H

#include <pthread.h>

#include "modules/common/cert.h"

#define SNP_STORE_CAS 12 /* AMD has nine; leaves never displace them */
#define SNP_STORE_LEAVES 32
#define SNP_STORE_SIZE (SNP_STORE_CAS + SNP_STORE_LEAVES)
#define SNP_STORE_REPORTS 32

struct snp_store {
	pthread_mutex_t lock;
	struct {
		bool used;
		struct tee_cert *cert; /* NULL: a leaf seen once */
		uint8_t digest[32];
		uint8_t signer[32]; /* SHA-256 of the signer's DER */
	} entry[SNP_STORE_SIZE];    /* CAs, then leaves */
	size_t next_ca;
	size_t next_leaf;
	struct {
		bool used;
		uint8_t digest[32]; /* SHA-256 of the report, whole */
		uint8_t signer[32];
	} report[SNP_STORE_REPORTS];
	size_t next_report;
};

void tee_snp_store_init(struct snp_store *);
void tee_snp_store_clear(struct snp_store *);
/* A tee_certset_known: a reference, or NULL. */
struct tee_cert *tee_snp_store_find(void *store, const uint8_t *der,
    size_t size);
/* Whether this link was checked before. */
bool tee_snp_store_signed(struct snp_store *, const struct tee_cert *,
    const struct tee_cert *signer);
void tee_snp_store_keep(struct snp_store *, struct tee_cert *,
    const struct tee_cert *signer);
/* The same of a report's signature, by SHA-256 of the report. */
bool tee_snp_store_reported(struct snp_store *, const uint8_t digest[32],
    const struct tee_cert *signer);
void tee_snp_store_keep_report(struct snp_store *, const uint8_t digest[32],
    const struct tee_cert *signer);

#endif
