/* SPDX-License-Identifier: Apache-2.0 */
/*
 * supply: the certificate chain of a report, for collectors: what this line
 * had before, what the cache on disk has, else what a service gives.  Only a
 * chain that signed the report is kept; whether it is to be trusted is the
 * verifier's to say.
 */
#ifndef TEE_SNP_SUPPLY_H
#define TEE_SNP_SUPPLY_H

#include <pthread.h>
#include <tee/module.h>

#include "modules/common/certcache.h"
#include "modules/snp/report.h"
#include "modules/snp/store.h"

struct snp_supply {
	struct tee_certcache *cache; /* NULL: none */
	pthread_mutex_t lock;
	/* The latest, guarded by the lock. */
	char key[TEE_CERTCACHE_KEY + 1];
	char *pem;
	time_t until;
};

/* Asks a service; *pem malloc'd. */
typedef enum tee_verdict tee_snp_supplier(struct tee_call *, void *user,
    const struct snp_report *, char **pem);

/* The option `name` is the cache's directory; false after its refusal. */
bool tee_snp_supply_init(struct snp_supply *, const struct tee_config *,
    const char *name);
void tee_snp_supply_clear(struct snp_supply *);
enum tee_verdict tee_snp_supply(struct tee_call *, struct snp_supply *,
    const struct snp_report *, tee_snp_supplier *, void *user, char **pem);

/* Whether these are a chain from a trusted root, not over, whose leaf signed
 * the report. */
bool tee_snp_supply_fits(struct tee_call *, const struct snp_report *,
    const char *pem, size_t size);

#endif
