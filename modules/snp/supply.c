/* SPDX-License-Identifier: Apache-2.0 */
/* supply: see supply.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "modules/snp/chain.h"
#include "modules/snp/supply.h"

bool
tee_snp_supply_init(struct snp_supply *s, const struct tee_config *config,
    const char *name)
{
	memset(s, 0, sizeof(*s));
	pthread_mutex_init(&s->lock, NULL);
	return tee_certcache_read(config, name, &s->cache) >= 0;
}

void
tee_snp_supply_clear(struct snp_supply *s)
{
	tee_certcache_free(&s->cache);
	free(s->pem);
	s->pem = NULL;
	pthread_mutex_destroy(&s->lock);
}

/*
 * A verifier would take it: what a hostile host made up is not kept, or it
 * would stand in the way of the genuine chain for ever.
 */
static bool
trusted(void *call, const uint8_t pin[32])
{
	return tee_snp_product_pin(pin) != SNP_PRODUCT_UNKNOWN ||
	    tee_call_extra_root(call, pin);
}

static time_t
first_end(const struct snp_chain *chain)
{
	time_t end = chain->root->not_after;

	if (chain->intermediate->not_after < end)
		end = chain->intermediate->not_after;
	return chain->leaf->not_after < end ? chain->leaf->not_after : end;
}

/* What certificates amount to, beside a report. */
struct findings {
	bool whole;       /* leaf, intermediate, trusted root, each signed */
	bool signed_this; /* and the leaf signed the report */
	time_t until;
};

static struct findings
look(struct tee_call *call, const struct snp_report *report, const char *pem,
    size_t size)
{
	struct findings f = { .whole = false };
	struct tee_pki *pki = tee_pki_new();
	struct snp_store store;
	struct tee_certset set;
	struct snp_chain chain;

	if (pki == NULL)
		return f;
	tee_snp_store_init(&store);
	tee_certset_init(&set, pki, NULL, NULL);
	if (tee_certset_add(&set, (const uint8_t *)pem, size)) {
		tee_snp_chain_find(&chain, &set, report, &store, trusted, call,
		    tee_call_now(call));
		f.whole = chain.root_link == SNP_LINK_GOOD &&
		    trusted(call, chain.root_pin) &&
		    chain.intermediate_link == SNP_LINK_GOOD &&
		    chain.leaf_link == SNP_LINK_GOOD;
		f.signed_this = f.whole && tee_snp_chain_complete(&chain);
		f.until = f.whole ? first_end(&chain) : 0;
	}
	tee_certset_free(&set);
	tee_snp_store_clear(&store);
	tee_pki_free(&pki);
	return f;
}

bool
tee_snp_supply_fits(struct tee_call *call, const struct snp_report *report,
    const char *pem, size_t size)
{
	struct findings f = look(call, report, pem, size);

	return f.signed_this && tee_call_now(call) <= f.until;
}

/* "vcek-<chip id>-<REPORTED_TCB>"; false where the chip is not named. */
static bool
key_of(const struct snp_report *report, char out[TEE_CERTCACHE_KEY + 1])
{
	int n = snprintf(out, TEE_CERTCACHE_KEY + 1, "vcek-");

	if (tee_snp_report_signer(report) != SNP_SIGNER_VCEK ||
	    tee_snp_bytes_zero(report->chip_id, SNP_CHIP_ID_SIZE))
		return false;
	for (size_t i = 0; i < SNP_CHIP_ID_SIZE; i++)
		n += snprintf(out + n, TEE_CERTCACHE_KEY + 1 - (size_t)n,
		    "%02x", report->chip_id[i]);
	n += snprintf(out + n, TEE_CERTCACHE_KEY + 1 - (size_t)n, "-");
	for (size_t i = 0; i < 8; i++)
		n += snprintf(out + n, TEE_CERTCACHE_KEY + 1 - (size_t)n,
		    "%02x", report->reported_tcb[i]);
	return true;
}

static char *
remembered(struct snp_supply *s, const char *key, time_t now)
{
	char *pem = NULL;

	pthread_mutex_lock(&s->lock);
	if (s->pem != NULL && strcmp(s->key, key) == 0 && now <= s->until)
		pem = strdup(s->pem);
	pthread_mutex_unlock(&s->lock);
	return pem;
}

static void
remember(struct snp_supply *s, const char *key, const char *pem, time_t until)
{
	char *copy = strdup(pem);

	if (copy == NULL)
		return;
	pthread_mutex_lock(&s->lock);
	free(s->pem);
	s->pem = copy;
	s->until = until;
	snprintf(s->key, sizeof(s->key), "%s", key);
	pthread_mutex_unlock(&s->lock);
}

/*
 * From disk, where it is not over: files outlive certificates.  A report that
 * they did not sign gets them all the same, for the verifier to say so.
 */
static char *
cached(struct tee_call *call, struct snp_supply *s, const char *key,
    const struct snp_report *report)
{
	time_t now = tee_call_now(call);
	size_t size;
	char *pem = tee_certcache_get(call, s->cache, key, &size);
	struct findings f;

	if (pem == NULL)
		return NULL;
	f = look(call, report, pem, size);
	if (!f.whole || now > f.until) {
		tee_call_log(call, LOG_NOTICE, "cert_cache",
		    "%.40s...: no chain, or one that has expired; not used",
		    key);
		free(pem);
		return NULL;
	}
	remember(s, key, pem, f.until);
	return pem;
}

static void
keep(struct tee_call *call, struct snp_supply *s, const char *key,
    const struct snp_report *report, const char *pem)
{
	time_t now = tee_call_now(call);
	struct findings f = look(call, report, pem, strlen(pem));

	if (!f.signed_this || now > f.until) {
		tee_call_log(call, LOG_NOTICE, "certs_do_not_fit",
		    "the certificates that were supplied did not sign this "
		    "report, or have expired; they are not kept");
		return;
	}
	remember(s, key, pem, f.until);
	tee_certcache_put(call, s->cache, key, pem, strlen(pem));
}

enum tee_verdict
tee_snp_supply(struct tee_call *call, struct snp_supply *s,
    const struct snp_report *report, tee_snp_supplier *ask, void *user,
    char **pem)
{
	char key[TEE_CERTCACHE_KEY + 1];
	bool named = key_of(report, key);
	enum tee_verdict verdict;

	*pem = named ? remembered(s, key, tee_call_now(call)) : NULL;
	if (*pem == NULL && named)
		*pem = cached(call, s, key, report);
	if (*pem != NULL)
		return TEE_OK;
	verdict = ask(call, user, report, pem);
	if (verdict == TEE_OK && named)
		keep(call, s, key, report, *pem);
	return verdict;
}
